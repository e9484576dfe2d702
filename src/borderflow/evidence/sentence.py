"""One sentence ready to be read: its words with their tags, its clauses, the nouns and cues around a number in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate, repeat
from operator import itemgetter
from typing import Any, NamedTuple

from borderflow.evidence.gazetteer import PlaceMention
from borderflow.evidence.language import NO_TAGS, Language, Tags
from borderflow.evidence.mention import Mention
from borderflow.evidence.scan import Part

UNIT_TAGS = (
    "people",
    "moving",
    "movement",
    "force",
    "family",
    "vehicle",
    "car",
    "lorry",
    "bus",
    "km",
    "metre",
    "mile",
    "hour",
    "minute",
    "day",
    "week",
    "month",
    "year",
)
PERSONS = frozenset({"people", "moving", "movement", "force"})
VEHICLES = frozenset({"vehicle", "car", "lorry", "bus"})
LENGTHS = {"km": 1.0, "metre": 0.001, "mile": 1.609344}
DURATIONS = {"hour": 1.0, "minute": 1 / 60, "day": 24.0, "week": 168.0}
MOVES = ("enter", "cross", "leave", "return", "displace", "evacuate", "relocate", "wait", "stay", "refuse", "process")
OTHERS = ("harm", "arrest", "protest", "draft", "aid")
_VERBS = frozenset({"enter", "cross", "leave", "return", "wait", "stay", "process", "displace"})
NOT_UNITS = frozenset({"thing", "money"})
_begins, _ends, _cost_and_kind = itemgetter(0), itemgetter(1), itemgetter(0, 1)
_WORD = re.compile(r"([^\W\d_][^\W_]*(?:['-](?=[^\W\d_])[^\W_]*)*|°)")
_PARTS = re.compile(r"[.;:!?,)—–…/]|\d| - ")
"""What parts a number from its noun."""
_PER_SEPARATOR = 28
"""What crossing a border between clauses costs, in characters."""
REACH = 150
"""A cue farther than this (characters and costs) says nothing about a number."""


class Word(NamedTuple):
    """One word of a sentence with its tags."""

    start: int
    end: int
    text: str
    tags: Tags


@dataclass(slots=True)
class View:
    """One sentence ready to be read: its words, borders between clauses, places, and the words of a line that leads in a list."""

    low: str
    start: int
    end: int
    words: tuple[Word, ...]
    borders: tuple[int, ...]
    places: tuple[PlaceMention, ...]
    language: Language
    part: Part
    """The patterns that can begin in it."""
    text: str
    """The whole text, as written."""
    lead: tuple[Word, ...]
    tagged: tuple[Word, ...]
    """The words that carry a tag."""
    roles: dict[int, str]
    """Roles of places by their offset, as far as they were asked for."""
    memo: dict[Any, Any]
    """What does not depend on the number and was found once for all of the sentence."""

    row: bool = False
    """Whether it is a row of a list or a table."""
    column: tuple[Word, ...] = ()
    """Words that head the column of the number that is read."""

    def after(self, at: int) -> int:
        """Number of the first word from an offset on."""
        return bisect_left(self.words, at, key=_begins)

    def between(self, a: int, b: int) -> tuple[Word, ...]:
        """The words that begin between two offsets."""
        i = self.after(a)
        return self.words[i : bisect_left(self.words, b, i, key=_begins)]

    def following(self, at: int) -> Word | None:
        """The first word from an offset on."""
        i = self.after(at)
        return self.words[i] if i < len(self.words) else None

    def separators(self, a: int, b: int) -> int:
        """Borders between clauses between two offsets."""
        return abs(bisect_left(self.borders, b) - bisect_left(self.borders, a))


def view(
    text: str,
    low: str,
    start: int,
    end: int,
    language: Language,
    places: Sequence[PlaceMention],
    part: Part,
    lead: tuple[Word, ...] = (),
    row: bool = False,
) -> View:
    """A sentence with its words tagged and its clauses marked."""
    words = words_of(low, start, end, language, part)
    for p in places:
        if p.role == "place":  # whose words mean nothing else: 'Ubylinka' is not 'убыл'
            i = bisect_left(words, p.start, key=_begins)
            while i < len(words) and words[i].start < p.end:
                words[i] = words[i]._replace(tags=NO_TAGS)
                i += 1
    for p in places:
        i = bisect_left(words, p.start, key=_begins) if p.role in ("people", "both") else len(words)
        if i < len(words) and words[i].start == p.start:
            words[i] = _person(words[i], p.role)
    borders = tuple([m.start() for m in language.patterns["clause"].finditer(low, start, end)])
    return View(low, start, end, tuple(words), borders, tuple(places), language, part, text, lead, tuple([w for w in words if w.tags]), {}, {}, row)


def words_of(low: str, start: int, end: int, language: Language, part: Part) -> list[Word]:
    """The words of a part of a text with their tags, whatever places it names."""
    line = low[start:end]
    pieces = _WORD.split(line)  # what stands between words, and the words: much quicker than a match for each
    texts, ends = pieces[1::2], list(accumulate(map(len, pieces), initial=start))
    words = list(map(tuple.__new__, repeat(Word), zip(ends[1::2], ends[2::2], texts, map(language.lexicon.__getitem__, texts), strict=False)))
    if "-" in line:
        words = [half for w in words for half in (_halves(w, language) if "-" in w.text else (w,))]
    if "phrase" in part:
        words = [_in_phrase(w, low, language) if w.text in language.phrases else w for w in words]
    return words


def _in_phrase(word: Word, low: str, language: Language) -> Word:
    """A word with the tags that it has in a fixed phrase."""
    for pattern, tags in language.phrases_compiled[word.text]:
        if pattern.match(low[word.start : word.start + 60]):
            return word._replace(tags=tags)
    return word


def _halves(word: Word, language: Language) -> tuple[Word, ...]:
    """A word with a hyphen; 'three-kilometre' is two."""
    first, _, second = word.text.partition("-")
    if first not in language.number_words:
        return (word,)
    middle = word.start + len(first)
    return Word(word.start, middle, first, language.lexicon[first]), Word(middle + 1, word.end, second, language.lexicon[second])


def _person(word: Word, role: str) -> Word:
    return word._replace(tags=frozenset({"people", "demonym"} if role == "people" else {"demonym?"}))


class Kinds(dict[Tags, str]):
    """The first of some kinds among the tags of a word, or nothing; remembered by tags."""

    def __init__(self, *kinds: str) -> None:
        self.kinds = kinds

    def __missing__(self, tags: Tags) -> str:
        self[tags] = kind = next((k for k in self.kinds if k in tags), "")
        return kind


_UNITS = Kinds(*UNIT_TAGS, *sorted(NOT_UNITS))


def unit_tag(tags: Tags) -> str:
    return _UNITS[tags]


def noun_of(v: View, m: Mention) -> tuple[str, int] | None:
    """(tag, end) of the noun that a number counts: after it, or right before it ('cars 1,200'); None where there is none."""
    if m.form == "amount":
        return m.unit, m.end
    known = v.memo.get("noun")
    if known is None or known[0] is not m:
        known = v.memo["noun"] = m, _noun_after(v, m) or _noun_before(v, m) or _noun_of_change(v, m)
    noun: tuple[str, int] | None = known[1]
    return noun


def _noun_after(v: View, m: Mention) -> tuple[str, int] | None:
    low, stops = v.low, _stops(v.language)
    found: tuple[str, int] | None = None
    last = m.end
    if v.language.patterns["of_them"].match(low, m.end) or v.language.patterns["only_per"].match(low[m.end : m.end + 16]):
        return None
    if low[m.end : m.end + 1] == "m" and not low[m.end + 1 : m.end + 2].isalpha():
        return "metre", m.end + 1
    seen = 0
    for w in v.words[v.after(m.end) :]:
        if w.start < last:
            continue
        between = low[last : w.start]
        if seen >= 6 or _PARTS.search(between.strip("[]()«»\"'“”") if found is None else between.replace("(", ",")) or len(between) > 4:
            break
        if w.text in v.language.number_words or (w.tags & _VERBS and not unit_tag(w.tags)):
            break
        if not seen and w.text in ("and", "or", "и", "или"):
            break
        if w.text in stops and not (w.text in ("of", "из") and found is None and not seen):
            break
        tag = unit_tag(w.tags)
        if not seen and w.text.endswith("-long"):  # '3-km-long', 'hours-long'
            unit = unit_tag(v.language.lexicon[w.text.removesuffix("-long")])
            return (unit, w.end) if unit in LENGTHS or unit in DURATIONS else None
        if w.text in v.language.no_nouns or _no_noun(v, m, w, tag) or (tag in DURATIONS and "(" in low[m.end : w.start]):
            break
        if found is not None and found[0] == "family" and "displace" in w.tags:  # 'households displaced'
            break
        if found is not None and (not tag or tag == "month" or "cross" in w.tags or (not v.language.head_last and tag not in VEHICLES)):
            break
        if tag:
            found = (found[0] if found and not v.language.head_last else tag, w.end)
            if not v.language.head_last and tag not in VEHICLES:
                break
        elif "demonym?" in w.tags and found is None:
            maybe = w
            found_later = _noun_later(v, w.end)
            if not found_later:
                return "people", maybe.end
        last = w.end
        seen += 1
    return found


def _no_noun(v: View, m: Mention, w: Word, tag: str) -> bool:
    """Whether a word after a number is a verb of its own, or vehicles by which people go: '104 отправились автобусами', '5 100 автобусами'."""
    if w.text.endswith(v.language.finite) and not tag and not w.tags.isdisjoint(MOVES):
        return True
    if tag not in VEHICLES or not w.text.endswith(v.language.instrument) or not v.low[m.start].isdigit():
        return False
    return not v.low.endswith(v.language.with_instrument, max(v.start, m.begin - 10), m.begin)


def _noun_later(v: View, at: int) -> bool:
    """Whether an adjective such as 'Sudanese' is followed by the noun it describes."""
    i = v.after(at)
    return i < len(v.words) and bool(unit_tag(v.words[i].tags)) and v.low[at : v.words[i].start].strip() == ""


def _noun_before(v: View, m: Mention) -> tuple[str, int] | None:
    """'cars 1,200', 'машин 300', 'часа три'."""
    i = bisect_right(v.words, m.begin, key=_ends)
    w = v.words[i - 1] if i else None
    if i > 1 and w is not None and w.text in ("за", "на"):
        w = v.words[i - 2]
    if w is None:
        return None
    tag, between = unit_tag(w.tags), v.low[w.end : m.begin]
    turned = v.language.noun_may_lead and between in (" ", " за ", " на ") and v.low[m.start].isalpha() and not m.hedge
    if turned and tag and tag not in NOT_UNITS and tag not in ("month", "year"):  # 'человек двести', 'минут за сорок'
        return tag, m.end
    if between.strip(" :") != "":
        return None
    if tag in VEHICLES and v.low.endswith(v.language.by_means, v.start, w.start):
        return None
    if tag in VEHICLES or (v.language.noun_may_lead and ((tag in ("hour", "day") and m.small) or tag == "family")):
        return tag, m.end
    return None


_NUMBER_AND_WORD = re.compile(r"\d[\d.,]* ([^\W\d_]+)")


def _noun_of_change(v: View, m: Mention) -> tuple[str, int] | None:
    """'The wait rose from 12 to 48 hours': what the second number counts."""
    link = v.language.patterns["change_to"].match(v.low, m.end, v.end)
    found = _NUMBER_AND_WORD.match(v.low, link.end(), v.end) if link else None
    tag = unit_tag(v.language.lexicon[found[1]]) if found else ""
    return (tag, m.end) if tag and v.language.patterns["changing"].search(v.low, max(v.start, m.begin - 70), m.begin) else None


@lru_cache(maxsize=64)
def _stops(language: Language) -> frozenset[str]:
    return frozenset(language.stop.split())


def cues(v: View, a: int, b: int, kinds: Kinds) -> list[tuple[float, str, Word]]:
    """Cue words around the span a to b, nearest first, as (distance, kind, word)."""
    near = v.memo.get((a, b))
    if near is None:
        near = v.memo[a, b] = _near(v, a, b)
    found = [(cost, kind, w) for cost, w in near if (kind := kinds[w.tags])]
    if len(found) > 1:
        found.sort(key=_cost_and_kind)
    return found


def _near(v: View, a: int, b: int) -> list[tuple[float, Word]]:
    """Words with tags around the span a to b, from left to right, as (distance, word)."""
    borders, found = v.borders, []
    left, right = bisect_left(borders, a), bisect_left(borders, b)
    for w in v.tagged[bisect_left(v.tagged, a - REACH, key=_ends) :]:
        start, end = w.start, w.end
        if start > b + REACH:
            break
        if start >= a and end <= b and start > a + 200:
            continue
        if end <= a:
            cost = a - end + _PER_SEPARATOR * abs(left - bisect_left(borders, end))
        else:
            cost = (0 if a <= start < b else start - b) + _PER_SEPARATOR * abs(bisect_left(borders, start) - right)
        if cost <= REACH:
            found.append((float(cost), w))
    return found


def cue_of(words: Sequence[Word]) -> str:
    """The move that a line speaks of."""
    tags = NO_TAGS.union(*[w.tags for w in words])
    return next((k for k in MOVES if k in tags), "cross" if "movement" in tags else "")


_HEADS = ("enter", "leave", "return", "cross", "displace", "evacuate", "relocate", "refuse")
"""Moves that the head of a column names where it need not say of whom."""


def move_of_column(v: View) -> str:
    """The move that the head of a number's column names, '' if none; who moves it need not say: 'Entered', 'Left'."""
    return cue if v.column and (cue := cue_of(v.column)) in _HEADS else ""


def lead_of(v: View) -> tuple[str, str]:
    """The move and the unit that the line that leads in speaks of."""
    if not v.lead:
        return "", ""
    if "lead" not in v.memo:
        v.memo["lead"] = cue_of(v.lead), unit_of(v.lead)
    said: tuple[str, str] = v.memo["lead"]
    return said


def kind_of(tag: str) -> str:
    """What a noun with a tag of people, families or vehicles counts."""
    return "people" if tag in PERSONS else {"family": "families", "lorry": "lorries", "bus": "buses"}.get(tag, "vehicles")


def unit_of(words: Sequence[Word]) -> str:
    """What the first noun of a line counts, if anything that moves."""
    for w in words:
        if w.tags and (unit := _COUNTS[w.tags]):
            return unit
    return ""


def first_unit(words: Iterable[Tags]) -> str:
    """The same of the tags of words."""
    return next((unit for tags in words if tags and (unit := _COUNTS[tags])), "")


class _Counts(dict[Tags, str]):
    """What a noun counts, if anything that moves; remembered by tags."""

    def __missing__(self, tags: Tags) -> str:
        tag = unit_tag(tags)
        counts = {"lorry": "lorries", "bus": "buses", "family": "families"}.get(tag, "vehicles" if tag in VEHICLES else "")
        self[tags] = unit = counts or ("people" if tag in PERSONS or "demonym" in tags else "")
        return unit


_COUNTS = _Counts()


def subject_of(v: View, m: Mention) -> str:
    """What the sentence speaks of, by its nearest noun before the number."""
    for w in reversed(v.tagged[: bisect_right(v.tagged, m.begin, key=_ends)]):
        tag = unit_tag(w.tags)
        if tag == "bus" and v.low.endswith("to ", v.start, w.start):  # a verb
            continue
        if tag in VEHICLES and v.separators(w.end, m.begin) > 3:
            return ""
        if tag in VEHICLES and v.language.patterns["carries"].search(v.low[w.end : m.begin]):
            return "people"
        if tag in PERSONS or "demonym?" in w.tags:
            return "people"
        if tag in VEHICLES:
            return {"lorry": "lorries", "bus": "buses"}.get(tag, "vehicles")
        if tag == "family":
            return "families"
    return ""


def forecast(v: View, m: Mention, cue_at: int, stop: int) -> str:
    """'planned' or 'forecast' where the clause looks ahead."""
    if "planned" not in v.part and "forecast" not in v.part:
        return ""
    a, b = min(m.begin, cue_at if cue_at >= 0 else m.begin), max(stop, cue_at)
    i = bisect_left(v.borders, a)
    i -= i > 0 and v.language.patterns["that"].match(v.low, v.borders[i - 1], v.end) is not None  # 'ожидают, что въедут'
    part = v.low[max(v.start, v.borders[i - 1] if i else v.start, a - 70) : min(v.end, b + 40)]
    if "planned" in v.part and v.language.patterns["planned"].search(part):
        return "planned"
    return "forecast" if "forecast" in v.part and v.language.patterns["forecast"].search(part) else ""


def has_own_day(v: View, m: Mention, since: int) -> bool:
    """Whether a number that follows another is one of a single day: named since the other, or right after it."""
    i = bisect_left(v.borders, m.end)
    end = min(v.borders[i] if i < len(v.borders) else v.end, m.end + 40)
    day = v.language.patterns["one_day"]
    return bool(day.search(v.low, max(since, m.begin - 60), m.begin) or day.search(v.low, m.end, end))


def per(v: View, m: Mention, stop: int) -> tuple[bool, float]:
    """Whether a count is per day, and the factor that makes it so."""
    after = v.low[stop : min(v.end, stop + 40)]
    patterns = v.language.patterns
    if patterns["per_hour"].match(after):
        return True, 24.0
    if patterns["per_week"].match(after):
        return True, 1 / 7
    if patterns["per_day"].match(after):
        return True, 1.0
    if "daily" not in v.part:
        return False, 1.0
    i = bisect_left(v.borders, m.begin)
    left = v.borders[i - 1] if i else v.start
    clause = v.low[max(v.start, left if m.begin - left > 12 else v.start, m.begin - 60) : m.begin]
    i = bisect_left(v.borders, stop, i)
    rest = v.low[stop : min(v.end, v.borders[i] if i < len(v.borders) else v.end, stop + 70)]
    if patterns["daily"].search(clause) or patterns["daily"].search(rest):
        return True, 1.0
    return False, 1.0
