"""Written form, script, numbers, times and sound of what customers type."""

from kg_service.text.normalise import MAX_LENGTH, Normalised, normalise
from kg_service.text.numbers import NumberSpan, find_numbers, parse_number
from kg_service.text.pinyin import sound, syllable
from kg_service.text.script import Script, script_of, to_simplified, to_traditional
from kg_service.text.times import TimeSpan, find_times

__all__ = [
    "MAX_LENGTH",
    "Normalised",
    "NumberSpan",
    "Script",
    "TimeSpan",
    "find_numbers",
    "find_times",
    "normalise",
    "parse_number",
    "script_of",
    "sound",
    "syllable",
    "to_simplified",
    "to_traditional",
]
