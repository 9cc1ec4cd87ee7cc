"""Small changes of a right answer, each of which makes most right answers wrong.

``mutants(source)`` gives the sources with one change each: an operator or a sign turned, an
operand, a call, an attribute, a keyword, a word of a text or a statement dropped, arguments
swapped, a name taken for another, a constant changed, a condition negated, a loop that ends after
its first round.
"""

import ast
import copy
import re
from collections.abc import Iterator

TURNED: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Div, ast.Add), ast.Div: (
        ast.Mult, ast.FloorDiv), ast.FloorDiv: (ast.Div, ast.Mod), ast.Mod: (ast.FloorDiv,),
    ast.Pow: (ast.Mult,), ast.LShift: (ast.RShift,), ast.RShift: (ast.LShift,),
    ast.BitOr: (ast.BitAnd,), ast.BitAnd: (ast.BitOr,),
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.Lt),
    ast.GtE: (ast.Gt, ast.Lt), ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.And: (ast.Or,), ast.Or: (ast.And,),
}  # fmt: skip
TWINS = {"sum": "max", "max": "min", "min": "max", "any": "all", "all": "any", "round": "int"}
ORDERED = (ast.Sub, ast.Div, ast.FloorDiv, ast.Pow, ast.MatMult)  # operands that may not be swapped


def mutants(source: str) -> list[str]:
    """Each source once, in the order of the code."""
    tree = ast.parse(source)
    clean = ast.unparse(tree)
    found: dict[str, None] = {}
    skipped = {id(node) for part in ast.walk(tree) if is_said(part) for node in ast.walk(part)}
    for number, node in enumerate(ast.walk(tree)):
        if id(node) in skipped:
            continue
        for change in range(len(list(changes(node, tree)))):
            fresh = copy.deepcopy(tree)
            target = list(ast.walk(fresh))[number]
            replace(fresh, target, list(changes(target, fresh))[change])
            text = ast.unparse(ast.fix_missing_locations(fresh))
            if text != clean:
                found[text] = None
    return list(found)


def is_said(node: ast.AST) -> bool:
    """Is it a docstring, or the message of an exception?"""
    docstring = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return docstring or isinstance(node, ast.Raise)


def replace(tree: ast.AST, old: ast.AST, new: ast.AST | None) -> None:
    """Put ``new`` in the place of ``old``; drop it if None (an empty body becomes ``pass``)."""
    for parent in ast.walk(tree):
        for field, value in ast.iter_fields(parent):
            if value is old:
                setattr(parent, field, new)
            elif isinstance(value, list) and any(item is old for item in value):
                kept = [new if item is old else item for item in value]
                kept = [item for item in kept if item is not None]
                setattr(parent, field, kept or ([ast.Pass()] if field == "body" else []))


def changes(node: ast.AST, tree: ast.AST) -> Iterator[ast.AST | None]:
    """What can stand in the place of a node; None drops it."""
    if isinstance(node, ast.BinOp):
        yield from (node.left, node.right)
        yield from (with_(node, op=op()) for op in TURNED.get(type(node.op), ()))
        if isinstance(node.op, ORDERED):
            yield with_(node, left=node.right, right=node.left)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.Compare):
        for op in TURNED[type(node.ops[0])]:
            yield with_(node, ops=[op(), *node.ops[1:]])
    elif isinstance(node, ast.BoolOp):
        yield with_(node, op=TURNED[type(node.op)][0]())
        yield from node.values
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.Constant):
        yield from other_constants(node.value)
    elif isinstance(node, ast.Call):
        yield from other_calls(node)
    elif isinstance(node, (ast.Subscript, ast.Starred)):
        yield node.value
    elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
        yield node.value
    elif isinstance(node, ast.Slice):
        yield from (with_(node, **{part: None}) for part in ("lower", "upper", "step"))
    elif isinstance(node, ast.comprehension) and node.ifs:
        yield with_(node, ifs=[])
    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        yield from (ast.Name(other, node.ctx) for other in variables(tree) if other != node.id)
    elif isinstance(node, ast.stmt):
        yield from other_statements(node)


def other_constants(value: object) -> Iterator[ast.AST]:
    """A number more or less, its double, its negative; the other truth; a text less a word."""
    if isinstance(value, bool):
        yield ast.Constant(not value)
    elif isinstance(value, (int, float)):
        yield from map(ast.Constant, (value + 1, value - 1, value * 2, -value))
    elif isinstance(value, str):
        words = re.findall(r"\w+|\s+|.", value)
        without = ["".join(words[:n] + words[n + 1 :]) for n in range(len(words))]
        yield from map(ast.Constant, without[:24])


def other_calls(node: ast.Call) -> Iterator[ast.AST]:
    """The call of a twin, without its method, with other arguments, or without a keyword."""
    if isinstance(node.func, ast.Name) and node.func.id in TWINS:
        yield with_(node, func=ast.Name(TWINS[node.func.id], ast.Load()))
    if isinstance(node.func, ast.Attribute) and node.func.attr in TWINS:
        yield with_(node, func=with_(node.func, attr=TWINS[node.func.attr]))
    if isinstance(node.func, ast.Attribute):
        yield node.func.value
    if len(node.args) == 1:
        yield node.args[0]
    if len(node.args) > 1:
        yield with_(node, args=[node.args[1], node.args[0], *node.args[2:]])
        yield with_(node, args=node.args[:-1])
    for keyword in node.keywords:
        yield with_(node, keywords=[other for other in node.keywords if other is not keyword])


def other_statements(node: ast.stmt) -> Iterator[ast.AST | None]:
    """No statement; another condition; the end of the function within the loop."""
    if isinstance(node, (ast.If, ast.While)):
        yield with_(node, test=ast.UnaryOp(ast.Not(), node.test))
    if isinstance(node, ast.With):
        yield ast.If(ast.Constant(True), node.body, [])
    if isinstance(node, ast.For):
        yield with_(node, body=[*node.body, ast.Break()])
    if not isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.Import, ast.ImportFrom)):
        yield None


def variables(tree: ast.AST) -> list[str]:
    """Names of all arguments and variables of the source."""
    nodes = list(ast.walk(tree))
    names = [node.arg for node in nodes if isinstance(node, ast.arg)]
    stored = [n.id for n in nodes if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)]
    return list(dict.fromkeys(names + stored))


def with_(node: ast.AST, **fields: object) -> ast.AST:
    """A copy of a node with other fields."""
    changed = copy.copy(node)
    for name, value in fields.items():
        setattr(changed, name, value)
    return changed
