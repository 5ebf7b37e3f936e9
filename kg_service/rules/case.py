"""An order with everything its settlement depends on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from kg_service.dataset.order import Application, Order, OrderLine
from kg_service.dataset.promotion import Promotion
from kg_service.rules.after_sale import AfterSaleRules
from kg_service.rules.catalogue import Catalogue, Goods
from kg_service.rules.kinds import Evaluation

__all__ = ["Case"]


@dataclass(frozen=True)
class Case:
    """An order with everything its settlement depends on.

    What is derived from the order alone is computed once: comparing ways to return it settles it many times over.

    Attributes
    ----------
    promotions : by ``promotion_id@version``
    rules : the after-sale rules, by ``promotion_id@version``
    """

    order: Order
    promotions: Mapping[str, Promotion]
    rules: Mapping[str, AfterSaleRules]
    catalogue: Catalogue

    @cached_property
    def lines(self) -> dict[str, OrderLine]:
        return {line.line_id: line for line in self.order.lines}

    @cached_property
    def splits(self) -> dict[tuple[str, int], dict[str, int]]:
        """Filled while settling: the recorded shares of so many units of a line, by application."""
        return {}

    @cached_property
    def as_bought(self) -> dict[str, Evaluation | str]:
        """Filled while settling: what each application's promotion granted at the purchase, or the fact that is missing."""
        return {}

    @cached_property
    def served(self) -> dict[str, dict[str, set[int]] | str]:
        """Filled while settling: which components each participant of an application can serve, or the fact that is missing."""
        return {}

    def is_gift(self, line_id: str) -> bool:
        """Whether a line was given, not bought."""
        return self.lines[line_id].role == "GIFT"

    def promotion_of(self, application: Application) -> Promotion | None:
        return self.promotions.get(f"{application.promotion_id}@{application.version}")

    def rules_of(self, application: Application) -> AfterSaleRules | None:
        return self.rules.get(f"{application.promotion_id}@{application.version}")

    def goods_of(self, line: OrderLine) -> Goods:
        return self.catalogue.get(line.sku_id) or Goods(line.sku_id)

    @cached_property
    def applications(self) -> tuple[Application, ...]:
        """In the order they were applied: by layer, priority, promotion_id; those of unknown promotions last."""

        def place(application: Application) -> tuple[int, int, str, str]:
            promotion = self.promotion_of(application)
            layer = 1000 if promotion is None else promotion.layer_number
            priority = 0 if promotion is None else promotion.stacking.priority
            return layer, -priority, application.promotion_id, application.application_id

        return tuple(sorted(self.order.applications or [], key=place))

    @cached_property
    def item_level(self) -> frozenset[str]:
        """The applications of layer 10."""
        return frozenset(
            one.application_id for one in self.applications if (its := self.promotion_of(one)) and its.layer_number == 10
        )

    @cached_property
    def recorded(self) -> dict[str, dict[str, int]]:
        """The recorded shares, 分: line_id to application_id to share."""
        found: dict[str, dict[str, int]] = {line_id: {} for line_id in self.lines}
        for application in self.order.applications or []:
            for participant in application.participants:
                found[participant.line_id][application.application_id] = int(participant.share)
        return found
