"""Which way a yes/no question is put: "赠品要还吗" and "赠品可以留着吗" are answered the opposite way round."""

from __future__ import annotations

import re

from kg_service.parsing.frame import Frame

__all__ = ["asks_whether_kept", "asks_whether_lost"]

#: A-not-A forms ask without leaning: "要不要还" is "要还吗".
_A_NOT_A = re.compile(r"(要|用|会|能|是|该|退|还|需|行|可)不(?:\1)(要|以)?")
_STAYS = re.compile(r"留|保留|归我|不(?:用|必|需要?|要)?(?:退|还|寄|归还|返)|继续用|还能用")
_GONE = re.compile(r"没[了有]?(?!有?券)|作废|失效|浪费|白用|消失|不(?:能|会|给|再)?(?:退|还|返|用)|[退拿要]不回")


def _plain(frame: Frame) -> str:
    return _A_NOT_A.sub(r"\1", frame.text)


def asks_whether_kept(frame: Frame) -> bool:
    """Whether the question asks if the gift may stay (YES = it stays).

    Examples
    --------
    >>> ask = lambda text: asks_whether_kept(Frame(intent="gift_after_return", confidence=1, text=text))
    >>> ask("赠品要不要还"), ask("赠品可以留着吗"), ask("赠品不用还吧")
    (False, True, True)
    """
    if frame.asks in ("KEPT", "LOST"):
        return frame.asks == "KEPT"
    return bool(_STAYS.search(_plain(frame)))


def asks_whether_lost(frame: Frame) -> bool:
    """Whether the question asks if the coupon is gone (YES = gone).

    Examples
    --------
    >>> ask = lambda text: asks_whether_lost(Frame(intent="coupon_after_return", confidence=1, text=text))
    >>> ask("券会不会退给我"), ask("券是不是就没了"), ask("优惠券还会退吗")
    (False, True, False)
    >>> ask("用掉的券能退回来吗"), ask("券退不回来了吗")
    (False, True)
    """
    return bool(_GONE.search(_plain(frame)))
