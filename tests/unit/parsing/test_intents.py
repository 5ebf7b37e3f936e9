"""From cues and chances to an intent and how surely."""

from kg_service.parsing.intents import OUT_OF_SCOPE, REFUSE, Cue, Intent, IntentSet


def _intent(name, **weights):
    cues = [Cue(when=concept, weight=weight) for concept, weight in weights.items()]
    return Intent(intent=name, group="SERVICE", definition=name, title=name, rule="faq", examples=[name], cues=cues)


INTENTS = IntentSet([_intent("return", RETURN=6, PRICE=2), _intent("price", PRICE=5), _intent(OUT_OF_SCOPE)])


def test_what_nothing_speaks_for_is_out_of_scope():
    verdict = INTENTS.judge([], 1.0, {})
    assert verdict.intent == OUT_OF_SCOPE
    assert verdict.runner_up in {"return", "price"}


def test_the_intent_that_most_speaks_for_comes_first():
    verdict = INTENTS.judge(["RETURN"], 0.0, {})
    assert (verdict.intent, verdict.runner_up) == ("return", "price")
    assert REFUSE < verdict.margin <= verdict.confidence < 1


def test_what_is_not_explained_lowers_the_confidence():
    sure, unsure = (INTENTS.judge(["RETURN"], unknown, {}).confidence for unknown in (0.0, 0.8))
    assert unsure < sure


def test_a_second_likely_intent_lowers_the_confidence():
    assert (
        INTENTS.judge(["PRICE"], 0.0, {}).confidence < IntentSet([_intent("price", PRICE=5)]).judge(["PRICE"], 0, {}).confidence
    )


def test_what_was_learnt_weighs_beside_the_cues():
    chances = {"return": 0.02, "price": 0.96, OUT_OF_SCOPE: 0.02}
    plain, learnt = INTENTS.judge(["PRICE"], 0.0, {}), INTENTS.judge(["PRICE"], 0.0, chances)
    assert learnt.intent == plain.intent == "price"
    assert learnt.confidence > plain.confidence
    assert INTENTS.judge(["PRICE"], 0.0, {"return": 0.02, "price": 0.02, OUT_OF_SCOPE: 0.96}).confidence < plain.confidence
