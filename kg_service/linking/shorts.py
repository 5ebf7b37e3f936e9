"""Short forms customers make of recorded names: without the brand, series and model alone, 黑的 for 黑色."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kg_service.text.normalise import is_han, normalise

__all__ = ["attribute_forms", "numeral_forms", "product_forms", "spec_forms"]

#: Where the part of a name that says which product it is ends: capacities, sizes, years, bracketed remarks.
_DETAIL = re.compile(
    r"\d+(\.\d+)?(gb|tb|mb|g|t|寸|英寸|ml|l|kg|g|克|斤|升|毫升|片|支|瓶|包|件|cm|mm|w|瓦|mah|毫安|段|岁|码)(?![a-z])|20[12]\d款?"
)
_BRACKETS = re.compile(r"[(\[【（].*?[)\]】）]")
_ALNUM = re.compile(r"[a-z0-9]+")
#: Latin words that many products share and that name none of them alone.
_COMMON = frozenset(
    [
        "pro",
        "max",
        "plus",
        "mini",
        "ultra",
        "lite",
        "air",
        "new",
        "the",
        "for",
        "and",
        "usb",
        "type",
        "led",
        "lcd",
        "tws",
        "anc",
        "ai",
        "5g",
        "4g",
        "nfc",
        "wifi",
        "gb",
        "tb",
        "se",
        "a",
        "b",
        "c",
        "x",
        "s",
    ]
)
_COLOURS = frozenset("黑白红蓝绿黄紫粉灰金银橙棕青米咖杏驼")


def product_forms(name: str, brands: Iterable[str] = ()) -> Iterator[str]:
    """Short forms of a product's name, normalised.

    Parameters
    ----------
    name : str
        The recorded name.
    brands : iterable of str
        The names and aliases of brands, normalised; one that begins the name is taken off.

    Examples
    --------
    >>> sorted(product_forms("星河 Nova 12 Pro 智能手机 12GB+256GB", ["星河"]))
    ['nova', 'nova12', 'nova12pro', 'nova12pro智能手机', '星河nova', '星河nova12', '星河nova12pro', '星河nova12pro智能手机']
    """
    plain = normalise(_BRACKETS.sub(" ", name)).text
    cut = _DETAIL.search(plain)
    core = plain[: cut.start()] if cut and cut.start() >= 2 else plain
    core = core.strip(" +-/,")
    brand = next((b for b in brands if b and core.startswith(b)), "")
    rest = core[len(brand) :].strip(" -/,")
    forms = {core, core.replace(" ", ""), rest, rest.replace(" ", "")}
    for tail in _series(rest):
        forms |= {tail, brand + tail}
    for head in _heads(rest):
        forms |= {head, brand + head}
    forms |= {other for form in forms for other in numeral_forms(form)}
    for form in forms:
        if form and form != plain and form != brand and _says_enough(form):
            yield form


def _series(rest: str) -> Iterator[str]:
    """``nova 12 pro`` → nova, nova12, nova12pro: the letters and digits a name begins with or contains first."""
    match = _ALNUM.search(rest)
    if not match:
        return
    run = match[0]
    pieces = re.findall(r"[a-z]+|\d+", run)
    for i in range(1, len(pieces) + 1):
        form = "".join(pieces[:i])
        if len(pieces[0]) >= 2 or i >= 2:
            yield form


def _heads(rest: str) -> Iterator[str]:
    """The first stretch of Chinese characters where the name is written in several stretches."""
    parts = [
        part for part in re.split(r"[ \-/,+]|(?<=[a-z0-9])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[a-z0-9])", rest) if part
    ]
    if len(parts) > 1 and all(map(is_han, parts[0])):
        if len(parts[0]) >= 3:
            yield parts[0]
        if len(parts[0]) >= 2 and parts[1].isascii() and any(char.isdigit() for char in parts[1]):
            # 云脊 2 双人帐篷: the series with its number; 云踏3代: its generation
            yield parts[0] + parts[1]
            if len(parts) > 2 and parts[2].startswith("代"):
                yield parts[0] + parts[1] + "代"


_DIGITS, _HAN = "123456789", "一二三四五六七八九"
#: One digit before a word that counts: 3代, 二段, 三合一.
_COUNTED = re.compile(rf"(?<![\d.{_HAN}十百])([{_DIGITS}{_HAN}])(?=[代号段阶级期季层])")


def numeral_forms(text: str) -> list[str]:
    """A name with its one counting digit in the other script.

    Examples
    --------
    >>> numeral_forms("云踏3代"), numeral_forms("三段奶粉"), numeral_forms("13代处理器")
    (['云踏三代'], ['3段奶粉'], [])
    """
    other = _COUNTED.sub(
        lambda match: _HAN[_DIGITS.index(match[1])] if match[1] in _DIGITS else str(_HAN.index(match[1]) + 1), text
    )
    return [other] if other != text else []


def _says_enough(form: str) -> bool:
    if form in _COMMON or form.isdigit():
        return False
    if form.isascii():
        return len(form) >= 2 and (len(form) >= 3 or any(c.isdigit() for c in form))
    return len(form) >= 2


def spec_forms(value: str, key: str = "") -> list[str]:
    """How customers name a specification value, normalised.

    Examples
    --------
    >>> spec_forms("黑", "颜色"), spec_forms("XL", "尺码"), spec_forms("曜石黑", "颜色")
    (['黑色', '黑的', '黑款'], ['xl', 'xl码', 'xl号', 'xl的'], ['曜石黑', '曜石黑的', '黑色', '黑的', '黑款'])
    >>> spec_forms("沙色", "颜色"), spec_forms("5kg", "规格")
    (['沙色'], ['5kg', '5kg的', '5公斤', '5公斤的', '5公斤装', '5千克', '5千克的', '5千克装'])
    """
    text = normalise(value).text
    if not text:
        return []
    size = any(char in key for char in "码号寸") or bool(re.fullmatch(r"x*[sml]|\d*xl|均码", text))
    colour = "色" in key or text.endswith("色")
    base = text[:-1] if colour and text.endswith("色") and len(text) > 1 else text
    forms: list[str] = []
    if size:
        forms += [text] if (not text.isdigit() and len(text) >= 1 and text.isascii()) or len(text) > 2 else []
        stem = text.rstrip("码号")
        forms += [f"{stem}码", f"{stem}号"] + ([f"{stem}的"] if not stem.isdigit() else [])
    elif colour:
        if len(base) > 1:
            forms += [base, f"{base}的"]
        if text.endswith("色") and len(text) > 1:
            forms.append(text)
        if base[-1] in _COLOURS:
            forms += [f"{base[-1]}色", f"{base[-1]}的", f"{base[-1]}款"]
    elif len(text) > 1:
        forms += [text]
        if text.isascii() and not text.isdigit():
            forms.append(f"{text}的")
        forms += _spoken_units(text)
        capacity = re.fullmatch(r"(\d+)(gb|g|tb|t)", text)
        if capacity:
            forms += [f"{capacity[1]}{capacity[2][0]}", f"{capacity[1]}{capacity[2][0]}的", f"{capacity[1]}的"]
    return list(dict.fromkeys(forms))


_UNITS = {
    "kg": ("公斤", "千克"),
    "g": ("克",),
    "ml": ("毫升",),
    "l": ("升",),
    "cm": ("厘米", "公分"),
    "m": ("米",),
    "mm": ("毫米",),
}
_MEASURED = re.compile(rf"(\d+(?:\.\d+)?)({'|'.join(sorted(_UNITS, key=len, reverse=True))})(?=装|$)")


def _spoken_units(text: str) -> list[str]:
    """A measure as it is said: 5kg is 5公斤."""
    match = _MEASURED.match(text)
    if not match:
        return []
    said = [match[1] + unit for unit in _UNITS[match[2]]]
    return [form for one in said for form in (one, f"{one}的", f"{one}装")]


#: What a recorded name of an attribute is framed by, and customers leave out.
_FRAMED = re.compile(r"^(?:是否|有无|能否|可否|有没有)?(?P<core>.+?)(?:可用|适用|能用|可否|与否|情况)?$")
#: What may stand before the thing itself: 含酒精.
_HOLDS = ("添加", "含有", "含", "带", "有", "可", "能")


def attribute_forms(name: str) -> list[str]:
    """How customers name an attribute, normalised: without what only makes a yes/no question of it.

    Examples
    --------
    >>> attribute_forms("是否含酒精"), attribute_forms("孕妇可用"), attribute_forms("适用肤质")
    (['含酒精', '酒精'], ['孕妇'], [])
    """
    text = normalise(name).text
    match = _FRAMED.match(text)
    core = match["core"] if match else text
    forms = [core] if core != text else []
    head = next((word for word in _HOLDS if core.startswith(word) and len(core) - len(word) > 1), "")
    if head and core != text:
        forms.append(core[len(head) :])
    return [form for form in forms if len(form) > 1 and all(map(is_han, form))]
