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
from datetime import date
from functools import cache
from itertools import takewhile

from borderflow.evidence.claiming import add_claim, context_of
from borderflow.evidence.counting import NOTHING, Surroundings, choose, sentence_features, word_after
from borderflow.evidence.english import ENGLISH
from borderflow.evidence.gazetteer import Gazetteer, PlaceEntry, PlaceMention
from borderflow.evidence.language import Language
from borderflow.evidence.memory import Memory
from borderflow.evidence.mending import Mended, mended
from borderflow.evidence.noise import SEARCHED
from borderflow.evidence.number_patterns import located as numbers_located
from borderflow.evidence.number_patterns import searched as numbers_searched
from borderflow.evidence.numbers import has_number, mentions
from borderflow.evidence.passages import Passages, Sentence, split
from borderflow.evidence.proposal import Proposal, replace
from borderflow.evidence.ranking import Chooser
from borderflow.evidence.reading import Reading, read
from borderflow.evidence.repeats import marked
from borderflow.evidence.russian import RUSSIAN
from borderflow.evidence.scan import Table
from borderflow.evidence.scene import Scene
from borderflow.evidence.sentence import LENGTHS, MOVES, UNIT_TAGS, View, Word, first_unit, view, words_of
from borderflow.evidence.sources import source_of
from borderflow.evidence.times import LOCATED as TIMES_LOCATED
from borderflow.evidence.times import When, counted_from, is_relative, times
from borderflow.evidence.times import searched as times_searched
from borderflow.evidence.windows import header_day

LANGUAGES: tuple[Language, ...] = (ENGLISH, RUSSIAN)
_LATIN = string.ascii_letters.encode()
_CYRILLIC = "".join(map(chr, range(ord("А"), ord("я") + 1))).encode("cp1251") + "Ёё".encode("cp1251")
_BREAKS = re.compile("[,;:]")
_SPEAKS_OF = frozenset({*MOVES, *UNIT_TAGS, "traffic", "queue_noun", "travel", "walk", "demonym", "demonym?"})
"""Tags of words without which no number of a sentence is a claim."""
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
    "onset",
    "refers_to",
    "inhabitants_of",
    "permitted",
    "figure_word",
    "capacity_word",
    "called_up",
    "figure_was",
    "reporting_period",
    "before_that",
    "risen_to",
    "part_of",
    "first_span",
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


def extract(
    text: str,
    *,
    published: date | None,
    gazetteer: Gazetteer,
    context: bool = False,
    language: Language | None = None,
    choose: Chooser | None = None,
    others: int = 0,
) -> list[Proposal]:
    """Claims proposed from a text, in its order; offsets are into `text`, and text[start:end] == quote.

    published: the day the text is dated; without it windows stay empty. context: also numbers that are recognised as no claims.
    choose: chooses among candidate places and windows, two calls a claim, window first; without it what came with the gazetteer.
    others: how many other places, and windows, a claim keeps by the chance that they are right.
    """
    language = language or language_of(text)
    original, whole = text, mended(text, language, gazetteer)
    text = whole.text
    passages = split(text, frozenset(language.abbreviations.split()), _table(language))
    places = gazetteer.find(text) if passages.sentences else []
    countries: Counter[str] = Counter(code for p in places for code in p.entry.countries)
    day = published or _DUMMY
    known = (e for e in gazetteer.events if e.day <= day and (not e.countries or any(c in countries for c in e.countries)))
    spoken_of = {e: max((countries[c] for c in e.countries), default=10**9) for e in known}
    events = tuple(sorted(spoken_of, key=lambda e: ((day - e.day).days > _LONG_AGO, -spoken_of[e], -e.day.toordinal())))
    scene = Scene(passages, language, gazetteer, places, countries, day, events)
    stem = hashlib.sha256(original.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    header = header_day(passages, language, day) if published else None
    document = Memory(
        passages, language, gazetteer, choose or gazetteer.ranker, scene, published, places, countries, events, day, stem, header, others
    )
    if passages.sentences:
        document.corrections = [at for at in passages.scan.at("correction") if language.patterns["correction"].match(passages.low, at)]
    document.lorries_only = language.cars_are_any and language.patterns["speaks_of_lorries"].search(passages.low) is not None
    document.lorries_only = document.lorries_only and language.patterns["speaks_of_cars"].search(passages.low) is None
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
    found = marked(document.found, scene)
    return found if text == original else [_as_it_stands(p, whole, original) for p in found]


def _as_it_stands(p: Proposal, whole: Mended, text: str) -> Proposal:
    """A proposal of a mended text with its quote and offsets in the text that was given."""
    start, end = whole.before(p.start), whole.before(p.end - 1) + 1
    a, b = p.sentence
    return replace(p, quote=text[start:end], start=start, end=end, sentence=(whole.before(a), whole.before(max(a, b - 1)) + 1))


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


def _lead_by_column(v: View, s: Sentence, lead: tuple[Word, ...]) -> None:
    """Where the row of heads leads in, what it says of other columns is none of a number's."""
    if lead and any(c[2] <= lead[0].start < c[3] or lead[0].start <= c[2] <= lead[-1].start for c in s.columns):
        own = {w.start for w in v.column}
        others = [c[2:] for c in s.columns if any(x.isdigit() for x in v.text[c[0] : c[1]])]
        v.lead = tuple(w for w in lead if w.start in own or not any(a <= w.start < b for a, b in others))
        v.memo.pop("lead", None)
        v.memo.pop("lead speaks", None)


def _note_source(d: Memory, s: Sentence) -> None:
    if "says" in s.part and d.language.patterns["says"].search(d.passages.low, s.start, s.end):
        d.source = source_of(d.passages.text, d.passages.low, s, d.language, d.source)


def _read_sentence(d: Memory, s: Sentence, number: int, here: Sequence[PlaceMention], lead: tuple[Word, ...], context: bool) -> None:
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
        days = {sort: _days_before(d, s, number, sort) for sort in {w.sort for w in whens if is_relative(low, w)}}
        whens = [counted_from(w, days[w.sort]) if is_relative(low, w) else w for w in whens]
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
    placed = dated or any(p.role == "place" for p in here) or "«" in low[s.start : s.end]
    far = d.before if d.before is not None and placed and s.paragraph - d.before_at[0] <= 2 else None
    other = False
    chain: Reading | None = None
    counting, claims = d.gazetteer.counting, 0
    last_unit = _last_unit(d, number) if counting is not None else ""
    says, usual = sentence_features(v, dated, s.lead >= 0) if counting is not None else (NOTHING, ())
    frame: tuple[str, bool] | None = None
    for n, m in enumerate(found):
        dated_by: Sequence[When] = ()
        if s.columns:
            column = next((c for c in s.columns if c[0] <= m.start < c[1]), None)
            v.column = d.words_of(*column[2:]) if column else ()
            _lead_by_column(v, s, lead)
            dated_by = d.times_of(*column[2:]) if column else ()
        reading = read(v, m, chain if chain is not None and m.form in ("percent", "share") else before, far)
        if counting is not None:
            reading = choose(counting, v, m, reading, Surroundings(before, far, claims, n - claims, says, usual, last_unit, d.known, frame))
            frame = word_after(v, max(m.end, reading.stop)), bool(reading.what) and not reading.context
            d.known[m.high if m.high is not None else m.low or 0.0] = bool(reading.what) and not reading.context
        elif reading.of_them and other and reading.what:  # of things, not of people
            reading = reading._replace(context=True, what="", why="a part of something else")
        waits = reading.what == "vehicles" and reading.noun in ("car", "vehicle", "") and reading.cue in ("wait", "queue")
        if waits and (d.lorries_only or _goes_on_with_lorries(d, s)):
            reading = reading._replace(what="lorries", mode="lorry")
        other = reading.rule == "noun-other"
        if not reading.context and reading.what:
            claims += 1
            add_claim(d, s, v, reading, dated_by or whens, found)
            chain = reading if reading.what == "share" else None
            before = reading if reading.what not in ("ratio", "share") or before is None or before.mention.start < v.start else before
            if reading.what not in ("ratio", "share") or d.before is None:
                d.before = reading
            d.before_at = s.paragraph, number
        elif context:
            d.found.append(context_of(d, s, reading))
    _withdraw(d, s)


def _goes_on_with_lorries(d: Memory, s: Sentence) -> bool:
    """Whether a sentence that speaks of no cars as such goes on with lorries, in a language whose word for cars is that for any vehicles."""
    if not d.language.cars_are_any or d.before is None or d.before.what != "lorries" or s.paragraph != d.before_at[0]:
        return False
    return d.language.patterns["speaks_of_cars"].search(d.passages.low, s.start, s.end) is None


def _times_of_lead(d: Memory, s: Sentence, number: int) -> list[When]:
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


def _last_unit(d: Memory, number: int) -> str:
    """What the sentence before sentence `number` speaks of first, in the same paragraph."""
    before, s = d.passages.sentences[max(0, number - 1) : number + 1][0], d.passages.sentences[number]
    if number == 0 or before.paragraph != s.paragraph:
        return ""
    return first_unit(map(d.language.lexicon.__getitem__, before.part.words))


_LETTERS = re.compile(r"[^\W\d_]+")


def _on_the_way(d: Memory, s: Sentence, w: When) -> bool:
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


def _withdraw(d: Memory, s: Sentence) -> None:
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


def _make_context(d: Memory, p: Proposal) -> None:
    i = next((i for i, q in enumerate(d.found) if q is p), None)
    if i is not None:
        d.found[i] = replace(p, status="context", note="; ".join(x for x in (p.note, "withdrawn in the same text") if x))


def _as_reported(d: Memory, whens: list[When]) -> list[When]:
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


def _days_before(d: Memory, s: Sentence, number: int, sort: str) -> tuple[date | None, date | None]:
    """Days that 'the day before' of a sentence counts from: the last that the text named before, or those of the last claim where it is later.

    sort: for 'before then' a day since which something is counts too; 'that year' is one that was named.
    """
    last = d.earlier.window
    for k in range(number - 1, max(-1, number - 4), -1):
        earlier = d.passages.sentences[k]
        if sort != "that year" and (earlier.start, earlier.end) == d.earlier.sentence and last is not None:
            return last.first, last.last
        sorts = ("point", "span", "range", "until", "past", *(["since"] if sort == "before then" else []))
        named = [w for w in d.scene.whens(k) if not w.spoken and w.last is not None and w.sort in sorts]
        if named:
            return named[-1].first, named[-1].last
    return (last.first, last.last) if last is not None and d.earlier.paragraph == s.paragraph else (None, None)


__all__ = ["LANGUAGES", "PlaceEntry", "extract", "language_of"]
