"""Hand-checked cases of the rules (tests/cases/README.md): reading them, and what a price or a return fails to come to."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import yaml

from kg_service.money import Money, parse_yuan
from kg_service.rules import Goods, PricedBasket, Purchase, ReturnQuote, price_basket, quote_return
from tests.support.arithmetic import ArithmeticProblem, check, numbers

__all__ = ["RULE_CASES", "failures", "rule_cases"]

Data = dict[str, Any]
RULE_CASES = Path(__file__).resolve().parents[2] / "tests" / "cases" / "rules"
#: What a case may say, besides `expect`.
_KEYS = {"id", "rule", "lines", "goods", "promotions", "terms", "coupons", "arithmetic", "expect"}
_PRICE = {"customer", "channel", "at", "purchase", "freight", "choose"}
_RETURN = {"applied", "paid", "order", "returned", "reason", "at", "gift_kept", "as_priced", "one_by_one"}
_DEFAULT_ORDER: Data = {
    "order_id": "O",
    "user_id": "U",
    "shop_id": "SHOP",
    "status": "RECEIVED",
    "placed_at": "2026-11-01T10:00:00",
    "paid_at": "2026-11-01T10:01:00",
    "received_at": "2026-11-05T12:00:00",
    "freight": 0,
    "returns": [],
}
#: The third of the seven days after the default order's receipt.
_AT = "2026-11-08T09:00:00"
_YUAN = re.compile(r"-?\d+\.\d\d\b")


class _Loader(yaml.SafeLoader):
    """Amounts and times stay text, and ``off`` is a word."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] in ("int", "null", "merge")]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def rule_cases(folder: Path = RULE_CASES) -> Iterator[Data]:
    """Every case; a file is a mapping of ``cases`` and, for anchors, ``shared``."""
    for path in sorted(folder.glob("*.yaml")):
        document = yaml.load(path.read_text(encoding="utf-8"), _Loader)
        if set(document) - {"cases", "shared"}:
            raise ValueError(f"{path.name}: a file has cases and shared only, not {sorted(document)}")
        for case in document["cases"]:
            yield {**case, "id": f"{path.stem}/{case['id']}"}


def failures(case: Data) -> list[str]:
    """What is wrong with a case: in its form, its arithmetic, or against the rules."""
    found = [*_form(case), *_arithmetic(case)]
    if found:
        return found
    if "returned" not in case and "one_by_one" not in case:
        return _compare("", _priced(case), case["expect"])
    if case.get("as_priced"):
        found += _as_priced(case)
    if "returned" in case:
        found += _compare("", _quoted(case, case), case["expect"])
    found += _one_by_one(case)
    return found


# the form of a case


def _form(case: Data) -> list[str]:
    returned = "returned" in case or "one_by_one" in case
    unknown = set(case) - _KEYS - (_RETURN if returned else _PRICE)
    found = [f"unknown key {key!r}" for key in sorted(unknown)]
    found += [f"lacks {key!r}" for key in ("rule", "lines", "arithmetic") if not case.get(key)]
    if returned and ("returned" in case) != ("expect" in case):
        found.append("'returned' and 'expect' belong together")
    for where, expect in _expectations(case):
        allowed = _SAYS_RETURN if returned else _SAYS_PRICE
        found += [f"{where}: unknown expectation {key!r}" for key in sorted(set(expect) - allowed)]
        if not expect:
            found.append(f"{where}: expects nothing")
    for step in case.get("one_by_one", ()):
        found += [f"one_by_one: unknown key {key!r}" for key in sorted(set(step) - {"returned", "reason", "at", "expect"})]
    return found


def _expectations(case: Data) -> list[tuple[str, Data]]:
    found = [("expect", case["expect"])] if "expect" in case else []
    found += [(f"one_by_one[{index}]", step.get("expect", {})) for index, step in enumerate(case.get("one_by_one", ()))]
    return found


def _arithmetic(case: Data) -> list[str]:
    """Every line holds, and every figure that is expected is computed in one of them; 0.00 needs no computing."""
    found = []
    stated: set[Fraction] = set()
    for line in case.get("arithmetic") or ():
        try:
            check(str(line))
        except ArithmeticProblem as problem:
            found.append(f"arithmetic: {problem}")
        stated |= numbers(str(line))
    expected = [expect for _, expect in _expectations(case)]
    if case.get("as_priced"):
        expected.append(case.get("applied", {}))
    for figure in sorted({text for expect in expected for text in _figures(expect)}):
        if abs(Fraction(figure)) not in stated | {Fraction(0)}:
            found.append(f"the arithmetic does not come to {figure}")
    return found


def _figures(expected: Any, key: str = "") -> Iterator[str]:
    """The amounts that are expected, and counts of points."""
    if isinstance(expected, Mapping):
        for name, value in expected.items():
            yield from _figures(value, str(name))
    elif isinstance(expected, list):
        for value in expected:
            yield from _figures(value, key)
    elif isinstance(expected, str):
        yield from _YUAN.findall(expected)
    elif key in ("points", "taken_back") and not isinstance(expected, bool) and expected is not None:
        yield str(expected)


# the data of a case


def _lines(case: Data) -> list[Data]:
    """``A: 3000.00`` · ``A: 2 x 40.00`` · ``A: {list_price: 40.00, role: GIFT}``; a SKU is named as its line unless said."""
    found = []
    for line_id, written in case["lines"].items():
        line = {"sku_id": str(line_id), "quantity": 1}
        if isinstance(written, Mapping):
            line |= written
        else:
            count, _, price = str(written).rpartition(" x ")
            line |= {"quantity": int(count or 1), "list_price": price}
        found.append({"line_id": str(line_id), **line})
    return found


def _promotions(case: Data) -> list[Data]:
    """By ``promotion_id`` or ``promotion_id@version``; the name is the id unless said."""
    found = []
    for key, written in case.get("promotions", {}).items():
        promotion_id, _, version = str(key).partition("@")
        found.append({"promotion_id": promotion_id, "version": int(version or 1), "name": promotion_id, **written})
    return found


def _terms(case: Data) -> list[Data]:
    return [
        {"term_id": key, "text": key, "basis": "MERCHANT_TERM", "topic": "RETURN", **written}
        for key, written in case.get("terms", {}).items()
    ]


def _coupons(case: Data) -> list[Data]:
    return [{"coupon_id": key, "user_id": "U", **written} for key, written in case.get("coupons", {}).items()]


def _catalogue(case: Data) -> dict[str, Goods] | None:
    if "goods" not in case:
        return None
    found = {}
    for sku_id, written in case["goods"].items():
        told = {"return_class": "NORMAL", "shop_id": "SHOP", **(written or {})}
        told = {key: tuple(value) if isinstance(value, list) else value for key, value in told.items()}
        if told.get("price") is not None:
            told["price"] = int(parse_yuan(told["price"]))
        found[sku_id] = Goods(sku_id, **told)
    return found


def _application(key: str, written: Data) -> Data:
    """``shares: {A: 257.14, B: 0.00 QUALIFIER}``; a role is BOTH unless said, the grant is the sum."""
    promotion_id, _, version = str(key).partition("@")
    shares = written["shares"]
    participants = []
    for line_id, text in shares.items():
        share, _, role = str(text).partition(" ")
        participants.append({"line_id": str(line_id), "share": share, "role": role or "BOTH"})
    grant = Money(sum(parse_yuan(participant["share"]) for participant in participants))
    return {
        "application_id": f"A-{key}",
        "promotion_id": promotion_id,
        "version": int(version or 1),
        "grant": str(grant),
        "participants": participants,
        **{name: value for name, value in written.items() if name != "shares"},
    }


def _order(case: Data) -> Data:
    order: Data = {**_DEFAULT_ORDER, "lines": _lines(case)}
    if case.get("applied", {}) is not None:
        order["applications"] = [_application(key, written) for key, written in case.get("applied", {}).items()]
    paid = case.get("paid")
    if isinstance(paid, str):
        paid = [{"kind": "CASH", "amount": paid}]
    if paid is not None:
        order["payments"] = [{"payment_id": f"P{index}", **payment} for index, payment in enumerate(paid, 1)]
    order |= case.get("order", {})
    return {key: value for key, value in order.items() if value != "absent"}


def _priced(case: Data) -> Data:
    basket = price_basket(
        _lines(case),
        _promotions(case),
        _coupons(case),
        case.get("customer"),
        case.get("channel"),
        case.get("at"),
        purchase=Purchase.model_validate(case.get("purchase", {})),
        catalogue=_catalogue(case),
        freight=case.get("freight", "0.00"),
        choices=case.get("choose"),
    )
    return _of_basket(basket)


def _quoted(case: Data, call: Data, returns: list[Data] | None = None) -> Data:
    order = _order(case)
    if returns:
        order["returns"] = [*order["returns"], *returns]
    quote = quote_return(
        order,
        _promotions(case),
        _terms(case),
        None if call["returned"] == "all" else call["returned"],
        call.get("reason", "NO_REASON"),
        call.get("at", case.get("at", _AT)),
        catalogue=_catalogue(case),
        coupons=_coupons(case),
        gift_kept=case.get("gift_kept"),
    )
    return _of_quote(quote)


def _as_priced(case: Data) -> list[str]:
    """The recorded applications are what the promotions come to on this basket."""
    buying = {key: value for key, value in case.items() if key in _KEYS}
    coupons = {written["coupon_id"] for written in case["applied"].values() if "coupon_id" in written}
    buying["coupons"] = {key: {**case["coupons"][key], "status": "UNUSED"} for key in coupons}
    choices = [key for key, promotion in case["promotions"].items() if promotion["kind"] == "ADDON_PRICE"]
    said = _priced({**buying, "choose": choices, "at": _DEFAULT_ORDER["placed_at"]})
    wanted = {
        key: {line_id: f"{text} BOTH" if " " not in str(text) else text for line_id, text in written["shares"].items()}
        for key, written in case["applied"].items()
    }
    found = {
        key: {line_id: f"{share} {said['roles'][key][line_id]}" for line_id, share in shares.items()}
        for key, shares in said["shares"].items()
    }
    return [] if found == wanted else [f"priced as {found}, the case says {wanted}"]


def _one_by_one(case: Data) -> list[str]:
    """Each step is quoted, then recorded as refunded with the figures the case expects."""
    found: list[str] = []
    returns: list[Data] = []
    for index, step in enumerate(case.get("one_by_one", ())):
        expect = step["expect"]
        found += _compare(f"one_by_one[{index}].", _quoted(case, step, returns), expect)
        returns.append(
            {
                "return_id": f"R{index}",
                "reason": step.get("reason", "NO_REASON"),
                "status": "REFUNDED",
                "requested_at": f"2026-11-07T0{index}:00:00",
                "refund_amount": expect["refund_amount"],
                "buyer_paid": expect.get("buyer_owes", "0.00"),
                "lines": [{"line_id": line_id, "quantity": units} for line_id, units in step["returned"].items()],
            }
        )
    return found


# what the rules said, in the words of a case


def _of_basket(basket: PricedBasket) -> Data:
    applied = {item.promotion_id: item for item in basket.applications}
    return {
        "payable": str(basket.payable),
        "discount": str(basket.discount),
        "lines": {line.line_id: str(line.payable) for line in basket.lines},
        "shares": {key: {part.line_id: str(part.share) for part in item.participants} for key, item in applied.items()},
        "roles": {key: {part.line_id: part.role for part in item.participants} for key, item in applied.items()},
        "level": {key: [item.tier_index, item.instances] for key, item in applied.items()},
        "undistributed": {key: str(item.undistributed) for key, item in applied.items() if item.undistributed},
        "eligibility": {item.promotion_id: _verdict(item.model_dump(mode="json")) for item in basket.eligibility},
        "freight_waived": str(basket.freight_waived),
        "freight_waived_by": basket.freight_waived_by,
        "gifts": {gift.sku_id: gift.quantity for gift in basket.gifts},
        "points": basket.points,
        "coupons_given": basket.coupons_given,
        "missing": basket.missing,
    }


def _verdict(verdict: Data) -> str:
    """``MATCHED`` · ``NOT_MATCHED BELOW_THRESHOLD 2999.99 of 3000.00, lacks 0.01`` · ``BLOCKED by P: exclusive``."""
    words = [verdict["status"]]
    for gap in verdict["reasons"]:
        words.append(gap["code"])
        if gap["gap"] is not None:
            words.append(f"{gap['actual']} of {gap['required']}, lacks {gap['gap']}")
    if verdict["by"] is not None:
        words.append(f"by {verdict['by']}: {verdict['rule']}")
    return " ".join(words + verdict["missing"])


def _of_quote(quote: ReturnQuote) -> Data:
    data = quote.model_dump(mode="json")
    change = "{outcome} {discount_before} -> {discount_after}".format_map
    return {
        **{key: data[key] for key in ("refund_amount", "buyer_owes", "eligible", "reasons", "warnings", "missing", "points")},
        **{key: data[key] for key in ("refund_if_gift_kept", "refund_if_gift_kept_min", "freight")},
        "by_instrument": {item["kind"]: item["amount"] for item in data["by_instrument"]},
        "kept": {item["line_id"]: item["payable"] for item in data["kept"]},
        "promotions": {item["promotion_id"]: change(item) for item in data["promotions"]},
        "lines": {item["promotion_id"]: {one["line_id"]: change(one) for one in item["lines"]} for item in data["promotions"]},
        "gifts": {item["line_id"]: " ".join(filter(None, (item["action"], item["declared_value"]))) for item in data["gifts"]},
        "coupons": {item["coupon_id"]: f"{item['returned']} {item['reason']}" for item in data["coupons"]},
        "window_ends": {item["line_id"]: item["window_ends"] for item in data["lines"]},
        "smallest_return": {item["line_id"]: item["quantity"] for item in data["smallest_return"]},
    }


_SAYS_PRICE = {
    *("payable", "discount", "lines", "shares", "roles", "level", "undistributed", "eligibility"),
    *("freight_waived", "freight_waived_by", "gifts", "points", "coupons_given", "missing"),
}
_SAYS_RETURN = {
    *("refund_amount", "buyer_owes", "eligible", "reasons", "warnings", "missing", "points", "refund_if_gift_kept"),
    *("refund_if_gift_kept_min", "freight", "by_instrument", "kept", "promotions", "lines", "gifts", "coupons"),
    *("window_ends", "smallest_return"),
}
#: Where only what a case mentions is looked at; everything else is compared whole.
_IN_PART = {"freight", "points", "roles", "level", "eligibility", "window_ends"}


def _compare(where: str, said: Data, expect: Data) -> list[str]:
    """What is not as expected. Missing facts, and what the buyer owes beside a refund, must be none unless the case says so."""
    wanted = {"missing": [], **({"buyer_owes": "0.00"} if expect.get("refund_amount") is not None else {}), **expect}
    found = []
    for key, value in wanted.items():
        actual = said[key]
        if key in _IN_PART and isinstance(value, Mapping):
            actual = {name: actual.get(name) for name in value}
        if actual != value:
            found.append(f"{where}{key} is {actual}, by hand {value}")
    return found
