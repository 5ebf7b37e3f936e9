"""Promotions: the fields of a promotion and what each kind needs (promotions.md section 3)."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    Field,
    PlainSerializer,
    SerializationInfo,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WithJsonSchema,
    WrapValidator,
    model_validator,
)

from kg_service.dataset.customer import MemberLevel
from kg_service.dataset.values import GRAPH, LOADING, Contradictions, Id, Instant, InstantEnd, Names, Percent, Row, Yuan
from kg_service.money import Money, parse_yuan

__all__ = [
    "COUNTING",
    "AfterSale",
    "AfterSaleValues",
    "Allocation",
    "Cap",
    "Component",
    "Condition",
    "Effect",
    "Kind",
    "Limit",
    "Promotion",
    "ReasonOverride",
    "Scope",
    "ScopeRef",
    "Stacking",
    "Tier",
    "Valid",
    "only_keys",
]

Kind = Literal[
    "ITEM_FIXED_OFF",
    "ITEM_PERCENT",
    "SPECIAL_PRICE",
    "MEMBER_PRICE",
    "NTH_ITEM_PERCENT",
    "QTY_TIERED_PERCENT",
    "QTY_FIXED_PRICE",
    "BUNDLE_PRICE",
    "BUNDLE_OFF",
    "ADDON_PRICE",
    "CROSS_ITEM_OFF",
    "BUY_X_GET_Y",
    "AMOUNT_THRESHOLD_OFF",
    "AMOUNT_THRESHOLD_PERCENT",
    "COUPON_FIXED",
    "COUPON_PERCENT",
    "RED_PACKET",
    "SUBSIDY",
    "DEPOSIT_EXPAND",
    "POINTS_DEDUCT",
    "FREE_SHIPPING",
    "FREIGHT_OFF",
    "PAYMENT_OFF",
    "GIFT",
    "GIVE_POINTS",
    "GIVE_COUPON",
]
Funder = Literal["MERCHANT", "PLATFORM", "BRAND", "GOVERNMENT", "PAYMENT"]
Layer = Literal[10, 20, 30, 40, 50, 60, 70, 80, 90, 95, 99]
Measure = Literal["AMOUNT", "QUANTITY", "DISTINCT_SKU", "CONTAINS"]
OnPartialReturn = Literal["REEVALUATE", "RECORDED_SHARE", "ALL_OR_NOTHING", "FORFEIT_FROM_RETURNED"]

_DEFAULT_LAYER: dict[str, int] = {
    **dict.fromkeys(("ITEM_FIXED_OFF", "ITEM_PERCENT", "SPECIAL_PRICE", "MEMBER_PRICE"), 10),
    **dict.fromkeys(
        (
            "NTH_ITEM_PERCENT",
            "QTY_TIERED_PERCENT",
            "QTY_FIXED_PRICE",
            "BUNDLE_PRICE",
            "BUNDLE_OFF",
            "ADDON_PRICE",
            "CROSS_ITEM_OFF",
            "BUY_X_GET_Y",
        ),
        20,
    ),
    **dict.fromkeys(("AMOUNT_THRESHOLD_OFF", "AMOUNT_THRESHOLD_PERCENT"), 30),
    **dict.fromkeys(("COUPON_FIXED", "COUPON_PERCENT"), 40),
    "RED_PACKET": 60,
    **dict.fromkeys(("SUBSIDY", "DEPOSIT_EXPAND"), 70),
    "POINTS_DEDUCT": 80,
    **dict.fromkeys(("FREE_SHIPPING", "FREIGHT_OFF"), 90),
    "PAYMENT_OFF": 95,
    **dict.fromkeys(("GIFT", "GIVE_POINTS", "GIVE_COUPON"), 99),
}
#: Kinds whose thresholds count units.
COUNTING = frozenset({"NTH_ITEM_PERCENT", "QTY_TIERED_PERCENT", "QTY_FIXED_PRICE", "BUY_X_GET_Y"})
_PER_STEP = frozenset({"NTH_ITEM_PERCENT", "BUY_X_GET_Y"})
_OFF_PLATFORM = {30: 50, 40: 60}


def _write_value(value: int | str, info: SerializationInfo) -> int | str:
    """A threshold: 分 or a yuan string when it is money, a plain number when it counts."""
    if isinstance(value, Money):
        return int(value) if info.context == GRAPH else str(value)
    return value


class _Unfit:
    """A threshold that could not be read; it fails where it stands, so that what else is wrong with the row is told too."""

    def __init__(self, given: object, reason: str) -> None:
        self.given = given
        self.reason = reason

    def __str__(self) -> str:
        return str(self.given)


def _keep_money(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """An amount stays ``Money`` (pydantic makes a plain ``int`` of it), so that it is written as one."""
    if isinstance(value, _Unfit):
        raise ValueError(value.reason)
    return value if isinstance(value, Money) else read(value)


#: A threshold. ``Money`` where the measure is AMOUNT, a plain ``int`` (units, kinds of goods) otherwise.
Threshold = Annotated[
    int,
    WrapValidator(_keep_money),
    PlainSerializer(_write_value),
    WithJsonSchema({"type": ["string", "integer"], "description": "yuan string for AMOUNT, integer otherwise"}),
]
Positive = Annotated[int, Field(ge=1)]
Amount = Annotated[Yuan, Field(ge=0)]
PayPercent = Annotated[Percent, Field(ge=0, le=100)]


class ScopeRef(Row):
    """One entry of a scope; ``all`` needs no id."""

    type: Literal["sku", "product", "category", "brand", "shop", "tag", "all"]
    id: Id | None = None

    @model_validator(mode="after")
    def _id_where_needed(self) -> ScopeRef:
        if self.type != "all" and self.id is None:
            raise ValueError(f"a scope entry of type {self.type} needs an id")
        return self


class Scope(Row):
    """Which goods: absent ``include`` means all; a category includes its descendants; ``exclude`` wins."""

    include: list[ScopeRef] | None = None
    exclude: list[ScopeRef] | None = None
    exclude_discounted: bool = False


class Condition(Row):
    """When a promotion holds. ``value`` is inclusive: 分 where ``measure`` is AMOUNT, a count otherwise."""

    measure: Measure | None = None
    basis: Literal["LIST", "AFTER_ITEM", "RUNNING"] | None = None
    value: Threshold | None = None
    qualifier_scope: Scope | None = None
    channels: Names | None = None
    member_levels: list[MemberLevel] | None = None
    order_types: Names | None = None
    regions: Names | None = None
    payment_methods: Names | None = None
    nth_order: Positive | None = None


class Component(Row):
    """A part of a bundle, add-on or cross-item offer."""

    scope: Scope
    quantity: Positive = 1
    role: Literal["QUALIFIER", "TARGET", "BOTH"]


class Effect(Row):
    """What the buyer gets; which key is needed depends on the kind. Amounts are per unit unless the kind says otherwise."""

    off: Amount | None = None
    pay_percent: PayPercent | None = None
    price: Amount | None = None
    free_quantity: Positive | None = None
    gift_sku_id: Id | None = None
    declared_value: Amount | None = None
    points: Annotated[int, Field(ge=0)] | None = None
    coupon_promotion_id: Id | None = None


class Tier(Row):
    value: Threshold
    effect: Effect


class Cap(Row):
    amount: Amount | None = None
    units: Positive | None = None


class Limit(Row):
    per_order: Positive | None = None
    per_user: Positive | None = None
    total: Positive | None = None
    budget: Amount | None = None


class Stacking(Row):
    group: str | None = None
    within_group: Literal["BEST_ONE", "FIRST_BY_PRIORITY", "ALL"] | None = None
    exclusive: bool = False
    conflicts_with: list[int | str] = []
    priority: int = 0


class Valid(Row):
    from_: Annotated[Instant | None, Field(alias="from")] = None
    to: InstantEnd | None = None
    basis: Literal["PLACED_AT", "PAID_AT"] = "PLACED_AT"

    @model_validator(mode="after")
    def _in_order(self) -> Valid:
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            raise ValueError("valid.from is after valid.to")
        return self


class Allocation(Row):
    to: Literal["TARGET_LINES", "ALL_PARTICIPANTS"] = "TARGET_LINES"
    weight: Literal["RUNNING", "LIST", "QUANTITY"] = "RUNNING"
    rule: Literal["LARGEST_REMAINDER", "FLOOR_LAST_TAKES_REST", "FLOOR_ROUND_ROBIN", "HALF_DOWN_FIRST_FIX"] = (
        "LARGEST_REMAINDER"
    )


def only_keys(data: Any, model: type[Row], what: str) -> Any:
    """Refuse keys the model does not have: what stands under them would be lost, and with it a rule.

    Raises
    ------
    ValueError
        Naming the key and those that are known.
    """
    for key in data if isinstance(data, Mapping) else ():
        if key not in model.model_fields:
            raise ValueError(f"{what} {key!r} is none of {', '.join(model.model_fields)}")
    return data


class ReasonOverride(Row):
    QUALITY: OnPartialReturn | None = None
    SELLER_FAULT: OnPartialReturn | None = None

    @model_validator(mode="before")
    @classmethod
    def _known_reasons(cls, data: Any) -> Any:
        return only_keys(data, cls, "reason")


class Extend(Row):
    """``expired_coupon: {EXTEND: days}``."""

    EXTEND: Positive

    @model_validator(mode="before")
    @classmethod
    def _known_keys(cls, data: Any) -> Any:
        return only_keys(data, cls, "key")


class AfterSaleValues(Row):
    """What happens to a promotion on a return: stated by the promotion itself or by the term it names."""

    on_partial_return: OnPartialReturn | None = None
    reason_override: ReasonOverride | None = None
    negative_settlement: Literal["CHARGE_BUYER", "REFUSE_ALONE", "FLOOR_ZERO"] | None = None
    coupon_return: Literal["NEVER", "FULL_RETURN_ONLY", "WHEN_SCOPE_FULLY_RETURNED"] | None = None
    expired_coupon: Literal["LOST"] | Extend | None = None
    gift: Literal["RETURN_OR_PAY_DECLARED", "KEEP", "NEGOTIATE"] | None = None
    points_used: Literal["RETURN_PRO_RATA", "NO_RETURN_ON_PARTIAL"] | None = None
    points_given: Literal["TAKE_BACK_PRO_RATA", "RE_EARN_ON_KEPT"] | None = None
    freight: Literal["DEDUCT_IF_WAIVER_BROKEN", "KEEP_WAIVER"] | None = None
    subsidy: Literal["REVERT_TO_FUNDER"] | None = None


class AfterSale(AfterSaleValues):
    basis: str | None = None
    term_id: Id | None = None


class Promotion(Row):
    """A promotion in one version. Ids are shared by versions; ``promotion_id`` and ``version`` together are the key."""

    promotion_id: Id
    version: Positive = 1
    name: Annotated[str, Field(min_length=1)]
    aliases: Names = []
    funder: Funder | None = None
    kind: Kind
    layer: Layer | None = None
    scope: Scope = Scope()
    condition: Condition = Condition()
    components: list[Component] = []
    tiers: list[Tier] = []
    tier_mode: Literal["HIGHEST", "PER_STEP"] | None = None
    max_steps: Positive | None = None
    effect: Effect = Effect()
    cap: Cap = Cap()
    floor_price: Amount | None = None
    limit: Limit = Limit()
    stacking: Stacking = Stacking()
    valid: Valid = Valid()
    allocation: Allocation = Allocation()
    after_sale: AfterSale = AfterSale()

    @property
    def key(self) -> str:
        """``promotion_id@version``, the key of the version in the graph."""
        return f"{self.promotion_id}@{self.version}"

    @property
    def layer_number(self) -> int:
        """The layer it applies in: its own, else its kind's; 30 and 40 rise to 50 and 60 for a platform's promotion."""
        if self.layer is not None:
            return self.layer
        layer = _DEFAULT_LAYER[self.kind]
        return _OFF_PLATFORM.get(layer, layer) if self.funder == "PLATFORM" else layer

    @property
    def measure(self) -> str:
        """What its condition and tiers count: the stated measure, else QUANTITY for kinds that count units, else AMOUNT."""
        return self.condition.measure or default_measure(self.kind)

    @property
    def steps_mode(self) -> str:
        """HIGHEST or PER_STEP: stated, else PER_STEP for 第二件半价 and 买X赠Y."""
        return self.tier_mode or ("PER_STEP" if self.kind in _PER_STEP else "HIGHEST")

    @property
    def levels(self) -> list[Tier]:
        """The tiers, ascending; without tiers one tier of the condition's value and the effect."""
        if self.tiers:
            return self.tiers
        value = self.condition.value
        return [Tier.model_construct(value=0 if value is None else value, effect=self.effect)]

    @model_validator(mode="before")
    @classmethod
    def _type_thresholds(cls, data: Any, info: ValidationInfo) -> Any:
        """Give ``condition.value`` and the tiers' values their unit: money where the measure is AMOUNT."""
        if not isinstance(data, Mapping):
            return data
        data = dict(data)
        condition = data.get("condition")
        condition = condition if isinstance(condition, Mapping) else {}
        measure = condition.get("measure") or default_measure(str(data.get("kind")))
        in_graph = info.context == GRAPH
        if condition.get("value") is not None:
            value = _read_threshold(condition["value"], measure, in_graph)
            data["condition"] = {**condition, "value": value}
        tiers = data.get("tiers")
        if isinstance(tiers, list):
            data["tiers"] = [
                {**tier, "value": _read_threshold(tier["value"], measure, in_graph)}
                if isinstance(tier, Mapping) and tier.get("value") is not None
                else tier
                for tier in tiers
            ]
        return data

    @model_validator(mode="after")
    def _sound(self, info: ValidationInfo) -> Promotion:
        # the checks read the model, so they can only be imported once it is there
        from kg_service.dataset.promotion_checks import promotion_contradictions, promotion_problems

        problems = promotion_problems(self)
        if info.context == LOADING:
            problems += promotion_contradictions(self)
        if problems:
            raise Contradictions(problems)
        return self


def default_measure(kind: str) -> str:
    """The measure of a kind whose condition names none."""
    return "QUANTITY" if kind in COUNTING else "AMOUNT"


def _read_threshold(value: Any, measure: str, in_graph: bool) -> int | _Unfit:
    if measure == "AMOUNT":
        if in_graph and isinstance(value, int):
            return Money(value)
        try:
            amount = parse_yuan(value)
        except ValueError as error:
            return _Unfit(value, str(error))
        return amount if amount >= 0 else _Unfit(value, "is below the allowed 0")
    try:
        whole = not isinstance(value, bool) and not (isinstance(value, Decimal) and value % 1)
        count = int(value) if whole else -1
    except (TypeError, ValueError, ArithmeticError):
        whole = False
    if not whole:
        return _Unfit(value, "is not a whole number")
    return count if count >= 0 else _Unfit(value, "is below the allowed 0")


KINDS: tuple[str, ...] = get_args(Kind)
