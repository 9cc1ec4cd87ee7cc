"""Answers to ``label_token_ids``."""

import torch

from course_utils.model.tiny import WORDS, tiny_model, tiny_tokenizer


def ids_of(tokenizer, word):
    return tokenizer(word, add_special_tokens=False)["input_ids"]


def checked(tokenizer, word):
    ids = ids_of(tokenizer, word)
    if len(ids) != 1:
        raise ValueError(f"{word!r} is {len(ids)} tokens")
    return ids[0]


def by_loop(tokenizer, label_words):
    result = []
    for word in label_words:
        ids = tokenizer.encode(word, add_special_tokens=False)
        if len(ids) > 1:
            raise ValueError("more than one token: " + word)
        result.append(ids[0])
    return result


def by_tokens(tokenizer, label_words):
    pieces = [tokenizer.tokenize(word) for word in label_words]
    for word, piece in zip(label_words, pieces):
        if len(piece) != 1:
            raise ValueError(f"not a single token: {word}")
    return tuple(tokenizer.convert_tokens_to_ids(piece)[0] for piece in pieces)


def by_batch(tokenizer, label_words):
    rows = tokenizer(list(label_words), add_special_tokens=False).input_ids
    long = [word for word, row in zip(label_words, rows) if len(row) != 1]
    if long:
        raise ValueError(f"these words are several tokens: {', '.join(long)}")
    return sum(rows, [])


def strips_the_space(tokenizer, label_words):
    return [checked(tokenizer, word.strip()) for word in label_words]


def adds_a_space(tokenizer, label_words):
    return [ids_of(tokenizer, " " + word)[0] for word in label_words]


def adds_special_tokens(tokenizer, label_words):
    return [tokenizer.encode(word)[0] for word in label_words]


def counts_special_tokens(tokenizer, label_words):
    result = []
    for word in label_words:
        ids = tokenizer.encode(word)
        if len(ids) != 1:
            raise ValueError(f"{word!r} is {len(ids)} tokens")
        result += ids
    return result


def takes_the_first_piece(tokenizer, label_words):
    return [ids_of(tokenizer, word)[0] for word in label_words]


def takes_the_last_piece(tokenizer, label_words):
    return [ids_of(tokenizer, word)[-1] for word in label_words]


def returns_strings(tokenizer, label_words):
    return [tokenizer.decode([checked(tokenizer, word)]) for word in label_words]


def returns_a_dictionary(tokenizer, label_words):
    return {word: checked(tokenizer, word) for word in label_words}


def lower_case(tokenizer, label_words):
    return [checked(tokenizer, word.lower()) for word in label_words]


def looks_up_the_word(tokenizer, label_words):
    return [tokenizer.convert_tokens_to_ids(word) for word in label_words]


def asserts(tokenizer, label_words):
    for word in label_words:
        assert len(ids_of(tokenizer, word)) == 1, word
    return by_loop(tokenizer, label_words)


def does_not_name_the_word(tokenizer, label_words):
    ids = [ids_of(tokenizer, word) for word in label_words]
    if any(len(row) > 1 for row in ids):
        raise ValueError("a label word has several tokens")
    return [row[0] for row in ids]


def skips_long_words(tokenizer, label_words):
    rows = [ids_of(tokenizer, word) for word in label_words]
    return [row[0] for row in rows if len(row) == 1]


def changes_the_words(tokenizer, label_words):
    return [checked(tokenizer, label_words.pop(0)) for _ in range(len(label_words))]


def given(name, change):
    """An answer that gives something else than the ids."""

    def answer(tokenizer, label_words):
        return change(by_loop(tokenizer, label_words))

    answer.__name__ = name
    return answer


def by_vocabulary(tokenizer, label_words):
    vocabulary = tokenizer.get_vocab()
    spelled = [word.replace(" ", "\u0120") for word in label_words]
    for word, token in zip(label_words, spelled):
        if token not in vocabulary:
            raise ValueError(f"{word} is no token")
    return [vocabulary[token] for token in spelled]


def names_it_in_the_list(tokenizer, label_words):
    for word in label_words:
        if len(ids_of(tokenizer, word)) != 1:
            raise ValueError(f"{word!r} of {label_words!r} is no single token")
    return by_loop(tokenizer, label_words)


def adds_a_space_and_counts(tokenizer, label_words):
    return [checked(tokenizer, " " + word) for word in label_words]


def forces_a_space(tokenizer, label_words):
    return [checked(tokenizer, " " + word.strip()) for word in label_words]


def condition_turned(tokenizer, label_words):
    for word in label_words:
        if len(ids_of(tokenizer, word)) == 1:
            raise ValueError(f"{word!r} is several tokens")
    return [ids_of(tokenizer, word)[0] for word in label_words]


def counts_characters(tokenizer, label_words):
    for word in label_words:
        if len(word) != 1:
            raise ValueError(f"{word!r} is several tokens")
    return by_loop(tokenizer, label_words)


def refuses_all(tokenizer, label_words):
    raise ValueError(f"{label_words[0]!r} is several tokens")


def lesson_words(tokenizer, label_words):
    return by_loop(tokenizer, (" negative", " positive"))


def tests_the_last(tokenizer, label_words):
    rows = [ids_of(tokenizer, word) for word in label_words]
    if len(rows[-1]) != 1:
        raise ValueError(f"{label_words[-1]} is several tokens")
    return [row[0] for row in rows]


def tests_the_first(tokenizer, label_words):
    checked(tokenizer, label_words[0])
    return takes_the_first_piece(tokenizer, label_words)


def counts_words(tokenizer, label_words):
    for word in label_words:
        if len(word.split()) > 1:
            raise ValueError(f"{word} is several tokens")
    return takes_the_first_piece(tokenizer, label_words)


def another_type(tokenizer, label_words):
    try:
        return by_loop(tokenizer, label_words)
    except ValueError as error:
        raise RuntimeError(str(error)) from error


def names_all_words(tokenizer, label_words):
    for word in label_words:
        if len(ids_of(tokenizer, word)) != 1:
            raise ValueError(f"one of {label_words} is several tokens")
    return by_loop(tokenizer, label_words)


def with_long_words(name, change):
    """An answer that does something else with a word of several tokens."""

    def answer(tokenizer, label_words):
        rows = [ids_of(tokenizer, word) for word in label_words]
        return [row[0] if len(row) == 1 else change(row) for row in rows]

    answer.__name__ = name
    return answer


def on_error(name, give):
    """An answer that catches its own error."""

    def answer(tokenizer, label_words):
        try:
            return by_loop(tokenizer, label_words)
        except ValueError as error:
            return give(error)

    answer.__name__ = name
    return answer


def ends_at_a_long_word(tokenizer, label_words):
    result = []
    for word in label_words:
        if len(ids_of(tokenizer, word)) != 1:
            break
        result += ids_of(tokenizer, word)
    return result


def keeps_all_pieces(tokenizer, label_words):
    return [token for word in label_words for token in ids_of(tokenizer, word)]


def NEXT(answer):
    ids = answer(tiny_tokenizer(), WORDS[:2])
    logits = tiny_model()(torch.tensor([[1, 2, 3]])).logits
    assert logits[0, -1, ids].softmax(0).shape == (2,)
    assert logits[:, -1][0, ids].shape == (2,)


RIGHT = [
    by_loop,
    by_tokens,
    by_batch,
    given("of_tensors", lambda ids: [*torch.tensor(ids)]),
    by_vocabulary,
    names_it_in_the_list,
]
WRONG = [
    (strips_the_space, "leading space was lost"),
    (adds_a_space, "a space was added"),
    (adds_special_tokens, "special tokens were added"),
    (counts_special_tokens, "special tokens were added"),
    (takes_the_first_piece, "the first piece is taken silently"),
    (takes_the_last_piece, "the last piece is taken silently"),
    (given("nested", lambda ids: [[token] for token in ids]), "a list stands within the list"),
    (returns_strings, "these are strings"),
    (returns_a_dictionary, "not a dict"),
    (given("sorts_the_ids", sorted), "sorted"),
    (lower_case, "lower case"),
    (looks_up_the_word, "spells a token in its own way"),
    (asserts, "`assert` raises"),
    (does_not_name_the_word, "does not name the word"),
    (skips_long_words, "left out silently"),
    (changes_the_words, "changes its input in place"),
    (adds_a_space_and_counts, "a space was added"),
    (forces_a_space, "a space was added"),
    (condition_turned, "the condition is the wrong way round"),
    (counts_characters, "something else than the tokens"),
    (refuses_all, "every word is refused"),
    (given("returns_in_the_loop", lambda ids: ids[:1]), "only the first word has an id"),
    (given("keeps_the_last", lambda ids: ids[-1:]), "only the last word has an id"),
    (given("returns_a_set", set), "a set keeps no order"),
    (given("reverses", lambda ids: ids[::-1]), "the order is reversed"),
    (lesson_words, "the notebook's task are written in"),
    (given("positions", lambda ids: [*range(len(ids))]), "positions of the words"),
    (given("counts", lambda ids: [1] * len(ids)), "numbers of tokens, not the ids"),
    (given("floats", lambda ids: torch.tensor(ids).float()), "ids are whole numbers"),
    (tests_the_last, "only the last word is tested"),
    (tests_the_first, "only the first word is tested"),
    (counts_words, "words or spaces are counted"),
    (another_type, "raise a ValueError, not another type"),
    (names_all_words, "names all the words"),
    (on_error("returns_none", lambda error: None), "returns None for a long word"),
    (on_error("returns_the_error", lambda error: error), "the ValueError is returned"),
    (on_error("returns_the_message", str), "a message is returned"),
    (with_long_words("minus_one", lambda row: -1), "-1 stands in for the long word"),
    (with_long_words("none", lambda row: None), "None stands in for the long word"),
    (with_long_words("lists", list), "all pieces of a long word stand there in a list"),
    (ends_at_a_long_word, "the list ends where the long word stands"),
    (keeps_all_pieces, "all pieces of the long word are in the list"),
]
