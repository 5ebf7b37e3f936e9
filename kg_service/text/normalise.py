"""One written form for what customers type: width, script, case and noise.

The normalised text is what every later step indexes; :attr:`Normalised.offsets` leads back to what was typed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from kg_service.text.script import Script, script_of, to_simplified

__all__ = ["MAX_LENGTH", "Normalised", "is_han", "normalise"]

#: Characters of a message that are read; what is longer is cut and flagged.
MAX_LENGTH = 1000

#: Marks that say nothing the sentence does not say: kept out of the normalised text.
_SILENT = frozenset("\"'`“”‘’「」『』《》〈〉~～^*_=|\\#@$￥¥<>{}[]【】…‥•●○■□◆◇★☆→←↑↓—–")
#: 500~800 is a range; elsewhere the wave only drags a word out.
_RANGE = re.compile(r"(?<=\d)[~～〜](?=\d)")
_STOPS = {"。": ".", "！": "!", "？": "?", "，": ",", "；": ";", "：": ":", "、": "、", "．": "."}


@dataclass(frozen=True)
class Normalised:
    """A message in its one written form.

    Attributes
    ----------
    original : what was typed (cut to what was read, when too long)
    text : half-width, simplified, lower case, without emoji, control characters and decoration
    offsets : for each character of ``text`` the index in ``original`` it came from
    script : the script it was written in
    too_long : whether the message was cut
    """

    original: str
    text: str
    offsets: tuple[int, ...]
    script: Script
    too_long: bool = False

    def broken(self, at: int) -> bool:
        """Whether something was left out just before ``text[at]`` (so a name may begin or end there).

        Examples
        --------
        >>> form = normalise("my iPhone")
        >>> form.text, form.broken(2), form.broken(1)
        ('myiphone', True, False)
        """
        return 0 < at < len(self.offsets) and self.offsets[at] - self.offsets[at - 1] > 1

    def typed(self, start: int, end: int) -> str:
        """What was typed for ``text[start:end]``.

        Examples
        --------
        >>> normalise("退ＭＡＴＥ 手機").typed(1, 5)
        'ＭＡＴＥ'
        """
        if start >= end or not self.offsets:
            return ""
        last = min(end, len(self.offsets)) - 1
        return self.original[self.offsets[start] : self.offsets[last] + 1]


def is_han(char: str) -> bool:
    """Whether a character is a Chinese one."""
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or char == "〇"


@lru_cache(maxsize=20_000)
def _clean(char: str) -> str:
    """What one typed character becomes; empty for noise."""
    if char in _SILENT:
        return ""
    if char in "\t\n\r\u3000\u00a0\u2028\u2029\x0b\x0c":
        return "\n" if char in "\n\r\u2028\u2029" else " "
    out: list[str] = []
    for part in unicodedata.normalize("NFKC", char).casefold():
        category = unicodedata.category(part)
        if part in _SILENT or category[0] == "C" or (category in {"So", "Sk", "Mn", "Me", "Sm"} and part not in "+%"):
            continue
        out.append(" " if category[0] == "Z" else _STOPS.get(part, part))
    return "".join(out)


def _fold(pairs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Runs of blanks and stops become one; a character repeated three times or more is a lengthened one."""
    out: list[tuple[str, int]] = []
    run = 0
    for char, at in pairs:
        last = out[-1][0] if out else " "
        if char == " " and last in " \n":
            continue
        if char == "\n" and last in " \n":
            if out:
                out[-1] = ("\n", out[-1][1])
            continue
        if char == last:
            run += 1
            if not (char.isascii() and char.isalnum()):
                if char in ".,!?;:、" or (run == 2 and is_han(char)):
                    if run == 2 and is_han(char):
                        out.pop()
                    continue
                if run > 2:
                    continue
        else:
            run = 0
        out.append((char, at))
    while out and out[-1][0] in " \n":
        out.pop()
    return out


def _squeeze(pairs: list[tuple[str, int]]) -> list[tuple[str, int]]:
    """Blanks and hyphens beside letters and digits go: "Mate 70-Pro" and "mate70pro" are one name."""
    out: list[tuple[str, int]] = []
    last = len(pairs) - 1
    for i, (char, at) in enumerate(pairs):
        if char in _LOOSE:
            before = out[-1][0] if out else " "
            after = pairs[i + 1][0] if i < last else " "
            digits = before.isdigit() and after.isdigit() and before.isascii() and after.isascii()
            latin = _is_latin(before) or _is_latin(after)
            both = _is_latin(before) and _is_latin(after)
            if char in "·()" or (char in "+&" and both) or (char in " -_/*" and latin and not digits) or before in _MARKS:
                continue
        out.append((char, at))
    return out


_LOOSE = frozenset(" -_/*·()+&")
_MARKS = frozenset(".,!?;:、\n ")


def _is_latin(char: str) -> bool:
    return char.isascii() and char.isalnum()


def normalise(text: str) -> Normalised:
    """Bring a message into the form everything else reads.

    Parameters
    ----------
    text : str
        As typed. Only the first :data:`MAX_LENGTH` characters are read.

    Returns
    -------
    Normalised

    Examples
    --------
    >>> normalise("退了手機，　耳機的優惠還在嗎？？？😭").text
    '退了手机,耳机的优惠还在吗?'
    >>> normalise("退了手機，耳機的優惠還在嗎").script
    'traditional'
    >>> normalise("\\x00\\u200b👍").text
    ''
    """
    too_long = len(text) > MAX_LENGTH
    read = text[:MAX_LENGTH]
    pairs = [(part, at) for at, char in enumerate(_RANGE.sub("-", read)) for part in _clean(char)]
    pairs = _squeeze(_fold(pairs))
    joined = "".join(char for char, _ in pairs)
    simplified = to_simplified(joined)
    return Normalised(
        original=read,
        text=simplified,
        offsets=tuple(at for _, at in pairs),
        script=script_of(joined, simplified),
        too_long=too_long,
    )
