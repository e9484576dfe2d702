"""Places that texts speak of: countries, regions, towns, crossings, in English and Russian; found by name, by adjective, or by a similar spelling.

The data are read in `io.gazetteer`. A name that is not known is left open; one that is only similar to a known name says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise
from operator import attrgetter
from typing import Any, NamedTuple

from borderflow.evidence.ranking import Ranker
from borderflow.evidence.times import Event
from borderflow.world.names import similar

_REST = r"[^\W_]*(?:['’`-](?=[^\W\d_])[^\W_]*)*"
NAME_WORD = re.compile(rf"[^\W\d_]{_REST}\.?(?=\W|$)")
_FIRST = re.compile(rf"[^a-z \W\d_](?<![\w'’-].)(?:[^\W_]|['’`-](?=[^\W\d_])){_REST}")
"""Words that may begin a name: those with a capital, and all Russian ones. What most letters are comes first in the set: it is quick to skip."""
_RU_ENDINGS = (
    *("ыми", "ими", "ого", "его", "ому", "ему", "ами", "ями", "ой", "ей", "ый", "ий", "ая", "яя", "ое", "ее", "ые", "ие", "ую", "юю", "ых", "их"),
    *("ым", "им", "ам", "ям", "ах", "ях", "ом", "ем", "ов", "ью", "ы", "и", "а", "я", "у", "ю", "е", "о", "ь", "й"),
)
_HALF = re.compile(r"(?:North|South|East|West|Central)(?:ern)?\s")
_HALF_BEFORE = re.compile(r"\b((?:North|South|East|West|Central)(?:ern)?)(?: and |, | or |/)$")
_ORDINARY_WORDS = "Там Того Тому Потом Мало Мал Себе Себя Семь Семи Семью Семей Горы Гора Гору Море Моря Морем Тепло Дел Газ Банки Банка Синие Манила"
_ORDINARY = frozenset(_ORDINARY_WORDS.split())
"""Russian words that are a case of a name only by their letters; where they begin a sentence they are no name."""
_BEGINS = re.compile(r"(?:^|[.!?…:;\n«\"„(—–-])\s*$")
_AREA = re.compile(r" (област[а-я]{1,3}|кра[а-я]{1,3})$")
_AREAS_BEFORE = re.compile(r"(?:[А-ЯЁ][а-яё-]{3,30}(?:ая|ую|ой|ий|ого|ому|ом|им)(?:, | и | а также | или )){1,6}$")
_CYRILLIC = re.compile("[а-яё]")
_CODES = re.compile(r"from ([A-Z]{2}) (?:in)?to ([A-Z]{2})(?!\w)")
"""Codes of countries, which are other words where they stand alone."""


class PlaceEntry(NamedTuple):
    """A place: the name that claims carry, its kind (continent, country, region, town, crossing), its countries.

    Of a crossing near and far; a part of the world may have none.
    """

    name: str
    kind: str
    countries: tuple[str, ...]
    only: bool = False
    """The only crossing between its two countries that is open to travellers."""


@dataclass(slots=True)
class PlaceMention:
    """A place in a text. role: place, adjective ('Polish'), people ('Poles'). similar: the spelling was only similar to a known one."""

    start: int
    end: int
    entries: tuple[PlaceEntry, ...]
    role: str = "place"
    similar: bool = False
    known: bool = True
    entry: PlaceEntry = field(init=False, compare=False)
    """The first reading."""

    def __post_init__(self) -> None:
        self.entry = self.entries[0]

    def read_as(self, *entries: PlaceEntry) -> PlaceMention:
        """The same words as the names of other places."""
        return PlaceMention(self.start, self.end, entries, self.role, self.similar, self.known)


@dataclass
class Gazetteer:
    """Names of places, ready to be looked up."""

    events: Sequence[Event] = ()
    names: dict[tuple[str, ...], list[tuple[PlaceEntry, str]]] = field(default_factory=dict)
    """Key words of a name -> its readings with their roles."""
    capitals: set[str] = field(default_factory=set)
    """Towns in whose dateline a country speaks."""
    longest: dict[str, int] = field(default_factory=dict)
    """First key word -> words of the longest name that begins with it."""
    spelled: dict[str, PlaceEntry] = field(default_factory=dict)
    """Names of crossings and towns as written, for similar spellings."""
    ranker: Ranker = field(default_factory=Ranker)
    """What was learned about choosing among candidate places and windows; without weights the rules' own choice stands."""
    counting: Callable[[Sequence[Any], Sequence[Any]], int] | None = None
    """Chooses what a number counts; None leaves it to the rules."""
    quantities: Callable[[str, Sequence[str], Any], Any] | None = None
    """Chooses kind, flow and direction of a claim; None leaves them to the rules."""

    def add(self, entry: PlaceEntry, names: Iterable[str], role: str = "place") -> None:
        """Adds the names of an entry."""
        for name in names:
            words = tuple(key(w) for w in NAME_WORD.findall(name) if key(w))
            if not words:
                continue
            readings = self.names.setdefault(words, [])
            if (entry, role) not in readings:
                readings.append((entry, role))
            self.longest[words[0]] = max(self.longest.get(words[0], 0), len(words))
            self._meanings.clear()
            if role == "place" and entry.kind != "country":
                self.spelled.setdefault(name, entry)

    def find(self, text: str, start: int = 0, end: int | None = None) -> list[PlaceMention]:
        """Places named in a part of a text, the longest names first, from left to right; Latin names begin with a capital."""
        found: list[PlaceMention] = []
        done, stop = start, len(text) if end is None else end
        keys, longest = _KEYS.get, self.longest
        for m in _FIRST.finditer(text, start, stop):
            if m.start() < done:
                continue
            word = m[0]
            if (keys(word) or _make_key(word)) in longest:
                mention = self._at(text, m.start(), stop)
                if mention is not None and word in _ORDINARY and mention.end == m.end() and _BEGINS.search(text, max(0, m.start() - 3), m.start()):
                    mention = None
                if mention is not None:
                    found += self._halves(text, mention)
                    self._areas(text, mention, found)
                    found.append(mention)
                    done = mention.end
                    continue
            if "-" in word:  # 'Finnish-Russian'
                at = m.start()
                joined = tuple(e for e, role in self.names.get(tuple(map(key, word.split("-"))), ()) if role == "place")
                if joined and word[0].isupper():  # 'West-Kazakhstan'
                    found.append(PlaceMention(at, m.end(), joined))
                    done = m.end()
                    continue
                for part in word.split("-"):
                    if part and key(part) in self.longest and (mention := self._at(text, at, at + len(part))) is not None:
                        found.append(mention)
                    elif part.endswith("о") and (key(part[:-1] + "ий"),) in self.names:
                        found.append(PlaceMention(at, at + len(part), tuple(e for e, _ in self.names[(key(part[:-1] + "ий"),)]), "adjective"))
                    at += len(part) + 1
                done = m.end()
        coded = self._coded(text, start, stop)
        return sorted([*found, *coded], key=attrgetter("start")) if coded else found

    def _coded(self, text: str, start: int, stop: int) -> list[PlaceMention]:
        """Countries by their codes: 'from UA to PL'. Codes that are names too are found as such."""
        found = []
        for m in _CODES.finditer(text, start, stop):
            known = [self.country[code] for code in m.groups() if code in self.country and (key(code),) not in self.names]
            found += [PlaceMention(*m.span(i), (entry,)) for i, entry in enumerate(known, 1) if len(known) == 2]
        return found

    def _halves(self, text: str, mention: PlaceMention) -> list[PlaceMention]:
        """The first place of 'North and South Kivu'."""
        second = _HALF.match(text, mention.start, mention.end)
        first = second and _HALF_BEFORE.search(text, max(0, mention.start - 14), mention.start)
        if not second or not first:
            return []
        words = (key(first[1]), *(key(w) for w in NAME_WORD.findall(text[second.end() : mention.end])))
        entries = tuple(e for e, role in self.names.get(words, []) if role == "place")
        return [PlaceMention(first.start(1), first.end(1), entries)] if entries else []

    def _areas(self, text: str, mention: PlaceMention, found: list[PlaceMention]) -> None:
        """The first places of 'Курской, Брянской и Белгородской областях': what was found there may have been their towns."""
        area = _AREA.search(text, mention.start, mention.end)
        before = area and _AREAS_BEFORE.search(text, max(0, mention.start - 90), mention.start)
        if not area or not before:
            return
        kept = [p for p in found if p.end <= before.start()]
        for m in _FIRST.finditer(text, before.start(), mention.start):
            entries = tuple(e for e, role in self.names.get((key(m[0]), key(area[1])), []) if role == "place")
            if entries:
                kept.append(PlaceMention(m.start(), m.end(), entries))
            else:
                kept += [p for p in found if p.start == m.start()]
        found[:] = kept

    def _at(self, text: str, start: int, stop: int) -> PlaceMention | None:
        """The longest name that begins at `start`."""
        head = NAME_WORD.match(text, start, min(stop, start + 64))
        if head is None:
            return None
        first = head[0]
        longest = self.longest[key(first)]
        tokens = [(start, head.end(), first)]
        if longest > 1:
            tokens += [(*m.span(), m[0]) for m in islice(NAME_WORD.finditer(text, head.end(), min(stop, start + 64)), longest - 1)]
        words = tuple([key(t[2]) for t in tokens])
        for size in range(len(tokens), 0, -1):
            meaning = self._meaning(words[:size], first)
            if meaning is None or (size > 1 and not _adjacent(text, tokens[:size])):
                continue
            _, end, last = tokens[size - 1]
            return PlaceMention(start, end - (last.endswith(".") and len(words[size - 1]) > 3), *meaning)
        return None

    def _meaning(self, words: tuple[str, ...], first: str) -> tuple[tuple[PlaceEntry, ...], str] | None:
        """Readings and role of a name by its key words, of which the first is written as `first`; looked up once."""
        if (words, first) in self._meanings:
            return self._meanings[words, first]
        readings = self.names.get(words)
        meaning = None
        if readings is not None:
            roles = {role for _, role in readings}
            if not first[0].isupper():
                roles = roles - {"place"} if roles & {"adjective", "people"} else set()
            if roles:
                role = "place" if "place" in roles else "people" if roles == {"people"} else self._adjective_or_people(first, roles)
                entries = tuple(dict.fromkeys(e for e, r in readings if r == role or (role == "both" and r in ("adjective", "people"))))
                meaning = entries or (readings[0][0],), role
        if len(self._meanings) > 200_000:
            self._meanings.clear()
        self._meanings[words, first] = meaning
        return meaning

    @cached_property
    def _meanings(self) -> dict[tuple[tuple[str, ...], str], tuple[tuple[PlaceEntry, ...], str] | None]:
        return {}

    @staticmethod
    def _adjective_or_people(word: str, roles: set[str]) -> str:
        """'Georgians' are people, 'Georgian' an adjective; 'Sudanese' may be both."""
        if roles == {"adjective"}:
            return "adjective"
        return "people" if word.endswith("s") and not word.endswith(("ss", "us")) else "both"

    def resolve_similar(self, name: str, countries: Iterable[str]) -> PlaceEntry | None:
        """The place whose name is spelled most like `name`, of those in the countries a text speaks of; None where nothing is like it."""
        about = frozenset(countries)
        if (name, about) not in self._judged:
            letters, size, first = set(name.lower()), len(name), name[:1].lower()
            near = {
                n: e
                for n, e, signs in self._by_country(about)
                if len(n) > 3
                and size - 3 <= len(n) <= size + 3
                and (size > 6 or n[:1].lower() == first)
                and 2 * len(letters & signs) >= 1.3 * len(letters)
            }
            best = similar(name, near, 0.72 if len(name) > 5 else 0.79)
            if len(self._judged) > 20_000:
                self._judged.clear()
            self._judged[name, about] = near[best] if best else None
        return self._judged[name, about]

    def _by_country(self, about: frozenset[str]) -> list[tuple[str, PlaceEntry, frozenset[str]]]:
        """Names of crossings and towns of some countries with their entries and letters, in their order."""
        known = self._pools.get(about)
        if known is None:
            numbers = sorted({i for code in about for i in self._numbers.get(code, ())})
            known = [self._spelled[i] for i in numbers]
            if len(self._pools) < 4096:
                self._pools[about] = known
        return known

    @cached_property
    def _spelled(self) -> list[tuple[str, PlaceEntry, frozenset[str]]]:
        return [(n, e, frozenset(n.lower())) for n, e in self.spelled.items()]

    @cached_property
    def _numbers(self) -> dict[str, list[int]]:
        """Countries with the numbers of their names in `_spelled`."""
        numbers: dict[str, list[int]] = {}
        for i, (_, entry, _) in enumerate(self._spelled):
            for code in entry.countries:
                numbers.setdefault(code, []).append(i)
        return numbers

    @cached_property
    def _pools(self) -> dict[frozenset[str], list[tuple[str, PlaceEntry, frozenset[str]]]]:
        return {}

    @cached_property
    def _judged(self) -> dict[tuple[str, frozenset[str]], PlaceEntry | None]:
        return {}

    @cached_property
    def country(self) -> dict[str, PlaceEntry]:
        """Countries by code."""
        return {e.countries[0]: e for readings in self.names.values() for e, _ in readings if e.kind == "country"}

    @cached_property
    def gates(self) -> dict[str, PlaceEntry]:
        """Crossings by either half of their names."""
        crossings = (e for readings in self.names.values() for e, _ in readings if e.kind == "crossing")
        return {half: e for e in crossings for half in e.name.split(" / ") if " / " in e.name}

    @cached_property
    def borders(self) -> dict[frozenset[str], tuple[str, ...]]:
        """Pairs of countries in the order in which their crossings name them."""
        crossings = (e for readings in self.names.values() for e, _ in readings if e.kind == "crossing")
        return {frozenset(e.countries): e.countries for e in crossings}

    @cached_property
    def only_crossing(self) -> dict[frozenset[str], PlaceEntry]:
        """Pairs of countries with a single open crossing."""
        return {frozenset(e.countries): e for readings in self.names.values() for e, _ in readings if e.only}


def key(word: str) -> str:
    """A word as names are compared: lower case, without possessive, Russian words without their ending."""
    return _KEYS.get(word) or _make_key(word)


_KEYS: dict[str, str] = {}


def _make_key(word: str) -> str:
    text = word.lower().replace("ё", "е").replace("’", "'").replace("`", "'")
    if text.endswith("."):
        text = text[:-1]
    if _CYRILLIC.match(text):
        text = _stem(text)
    elif text.endswith("'s"):
        text = text[:-2]
    elif text.endswith("'"):
        text = text[:-1]
    if len(_KEYS) < 200_000:
        _KEYS[word] = text
    return text


def _stem(word: str) -> str:
    """A Russian word without its ending, where at least three letters stay."""
    for ending in _RU_ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _adjacent(text: str, tokens: Sequence[tuple[int, int, str]]) -> bool:
    """Whether words stand side by side, with nothing but spaces, dashes or slashes between them."""
    return all(len(between := text[a[1] : b[0]]) <= 3 and not between.strip(" \u00a0-–—/") for a, b in pairwise(tokens))


def plural_and_adjective(words: Iterable[str]) -> Iterator[tuple[str, str]]:
    """(word, role) of English demonyms: 'Polish' an adjective, 'Poles' people, 'Sudanese' both."""
    for word in words:
        both = word.endswith(("ese", "ss", "ish", "ch", "sh"))
        yield word, "adjective"
        if word.endswith(("ese", "ss")):
            yield word, "people"
        elif not both or word == "Turk":
            yield word + "s", "people"
