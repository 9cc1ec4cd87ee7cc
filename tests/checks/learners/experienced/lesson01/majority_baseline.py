"""Exercise 5: the majority baseline."""

import statistics
from collections import Counter

import numpy as np
import torch


def right_counter(train_labels, test_labels):
    (commonest, _), *_ = Counter(train_labels).most_common(1)
    return sum(label == commonest for label in test_labels) / len(test_labels)


def right_numpy(train_labels, test_labels):
    values, counts = np.unique(np.asarray(train_labels), return_counts=True)
    return np.mean(np.asarray(test_labels) == values[counts.argmax()])


def right_dummy_classifier(train_labels, test_labels):
    from sklearn.dummy import DummyClassifier

    classifier = DummyClassifier(strategy="most_frequent")
    classifier.fit(np.zeros((len(train_labels), 1)), train_labels)
    return classifier.score(np.zeros((len(test_labels), 1)), test_labels)


def right_torch(train_labels, test_labels):
    commonest = torch.bincount(torch.as_tensor(train_labels)).argmax()
    return (torch.as_tensor(test_labels) == commonest).double().mean().item()


def right_statistics(train_labels, test_labels):
    return list(test_labels).count(statistics.mode(train_labels)) / len(test_labels)


def wrong_test_majority(train_labels, test_labels):
    """Takes the commonest label of the test items, which the baseline must not know."""
    return Counter(test_labels).most_common(1)[0][1] / len(test_labels)


def wrong_train_accuracy(train_labels, test_labels):
    """Gives the accuracy on the training labels; the test labels are not used."""
    return Counter(train_labels).most_common(1)[0][1] / len(train_labels)


def wrong_list_comparison(train_labels, test_labels):
    """Compares a whole list with one label as if it were an array: one False, so always 0."""
    commonest = np.bincount(train_labels).argmax().item()
    return float(np.mean(list(test_labels) == commonest))


def wrong_count_as_label(train_labels, test_labels):
    """Takes [0][1] of most_common, which is how often the label occurs, not the label."""
    commonest = Counter(train_labels).most_common(1)[0][1]
    return sum(label == commonest for label in test_labels) / len(test_labels)


def wrong_always_positive(train_labels, test_labels):
    """Always answers 1, whichever label is the commonest in training."""
    return sum(label == 1 for label in test_labels) / len(test_labels)


def wrong_argmax_of_labels(train_labels, test_labels):
    """Takes argmax of the labels (the place of the largest one), not of their counts."""
    commonest = np.argmax(train_labels)
    return float(np.mean(np.asarray(test_labels) == commonest))


def wrong_divides_by_train(train_labels, test_labels):
    """Divides the right test answers by the number of training items."""
    commonest = Counter(train_labels).most_common(1)[0][0]
    return sum(label == commonest for label in test_labels) / len(train_labels)


def wrong_stratified(train_labels, test_labels):
    """Guesses at random with the training shares (stratified), not always the commonest label."""
    rng = np.random.default_rng(0)
    guesses = rng.choice(train_labels, size=len(test_labels))
    return float(np.mean(guesses == np.asarray(test_labels)))


def wrong_returns_label(train_labels, test_labels):
    """Returns the commonest label itself instead of its accuracy."""
    return max(set(train_labels), key=list(train_labels).count)


def wrong_number_right(train_labels, test_labels):
    """Returns how many test items are right, not their share."""
    commonest = statistics.mode(train_labels)
    return sum(label == commonest for label in test_labels)


SAYS = {
    "wrong_test_majority": "the commonest label was taken from the",
    "wrong_train_accuracy": "this is the accuracy on the training",
    "wrong_list_comparison": "no label counts as right: perhaps each",
    "wrong_count_as_label": "the count of the commonest label was",
    "wrong_always_positive": "this always answers label 1, whatever is",
    "wrong_argmax_of_labels": "perhaps argmax was taken of the labels",
    "wrong_divides_by_train": "this was divided by the number of",
    "wrong_returns_label": "this is the commonest label itself: return",
    "wrong_number_right": "this is a count: divide by the",
}
