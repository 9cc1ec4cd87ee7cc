"""Rewordings of an instruction that the model itself proposes (lesson 1, prompt search).

After Zhou et al. 2023, *Large Language Models Are Human-Level Prompt Engineers*.
"""

import re

import torch
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from course_utils.data.columns import readable
from course_utils.errors import CourseError
from course_utils.model.forward import evaluating
from course_utils.model.selftest import repeated, ways
from course_utils.validate import refusal, whole

ASK = "Say in other words: {}"
SHOWN = (
    ("Is this email spam or not?", "Tell whether the email is spam."),
    ("Which language is this text written in?", "Name the language of the text."),
    ("Say if the customer is angry or calm.", "Is the customer angry, or calm?"),
    (
        "Does the news article deal with sports or politics?",
        "Decide if the topic of the article is sports or politics.",
    ),
)  # a small model answers the question instead of rewording it, unless it is shown how
ROUNDS = 4  # of k replies each, before a search for more proposals ends
MOST_TOKENS, LEAST_WORDS, MOST_WORDS = 30, 3, 20
NUCLEUS = 0.9  # share of the probability that is sampled from: less nonsense (Holtzman et al. 2020)


def proposals(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, wording: str, k: int, seed: int
) -> list[str]:
    """Let the model say an instruction in other words, through its chat template.

    It is shown four other instructions with their rewordings, and sampled at temperature 1 from
    the most probable 90 % (nucleus sampling). Replies are cleaned (see ``cleaned``), and kept if
    they are neither there already nor the wording itself. Many from a small model answer the
    instruction, or miss it: a search has to find out.

    Args:
        wording: the instruction, without ``{text}``.
        k: how many are wanted.
        seed: of the sampling; the global random state stays as it was.

    Returns:
        At most ``k`` different instructions; fewer where 4 k replies give no more.

    Raises:
        CourseError: the tokeniser has no chat template, the wording has a brace, or a setting is
            no whole number.
    """
    k, seed = whole("k", k, 1), whole("seed", seed, 0)
    if set("{}") & set(readable(wording, "The wording")) or not wording.strip():
        raise refusal("wording", wording, "the instruction alone, without a place for the text")
    if not tokenizer.chat_template:
        raise CourseError(
            "This model's tokeniser has no chat template, so it cannot be asked for proposals",
            "take a model that is tuned to instructions, such as the course's own",
        )
    question = _question(tokenizer, wording)
    found: dict[str, str] = {}
    with torch.random.fork_rng(devices=range(torch.cuda.device_count())):
        torch.manual_seed(seed)
        for _ in range(ROUNDS):
            for reply in _replies(model, tokenizer, question, k):
                if (proposal := cleaned(reply)) and _key(proposal) != _key(wording):
                    found.setdefault(_key(proposal), proposal)
            if len(found) >= k:
                break
    return list(found.values())[:k]


def _question(tokenizer: PreTrainedTokenizerBase, wording: str) -> list[int]:
    """Token ids of the chat up to where the model answers."""
    chat = []
    for instruction, other in SHOWN:
        chat.append({"role": "user", "content": ASK.format(instruction)})
        chat.append({"role": "assistant", "content": other})
    chat.append({"role": "user", "content": ASK.format(wording)})
    asked = tokenizer.apply_chat_template(chat, add_generation_prompt=True, return_dict=True)
    return asked["input_ids"]


@torch.no_grad()
def _replies(
    model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, question: list[int], k: int
) -> list[str]:
    """What the model says to a question, ``k`` times; the question goes through it once."""
    ids = torch.tensor([question], device=model.device)
    with evaluating(model):
        cache = None
        if ways(model).shares_for(len(question) + MOST_TOKENS):
            before = model(ids[:, :-1], use_cache=True, logits_to_keep=1)
            cache = repeated(before.past_key_values, k)
        rows = model.generate(
            ids.expand(k, -1), attention_mask=torch.ones_like(ids).expand(k, -1),
            past_key_values=cache, do_sample=True, temperature=1.0, top_p=NUCLEUS, top_k=0,
            max_new_tokens=MOST_TOKENS, pad_token_id=tokenizer.pad_token_id,
        )  # fmt: skip
    return tokenizer.batch_decode(rows[:, len(question) :], skip_special_tokens=True)


def cleaned(reply: str) -> str | None:
    """The first line of a reply as an instruction; None where it can be none.

    Without list marks, quotation marks around it and doubled spaces. None if it has a brace, fewer
    than 3 words or more than 20, or no end (a full stop, a question or exclamation mark, a colon),
    as where the reply was cut.
    """
    line = next((line for line in reply.splitlines() if line.strip()), "")
    line = re.sub(r"^\s*(?:[-*•]|\d+[.)])\s+", "", line)
    line = " ".join(line.split()).strip("\"'`“”‘’*")
    short = LEAST_WORDS <= len(line.split()) <= MOST_WORDS
    ended = line.endswith((".", "?", "!", ":"))
    return line if short and ended and not set("{}") & set(line) else None


def _key(wording: str) -> str:
    """Equal for two wordings that differ in capitals, spaces and punctuation at most."""
    return " ".join(re.findall(r"\w+", wording.casefold()))
