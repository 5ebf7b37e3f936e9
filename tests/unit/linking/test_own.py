"""The customer's own goods, also where the catalogue has no such name."""

from kg_service.linking import Lexicon, LexiconEntry, OwnLine, link_own
from kg_service.text import normalise

LINES = (
    OwnLine("O2", "L1", "S2", 1, "RECEIVED", 2, product_id="P2", product_name="泊岸 智能扫地机器人 R8", spec=(("颜色", "白"),)),
    OwnLine("O1", "L1", "S1", 1, "RECEIVED", 1, product_id="P1", product_name="泊岸 加湿器", category_ids=("C1",)),
)


def own(text, lexicon=None):
    form = normalise(text)
    mentions = (lexicon or Lexicon.build([])).find(form)
    return [(m.text, [ref.id for ref in m.refs], m.match) for m in link_own(form, LINES, mentions, [(0, len(form.text))])]


def test_part_of_a_name_finds_the_line():
    assert ("机器人", ["O2/L1"], "OWN_ORDER") in own("机器人")
    assert ("扫地机器人", ["O2/L1"], "OWN_ORDER") in own("扫地机器人")


def test_a_specification_finds_the_line():
    assert own("白色的")[0][:2] == ("白色", ["O2/L1"])


def test_a_name_of_the_catalogue_carries_own_lines_first():
    lexicon = Lexicon.build([LexiconEntry("家电", "category", "C1")])
    assert own("家电", lexicon) == [("家电", ["O1/L1", "C1"], "EXACT")]
