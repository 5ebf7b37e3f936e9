"""Layered layout of a subgraph: columns by label, few crossings, straight lines where they can be.

The steps of Sugiyama's method: nodes into columns (given by ``schema/display.yaml``), a waypoint in every column that a
relationship passes, order inside the columns by barycentres, then heights that pull neighbours onto one line. Nodes without
any relationship follow below, in rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import networkx as nx

from kg_service.graph.display import display, label_of

__all__ = ["Layout", "layered"]

_SWEEPS = 12


@dataclass(frozen=True)
class Layout:
    """Where things are, in units of the heights given; ``y`` grows downwards from 0.

    Attributes
    ----------
    place : node to (column, middle)
    route : (source, target) to the waypoints between them, ``(column, y)``
    columns : how many there are
    height : lower edge of the lowest node
    """

    place: dict[str, tuple[int, float]]
    route: dict[tuple[str, str], list[tuple[int, float]]]
    columns: int
    height: float


def layered(graph: nx.MultiDiGraph[str], height: Mapping[str, float], gap: float) -> Layout:
    """Lay a subgraph out.

    Parameters
    ----------
    height : mapping
        The height of each node's box.
    gap : float
        The least distance between two boxes of a column.

    Examples
    --------
    >>> g = nx.MultiDiGraph()
    >>> g.add_node("O1", label="Order"); g.add_node("L1", label="OrderLine"); g.add_node("L2", label="OrderLine")
    >>> _ = g.add_edge("O1", "L1", type="HAS_LINE"), g.add_edge("O1", "L2", type="HAS_LINE")
    >>> layered(g, {"O1": 1.0, "L1": 1.0, "L2": 1.0}, gap=1.0).place
    {'O1': (0, 1.5), 'L1': (1, 0.5), 'L2': (1, 2.5)}
    """
    loose = sorted(nx.isolates(graph), key=lambda node: (label_of(graph.nodes[node]), node))
    if loose:
        return _with_rows(layered(graph.subgraph(set(graph) - set(loose)), height, gap), loose, height, gap)
    column = _columns(graph)
    count = max(column.values(), default=-1) + 1
    layers: list[list[str]] = [[] for _ in range(count)]
    for node in sorted(graph.nodes, key=lambda n: (label_of(graph.nodes[n]), n)):
        layers[column[node]].append(node)
    around: dict[str, list[str]] = {node: [] for node in graph.nodes}
    size = dict(height)
    waypoints: dict[tuple[str, str], list[str]] = {}
    for source, target in sorted(set(graph.edges())):
        chain = [source]
        step = 1 if column[target] >= column[source] else -1
        for between in range(column[source] + step, column[target], step) if column[source] != column[target] else ():
            point = f"{source}\0{target}\0{between}"
            layers[between].append(point)
            around[point] = []
            size[point] = gap / 2
            chain.append(point)
        waypoints[source, target] = chain[1:]
        chain.append(target)
        for one, other in pairwise(chain):
            around[one].append(other)
            around[other].append(one)
    _order(layers, around)
    y = _heights(layers, around, size, gap)
    top = min((y[node] - size[node] / 2 for node in y), default=0.0)
    place = {node: (column[node], y[node] - top) for node in graph.nodes}
    at = {point: number for number, layer in enumerate(layers) for point in layer}
    route = {edge: [(at[point], y[point] - top) for point in points] for edge, points in waypoints.items()}
    return Layout(place, route, count, max((y[node] + size[node] / 2 - top for node in y), default=0.0))


def _with_rows(layout: Layout, loose: Sequence[str], height: Mapping[str, float], gap: float) -> Layout:
    """Nodes without any relationship, in rows below the others."""
    columns = max(layout.columns, min(len(loose), 4))
    place, y = dict(layout.place), layout.height + (2 * gap if layout.place else 0.0)
    for start in range(0, len(loose), columns):
        row = loose[start : start + columns]
        tall = max(height[node] for node in row)
        place.update((node, (number, y + tall / 2)) for number, node in enumerate(row))
        y += tall + gap
    return Layout(place, layout.route, columns, y - gap)


def _columns(graph: nx.MultiDiGraph[str]) -> dict[str, int]:
    """Each node's column from 0; a node reached from one of its own column (a category's parent) stands one further right."""
    shown = display()
    base = {node: shown.of(label_of(data)).column for node, data in graph.nodes(data=True)}
    inner = nx.DiGraph([(a, b) for a, b in graph.edges() if base[a] == base[b] and a != b])
    depth = dict.fromkeys(graph.nodes, 0)
    if nx.is_directed_acyclic_graph(inner):
        for node in nx.topological_sort(inner):
            depth[node] = max((depth[before] + 1 for before in inner.predecessors(node)), default=0)
    number = {key: n for n, key in enumerate(sorted({(base[node], depth[node]) for node in graph.nodes}))}
    return {node: number[base[node], depth[node]] for node in graph.nodes}


def _order(layers: list[list[str]], around: Mapping[str, Sequence[str]]) -> None:
    position = {node: i - (len(layer) - 1) / 2 for layer in layers for i, node in enumerate(layer)}
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            mean = {node: _mean([position[other] for other in around[node]], position[node]) for node in layer}
            layer.sort(key=lambda node: (mean[node], position[node], node))
            position.update((node, i - (len(layer) - 1) / 2) for i, node in enumerate(layer))


def _heights(
    layers: list[list[str]], around: Mapping[str, Sequence[str]], size: Mapping[str, float], gap: float
) -> dict[str, float]:
    y: dict[str, float] = {}
    for layer in layers:
        offsets = _offsets(layer, size, gap)
        middle = (offsets[0] + offsets[-1]) / 2 if offsets else 0.0
        y.update((node, offset - middle) for node, offset in zip(layer, offsets, strict=True))
    for sweep in range(_SWEEPS):
        for layer in layers if sweep % 2 == 0 else layers[::-1]:
            wanted = [_mean([y[other] for other in around[node]], y[node]) for node in layer]
            offsets = _offsets(layer, size, gap)
            y.update(zip(layer, _spaced(wanted, offsets), strict=True))
    return y


def _offsets(layer: Sequence[str], size: Mapping[str, float], gap: float) -> list[float]:
    """Middles of a column packed tight, from 0."""
    found: list[float] = []
    for i, node in enumerate(layer):
        found.append(found[-1] + (size[layer[i - 1]] + size[node]) / 2 + gap if found else 0.0)
    return found


def _spaced(wanted: Sequence[float], offsets: Sequence[float]) -> list[float]:
    """The heights nearest to the wanted ones (least squares) that keep the order and the distances: pool adjacent violators."""
    blocks: list[tuple[float, int]] = []
    for want, offset in zip(wanted, offsets, strict=True):
        mean, count = want - offset, 1
        while blocks and blocks[-1][0] > mean:
            before, many = blocks.pop()
            mean, count = (before * many + mean * count) / (many + count), many + count
        blocks.append((mean, count))
    flat = [mean for mean, count in blocks for _ in range(count)]
    return [mean + offset for mean, offset in zip(flat, offsets, strict=True)]


def _mean(values: Sequence[float], default: float) -> float:
    return sum(values) / len(values) if values else default
