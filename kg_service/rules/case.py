"""An order with everything its settlement depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg_service.dataset.order import Application, Order, OrderLine
from kg_service.dataset.promotion import Promotion
from kg_service.rules.after_sale import AfterSaleRules
from kg_service.rules.catalogue import Catalogue, Goods

__all__ = ["Case"]


@dataclass(frozen=True)
class Case:
    """An order with everything its settlement depends on.

    Attributes
    ----------
    promotions : by ``promotion_id@version``
    rules : the after-sale rules, by ``promotion_id@version``
    """

    order: Order
    promotions: Mapping[str, Promotion]
    rules: Mapping[str, AfterSaleRules]
    catalogue: Catalogue

    @property
    def lines(self) -> dict[str, OrderLine]:
        return {line.line_id: line for line in self.order.lines}

    def promotion_of(self, application: Application) -> Promotion | None:
        return self.promotions.get(f"{application.promotion_id}@{application.version}")

    def rules_of(self, application: Application) -> AfterSaleRules | None:
        return self.rules.get(f"{application.promotion_id}@{application.version}")

    def goods_of(self, line: OrderLine) -> Goods:
        return self.catalogue.get(line.sku_id) or Goods(line.sku_id)

    def applications(self) -> list[Application]:
        """In the order they were applied: by layer, priority, promotion_id; those of unknown promotions last."""

        def place(application: Application) -> tuple[int, int, str, str]:
            promotion = self.promotion_of(application)
            layer = 1000 if promotion is None else promotion.layer_number
            priority = 0 if promotion is None else promotion.stacking.priority
            return layer, -priority, application.promotion_id, application.application_id

        return sorted(self.order.applications or [], key=place)
