"""Chinese text in a terminal: it may break between any two characters, which a wrapper made for spaces does not know."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, RenderResult
from rich.measure import Measurement
from rich.style import StyleType
from rich.text import Text

__all__ = ["Prose", "folded"]

#: What stays together: a run without Chinese (a word, an amount, an address), or one character.
_PIECE = re.compile(r"[!-~\u00a1-\u024f]+|\s|.", re.DOTALL)
#: What may not begin a line, and what may not end one.
_CLOSING = frozenset("，。；：！？、）」』》〉】”’…%,.;:!?)]}")
_OPENING = frozenset("（「『《〈【“‘([{")


def folded(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` terminal cells.

    Examples
    --------
    >>> folded("退给您2700.00元，原路返回。", 14)
    ['退给您2700.00', '元，原路返回。']
    >>> folded("他说「可以退」。", 6)
    ['他说', '「可以', '退」。']
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _unbroken(paragraph, width):
            if line and cell_len(line + piece.rstrip()) > width:
                lines.append(line.rstrip())
                line = ""
            line += piece if line else piece.lstrip()
        lines.append(line.rstrip())
    return lines


def _unbroken(paragraph: str, width: int) -> Iterator[str]:
    """Pieces that stay on one line: punctuation goes with its neighbour, what is wider than a line is cut."""
    held = ""
    for piece in _PIECE.findall(paragraph):
        if held and (piece[0] in _CLOSING or held[-1] in _OPENING) and cell_len(held + piece) <= width:
            held += piece
            continue
        if held:
            yield held
        while cell_len(piece) > width > 1:
            cut = next(end for end in range(len(piece), 0, -1) if end == 1 or cell_len(piece[:end]) <= width)
            yield piece[:cut]
            piece = piece[cut:]
        held = piece
    if held:
        yield held


class Prose:
    """Text that is folded to the width it is given."""

    def __init__(self, text: str, style: StyleType = "") -> None:
        self.text = Text(text, style=style)

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        whole, start = self.text, 0
        for line in folded(whole.plain, options.max_width):
            start = whole.plain.index(line, start)
            part = whole[start : start + len(line)]
            part.no_wrap = True
            yield part
            start += len(line)

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        widest = max(cell_len(line) for line in self.text.plain.split("\n"))
        return Measurement(min(4, widest), widest).clamp(max_width=options.max_width)

    @classmethod
    def of(cls, text: Text) -> Prose:
        """Of a text with styles inside."""
        prose = cls("")
        prose.text = text
        return prose
