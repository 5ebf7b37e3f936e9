"""Which source an after-sale rule comes from (promotions.md section 7)."""

import pytest

from kg_service.dataset.promotion import Promotion
from kg_service.dataset.term import Term
from kg_service.rules.after_sale import resolve
from kg_service.rules.catalogue import Goods

GOODS = [Goods(sku_id="S", product_id="P")]
AT = 1_700_000_000_000


def promotion(**after_sale):
    return Promotion.model_validate(
        {
            "promotion_id": "PR",
            "name": "满减",
            "kind": "AMOUNT_THRESHOLD_OFF",
            "effect": {"off": "10.00"},
            "after_sale": after_sale,
        }
        | {"condition": {"measure": "AMOUNT", "value": "100.00"}}
    )


def term(term_id, basis, **values):
    return Term.model_validate({"term_id": term_id, "topic": "COUPON", "text": term_id, "basis": basis, "values": values})


@pytest.mark.parametrize(
    ("merchant", "platform", "value", "rests_on"),
    [
        ("CHARGE_BUYER", "FLOOR_ZERO", "FLOOR_ZERO", "T-PLATFORM"),
        ("FLOOR_ZERO", "CHARGE_BUYER", "FLOOR_ZERO", "T-OWN"),
        ("CHARGE_BUYER", "CHARGE_BUYER", "CHARGE_BUYER", "T-OWN"),
    ],
    ids=["a better platform term", "a better promise of the merchant", "the same"],
)
def test_a_merchant_term_yields_to_a_better_term_of_the_platform(merchant, platform, value, rests_on):
    own = term("T-OWN", "MERCHANT_TERM", negative_settlement=merchant)
    general = term("T-PLATFORM", "PLATFORM_TERM", negative_settlement=platform)
    for stated in ({"term_id": "T-OWN"}, {"term_id": "T-OWN", "negative_settlement": merchant}):
        ruling = resolve(promotion(**stated), [own, general], GOODS, AT).negative_settlement
        assert (ruling.value, ruling.basis.id) == (value, rests_on)


def test_what_the_platform_states_of_a_promotion_stands_above_its_general_terms():
    own = term("T-OWN", "PLATFORM_TERM", negative_settlement="CHARGE_BUYER")
    general = term("T-PLATFORM", "PLATFORM_TERM", negative_settlement="FLOOR_ZERO")
    assert resolve(promotion(term_id="T-OWN"), [own, general], GOODS, AT).negative_settlement.value == "CHARGE_BUYER"


def test_of_general_terms_the_best_for_the_buyer_counts_and_of_equals_the_platform_s():
    terms = [term(name, basis, gift=value) for name, basis, value in (
        ("T-A", "MERCHANT_TERM", "KEEP"), ("T-B", "PLATFORM_TERM", "KEEP"), ("T-C", "PLATFORM_TERM", "RETURN_OR_PAY_DECLARED"),
    )]  # fmt: skip
    ruling = resolve(promotion(), terms, GOODS, AT).gift
    assert (ruling.value, ruling.basis.id) == ("KEEP", "T-B")
