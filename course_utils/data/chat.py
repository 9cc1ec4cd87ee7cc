"""Chat templates as text: a question in the form that a chat model was tuned to answer.

Lesson 1, *Let it write*; the template that comes out goes into ``data.prompts.Prompt``.
"""

from transformers import PreTrainedTokenizerBase

from course_utils.data.columns import readable
from course_utils.data.prompts import Prompt
from course_utils.errors import CourseError


def chat_template(
    tokenizer: PreTrainedTokenizerBase, user: str, system: str | None = None, answer: str = ""
) -> str:
    """A template for ``Prompt``: what the user says, in the model's own chat form, up to the reply.

    Many chat templates add a system message of their own where none is given.

    Args:
        tokenizer: of a chat model; its Jinja template writes the turns.
        user: the user's words, with ``{text}`` where the item goes.
        system: the system message; None for the model's own, if it has one.
        answer: how the model's reply begins, such as ``Sentiment:``, so that a label word with its
            leading space can follow.

    Raises:
        CourseError: the tokeniser has no chat template, the template refuses these turns (some
            know no system message), or a text is no string.
    """
    given = {"The user's message": user, "The answer": answer}
    if system is not None:
        given["The system message"] = system
    for where, words in given.items():
        readable(words, where)
    if not tokenizer.chat_template:
        raise CourseError(
            "This tokeniser has no chat template, as its model was not tuned to chat",
            "write the question as plain text, or load a model whose name ends in Instruct or Chat",
        )
    turns = [] if system is None else [{"role": "system", "content": system}]
    turns.append({"role": "user", "content": user})
    try:
        text = tokenizer.apply_chat_template(turns, tokenize=False, add_generation_prompt=True)
    except Exception as error:  # whatever a template raises, in Jinja's words
        raise CourseError(
            f"The chat template of this model refuses these turns ({error})",
            "leave the system message out, and write it into the user's message",
        ) from error
    return _without_second_start(tokenizer, text) + answer


def chat_prompt(
    tokenizer: PreTrainedTokenizerBase,
    user: str,
    answers: tuple[str, ...],
    system: str | None = None,
) -> Prompt:
    """A prompt in the model's own chat form, whose label words are whole replies.

    Each answer is followed by the token with which the model ends its turn, so that it learns to
    stop, and so that demonstrations (``with_shots``) are whole turns.

    Args:
        tokenizer: of a chat model.
        user: the user's words, with ``{text}`` where the item goes.
        answers: the possible replies, such as ``task.label_words`` of the task ``rating``.
        system: the system message; None for the model's own, if it has one.

    Raises:
        CourseError: see ``chat_template``, ``turn_end`` and ``Prompt``.
    """
    end = turn_end(tokenizer)
    template = chat_template(tokenizer, user, system)
    return Prompt(template, tuple(f"{answer}{end}" for answer in answers))


def turn_end(tokenizer: PreTrainedTokenizerBase) -> str:
    """The token that ends a reply in the model's chat form, as text, such as ``<|im_end|>``.

    Raises:
        CourseError: the tokeniser has no chat template, or no such token follows a reply in it.
    """
    reply = "REPLY"
    template = chat_template(tokenizer, "{text}")  # refuses what has none
    turns = [{"role": "user", "content": "{text}"}, {"role": "assistant", "content": reply}]
    text = tokenizer.apply_chat_template(turns, tokenize=False)
    after = text.rpartition(reply)[2]
    first = next(iter(tokenizer.encode(after, add_special_tokens=False)), None)
    if not after or first not in tokenizer.added_tokens_decoder:
        raise CourseError(
            f"After a reply the chat template writes {after!r}, and that does not begin with a "
            "token that ends a turn",
            f"write the question as plain text; the template begins {template[:40]!r}",
        )
    return tokenizer.added_tokens_decoder[first].content


def _without_second_start(tokenizer: PreTrainedTokenizerBase, text: str) -> str:
    """Drop the start token at the front where the tokeniser puts one before every text anyway."""
    added = tokenizer("a")["input_ids"][0] == tokenizer.bos_token_id
    return text.removeprefix(tokenizer.bos_token) if added else text
