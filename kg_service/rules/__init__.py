"""Promotions and partial returns as pure functions of the data-set models (promotions.md); usable without any store."""

from kg_service.rules.basket import BasketLine, PricedBasket, Purchase
from kg_service.rules.catalogue import Catalogue, Goods
from kg_service.rules.pricing import price_basket
from kg_service.rules.quote import ReturnQuote
from kg_service.rules.returns import quote_return

__all__ = [
    "BasketLine",
    "Catalogue",
    "Goods",
    "PricedBasket",
    "Purchase",
    "ReturnQuote",
    "price_basket",
    "quote_return",
]
