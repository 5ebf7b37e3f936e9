"""Promotions and partial returns as pure functions of the data-set models (promotions.md); usable without any store."""

from kg_service.rules.add_on import AddOn, cheapest_add_ons
from kg_service.rules.basket import BasketLine, PricedBasket, Purchase
from kg_service.rules.best_price import BestPrice, best_price
from kg_service.rules.bought import as_order
from kg_service.rules.catalogue import Catalogue, Goods
from kg_service.rules.certificate import verify
from kg_service.rules.pricing import price_basket
from kg_service.rules.quote import ReturnQuote
from kg_service.rules.returns import quote_return
from kg_service.rules.stacking import stacking_pairs
from kg_service.rules.what_if import cheapest_returns, last_safe_returns

__all__ = [
    "AddOn",
    "BasketLine",
    "BestPrice",
    "Catalogue",
    "Goods",
    "PricedBasket",
    "Purchase",
    "ReturnQuote",
    "as_order",
    "best_price",
    "cheapest_add_ons",
    "cheapest_returns",
    "last_safe_returns",
    "price_basket",
    "quote_return",
    "stacking_pairs",
    "verify",
]
