"""Every word of the page, by language: one table each (words_en, words_ru) with the same keys.

Texts may hold `{name}` fields, filled with `str.format`. No numbers stand here: those come from the files of the run. What a case says in its own
words (title, names of places and policies, reasons, quotes) is shown as the case has it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from borderflow.publish.words_en import EN, EN_LISTS
from borderflow.publish.words_ru import RU, RU_COUNTRIES, RU_LISTS
from borderflow.world.countries import COUNTRIES

__all__ = ["EN", "LANGUAGES", "Language", "Words"]


class Language(NamedTuple):
    """One language: its texts, lists of texts, names of countries by code, and its signs for thousands and decimals."""

    texts: Mapping[str, str]
    lists: Mapping[str, tuple[str, ...]]
    countries: Mapping[str, str]
    thousands: str
    decimal: str


LANGUAGES: dict[str, Language] = {
    "en": Language(EN, EN_LISTS, {code: names[0] for code, names in COUNTRIES.items()}, ",", "."),
    "ru": Language(RU, RU_LISTS, RU_COUNTRIES, "\u00a0", ","),
}


class Words:
    """The words of one language: `words("key", field=…)`; an unknown key reads as itself, so that data names need no entry."""

    def __init__(self, language: str = "en") -> None:
        if language not in LANGUAGES:
            raise ValueError(f"no words for language {language!r}; there are {', '.join(sorted(LANGUAGES))}")
        self.language = language
        self._all = LANGUAGES[language]

    def __call__(self, key: str, **fields: object) -> str:
        text = self._all.texts.get(key, key.replace("_", " "))
        return text.format(**fields) if fields else text

    def has(self, key: str) -> bool:
        """True when the language has an entry for `key`."""
        return key in self._all.texts

    def items(self, key: str) -> tuple[str, ...]:
        """The texts of a list."""
        return self._all.lists[key]

    def country(self, code: str) -> str:
        """The name of a country by its code; the code itself where there is none."""
        return self._all.countries.get(code, code)

    def number(self, text: str) -> str:
        """A number written with English signs (1,234.5) in the signs of the language."""
        return text.translate({ord(","): self._all.thousands, ord("."): self._all.decimal})
