"""A function with one thing changed: an operator, a constant, an index, an axis, a comparison, a keyword left out."""

import ast
import copy
from collections.abc import Iterator

OPERATORS = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Div, ast.Div: ast.Mult, ast.MatMult: ast.Mult,
    ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult, ast.Pow: ast.Mult,
}  # fmt: skip
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt, ast.GtE), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt, ast.LtE),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
}  # fmt: skip
NAMES = {
    "max": "min", "min": "max", "argmax": "argmin", "argmin": "argmax", "sum": "mean", "mean": "sum", "all": "any",
    "any": "all", "relu": "gelu", "gelu": "relu", "exp": "expm1", "log": "log1p", "sorted": "list", "sigmoid": "tanh",
    "q_lin": "k_lin", "k_lin": "q_lin", "v_lin": "k_lin", "weight": "bias", "softmax": "log_softmax",
}  # fmt: skip


def _operations(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.BinOp) and type(node.op) in OPERATORS:
        yield ast.BinOp(node.left, OPERATORS[type(node.op)](), node.right)
        yield from (node.left, node.right)
    elif isinstance(node, ast.Compare):
        for operator in COMPARISONS.get(type(node.ops[0]), ()):
            yield ast.Compare(node.left, [operator(), *node.ops[1:]], node.comparators)
    elif isinstance(node, ast.UnaryOp):
        yield node.operand
    elif isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)


def _values(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        yield ast.Constant(not node.value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, (int, float)):
        yield from map(ast.Constant, {node.value + 1, node.value - 1, -node.value} - {node.value})
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield ast.Constant(node.value + "x")
    elif isinstance(node, ast.Attribute) and node.attr in NAMES:
        yield ast.Attribute(node.value, NAMES[node.attr], node.ctx)
    elif isinstance(node, ast.Name) and node.id in NAMES:
        yield ast.Name(NAMES[node.id], node.ctx)


def _calls(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.Slice):
        for name in ("lower", "upper", "step"):
            if getattr(node, name) is not None:
                yield ast.Slice(**{part: getattr(node, part) for part in ("lower", "upper", "step") if part != name})
    elif isinstance(node, ast.Call):
        for place in range(len(node.keywords)):
            yield ast.Call(node.func, node.args, node.keywords[:place] + node.keywords[place + 1 :])
        if isinstance(node.func, ast.Attribute):
            yield node.func.value
        elif len(node.args) == 1:
            yield node.args[0]


def _changed(node: ast.AST) -> Iterator[ast.AST]:
    """Each way of writing `node` that is nearly the same."""
    for ways in (_operations, _values, _calls):
        yield from ways(node)


def mutants(source: str) -> list[str]:
    """The function whose text is `source`, with each one thing changed in turn."""
    tree = ast.parse(source)
    found = []
    for place, node in enumerate(ast.walk(tree)):
        for number in range(len(list(_changed(node)))):
            copied = copy.deepcopy(tree)
            target = list(ast.walk(copied))[place]
            other = list(_changed(target))[number]
            for parent in ast.walk(copied):
                for name, value in ast.iter_fields(parent):
                    if value is target:
                        setattr(parent, name, other)
                    elif isinstance(value, list):
                        value[:] = [other if one is target else one for one in value]
            found.append(ast.unparse(ast.fix_missing_locations(copied)))
    return [text for text in dict.fromkeys(found) if text != ast.unparse(tree)]
