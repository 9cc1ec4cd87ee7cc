"""Colour, marker and hatch of every method, the same in all lessons, and of other series."""

import dataclasses
import itertools
from collections.abc import Iterable

from course_utils.methods.names import Method
from course_utils.show.style import INK

# Okabe and Ito's palette: told apart by most colour-blind readers.
BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#7F7F7F"
SKY, YELLOW, PINK = "#56B4E9", "#F0E442", "#CC79A7"


@dataclasses.dataclass(frozen=True)
class Look:
    """How something is drawn.

    Attributes:
        colour: of mark, line and bar.
        marker: of matplotlib; no two looks in one figure share it.
        hatch: of a bar.
    """

    colour: str
    marker: str
    hatch: str = ""


_PROMPT = Look(PINK, "P", "..")
METHODS: dict[str, Look] = {
    Method.PROMPT.value: _PROMPT,
    Method.PLAIN.value: Look(GREY, "X"),
    "best prompt": _PROMPT,
    "prompt": _PROMPT,  # any other hand-written one
    "zero-shot": _PROMPT,
    "few-shot": Look(SKY, "p", "**"),
    Method.FULL.value: Look(RED, "D", "\\\\"),
    Method.LORA.value: Look(BLUE, "o", "//"),
    Method.PROMPT_TUNING.value: Look(ORANGE, "s", "xx"),
    Method.QLORA.value: Look(GREEN, "^", "||"),
    Method.QLORA_LIBRARIES.value: Look(GREEN, "v", "--"),
    "QLoRA, libraries": Look(GREEN, "v", "--"),
    Method.PROMPT_FURTHER.value: Look(ORANGE, "h", "**"),
    "LoftQ": Look(SKY, "d", "++"),
    "untrained": Look(GREY, "X"),
    "no prompt": Look(GREY, "X"),
    "baseline": Look(GREY, "|"),
    "lexicon": Look(SKY, "<", "++"),
    "TF-IDF": Look(INK, ">", "oo"),
}
SERIES: tuple[Look, ...] = (  # of what is no method, in this order
    Look(BLUE, "o", "//"),
    Look(ORANGE, "s", "xx"),
    Look(GREEN, "^", "||"),
    Look(RED, "D", "\\\\"),
    Look(PINK, "v", ".."),
    Look(SKY, "P", "++"),
    Look(INK, "X", "--"),
)
OTHER = Look(BLUE, "o")


def look(name: str) -> Look:
    """The look of a method by the beginning of a label, such as ``LoRA (yours)``.

    The longest name that fits counts, in capitals or not; what is no method gets a blue circle.
    """
    fits = [key for key in METHODS if name.lower().startswith(key.lower())]
    return METHODS[max(fits, key=len)] if fits else OTHER


def looks_of(names: Iterable[str]) -> dict[str, Look]:
    """A look for each of these series, no two the same: a method's own, else one of ``SERIES``.

    The second series of one method, such as LoRA of another rank, gets one of ``SERIES`` too;
    these go round again when they are used up.
    """
    names = list(dict.fromkeys(names))
    own: dict[Look, str] = {}
    for name in names:
        own.setdefault(look(name), name)
    own.pop(OTHER, None)
    taken = {value for each in own for value in (each.colour, each.marker)}
    free = [each for each in SERIES if not taken & {each.colour, each.marker}] or SERIES
    others, methods = itertools.cycle(free), {name: each for each, name in own.items()}
    return {name: methods[name] if name in methods else next(others) for name in names}
