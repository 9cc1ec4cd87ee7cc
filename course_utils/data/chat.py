"""Chat templates as text: a question in the form that a chat model was tuned to answer.

Lesson 1, *Let it write*; the template that comes out goes into ``data.prompts.Prompt``.
"""

from transformers import PreTrainedTokenizerBase

from course_utils.data.columns import readable
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


def _without_second_start(tokenizer: PreTrainedTokenizerBase, text: str) -> str:
    """Drop the start token at the front where the tokeniser puts one before every text anyway."""
    added = tokenizer("a")["input_ids"][0] == tokenizer.bos_token_id
    return text.removeprefix(tokenizer.bos_token) if added else text
