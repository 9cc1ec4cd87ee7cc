import itertools
import statistics
from collections import Counter

import numpy as np
import torch


def right_counter(train_labels, test_labels):
    common = Counter(train_labels).most_common(1)[0][0]
    return sum(label == common for label in test_labels) / len(test_labels)


def right_max_by_count(train_labels, test_labels):
    train, test = list(train_labels), list(test_labels)
    return test.count(max(set(train), key=train.count)) / len(test)


def right_mode_and_mean(train_labels, test_labels):
    guess = statistics.mode(train_labels)
    return statistics.fmean(1.0 if label == guess else 0.0 for label in test_labels)


def right_bincount_tensor(train_labels, test_labels):
    common = torch.bincount(torch.as_tensor(train_labels)).argmax()
    return (torch.as_tensor(test_labels) == common).double().mean()


def right_torch_mode(train_labels, test_labels):
    common = torch.tensor(train_labels).mode().values
    return torch.tensor(test_labels).eq(common).sum().item() / len(test_labels)


def right_numpy_unique(train_labels, test_labels):
    values, counts = np.unique(np.asarray(train_labels), return_counts=True)
    return np.mean(np.asarray(test_labels) == values[np.argmax(counts)])


def right_dictionary_by_hand(train_labels, test_labels):
    counts = {}
    for label in train_labels:
        counts[label] = counts.get(label, 0) + 1
    common = max(counts, key=counts.get)
    right = 0
    for label in test_labels:
        if label == common:
            right += 1
    return right / len(test_labels)


def right_groupby(train_labels, test_labels):
    runs = ((len(list(run)), label) for label, run in itertools.groupby(sorted(train_labels)))
    _, common = max(runs)
    return len([1 for label in test_labels if label == common]) / len(test_labels)


def wrong_commonest_test_label(train_labels, test_labels):
    """Takes the commonest label of the test items, which no classifier may look at."""
    common = Counter(test_labels).most_common(1)[0][0]
    return sum(label == common for label in test_labels) / len(test_labels)


def wrong_accuracy_on_train(train_labels, test_labels):
    """Measures on the training labels, not on the test labels."""
    common = Counter(train_labels).most_common(1)[0][0]
    return sum(label == common for label in train_labels) / len(train_labels)


def wrong_always_positive(train_labels, test_labels):
    """Always answers 1, whichever training label is the commonest."""
    return sum(label == 1 for label in test_labels) / len(test_labels)


def wrong_count(train_labels, test_labels):
    """Returns the number of items that are right, not their share."""
    common = Counter(train_labels).most_common(1)[0][0]
    return sum(label == common for label in test_labels)


def wrong_label(train_labels, test_labels):
    """Returns the commonest label itself, not the accuracy of answering it."""
    return max(set(train_labels), key=train_labels.count)


def wrong_percent(train_labels, test_labels):
    """Returns a percentage, not a share."""
    common = Counter(train_labels).most_common(1)[0][0]
    return 100 * sum(label == common for label in test_labels) / len(test_labels)


def wrong_divides_by_train(train_labels, test_labels):
    """Divides by the number of training items, not of test items."""
    common = Counter(train_labels).most_common(1)[0][0]
    return sum(label == common for label in test_labels) / len(train_labels)


def wrong_error_rate(train_labels, test_labels):
    """Returns the share of wrong answers."""
    common = Counter(train_labels).most_common(1)[0][0]
    return sum(label != common for label in test_labels) / len(test_labels)


def wrong_largest_label(train_labels, test_labels):
    """Answers the largest training label, not the commonest."""
    common = max(train_labels)
    return sum(label == common for label in test_labels) / len(test_labels)


def wrong_return_in_loop(train_labels, test_labels):
    """Returns inside the loop, so only the first test item counts."""
    common = Counter(train_labels).most_common(1)[0][0]
    right = 0
    for label in test_labels:
        right += label == common
        return right / len(test_labels)


def wrong_chance(train_labels, test_labels):
    """Is the accuracy of guessing at random, one over the number of labels."""
    return 1 / len(set(train_labels))


def wrong_rarest(train_labels, test_labels):
    """Answers the rarest training label."""
    common = Counter(train_labels).most_common()[-1][0]
    return sum(label == common for label in test_labels) / len(test_labels)


def wrong_all_labels_together(train_labels, test_labels):
    """Counts the test labels in when it looks for the commonest label."""
    common = Counter(list(train_labels) + list(test_labels)).most_common(1)[0][0]
    return sum(label == common for label in test_labels) / len(test_labels)


def wrong_compares_with_pair(train_labels, test_labels):
    """Compares each label with the pair (label, count) of most_common, so none is equal."""
    common = Counter(train_labels).most_common(1)[0]
    return sum(label == common for label in test_labels) / len(test_labels)


def wrong_compares_with_count(train_labels, test_labels):
    """Takes how often the commonest label occurs for the label itself."""
    common = Counter(train_labels).most_common(1)[0][1]
    return sum(label == common for label in test_labels) / len(test_labels)


def wrong_integer_division(train_labels, test_labels):
    """Divides whole numbers, so the accuracy is 0 unless all are right."""
    common = Counter(train_labels).most_common(1)[0][0]
    return sum(label == common for label in test_labels) // len(test_labels)


def wrong_swapped(train_labels, test_labels):
    """Swaps the two parts: the commonest test label, measured on the training labels."""
    common = Counter(test_labels).most_common(1)[0][0]
    return sum(label == common for label in train_labels) / len(train_labels)


def wrong_compares_list(train_labels, test_labels):
    """Compares the whole list with one label, as if it were an array; it raises."""
    common = Counter(train_labels).most_common(1)[0][0]
    return sum(test_labels == common) / len(test_labels)


def wrong_pairs_up(train_labels, test_labels):
    """Compares the training labels with the test labels one by one."""
    return sum(a == b for a, b in zip(train_labels, test_labels)) / len(test_labels)


SAYS = {
    "wrong_commonest_test_label": "from the test labels",
    "wrong_accuracy_on_train": "accuracy on the training labels",
    "wrong_always_positive": "always answers label 1",
    "wrong_count": "this is a count",
    "wrong_label": "the commonest label itself",
    "wrong_percent": "these are percents",
    "wrong_divides_by_train": "by the number of training labels",
    "wrong_error_rate": "the share of wrong answers",
    "wrong_largest_label": "largest or smallest label",
    "wrong_return_in_loop": "the first test label alone",
    "wrong_chance": "the accuracy of guessing evenly",
    "wrong_rarest": "the least common label",
    "wrong_all_labels_together": "test labels were counted in",
    "wrong_compares_with_pair": "a pair (label, count)",
    "wrong_compares_with_count": "was taken for the label",
    "wrong_integer_division": "the division of whole numbers",
    "wrong_swapped": "the two are swapped",
    "wrong_compares_list": "a list was compared with one label",
    "wrong_pairs_up": "were compared in pairs",
}
