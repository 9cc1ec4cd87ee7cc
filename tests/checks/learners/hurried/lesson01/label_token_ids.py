import torch


def right_encode_loop(tokenizer, label_words):
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens, not one")
        ids.append(pieces[0])
    return ids


def right_tokenize_then_convert(tokenizer, label_words):
    tokens = [tokenizer.tokenize(word) for word in label_words]
    for word, pieces in zip(label_words, tokens):
        if len(pieces) != 1:
            raise ValueError(f"not a single token: {word}")
    return tokenizer.convert_tokens_to_ids([pieces[0] for pieces in tokens])


def right_tensor(tokenizer, label_words):
    ids = torch.empty(len(label_words), dtype=torch.long)
    for i, word in enumerate(label_words):
        pieces = tokenizer(word, add_special_tokens=False, return_tensors="pt").input_ids
        if pieces.numel() != 1:
            raise ValueError("The label word '" + word + "' is not a single token.")
        ids[i] = pieces.item()
    return ids


def right_batch_call(tokenizer, label_words):
    rows = tokenizer(list(label_words), add_special_tokens=False)["input_ids"]
    too_long = [word for word, row in zip(label_words, rows) if len(row) != 1]
    if too_long:
        raise ValueError(f"these label words are not single tokens: {too_long}")
    return [row[0] for row in rows]


def right_unpack(tokenizer, label_words):
    ids = []
    for word in label_words:
        try:
            (only,) = tokenizer.encode(word, add_special_tokens=False)
        except ValueError as error:
            raise ValueError(f"{word!r} must be one token") from error
        ids.append(only)
    return ids


def _single(tokenizer, word):
    match tokenizer.encode(text=word, add_special_tokens=False):
        case [token]:
            return token
        case pieces:
            raise ValueError(f"{word}: {tokenizer.convert_ids_to_tokens(pieces)}")


def right_helper_and_map(tokenizer, label_words):
    return list(map(lambda word: _single(tokenizer, word), label_words))


def right_round_trip(tokenizer, label_words):
    ids = []
    for word in label_words:
        first, *rest = tokenizer(word, add_special_tokens=False).input_ids
        if rest or tokenizer.decode([first]) != word:
            raise ValueError("%r has more than one token" % word)
        ids += [first]
    return ids


def wrong_strips_space(tokenizer, label_words):
    """Strips the leading space, so it looks up another token than the one after the colon."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word.strip(), add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        ids.append(pieces[0])
    return ids


def wrong_adds_space(tokenizer, label_words):
    """Puts a second space before a label word that already has its own."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(" " + word, add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        ids.append(pieces[0])
    return ids


def wrong_first_piece(tokenizer, label_words):
    """Takes the first piece of a word of several tokens and raises nothing."""
    return [tokenizer.encode(word, add_special_tokens=False)[0] for word in label_words]


def wrong_last_piece(tokenizer, label_words):
    """Takes the last piece of a word of several tokens and raises nothing."""
    return [tokenizer(word, add_special_tokens=False)["input_ids"][-1] for word in label_words]


def wrong_assert(tokenizer, label_words):
    """Asserts, which raises an AssertionError and not the ValueError that was asked for."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        assert len(pieces) == 1, f"{word!r} is {len(pieces)} tokens"
        ids.append(pieces[0])
    return ids


def wrong_nameless_error(tokenizer, label_words):
    """Raises a ValueError that does not say which word is too long."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError("a label word must be a single token")
        ids.append(pieces[0])
    return ids


def wrong_return_in_loop(tokenizer, label_words):
    """Returns inside the loop, so only the first label word gets an id."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        ids.append(pieces[0])
        return ids


def wrong_nested(tokenizer, label_words):
    """Returns a list of one id for each word in place of the id itself."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) > 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        ids.append(pieces)
    return ids


def wrong_skips_long(tokenizer, label_words):
    """Leaves words of several tokens out silently in place of raising a ValueError."""
    encoded = [tokenizer.encode(word, add_special_tokens=False) for word in label_words]
    return [pieces[0] for pieces in encoded if len(pieces) == 1]


def wrong_sorted(tokenizer, label_words):
    """Sorts the ids, so they no longer stand in the order of the label words."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        ids.append(pieces[0])
    return sorted(ids)


def wrong_raw_vocabulary_lookup(tokenizer, label_words):
    """Looks the plain text up as a token, but the vocabulary writes the space differently."""
    ids = tokenizer.convert_tokens_to_ids(list(label_words))
    for word, token in zip(label_words, ids):
        if isinstance(token, list):
            raise ValueError(f"{word!r} is not a single token")
    return ids


def wrong_returns_error(tokenizer, label_words):
    """Returns the ValueError as a value in place of raising it."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) != 1:
            return ValueError(f"{word!r} is {len(pieces)} tokens")
        ids.append(pieces[0])
    return ids


def wrong_token_strings(tokenizer, label_words):
    """Returns the tokens as text, not their ids."""
    tokens = []
    for word in label_words:
        pieces = tokenizer.tokenize(word)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        tokens.append(pieces[0])
    return tokens


def wrong_counts_words(tokenizer, label_words):
    """Counts the words separated by spaces, not the tokens, to find what is too long."""
    ids = []
    for word in label_words:
        if len(word.split()) != 1:
            raise ValueError(f"{word!r} is not one word")
        ids.append(tokenizer.encode(word, add_special_tokens=False)[0])
    return ids


def wrong_checks_last_only(tokenizer, label_words):
    """Has the test after the loop, so only the last label word is ever tested."""
    ids = []
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        ids.append(pieces[0])
    if len(pieces) != 1:
        raise ValueError(f"{word!r} is {len(pieces)} tokens")
    return ids


def wrong_hard_coded_words(tokenizer, label_words):
    """Looks up the two words of this task whatever label words it is given."""
    ids = []
    for word in (" negative", " positive"):
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        ids.append(pieces[0])
    return ids


def wrong_dictionary(tokenizer, label_words):
    """Returns a dictionary from word to id, which cannot index the logits."""
    ids = {}
    for word in label_words:
        pieces = tokenizer.encode(word, add_special_tokens=False)
        if len(pieces) != 1:
            raise ValueError(f"{word!r} is {len(pieces)} tokens")
        ids[word] = pieces[0]
    return ids


SAYS = {
    "wrong_strips_space": "the leading space was lost",
    "wrong_adds_space": "a space was added",
    "wrong_first_piece": "the first piece is taken silently",
    "wrong_last_piece": "the last piece is taken silently",
    "wrong_assert": "`assert` raises an AssertionError",
    "wrong_nameless_error": "does not name the word",
    "wrong_return_in_loop": "only the first word has an id",
    "wrong_nested": "a list stands within the list",
    "wrong_skips_long": "left out silently",
    "wrong_sorted": "the ids are sorted",
    "wrong_raw_vocabulary_lookup": "spells a token in its own way",
    "wrong_returns_error": "the ValueError is returned",
    "wrong_token_strings": "these are strings",
    "wrong_counts_words": "words or spaces are counted",
    "wrong_checks_last_only": "only the last word is tested",
    "wrong_hard_coded_words": "the notebook's task are written in",
    "wrong_dictionary": "not a dict",
}
