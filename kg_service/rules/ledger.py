"""The shares of an order's applications while they are judged, for any number of a line's units (promotions.md section 6)."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from kg_service.dataset.order import Application, OrderLine
from kg_service.rules.allocation import Claim, largest_remainder
from kg_service.rules.case import Case
from kg_service.rules.kinds import Position

__all__ = ["Ledger", "split_shares"]


def split_shares(line: OrderLine, shares: Mapping[str, int], units: int) -> dict[str, int]:
    """The shares that ``units`` of a line's equal units carry away when they are returned, by application.

    The units' payable is ⌊P·r/N⌋; what they carry is shared by largest remainder over the applications, by their shares.

    Parameters
    ----------
    shares : the line's recorded shares by application_id, 分
    units : r, of the line's N

    Examples
    --------
    >>> line = OrderLine.model_validate({"line_id": "1", "sku_id": "S", "quantity": 3, "list_price": "10.00"})
    >>> split_shares(line, {"A": 100}, 1), split_shares(line, {"A": 750, "B": 31}, 1)
    ({'A': 34}, {'A': 251, 'B': 10})
    """
    if units == 0 or not any(shares.values()):
        return dict.fromkeys(shares, 0)
    payable = int(line.list_price) * line.quantity - sum(shares.values())
    carried = int(line.list_price) * units - payable * units // line.quantity
    return largest_remainder(carried, [Claim(key, Fraction(share)) for key, share in shares.items()])


class _Running:
    """What is off so many units of a line so far: entries are only ever added."""

    __slots__ = ("done", "item", "left", "shares", "worth")

    def __init__(self, worth: int) -> None:
        self.worth = self.left = self.item = worth
        self.done = 0
        self.shares: dict[str, int] = {}


class Ledger:
    """The shares of the applications judged so far.

    A recorded share follows the units (:func:`split_shares`); a share computed afresh over some units belongs to those first
    (inside one line ⌊share × units / those units⌋). No share is above what is left of its line (0 ≤ share ≤ base): an earlier
    promotion, computed afresh, may leave a line less than a later one's recorded share.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self._lines = case.lines
        self._entered: dict[str, list[str]] = {line_id: [] for line_id in case.lines}
        self._fresh: dict[str, dict[str, tuple[int, int]]] = {}
        self._touched: set[str] = set()
        self._running: dict[tuple[str, int], _Running] = {}

    def enter(self, application: Application, fresh: dict[str, tuple[int, int]] | None) -> None:
        """Note an application as judged; ``fresh`` is (share, units it was computed over) by line, where it was."""
        key = application.application_id
        for participant in application.participants:
            self._entered[participant.line_id].append(key)
            if fresh is not None:
                self._touched.add(participant.line_id)
        if fresh is not None:
            self._fresh[key] = fresh

    def recorded(self, line_id: str, units: int) -> Mapping[str, int]:
        """The recorded shares of ``units`` units of a line, by application."""
        known = self._case.splits
        if (line_id, units) not in known:
            line, shares = self._lines[line_id], self._case.recorded[line_id]
            carried = split_shares(line, shares, line.quantity - units)
            known[line_id, units] = {key: share - carried[key] for key, share in shares.items()}
        return known[line_id, units]

    def share(self, line_id: str, units: int, application_id: str) -> int:
        """The share of ``units`` units of a line in an application judged so far, 分."""
        return self._at(line_id, units).shares[application_id]

    def payable(self, line_id: str, units: int) -> int:
        """What ``units`` units of a line cost, 分."""
        return self._at(line_id, units).left

    def unchanged(self, line_id: str, units: int) -> bool:
        """Whether so many units still carry their recorded shares in all that was judged so far."""
        if line_id not in self._touched:
            return True
        record = self.recorded(line_id, units)
        return all(record[key] == share for key, share in self._at(line_id, units).shares.items())

    def position(self, line_id: str, units: int) -> Position:
        """So many units of a line as the next promotion sees them."""
        running = self._at(line_id, units)
        sku_id = self._lines[line_id].sku_id
        return Position(line_id, sku_id, units, running.worth, running.item, running.left)

    def as_bought(self, line_id: str) -> Position:
        """The whole line as the next promotion saw it at the purchase."""
        line, shares = self._lines[line_id], self._case.recorded[line_id]
        worth = int(line.list_price) * line.quantity
        off = {key: shares[key] for key in self._entered[line_id]}
        item = sum(share for key, share in off.items() if key in self._case.item_level)
        return Position(line_id, line.sku_id, line.quantity, worth, worth - item, worth - sum(off.values()))

    def _at(self, line_id: str, units: int) -> _Running:
        found = self._running.get((line_id, units))
        if found is None:
            found = self._running[line_id, units] = _Running(int(self._lines[line_id].list_price) * units)
        entered = self._entered[line_id]
        if found.done < len(entered):
            record = self.recorded(line_id, units)
            for key in entered[found.done :]:
                share = record[key]
                if key in self._fresh:
                    whole, over = self._fresh[key].get(line_id, (0, 0))
                    share = whole if units >= over else whole * units // over
                share = min(share, found.left)
                found.shares[key] = share
                found.left -= share
                if key in self._case.item_level:
                    found.item -= share
            found.done = len(entered)
        return found
