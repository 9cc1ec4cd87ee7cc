"""Exercise 1: label words as single tokens."""

import numpy as np
import torch


def right_loop(tokenizer, label_words):
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        ids.append(pieces[0])
    return ids


def right_batched_call(tokenizer, label_words):
    batch = tokenizer(list(label_words), add_special_tokens=False)["input_ids"]
    for word, pieces in zip(label_words, batch):
        if len(pieces) > 1 or not pieces:
            raise ValueError("not a single token: " + word)
    return [token for pieces in batch for token in pieces]


def right_unpacking(tokenizer, label_words):
    def one(word):
        try:
            (token,) = tokenizer.encode(word, add_special_tokens=False)
        except ValueError as error:
            raise ValueError(f"The label word {word!r} must be one token.") from error
        return token

    return list(map(one, label_words))


def right_tensor(tokenizer, label_words):
    encoded = {w: tokenizer.encode(w, add_special_tokens=False) for w in label_words}
    bad = [w for w, pieces in encoded.items() if len(pieces) != 1]
    if bad:
        raise ValueError(f"Label words of several tokens: {bad}")
    return torch.tensor([encoded[w][0] for w in label_words])


def wrong_strips_space(tokenizer, label_words):
    """Cleans the words with strip, so it looks up `positive` instead of ` positive`."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word.strip(), add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        ids.append(pieces[0])
    return ids


def wrong_first_piece(tokenizer, label_words):
    """Takes the first piece of a word of several tokens and raises nothing."""
    return [tokenizer.encode(word, add_special_tokens=False)[0] for word in label_words]


def wrong_convert_tokens(tokenizer, label_words):
    """Looks words up as raw vocabulary entries, where a leading space is not spelt as a space."""
    ids = tokenizer.convert_tokens_to_ids(list(label_words))
    for word, token in zip(label_words, ids):
        if token == tokenizer.unk_token_id:
            raise ValueError(f"{word!r} is not a single token")
    return ids


def wrong_unnamed_error(tokenizer, label_words):
    """The ValueError does not say which word has several tokens."""
    pieces = [tokenizer.encode(word, add_special_tokens=False) for word in label_words]
    if any(len(piece) != 1 for piece in pieces):
        raise ValueError("Every label word must be a single token.")
    return [piece[0] for piece in pieces]


def wrong_nested_lists(tokenizer, label_words):
    """Returns the tokenizer's list of lists: one list for each word instead of one id."""
    ids = tokenizer(list(label_words), add_special_tokens=False)["input_ids"]
    for word, pieces in zip(label_words, ids):
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
    return ids


def wrong_sorted_classes(tokenizer, label_words):
    """Sorts the words as LabelEncoder does, so the ids are not in the order of the labels."""
    ids = []
    for word in np.unique(label_words).tolist():
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        ids.append(pieces[0])
    return ids


def wrong_assert(tokenizer, label_words):
    """Uses assert: a word of several tokens gives an AssertionError, not a ValueError."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        assert len(pieces) == 1, f"{word!r} is {len(pieces)} tokens"
        ids.append(pieces[0])
    return ids


def wrong_counts_words(tokenizer, label_words):
    """Tests for several words by looking for inner spaces, not for several tokens."""
    for word in label_words:
        if len(word.split()) != 1:
            raise ValueError(f"{word!r} is not a single token")
    return [tokenizer.encode(word, add_special_tokens=False)[-1] for word in label_words]


def wrong_return_in_loop(tokenizer, label_words):
    """Returns within the loop, so the list holds the first word's id only."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        ids.append(pieces[0])
        return ids


SAYS = {
    "wrong_strips_space": "the leading space was lost: ' positive'",
    "wrong_first_piece": "the first piece is taken silently, and",
    "wrong_convert_tokens": "perhaps something else than the tokens is",
    "wrong_unnamed_error": "the message does not name the word",
    "wrong_nested_lists": "a list stands within the list: the",
    "wrong_sorted_classes": "the words were sorted: keep their order",
    "wrong_assert": "`assert` raises an AssertionError: write `raise ValueError(...)`",
    "wrong_counts_words": "a strange word of several tokens passes",
    "wrong_return_in_loop": "only the first word has an id",
}
