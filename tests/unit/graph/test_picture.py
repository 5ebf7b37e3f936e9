"""Subgraphs as pictures; the drawing itself is looked at by people, what must hold is tested."""

import itertools
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import networkx as nx
import pytest

from kg_service.errors import ConfigurationError
from kg_service.graph import canvas
from kg_service.graph.fonts import chinese_font
from kg_service.graph.layers import layered
from kg_service.graph.picture import PictureWarning, draw
from tests.unit.graph.sample import order_graph


def test_an_svg_holds_every_name(tmp_path: Path):
    path = draw(order_graph(), tmp_path / "deep" / "graph.svg", title="锅退了还减吗", focus=["OrderLine:O5/1"])
    text = path.read_text(encoding="utf-8")
    ElementTree.fromstring(text)
    for words in ("锅退了还减吗", "钱多多", "订单行 1 破壁料理机", "厨具每满200减30", "参与 凑单并享优惠 20.00", "厨房电器"):
        assert words in text


def test_the_same_graph_gives_the_same_svg(tmp_path: Path):
    one, other = (draw(order_graph(), tmp_path / f"{name}.svg").read_bytes() for name in "ab")
    assert one == other


def test_a_png_is_a_png_of_a_readable_size(tmp_path: Path):
    from PIL import Image

    path = draw(order_graph(), tmp_path / "graph.PNG")
    with Image.open(path) as image:
        assert image.format == "PNG"
        assert image.width > 1000


def test_the_package_brings_a_font_with_every_common_character():
    family = chinese_font()
    assert family is not None
    from fontTools.ttLib import TTFont
    from matplotlib import font_manager

    file = font_manager.findfont(font_manager.FontProperties(family=family), fallback_to_default=False)
    known = TTFont(file, fontNumber=0).getBestCmap()
    assert all(ord(ch) in known for ch in "优惠还在吗赠品满减退货優惠還嗎贈滿減退貨麵臺灣")


def test_without_such_a_font_a_png_keeps_to_ids_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(canvas, "chinese_font", lambda: None)
    with pytest.warns(PictureWarning, match="shows ids"):
        draw(order_graph(), tmp_path / "graph.png", title="锅退了还减吗")
    with pytest.warns(PictureWarning, match="viewer's own"):
        path = draw(order_graph(), tmp_path / "graph.svg")
    assert "破壁料理机</text>" in path.read_text(encoding="utf-8")


def test_another_suffix_is_refused(tmp_path: Path):
    with pytest.raises(ConfigurationError, match=r"graph\.jpg: a picture is an \.svg or a \.png file"):
        draw(order_graph(), tmp_path / "graph.jpg")


def test_an_empty_graph_is_an_empty_picture(tmp_path: Path):
    assert draw(nx.MultiDiGraph(), tmp_path / "none.svg").exists()


def test_boxes_of_a_column_keep_their_distance():
    graph = order_graph()
    for number in range(9):
        graph.add_edge("Order:O5", f"Payment:{number}", type="PAID_WITH")
        graph.nodes[f"Payment:{number}"].update(label="Payment", properties={})
    height = {node: 0.5 + (len(node) % 3) / 2 for node in graph}
    layout = layered(graph, height, gap=0.25)
    by_column: dict[int, list[str]] = {}
    for node, (column, _) in layout.place.items():
        by_column.setdefault(column, []).append(node)
    for nodes in by_column.values():
        nodes.sort(key=lambda node: layout.place[node][1])
        for above, below in itertools.pairwise(nodes):
            distance = layout.place[below][1] - layout.place[above][1] - (height[above] + height[below]) / 2
            assert distance >= 0.25 - 1e-9
    assert layout.place["Category:C0"][0] == layout.place["Category:C1"][0] + 1
    assert len(layout.route["Order:O5", "PromotionApplication:O5/A"]) == 1


def test_nodes_without_relationships_stand_in_rows_below_the_others():
    graph = order_graph()
    loose = [f"Term:{number}" for number in range(9)]
    for node in loose:
        graph.add_node(node, label="Term", properties={"text": node})
    layout = layered(graph, dict.fromkeys(graph, 0.5), gap=0.25)
    lowest = max(y for node, (_, y) in layout.place.items() if node not in loose)
    assert all(layout.place[node][1] > lowest for node in loose)
    assert len({layout.place[node] for node in loose}) == len(loose)
    assert layout.height >= max(y for _, y in layout.place.values()) + 0.25
