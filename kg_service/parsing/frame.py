"""What a message was understood as."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

__all__ = ["EntityRef", "Frame", "Mention", "Period"]

EntityKind = Literal[
    "sku", "product", "category", "brand", "shop", "promotion", "spec", "attribute", "order", "line", "coupon", "return",
    "tracking", "words",
]  # fmt: skip
Role = Literal["RETURNED", "KEPT", "BOUGHT", "COMPARED", "GIFT", "ASKED"]
Match = Literal["EXACT", "ALIAS", "OWN_ORDER", "SHORT", "PINYIN", "TYPO", "CONTEXT"]
OrderStep = Literal["NEWEST", "BEFORE", "BEFORE_AGAIN", "BEFORE_TWICE", "AFTER", "OLDEST", "OTHER"]
Reason = Literal["NO_REASON", "QUALITY", "SELLER_FAULT", "SIZE", "OTHER"]


class Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class EntityRef(Part):
    """An entity of the graph by its id."""

    kind: EntityKind
    id: str


class Mention(Part):
    """A stretch of the message that names something.

    ``refs`` are all the entities it may mean (aliases may be shared); resolution against the customer's orders and the
    conversation comes later. ``start`` and ``end`` index the normalised text. A mention of kind ``words`` is a noun that no
    catalogue entry has; its ``text`` is what the customer called it.
    """

    text: str
    start: int
    end: int
    refs: tuple[EntityRef, ...]
    match: Match = "EXACT"
    score: float = 1.0
    role: Role | None = None
    quantity: int | None = None


class Period(Part):
    """A stretch of time in the message, epoch ms, both ends inclusive."""

    text: str
    start: int
    end: int


class Frame(Part):
    """One question of a message.

    Attributes
    ----------
    intent, confidence : the intent's name in ``seed_data/intents`` and the probability of it
    question_form : YES_NO, AMOUNT, WHICH, HOW, WHEN, STATEMENT …; decides whether a verdict is given
    asks : for yes/no questions about an offer: KEPT ("还在吗") or LOST ("会不会没了")
    whole_order : the customer speaks of returning the whole order
    rest : everything goes back but what is named (除了耳机都退) or was spoken of (其他都退)
    order_step : the order is named by its place among the customer's: NEWEST (最近一单), BEFORE (上一单), BEFORE_AGAIN
        (再上一单), BEFORE_TWICE (上上单), AFTER (后一单), OLDEST (最早那单), OTHER (另一单)
    gift_kept : the customer says the gift stays with them
    negated : "我不想退了"
    promotion_kinds : kinds of promotions the question names (有什么满减: AMOUNT_THRESHOLD_OFF); empty: any
    before : what was said of the same matter in the questions it goes on from (measures once given still hold)
    spoken : the goods of earlier questions of the conversation, oldest first
    too_long : the message was longer than :data:`kg_service.text.normalise.MAX_LENGTH`, so it was not read
    faq_id, faq_score : the preset answer that is closest in meaning, and how close (0 to 1); None when none is near
    """

    intent: str
    confidence: float
    text: str
    mentions: tuple[Mention, ...] = ()
    question_form: Literal["YES_NO", "AMOUNT", "WHICH", "HOW", "WHEN", "WHAT", "STATEMENT"] = "STATEMENT"
    asks: Literal["KEPT", "LOST", "POSSIBLE", "IMPOSSIBLE"] | None = None
    reason: Reason | None = None
    hypothetical: bool = False
    negated: bool = False
    whole_order: bool = False
    rest: bool = False
    gift_kept: bool | None = None
    quantity: int | None = None
    ordinal: int | None = None
    order_step: OrderStep | None = None
    period: Period | None = None
    amount: int | None = None
    channel: str | None = None
    promotion_kinds: tuple[str, ...] = ()
    attribute: str | None = None
    follow_up: bool = False
    correction: bool = False
    runner_up: str | None = None
    margin: float = 1.0
    before: str | None = None
    spoken: tuple[Mention, ...] = ()
    too_long: bool = False
    faq_id: str | None = None
    faq_score: float = 0.0
