"""A second, independent calculation of partial returns: slow and literal, written from the specification only.

Plain dicts in the data-set format, integer 分 and exact fractions; nothing here comes from the rules it is compared with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import floor
from typing import Any

Data = dict[str, Any]
FAULT = ("QUALITY", "SELLER_FAULT")
LAYERS = {
    **dict.fromkeys(("ITEM_FIXED_OFF", "ITEM_PERCENT", "SPECIAL_PRICE", "MEMBER_PRICE"), 10),
    **dict.fromkeys(("AMOUNT_THRESHOLD_OFF", "AMOUNT_THRESHOLD_PERCENT"), 30),
    **dict.fromkeys(("COUPON_FIXED", "COUPON_PERCENT"), 40),
    **dict.fromkeys(("SUBSIDY", "DEPOSIT_EXPAND"), 70),
    **{"RED_PACKET": 60, "POINTS_DEDUCT": 80, "FREE_SHIPPING": 90, "PAYMENT_OFF": 95, "GIFT": 99},
}
RECORDED = ("COUPON_FIXED", "COUPON_PERCENT", "RED_PACKET", "SUBSIDY", "DEPOSIT_EXPAND", "POINTS_DEDUCT", "PAYMENT_OFF")
COUNTING = ("NTH_ITEM_PERCENT", "QTY_TIERED_PERCENT", "QTY_FIXED_PRICE", "BUY_X_GET_Y")
STEPWISE = ("BUNDLE_PRICE", "BUNDLE_OFF", "CROSS_ITEM_OFF", "NTH_ITEM_PERCENT", "BUY_X_GET_Y")
STRICT = ("REFUSE_ALONE", "CHARGE_BUYER", "FLOOR_ZERO")


def fen(text: Any) -> int:
    return int(Fraction(str(text)) * 100)


def half_up(value: Fraction | int) -> int:
    return floor(value + Fraction(1, 2))


def layer(promotion: Data) -> int:
    number = promotion.get("layer") or LAYERS.get(promotion["kind"], 20)
    return (
        {30: 50, 40: 60}.get(number, number) if promotion.get("funder") == "PLATFORM" and "layer" not in promotion else number
    )


def covers(scope: Data | None, goods: Any) -> bool:
    def hit(ref: Data) -> bool:
        kind, key = ref["type"], ref.get("id")
        return {"all": True, "sku": key == goods.sku_id, "category": key in (goods.category_ids or ())}[kind]

    scope = scope or {}
    return ("include" not in scope or any(map(hit, scope["include"]))) and not any(map(hit, scope.get("exclude", [])))


@dataclass
class Held:
    """Units of one line with the running price they carry."""

    units: int
    price: int
    running: Fraction
    item: Fraction
    goods: Any
    target: bool = True


@dataclass
class Grant:
    """What a promotion gives on some units: its level (0: condition broken), the amount, the units inside by line."""

    level: int
    amount: int
    inside: dict[str, int]


def parts(total: int, weights: Mapping[str, Fraction | int], rule: str = "LARGEST_REMAINDER") -> dict[str, int]:
    keys = sorted(weights)
    scale = sum(weights.values())
    weight = {key: Fraction(weights[key]) if scale else Fraction(1) for key in keys}
    scale = scale or len(keys)
    exact = {key: total * weight[key] / scale for key in keys}
    result = {key: floor(exact[key]) for key in keys}
    rest = total - sum(result.values())
    if rule == "LARGEST_REMAINDER":
        for key in sorted(keys, key=lambda key: (-(exact[key] - result[key]), -weight[key], key))[:rest]:
            result[key] += 1
    elif rule == "FLOOR_LAST_TAKES_REST":
        result[keys[-1]] += rest
    elif rule == "FLOOR_ROUND_ROBIN":
        for key in keys[:rest]:
            result[key] += 1
    else:
        # ambiguous: "repair the difference from the first line": here the first line takes the whole difference
        result = {key: -floor(-exact[key] + Fraction(1, 2)) for key in keys}
        result[keys[0]] += total - sum(result.values())
    return result


def allocate(promotion: Data, total: int, held: Mapping[str, Held], inside: Mapping[str, int]) -> dict[str, int]:
    how = promotion.get("allocation", {})
    everyone = how.get("to") == "ALL_PARTICIPANTS"
    keys = sorted(key for key, units in inside.items() if units and (everyone or held[key].target))
    share = {key: Fraction(inside[key], held[key].units) for key in keys}
    by = {
        "RUNNING": {key: held[key].running * share[key] for key in keys},
        "LIST": {key: held[key].price * inside[key] for key in keys},
        "QUANTITY": {key: inside[key] for key in keys},
    }[how.get("weight", "RUNNING")]
    lowest = fen(promotion.get("floor_price") or 0)
    # ambiguous: whether a line's cap is what its units inside cost or what the whole line costs; here the whole line
    caps = {key: max(0, floor(held[key].running - lowest * held[key].units)) for key in keys}
    result = dict.fromkeys(keys, 0)
    while keys:
        got = parts(total, {key: by[key] for key in keys}, how.get("rule", "LARGEST_REMAINDER"))
        over = [key for key in keys if got[key] > caps[key]]
        if not over:
            return {**result, **got}
        for key in over:
            result[key] = caps[key]
            total -= caps[key]
            keys.remove(key)
    return result


def dearest(held: Mapping[str, Held]) -> list[tuple[Fraction, str]]:
    units = [(Fraction(item.running) / item.units, key) for key, item in held.items() for _ in range(item.units)]
    return sorted(units, key=lambda unit: (-unit[0], unit[1]))


def tally(units: list[tuple[Fraction, str]]) -> dict[str, int]:
    return {key: sum(1 for unit in units if unit[1] == key) for key in {unit[1] for unit in units}}


def paid_percent(base: Fraction | int, percent: Any) -> Fraction:
    return Fraction(base) - half_up(Fraction(base) * Fraction(str(percent)) / 100)


def tiers(promotion: Data) -> list[Data]:
    value = promotion.get("condition", {}).get("value")
    return promotion.get("tiers") or [{"value": 0 if value is None else value, "effect": promotion.get("effect", {})}]


def evaluate(promotion: Data, held: Mapping[str, Held]) -> Grant:
    """The level and the grant on these units, as if they were the basket."""
    held = {key: item for key, item in held.items() if item.units}
    exact, grant = _evaluate(promotion, held)
    total = sum((item.running for item in held.values()), Fraction(0))
    amount = -floor(-exact + Fraction(1, 2))  # the buyer's side is rounded half up, once
    cap = promotion.get("cap", {}).get("amount")
    if cap is not None and promotion["kind"] != "SUBSIDY":
        amount = min(amount, fen(cap))
    grant.amount = max(0, min(amount, floor(total)))
    return grant


def _evaluate(promotion: Data, held: dict[str, Held]) -> tuple[Fraction, Grant]:
    kind = promotion["kind"]
    nothing: tuple[Fraction, Grant] = Fraction(0), Grant(0, 0, {})
    steps_at_most = promotion.get("max_steps") or 10**9
    mode = promotion.get("tier_mode") or ("PER_STEP" if kind in ("NTH_ITEM_PERCENT", "BUY_X_GET_Y") else "HIGHEST")
    effect = promotion.get("effect", {})
    if kind in ("BUNDLE_PRICE", "BUNDLE_OFF", "CROSS_ITEM_OFF"):
        return _components(promotion, held, effect)
    if kind in ("NTH_ITEM_PERCENT", "BUY_X_GET_Y", "QTY_FIXED_PRICE"):
        units = dearest(held)
        reached = [(index, tier) for index, tier in enumerate(tiers(promotion)) if int(tier["value"]) <= len(units)]
        if not reached:
            return nothing
        index, tier = reached[-1]
        n, effect = int(tier["value"]), tier["effect"]
        count = min(len(units) // n, steps_at_most) if mode == "PER_STEP" else 1
        groups = [units[n * at : n * at + n] for at in range(count)]
        exact = Fraction(0)
        for group in groups:
            if kind == "NTH_ITEM_PERCENT":
                exact += paid_percent(group[-1][0], effect["pay_percent"])
            elif kind == "BUY_X_GET_Y":
                exact += sum(unit[0] for unit in group[-int(effect["free_quantity"]) :])
            else:
                exact += max(Fraction(0), sum(unit[0] for unit in group) - fen(effect["price"]))
        return exact, Grant(count if mode == "PER_STEP" else index + 1, 0, tally(units[: n * count]))
    if any(
        _available(held, part) < part.get("quantity", 1) for part in promotion.get("components", []) if part["role"] != "TARGET"
    ):
        return nothing
    condition = promotion.get("condition", {})
    measure = condition.get("measure") or ("QUANTITY" if kind in COUNTING else "AMOUNT")
    basis: Callable[[Held], Any] = {
        "LIST": lambda item: item.price * item.units,
        "AFTER_ITEM": lambda item: item.item,
        "RUNNING": lambda item: item.running,
    }[condition.get("basis", "RUNNING")]
    within = condition.get("qualifier_scope", {} if promotion.get("components") else promotion.get("scope"))
    counted = [item for item in held.values() if covers(within, item.goods)]
    actual: Any = sum(item.units for item in counted)
    if measure == "AMOUNT":
        actual = sum(basis(item) for item in counted)
    elif measure == "DISTINCT_SKU":
        actual = len({item.goods.sku_id for item in counted})

    def need(tier: Data) -> int:
        if measure == "CONTAINS" and not tier["value"]:
            return 1
        return fen(tier["value"]) if measure == "AMOUNT" else int(tier["value"])

    reached = [(index, tier) for index, tier in enumerate(tiers(promotion)) if need(tier) <= actual]
    if not reached:
        return nothing
    index, tier = reached[-1]
    effect = tier["effect"]
    everyone = promotion.get("allocation", {}).get("to") == "ALL_PARTICIPANTS"
    inside = {key: item.units for key, item in held.items() if item.target or everyone}
    targets = [held[key] for key in inside]
    steps = min(int(actual // need(tier)), steps_at_most) if mode == "PER_STEP" else 1
    level = steps if mode == "PER_STEP" else index + 1
    if kind in ("ADDON_PRICE", "SUBSIDY", "DEPOSIT_EXPAND", "GIFT", "POINTS_DEDUCT") or layer(promotion) == 10:
        return Fraction(0), Grant(level, 0, inside)  # they hold or break, and are never granted a part of
    if "off" in effect:
        exact = Fraction(steps * fen(effect["off"]))
    else:
        exact = paid_percent(sum(basis(item) for item in targets), effect["pay_percent"])
    return min(exact, sum((item.running for item in targets), Fraction(0))), Grant(level, 0, inside)


def _available(held: Mapping[str, Held], part: Data) -> int:
    return sum(item.units for item in held.values() if covers(part["scope"], item.goods))


def _components(promotion: Data, held: dict[str, Held], effect: Data) -> tuple[Fraction, Grant]:
    count = min(_available(held, part) // part.get("quantity", 1) for part in promotion["components"])
    if promotion["kind"] != "CROSS_ITEM_OFF":
        count = min(count, promotion.get("limit", {}).get("per_order") or count)
    inside: dict[str, int] = {}
    worth = aimed = Fraction(0)
    for part in promotion["components"]:
        own = {key: item for key, item in held.items() if covers(part["scope"], item.goods)}
        units = dearest(own)[: count * part.get("quantity", 1)]
        inside |= tally(units)
        worth += sum(unit[0] for unit in units)
        aimed += sum(unit[0] for unit in units if part["role"] != "QUALIFIER")
    if "price" in effect:
        exact = worth - count * fen(effect["price"])
    elif "off" in effect:
        exact = Fraction(count * fen(effect["off"]))
    else:
        exact = paid_percent(aimed, effect["pay_percent"])
    everyone = promotion.get("allocation", {}).get("to") == "ALL_PARTICIPANTS"
    return min(exact, worth if everyone else aimed), Grant(count, 0, inside)


def recorded_on(order: Data, line: Data, units: int) -> dict[str, int]:
    """The recorded shares, by application, on this many remaining units of a line."""
    shares: dict[str, int] = {}
    for application in order["applications"]:
        for part in application["participants"]:
            if part["line_id"] == line["line_id"]:
                shares[application["application_id"]] = fen(part["share"])
    bought, price = line["quantity"], fen(line["list_price"])
    payable = bought * price - sum(shares.values())
    away = (bought - units) * price - payable * (bought - units) // bought
    lost = parts(away, shares) if shares and sum(shares.values()) else {}
    return {key: share - lost.get(key, 0) for key, share in shares.items()}


@dataclass
class Settled:
    payable: dict[str, int]
    counted_payable: Fraction
    kept: dict[str, int]
    before: dict[str, dict[str, int]]
    after: dict[str, dict[str, int]]
    status: dict[str, str]
    rule: dict[str, str]


def settle(order: Data, promotions: list[Data], catalogue: Any, gone: Mapping[str, Mapping[str, int]]) -> Settled:
    """What is payable on the kept units: a function of the original order, the units gone and their reasons."""
    lines = {line["line_id"]: line for line in order["lines"]}
    kept = {key: line["quantity"] - sum(gone.get(key, {}).values()) for key, line in lines.items()}
    known = {promotion["promotion_id"]: promotion for promotion in promotions}

    def turn(application: Data) -> tuple[Any, ...]:
        promotion = known[application["promotion_id"]]
        return layer(promotion), -promotion.get("stacking", {}).get("priority", 0), promotion["promotion_id"]

    ordered = sorted(order["applications"], key=turn)
    fresh: dict[str, dict[str, tuple[int, int, int]]] = {}  # new share, counted units in it, the kept units' part of it
    before: dict[str, dict[str, int]] = {}
    after: dict[str, dict[str, int]] = {}
    status: dict[str, str] = {}
    rules: dict[str, str] = {}

    def share(application: str, key: str, counted: int) -> Fraction:
        recorded = Fraction(recorded_on(order, lines[key], kept[key] + counted).get(application, 0))
        if application not in fresh:
            return recorded
        new, own, part = fresh[application].get(key, (0, 0, 0))
        if own == counted:
            return Fraction(new)
        # ambiguous: units that one promotion counts as kept and another as gone (their overrides differ)
        return part + (Fraction((new - part) * min(own, counted), own) if own else Fraction(0))

    def held(application: Data, earlier: list[Data], counts: Callable[[str], int]) -> dict[str, Held]:
        result = {}
        for part in application["participants"]:
            key = part["line_id"]
            if part["role"] == "GIFT":
                continue
            units, price = kept[key] + counts(key), fen(lines[key]["list_price"])
            carried = {one["application_id"]: share(one["application_id"], key, counts(key)) for one in earlier}
            item = sum(carried[one["application_id"]] for one in earlier if layer(known[one["promotion_id"]]) == 10)
            worth = Fraction(units * price)
            place = catalogue[lines[key]["sku_id"]]
            target = part["role"] in ("TARGET", "BOTH")
            result[key] = Held(units, price, worth - sum(carried.values()), worth - item, place, target)
        return result

    for at, application in enumerate(ordered):
        name, promotion, earlier = application["application_id"], known[application["promotion_id"]], ordered[:at]
        recorded = {part["line_id"]: fen(part["share"]) for part in application["participants"] if part["role"] != "GIFT"}
        terms = promotion.get("after_sale", {})
        override = {reason: terms.get("reason_override", {}).get(reason) or "RECORDED_SHARE" for reason in FAULT}
        usual = terms.get("on_partial_return") or ("RECORDED_SHARE" if promotion["kind"] in RECORDED else "REEVALUATE")
        reasons = {reason for key in recorded for reason, units in gone.get(key, {}).items() if units}
        # ambiguous: "any unit is gone": a unit of this promotion, because an irrelevant line changes nothing
        if reasons - set(FAULT) or not reasons:
            rule = usual
        else:
            others = {override[reason] for reason in reasons} - {"RECORDED_SHARE"}
            # ambiguous: two reasons with two rules: the harder one
            rule = next(
                (one for one in ("ALL_OR_NOTHING", "FORFEIT_FROM_RETURNED", "REEVALUATE") if one in others), "RECORDED_SHARE"
            )
        rules[name] = rule

        def counts(key: str, override: Data = override) -> int:
            return sum(gone.get(key, {}).get(reason, 0) for reason in FAULT if override[reason] == "RECORDED_SHARE")

        before[name] = {key: recorded_on(order, lines[key], kept[key]).get(name, 0) for key in recorded}
        status[name] = "QUALIFIED"
        if layer(promotion) != 10 and rule != "RECORDED_SHARE":
            now = evaluate(promotion, basis := held(application, earlier, counts))
            stepwise = promotion["kind"] in STEPWISE
            level = application.get("instances")
            if not stepwise and promotion.get("tier_mode") != "PER_STEP":
                tier = application.get("tier_index")
                level = None if tier is None else tier + 1
            if level is None:
                # ambiguous: nothing says the level and none is reached at purchase: the lowest
                level = purchase_level(order, known, catalogue, application, ordered[:at]) or 1
            if now.level < level:
                status[name] = "DEGRADED" if now.level else "BROKEN"
                grant = 0 if rule == "FORFEIT_FROM_RETURNED" or not now.level else now.amount
                new = allocate(promotion, grant, basis, now.inside) if grant else {}
                fresh[name] = {}
                for key in recorded:
                    given, counted = new.get(key, 0), counts(key)
                    whole = kept[key] + counted
                    fresh[name][key] = given, counted, given * kept[key] // whole if whole else 0
        after[name] = {}
        for key in recorded:
            left = kept[key] * fen(lines[key]["list_price"]) - sum(after[one["application_id"]].get(key, 0) for one in earlier)
            # no share above what is left of its line (0 <= share <= base)
            after[name][key] = min(left, fresh[name][key][2] if name in fresh else before[name][key])
    payable = {
        key: kept[key] * fen(line["list_price"]) - sum(item.get(key, 0) for item in after.values())
        for key, line in lines.items()
    }
    faulty = {key: sum(gone.get(key, {}).get(reason, 0) for reason in FAULT) for key in lines}
    counted_payable = sum(
        (
            (kept[key] + faulty[key]) * fen(line["list_price"])
            - sum(share(one, key, faulty[key]) for one in after)
            - payable[key]
            for key, line in lines.items()
            if faulty[key]
        ),
        Fraction(0),
    )
    return Settled(payable, counted_payable, kept, before, after, status, rules)


def purchase_level(order: Data, known: Data, catalogue: Any, application: Data, earlier: list[Data]) -> int:
    """The level at purchase, recomputed from the recorded shares of what was applied before."""
    held = {}
    for part in application["participants"]:
        line = next(line for line in order["lines"] if line["line_id"] == part["line_id"])
        if part["role"] == "GIFT":
            continue
        worth = item = Fraction(line["quantity"] * fen(line["list_price"]))
        for one in earlier:
            for other in one["participants"]:
                if other["line_id"] == part["line_id"]:
                    worth -= fen(other["share"])
                    item -= fen(other["share"]) if layer(known[one["promotion_id"]]) == 10 else 0
        target = part["role"] in ("TARGET", "BOTH")
        held[part["line_id"]] = Held(line["quantity"], fen(line["list_price"]), worth, item, catalogue[line["sku_id"]], target)
    return evaluate(known[application["promotion_id"]], held).level


def quote(
    order: Data,
    promotions: list[Data],
    catalogue: Any,
    returned: Data,
    reason: Data,
    at: str,
    coupons: list[Data] | None = None,
) -> Data:
    """The figures of one return, after the returns that the order has."""
    known = {promotion["promotion_id"]: promotion for promotion in promotions}
    lines = {line["line_id"]: line for line in order["lines"]}
    past = [one for one in order["returns"] if one.get("service", "RETURN") == "RETURN" and one["status"] != "REJECTED"]
    gone: dict[str, dict[str, int]] = {}
    paid = sum(line["quantity"] * fen(line["list_price"]) for line in lines.values())
    paid -= sum(fen(application["grant"]) for application in order["applications"])
    broken_before = False
    goods = [key for key, line in lines.items() if line.get("role") != "GIFT"]  # a full return: of all goods

    def add(key: str, why: str, units: int) -> None:
        gone.setdefault(key, {})[why] = gone.get(key, {}).get(why, 0) + units

    def money(settled: Settled) -> tuple[int, int, str | None]:
        refund = paid - sum(settled.payable.values())
        if refund >= 0:
            return refund, 0, None
        names = {
            known[application["promotion_id"]].get("after_sale", {}).get("negative_settlement", "CHARGE_BUYER")
            for application in order["applications"]
            if settled.status[application["application_id"]] != "QUALIFIED" and fen(application["grant"])
        }
        how = next((one for one in STRICT if one in names), "CHARGE_BUYER")
        return (0, 0, how) if how == "FLOOR_ZERO" else (0, -refund, how)

    def waiver(settled: Settled) -> bool:
        by = known.get(order["freight"].get("waived_by") or "")
        if not by or not fen(order["freight"].get("waived") or 0) or not any(settled.kept[key] for key in goods):
            return False
        if not any(units for by_reason in gone.values() for why, units in by_reason.items() if why not in FAULT):
            return False
        need = fen(by.get("condition", {}).get("value", 0))
        # ambiguous: a waiver whose condition never held by the record cannot break
        if sum(settle(order, promotions, catalogue, {}).payable.values()) < need:
            return False
        return sum(settled.payable.values()) + settled.counted_payable < need

    for one in sorted(past, key=lambda one: one["requested_at"]):
        for part in one["lines"]:
            add(part["line_id"], one["reason"], part["quantity"])
        settled = settle(order, promotions, catalogue, gone)
        refund, owes, _ = money(settled)
        if one.get("refund_amount") is not None:
            refund, owes = fen(one["refund_amount"]), fen(one.get("buyer_paid") or 0)
        paid += owes - refund
        broken_before = broken_before or waiver(settled)
    for key, units in returned.items():
        add(key, reason[key], units)
    settled = settle(order, promotions, catalogue, gone)
    refund, owes, how = money(settled)

    def inside(promotion: Data, application: Data) -> bool:
        limit = (datetime.fromisoformat(order["received_at"]) + timedelta(days=7)).date()
        own = {part["line_id"] for part in application["participants"]} & set(returned)
        # ambiguous: "goods that may be returned": of an excluded class they may be for the seller's fault
        may = any(catalogue[lines[key]["sku_id"]].return_class == "NORMAL" or reason[key] in FAULT for key in own)
        return may and datetime.fromisoformat(at).date() <= limit

    refused = False
    result: Data = {"promotions": {}, "coupons": {}}
    for application in order["applications"]:
        name, promotion = application["application_id"], known[application["promotion_id"]]
        own = {part["line_id"] for part in application["participants"] if part["role"] != "GIFT"}
        judged = settled.status[name] != "QUALIFIED"
        # ambiguous: whether a return that takes nothing of a promotion broken earlier is refused: here not
        if judged and not inside(promotion, application) and own & set(returned):
            refused |= settled.rule[name] == "ALL_OR_NOTHING" and any(settled.kept[key] for key in own)
        if judged and not inside(promotion, application) and fen(application["grant"]) and how:
            refused |= promotion.get("after_sale", {}).get("negative_settlement") == "REFUSE_ALONE"
        before, after = (sum(side[name].values()) for side in (settled.before, settled.after))
        outcome = "KEPT" if after >= before and after else "REDUCED" if after else "LOST" if before else "NOT_APPLICABLE"
        if promotion["kind"] == "GIFT":
            # a lower tier that gives the same gift, or fewer steps of it, still gives it: its condition does not break
            gifts = {tier["effect"]["gift_sku_id"] for tier in promotion.get("tiers", ())} or {""}
            earned = settled.status[name] == "DEGRADED" and settled.rule[name] != "FORFEIT_FROM_RETURNED" and len(gifts) == 1
            outcome = "LOST" if judged and not earned else "KEPT"
        result["promotions"][application["promotion_id"]] = (outcome, before, after)
        if application.get("coupon_id"):
            policy = promotion.get("after_sale", {}).get("coupon_return", "FULL_RETURN_ONLY")
            left = any(settled.kept[key] for key in (goods if policy == "FULL_RETURN_ONLY" else own))
            coupon = next(one for one in coupons or [] if one["coupon_id"] == application["coupon_id"])
            expired = bool(coupon.get("valid_to")) and coupon["valid_to"] < at
            back = policy != "NEVER" and not left
            extends = promotion.get("after_sale", {}).get("expired_coupon", "LOST") != "LOST"
            result["coupons"][application["coupon_id"]] = back and (not expired or extends)
    broken = waiver(settled) and not broken_before and any(reason[key] not in FAULT for key in returned)
    most = min(fen(order["freight"].get("waived") or 0), fen(order["freight"].get("outbound_cost") or 0)) if broken else 0
    policy = known[order["freight"]["waived_by"]].get("after_sale", {}).get("freight") if broken else None
    seller = all(reason[key] in FAULT for key in returned)
    split: dict[str, int] = {}
    for payment, amount in parts(refund, {one["payment_id"]: fen(one["amount"]) for one in order["payments"]}).items():
        kind = next(one["kind"] for one in order["payments"] if one["payment_id"] == payment)
        split[kind] = split.get(kind, 0) + amount
    return result | {
        "refund_amount": refund,
        "buyer_owes": owes,
        "refused": refused,
        "kept": {
            key: value for key, value in settled.payable.items() if settled.kept[key] and lines[key].get("role") != "GIFT"
        },
        "by_instrument": None if past else {kind: amount for kind, amount in split.items() if amount},
        "freight": (0 if policy != "DEDUCT_IF_WAIVER_BROKEN" else most, 0 if policy == "KEEP_WAIVER" else most),
        "return_payer": "SELLER" if seller else "BUYER",
    }
