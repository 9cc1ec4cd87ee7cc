"""Answers to ``label_token_ids``."""


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


def strips_the_space_and_takes_the_first_piece(tokenizer, label_words):
    return [ids_of(tokenizer, word.strip())[0] for word in label_words]


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


def returns_nested_lists(tokenizer, label_words):
    return [ids_of(tokenizer, word) for word in label_words]


def returns_strings(tokenizer, label_words):
    return [tokenizer.decode([checked(tokenizer, word)]) for word in label_words]


def returns_a_dictionary(tokenizer, label_words):
    return {word: checked(tokenizer, word) for word in label_words}


def sorts_the_ids(tokenizer, label_words):
    return sorted(checked(tokenizer, word) for word in label_words)


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


RIGHT = [by_loop, by_tokens, by_batch]
WRONG = [
    (strips_the_space, "leading space was lost"),
    (strips_the_space_and_takes_the_first_piece, "leading space was lost"),
    (adds_a_space, "a space was added"),
    (adds_special_tokens, "special tokens were added"),
    (counts_special_tokens, "special tokens were added"),
    (takes_the_first_piece, "the first piece is taken silently"),
    (takes_the_last_piece, "the last piece is taken silently"),
    (returns_nested_lists, "a list stands within the list"),
    (returns_strings, "these are strings"),
    (returns_a_dictionary, "not a dict"),
    (sorts_the_ids, "sorted"),
    (lower_case, "lower case"),
    (looks_up_the_word, "convert_tokens_to_ids"),
    (asserts, "raise a ValueError, not another type"),
    (does_not_name_the_word, "does not name the word"),
    (skips_long_words, "nothing looks at the number of tokens"),
    (changes_the_words, "changes its input in place"),
]
