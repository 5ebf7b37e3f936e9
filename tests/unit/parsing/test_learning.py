"""What is learnt from examples: the same again, kept whole, and nothing of what customers type."""

from multiprocessing import get_context

import pytest

from kg_service.errors import ResourceError
from kg_service.linking import Lexicon
from kg_service.parsing import learning
from kg_service.parsing.concepts import ConceptLexicon
from kg_service.parsing.intents import Intent, IntentSet
from kg_service.parsing.parser import Parser
from kg_service.parsing.textcat import IntentModel, features

KNOWN = [
    (features(["RETURN"], ["GOODS", "RETURN"], "□能退吗"), "return"),
    (features(["RETURN"], ["RETURN"], "想退货"), "return"),
    (features(["PRICE"], ["GOODS", "PRICE"], "□多少钱"), "price"),
    (features(["PRICE"], ["PRICE"], "什么价"), "price"),
]


def _intent(name, *examples):
    return Intent(intent=name, group="SERVICE", definition=name, title=name, rule="faq", examples=list(examples))


def small():
    """A parser of two intents, so that learning takes a moment."""
    intents = IntentSet([_intent("return", "{手机}能退吗", "想退货", "退了行不行"), _intent("price", "{手机}多少钱", "什么价")])
    return Parser(intents, ConceptLexicon.open(), Lexicon.build(()))


def learn_in_a_process(cache):
    learning._cached = lambda: cache
    learning.learn(small(), check=False)


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "understanding" / "fingerprint"
    monkeypatch.setattr(learning, "_cached", lambda: folder)
    monkeypatch.setattr(learning, "SHIPPED", tmp_path / "shipped")
    return folder


def test_the_same_examples_give_the_same_model():
    first, second = IntentModel.train(KNOWN), IntentModel.train(KNOWN)
    for words, _ in KNOWN:
        assert first.chances(words) == second.chances(words)


def test_chances_sum_to_one_and_know_their_examples():
    model = IntentModel.train(KNOWN)
    for words, intent in KNOWN:
        chances = model.chances(words)
        assert sum(chances.values()) == pytest.approx(1)
        assert max(chances, key=chances.get) == intent


def test_a_model_that_was_kept_gives_the_same_chances(tmp_path):
    model = IntentModel.train(KNOWN)
    model.save(tmp_path / "model")
    kept = IntentModel.load(tmp_path / "model")
    assert kept.labels == model.labels
    for words, _ in KNOWN:
        assert kept.chances(words) == pytest.approx(model.chances(words))


def test_features_it_never_saw_change_nothing():
    model = IntentModel.train(KNOWN)
    words = KNOWN[0][0]
    assert model.chances([*words, "#NEVER", "饕餮"]) == model.chances(words)


def test_what_is_asked_does_not_stay_in_its_vocabulary():
    model = IntentModel.train(KNOWN)
    model.chances(KNOWN[0][0])
    before = len(model._nlp.vocab.strings)
    for number in range(50):
        model.chances([f"张三的地址{number}"])
    assert len(model._nlp.vocab.strings) == before


def test_examples_are_read_with_what_stands_in_braces_as_goods():
    known = learning.examples(small())
    assert [intent for _, intent in known] == ["return"] * 3 + ["price"] * 2
    assert "□" in known[0][0]
    assert not any("手" in word for words, _ in known for word in words)


def test_learning_reports_what_it_measured(cache):
    passes = []
    report = learning.learn(small(), progress=lambda done, of: passes.append((done, of)))
    assert (report.examples, report.intents, report.folder) == (5, 2, cache)
    assert report.accuracy is not None
    assert sum(times for _, _, times in report.confused) == round((1 - report.accuracy) * 5)
    assert [done for done, _ in passes] == list(range(1, passes[0][1] + 1))
    assert learning.learn(small(), check=False).accuracy is None


def test_what_was_learnt_is_opened_and_not_learnt_again(cache, monkeypatch):
    learnt = learning.open_model(small())
    monkeypatch.setattr(IntentModel, "train", None)
    again = learning.open_model(small())
    words, _ = learning.examples(small())[0]
    assert again.chances(words) == pytest.approx(learnt.chances(words))


def test_a_package_carries_one_model(cache):
    old = learning.SHIPPED / "0123"
    old.mkdir(parents=True)
    report = learning.learn(small(), package=True, check=False)
    assert list(learning.SHIPPED.iterdir()) == [report.folder]
    assert not cache.exists()
    assert learning.open_model(small()).labels == ("price", "return")


def test_a_cache_that_cannot_be_written_stops_nobody_but_who_asked_for_it(cache):
    cache.parent.parent.joinpath("understanding").write_text("a file where a folder has to be")
    assert learning.open_model(small()).labels == ("price", "return")
    with pytest.raises(ResourceError, match="cannot be kept"):
        learning.learn(small(), check=False)


def test_two_processes_may_learn_at_once(cache):
    # spawned: a fork of a process with threads may hang
    context = get_context("spawn")
    processes = [context.Process(target=learn_in_a_process, args=(cache,)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(120)
    assert [process.exitcode for process in processes] == [0, 0]
    assert [path.name for path in cache.parent.iterdir()] == [cache.name]
    assert IntentModel.load(cache).labels == ("price", "return")


def test_the_fingerprint_is_of_the_sources_wherever_they_lie(tmp_path, monkeypatch):
    once = learning.fingerprint()
    learning.fingerprint.cache_clear()
    sources = list(learning._sources())
    for number, path in enumerate(sources):
        moved = tmp_path / str(number % 2) / str(number) / path.parent.name / path.name
        moved.parent.mkdir(parents=True)
        moved.write_bytes(path.read_bytes())
    monkeypatch.setattr(learning, "_sources", lambda: tmp_path.rglob("*.*"))
    assert learning.fingerprint() == once
    learning.fingerprint.cache_clear()
