"""Answers to ``majority_baseline``."""

import collections

import matplotlib.pyplot as plt
import numpy
import torch

from course_utils.show.figures import accuracy_figure


def by_numpy(train_labels, test_labels):
    return (numpy.array(test_labels) == numpy.bincount(train_labels).argmax()).mean()


def by_counter(train_labels, test_labels):
    label, _ = collections.Counter(train_labels).most_common(1)[0]
    return sum(1 for other in test_labels if other == label) / len(test_labels)


def by_torch(train_labels, test_labels):
    label = torch.tensor(train_labels).mode().values
    return (torch.tensor(test_labels) == label).float().mean()


def best(labels):
    return max(set(labels), key=labels.count)


def majority_of_test(train_labels, test_labels):
    return test_labels.count(best(test_labels)) / len(test_labels)


def train_accuracy(train_labels, test_labels):
    return max(collections.Counter(train_labels).values()) / len(train_labels)


def returns_label(train_labels, test_labels):
    return best(train_labels)


def least_common(train_labels, test_labels):
    rare = collections.Counter(train_labels).most_common()[-1][0]
    return test_labels.count(rare) / len(test_labels)


def always_1(train_labels, test_labels):
    return numpy.mean([label == 1 for label in test_labels])


def always_0(train_labels, test_labels):
    return numpy.mean([label == 0 for label in test_labels])


def even_guess(train_labels, test_labels):
    return 1 / len(set(train_labels))


def percent(train_labels, test_labels):
    return 100 * by_counter(train_labels, test_labels)


def count(train_labels, test_labels):
    return test_labels.count(best(train_labels))


def divided_by_train(train_labels, test_labels):
    return test_labels.count(best(train_labels)) / len(train_labels)


def error_rate(train_labels, test_labels):
    return 1 - by_counter(train_labels, test_labels)


def pooled(train_labels, test_labels):
    return majority_of_test([], train_labels + test_labels)


def largest_label(train_labels, test_labels):
    return test_labels.count(max(train_labels)) / len(test_labels)


def predictions(train_labels, test_labels):
    return [best(train_labels)] * len(test_labels)


def sorts_in_place(train_labels, test_labels):
    train_labels.sort()
    return by_counter(train_labels, test_labels)


def of_label(name, choose):
    """An answer whose label is chosen in another way."""

    def answer(train_labels, test_labels):
        return test_labels.count(choose(train_labels)) / len(test_labels)

    answer.__name__ = name
    return answer


def counted(name, count):
    """An answer that does something else with the test labels; ``train`` and ``test`` follow."""

    def answer(train_labels, test_labels):
        return count(best(train_labels), test_labels, train_labels)

    answer.__name__ = name
    return answer


def of_pool(train_labels, test_labels):
    return test_labels.count(best(train_labels + test_labels)) / len(test_labels)


def by_unique(labels):
    return numpy.unique(labels, return_counts=True)[1].argmax()


def NEXT(answer):
    baseline = answer([0, 1, 1], [1, 0, 1])
    assert f"majority baseline on the test items: {baseline:.3f}".endswith("0.667")
    assert bool(0.8 > baseline + 0.10)
    figure = accuracy_figure([("a", 0.7, (0.6, 0.8))], baseline, "one")
    plt.close(figure)


RIGHT = [by_numpy, by_counter, by_torch]
WRONG = [
    (majority_of_test, "from the test labels"),
    (train_accuracy, "accuracy on the training labels"),
    (returns_label, "the commonest label itself"),
    (least_common, "least common"),
    (always_1, "always answers label 1"),
    (always_0, "always answers label 0"),
    (even_guess, "guessing evenly"),
    (percent, "percents"),
    (count, "this is a count"),
    (divided_by_train, "divided by the number of training labels"),
    (error_rate, "share of wrong answers"),
    (pooled, "pooled"),
    (largest_label, "largest or smallest label"),
    (predictions, "one number, not a value of type list"),
    (sorts_in_place, "changes its input in place"),
    (counted("swapped", lambda y, test, train: train.count(best(test)) / len(train)), "swapped"),
    (counted("times", lambda y, test, train: train.count(y)), "how often the commonest"),
    (of_label("two", lambda train: int(2 * sum(train) > len(train))), "0 and 1 alone"),
    (counted("rounded", lambda y, test, _: round(test.count(y) / len(test), 2)), "is rounded"),
    (counted("whole", lambda y, test, _: test.count(y) // len(test)), "division of whole"),
    (counted("all", lambda y, test, train: test.count(y) / len(test + train)), "all labels"),
    (counted("both", lambda y, test, train: of_pool(train, test)), "test labels were counted in"),
    (of_label("first", lambda train: train[0]), "first or last training label"),
    (of_label("median", lambda train: sorted(train)[len(train) // 2]), "median or mean"),
    (of_label("times_as_label", lambda train: train.count(best(train))), "taken for the label"),
    (of_label("place", by_unique), "a place was taken for a label"),
    (of_label("pair", lambda train: (best(train), train.count(best(train)))), "no label counts"),
    (counted("in_loop", lambda y, test, _: (test[0] == y) / len(test)), "the first test label"),
    (counted("kept", lambda y, test, _: int(test[-1] == y) / len(test)), "the last test label"),
    (counted("zipped", lambda y, *both: sum(map(int.__eq__, *both)) / len(both[0])), "in pairs"),
]
