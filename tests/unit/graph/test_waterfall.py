"""The waterfall as a picture: what must hold; how it looks is looked at by people."""

from pathlib import Path

import pytest

from kg_service.errors import ConfigurationError
from kg_service.graph.waterfall import draw_waterfall
from kg_service.money import Money
from kg_service.rules.waterfall import Waterfall, build_rows


def sample() -> Waterfall:
    names = [f"很长的活动名称第{number}个满三百减五十还送东西的那个活动" for number in range(8)]
    promotions = [(f"P{number}", name, 1000, 500 if number else 0) for number, name in enumerate(names)]
    rows = build_rows((100000, 50000), promotions, 800, (92000, 46500))
    return Waterfall(order_id="O1", rows=rows, refund_amount=Money(45500), buyer_owes=Money(0))


@pytest.mark.parametrize("suffix", ["svg", "png"])
def test_it_is_drawn(tmp_path: Path, suffix: str):
    path = draw_waterfall(sample(), tmp_path / "deep" / f"waterfall.{suffix}", title="优惠")
    assert path.stat().st_size > 10_000


def test_another_suffix_is_refused(tmp_path: Path):
    with pytest.raises(ConfigurationError, match=r"\.svg or a \.png"):
        draw_waterfall(sample(), tmp_path / "waterfall.pdf")
