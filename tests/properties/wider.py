"""Orders wider than those that pricing makes: every rule of an after-sale, measures, several tiers, gifts, earlier returns.

Shares are recorded by hand or by the reference calculation, never by the rules under test: a recorded share always wins.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from kg_service.money import Money
from kg_service.rules import Goods
from tests.properties.reference import Held, allocate, covers, evaluate, fen, layer

Data = dict[str, Any]
REASONS = ("NO_REASON", "QUALITY", "SELLER_FAULT", "SIZE", "OTHER")
RULES = ("REEVALUATE", "RECORDED_SHARE", "ALL_OR_NOTHING", "FORFEIT_FROM_RETURNED")
LINE = ("ITEM_FIXED_OFF", "ITEM_PERCENT", "SPECIAL_PRICE", "MEMBER_PRICE", "SUBSIDY", "DEPOSIT_EXPAND")
COMPONENTS = ("BUNDLE_PRICE", "BUNDLE_OFF", "CROSS_ITEM_OFF", "ADDON_PRICE")
GROUPS = ("NTH_ITEM_PERCENT", "QTY_TIERED_PERCENT", "QTY_FIXED_PRICE", "BUY_X_GET_Y")
TOTALS = ("AMOUNT_THRESHOLD_OFF", "AMOUNT_THRESHOLD_PERCENT")
COUPONS = ("COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET")
KINDS = (*LINE, *COMPONENTS, *GROUPS, *TOTALS * 3, *COUPONS, "PAYMENT_OFF", "GIFT")


@dataclass
class Wide:
    """A return of an order, with all that either calculation needs."""

    order: Data
    promotions: list[Data]
    catalogue: dict[str, Goods]
    coupons: list[Data]
    returned: dict[str, int]
    reason: dict[str, str]
    at: str


def yuan(amount: int) -> str:
    return str(Money(amount))


@st.composite
def scopes(draw: st.DrawFn, skus: list[str]) -> Data:
    kind = draw(st.sampled_from(["all", "all", "category", "skus", "exclude"]))
    chosen = [{"type": "sku", "id": sku} for sku in draw(st.lists(st.sampled_from(skus), min_size=1, unique=True))]
    category = {"include": [{"type": "category", "id": draw(st.sampled_from(["C1", "C2"]))}]}
    return {"all": {}, "category": category, "skus": {"include": chosen}, "exclude": {"exclude": chosen[:1]}}[kind]


@st.composite
def after_sales(draw: st.DrawFn) -> Data:
    def maybe(values: Any, often: int = 2) -> Any:
        return draw(st.sampled_from([*[None] * often, *values]))

    stated = {
        "on_partial_return": maybe([*RULES, "REEVALUATE", "REEVALUATE"]),
        "negative_settlement": maybe(["CHARGE_BUYER", "REFUSE_ALONE", "FLOOR_ZERO"]),
        "coupon_return": maybe(["NEVER", "FULL_RETURN_ONLY", "WHEN_SCOPE_FULLY_RETURNED"]),
        "expired_coupon": maybe(["LOST", {"EXTEND": 5}]),
        "reason_override": {key: one for key in ("QUALITY", "SELLER_FAULT") if (one := maybe(RULES, 6))} or None,
    }
    return {key: value for key, value in stated.items() if value is not None}


@st.composite
def offers(draw: st.DrawFn, index: int, skus: list[str], kinds: tuple[str, ...] = KINDS) -> Data:
    kind = draw(st.sampled_from(kinds))
    percent, off = st.integers(1, 99), st.integers(1, 6000)
    promotion: Data = {"promotion_id": f"P{index}", "name": f"优惠{index}", "kind": kind, "after_sale": draw(after_sales())}
    count = draw(st.integers(1, 3))

    def tiers(values: list[Any], effect: Any) -> None:
        if len(values) == 1 and draw(st.booleans()):
            promotion.setdefault("condition", {})["value"] = values[0]
            promotion["effect"] = effect()
        else:
            promotion["tiers"] = [{"value": value, "effect": effect()} for value in values]

    def rising(low: int, high: int) -> list[int]:
        return sorted(draw(st.lists(st.integers(low, high), min_size=count, max_size=count, unique=True)))

    if kind in COMPONENTS:
        roles = ("BOTH", "BOTH") if "BUNDLE" in kind else ("QUALIFIER", "TARGET")
        pair = draw(st.lists(st.sampled_from(skus), min_size=2, max_size=2, unique=True))
        promotion["components"] = [
            {"scope": {"include": [{"type": "sku", "id": sku}]}, "quantity": draw(st.integers(1, 2)), "role": role}
            for sku, role in zip(pair, roles, strict=True)
        ]
        if kind == "ADDON_PRICE":
            promotion["components"][1]["quantity"] = 1
        if kind == "CROSS_ITEM_OFF" and draw(st.booleans()):
            promotion["effect"] = {"pay_percent": draw(percent)}
        else:
            promotion["effect"] = {"price" if "PRICE" in kind else "off": yuan(draw(off))}
        if "BUNDLE" in kind and draw(st.booleans()):
            promotion["limit"] = {"per_order": draw(st.integers(1, 2))}
    else:
        promotion["scope"] = draw(scopes(skus))
    if kind in LINE:
        promotion["effect"] = {"pay_percent": 90} if kind == "ITEM_PERCENT" else {"price" if "PRICE" in kind else "off": "1.00"}
        if kind == "SUBSIDY" and draw(st.booleans()):
            promotion["condition"] = {"value": yuan(draw(off))}
    elif kind in ("NTH_ITEM_PERCENT", "BUY_X_GET_Y"):
        value = draw(st.integers(2, 4))
        promotion["condition"] = {"value": value}
        nth = kind == "NTH_ITEM_PERCENT"
        promotion["effect"] = {"pay_percent": draw(percent)} if nth else {"free_quantity": draw(st.integers(1, value - 1))}
        if draw(st.booleans()):
            promotion["max_steps"] = draw(st.integers(1, 3))
    elif kind == "QTY_TIERED_PERCENT":
        tiers(rising(1, 7), lambda: {"pay_percent": draw(percent)})
    elif kind == "QTY_FIXED_PRICE":
        if draw(st.booleans()):
            promotion["tier_mode"], count = "PER_STEP", 1
        tiers(rising(2, 6), lambda: {"price": yuan(draw(off))})
    elif kind == "GIFT":
        promotion["scope"] = {}
        tiers([yuan(one) for one in rising(1, 15000)], lambda: {"gift_sku_id": "G", "declared_value": "9.90"})
    elif kind in (*TOTALS, *COUPONS, "PAYMENT_OFF"):
        measure = draw(st.sampled_from([None, None, "AMOUNT", "QUANTITY", "DISTINCT_SKU", "CONTAINS"]))
        condition: Data = {"measure": measure} if measure else {}
        if draw(st.integers(0, 2)) == 0:
            condition["basis"] = draw(st.sampled_from(["RUNNING", "LIST", "AFTER_ITEM"]))
        if measure == "CONTAINS" or draw(st.integers(0, 5)) == 0:
            condition["qualifier_scope"] = draw(scopes(skus))
        if kind == "PAYMENT_OFF":
            condition["payment_methods"] = ["卡"]
        promotion["condition"] = condition
        if kind not in TOTALS:
            count = 1
        if kind == "AMOUNT_THRESHOLD_OFF" and draw(st.integers(0, 2)) == 0:
            promotion["tier_mode"], count = "PER_STEP", 1
            if draw(st.booleans()):
                promotion["max_steps"] = draw(st.integers(1, 4))
        percents = "PERCENT" in kind or (kind == "PAYMENT_OFF" and draw(st.booleans()))
        amount = measure in (None, "AMOUNT")
        tiers(
            [yuan(one) for one in rising(1, 15000)] if amount else rising(1, 6),
            lambda: {"pay_percent": draw(percent)} if percents else {"off": yuan(draw(off))},
        )
        if draw(st.integers(0, 3)) == 0:
            promotion["cap"] = {"amount": yuan(draw(off))}
    if draw(st.integers(0, 5)) == 0 and kind not in LINE:
        promotion["floor_price"] = yuan(draw(st.integers(1, 300)))
    rules = ["LARGEST_REMAINDER"] * 4 + ["FLOOR_LAST_TAKES_REST", "FLOOR_ROUND_ROBIN", "HALF_DOWN_FIRST_FIX"]
    to = draw(st.sampled_from(["TARGET_LINES", "TARGET_LINES", "ALL_PARTICIPANTS"]))
    weight = draw(st.sampled_from(["RUNNING", "RUNNING", "LIST", "QUANTITY"]))
    promotion["allocation"] = {"to": to, "weight": weight, "rule": draw(st.sampled_from(rules))}
    promotion["stacking"] = {"priority": draw(st.integers(0, 2))}
    if draw(st.integers(0, 3)) == 0:
        promotion["funder"] = "PLATFORM"
    return promotion


def by_hand(draw: st.DrawFn, grant: int, caps: dict[str, int]) -> dict[str, int]:
    shares = {}
    for key, cap in caps.items():
        shares[key] = min(cap, draw(st.integers(0, grant)))
        grant -= shares[key]
    for key, cap in caps.items():
        more = min(cap - shares[key], grant)
        shares[key] += more
        grant -= more
    return shares


def record(draw: st.DrawFn, order: Data, promotion: Data, catalogue: dict[str, Goods], left: dict[str, list[int]]) -> None:
    """Record an application of the promotion where it holds on the whole order."""
    kind = promotion["kind"]
    condition = promotion.get("condition", {})
    parts = promotion.get("components", [])
    everyone = promotion["allocation"]["to"] == "ALL_PARTICIPANTS"
    held: dict[str, Held] = {}
    role: dict[str, str] = {}
    for line in order["lines"]:
        key, goods = line["line_id"], catalogue[line["sku_id"]]
        targets = covers(promotion.get("scope"), goods) if not parts else False
        qualifies = covers(condition["qualifier_scope"], goods) if "qualifier_scope" in condition else targets
        for part in parts:
            if covers(part["scope"], goods):
                targets, qualifies = targets or part["role"] != "QUALIFIER", qualifies or part["role"] != "TARGET"
        if line.get("role") == "GIFT" or not (targets or qualifies):
            continue
        target = targets or everyone
        role[key] = "BOTH" if target and qualifies else "TARGET" if target else "QUALIFIER"
        running, item = left[key]
        price, units = fen(line["list_price"]), line["quantity"]
        held[key] = Held(units, price, Fraction(running), Fraction(item), goods, target)
    if not held or not any(one.target for one in held.values()):
        return
    found = evaluate(promotion, held)
    if not found.level:
        return
    application: Data = {"application_id": f"A{promotion['promotion_id']}", "promotion_id": promotion["promotion_id"]}
    whole = kind == "ADDON_PRICE" or (not parts and kind not in GROUPS)
    inside = {key for key in held if whole or found.inside.get(key)}
    if layer(promotion) == 10 or kind in (*LINE, "ADDON_PRICE"):
        caps = {key: left[key][0] if held[key].target else 0 for key in inside}
        shares = by_hand(draw, draw(st.integers(0, sum(caps.values()))), caps)
        if kind == "ADDON_PRICE" and not {"BOTH", "TARGET"} & set(role.values()):
            return
    elif draw(st.integers(0, 3)) == 0:
        caps = {key: left[key][0] if held[key].target else 0 for key in inside}
        shares = by_hand(draw, min(found.amount, sum(caps.values())), caps)
    else:
        shares = allocate(promotion, found.amount, held, found.inside)
    participants = [{"line_id": key, "role": role[key], "share": yuan(shares.get(key, 0))} for key in held if key in inside]
    if kind == "GIFT":
        key = f"g{promotion['promotion_id']}"
        order["lines"].append(
            {"line_id": key, "sku_id": "G", "quantity": 1, "list_price": "0.00", "role": "GIFT", "declared_value": "9.90"}
        )
        participants = [{**one, "role": "QUALIFIER", "share": "0.00"} for one in participants]
        participants.append({"line_id": key, "role": "GIFT", "share": "0.00"})
        shares = {}
    steps = parts or kind in ("NTH_ITEM_PERCENT", "BUY_X_GET_Y") or promotion.get("tier_mode") == "PER_STEP"
    if draw(st.integers(0, 3)):
        application |= {"instances": found.level} if steps else {"tier_index": found.level - 1}
    if kind in COUPONS:
        application["coupon_id"] = f"K{promotion['promotion_id']}"
    application |= {"grant": yuan(sum(shares.values())), "participants": participants}
    order["applications"].append(application)
    for key, share in shares.items():
        left[key][0] -= share
        left[key][1] -= share if layer(promotion) == 10 else 0


@st.composite
def returns(
    draw: st.DrawFn, max_lines: int = 4, max_promotions: int = 4, kinds: tuple[str, ...] = KINDS, plain: bool = False
) -> Wide:
    """An order with earlier returns, and one more return of it; ``plain``: targets only, refunds made are those computed."""
    skus = [f"S{index}" for index in range(draw(st.integers(2, max_lines)))]
    classes = st.sampled_from(["NORMAL"] * 5 + ["CUSTOM_MADE"])
    catalogue = {
        sku: Goods(sku, f"X{sku}", (draw(st.sampled_from(["C1", "C2"])),), None, "H", return_class=draw(classes))
        for sku in skus
    }
    catalogue["G"] = Goods("G", "XG", ("C3",), None, "H", return_class="NORMAL")
    lines = [
        {
            "line_id": str(index + 1),
            "sku_id": sku,
            "quantity": draw(st.integers(1, 4)),
            "list_price": yuan(draw(st.integers(1, 9000))),
        }
        for index, sku in enumerate(skus)
    ]
    order: Data = {"order_id": "O", "user_id": "U", "shop_id": "H", "status": "RECEIVED", "placed_at": "2026-11-01T10:00:00"}
    order |= {"paid_at": "2026-11-01T10:01:00", "received_at": "2026-11-05T12:00:00", "lines": lines, "applications": []}
    promotions = [draw(offers(index, skus, kinds)) for index in range(draw(st.integers(1, max_promotions)))]
    if plain:
        for promotion in promotions:
            promotion["allocation"]["to"] = "TARGET_LINES"
    left = {line["line_id"]: [line["quantity"] * fen(line["list_price"])] * 2 for line in lines}
    buyable = list(lines)

    def turn(promotion: Data) -> Any:
        return layer(promotion), -promotion["stacking"]["priority"], promotion["promotion_id"]

    for promotion in sorted(promotions, key=turn):
        record(draw, order, promotion, catalogue, left)
    coupons = [
        {"coupon_id": one["coupon_id"], "promotion_id": one["promotion_id"], "user_id": "U", "status": "USED"}
        | {"used_order_id": "O", "valid_to": draw(st.sampled_from(["2026-11-06T00:00:00", "2026-12-31T00:00:00"]))}
        for one in order["applications"]
        if "coupon_id" in one
    ]
    goods = sum(one[0] for one in left.values())
    charged = draw(st.sampled_from([0, 0, 800]))
    order["freight"] = {"charged": yuan(charged), "waived": "0.00"}
    if not charged and goods and draw(st.booleans()):
        value = draw(st.integers(1, goods))
        stated = draw(st.sampled_from([{}, {"freight": "DEDUCT_IF_WAIVER_BROKEN"}, {"freight": "KEEP_WAIVER"}]))
        free = {"promotion_id": "F", "name": "包邮", "kind": "FREE_SHIPPING", "condition": {"value": yuan(value)}}
        promotions.append(free | {"after_sale": stated})
        cost = yuan(draw(st.integers(1, 1500)))
        order["freight"] |= {"waived": yuan(draw(st.integers(1, 1500))), "waived_by": "F", "outbound_cost": cost}
    rest, order["payments"] = goods + charged, []
    for index, kind in enumerate(draw(st.lists(st.sampled_from(["POINTS", "GIFT_CARD", "BALANCE", "CASH"]), max_size=3))):
        amount = draw(st.integers(0, rest))
        rest -= amount
        order["payments"].append({"payment_id": f"{index + 2}", "kind": kind, "amount": yuan(amount)})
    order["payments"].append({"payment_id": "1", "kind": "CASH", "amount": yuan(rest)})
    free_units = {line["line_id"]: line["quantity"] for line in buyable}
    order["returns"] = []
    statuses = ["REQUESTED", "APPROVED", "IN_TRANSIT", "RECEIVED_BY_SELLER", "REFUNDED", "REJECTED"]
    for number in range(draw(st.sampled_from([0, 0, 1, 2]))):
        service = draw(st.sampled_from(["RETURN"] * 4 + ["EXCHANGE"]))
        status = draw(st.sampled_from(statuses))
        taken = {key: draw(st.integers(0, units)) for key, units in free_units.items()}
        taken = {key: units for key, units in taken.items() if units}
        if service == "RETURN" and status != "REJECTED":
            if not taken or sum(taken.values()) >= sum(free_units.values()):
                continue
            free_units = {key: units - taken.get(key, 0) for key, units in free_units.items()}
        past: Data = {"return_id": f"R{number}", "service": service, "reason": draw(st.sampled_from(REASONS)), "status": status}
        past["lines"] = [{"line_id": key, "quantity": units} for key, units in taken.items()] or [
            {"line_id": "1", "quantity": 1}
        ]
        past["requested_at"] = f"2026-11-06T{draw(st.integers(1, 4)) * 2 + number:02d}:00:00"
        if plain and status == "REFUNDED":
            past["status"] = "APPROVED"
        elif service == "RETURN" and not plain and (status == "REFUNDED" or draw(st.integers(0, 3)) == 0):
            past |= {"refund_amount": yuan(draw(st.integers(0, goods // 3))), "buyer_paid": "0.00"}
        order["returns"].append(past)
    returned = {key: draw(st.integers(0, units)) for key, units in free_units.items()}
    returned = {key: units for key, units in returned.items() if units}
    if not returned:
        returned = {next(key for key, units in free_units.items() if units): 1}
    one = draw(st.sampled_from(REASONS))
    same = draw(st.booleans())
    reason = {key: one if same else draw(st.sampled_from(REASONS)) for key in returned}
    at = draw(st.sampled_from(["2026-11-08T09:00:00", "2026-11-12T20:00:00", "2026-11-13T09:00:00"]))
    return Wide(order, promotions, catalogue, coupons, returned, reason, at)
