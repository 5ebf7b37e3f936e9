"""A font that has Chinese characters, for pictures."""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

__all__ = ["chinese_font"]

#: Families with simplified and traditional characters, best first; what systems and distributions install.
_FAMILIES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "PingFang SC",
    "Hiragino Sans GB",
    "Microsoft YaHei",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Heiti SC",
    "STHeiti",
    "SimHei",
    "Noto Sans CJK JP",
    "Noto Sans CJK TC",
    "Droid Sans Fallback",
)


@cache
def chinese_font() -> str | None:
    """The family of a font with Chinese characters, known to matplotlib after the call.

    The system's own fonts come first, then the one that the package ``notojp-matplotlib`` carries (Noto Sans CJK holds all
    Han characters whatever the suffix of its name).

    Returns
    -------
    str or None
        ``None`` when there is none: pictures then keep to ids.
    """
    from matplotlib import font_manager

    installed = {entry.name for entry in font_manager.fontManager.ttflist}
    for family in _FAMILIES:
        if family in installed:
            return family
    for path in _carried():
        font_manager.fontManager.addfont(str(path))
        return str(font_manager.FontProperties(fname=str(path)).get_name())
    return None


def _carried() -> list[Path]:
    """Font files of the package, which is not imported: importing it would change matplotlib's settings for everybody."""
    spec = find_spec("notojp_matplotlib")
    places = spec.submodule_search_locations if spec else None
    return sorted(path for place in places or () for path in Path(place).glob("fonts/*.otf"))
