"""What a text as a whole says about places and times: headings, title, datelines, names that no table knows, times by sentence.

Found once for a text and only when a claim asks for it.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache, cached_property

from borderflow.evidence.counting import COUNTED
from borderflow.evidence.gazetteer import Gazetteer, PlaceEntry, PlaceMention, key
from borderflow.evidence.language import Language
from borderflow.evidence.passages import Passages, Sentence
from borderflow.evidence.place_uses import PLACING, Use, bare, plain, uses
from borderflow.evidence.places import Place
from borderflow.evidence.ranking import Bundle
from borderflow.evidence.reading import Reading
from borderflow.evidence.times import Event, When, times
from borderflow.evidence.twins import Twin, Twins

_NAME = re.compile(
    r"[A-ZÀ-ÞĀ-ŽА-ЯЁ](?<![\w'’-].)(?:(?<=[A-ZÀ-ÞĀ-Ž])"
    r"(?:[\w'’-]{2,}|(?<=[EAUBLD])[lmaeods](?= [A-Z][a-z]))(?: (?:el-|al-|de |del |da |la )?[A-ZÀ-ÞĀ-Ž][\w'’-]+){0,2}"
    r"|(?<=[А-ЯЁ])[а-яё]+(?:-[А-ЯЁа-яё]+)*(?: [А-ЯЁ][а-яё-]+)?)"
)
"""It begins with a set of letters, to which a search skips quickly; what must not stand before comes second."""
_MORE = re.compile(r"(?: [A-Z][a-zà-ÿ'’-]+){1,2}(?![\w])")
"""Further words of a name."""
_ROW = re.compile(r"\s?(?::|[–—|-]\s|\(|\t|\s{2,})")
"""What follows the name at the head of a row: 'Metema: 1,200'."""
_BESIDE = re.compile(
    r"(?:\b(?:in|at|near|to|from|around|towards?|into|through|via|outside|of|reach(?:ed|ing)|and|between|"
    r"в|во|на|у|из|под|около|через|возле|близ|до|к|за|при)"
    r"|\b(?:town|city|village|district|province|region|camp|crossing|county|state|port|"
    r"городе?|селе|поселк\w+|районе?|лагере?|пункт\w*)(?: of)?) [«\"“]?$"
)
_BLANK = frozenset(' «"“')
_GATE = re.compile(r"\s(?:camps?|crossing|checkpoint|border|district|province|county|transit|reception|site|settlement|port|bridge|refugee)\b")
_COUNT = re.compile(r"[»\"]? (?:\(\d[\d\u00a0 .,]{2}|[—–] \d)")
"""A number beside a name: 'Anapa (420 people)'; in brackets, one of two digits may be an age."""
_TOLD, _LATE = 60, 45
"""Sentences in which a text says as of when it speaks, and how many days before publication that may be."""
_DATELINE = re.compile(r"[^\n]{0,60}?\s[-–—]\s|[^\n.]{0,40}\((?:[A-Za-zА-Яа-я ./]{2,30})\)\s?[-–—]|[A-ZА-ЯЁ][A-ZА-ЯЁ' -]{3,30}[.,]\s")
_COLON = re.compile(r"[A-ZА-ЯЁ][\w'’-]+(?: [A-ZА-ЯЁ][\w'’-]+)?: (?=[\"“«]?[A-ZА-ЯЁ][a-zа-яё]+ [^\n]{60})")
"""Another: 'New Delhi: More than 33,000 people have been rescued'."""
_SPEAKER = re.compile(r"^([A-ZÀ-ÞА-ЯЁ][\w'’-]+(?: [A-ZÀ-ÞА-ЯЁ][\w'’-]+)?):", re.M)
"""Who speaks in an interview: 'CORRESPONDENT: …'."""
_GIVEN = re.compile(r"[a-zа-яё,] [A-ZА-ЯЁ][a-zа-яё]{2,} $|^[A-ZА-ЯЁ][a-zа-яё]{2,} $|[”\"»,] [A-ZА-ЯЁ][a-zа-яё]{2,} $")
_FAMILY = re.compile(r" [A-ZА-ЯЁ][a-zа-яё]{2,}")
_DATE = 45
"""Longer lines are more than a date."""
_WORD = re.compile(r"[^\W\d_]{3}|\d")
_OF_PLACE = re.compile(r"[а-яё-]+(?:ск|цк)(?:ого|ом|ий|ому|им|ой|ая|ую|ие|их) [а-я]")
"""A Russian adjective of a place before its noun: 'Сюникской области'."""
_TITLE = re.compile(r"[a-zа-яё)\"”], $")
"""What stands before a person's name: 'relief official, Wolfgang Wagner, …'."""
_ABSTRACT = re.compile(r"[^\W\d_]*(?:tion|tions|sion|ment|ments|ness|ity|ance|ence|ция|ции|ние|ния|ость|ство)")
"""Words that head a line but are no places, by their endings: 'Registration: 412'."""
_ACRONYM = re.compile(r"[A-Z]{2,6}|[А-ЯЁ]{2,6}")
_PARTICIPLE = re.compile(r"[A-Z][a-z]+ing")
"""'Expecting thousands more' at the head of a sentence; places that no table knows rarely end so."""
_HEAD_OF = re.compile(r"(?:^|[.!?\n])[\s\"“«'‘]*$|[\"“«][\s]*$")
_LONG_WORDS, _TITLE_WORDS = re.compile(r"[^\W\d_]{4,}"), 5
_HEAD = 3
"""Paragraphs among which a dateline stands, and the most datelines of a text."""
_CAPITALS = re.compile(r"\W*[A-ZА-ЯЁ]{3}")
"""What a dateline begins with, wherever it stands."""
_STOP = 100
"""Longer lines are no headings."""


Days = tuple[date | None, date | None]


class Shapes(dict[Days, str]):
    """Windows seen from the day of publication; remembered by their days."""

    def __init__(self, day: date) -> None:
        self._day = day

    def __missing__(self, days: Days) -> str:
        self[days] = shape = shape_of(*days, self._day)
        return shape


def shape_of(first: date | None, last: date | None, day: date) -> str:
    """A window seen from the day of publication."""
    if last is None:
        return "unknown" if first is None else "ahead"
    if last > day:
        return "future"
    back = (day - last).days
    end = "0" if back == 0 else "1" if back == 1 else "9"
    if first is None:
        return f"open{end}"
    length = (last - first).days
    return f"{'day' if length == 0 else 'two' if length == 1 else 'week' if length <= 8 else 'long'}{end}"


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What the text says around a place: its role ('to', 'from', 'at', ''), its use, whether no table has it, whether it speaks, has a dateline.

    Told apart by identity: see `known_as`.
    """

    role: str
    use: str
    unknown: bool
    speaks: bool
    dateline: bool


known_as = cache(Known)


@dataclass
class Scene:
    """A text with its known places; everything else is found on demand."""

    passages: Passages
    language: Language
    gazetteer: Gazetteer
    places: Sequence[PlaceMention]
    countries: Counter[str]
    day: date
    events: Sequence[Event]
    _whens: dict[int, list[When]] = field(default_factory=dict)
    forms: dict[int, tuple[list[When], list[tuple[int, bool, list[tuple[str, Days]]]]]] = field(default_factory=dict)
    """What the times of a sentence may mean for claims of others, with those times: kept for `window_options`."""
    published: dict[object, dict[Days, list[Bundle]]] = field(default_factory=dict)
    """Candidate windows of claims that are alike, as they follow from the day of publication."""
    known: dict[int, tuple[Known, Sentence, list[Place]]] = field(default_factory=dict)
    """What is said of places by their number in `named`: kept for `place_options`."""

    @cached_property
    def shapes(self) -> Shapes:
        """What windows are like."""
        return Shapes(self.day)

    @cached_property
    def _twins(self) -> Twins:
        """Amounts of the text, by which a figure is found again."""
        return Twins(self.passages.low)

    def again(self, r: Reading) -> list[Twin]:
        """Where the text gives the figure of a reading again; nowhere for what is no count."""
        value = r.mention.low if r.mention.low is not None else r.mention.high
        return self._twins.of(value, r.mention.start) if r.what in COUNTED and value is not None else []

    @cached_property
    def starts(self) -> list[int]:
        """Offsets of the sentences."""
        return [s.start for s in self.passages.sentences]

    @cached_property
    def paragraphs(self) -> dict[int, int]:
        """Number of a paragraph -> its first sentence."""
        result: dict[int, int] = {}
        for i, s in enumerate(self.passages.sentences):
            result.setdefault(s.paragraph, i)
        return result

    def at(self, offset: int) -> int:
        """Number of the sentence at an offset."""
        return max(0, bisect_right(self.starts, offset) - 1)

    @cached_property
    def heading_of(self) -> dict[int, int]:
        """Number of a paragraph -> the sentence of the last heading before it, or -1."""
        result: dict[int, int] = {}
        last = -1
        for paragraph, i in self.paragraphs.items():
            s = self.passages.sentences[i]
            result[paragraph] = last
            alone = i + 1 == len(self.passages.sentences) or self.passages.sentences[i + 1].paragraph != paragraph
            if (
                i > 0
                and alone
                and not s.bullet
                and s.end - s.start <= _STOP
                and not self.passages.low[s.start : s.end].endswith((".", "!", "?", ";", '"'))
            ):
                last = i
        return result

    @cached_property
    def title(self) -> tuple[int, int]:
        """Offsets of the first paragraph where it is short; (0, 0) where it is not."""
        if not self.passages.sentences:
            return 0, 0
        first = self.passages.sentences[0]
        last = [s for s in self.passages.sentences[:4] if s.paragraph == first.paragraph][-1]
        return (first.start, last.end) if last.end - first.start <= 2 * _STOP else (0, 0)

    def whens(self, number: int) -> list[When]:
        """Times of one sentence."""
        known = self._whens.get(number)
        if known is None:
            s = self.passages.sentences[number]
            known = self._whens[number] = times(self.passages.low, s.start, s.end, self.language, self.day, self.events, s.part)
        return known

    @cached_property
    def opening_day(self) -> date | None:
        """The earliest day that the first sentences name, if it is before those reported on: what a report is about may have begun then."""
        whens = [w for i in range(min(4, len(self.passages.sentences))) for w in self.whens(i)]
        days = [
            w.first
            for w in whens
            if w.first is not None and not w.spoken and w.sort in ("point", "since", "range", "span") and (self.day - w.first).days > 1
        ]
        return min(days, default=None)

    def date_line(self, number: int) -> list[When]:
        """Times of the line of a list above a row that is nothing but a date: 'Wednesday, 21 September'."""
        for k in range(number - 1, max(-1, number - 25), -1):
            s = self.passages.sentences[k]
            if s.paragraph <= self.passages.sentences[number].lead:
                break
            if s.end - s.start <= _DATE and self._only_date(k):
                return self.whens(k)
            if not (s.row or s.bullet):
                break
        return []

    def _only_date(self, number: int) -> bool:
        s = self.passages.sentences[number]
        rest = self.passages.low[s.start : s.end]
        whens = [w for w in self.whens(number) if s.start <= w.start < s.end]  # those of a lead are noted too
        for w in reversed(whens):
            rest = rest[: w.start - s.start] + rest[w.end - s.start :]
        return bool(whens) and not _WORD.search(rest)

    @cached_property
    def since(self) -> list[tuple[int, date]]:
        """Where the text says since when something goes on, and since which day: 'since 24 February'."""
        found = []
        for i, s in enumerate(self.passages.sentences[:400]):
            if "since" in s.part or i in self._whens:
                found += [(w.start, w.first) for w in self.whens(i) if w.sort == "since" and w.first is not None and w.first < self.day]
        return found

    @cached_property
    def onset(self) -> date | None:
        """The day on which, as the text says, what it is about began: 'the fighting that erupted on 15 December'."""
        pattern = self.language.patterns["onset"]
        for i, s in enumerate(self.passages.sentences[:_TOLD]):
            if "onset" not in s.part:
                continue
            for w in self.whens(i):
                if (
                    w.sort == "point"
                    and w.first is not None
                    and w.first < self.day
                    and pattern.search(self.passages.low, max(s.start, w.start - 60), w.start)
                ):
                    return w.first
        return None

    @cached_property
    def told_day(self) -> date | None:
        """The day as of which the text gives its figures, wherever it says so, else the first on which something was said; before publication."""
        spoken, refers = None, self.language.patterns["refers_to"]
        for i, s in enumerate(self.passages.sentences[:_TOLD]):
            if "as_of" not in s.part and "says" not in s.part and "refers_to" not in s.part and i not in self._whens:
                continue
            for w in self.whens(i):
                if w.last is not None and 0 < (self.day - w.last).days <= _LATE:
                    if w.sort == "as of" or ("refers_to" in s.part and refers.search(self.passages.low, max(s.start, w.start - 70), w.start)):
                        return w.last
                    spoken = w.last if w.spoken and spoken is None else spoken
        return spoken

    def note(self, s: Sentence, whens: list[When]) -> None:
        """Keeps times that were found already."""
        self._whens[self.at(s.start)] = whens

    @cached_property
    def named(self) -> tuple[PlaceMention, ...]:
        """Places and adjectives of the text, and names that no table knows where they stand like places; outside of noise, in order."""
        text = self.passages.text
        known = [p for p in self.places if not self.in_noise(p.start) and not self._person(p)]
        speakers = {name for name, n in Counter(_SPEAKER.findall(text)).items() if n > 1}
        unknown = [m for m in _NAME.finditer(text) if not self.in_noise(m.start()) and m[0] not in speakers and self._like_a_place(m)]
        counts = Counter(m[0] for m in unknown)
        found = []
        for m in unknown:
            similar = self.gazetteer.resolve_similar(m[0], self.countries) if counts[m[0]] <= 2 and len(m[0]) > 5 else None
            if similar is not None and similar.kind != "country":
                found.append(PlaceMention(m.start(), m.end(), (similar,), "place", similar=True))
            entry = PlaceEntry(plain(m[0], self.passages.low[max(0, m.start() - 12) : m.start()]), "town", self.country_near(m.start()))
            found.append(PlaceMention(m.start(), m.start() + len(bare(m[0])), (entry,), "place", known=False))
        known += self._districts()
        found += [longer for p in known if (longer := self._longer(p)) is not None]
        return tuple(sorted([*known, *found], key=lambda p: (p.start, not p.known)))

    def _districts(self) -> list[PlaceMention]:
        """Russian districts by the name of their town: 'Глушковского района'."""
        found = []
        for m in self.language.patterns["district"].finditer(self.passages.text) if self.language.district else ():
            i = bisect_left(self.known_starts, m.start())
            if i < len(self.places) and self.places[i].start == m.start():
                continue
            readings = (self.gazetteer.names.get((key(m[1] + ending),), []) for ending in ("", "о", "а", "ск"))
            entry = next((e for r in readings for e, role in r if role == "place" and e.kind in ("town", "region")), None)
            if entry is not None:
                found.append(PlaceMention(m.start(), m.end(), (entry,)))
        return found

    def _longer(self, p: PlaceMention) -> PlaceMention | None:
        """A longer name that begins with a known one: 'Khairpur Nathan Shah', 'Suceava County'."""
        m = _MORE.match(self.passages.text, p.end) if p.role == "place" and p.entry.kind in ("town", "region") else None
        if m is None or any(w in NO_NAMES or self.language.lexicon[w] for w in m[0].lower().split()):
            return None
        words = self.passages.text[p.start : m.end()]
        name = plain(words, self.passages.low[max(0, p.start - 12) : p.start])
        return PlaceMention(p.start, p.start + len(bare(words)), (PlaceEntry(name, "town", p.entry.countries[:1]),), "place", known=False)

    @cached_property
    def known_starts(self) -> list[int]:
        """Offsets of `places`."""
        return [p.start for p in self.places]

    @cached_property
    def home(self) -> Counter[str]:
        """Countries by how often an office, a capital or a dateline speaks for them: 'Poland's border guard', 'the ministry in Astana'."""
        low, office = self.passages.low, self.language.patterns["official"]
        result: Counter[str] = Counter()
        for p in self.named[:400]:
            if p.role == "people" or not p.known or not p.entry.countries or p.entry.kind == "crossing":
                continue
            country = p.entry.kind == "country"
            near = office.search(low, max(0, p.start - 28), min(len(low), p.end + 28)) if country or p.entry.name in self.gazetteer.capitals else None
            cut = near and re.search(r"[.,;:\n]", low[min(near.end(), p.end) : max(near.start(), p.start)])
            if near and not cut:
                result[p.entry.countries[0]] += 2
            if p.role == "place" and self.opens_paragraph(p):
                result[p.entry.countries[0]] += 2
        return result

    def opens_paragraph(self, p: PlaceMention) -> bool:
        """Whether a place stands in a dateline: 'SIRET, Romania (AP) -'."""
        s = self.passages.sentences[self.at(p.start)]
        return s.first and p.start - s.start < 40 and bool(_DATELINE.match(self.passages.text, s.start))

    @cached_property
    def _datelines(self) -> list[tuple[int, int]]:
        """Offsets of what stands before the dash or stop of a dateline; a text with many such beginnings has labels there."""
        found = []
        for number, paragraph in enumerate(self.paragraphs.values()):
            s = self.passages.sentences[paragraph]
            m = None if s.bullet or s.row else _DATELINE.match(self.passages.text, s.start) or _COLON.match(self.passages.text, s.start)
            if m and m.end() < s.end and (number < _HEAD or _CAPITALS.match(m[0])):
                found.append((m.start(), m.end()))
        return found if len(found) <= _HEAD else []

    def in_dateline(self, p: PlaceMention) -> bool:
        """Whether a place says where a report was written: 'SIRET, Romania (AP) -'."""
        text = self.passages.text
        return any(start <= p.start < end and (text[end - 2] != ":" or p.entry.kind == "town") for start, end in self._datelines)

    @cached_property
    def whole(self) -> tuple[list[str], list[str], list[Place], list[tuple[int, Place]]]:
        """Countries spoken of most, those whose offices speak, both by code and as places; of the latter with their rank."""
        country = self.gazetteer.country
        top = [c for c, _ in self.countries.most_common(3) if c in country]
        homes = [c for c, _ in self.home.most_common(2)]
        of_top = [Place(country[c].name, "", (c,), "", False, ("place taken from the whole text",), "country") for c in top]
        of_home = [(i, c) for i, c in enumerate(homes) if c in country]
        notes = ("the country whose offices speak",)
        return top, homes, of_top, [(i, Place(country[c].name, "", (c,), "", False, notes, "country")) for i, c in of_home]

    @cached_property
    def named_starts(self) -> list[int]:
        """Offsets of `named`."""
        return [p.start for p in self.named]

    @cached_property
    def uses(self) -> list[Use]:
        """What each of `named` does in its clause."""
        at = [self.starts[self.at(p.start)] for p in self.named]
        found = uses(self.passages.low, at, self.named, self.language)
        return [use._replace(use="dateline") if self.in_dateline(p) else use for p, use in zip(self.named, found, strict=True)]

    @cached_property
    def topic_of(self) -> dict[int, int]:
        """Number of a paragraph -> number in `named` of the first place in it that says where people are, go or come from."""
        result: dict[int, int] = {}
        for i, (p, use) in enumerate(zip(self.named, self.uses, strict=True)):
            if p.role == "place" and use.use in PLACING:
                result.setdefault(self.passages.sentences[self.at(p.start)].paragraph, i)
        return result

    @cached_property
    def _parts(self) -> tuple[Counter[str], Counter[str]]:
        """How often a text speaks of people of or from each country, and of people who come to it, or of its offices."""
        out: Counter[str] = Counter()
        host: Counter[str] = Counter()
        for p, use in zip(self.named, self.uses, strict=True):
            if p.entry.kind not in ("country", "region") or not p.entry.countries:
                continue
            code = p.entry.countries[0]
            if p.role == "people" or use.use in ("people", "from") or (p.role != "place" and use.next == "people"):
                out[code] += 1
            elif use.use in ("to", "at", "host", "office"):
                host[code] += 1
        return out, host

    def part_of(self, code: str) -> str:
        """Whether a text speaks of a country as one that people leave, or one that they come to: origin, host, both or none."""
        out, host = self._parts[0][code], self._parts[1][code]
        return "none" if not out and not host else "origin" if out > host else "host" if host > out else "both"

    @cached_property
    def names_border(self) -> bool:
        """Whether the text names a border anywhere."""
        return self.language.patterns["border_between"].search(self.passages.low) is not None

    @cached_property
    def mentioned(self) -> Counter[str]:
        """How often each place is named."""
        return Counter(p.entry.name for p in self.named if p.role == "place")

    def in_noise(self, offset: int) -> bool:
        """Whether an offset lies in a part of the text that is no report."""
        noise = self.passages.noise
        i = bisect_right(noise, (offset, len(self.passages.text)))
        return i > 0 and offset < noise[i - 1][1]

    def _person(self, p: PlaceMention) -> bool:
        """Whether a name of a town stands inside a person's: 'Abdul Nasir Khan'."""
        text = self.passages.text
        return (
            p.role == "place"
            and p.entry.kind in ("town", "region")
            and bool(_GIVEN.search(text, max(0, p.start - 24), p.start))
            and bool(_FAMILY.match(text, p.end))
        )

    def _like_a_place(self, m: re.Match[str]) -> bool:
        i = bisect_left(self.known_starts, m.end())
        if i > 0 and self.places[i - 1].end > m.start():
            return False
        low, language = self.passages.low, self.language
        before = low[max(0, m.start() - 40) : m.start()]
        line_head = not before or before[-1] == "\n" or before.endswith(("\n- ", "\n• ", "\n* "))
        beside = (
            (before[-1:] in _BLANK and _BESIDE.search(before))
            or _GATE.match(low, m.end())
            or _COUNT.match(low, m.end())
            or (line_head and _ROW.match(low, m.end()))
            or (before.endswith((", ", " / ", "/")) and low[m.end() : m.end() + 2] in (", ", "; ", ". ", " /", "/ ", " (", ") "))
        )
        if not beside:
            return False
        name = low[m.start() : m.end()]
        if language.patterns["not_places"].search(name) or language.lexicon[m[0].split()[0]] or no_name(name.split()):
            return False
        if (
            (_ACRONYM.fullmatch(m[0]) and not line_head)
            or (_PARTICIPLE.fullmatch(m[0]) and _HEAD_OF.search(before))
            or self._in_title_case(m.start())
        ):
            return False
        if " " in name and _TITLE.search(self.passages.text, max(0, m.start() - 4), m.start()):
            return False
        if (line_head and _ABSTRACT.fullmatch(name)) or _OF_PLACE.match(low, m.start()):
            return False
        return not language.patterns["not_before_places"].search(before)

    def _in_title_case(self, offset: int) -> bool:
        """Whether a line writes most of its words with capitals, so that capitals tell nothing: 'Migrants Decide to Re-Form Caravan'."""
        text = self.passages.text
        start = text.rfind("\n", 0, offset) + 1
        end = text.find("\n", offset)
        line = text[start : end if end >= 0 else len(text)]
        if len(line) > 2 * _STOP:
            return False
        words = _LONG_WORDS.findall(line)
        return len(words) >= _TITLE_WORDS and sum(w[0].isupper() for w in words) >= 0.8 * len(words)

    def country_near(self, offset: int) -> tuple[str, ...]:
        """The country of the place named nearest, a little rather before than after."""
        i = bisect_left(self.known_starts, offset)
        near = [p for p in self.places[max(0, i - 3) : i + 3] if p.role == "place" and p.entry.countries and p.entry.countries != ("EU",)]
        if near and (best := min(near, key=lambda p: (offset - p.end) if p.start < offset else 1.5 * (p.start - offset))) is not None:
            return best.entry.countries[-1:]
        return (self.countries.most_common(1)[0][0],) if self.countries else ()


_NO_NAMES = """
the this that these those they there then when where while with what who why how his her our its their from after before since
during about acnur r4v besides however furthermore moreover additionally overall meanwhile earlier currently
unhcr iom ocha un nato unicef wfp msf icrc red cross media agency afp reuters tass interfax president minister
ministry government police border monday tuesday wednesday thursday friday saturday sunday january february march april may june
july august september october november december some about around nearly almost over only just more up between roughly another
further total all most by on at in as of to and but or not no one two около порядка свыше более до почти примерно ещё еще итого
всего по на в из за с к arrivals departures entries exits entry exit date day week people persons cars buses lorries trucks men
women children families whom others other въезд выезд въехали выехали дата день людей человек машин прибыло убыло мужчин женщин
детей семей другие прочие из north south east west northern southern eastern western central facebook telegram twitter mr mrs dr
colonel general captain major мид мвд фсб оон увкб юнисеф мчс апреля россии этом также если когда после однако здесь сейчас теперь
whole outlook roads road gaps shelter shelters health food water planning next needs response reception security weather transfers transport
update situation report highlights overview summary bulletin flash analysis background quote note world europe africa asia america
анализ сводка ситуация обзор итоги фон европа европы европе европу мир азия азии африки россияне москвичи
returns refusals funding schools post station place point page chapter arriving departing present waiting stranded refused male female
average same top yesterday today tonight overnight
всего понедельник вторник среду среда четверг пятницу пятница субботу суббота воскресенье
"""
NO_NAMES = frozenset(_NO_NAMES.split())
"""Words with a capital that are no names of places where they stand like them."""
_DIRECTIONS = frozenset({"north", "south", "east", "west", "northern", "southern", "eastern", "western", "central"})


def no_name(words: Sequence[str]) -> bool:
    """Whether one of some words, in lower case, is no name; 'west' may begin one: 'West Guji'."""
    return any(w in NO_NAMES for w in (words[1:] if len(words) > 1 and words[0] in _DIRECTIONS else words))
