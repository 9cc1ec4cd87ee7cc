"""Answers to ``early_stop``."""

import itertools

import numpy
import torch


def by_place(losses, patience):
    best = 0
    for number, loss in enumerate(losses):
        if loss < losses[best]:
            best = number
        if number - best == patience:
            break
    return number, best


def by_count(losses, patience):
    lowest, best, waited = float("inf"), None, 0
    for number, loss in enumerate(losses):
        if loss < lowest:
            lowest, best, waited = loss, number, 0
        else:
            waited += 1
            if waited >= patience:
                return number, best
    return len(losses) - 1, best


def by_slices(losses, patience):
    for n in range(patience, len(losses)):
        if min(losses[n - patience + 1 : n + 1]) >= min(losses[: n - patience + 1]):
            return [n, losses.index(min(losses[: n + 1]))]
    return [len(losses) - 1, losses.index(min(losses))]


def by_numpy(losses, patience):
    lows = numpy.minimum.accumulate(losses)
    best = numpy.array([numpy.argmax(lows == low) for low in lows])
    ends = numpy.flatnonzero(numpy.arange(len(losses)) - best >= patience)
    stopped = ends[0] if len(ends) else len(losses) - 1
    return stopped, best[stopped]


def by_torch(losses, patience):
    curve = torch.tensor(losses, dtype=torch.float64)
    best = 0
    for n in range(1, len(curve)):
        if curve[n] < curve[best]:
            best = n
        elif n - best >= patience:
            return torch.tensor([n, best])
    return torch.tensor([len(curve) - 1, best])


def by_while(losses, patience):
    n = best = 0
    while n + 1 < len(losses) and n - best < patience:
        n += 1
        best = min(best, n, key=lambda i: losses[i])
    return (n, best)


def by_recursion(losses, patience, n=0, best=0):
    best = n if losses[n] < losses[best] else best
    if n - best == patience or n == len(losses) - 1:
        return n, best
    return by_recursion(losses, patience, n + 1, best)


def by_accumulate(losses, patience):
    places = range(len(losses))
    best = list(itertools.accumulate(places, lambda b, n: n if losses[n] < losses[b] else b))
    return next(((n, best[n]) for n in places if n - best[n] == patience), (places[-1], best[-1]))


def written(name, text):
    """An answer that returns what the text says, of the losses and the right answer."""

    def answer(losses, patience):
        stopped, best = by_place(losses, patience)
        return eval(text, {"losses": losses, "patience": patience, "s": stopped, "b": best,
                           "place": by_place, "ended": stopped - best == patience})  # fmt: skip

    answer.__name__ = name
    return answer


def looping(name, condition="loss < losses[best]", end="number - best == patience", more=""):
    """An answer with another condition, another end, or a line more in the loop."""
    source = f"""def {name}(losses, patience):
    best = waited = 0
    for number, loss in enumerate(losses):
        if {condition}:
            best = number
        {more}
        if {end}:
            break
    return number, best
"""
    scope = {}
    exec(source, scope)
    return scope[name]


def never_reset(losses, patience):
    best = waited = 0
    for number in range(1, len(losses)):
        if losses[number] < losses[best]:
            best = number
        else:
            waited += 1
        if waited == patience:
            break
    return number, best


def previous(losses, patience):
    best = waited = 0
    for number in range(1, len(losses)):
        if losses[number] < losses[number - 1]:
            best, waited = number, 0
        else:
            waited += 1
        if waited == patience:
            break
    return number, best


def sorts(losses, patience):
    result = by_place(losses, patience)
    losses.sort()
    return result


def NEXT(answer):
    accuracies = [0.5, 0.8, 0.7, 0.9, 0.6, 0.6]
    stopped, best = answer([0.7, 0.4, 0.5, 0.3, 0.35, 0.36], 2)
    assert accuracies[best] == 0.9 and f"{stopped} {best}" in ("5 3",)


RIGHT = [
    by_place, by_count, by_slices, by_numpy, by_torch, by_while, by_recursion, by_accumulate,
]  # fmt: skip
WRONG = [
    (written("swapped", "(b, s)"), "swapped"),
    (written("early", "place(losses, patience - 1)"), "too early"),
    (written("late", "place(losses, patience + 1)"), "too late"),
    (written("from_1", "(s + 1, b + 1)"), "count from 0"),
    (written("looks_ahead", "(s, losses.index(min(losses)))"), "after the stop there are none"),
    (never_reset, "begin anew"),
    (previous, "the one before it"),
    (looping("equal_counts", "loss <= losses[best]"), "an equal loss is no improvement"),
    (looping("highest", "loss > losses[best]"), "a low loss is good"),
    (looping("patience_1", end="number - best == 1"), "a patience of 1"),
    (looping("endless", end="False"), "never stops before the end"),
    (written("last_weights", "(s, s)"), "the last weights"),
    (written("back_from_the_end", "(s, s - patience)"), "not where the losses did"),
    (written("length", "(s if ended else len(losses), b)"), "len(losses) - 1"),
    (written("none", "(s if ended else None, b)"), "len(losses) - 1"),
    (written("made", "(s + 1, b)"), "number of validations made"),
    (written("losses", "(losses[s], losses[b])"), "these are losses"),
    (written("lowest_loss", "(s, losses[b])"), "these are losses"),
    (written("best_alone", "b"), "one of the two"),
    (written("stop_alone", "s"), "one of the two"),
    (written("without_start", "tuple(n + 1 for n in place(losses[1:], patience))"), "left out"),
    (written("names", "{'stopped': s, 'best': b}"), "two whole numbers"),
    (written("floats", "(float(s), float(b))"), "int and not float"),
    (sorts, "in place"),
]
