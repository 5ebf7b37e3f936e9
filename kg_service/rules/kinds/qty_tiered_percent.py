"""QTY_TIERED_PERCENT N件M折: all units in scope at the tier reached by their number.

Its condition counts units where 满折 counts money (:attr:`Promotion.measure`); the grant is the same.
"""

from __future__ import annotations

from kg_service.rules.kinds.amount_threshold_percent import evaluate

__all__ = ["evaluate"]
