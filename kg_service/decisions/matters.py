"""What an intent looks for among what is recorded: the ``recorded`` section of its file in ``seed_data/intents``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kg_service.errors import ResourceError
from kg_service.intent_files import intent_documents

__all__ = ["AttributeNames", "Matter", "matter_of", "matters"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class AttributeNames(_Part):
    """Names under which a data set may record something, the likeliest first.

    Attributes
    ----------
    said : words one of which the question must say; none: any question of the matter
    """

    names: list[str] = Field(min_length=1)
    said: list[str] = []


class Matter(_Part):
    """What an intent asks for.

    Attributes
    ----------
    about : whether it is asked of goods, or of who sells them
    matter : what it is called in an answer
    presets : words one of which a preset question about it has
    alike : groups of words; a preset answer that speaks of one group does not answer a question that speaks of another
    terms : words one of which the text of a term about it has
    attributes : under which names it may be recorded of a product
    general : which preset answers that are about no goods in particular answer it: ANY on the matter, those that
        share a word of ``presets`` with the question, or NONE
    without_goods : words of a question that no goods need be named for
    needs_goods : which goods are meant is asked where the question names none
    kinds : words for each kind of shop
    compared : words that ask how the kinds of shops differ
    unrecorded : what customers ask of a shop that no data set records, by the name it is missing under
    """

    about: Literal["product", "shop"]
    matter: str
    presets: list[str]
    alike: list[list[str]] = []
    terms: list[str] = []
    attributes: list[AttributeNames] = []
    general: Literal["ANY", "SAME_WORD", "NONE"] = "SAME_WORD"
    without_goods: list[str] = []
    needs_goods: bool = False
    kinds: dict[Literal["SELF_OPERATED", "THIRD_PARTY"], list[str]] = {}
    compared: list[str] = []
    unrecorded: dict[str, list[str]] = {}

    def groups(self, text: str) -> set[int]:
        """Which groups of ``alike`` a text speaks of."""
        return {number for number, words in enumerate(self.alike) if says_any(text, words)}


def says_any(text: str, words: Iterable[str]) -> bool:
    """Whether a text has one of some words."""
    return any(word in text for word in words)


@cache
def matters() -> Mapping[str, Matter]:
    """The ``recorded`` sections of the installation's intents, by intent.

    Raises
    ------
    ResourceError
        When one is not valid; the message names its file.
    """
    found: dict[str, Matter] = {}
    for path, document in intent_documents():
        section: Any = document.get("recorded")
        if section is None:
            continue
        try:
            found[document["intent"]] = Matter.model_validate(section)
        except ValidationError as error:
            where = str(path)
            raise ResourceError(
                f"not a valid section: {error}", where=where, do="see kg_service/decisions/matters.py"
            ) from error
    return found


def matter_of(intent: str) -> Matter:
    """The section of an intent whose decider needs one.

    Raises
    ------
    ResourceError
        When its file has none.
    """
    found = matters().get(intent)
    if found is None:
        raise ResourceError(
            f"intent {intent!r} has no recorded section", where=f"seed_data/intents/{intent}.yaml", do="add one"
        )
    return found
