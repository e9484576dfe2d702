"""Candidate windows of a claim and their features: times of its sentence, of what stands before it, of headings; the last claims; publication.

The rule's own choice (`windows.window_of`) is one of the candidates; so is 'unknown'.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from borderflow.evidence.numbers import Mention
from borderflow.evidence.passages import Sentence
from borderflow.evidence.reading import Reading
from borderflow.evidence.scene import Scene
from borderflow.evidence.sentence import View
from borderflow.evidence.times import When
from borderflow.evidence.windows import Window, applied, is_stock, near, nearest

_BASES = (
    ("rule", "rule"), ("unknown/", "none"), (":story", "story"), (":s", "sentence"), ("pair", "sentence"), (":lead", "list"),
    (":before", "sentence before"), ("claim", "claim before"), (":heading", "heading"), ("header", "header"), (":title", "title"),
    ("day:", "publication"), ("event", "event"),
)  # fmt: skip
_start = attrgetter("start")
_BESIDE = 8
"""Times before and after a number in its sentence that are looked at."""
DAY = timedelta(days=1)
_JOINED = re.compile(r"\s*(?:and|to|until|till|through|up to|by|и|по|до|[-–—])\s*(?:the |mid-|конец |утро )?")
_NIGHT = re.compile("night|ноч")
_WORD_BEFORE = re.compile(r"([^\W\d]+)(?: the)? $")
Days = tuple[date | None, date | None]


@dataclass
class WindowOption:
    """One candidate and its features."""

    window: Window
    features: dict[str, float] = field(default_factory=dict)

    @property
    def basis(self) -> str:
        """What speaks for it first of all."""
        return next((word for mark, word in _BASES if any(mark in f for f in self.features)), "text")


class Dated(NamedTuple):
    """The window of an earlier claim, its paragraph, and whether the text said it there."""

    window: Window
    paragraph: int
    explicit: bool
    rate: bool


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


def window_options(
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
) -> list[WindowOption]:
    """Candidates in a fixed order, the rule's own first; features are those of `tests/corpus` that the weights were learned on."""
    return _Options(scene, v, r, whens, found, s, said, header, before, rule).all()


@cache
def _of_variant(form: str, where: str, sort: str, group: str, near: str) -> tuple[str, ...]:
    """Features of one meaning of a time phrase; made once, since there are few."""
    names = (where, f"{sort}/{group}", f"{where[:2]}/{near}", f"{near}/{sort}", f"{near}/{group}", *(["nearest"] if near == "nearest" else []))
    return tuple([f"{form}:{name}" for name in names])


@cache
def _of_other(form: str, label: str, spoken: bool, fresh: str, dated: str, group: str) -> tuple[str, ...]:
    """Features of one meaning of a time outside the sentence."""
    return (f"{form}:{label}{' spoken' if spoken else ''}", *(f"{form}:{label}/{x}" for x in (fresh, group, dated)))


@cache
def _of_shape(shape: str, group: str, cue: str, tense: str, total: bool) -> dict[str, float]:
    """Features of what a window is like."""
    names = [f"shape:{shape}/{group}", f"shape:{shape}/{cue}", f"tense:{tense}/{shape}"]
    return dict.fromkeys([*names, f"cumulative/{shape}"] if total else names, 1.0)


def kind_of_days(v: View, r: Reading) -> str:
    """Claims that go on in the days of one another: flows, stocks and queues and waits, shares, what is to come."""
    if r.forecast:
        return "ahead"
    return "stock" if is_stock(v, r) else r.what if r.what in ("share", "ratio") else "rate" if r.rate else "flow"


def group_of(v: View, r: Reading) -> str:
    """Claims that are dated alike."""
    group = "stock" if is_stock(v, r) else "flow"
    if r.what in ("hours", "km", "share", "ratio"):
        group = r.what
    elif r.rate:
        group = "rate"
    return group + ("+" if r.forecast else "")


class _Options:
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
        self.group = group_of(v, r)
        self.stock = is_stock(v, r)
        self.options: dict[Days, WindowOption] = {}
        self.tense = self._tense()
        self.fresh = self.headed = False
        begins = v.language.cumulative
        self.total = bool(begins) and any(w.text.startswith(begins) for w in (*v.words, *v.lead))
        self.usable = [w for w in whens if not w.spoken and w.sort not in ("clock", "unknown") and not w.compared]
        self.gate = self._gate()
        self.flags = self._flags()

    def _gate(self) -> str:
        """Where the sentence has a time: beside the number, in its clause, elsewhere in it, nowhere."""
        a, b = self.r.mention.begin, max(self.r.stop, self.r.mention.end)
        best = "none"
        for w in self.usable:
            left, right = (w.end, a) if w.end <= a else (b, w.start)
            apart = self.v.separators(left, right) if left <= right else 0
            crossed = any(left <= m.begin and m.end <= right for m in self.found)
            if not apart and not crossed:
                return "own"
            best = "other"
        return best

    def _flags(self) -> tuple[str, ...]:
        """Words of its clause that tell a total from a day's figure."""
        v, r = self.v, self.r
        i, j = bisect_left(v.borders, r.mention.begin - 3), bisect_left(v.borders, max(r.stop, r.mention.end) + 3)
        left = v.borders[i - 1] if i else v.start
        right = v.borders[j] if j < len(v.borders) else v.end
        part = v.low[max(left, r.mention.begin - 90) : min(right, r.stop + 60)]
        return tuple(name for name, pattern in v.language.telling_compiled if pattern.search(part))

    def all(self) -> list[WindowOption]:
        dated = self.gate
        if self.rule.firm:
            return [WindowOption(self.rule, {"rule": 1.0})]
        self._add(
            self.rule,
            "rule",
            f"rule:{self.rule.sure}/{dated}",
            f"rule/{self.group}",
            f"rule/{dated}/{self.group}",
            f"rule/{dated}/{shape_of(self.rule.first, self.rule.last, self.day)}",
        )
        if self.v.language.patterns["figure_was"].search(self.v.low, max(self.v.start, self.r.mention.begin - 40), self.r.mention.begin):
            self._add(self.rule, "rule:running total")
        self._inside()
        self._pairs()
        self._around()
        self._claims()
        self._published()
        for days, option in self.options.items():
            self._shape(days, option)
        return list(self.options.values())

    def _add(self, window: Window, *features: str) -> None:
        if window.first is not None and window.last is not None and window.first > window.last:
            return
        days = window.first, window.last
        option = self.options.get(days)
        if option is None:
            option = self.options[days] = WindowOption(window)
        option.features.update(dict.fromkeys(features, 1.0))

    def _window(self, first: date | None, last: date | None) -> Window:
        """A window that the rule did not make: what it is like follows from its days."""
        future = (last is not None and last > self.day) or (last is None and first is not None)
        since = not self.stock and first is not None and last is not None and (last - first).days > 1 and last == self.day
        return Window(first, last, stock=self.stock and first == last, future=future, sure=False, since=since)

    def _days(self, first: date | None, last: date | None, *features: str) -> None:
        option = self.options.get((first, last))
        if option is None:
            self._add(self._window(first, last), *features)
        else:
            option.features.update(dict.fromkeys(features, 1.0))

    # ---- times that the text names ----------------------------------------------------------------------------------

    def _inside(self) -> None:
        v, r = self.v, self.r
        a, b = r.mention.begin, max(r.stop, r.mention.end)
        chosen = nearest(v, r, self.usable, self.found)
        for w in self.whens:
            if w.sort == "clock":
                continue
            side = "b" if w.end <= a else "a"
            left, right = (w.end, a) if side == "b" else (b, w.start)
            clauses = min(v.separators(left, right), 3) if left <= right else 0
            crossed = any(left <= m.begin and m.end <= right for m in self.found)
            where = f"s{side}{clauses}{'x' if crossed else ''}"
            self._variants(w, where, w is chosen)

    def _pairs(self) -> None:
        """Windows from one time of the sentence to another: 'between 23 September and last Friday', 'since the 3rd, by Tuesday'."""
        dated = [w for w in self.whens if w.sort not in ("clock", "unknown", "same") and not w.compared]
        chosen = nearest(self.v, self.r, self.usable, self.found)
        for a, b in pairwise(dated[:6]):
            words = self.v.low[a.end : b.start]
            joined = _JOINED.fullmatch(words)
            near = "near" if chosen is a or chosen is b else "far"
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
        end = self.header[1] if self.header and self.header[1] else self.day
        ready = applied(w, r, self.stock, False, self.day, end)
        forms: list[tuple[str, Days]] = [("applied", (ready.first, ready.last)), ("as is", (w.first, w.last))]
        if w.last is not None:
            forms += [("last", (w.last, w.last)), ("open", (None, w.last))]
            if w.last > self.day:
                forms.append(("until", (self.day, w.last)))
            if w.weekday and (r.forecast or "ahead" in self.flags):
                forms += [("next", (w.last + 7 * DAY, w.last + 7 * DAY)), ("until next", (self.day, w.last + 7 * DAY))]
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
        word = m[1] if m and m[1] in self.v.language.prepositions else ""
        for form, (first, last) in forms:
            self._days(first, last, *_of_variant(form, where, sort, self.group, near), f"{form}:after {word}", f"{form}:after {word}/{self.group}")

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
        dated = self.gate
        self.headed = any(label in ("heading", "lead") and scene.whens(number) for label, number in numbers)
        for label, number in numbers:
            for w in scene.whens(number):
                if w.sort in ("clock", "unknown", "same") or w.compared:
                    continue
                self.fresh |= w.start > self.before.end >= 0
                fresh = "fresh" if w.start > self.before.end else "used"
                forms: list[tuple[str, Days]] = [("as is", (w.first, w.last))]
                if w.last is not None:
                    forms += [("last", (w.last, w.last)), ("open", (None, w.last))]
                if w.first is not None:
                    forms += [("on", (w.first, self.day))]
                for form, (first, last) in forms:
                    self._days(first, last, *_of_other(form, label, w.spoken, fresh, dated, self.group))

    # ---- windows of earlier claims ----------------------------------------------------------------------------------

    def _claims(self) -> None:
        b = self.before
        if b.last is not None:
            near = "s" if b.same_sentence else "p" if b.same_paragraph else "f"
            like = f"{'u' if b.same_unit else '-'}{'c' if b.same_cue else '-'}"
            dated = self.gate
            names = (f"claim:{near}/{dated}", f"claim:{near}/{self.group}", f"claim:{near}/{like}/{dated}")
            self._add(
                b.last._replace(sure=False),
                f"claim:{near}/{'stale' if self.fresh else 'newest'}/{dated}",
                *names,
                *(["claim:of them"] if self.r.of_them else []),
            )
            if b.last.last is not None:
                self._days(b.last.last, b.last.last, f"claim last:{near}", f"claim last:{near}/{self.group}")
                self._days(None, b.last.last, f"claim open:{near}", f"claim open:{near}/{self.group}")
                self._days(b.last.last - DAY, b.last.last - DAY, f"claim day before:{near}")
                self._days(b.last.last + DAY, b.last.last + DAY, f"claim day after:{near}")
            if b.last.first is not None:
                self._days(None, b.last.first - DAY, f"before claim:{near}")
                own = next((w.last for w in reversed(self.usable) if w.last is not None and w.sort in ("point", "until", "as of")), None)
                if own is not None and b.last.first < own:
                    self._days(b.last.first, own, f"claim first:{near}/{self.gate}", f"claim first:{near}/{self.group}")
                if b.last.last is not None and b.last.last > b.last.first:
                    self._days(b.last.first - (b.last.last - b.last.first) - DAY, b.last.first - DAY, f"period before claim:{near}")
        if b.alike is not None:
            apart = self.s.paragraph - b.alike.paragraph
            near = "p" if apart == 0 else "n" if apart == 1 else "f"
            said = "said" if b.alike.explicit else "taken"
            row = "/row" if self.v.row else ""
            self._add(
                b.alike.window._replace(sure=False),
                f"alike:{near}/{said}/{self.gate}{row}",
                f"alike:{said}/{self.group}/{self.gate}",
                f"alike:{near}/{self.tense}",
            )
            last = b.alike.window.last
            if b.alike.window.first != last and last is not None:
                self._days(last, last, f"alike last/{self.group}/{self.gate}")
        if b.common is not None:
            self._days(*b.common, f"common/{self.gate}", f"common/{self.group}/{self.gate}")
        for label, window in (("people", b.people), ("span", b.span), ("unit", b.unit)):
            if window is not None:
                self._add(window._replace(sure=False), f"claim {label}", f"claim {label}/{self.group}")

    def _published(self) -> None:
        day = self.day
        anchors = [("day", day)]
        if self.said is not None and self.said != day:
            anchors.append(("said", self.said))
        if self.header and self.header[1] is not None:
            anchors.append(("header", self.header[1]))
            self._days(
                self.header[0],
                self.header[1],
                f"header/{self.group}",
                f"header/{'headed' if self.headed else 'alone'}",
                f"header/{self.gate}/{self.group}",
            )
        for label, d in anchors:
            for form, (first, last) in (
                ("on", (d, d)),
                ("open", (None, d)),
                ("past day", (d - DAY, d)),
                ("day before", (d - DAY, d - DAY)),
                ("open before", (None, d - DAY)),
                ("week", (d - 6 * DAY, d)),
            ):
                self._days(
                    first,
                    last,
                    f"{label}:{form}/{'headed' if self.headed else 'alone'}/{self.gate}",
                    f"{label}:{form}/{self.group}",
                    f"{label}:{form}/{self.gate}/{'row' if self.v.row else ''}{'period' if self.header and self.header[0] else ''}",
                )
        self._story()
        self._days(day, None, "day:ahead", f"day:ahead/{self.group}")
        self._days(day + DAY, day + DAY, "day:tomorrow")
        for event in self.scene.events[:2]:
            self._days(None, event.day - DAY, "before event", f"before event/{self.tense}/{self.gate}")
        self._days(None, None, "unknown", f"unknown/{self.group}")

    def _story(self) -> None:
        """Totals since what the text is about began: the day that it counts from elsewhere, or a well-known event."""
        before = [first for at, first in self.scene.since if at < self.r.mention.begin]
        after = [first for at, first in self.scene.since if at > self.r.mention.end]
        starts = [("since", before[-1])] if before else [("later since", after[0])] if after else []
        if len(before) > 1 and before[0] != before[-1]:
            starts.append(("first since", before[0]))
        opening = self.scene.opening_day
        if opening is not None:
            starts.append(("opening", opening))
        starts += [(f"event{i}", e.day) for i, e in enumerate(self.scene.events[:2])]
        own = next(
            (w.last for w in reversed(self.usable) if w.last is not None and w.sort in ("point", "until", "as of") and w.last <= self.day), None
        )
        ends = [("now", self.day)]
        if self.header and self.header[1] is not None and self.header[1] != self.day:
            ends.append(("header", self.header[1]))
        if own is not None and own != self.day:
            ends.append(("own", own))
        last = self.before.last
        if last is not None and (last.since or last.first == last.last) and last.last not in (None, self.day, own):
            adds = self.v.language.patterns["total"].search(self.v.low, max(self.v.start, self.r.mention.begin - 90), self.r.mention.end)
            ends.append(("claim" if last.since else "claim adds" if adds else "claim's day", last.last))
        total = "total" if {"total", "reach"} & set(self.flags) or self.tense == "have" or self.total else "-"
        for what, first in starts:
            for how, last in ends:
                if last is not None and first < last:
                    names = (
                        f"story:{what}/{how}",
                        f"story:{how}/{self.gate}/{self.group}",
                        f"story:{how}/{total}/{self.group}",
                        f"story:{how}/{total}/{self.gate}",
                    )
                    self._days(first, last, *names)

    # ---- what a window is like --------------------------------------------------------------------------------------

    def _shape(self, days: Days, option: WindowOption) -> None:
        shape = shape_of(*days, self.day)
        option.features.update(_of_shape(shape, self.group, self.r.cue, self.tense, self.total))
        for flag in self.flags:
            option.features[f"flag:{flag}/{shape}"] = 1.0

    def _tense(self) -> str:
        v, r = self.v, self.r
        i, j = bisect_left(v.borders, r.mention.begin - 3), bisect_left(v.borders, max(r.stop, r.mention.end) + 3)
        left = v.borders[i - 1] if i else v.start
        right = v.borders[j] if j < len(v.borders) else v.end
        part = v.low[max(left, r.mention.begin - 90) : min(right, r.stop + 60)]
        return next((name for name, pattern in v.language.tenses_compiled if pattern.search(part)), "none")


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
