"""The calibration curve as a picture: how often questions are right, by how sure they were, and how many there are of each."""

from __future__ import annotations

import warnings
from math import sqrt
from pathlib import Path
from typing import Any

from kg_service.evaluation.measures import Calibration
from kg_service.graph.canvas import PictureWarning, save_figure

__all__ = ["draw_calibration"]

_BLUE, _GREY, _RED = "#5b8db8", "#888888", "#b00020"
#: Standard errors either side of a rate that 95 samples of a hundred stay within.
_Z = 1.96


def draw_calibration(calibration: Calibration, path: str | Path, *, accept: float, title: str) -> Path:
    """Draw a calibration curve into an ``.svg`` or ``.png`` file.

    Raises
    ------
    ConfigurationError
        When the suffix is another one.
    """
    with warnings.catch_warnings():
        # the picture has no Chinese characters, so it lacks nothing where their font is not installed
        warnings.simplefilter("ignore", PictureWarning)
        return save_figure(path, lambda _: _figure(calibration, accept, title))


def _figure(calibration: Calibration, accept: float, title: str) -> Any:
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6.4, 6.6), facecolor="white", layout="constrained")
    curve, counts = figure.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [4, 1]})
    bins = calibration.bins
    sure = [one.confidence for one in bins]
    rates = [one.accuracy for one in bins]
    ranges = [_interval(one.right, one.questions) for one in bins]
    curve.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1, label="confidence means what it says")
    below = [rate - low for rate, (low, _) in zip(rates, ranges, strict=True)]
    above = [high - rate for rate, (_, high) in zip(rates, ranges, strict=True)]
    curve.errorbar(
        sure, rates, yerr=[below, above], fmt="o-", color=_BLUE, capsize=3, markersize=5, label="measured (95% interval)"
    )
    for axes in (curve, counts):
        axes.axvline(accept, color=_RED, linewidth=1, linestyle=":", label=f"answered without a doubt from {accept:.2g} on")
        axes.spines[["top", "right"]].set_visible(False)
    curve.set(xlim=(0, 1), ylim=(0, 1.02), ylabel="right")
    curve.set_title(title, fontsize=11, loc="left")
    curve.legend(loc="upper left", frameon=False, fontsize=9)
    curve.text(
        0.98,
        0.03,
        f"{calibration.questions} questions, expected calibration error {calibration.error:.1%}",
        transform=curve.transAxes,
        ha="right",
        fontsize=9,
        bbox={"facecolor": "white", "edgecolor": "none", "pad": 1},
    )
    counts.bar([one.low for one in bins], [one.questions for one in bins], width=0.094, align="edge", color=_BLUE)
    for one in bins:
        counts.text(one.low + 0.047, one.questions, str(one.questions), ha="center", va="bottom", fontsize=8)
    counts.margins(y=0.25)
    counts.set(xlabel="confidence", ylabel="questions")
    return figure


def _interval(right: int, questions: int) -> tuple[float, float]:
    """Wilson's interval of a rate: it holds for few questions, and for none or all of them right.

    Examples
    --------
    >>> [round(end, 2) for end in _interval(9, 10)]
    [0.6, 0.98]
    """
    rate, spread = right / questions, _Z * _Z / questions
    middle = (rate + spread / 2) / (1 + spread)
    half = _Z * sqrt(rate * (1 - rate) / questions + spread / (4 * questions)) / (1 + spread)
    return min(rate, max(0.0, middle - half)), max(rate, min(1.0, middle + half))
