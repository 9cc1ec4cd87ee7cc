"""Answers to ``majority_baseline``."""

import collections

import numpy
import torch


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
    (largest_label, "largest label"),
    (predictions, "one number, not a value of type list"),
    (sorts_in_place, "changes its input in place"),
]
