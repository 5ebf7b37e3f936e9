"""The best price of a basket, with a certificate that nothing is lower (promotions.md section 8).

Automatic promotions are not declined; coupons, red packets and add-ons are choices (section 4.1). Where there are few choices
each is priced. Where there are many, an integer programme (HiGHS) over sound ceilings of what each coupon can save proposes the
most promising pick, the pick is priced exactly and cut off, until no ceiling left is below the best price found.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from kg_service.dataset.customer import Coupon, User
from kg_service.dataset.promotion import Promotion
from kg_service.dataset.values import Fen, coerce
from kg_service.money import Money
from kg_service.rules.basket import BasketLine, Gap, PricedBasket, Purchase
from kg_service.rules.catalogue import Catalogue
from kg_service.rules.ceilings import ceiling
from kg_service.rules.choices import Choices, Pick
from kg_service.rules.pricer import COUPONS, Outcome, Pricer, Verdict
from kg_service.rules.pricing import open_pricer, priced_basket
from kg_service.rules.stacking import Offer, conflicts

__all__ = ["BestPrice", "Certificate", "best_price"]

#: Choices that are priced one by one; with more of them the integer programme leads.
MOST_PRICED = 256
#: Picks that are priced at most under the programme's lead; after that the bound stands as far as it came.
MOST_LED = 600


class Certificate(BaseModel):
    """How it is known that no choice pays less.

    Attributes
    ----------
    method : EXHAUSTIVE (each choice was priced), MILP (those not priced are ruled out by ceilings), or AS_GIVEN (the buyer's
        own choice was priced and no other: no claim)
    bound : no choice pays less; the price is proved best when it equals the payable
    choices, priced : how many choices differ, and how many were priced
    tried : under MILP the priced picks, as (coupon_ids, add-ons), for :func:`kg_service.rules.certificate.verify`
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    method: Literal["EXHAUSTIVE", "MILP", "AS_GIVEN"]
    bound: Fen
    choices: int
    priced: int
    tried: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = ()


class BestPrice(BaseModel):
    """The choice that pays least; of equals that with the fewest coupons and add-ons.

    Attributes
    ----------
    coupons, add_ons : the coupon_ids used, the promotion_ids of the add-ons opted for
    claimable : promotions whose coupon is not held and would lower the price further
    missing : facts that may make another price possible
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    basket: PricedBasket
    coupons: tuple[str, ...] = ()
    add_ons: tuple[str, ...] = ()
    certificate: Certificate
    claimable: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether the certificate proves that nothing is lower."""
        return self.certificate.method != "AS_GIVEN" and self.certificate.bound == self.basket.payable


def best_price(
    lines: Iterable[BasketLine | Mapping[str, Any]],
    promotions: Iterable[Promotion | Mapping[str, Any]],
    coupons: Iterable[Coupon | Mapping[str, Any]] = (),
    customer: User | Mapping[str, Any] | None = None,
    channel: str | None = None,
    at: Any = None,
    *,
    purchase: Purchase | None = None,
    catalogue: Catalogue | None = None,
    freight: Any = "0.00",
    most_priced: int = MOST_PRICED,
) -> BestPrice:
    """Choose the coupons and add-ons with which a basket costs least, freight included.

    Parameters
    ----------
    coupons : iterable of Coupon
        All that the customer holds; those they cannot use now are left out.
    most_priced : int
        Up to so many choices each is priced.

    The other parameters are those of :func:`~kg_service.rules.pricing.price_basket`, and so are the errors.

    Examples
    --------
    >>> offers = [{"promotion_id": key, "name": key, "kind": "COUPON_FIXED", "effect": {"off": off},
    ...            "condition": {"measure": "AMOUNT", "value": value}, "stacking": {"group": "coupons"}}
    ...           for key, off, value in (("A", "10.00", "50.00"), ("B", "15.00", "120.00"))]
    >>> held = [{"coupon_id": "1", "promotion_id": "A", "user_id": "U", "status": "UNUSED"},
    ...         {"coupon_id": "2", "promotion_id": "B", "user_id": "U", "status": "UNUSED"}]
    >>> best = best_price([{"line_id": "1", "sku_id": "S", "quantity": 1, "list_price": "100.00"}], offers, held)
    >>> str(best.basket.payable), best.coupons, best.certificate.method, best.proved
    ('90.00', ('1',), 'EXHAUSTIVE', True)
    """
    pricer, order = open_pricer(
        lines, promotions, customer, channel, at, purchase=purchase, catalogue=catalogue, freight=freight
    )
    held = [coerce(Coupon, coupon) for coupon in coupons]
    search = _Search(pricer, Choices.of(pricer, held))
    certificate = search.every() if search.choices.count <= most_priced else search.led()
    _, _, coupon_ids, add_ons = search.best
    used = [coupon for coupon in held if coupon.coupon_id in coupon_ids]
    outcome = pricer.run(used, add_ons)
    _judge_unused(pricer, outcome, held, used, add_ons)
    basket = priced_basket(outcome, pricer, order)
    return BestPrice(
        basket=basket,
        coupons=coupon_ids,
        add_ons=tuple(key for key in add_ons if basket.application(key) is not None),
        certificate=certificate,
        claimable=_claimable(pricer, held, used, add_ons, int(basket.payable)),
        missing=tuple(dict.fromkeys([*search.choices.missing, *basket.missing])),
    )


def _judge_unused(
    pricer: Pricer, outcome: Outcome, held: Sequence[Coupon], used: Sequence[Coupon], add_ons: Sequence[str]
) -> None:
    """A coupon that is held and not used was not eligible, or blocked, or not worth choosing; it is not one nobody holds."""
    taken = {coupon.promotion_id for coupon in used}
    for coupon in held:
        if coupon.promotion_id in taken or coupon.promotion_id not in pricer.promotions:
            continue
        key = coupon.promotion_id, coupon.coupon_id
        verdict = pricer.run([*used, coupon], add_ons).verdicts.get(key)
        if verdict is None or verdict.status == "MATCHED":
            verdict = Verdict("NOT_MATCHED", [Gap(code="NOT_CHOSEN")])
        outcome.verdicts.pop((coupon.promotion_id, ""), None)
        outcome.verdicts[key] = verdict


class _Search:
    """The choices priced so far, and the best of them as (payable, coupons and add-ons, coupon_ids, add-ons)."""

    def __init__(self, pricer: Pricer, choices: Choices) -> None:
        self.pricer = pricer
        self.choices = choices
        self.best: tuple[int, int, tuple[str, ...], tuple[str, ...]]
        self.tried: list[tuple[tuple[str, ...], tuple[str, ...]]] = []

    def every(self) -> Certificate:
        """Price each choice."""
        for add_ons in self.choices.each_add_on():
            for pick in self.choices.each_pick():
                self._price(pick, add_ons)
        count = len(self.tried)
        return Certificate(method="EXHAUSTIVE", bound=Money(self.best[0]), choices=count, priced=count)

    def led(self) -> Certificate:
        """Price what the ceilings leave in question."""
        bounds = []
        for add_ons in self.choices.each_add_on():
            bounds.append(self._led(add_ons))
        return Certificate(
            method="MILP",
            bound=Money(min(self.best[0], *bounds)),
            choices=self.choices.count,
            priced=len(self.tried),
            tried=tuple(self.tried),
        )

    def _price(self, pick: Pick, add_ons: tuple[str, ...]) -> int:
        payable = self.pricer.run(pick, add_ons).payable
        ids = tuple(sorted(coupon.coupon_id for coupon in pick))
        self.tried.append((ids, add_ons))
        found = (payable, len(ids) + len(add_ons), ids, add_ons)
        if len(self.tried) == 1 or found < self.best:
            self.best = found
        return payable

    def _led(self, add_ons: tuple[str, ...]) -> int:
        """The lower bound over all picks with these add-ons; prices picks until it is proved or enough were priced."""
        if not self.choices.slots:
            return self._price((), add_ons)
        programme = _Programme(self.pricer, self.choices, add_ons)
        for _ in range(MOST_LED):
            saved, pick = programme.next()
            if pick is None or (self.tried and programme.base - saved >= self.best[0]):
                return self.best[0]
            self._price(pick, add_ons)
        saved, pick = programme.next()
        return self.best[0] if pick is None else programme.base - saved


class _Programme:
    """Which picks could still save most: one variable for each pick of each slot, cut by cut.

    Attributes
    ----------
    base : payable less everything that promotions no pick touches can still take off, 分
    """

    def __init__(self, pricer: Pricer, choices: Choices, add_ons: tuple[str, ...]) -> None:
        import highspy  # where few choices are to be made it is never needed

        start = _undisturbed(pricer, choices, add_ons)
        most = {
            key: ceiling(one, start.basket, pricer.freight)
            for key, one in pricer.promotions.items()
            if one.layer_number >= start.reached
        }
        self.base = start.payable - _automatic(pricer, most)
        self._slots = choices.slots
        self._worth = [[sum(most[coupon.promotion_id] for coupon in pick) for pick in slot] for slot in choices.slots]
        self._solver: Any = highspy.Highs()  # type: ignore[no-untyped-call]
        self._solver.silent()
        self._solver.setOptionValue("mip_rel_gap", 0.0)
        self._solver.setOptionValue("mip_abs_gap", 0.0)
        self._taken = [[self._solver.addBinary() for _ in slot] for slot in choices.slots]
        for slot in self._taken:
            self._solver.addConstr(sum(slot) == 1)
        self._goal = sum(
            worth * variable
            for worths, slot in zip(self._worth, self._taken, strict=True)
            for worth, variable in zip(worths, slot, strict=True)
        )

    def next(self) -> tuple[int, Pick | None]:
        """The most that a pick not yet given could save, 分, and the pick; it is given once."""
        import highspy

        self._solver.maximize(self._goal)
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return 0, None
        chosen = [next(i for i, variable in enumerate(slot) if self._solver.val(variable) > 0.5) for slot in self._taken]
        # whole numbers again: the solver's are floats
        saved = sum(worths[i] for worths, i in zip(self._worth, chosen, strict=True))
        ones = [slot[i] for slot, i in zip(self._taken, chosen, strict=True)]
        self._solver.addConstr(sum(ones) <= len(ones) - 1)
        pick = tuple(coupon for slot, i in zip(self._slots, chosen, strict=True) for coupon in slot[i])
        return saved, pick


def _undisturbed(pricer: Pricer, choices: Choices, add_ons: tuple[str, ...]) -> Outcome:
    """The basket after the layers below the first coupon's: the same whatever is picked."""
    keys = {coupon.promotion_id for slot in choices.slots for pick in slot for coupon in pick}
    first = min((pricer.promotions[key].layer_number for key in keys), default=0)
    lower = [one for one in pricer.promotions.values() if one.layer_number < first]
    for one in pricer.promotions.values():
        # an exclusive promotion of a later layer takes away what it names in earlier ones
        if one.layer_number >= first and one.stacking.exclusive and any(conflicts(one, other) for other in lower):
            return pricer.run((), add_ons, below=0)
    return pricer.run((), add_ons, below=first)


def _automatic(pricer: Pricer, most: Mapping[str, int]) -> int:
    """The most that promotions nobody picks can still take off, 分; one of each stacking group that keeps one."""
    groups: dict[tuple[int, str], int] = {}
    alone = 0
    for key, value in most.items():
        promotion = pricer.promotions[key]
        if promotion.kind in COUPONS:
            continue
        group = promotion.stacking.group
        if group is None or promotion.stacking.within_group == "ALL":
            alone += value
        else:
            place = promotion.layer_number, group
            groups[place] = max(groups.get(place, 0), value)
    return alone + sum(groups.values())


def _claimable(
    pricer: Pricer, held: Sequence[Coupon], used: Sequence[Coupon], add_ons: tuple[str, ...], payable: int
) -> tuple[str, ...]:
    """Promotions whose coupon is not held and would lower the price."""
    owned = {coupon.promotion_id for coupon in held}
    found = []
    for key, promotion in pricer.promotions.items():
        if promotion.kind not in COUPONS or key in owned:
            continue
        claimed = Coupon(coupon_id=f"?{key}", promotion_id=key, user_id="?", status="UNUSED")
        gaps, missing = pricer.audience(Offer(promotion, claimed))
        if not gaps and not missing and pricer.run([*used, claimed], add_ons).payable < payable:
            found.append(key)
    return tuple(found)
