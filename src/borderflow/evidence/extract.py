"""Text to proposed claims: sentences are read (`reading`), then each number gets its place, window, source and confidence.

A pure function of the text, the day of publication and the gazetteer.
"""

from __future__ import annotations

import hashlib
import re
import string
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from itertools import takewhile

from borderflow.evidence.counting import NOTHING, Surroundings, choose, sentence_features
from borderflow.evidence.english import ENGLISH
from borderflow.evidence.gazetteer import Gazetteer, PlaceEntry, PlaceMention
from borderflow.evidence.kinds import kind_named
from borderflow.evidence.language import Language
from borderflow.evidence.numbers import Mention, has_number, mentions
from borderflow.evidence.numbers import located as numbers_located
from borderflow.evidence.numbers import searched as numbers_searched
from borderflow.evidence.passages import SEARCHED, Passages, Sentence, split
from borderflow.evidence.place_options import Before, group_of, place_options
from borderflow.evidence.places import Place, choose_place
from borderflow.evidence.proposal import Proposal, replace
from borderflow.evidence.quantities import MOVING, Quantity, features, present, share_of, spanned, tags_of, turned
from borderflow.evidence.ranking import Chooser
from borderflow.evidence.reading import Reading, read
from borderflow.evidence.repeats import marked
from borderflow.evidence.russian import RUSSIAN
from borderflow.evidence.scan import Table
from borderflow.evidence.scene import Scene
from borderflow.evidence.sentence import LENGTHS, MOVES, UNIT_TAGS, View, Word, first_unit, view, words_of
from borderflow.evidence.sources import Source, source_of
from borderflow.evidence.statement import confidence, hedged, is_national, mode_of, quantity
from borderflow.evidence.times import LOCATED as TIMES_LOCATED
from borderflow.evidence.times import Event, When, counted_from, is_relative, times
from borderflow.evidence.times import searched as times_searched
from borderflow.evidence.window_options import Dated, WindowOptions, WindowsBefore, kind_of_days
from borderflow.evidence.windows import Window, aside, header_day, window_of

LANGUAGES: tuple[Language, ...] = (ENGLISH, RUSSIAN)
_LATIN = string.ascii_letters.encode()
_CYRILLIC = "".join(map(chr, range(ord("А"), ord("я") + 1))).encode("cp1251") + "Ёё".encode("cp1251")
_BREAKS = re.compile("[,;:]")
_SPEAKS_OF = frozenset({*MOVES, *UNIT_TAGS, "traffic", "queue_noun", "travel", "walk", "demonym", "demonym?"})
"""Tags of words without which no number of a sentence is a claim."""
_ON_THE_MOVE = ("enter", "cross", "leave", "return", "process")
_LIKELY = 0.5
"""A choice below this probability among its candidates is a doubt."""
_RUNNING = 0.25
"""A running total of an earlier day is no smaller a part of the last one."""
_DUMMY = date(2000, 1, 1)
"""Stands for the day of publication where none is known; windows are then dropped."""


_WHOLE = (
    "says",
    "according",
    "witness",
    "forecast",
    "planned",
    "withdrawn",
    "untrue",
    "poll",
    "here",
    "border_between",
    "the_crossing",
    "the_town",
    "neighbours",
    "respectively",
    "their_country",
    "capacity",
    "ages",
    "habitual",
    "daily",
    "average",
    "correction",
    "permitted",
    "figure_word",
    "capacity_word",
    "called_up",
    "figure_was",
    "reporting_period",
    "before_that",
    "risen_to",
    "part_of",
    "present_before",
    "of_before",
    "takes_in",
)
"""Patterns of a language that are searched in whole sentences."""


@cache
def _table(language: Language) -> Table:
    """What can begin in a word of a language."""
    fields = {name: getattr(language, name) for name in _WHOLE}
    spoken = (word for tag, words in language.words.items() if tag in _SPEAKS_OF for word in words.split())
    moves = [rf"\b{re.escape(w[:-1])}" if w.endswith("*") else rf"\b{re.escape(w)}\b" for w in spoken]
    fields |= {f"by {mode}": pattern for mode, pattern in language.ways}
    fields |= {"via": language.via.removesuffix("$"), **dict(language.tenses)}
    fields |= {f"tells {name}": pattern for name, pattern in language.telling}
    fields["move"] = "|".join([*moves, *(rf"\b{re.escape(word)}\b" for word in language.phrases)])
    fields["cumulative"] = "|".join(rf"\b{word}" for word in language.cumulative) or "(?!x)x"
    fields["phrase"] = "|".join(rf"\b{re.escape(word)}\b" for word in language.phrases) or "(?!x)x"
    return Table(SEARCHED | fields | numbers_searched(language) | times_searched(language), [*numbers_located(language), *TIMES_LOCATED])


def language_of(text: str) -> Language:
    """The language of a text, by its letters."""
    part = text[:20_000]
    if part.isascii():
        return ENGLISH
    letters = part.encode("cp1251", "ignore")  # in which every letter that counts is one byte
    cyrillic, latin = len(letters) - len(letters.translate(None, _CYRILLIC)), len(letters) - len(letters.translate(None, _LATIN))
    return RUSSIAN if cyrillic > 0.4 * latin else ENGLISH


@dataclass
class _Document:
    """What is known of a text while it is read from the top down."""

    passages: Passages
    language: Language
    gazetteer: Gazetteer
    choose: Chooser
    scene: Scene
    published: date | None
    places: list[PlaceMention]
    countries: Counter[str]
    events: tuple[Event, ...] = ()
    day: date = _DUMMY
    stem: str = ""
    """What the ids of its claims begin with."""
    found: list[Proposal] = field(default_factory=list)
    before: Reading | None = None
    before_at: tuple[int, int] = (-1, -1)
    """Paragraph and number of the sentence of `before`."""
    last_place: Place | None = None
    last_window: Window | None = None
    people_window: Window | None = None
    """The last window of people or families: shares are shares of them."""
    last_span: Window | None = None
    """The last window of more than one day."""
    last_sentence: tuple[int, int] = (-1, -1)
    """The sentence of the last claim."""
    last_reading: Reading | None = None
    last_direction: str = ""
    title: list[str] | None = None
    """What the title speaks of, once it was asked for."""
    last_paragraph: int = -1
    unit_windows: dict[str, Window] = field(default_factory=dict)
    """The last window by unit."""
    head_times: dict[int, list[When]] = field(default_factory=dict)
    """Times in the heads of columns, by their offset."""
    dated: dict[str, Dated] = field(default_factory=dict)
    """The last window by kind of days, and whether the text said it."""
    days_seen: dict[str, Counter[tuple[date | None, date | None]]] = field(default_factory=dict)
    """How many claims had each window, by kind of days."""
    claimed: dict[str, None] = field(default_factory=dict)
    """Places of the claims of the last paragraph."""
    placed: dict[str, Place] = field(default_factory=dict)
    """The last place of claims that are placed alike."""
    places_seen: Counter[str] = field(default_factory=Counter)
    most_seen: str = ""
    """How many claims each place had, and the place of most."""
    corrections: list[int] = field(default_factory=list)
    """Offsets of words by which figures are taken back."""
    known: dict[float, bool] = field(default_factory=dict)
    """Values of the numbers so far, and whether they were claims."""
    source: Source = field(default_factory=Source)
    said: date | None = None
    header: tuple[date | None, date | None] | None = None
    leads: dict[int, tuple[tuple[Word, ...], int, int]] = field(default_factory=dict)
    """Words and offsets of lines that lead in lists, by paragraph."""
    heads: dict[int, tuple[Word, ...]] = field(default_factory=dict)
    """Words of the heads of columns, by their offset."""

    def words_of(self, start: int, end: int) -> tuple[Word, ...]:
        """Words of the head of a column."""
        if start not in self.heads:
            p = self.passages
            self.heads[start] = tuple(words_of(p.low, start, end, self.language, p.scan.part(start, end)))
        return self.heads[start]

    def times_of(self, start: int, end: int) -> list[When]:
        """Times in the head of a column."""
        known = self.head_times.get(start)
        if known is None:
            part = self.passages.scan.part(start, end)
            known = self.head_times[start] = times(self.passages.low, start, end, self.language, self.day, self.events, part)
        return known

    def day_of_story(self, like: str) -> tuple[date | None, date | None] | None:
        """The window that most claims of a kind have had, if two at least."""
        seen = self.days_seen.get(like)
        days, n = seen.most_common(1)[0] if seen else (None, 0)
        return days if n > 1 else None


def extract(
    text: str,
    *,
    published: date | None,
    gazetteer: Gazetteer,
    context: bool = False,
    language: Language | None = None,
    choose: Chooser | None = None,
) -> list[Proposal]:
    """Claims proposed from a text, in its order; offsets are into `text`, and text[start:end] == quote.

    published: the day the text is dated; without it windows stay empty. context: also numbers that are recognised as no claims.
    choose: chooses among candidate places and windows, two calls a claim, window first; without it what came with the gazetteer.
    """
    language = language or language_of(text)
    passages = split(text, frozenset(language.abbreviations.split()), _table(language))
    places = gazetteer.find(text) if passages.sentences else []
    countries: Counter[str] = Counter(code for p in places for code in p.entry.countries)
    day = published or _DUMMY
    known = (e for e in gazetteer.events if e.day <= day and (not e.countries or any(c in countries for c in e.countries)))
    spoken_of = {e: max((countries[c] for c in e.countries), default=10**9) for e in known}
    events = tuple(sorted(spoken_of, key=lambda e: ((day - e.day).days > _LONG_AGO, -spoken_of[e], -e.day.toordinal())))
    scene = Scene(passages, language, gazetteer, places, countries, day, events)
    document = _Document(passages, language, gazetteer, choose or gazetteer.ranker, scene, published, places, countries, events, day)
    document.stem = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    document.header = header_day(passages, language, day) if published else None
    if passages.sentences:
        document.corrections = [at for at in passages.scan.at("correction") if language.patterns["correction"].match(passages.low, at)]
    starts = [p.start for p in places]
    question: tuple[int, tuple[Word, ...]] = (-9, ())
    """Number and words of the last question without a number: what follows may answer it."""
    for number, sentence in enumerate(passages.sentences):
        low = passages.low
        here = places[bisect_left(starts, sentence.start) : bisect_left(starts, sentence.end)]
        if sentence.lead >= 0 and sentence.lead not in document.leads:
            document.leads[sentence.lead] = _lead(passages, number, sentence.lead, language)
        if low[sentence.end - 1] == "?" and "digit" not in sentence.part:
            question = number, tuple(words_of(low, sentence.start, sentence.end, language, sentence.part))
        if not has_number(low, sentence.end, language, sentence.part):
            _note_source(document, sentence)
            _withdraw(document, sentence)
            continue
        heading = document.leads[sentence.lead][0] if sentence.bullet and sentence.lead >= 0 else question[1] if number - question[0] <= 2 else ()
        _read_sentence(document, sentence, number, here, heading, context)
    return marked(document.found, scene)


def _lead(passages: Passages, number: int, paragraph: int, language: Language) -> tuple[tuple[Word, ...], int, int]:
    """Words and offsets of the line that leads in the list to which sentence `number` belongs."""
    last = next((i for i in range(number - 1, -1, -1) if passages.sentences[i].paragraph <= paragraph), -1)
    first = last
    while first > 0 and passages.sentences[first - 1].paragraph == paragraph:
        first -= 1
    if last < 0 or passages.sentences[last].paragraph != paragraph:
        return (), 0, 0
    start, end = passages.sentences[first].start, passages.sentences[last].end
    return tuple(words_of(passages.low, start, end, language, passages.scan.part(start, end))), start, end


def _note_source(d: _Document, s: Sentence) -> None:
    if "says" in s.part and d.language.patterns["says"].search(d.passages.low, s.start, s.end):
        d.source = source_of(d.passages.text, d.passages.low, s, d.language, d.source)


def _read_sentence(d: _Document, s: Sentence, number: int, here: Sequence[PlaceMention], lead: tuple[Word, ...], context: bool) -> None:
    low, language = d.passages.low, d.language
    d.source = source_of(d.passages.text, low, s, language, d.source)
    d.said = None if s.first else d.said
    goes_on = d.before is not None and d.before_at[0] == s.paragraph and number - d.before_at[1] <= 1
    last = d.passages.sentences[max(0, number - 1)]
    close = d.before is not None and s.paragraph - d.before_at[0] <= 3  # where figures were, more may follow
    close = close or ("move" in last.part and last.paragraph == s.paragraph)
    asked = (
        context
        or bool(lead)
        or bool(s.columns)
        or close
        or ("forecast" in s.part and bool(language.patterns["forecast"].search(low, s.start, s.end)))
    )
    if not asked and "move" not in s.part and all(p.role == "place" for p in here):  # its numbers count nothing that moves or waits
        _withdraw(d, s)
        return
    whens = times(low, s.start, s.end, language, d.day, d.events, s.part)
    if not whens and (s.row or s.bullet):
        whens = d.scene.date_line(number)
    if lead and s.lead >= 0 and not whens:  # a row of a list under 'Cross-border movements, cumulative to 9 May'
        whens = _times_of_lead(d, s, number)
    if any(is_relative(low, w) for w in whens):
        days = {then: _days_before(d, s, number, since=then) for then in {w.sort == "before then" for w in whens}}
        whens = [counted_from(w, days[w.sort == "before then"]) if is_relative(low, w) else w for w in whens]
        whens = [w for w in whens if w.sort != "before then"]  # of nothing that was dated
    whens = _as_reported(d, whens)
    masked = [w.mask for w in whens if not (w.sort == "past" and language.patterns["spent"].match(low, w.mask[0]) and _on_the_way(d, s, w))]
    found = mentions(low, s.start, s.end, language, masked, s.part)
    d.scene.note(s, whens)
    spoken = next((w.last for w in whens if w.spoken and w.last is not None and w.last <= d.day), None)
    v = view(d.passages.text, low, s.start, s.end, language, here, s.part, lead, s.row) if found or spoken else None
    if v is None or not (asked or any(not w.tags.isdisjoint(_SPEAKS_OF) for w in v.tagged)):
        _withdraw(d, s)
        return
    i = bisect_left(d.corrections, s.start - 60)
    v.memo["correction"] = i < len(d.corrections) and d.corrections[i] < s.end + 150
    d.said = spoken or d.said
    if not found:
        _withdraw(d, s)
        return
    before = d.before if goes_on else None
    dated = any(not w.spoken and w.last is not None for w in whens)
    placed = dated or any(p.role == "place" for p in here)
    far = d.before if d.before is not None and placed and s.paragraph - d.before_at[0] <= 2 else None
    other = False
    chain: Reading | None = None
    counting, claims = d.gazetteer.counting, 0
    last_unit = _last_unit(d, number) if counting is not None else ""
    says, usual = sentence_features(v, dated, s.lead >= 0) if counting is not None else (NOTHING, ())
    for n, m in enumerate(found):
        dated_by: Sequence[When] = ()
        if s.columns:
            column = next((c for c in s.columns if c[0] <= m.start < c[1]), None)
            v.column = d.words_of(*column[2:]) if column else ()
            dated_by = d.times_of(*column[2:]) if column else ()
        reading = read(v, m, chain if chain is not None and m.form in ("percent", "share") else before, far)
        if counting is not None:
            reading = choose(counting, v, m, reading, Surroundings(before, far, claims, n - claims, says, usual, last_unit, d.known))
            d.known[m.high if m.high is not None else m.low or 0.0] = bool(reading.what) and not reading.context
        elif reading.of_them and other and reading.what:  # of things, not of people
            reading = reading._replace(context=True, what="", why="a part of something else")
        other = reading.rule == "noun-other"
        if not reading.context and reading.what:
            claims += 1
            _add(d, s, v, reading, dated_by or whens, found)
            chain = reading if reading.what == "share" else None
            before = reading if reading.what not in ("ratio", "share") or before is None or before.mention.start < v.start else before
            if reading.what not in ("ratio", "share") or d.before is None:
                d.before = reading
            d.before_at = s.paragraph, number
        elif context:
            d.found.append(_context(d, s, reading))
    _withdraw(d, s)


def _times_of_lead(d: _Document, s: Sentence, number: int) -> list[When]:
    """Times of the line that leads in, or else of the heading right above it; none where the row itself began with a time."""
    own = d.passages.sentences[number - 1] if number else s
    if own.paragraph == s.paragraph and any(not w.spoken and w.start >= own.start for w in d.scene.whens(number - 1)):
        return d.scene.whens(number - 1)
    start, end = d.leads[s.lead][1:]
    whens = times(d.passages.low, start, end, d.language, d.day, d.events, d.passages.scan.part(start, end))
    above = d.scene.heading_of.get(s.lead, -1)
    if not whens and above >= 0 and d.passages.sentences[above].paragraph == s.lead - 1:
        whens = d.scene.whens(above)
    return whens


def _last_unit(d: _Document, number: int) -> str:
    """What the sentence before sentence `number` speaks of first, in the same paragraph."""
    before, s = d.passages.sentences[max(0, number - 1) : number + 1][0], d.passages.sentences[number]
    if number == 0 or before.paragraph != s.paragraph:
        return ""
    return first_unit(map(d.language.lexicon.__getitem__, before.part.words))


_LETTERS = re.compile(r"[^\W\d_]+")


def _on_the_way(d: _Document, s: Sentence, w: When) -> bool:
    """Whether a sentence speaks of waiting or of a way, so that 'in four hours' is a time spent; hours also of passing or of a length."""
    low, (start, end) = d.passages.low, w.mask
    if _LARGE.search(low, max(s.start, start - 110), min(s.end, end + 20)):
        return False
    tags = [d.language.lexicon[word] for word in _LETTERS.findall(low, s.start, s.end)]
    hours = not d.language.lexicon[low[start:end].rpartition(" ")[2]].isdisjoint(("hour", "minute"))
    return any(not of.isdisjoint(_SPENT_ON) or (hours and not of.isdisjoint(_PASSED)) for of in tags)


_LONG_AGO = 3000
"""Days after which an event is meant only where the text speaks of no later one."""
_LARGE = re.compile(r"\d{3}|\d ?(?:тыс|млн|thousand|million)")
_SPENT_ON = frozenset({"wait", "queue_noun", "walk", "travel"})
_PASSED = frozenset({"cross", "process", *LENGTHS})


def _withdraw(d: _Document, s: Sentence) -> None:
    """Figures that a sentence takes back become context: those it repeats, or the last one where it names none."""
    if d.found and "untrue" in s.part and (m := d.language.patterns["untrue"].search(d.passages.low, s.start, s.end)):
        inside = list(takewhile(lambda p: p.sentence == (s.start, s.end), reversed(d.found)))
        if inside and inside[0].end <= m.start():  # 'that 5,000 had crossed was wrong'
            _make_context(d, inside[0])
            return
    m = d.language.patterns["withdrawn"].search(d.passages.low, s.start, s.end) if d.found and "withdrawn" in s.part else None
    if not m:
        return
    inside = list(takewhile(lambda p: p.sentence == (s.start, s.end), reversed(d.found)))[::-1]
    near = [p for p in inside if p.start >= m.start() and not _BREAKS.search(d.passages.low[m.end() : p.start])]
    if near:
        worst = near[0]
        _make_context(d, worst)
        for p in d.found:
            if p.unit == worst.unit and (p.value_low, p.value_high) == (worst.value_low, worst.value_high) and p.status == "candidate":
                _make_context(d, p)
    elif not inside and d.language.patterns["the_figure"].search(d.passages.low[m.start() : s.end]):
        _make_context(d, d.found[-1])


def _make_context(d: _Document, p: Proposal) -> None:
    i = next((i for i, q in enumerate(d.found) if q is p), None)
    if i is not None:
        d.found[i] = replace(p, status="context", note="; ".join(x for x in (p.note, "withdrawn in the same text") if x))


def _as_reported(d: _Document, whens: list[When]) -> list[When]:
    """Times as a report means them that says as of which day, or for which period, it speaks: 'since', 'now' and 'this week' end with it."""
    first, end = d.header or (None, None)
    if end is None:
        return [w for w in whens if w.sort != "period"]
    low, result = d.passages.low, []
    for w in whens:
        if w.sort == "period" or (first is not None and low[w.start : w.end] in _THIS_WEEK):
            if first is None:
                continue
            w = w._replace(first=first, last=end, sort="span")
        elif w.sort in ("since", "this year") and w.last == d.day and w.first is not None and w.first < end:
            w = w._replace(last=end)
        elif w.sort == "now" and first is not None and w.last == d.day:
            w = w._replace(first=end, last=end)
        result.append(w)
    return result


_THIS_WEEK = frozenset({"this week", "this month", "эта неделя", "эту неделю", "этой неделе"})


def _days_before(d: _Document, s: Sentence, number: int, since: bool) -> tuple[date | None, date | None]:
    """Days that 'the day before' of a sentence counts from: the last that the text named before, or those of the last claim where it is later.

    since: a day since which something is counts too.
    """
    for k in range(number - 1, max(-1, number - 4), -1):
        earlier = d.passages.sentences[k]
        if (earlier.start, earlier.end) == d.last_sentence and d.last_window is not None:
            return d.last_window.first, d.last_window.last
        sorts = ("point", "span", "range", "until", "past", *(["since"] if since else []))
        named = [w for w in d.scene.whens(k) if not w.spoken and w.last is not None and w.sort in sorts]
        if named:
            return named[-1].first, named[-1].last
    return (d.last_window.first, d.last_window.last) if d.last_window is not None and d.last_paragraph == s.paragraph else (None, None)


# ---- one claim ------------------------------------------------------------------------------------------------------


def _add(d: _Document, s: Sentence, v: View, r: Reading, whens: Sequence[When], found: Sequence[Mention]) -> None:
    m = r.mention
    window, dated, sure_when = _window(d, s, v, r, whens, found)
    place, placed, sure_where = _place(d, s, v, r, found, window)
    kind, flow, unit, direction = quantity(r, place, window)
    (kind, flow, direction), likely = _chosen(d, s, v, r, place, window, unit, Quantity(kind, flow, direction))
    low, high = (None if x is None else _scaled(x * r.factor) for x in (m.low, m.high))
    begin, end = m.begin, max(m.end, r.stop)
    end += d.passages.text[begin:end].count("[") > d.passages.text[begin:end].count("]") and d.passages.text[end : end + 1] == "]"
    quote = d.passages.text[begin:end].rstrip()
    hedge = hedged(r, window, m.hedge)
    who, mode = "men" if r.men else "citizens" if is_national(v, r) or place.national else "", mode_of(r, v)
    notes = list(place.notes)
    first, last = window.first, window.last
    if d.published is None:
        first = last = None
        notes.append("day of publication unknown: no window")
    proposal = Proposal(
        claim_id=_id(d),
        as_of=(d.said or d.published) if d.published else None,
        quantity_kind=kind_named(kind, unit, direction, mode),
        value_low=low,
        value_high=high,
        unit=unit,
        flow=flow,
        place=place.name,
        window_start=first,
        window_end=last,
        quote=quote,
        start=begin,
        end=begin + len(quote),
        hedge=hedge,
        direction=direction,
        mode=mode,
        who=who,
        place_text=place.text,
        country=place.countries,
        source=d.source.name,
        standing=d.source.standing,
        confidence=confidence(sure_where * sure_when, place, likely),
        rule=f"{r.rule}, place: {placed}, window: {dated}",
        note="; ".join(notes),
        sentence=(s.start, s.end),
    )
    d.found.append(proposal)
    d.last_place = place if place.name else d.last_place
    if not (d.last_window is not None and _earlier(window, d.last_window) and aside(v, r, whens)):
        _keep_window(d, s, v, r, whens, window)
    d.last_sentence = (s.start, s.end)
    d.claimed = d.claimed if d.last_paragraph == s.paragraph else {}
    d.claimed[place.name] = None
    d.placed[group_of(r)] = place
    if place.name:
        d.places_seen[place.name] += 1
        if d.places_seen[place.name] > d.places_seen[d.most_seen]:
            d.most_seen = place.name
    d.last_reading, d.last_paragraph, d.last_direction = r, s.paragraph, direction


def _earlier(window: Window, before: Window) -> bool:
    return window.last is not None and before.last is not None and window.last < before.last


def _keep_window(d: _Document, s: Sentence, v: View, r: Reading, whens: Sequence[When], window: Window) -> None:
    """Keeps the window of a claim for those that go on in its days."""
    d.last_window = window
    if r.what in ("people", "families"):
        d.people_window = window
    if window.first is not None and window.first != window.last:
        d.last_span = window
    d.unit_windows[r.what] = window
    like = kind_of_days(v, r)
    d.dated[like] = Dated(window, s.paragraph, any(not w.spoken and w.last is not None for w in whens))
    if not r.forecast:
        d.days_seen.setdefault(like, Counter())[window.first, window.last] += 1


def _chosen(d: _Document, s: Sentence, v: View, r: Reading, place: Place, window: Window, unit: str, rule: Quantity) -> tuple[Quantity, bool]:
    """Kind, flow and direction of one reading, and whether they are probable among the answers."""
    choose = d.gazetteer.quantities
    if choose is None:
        return rule, True
    if d.title is None:
        p, (start, end) = d.passages, d.scene.title
        d.title = tags_of("title", view(p.text, p.low, start, end, d.language, (), p.scan.part(start, end)).words) if end else []
    moving = rule._replace(flow=MOVING if rule.flow in ("flow", "cumulative") else rule.flow)
    unit = "capacity" if r.capacity else unit  # of which the rules are sure
    names = features(v, r, place, window, d.day, moving, d.title)
    chosen, probability = choose(unit, names, moving)
    chosen = share_of(v, r, chosen) if r.what == "share" else present(chosen, place, names)
    return spanned(turned(v, r, chosen, d.last_direction if d.last_paragraph == s.paragraph else ""), window), probability >= _LIKELY


def _place(d: _Document, s: Sentence, v: View, r: Reading, found: Sequence[Mention], window: Window) -> tuple[Place, str, float]:
    """The place of one reading, what made the choice and its probability. The rule's choice is one of the candidates."""
    same = d.last_sentence == (s.start, s.end)
    rule = choose_place(v, r, found, d.places, d.gazetteer, d.countries, d.last_place, same, d.passages, s)
    last = d.last_reading
    before = Before(
        d.last_place,
        same,
        d.last_paragraph == s.paragraph,
        last is not None and last.what == r.what,
        last is not None and last.cue == r.cue,
        tuple(d.claimed) if d.last_paragraph == s.paragraph else (),
        _claimed_up_to(d, same),
        d.placed.get(group_of(r)),
        d.most_seen,
    )
    options = place_options(d.scene, v, r, found, s, before, rule, window)
    measures = {i: o.measures for i, o in enumerate(options) if o.score is not None}
    i, probability = d.choose("place", [o.bundles for o in options], [o.place.name for o in options], measures)
    chosen = options[i].place
    sure = probability >= _LIKELY and bool(chosen.name)
    return chosen._replace(sure=sure, national=rule.national), options[i].basis, probability


def _claimed_up_to(d: _Document, same_sentence: bool) -> int:
    """Offset up to which names and times belong to the last claim: its number in this sentence, else the end of its own; -1 where there is none."""
    if d.last_reading is None:
        return -1
    return d.last_reading.mention.start if same_sentence else d.last_sentence[1]


def _window(d: _Document, s: Sentence, v: View, r: Reading, whens: Sequence[When], found: Sequence[Mention]) -> tuple[Window, str, float]:
    """The window of one reading, what made the choice and its probability."""
    share = r.what == "share" and d.people_window
    rule = window_of(
        v,
        r,
        whens,
        found,
        d.day,
        d.said,
        d.header,
        d.people_window if share else d.last_window,
        d.last_span,
        d.before is not None and d.before_at[0] == s.paragraph and (r.of_them or r.rule == "bare-like-before"),
        _follows(d, s, r),
    )
    last = d.last_reading
    if rule.firm and last is not None and (r.mention.low or 0.0) < _RUNNING * (last.mention.low or 0.0):
        rule = rule._replace(firm=False)  # too small to be the total of a day earlier
    like = kind_of_days(v, r)
    before = WindowsBefore(
        d.last_window,
        d.people_window,
        d.last_span,
        d.unit_windows.get(r.what),
        d.dated.get(like),
        d.day_of_story(like),
        d.last_sentence == (s.start, s.end),
        d.last_paragraph == s.paragraph,
        last is not None and last.what == r.what,
        last is not None and last.cue == r.cue,
        _claimed_up_to(d, d.last_sentence == (s.start, s.end)),
    )
    offered = WindowOptions(d.scene, v, r, whens, found, s, d.said, d.header, before, rule)
    i, probability = d.choose("window", list(offered.options.values()), list(offered.options), {})
    return offered.window(i)._replace(sure=probability >= _LIKELY), offered.basis(i), probability


def _id(d: _Document) -> str:
    """The id of the next number of a document, by its content and its place in it."""
    return f"{d.stem}-{len(d.found) + 1:03d}"


def _follows(d: _Document, s: Sentence, r: Reading) -> bool:
    """Whether a sentence goes on with what the one before, in this paragraph or the last, has begun: the same unit, moving like it."""
    b = d.before
    since = d.last_window is not None and d.last_window.since
    if b is None or not 0 <= s.paragraph - d.before_at[0] <= (0 if since else 1):
        return False
    if d.last_window is not None and d.last_window.since and d.before_at[0] != s.paragraph:
        return False
    return b.what == r.what and b.cue in _ON_THE_MOVE and r.cue in _ON_THE_MOVE and not b.rate


def _scaled(value: float) -> float:
    return round(value, 6)


def _context(d: _Document, s: Sentence, r: Reading) -> Proposal:
    m = r.mention
    end = max(m.end, r.stop)
    quote = d.passages.text[m.begin : end].rstrip()
    unit = r.what or {"percent": "share", "share": "share", "ratio": "ratio"}.get(m.form, "")
    return Proposal(
        _id(d),
        d.published,
        "other",
        m.low,
        m.high,
        unit,
        "",
        "",
        None,
        None,
        quote,
        m.begin,
        m.begin + len(quote),
        m.hedge,
        rule=r.rule,
        status="context",
        note=r.why,
        sentence=(s.start, s.end),
        confidence="high",
    )


__all__ = ["LANGUAGES", "PlaceEntry", "extract", "language_of"]
