"""Pictures of subgraphs: boxes in columns from the customer to the rules, drawn with matplotlib."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import networkx as nx

from kg_service.graph.canvas import PictureWarning, save_figure
from kg_service.graph.display import Language, display, label_of
from kg_service.graph.layers import layered

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["PictureWarning", "draw"]

Point: TypeAlias = tuple[float, float]
#: left, bottom, right, top
Rectangle: TypeAlias = tuple[float, float, float, float]

_BOX_WIDTH = 2.25
_COLUMN_GAP = 1.6
_LINE_HEIGHT = 0.19
_ROW_GAP = 0.3
_MARGIN = 0.4
_WRAP = 26  # half-width columns that fit a box at 9 pt


def draw(
    graph: nx.MultiDiGraph[str],
    path: str | Path,
    *,
    title: str | None = None,
    focus: Iterable[str] = (),
) -> Path:
    """Draw a subgraph into a file.

    Parameters
    ----------
    graph : networkx.MultiDiGraph
        Nodes with ``label`` and properties, edges with ``type`` and properties.
    path : str or Path
        Ends in ``.svg`` or ``.png``; its folder is created.
    title : str, optional
        Written above, for example the question.
    focus : iterable of str
        Nodes to frame in bold.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ConfigurationError
        When the suffix is another one.

    Warns
    -----
    PictureWarning
        When no font with Chinese characters is found: a PNG then shows ids, an SVG leaves the font to its viewer.
    """
    return save_figure(path, lambda language: _figure(graph, title if language == "zh" else None, set(focus), language))


def _figure(graph: nx.MultiDiGraph[str], title: str | None, focus: set[str], language: Language) -> Any:
    from matplotlib.figure import Figure

    texts = {node: _text(graph, node, language) for node in graph.nodes}
    size = {node: _LINE_HEIGHT * (texts[node].count("\n") + 1) + 0.16 for node in graph.nodes}
    layout = layered(graph, size, _ROW_GAP)
    wide = max(layout.columns * (_BOX_WIDTH + _COLUMN_GAP) - _COLUMN_GAP, 4.0) + 2 * _MARGIN
    labels = {label_of(data) for _, data in graph.nodes(data=True)}
    bottom = 0.35 + 0.28 * -(-len(labels) // _legend_columns(wide))
    tall = layout.height + (0.8 if title else 0.3) + bottom

    def point(column: int, y: float) -> Point:
        return _MARGIN + _BOX_WIDTH / 2 + column * (_BOX_WIDTH + _COLUMN_GAP), bottom + layout.height - y

    figure = Figure(figsize=(wide, tall), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, wide)
    axes.set_ylim(0, tall)
    axes.axis("off")
    middle = {node: point(*place) for node, place in layout.place.items()}
    for node, (x, y) in middle.items():
        _box(axes, x, y, size[node], texts[node], graph.nodes[node], node in focus)
    taken = [
        (x - _BOX_WIDTH / 2, y - size[node] / 2, x + _BOX_WIDTH / 2, y + size[node] / 2) for node, (x, y) in middle.items()
    ]
    together: dict[tuple[str, str], list[str]] = {}
    for source, target, data in graph.edges(data=True):
        together.setdefault((source, target), []).append(display().relationship(data, language=language))
    for (source, target), names in sorted(together.items()):
        between = [point(*place) for place in layout.route[source, target]]
        _edge(axes, [middle[source], *between, middle[target]], "、".join(sorted(names)), taken)
    if title:
        axes.text(_MARGIN, tall - 0.35, wrapped(title, int(wide * 11), 1)[0], fontsize=12, va="center")
    _legend(axes, labels, wide, language)
    return figure


def _text(graph: nx.MultiDiGraph[str], node: str, language: Language) -> str:
    shown = display()
    data = graph.nodes[node]
    if language == "id":
        return "\n".join(wrapped(node, _WRAP, 3))
    lines = wrapped(shown.heading(graph, node), _WRAP, 2)
    return "\n".join([*lines, *_joined(shown.details(data), _WRAP)])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(ch) in "WF" else 1 for ch in text)


def wrapped(text: str, width: int, most: int) -> list[str]:
    """Cut a text to at most ``most`` lines of ``width`` half-width columns; what is left out shows as an ellipsis."""
    lines = [""]
    for ch in " ".join(text.split()):
        if _width(lines[-1] + ch) > width:
            if len(lines) == most:
                lines[-1] = lines[-1][:-1] + "…"
                break
            lines.append("")
        lines[-1] += ch
    return lines


def _joined(pieces: list[str], width: int) -> list[str]:
    """Short pieces share a line, as many as fit."""
    lines: list[str] = []
    for piece in pieces:
        if lines and _width(lines[-1]) + 2 + _width(piece) <= width:
            lines[-1] += f"  {piece}"
        else:
            lines.append(wrapped(piece, width, 1)[0])
    return lines


def _box(axes: Axes, x: float, y: float, tall: float, text: str, data: Any, focused: bool) -> None:
    from matplotlib.patches import FancyBboxPatch

    box = FancyBboxPatch(
        (x - _BOX_WIDTH / 2 + 0.05, y - tall / 2 + 0.05),
        _BOX_WIDTH - 0.1,
        tall - 0.1,
        boxstyle="round,pad=0.05,rounding_size=0.1",
        facecolor=display().of(label_of(data)).colour,
        edgecolor="#b00020" if focused else "#555555",
        linewidth=2.2 if focused else 0.8,
        zorder=3,
    )
    axes.add_patch(box)
    axes.text(x, y, text, fontsize=9, ha="center", va="center", zorder=4, linespacing=1.25)


def _edge(axes: Axes, points: list[Point], name: str, taken: list[Rectangle]) -> None:
    """An arrow through its waypoints, named where the name covers neither a box nor another name."""
    from matplotlib.patches import FancyArrowPatch
    from matplotlib.path import Path as Curve

    half = _BOX_WIDTH / 2
    (x1, y1), (x2, y2) = points[0], points[-1]
    if x1 == x2:  # a cycle inside a column: round its right side
        line = [(x1 + half, y1), (x1 + half + 0.5, (y1 + y2) / 2), (x2 + half, y2)]
    else:
        side = 1 if x2 > x1 else -1
        line = [(x1 + side * half, y1)]
        for x, y in points[1:-1]:  # level over the width of a column it passes
            line += [(x - side * half, y), (x + side * half, y)]
        line.append((x2 - side * half, y2))
    axes.add_patch(
        FancyArrowPatch(
            path=Curve(line), arrowstyle="-|>", mutation_scale=9, linewidth=0.9, color="#777777", zorder=1, shrinkA=0, shrinkB=1
        )
    )
    wide, tall = _width(name) * 7 / 2 / 72 + 0.04, 0.13
    spots = [_along(line, at) for at in (0.5, 0.58, 0.42, 0.66, 0.34, 0.74, 0.26, 0.82, 0.18)]
    areas = [(x - wide / 2, y - tall / 2, x + wide / 2, y + tall / 2) for x, y in spots]
    best = min(range(len(areas)), key=lambda i: (sum(_overlap(areas[i], other) for other in taken), i))
    taken.append(areas[best])
    axes.text(
        *spots[best],
        name,
        fontsize=7,
        color="#333333",
        ha="center",
        va="center",
        zorder=2,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
    )


def _along(line: list[Point], at: float) -> Point:
    """The point at a part of a line's length."""
    lengths = [hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(line)]
    left = at * sum(lengths)
    for (a, b), length in zip(pairwise(line), lengths, strict=True):
        if left <= length and length:
            return a[0] + (b[0] - a[0]) * left / length, a[1] + (b[1] - a[1]) * left / length
        left -= length
    return line[-1]


def _overlap(a: Rectangle, b: Rectangle) -> float:
    return max(0.0, min(a[2], b[2]) - max(a[0], b[0])) * max(0.0, min(a[3], b[3]) - max(a[1], b[1]))


def _legend_columns(wide: float) -> int:
    return max(int((wide - 2 * _MARGIN) / 1.2), 1)


def _legend(axes: Axes, labels: set[str], wide: float, language: Language) -> None:
    from matplotlib.patches import Patch

    shown = display()
    handles = [
        Patch(facecolor=shown.of(name).colour, edgecolor="#555555", label=shown.of(name).name if language == "zh" else name)
        for name in sorted(labels, key=lambda name: (shown.of(name).column, name))
    ]
    if handles:
        axes.legend(
            handles=handles,
            loc="lower left",
            bbox_to_anchor=(_MARGIN / wide, 0),
            borderaxespad=0.4,
            borderpad=0,
            ncol=_legend_columns(wide),
            frameon=False,
            fontsize=8,
            handlelength=1.4,
            columnspacing=1.2,
        )
