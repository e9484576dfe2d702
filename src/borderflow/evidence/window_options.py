"""Candidate windows of a claim and their features: times of its sentence, of what stands before it, of headings; the last claims; publication.

The rule's own choice (`windows.window_of`) is one of the candidates; so is 'unknown'.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import MAXYEAR, date, timedelta
from functools import cache
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from borderflow.evidence.calendar_days import in_year
from borderflow.evidence.mention import Mention
from borderflow.evidence.passages import Sentence
from borderflow.evidence.ranking import Bundle, bundle
from borderflow.evidence.reading import Reading
from borderflow.evidence.scene import Days, Scene
from borderflow.evidence.sentence import View
from borderflow.evidence.times import When
from borderflow.evidence.windows import Window, applied, is_stock, near, nearest, usable_for

_BASES = (
    ("rule", "rule"), ("unknown/", "none"), (":story", "story"), (":s", "sentence"), ("pair", "sentence"), (":lead", "list"),
    (":before", "sentence before"), ("claim", "claim before"), (":heading", "heading"), ("header", "header"), (":title", "title"),
    ("day:", "publication"), ("event", "event"),
)  # fmt: skip
_start = attrgetter("start")
_ASIDE = 70
"""Characters from a number to the words that place it before an event."""
_MONTHS = 60
"""A date so many days ago is of next year where its clause looks ahead."""
_BESIDE = 8
"""Times before and after a number in its sentence that are looked at."""
DAY = timedelta(days=1)
_JOINED = re.compile(r"\s*(?:and|to|until|till|through|up to|by|и|по|до|[-–—])\s*(?:the |mid-|конец |утро )?")
_NIGHT = re.compile("night|ноч")
_HOUR = re.compile(r"noon|midday|midnight|morning|evening|nightfall|dusk|dawn|\d ?[ap]\.?m\b|o'clock|\d[:.]\d\d|утр|вечер|полдн|полудн|полноч|час")
_WORD_BEFORE = re.compile(r"([^\W\d]+)(?: the)? $")


class Dated(NamedTuple):
    """The window of an earlier claim, its paragraph, and whether the text said it there."""

    window: Window
    paragraph: int
    explicit: bool


@dataclass(frozen=True)
class WindowsBefore:
    """Windows of earlier claims: the last, that of people, the last of several days, the last with this unit; how the last stands to this one."""

    last: Window | None = None
    people: Window | None = None
    span: Window | None = None
    unit: Window | None = None
    alike: Dated | None = None
    """That of the last claim of this kind."""
    common: Days | None = None
    """What most claims of this kind have had, if two at least."""
    same_sentence: bool = False
    same_paragraph: bool = False
    same_unit: bool = False
    same_cue: bool = False
    end: int = -1
    """Where the last claim ends; -1 = none."""
    given: Mapping[int, Window] = field(default_factory=dict)
    """Those of all earlier claims by the offset of their number."""


@cache
def _basis(named: Bundle) -> int:
    """The first of the bases that a bundle speaks of."""
    return next((i for i, (mark, _) in enumerate(_BASES) if any(mark in name for name in named.names)), len(_BASES))


@cache
def _of_rule(sure: bool, dated: str, group: str, shape: str) -> Bundle:
    """Features of the rule's own choice; these functions spell a few names that are met again and again."""
    return Bundle(("rule", f"rule:{sure}/{dated}", f"rule/{group}", f"rule/{dated}/{group}", f"rule/{dated}/{shape}"))


@cache
def _of_variant(form: str, where: str, sort: str, group: str, near: str, word: str) -> Bundle:
    """Features of one meaning of a time phrase; `word`: the preposition before it."""
    names: tuple[str, ...] = (
        where,
        f"{sort}/{group}",
        f"{where[:2]}/{near}",
        f"{near}/{sort}",
        f"{near}/{group}",
        f"after {word}",
        f"after {word}/{group}",
    )
    names = (*names, "nearest") if near == "nearest" else names
    return Bundle(tuple([f"{form}:{name}" for name in names]))


@cache
def _of_other(form: str, label: str, spoken: bool, fresh: str, dated: str, group: str) -> Bundle:
    """Features of one meaning of a time outside the sentence."""
    return Bundle((f"{form}:{label}{' spoken' if spoken else ''}", *[f"{form}:{label}/{x}" for x in (fresh, group, dated)]))


@cache
def _of_claim(near: str, newest: str, dated: str, group: str, like: str, of_them: bool) -> Bundle:
    """Features of the last claim's window."""
    names = (f"claim:{near}/{newest}/{dated}", f"claim:{near}/{dated}", f"claim:{near}/{group}", f"claim:{near}/{like}/{dated}")
    return Bundle((*names, "claim:of them") if of_them else names)


@cache
def _of_alike(near: str, said: str, gate: str, row: str, group: str, tense: str) -> Bundle:
    """Features of the window of the last claim of this kind."""
    return Bundle((f"alike:{near}/{said}/{gate}{row}", f"alike:{said}/{group}/{gate}", f"alike:{near}/{tense}"))


@cache
def _of_story(what: str, how: str, gate: str, group: str, total: str) -> Bundle:
    """Features of a window since the beginning of what the text is about."""
    return Bundle((f"story:{what}/{how}", f"story:{how}/{gate}/{group}", f"story:{how}/{total}/{group}", f"story:{how}/{total}/{gate}"))


@cache
def _of_published(label: str, form: str, headed: str, group: str, gate: str, kind: str) -> Bundle:
    """Features of a window that follows from the day of publication, of the statement, or of the report."""
    return Bundle((f"{label}:{form}/{headed}/{gate}", f"{label}:{form}/{group}", f"{label}:{form}/{gate}/{kind}"))


class _OfShapes(dict[str, Bundle]):
    """Features of what a window is like, by its shape, for claims that are alike."""

    def __init__(self, group: str, cue: str, tense: str, gate: str, total: bool, telling: tuple[str, ...]) -> None:
        self._of = group, cue, tense, gate, total, telling

    def __missing__(self, shape: str) -> Bundle:
        group, cue, tense, gate, total, telling = self._of
        told = [f"flag:{word}/{shape}" for word in telling]
        names = (f"shape:{shape}/{group}", f"shape:{shape}/{cue}", f"tense:{tense}/{shape}", f"tense:{tense}/{gate}/{group}/{shape}", *told)
        self[shape] = made = Bundle((*names, f"cumulative/{shape}") if total else names)
        return made


_of_shapes = cache(_OfShapes)


def kind_of_days(v: View, r: Reading) -> str:
    """Claims that go on in the days of one another: flows, stocks and queues and waits, shares, what is to come."""
    if r.forecast:
        return "ahead"
    return "stock" if is_stock(v, r) else r.what if r.what in ("share", "ratio") else "rate" if r.rate else "flow"


def group_of(r: Reading, stock: bool) -> str:
    """Claims that are dated alike."""
    group = "stock" if stock else "flow"
    if r.what in ("hours", "km", "share", "ratio"):
        group = r.what
    elif r.rate:
        group = "rate"
    return group + ("+" if r.forecast else "")


class WindowOptions:
    """Candidates of one claim in a fixed order, the rule's own first; features are those of `tests/corpus` that the weights were learned on."""

    def __init__(
        self,
        scene: Scene,
        v: View,
        r: Reading,
        whens: Sequence[When],
        found: Sequence[Mention],
        s: Sentence,
        said: date | None,
        header: Days | None,
        before: WindowsBefore,
        rule: Window,
    ) -> None:
        i = bisect_left(whens, r.mention.start, key=_start)
        whens = whens[max(0, i - _BESIDE) : i + _BESIDE]
        self.scene, self.v, self.r, self.whens, self.found, self.s = scene, v, r, whens, near(found, r), s
        self.said, self.header, self.before, self.rule = said, header, before, rule
        self.day = scene.day
        self.stock = is_stock(v, r)
        self.group = group_of(r, self.stock)
        self.options: dict[Days, list[Bundle]] = {}
        """Candidates with their features."""
        self.windows: dict[Days, Window] = {}
        """Those that the rule or a claim before made."""
        self.fresh = self.headed = False
        self.usable = usable_for(v, r, whens)
        self.gate = self._gate()
        self.tense, self.telling = self._told()
        self.chosen = nearest(v, r, self.usable, self.found) if self.usable else None
        self._all()

    def window(self, i: int) -> Window:
        """The window of a candidate."""
        days = list(self.options)[i]
        return self.windows.get(days) or self._window(*days)

    def basis(self, i: int) -> str:
        """What speaks for a candidate first of all."""
        first = min(map(_basis, list(self.options.values())[i]))
        return _BASES[first][1] if first < len(_BASES) else "text"

    def _gate(self) -> str:
        """Where the sentence has a time: beside the number, in its clause, elsewhere in it, nowhere."""
        a, b = self.r.mention.begin, max(self.r.stop, self.r.mention.end)
        for w in self.usable:
            left, right = (w.end, a) if w.end <= a else (b, w.start)
            if not (self.v.separators(left, right) if left <= right else 0) and not any(left <= m.begin and m.end <= right for m in self.found):
                return "own"
        return "other" if self.usable else "none"

    def _told(self) -> tuple[str, tuple[str, ...]]:
        """The tense of its clause, and words there that tell a total from a day's figure."""
        v, r = self.v, self.r
        i, j = bisect_left(v.borders, r.mention.begin - 3), bisect_left(v.borders, max(r.stop, r.mention.end) + 3)
        left = v.borders[i - 1] if i else v.start
        right = v.borders[j] if j < len(v.borders) else v.end
        part = v.low[max(left, r.mention.begin - 90) : min(right, r.stop + 60)]
        tense = next((name for name, pattern in v.language.tenses_compiled if name in v.part and pattern.search(part)), "none")
        return tense, tuple([name for name, pattern in v.language.telling_compiled if f"tells {name}" in v.part and pattern.search(part)])

    def _all(self) -> None:
        if self.rule.firm:
            self._put_window(self.rule, bundle("rule"))
            return
        shape = self.scene.shapes[self.rule.first, self.rule.last]
        self._put_window(self.rule, _of_rule(self.rule.sure, self.gate, self.group, shape))
        if "figure_was" in self.v.part and self.v.language.patterns["figure_was"].search(
            self.v.low, max(self.v.start, self.r.mention.begin - 40), self.r.mention.begin
        ):
            self._add(self.rule, "rule:running total")
        self._inside()
        self._pairs()
        self._around()
        self._claims()
        self._twins()
        self._published()
        self._story()
        shapes, of = self.scene.shapes, _of_shapes(self.group, self.r.cue, self.tense, self.gate, self._total(), self.telling)
        for days, bundles in self.options.items():
            bundles.append(of[shapes[days]])

    def _total(self) -> bool:
        """Whether the sentence or its lead speaks of a total."""
        v, begins = self.v, self.v.language.cumulative
        if "total" not in v.memo:
            words = (*v.words, *v.lead) if "cumulative" in v.part else v.lead
            v.memo["total"] = bool(begins) and any(w.text.startswith(begins) for w in words)
        return bool(v.memo["total"])

    def _add(self, window: Window, *names: str) -> None:
        self._put_window(window, bundle(*names))

    def _days(self, first: date | None, last: date | None, *names: str) -> None:
        self._put((first, last), bundle(*names))

    def _put_window(self, window: Window, named: Bundle) -> None:
        days = window.first, window.last
        if days not in self.options:
            self.windows[days] = window
        self._put(days, named)

    def _put(self, days: Days, named: Bundle) -> None:
        known = self.options.get(days)
        if known is not None:
            known.append(named)
        elif days[0] is None or days[1] is None or days[0] <= days[1]:
            self.options[days] = [named]

    def _window(self, first: date | None, last: date | None) -> Window:
        """A window that the rule did not make: what it is like follows from its days."""
        future = (last is not None and last > self.day) or (last is None and first is not None)
        since = not self.stock and first is not None and last is not None and (last - first).days > 1 and last == self.day
        return Window(first, last, stock=self.stock and first == last, future=future, sure=False, since=since)

    # ---- times that the text names ----------------------------------------------------------------------------------

    def _inside(self) -> None:
        v, r = self.v, self.r
        a, b = r.mention.begin, max(r.stop, r.mention.end)
        for w in self.whens:
            if w.sort == "clock":
                continue
            side = "b" if w.end <= a else "a"
            left, right = (w.end, a) if side == "b" else (b, w.start)
            clauses = min(v.separators(left, right), 3) if left <= right else 0
            crossed = any(left <= m.begin and m.end <= right for m in self.found)
            where = f"s{side}{clauses}{'x' if crossed else ''}{'c' if w.compared and w not in self.usable else ''}"
            self._variants(w, where, w is self.chosen)

    def _pairs(self) -> None:
        """Windows from one time of the sentence to another: 'between 23 September and last Friday', 'since the 3rd, by Tuesday'."""
        dated = [w for w in self.whens if w.sort not in ("clock", "unknown", "same") and not w.compared]
        for a, b in pairwise(dated[:6]):
            words = self.v.low[a.end : b.start]
            joined = _JOINED.fullmatch(words)
            near = "near" if self.chosen is a or self.chosen is b else "far"
            how = "joined" if joined else "apart"
            if a.first is not None and b.last is not None and a.first <= b.last:
                self._days(a.first, b.last, f"pair:{how}/{near}", f"pair:{how}/{self.group}", f"pair:{a.sort}/{b.sort}")
            if b.first is not None and a.last is not None and b.first <= a.last:
                self._days(b.first, a.last, f"back pair:{near}", f"back pair:{a.sort}/{b.sort}")

    def _variants(self, w: When, where: str, nearest: bool) -> None:
        """What a time phrase may mean for a claim."""
        r = self.r
        near = "nearest" if nearest else "other"
        sort = f"{w.sort} night" if _NIGHT.search(self.v.low, w.start, w.end) else w.sort
        if w.sort == "until" and _HOUR.search(self.v.low, max(self.v.start, w.start - 24), w.end):
            sort = "until hour"  # 'by noon on Monday' speaks of Monday, 'by Monday' of all days before
        end = self.header[1] if self.header and self.header[1] else self.day
        ready = applied(w, r, self.stock, False, self.day, end)
        forms: list[tuple[str, Days]] = [("applied", (ready.first, ready.last)), ("as is", (w.first, w.last))]
        if w.last is not None:
            forms += [("last", (w.last, w.last)), ("open", (None, w.last))]
            if w.last > self.day:
                forms.append(("until", (self.day, w.last)))
            if w.weekday and (r.forecast or "ahead" in self.telling):
                forms += [("next", (w.last + 7 * DAY, w.last + 7 * DAY)), ("until next", (self.day, w.last + 7 * DAY))]
            elif w.first is not None and w.last <= self.day and (r.forecast or "ahead" in self.telling):
                forms += self._ahead(w.sort, w.first, w.last)
        known = self.before.last
        if w.sort == "ago" and w.last is not None and (self.day - w.last).days >= 7 and known is not None and known.last is not None:
            forms.append(("before the last", (known.last - (self.day - w.last), known.last - (self.day - w.last))))  # 'a week ago' to the day
        if w.first is not None:
            forms += [("on", (w.first, self.day))]
            if w.first != w.last:
                forms.append(("first", (w.first, w.first)))
            if w.first > self.day - DAY:
                forms.append(("ahead", (w.first, None)))
            elif w.sort in ("since", "this year", "span"):
                forms.append(("to yesterday", (w.first, self.day - DAY)))
            if end != self.day:
                forms.append(("to end", (w.first, end)))
        if self.stock and w.first is not None and w.last is not None and _NIGHT.search(self.v.low, w.start, w.end):  # those who slept somewhere
            forms = [(form, days) for form, days in forms if days[0] == days[1]] + [("first", (w.first, w.first))]
        m = _WORD_BEFORE.search(self.v.low, max(self.v.start, w.start - 16), w.start)
        word = m[1] if m and m[1] in self.v.language.before_times else ""
        for form, days in forms:
            self._put(days, _of_variant(form, where, sort, self.group, near, word))

    def _around(self) -> None:
        """Times of the sentences before in this paragraph, of the heading, of the line that leads in, of the title."""
        scene, s = self.scene, self.s
        at = scene.at(s.start)
        numbers = [(f"before{k}", at - k) for k in (1, 2) if at >= k and scene.passages.sentences[at - k].paragraph == s.paragraph]
        heading = scene.heading_of.get(s.paragraph, -1)
        numbers += [("heading", heading)] if heading >= 0 else []
        numbers += [("lead", scene.paragraphs[s.lead])] if s.lead in scene.paragraphs else []
        if scene.title[1] and at > 0:
            numbers.append(("title", 0))
        numbers += [("second", 1)] if at > 1 and scene.passages.sentences[1].paragraph != s.paragraph else []
        if at == 0 and len(scene.passages.sentences) > 1 and scene.passages.sentences[1].paragraph != s.paragraph:
            numbers.append(("story", 1))  # a title is dated by what it is the title of
        self.headed = any(label in ("heading", "lead") and scene.whens(number) for label, number in numbers)
        for label, number in numbers:
            for start, spoken, forms in self._forms(number):
                fresh = "fresh" if start > self.before.end else "used"
                self.fresh |= start > self.before.end >= 0
                for form, days in forms:
                    self._put(days, _of_other(form, label, spoken, fresh, self.gate, self.group))

    def _forms(self, number: int) -> list[tuple[int, bool, list[tuple[str, Days]]]]:
        """Times of a sentence, where they stand and whether they date what was said, with what they may mean for claims of others."""
        whens = self.scene.whens(number)
        known = self.scene.forms.get(number)
        if known is None or known[0] is not whens:
            result = []
            for w in whens:
                if w.sort in ("clock", "unknown", "same") or w.compared:
                    continue
                forms: list[tuple[str, Days]] = [("as is", (w.first, w.last))]
                if w.last is not None:
                    forms += [("last", (w.last, w.last)), ("open", (None, w.last))]
                if w.first is not None:
                    forms += [("on", (w.first, self.day))]
                result.append((w.start, w.spoken, forms))
            known = self.scene.forms[number] = whens, result
        return known[1]

    def _ahead(self, sort: str, first: date, last: date) -> list[tuple[str, Days]]:
        """What is past by its words but ahead by its clause: 'planning for 50,000 within six months', 'by 31 January'."""
        if sort == "past" and last == self.day:
            return [("ahead span", (self.day, self.day + (last - first)))]
        if (self.day - last).days > _MONTHS and last.year < MAXYEAR:
            year = last.year + 1
            return [("next year", (in_year(first, first.year + 1), in_year(last, year))), ("until next year", (self.day, in_year(last, year)))]
        return []

    # ---- windows of earlier claims ----------------------------------------------------------------------------------

    def _claims(self) -> None:
        b = self.before
        if b.last is not None:
            near = "s" if b.same_sentence else "p" if b.same_paragraph else "f"
            like = f"{'u' if b.same_unit else '-'}{'c' if b.same_cue else '-'}"
            newest = "stale" if self.fresh else "newest"
            self._put_window(b.last, _of_claim(near, newest, self.gate, self.group, like, self.r.of_them))
            if b.last.last is not None:
                self._days(b.last.last, b.last.last, f"claim last:{near}", f"claim last:{near}/{self.group}")
                self._days(None, b.last.last, f"claim open:{near}", f"claim open:{near}/{self.group}")
                self._days(b.last.last - DAY, b.last.last - DAY, f"claim day before:{near}")
                self._days(b.last.last + DAY, b.last.last + DAY, f"claim day after:{near}")
            if b.last.first is not None:
                self._days(None, b.last.first - DAY, f"before claim:{near}")
                own = self._own()
                if own is not None and b.last.first < own:
                    self._days(b.last.first, own, f"claim first:{near}/{self.gate}", f"claim first:{near}/{self.group}")
                if b.last.last is not None and b.last.last > b.last.first:
                    self._days(b.last.first - (b.last.last - b.last.first) - DAY, b.last.first - DAY, f"period before claim:{near}")
        if b.alike is not None:
            apart = self.s.paragraph - b.alike.paragraph
            near = "p" if apart == 0 else "n" if apart == 1 else "f"
            said, row, before = "said" if b.alike.explicit else "taken", "/row" if self.v.row else "", b.alike.window
            self._put_window(before, _of_alike(near, said, self.gate, row, self.group, self.tense))
            if before.first != before.last and before.last is not None:
                self._days(before.last, before.last, f"alike last/{self.group}/{self.gate}")
        if b.common is not None:
            self._days(*b.common, f"common/{self.gate}", f"common/{self.group}/{self.gate}")
        for label, window in (("people", b.people), ("span", b.span), ("unit", b.unit)):
            if window is not None:
                self._add(window, f"claim {label}", f"claim {label}/{self.group}")

    def _twins(self) -> None:
        """What the text says elsewhere of the same figure."""
        m, scene = self.r.mention, self.scene
        here = scene.at(m.start)
        end = self.header[1] if self.header and self.header[1] else self.day
        for twin in scene.again(self.r):
            same = "same" if twin.same else "round"
            given = self.before.given.get(twin.start)
            if given is not None:
                self._put_window(given, bundle(f"twin claim:{same}/{self.gate}", f"twin claim:{same}/{self.group}"))
            number = scene.at(twin.start)
            if number == here:
                continue
            usable = [w for w in scene.whens(number) if not w.spoken and w.sort not in ("clock", "unknown", "same") and not w.compared]
            if not usable:
                continue
            side = "b" if twin.start < m.start else "a"
            near = min(usable, key=lambda w: twin.start - w.end if w.end <= twin.start else w.start - twin.start)
            for w in usable[:4]:
                which = "near" if w is near else "far"
                ready = applied(w, self.r, self.stock, False, self.day, end)
                forms: list[tuple[str, Days]] = [("applied", (ready.first, ready.last)), ("as is", (w.first, w.last))]
                if w.last is not None:
                    forms.append(("open", (None, w.last)))
                for form, days in forms:
                    self._put(
                        days, bundle(f"twin {form}:{same}/{self.gate}/{which}", f"twin {form}:{which}/{self.group}", f"twin {form}:{side}/{w.sort}")
                    )

    def _own(self) -> date | None:
        """The last day that the sentence names as one up to which something is counted."""
        return next((w.last for w in reversed(self.usable) if w.last is not None and w.sort in ("point", "until", "as of")), None)

    def _story(self) -> None:
        """Totals since what the text is about began: the day that it counts from elsewhere, or a well-known event."""
        scene, day = self.scene, self.day
        before = [first for at, first in scene.since if at < self.r.mention.begin]
        after = [first for at, first in scene.since if at > self.r.mention.end]
        starts = [("since", before[-1])] if before else [("later since", after[0])] if after else []
        if len(before) > 1 and before[0] != before[-1]:
            starts.append(("first since", before[0]))
        if scene.onset is not None:
            starts.append(("onset", scene.onset))
        if scene.opening_day is not None:
            starts.append(("opening", scene.opening_day))
        starts += [(f"event{i}", e.day) for i, e in enumerate(scene.events[:2])]
        if not starts:
            return
        for event in scene.events[:2]:
            self._days(None, event.day - DAY, "before event", f"before event/{self.tense}/{self.gate}")
        if self._baseline():
            for what, first in starts:
                self._days(None, first - DAY, f"baseline:{what}", f"baseline:{what}/{self.gate}", f"baseline/{self.group}")
                if self.stock:
                    self._days(first - DAY, first - DAY, f"baseline on:{what}", f"baseline on/{self.group}")
        for what, first in starts:
            for days, width in self._first_days(first):
                self._days(*days, f"first {width}", f"first {width}:{what}")
        own = self._own()
        own = own if own is not None and own <= day else None
        ends = [("now", day)]
        if self.header and self.header[1] is not None and self.header[1] != day:
            ends.append(("header", self.header[1]))
        if own is not None and own != day:
            ends.append(("own", own))
        told = self.scene.told_day
        if told is not None and told not in (own, self.header and self.header[1]):
            ends.append(("told", told))
        last = self.before.last
        if last is not None and (last.since or last.first == last.last) and last.last is not None and last.last not in (day, own):
            adds = self.v.language.patterns["total"].search(self.v.low, max(self.v.start, self.r.mention.begin - 90), self.r.mention.end)
            ends.append(("claim" if last.since else "claim adds" if adds else "claim's day", last.last))
        total = "total" if not {"total", "reach"}.isdisjoint(self.telling) or self.tense == "have" or self._total() else "-"
        for what, first in starts:
            for how, end in ends:
                if first < end:
                    self._put((first, end), _of_story(what, how, self.gate, self.group, total))

    def _baseline(self) -> bool:
        """Whether a number is of before an event that no table knows: 'before the strike it was 11,000 a day'."""
        v, r = self.v, self.r
        if "before_event" not in v.part:
            return False
        pattern, (a, b) = v.language.patterns["before_event"], (r.mention.begin, max(r.stop, r.mention.end))
        found = [m for m in pattern.finditer(v.low, max(v.start, a - _ASIDE), min(v.end, b + _ASIDE)) if v.low[m.end() : m.end() + 1].isalpha()]
        return any(not any(w.start <= m.end() < w.end for w in self.whens) for m in found)

    def _first_days(self, first: date) -> Iterator[tuple[Days, str]]:
        """'in the first week', counted from a beginning."""
        v, r = self.v, self.r
        if "first_span" not in v.part:
            return
        m = v.language.patterns["first_span"].search(v.low, max(v.start, r.mention.begin - _ASIDE), min(v.end, r.stop + _ASIDE))
        if m is None:
            return
        days = int(m["n"]) if m["n"] and m["n"].isdigit() else int(v.language.number_words.get(m["n"] or "", 0)) or 1
        width = days * 7 if m["week"] else days if m["n"] else 3
        yield (first, first + (width - 1) * DAY), "week" if m["week"] else "days"

    def _published(self) -> None:
        """Windows that follow from the day of publication: for many claims of a text the same."""
        alike = self.said, self.header, self.headed, self.group, self.gate, self.v.row
        known = self.scene.published.get(alike)
        if known is None:
            known = self.scene.published[alike] = {}
            for first, last, named in self._around_publication():
                if first is None or last is None or first <= last:
                    known.setdefault((first, last), []).append(named)
        options = self.options
        for days, bundles in known.items():
            if days in options:
                options[days] += bundles
            else:
                options[days] = [*bundles]

    def _around_publication(self) -> Iterator[tuple[date | None, date | None, Bundle]]:
        """First day, last day, features."""
        day, headed = self.day, "headed" if self.headed else "alone"
        kind = f"{'row' if self.v.row else ''}{'period' if self.header and self.header[0] else ''}"
        anchors = [("day", self.said or day)]
        if self.said is not None and self.said != day:  # what is said on an earlier day speaks of that day
            anchors.append(("published", day))
        if self.header and self.header[1] is not None:
            anchors.append(("header", self.header[1]))
        told = self.scene.told_day
        if told is not None and told not in (self.said, self.header and self.header[1]):
            anchors.append(("told", told))
        if self.header and self.header[1] is not None:
            yield (*self.header, bundle(f"header/{self.group}", f"header/{headed}", f"header/{self.gate}/{self.group}"))
        for label, d in anchors:
            for form, first, last in (
                ("on", d, d),
                ("open", None, d),
                ("past day", d - DAY, d),
                ("day before", d - DAY, d - DAY),
                ("open before", None, d - DAY),
                ("week", d - 6 * DAY, d),
            ):
                yield first, last, _of_published(label, form, headed, self.group, self.gate, kind)
        yield day, None, bundle("day:ahead", f"day:ahead/{self.group}")
        yield day + DAY, day + DAY, bundle("day:tomorrow")
        yield None, None, bundle("unknown", f"unknown/{self.group}")
