"""The size that fits what a customer says of themselves, by a size chart (docs/data-format.md, size_charts.csv).

A product's chart beats its category's, which beats its brand's. Bounds are inclusive; where the measures disagree, or two sizes
fit one measure, it is the size with the larger lower bound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.catalogue import SizeChartRow

__all__ = ["SizeFit", "fit_size"]

Measures: TypeAlias = Mapping[str, Decimal]
_NEAREST = ("product", "category", "brand")


class SizeFit(BaseModel):
    """A size and what it rests on.

    Attributes
    ----------
    size : None where no chart has the measures, or none of its sizes fits
    basis : the chart and the measures used, as ``chart SC-SHIRT: height_cm 175 (171–178)``
    chart_id : the chart
    agree : whether all the measures said the same size
    outside : the measures no size of the chart is made for
    asked : the measures of the chart, where none of them was said
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    size: str | None = None
    basis: str | None = None
    chart_id: str | None = None
    agree: bool = True
    outside: tuple[str, ...] = ()
    asked: tuple[str, ...] = ()


def fit_size(rows: Iterable[SizeChartRow], measures: Measures) -> SizeFit:
    """The size that fits.

    Parameters
    ----------
    rows : iterable of SizeChartRow
        The rows about the goods: their product's, categories' and brand's; of several categories the nearest first.
    measures : mapping of measure to Decimal
        In the charts' units: ``{"height_cm": Decimal(175)}``.

    Examples
    --------
    >>> def row(size, low, high):
    ...     target = {"target_type": "product", "target_id": "P"}
    ...     return SizeChartRow(chart_id="C", size=size, measure="height_cm", min=low, max=high, **target)
    >>> fit_size([row("M", 165, 172), row("L", 171, 178)], {"height_cm": Decimal(172)}).size
    'L'
    """
    known = list(rows)
    nearest: list[str] = []
    for kind in _NEAREST:
        for target in dict.fromkeys(row.target_id for row in known if row.target_type == kind):
            chart = [row for row in known if (row.target_type, row.target_id) == (kind, target)]
            names = dict.fromkeys(row.measure for row in chart)
            nearest = nearest or list(names)
            told = [name for name in names if name in measures]
            if told:
                return _by_chart(chart, measures, told)
    return SizeFit(asked=tuple(nearest))


def _by_chart(chart: list[SizeChartRow], measures: Measures, told: list[str]) -> SizeFit:
    """What the nearest chart that has any of the measures says; a farther one is not asked, even where this has no size."""
    found = _fitting(chart, measures)
    outside = tuple(name for name in told if all(row.measure != name for row, _ in found))
    if not found:
        basis = f"chart {chart[0].chart_id}: {', '.join(f'{name} {measures[name]}' for name in sorted(told))}"
        return SizeFit(basis=basis, chart_id=chart[0].chart_id, outside=outside)
    return _largest(found, chart).model_copy(update={"outside": outside})


def _fitting(chart: Iterable[SizeChartRow], measures: Measures) -> list[tuple[SizeChartRow, Decimal]]:
    return [
        (row, measures[row.measure])
        for row in chart
        if row.measure in measures
        and (row.min is None or row.min <= measures[row.measure])
        and (row.max is None or measures[row.measure] <= row.max)
    ]


def _largest(found: list[tuple[SizeChartRow, Decimal]], chart: list[SizeChartRow]) -> SizeFit:
    """Of each measure the size with the larger lower bound, then of the measures' sizes likewise."""
    by_measure: dict[str, tuple[SizeChartRow, Decimal]] = {}
    for row, value in found:
        before = by_measure.get(row.measure)
        if before is None or (row.min or Decimal(0)) > (before[0].min or Decimal(0)):
            by_measure[row.measure] = (row, value)
    sizes = {row.size for row, _ in by_measure.values()}
    chosen = max(sizes, key=lambda size: _lower(size, chart))
    used = [f"{row.measure} {value} ({row.min}–{row.max})" for row, value in by_measure.values()]
    chart_id = next(iter(by_measure.values()))[0].chart_id
    return SizeFit(size=chosen, basis=f"chart {chart_id}: {', '.join(sorted(used))}", chart_id=chart_id, agree=len(sizes) == 1)


def _lower(size: str, chart: list[SizeChartRow]) -> tuple[Decimal, ...]:
    """The lower bounds of a size by measure: of the same measure the larger one is the larger size."""
    bounds = {row.measure: row.min or Decimal(0) for row in chart if row.size == size}
    return tuple(bounds.get(measure, Decimal(-1)) for measure in sorted({row.measure for row in chart}))
