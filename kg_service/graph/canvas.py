"""Writing a picture: the file's kind, the font with Chinese characters, and what happens where there is none."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kg_service.errors import ConfigurationError
from kg_service.graph.display import Language
from kg_service.graph.fonts import chinese_font

__all__ = ["PictureWarning", "save_figure"]


class PictureWarning(UserWarning):
    """A picture is not as good as it could be; the message says why and what would help."""


def save_figure(path: str | Path, figure_in: Callable[[Language], Any]) -> Path:
    """Draw a matplotlib figure into an ``.svg`` or ``.png`` file; its folder is created.

    Parameters
    ----------
    figure_in : callable
        Makes the figure in a language: ``zh``, or ``id`` (ids only) where Chinese cannot be shown.

    Raises
    ------
    ConfigurationError
        When the suffix is another one.

    Warns
    -----
    PictureWarning
        When no font with Chinese characters is found: a PNG then shows ids, an SVG leaves the font to its viewer.
    """
    target = Path(path)
    suffix = target.suffix.lower()
    if suffix not in (".svg", ".png"):
        raise ConfigurationError("a picture is an .svg or a .png file", where=str(path), do="name it for example graph.svg")
    from matplotlib import rc_context, rcParams

    font = chinese_font()
    language: Language = "zh"
    if font is None:
        language = "zh" if suffix == ".svg" else "id"
        warnings.warn(
            "no font with Chinese characters is installed: "
            + ("the viewer's own is used" if suffix == ".svg" else "the picture shows ids; install one or write an .svg"),
            PictureWarning,
            stacklevel=3,
        )
    settings: Any = {
        "font.family": [font or "sans-serif", "DejaVu Sans"],
        # outlines make an SVG independent of the viewer's fonts; without a font of our own the text has to stay text
        "svg.fonttype": "path" if font else "none",
        "svg.hashsalt": "kg",
    }
    if "text.language" in rcParams:  # matplotlib 3.11 and later: Chinese shapes of shared characters
        settings["text.language"] = "zh-Hans"
    target.parent.mkdir(parents=True, exist_ok=True)
    with rc_context(settings), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        figure_in(language).savefig(target, dpi=150, metadata={"Date": None} if suffix == ".svg" else None)
    return target
