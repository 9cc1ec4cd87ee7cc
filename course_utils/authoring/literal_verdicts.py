"""Find verdicts that are written down instead of computed, in the code of a lesson or a figure.

What is claimed must come from ``measure.verdicts``, or from another function of the data. Titles
are looked at wherever they may stand: ``title=``, ``set_title``, ``suptitle``, a variable called
title or message, and the texts that a function of a figure is given.
"""

import ast
import re
from collections.abc import Iterator

CLAIMING = re.compile(
    r"\b(?:ahead|behind|beats?|better|worse|outperforms?|wins?|loses?|losing|fails?|costs?|saves?"
    r"|falls?|fell|rises?|rose|grows?|grew|shrinks?|shrank|drops?|raises?|lowers?|gains|improves?"
    r"|hurts?|helps?|keeps?|leaves|wants?|needs?|matters?|still|enough|higher|faster|slower|stands?"
    r"|comes? from|(?:un)?steady|equals?|is as|are as|are the same|is the same)\b",
    re.IGNORECASE,
)
TRUTH_VALUED = {"all", "any", "bool", "equal", "allclose", "isclose", "array_equal", "isfinite"}
TITLED = re.compile(r"(?:_figure|_map|^set_title|^suptitle)$")
TITLE_NAME = re.compile(r"(?:titles?|messages?)$")


def literal_verdicts(source: str) -> Iterator[str]:
    """One sentence for each verdict in ``source``, Python code, that is not computed."""
    tree = ast.parse(source)
    truths = _names_of_truths(tree)
    for node in ast.walk(tree):
        if not isinstance(node, (ast.expr, ast.stmt)):
            continue
        if _is_excused(node):
            yield f"line {node.lineno}: quick() decides a verdict; take it from measure.verdicts"
        if _called(node) == "print" and _prints_a_truth(node, truths):
            yield f"line {node.lineno}: prints True or False; use verdicts.measured or exact"
        if _called(node) == "print" and (words := _only_text(node)) and CLAIMING.search(words):
            yield f"line {node.lineno}: '{words}' is not computed; use a function of verdicts"
        for words in _titles(node):
            if match := CLAIMING.search(words):
                yield (
                    f"line {node.lineno}: the title '{words}' claims ('{match[0]}'): "
                    "take it from measure.verdicts, or make it neutral"
                )


def _is_excused(node: ast.AST) -> bool:
    """Is it ``... or quick()``, which is true in a quick run whatever was measured?"""
    either = isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or)
    return either and any(_called(value) == "quick" for value in ast.iter_child_nodes(node))


def _called(node: ast.AST) -> str:
    """The last name of the function that is called here; empty if there is none."""
    if not isinstance(node, ast.Call):
        return ""
    return getattr(node.func, "attr", getattr(node.func, "id", ""))


def _names_of_truths(tree: ast.AST) -> set[str]:
    """Variables that are set to a truth value."""
    assigned = [node for node in ast.walk(tree) if isinstance(node, ast.Assign)]
    targets = [
        target for node in assigned if _is_truth(node.value, set()) for target in node.targets
    ]
    return {target.id for target in targets if isinstance(target, ast.Name)}


def _is_truth(node: ast.AST, truths: set[str]) -> bool:
    """Is the value True or False, as far as can be seen?"""
    if isinstance(node, ast.BoolOp):
        return all(_is_truth(value, truths) for value in node.values)
    if isinstance(node, ast.UnaryOp):
        return isinstance(node.op, ast.Not)
    constant = isinstance(node, ast.Constant) and isinstance(node.value, bool)
    named = isinstance(node, ast.Name) and node.id in truths
    return constant or named or isinstance(node, ast.Compare) or _called(node) in TRUTH_VALUED


def _prints_a_truth(call: ast.AST, truths: set[str]) -> bool:
    """Does a text stand beside a truth value, as another argument or within the text?"""
    assert isinstance(call, ast.Call)
    formatted = [
        part.value
        for text in call.args
        if isinstance(text, ast.JoinedStr)
        for part in text.values
        if isinstance(part, ast.FormattedValue)
    ]
    texts = [text for argument in call.args for text in _texts(argument)]
    beside = call.args if texts else []
    return any(_is_truth(value, truths) for value in [*beside, *formatted])


def _only_text(call: ast.AST) -> str:
    """What a call prints if it is one written text and nothing else."""
    assert isinstance(call, ast.Call)
    value = call.args[0] if len(call.args) == 1 else None
    return str(value.value) if isinstance(value, ast.Constant) else ""


def _titles(node: ast.AST) -> Iterator[str]:
    """The written parts of what ``node`` makes a title."""
    if isinstance(node, ast.Call):
        if TITLED.search(_called(node)):
            for argument in node.args:
                yield from _texts(argument)
        for keyword in node.keywords if _called(node) != "legend" else ():
            if keyword.arg and TITLE_NAME.search(keyword.arg):
                yield from _texts(keyword.value)
    if isinstance(node, ast.Assign):
        for target in node.targets:
            if isinstance(target, ast.Name) and TITLE_NAME.search(target.id):
                yield from _texts(node.value)


def _texts(node: ast.AST) -> Iterator[str]:
    """Written texts in an expression; what a function returns is computed, so not looked into."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) for part in node.values if isinstance(part, ast.Constant))
    elif isinstance(node, (ast.Tuple, ast.List, ast.BinOp, ast.IfExp)):
        for child in ast.iter_child_nodes(node):
            yield from _texts(child)
