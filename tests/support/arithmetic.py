"""Written-out arithmetic: ``3000.00 + 500.00 - 300.00 = 3200.00``, computed exactly.

Numbers are read from their text, never as floats. ``/`` is exact; what is rounded says so: ``floor(x)``, ``ceil(x)``,
``half_up(x)`` and ``half_down(x)`` round to whole 分, or to a step given as second argument (``floor(7 / 3, 1) = 2``).
"""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable
from fractions import Fraction
from math import ceil, floor

__all__ = ["ArithmeticProblem", "check", "numbers"]

_FEN = Fraction(1, 100)
_RATIONAL: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_RELATIONS: dict[type[ast.cmpop], Callable[[Fraction, Fraction], bool]] = {
    ast.Eq: operator.eq,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_ROUNDINGS: dict[str, Callable[[Fraction], int]] = {
    "floor": floor,
    "ceil": ceil,
    "half_up": lambda value: floor(value + Fraction(1, 2)),
    "half_down": lambda value: ceil(value - Fraction(1, 2)),
}


class ArithmeticProblem(ValueError):
    """A line of arithmetic that is wrong, says nothing, or cannot be read."""


def check(line: str) -> None:
    """Compute a line: one relation (``=``, ``<``, ``<=``, ``>``, ``>=``) or a chain of them.

    Raises
    ------
    ArithmeticProblem
        When a relation does not hold, or the line has none, or it is no arithmetic, or it only repeats a number.

    Examples
    --------
    >>> check("floor(300.00 * 500 / 3500) = 42.85")
    >>> check("0.1 + 0.2 = 0.4")
    Traceback (most recent call last):
    tests.support.arithmetic.ArithmeticProblem: 0.1 + 0.2 = 0.4: the left side is 3/10
    """
    source = _python(line)
    try:
        tree = ast.parse(source, mode="eval").body
    except SyntaxError:
        raise ArithmeticProblem(f"{line}: cannot be read") from None
    if not isinstance(tree, ast.Compare):
        raise ArithmeticProblem(f"{line}: says nothing, it needs =, <, <=, > or >=")
    terms = [tree.left, *tree.comparators]
    values = [_value(term, source, line) for term in terms]
    if all(isinstance(term, ast.Constant) for term in terms) and all(isinstance(relation, ast.Eq) for relation in tree.ops):
        raise ArithmeticProblem(f"{line}: only repeats a number")
    for relation, left, right in zip(tree.ops, values, values[1:], strict=False):
        if type(relation) not in _RELATIONS:
            raise ArithmeticProblem(f"{line}: unknown relation")
        if not _RELATIONS[type(relation)](left, right):
            raise ArithmeticProblem(f"{line}: the left side is {left}")


def numbers(line: str) -> set[Fraction]:
    """The numbers a line states.

    >>> sorted(numbers("3.50 - 2 = 1.5"))
    [Fraction(3, 2), Fraction(2, 1), Fraction(7, 2)]
    """
    return {Fraction(text) for text in re.findall(r"\d+(?:\.\d+)?", line)}


def _python(line: str) -> str:
    return re.sub(r"(?<![<>=!])=(?!=)", "==", line).strip()


def _value(node: ast.expr, source: str, line: str) -> Fraction:
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            text = ast.get_source_segment(source, node) or ""
            if re.fullmatch(r"\d+(\.\d+)?", text):
                return Fraction(text)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, source, line)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _RATIONAL:
            values = _value(left, source, line), _value(right, source, line)
            if isinstance(sign, ast.Div) and values[1] == 0:
                raise ArithmeticProblem(f"{line}: divides by zero")
            return _RATIONAL[type(sign)](*values)
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]):
            return _call(name, [_value(arg, source, line) for arg in args], line)
    raise ArithmeticProblem(f"{line}: {ast.unparse(node)} is no arithmetic")


def _call(name: str, values: list[Fraction], line: str) -> Fraction:
    if name in ("min", "max") and values:
        return min(values) if name == "min" else max(values)
    if name in _ROUNDINGS and len(values) in (1, 2):
        step = values[1] if len(values) == 2 else _FEN
        if step > 0:
            return _ROUNDINGS[name](values[0] / step) * step
    raise ArithmeticProblem(f"{line}: {name}() is not known, or not with {len(values)} numbers")
