"""Names in a text: borders, short forms, shared names."""

from kg_service.linking import Lexicon, LexiconEntry


def found(lexicon, text):
    return [(mention.text, {ref.id for ref in mention.refs}, mention.match) for mention in lexicon.find(text)]


def test_the_longest_name_wins_and_letters_are_not_cut():
    lexicon = Lexicon.build([LexiconEntry("Kite 5", "product", "P5"), LexiconEntry("Kite 5 Max", "product", "P5M")])
    assert found(lexicon, "kite5max多少钱") == [("kite5max", {"P5M"}, "EXACT")]
    assert found(lexicon, "Kite 5多少钱") == [("kite5", {"P5"}, "EXACT")]
    assert all("P5" not in ids for _, ids, match in found(lexicon, "kite55") if match != "SHORT")


def test_short_forms_leave_out_brand_and_details():
    lexicon = Lexicon.build(
        [LexiconEntry("远帆", "brand", "B"), LexiconEntry("远帆 Sail 20 Ultra 折叠屏手机 12GB+512GB", "product", "P")]
    )
    for text in ("sail20ultra", "远帆sail20", "Sail 20"):
        assert found(lexicon, text)[0][1] == {"P"}, text


def test_a_shared_alias_means_all_of_them():
    lexicon = Lexicon.build([LexiconEntry("小白", "product", "P1", "ALIAS"), LexiconEntry("小白", "product", "P2", "ALIAS", 5)])
    (mention,) = lexicon.find("小白")
    assert [ref.id for ref in mention.refs] == ["P2", "P1"]


def test_specifications_as_customers_say_them():
    lexicon = Lexicon.build([LexiconEntry("松石绿", "spec", "颜色=松石绿", "SPEC", group="颜色")])
    assert [mention.text for mention in lexicon.find("绿色的那个")] == ["绿色"]


def test_an_empty_lexicon_finds_nothing():
    assert Lexicon.build([]).find("手机") == []


def test_part_of_a_name_means_what_ends_with_it_before_what_contains_it():
    lexicon = Lexicon.build(
        [
            LexiconEntry("竹里", "brand", "B"),
            LexiconEntry("竹里 青瓷公道杯", "product", "P1"),
            LexiconEntry("竹里 公道杯收纳袋", "product", "P2"),
            LexiconEntry("品茗套组", "category", "C1"),
        ]
    )
    assert [ref.id for ref in lexicon.meaning("公道杯").refs] == ["P1"]
    assert [ref.id for ref in lexicon.meaning("青瓷").refs] == ["P1"]
    assert [(ref.kind, ref.id) for ref in lexicon.meaning("套组").refs] == [("category", "C1")]
    assert lexicon.meaning("竹席") is None
    assert lexicon.ending("那个公道杯", 0, 5) == (2, 5)


def test_many_products_of_one_kind_are_some_of_them_not_none():
    lexicon = Lexicon.build([LexiconEntry(f"第{i}号 卡林巴", "product", f"P{i}", popularity=i) for i in range(300)])
    assert len(lexicon.meaning("卡林巴").refs) == 20
    assert lexicon.meaning("卡林巴").refs[0].id == "P299"
