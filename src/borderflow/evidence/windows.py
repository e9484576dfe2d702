"""Which time phrase belongs to a number, and what it means for a flow, a stock or a duration."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta
from operator import attrgetter
from typing import NamedTuple

from borderflow.evidence.language import Language
from borderflow.evidence.mention import Mention
from borderflow.evidence.passages import Passages
from borderflow.evidence.reading import Reading
from borderflow.evidence.sentence import View
from borderflow.evidence.times import When, times

_start = attrgetter("start")
_PER_SEPARATOR = 30
_HEADING = 160
"""Longer lines are no headings."""
_OPENS = 25
"""Characters in which even a sentence names the period that it is about."""
_BESIDE = 3
"""Characters between a number and the time that is said of it alone."""
_FIGURE = re.compile(r"\d[\d.,\u00a0 ]*\d\d|\d+ (?!of|/)[a-zа-я]{3}")
"""A number in a heading that is more than that of an issue."""
_LETTERS = re.compile(r"[^\W\d_]")
_AROUND = 12
"""Numbers before and after one that are looked at beside it."""
_HEADER, _LATE_HEADER, _ONLY_A_TIME = 400, 1200, 60
"""Characters at the top in which a report says as of which day, or for which period, it speaks."""


class Window(NamedTuple):
    """First and last day, inclusive; None = unknown. stock: holds at its day. future: looks ahead. sure: the text names it."""

    first: date | None
    last: date | None
    stock: bool = False
    future: bool = False
    sure: bool = True
    since: bool = False
    """From an event or day up to now."""
    firm: bool = False
    """The words leave no choice."""


def header_day(passages: Passages, language: Language, day: date) -> tuple[date | None, date | None] | None:
    """The window that the head of a report gives for all of it: (None, day) of 'as of 11 April', or both days of a reporting period."""
    for s in passages.sentences:
        if s.start > _LATE_HEADER:
            return None
        part = passages.low[s.start : s.end]
        if s.start > _HEADER and (len(part) > _ONLY_A_TIME or "digit" not in s.part):
            continue
        period = "reporting_period" in s.part and language.patterns["reporting_period"].search(part)
        if (part.rstrip("\"'”’») ").endswith((".", "!", "?")) or len(part) > _HEADING) and not (period and period.start() < _OPENS):
            continue  # a sentence, no heading
        found = times(passages.low, s.start, s.end, language, day, (), s.part)
        rest = _without(part, found, s.start)
        bare = not _FIGURE.search(rest)
        if s.start > _HEADER and (not bare or _LETTERS.search(rest)):
            continue  # below the head only a line that is nothing but a time
        for w in found:
            if w.sort == "as of" and bare:
                return None, w.last
            if (
                w.sort in ("range", "span")
                and w.first is not None
                and w.last is not None
                and w.last <= day
                and (period or (bare and w.sort == "range"))
            ):
                return w.first, w.last
            near = w.last is not None and (day - w.last).days <= 3 and s.paragraph <= 1 and not w.weekday and len(part) < 120
            if w.sort == "point" and (period or near) and bare and w.last is not None and w.last < day:
                return None, w.last
    return None


_BESIDE = 4
"""Characters between a time and a number right after it: 'the day before: 900'."""
_WHOSE = re.compile(r"(?:['’]s)?(?:[^\d.,;:(]{0,28}\(?|, (?:when|когда) [^\d.,;:(]{0,24})")
"""What stands between a time and the number of that time: 'than last year's record of 251,000'."""


def usable_for(v: View, r: Reading, whens: Sequence[When]) -> list[When]:
    """The times of a sentence that may date a number: not those of a statement, nor what others are compared with."""
    at = r.mention.begin
    return [
        w
        for w in whens
        if not w.spoken and w.sort not in ("clock", "unknown") and not (w.compared and not (w.end <= at and _WHOSE.fullmatch(v.low, w.end, at)))
    ]


def _without(heading: str, found: Sequence[When], start: int) -> str:
    """A heading without its times."""
    for w in reversed(found):
        heading = heading[: max(0, w.start - start)] + heading[max(0, w.end - start) :]
    return heading


def window_of(
    v: View,
    r: Reading,
    whens: Sequence[When],
    found: Sequence[Mention],
    day: date,
    said: date | None,
    header: tuple[date | None, date | None] | None,
    before: Window | None,
    span: Window | None,
    like: bool,
    follows: bool = False,
) -> Window:
    """The window of one reading; `before` is that of the last claim, used where `like` is set, or where the sentence `follows` it
    and is of the same kind; `span` the last of several days, for 'on the two days'."""
    stated = min(said or day, day)
    end = header[1] if header and header[1] else stated
    stock = is_stock(v, r)
    usable = usable_for(v, r, whens)
    chosen = nearest(v, r, usable, found)
    dated = chosen is not None and (chosen.sort in ("day before", "ago") or 0 <= r.mention.begin - chosen.end <= _BESIDE)
    if (
        before is not None
        and not dated
        and "before_that" in v.part
        and v.language.patterns["before_that"].search(v.low[max(v.start, r.mention.begin - 40) : r.mention.begin])
    ):
        return Window(None, before.first or before.last)
    if chosen is not None and chosen.sort == "same":
        return span or before or Window(None, end, sure=False)
    if chosen is not None and before is not None and before.last is not None and not _a_day(before) and like_total(v, r, chosen):
        return Window(before.first if before.since else None, chosen.last or before.last, firm=True)
    if (
        chosen is not None
        and chosen.sort == "day before"
        and chosen.last == day - timedelta(days=1)
        and before is not None
        and before.last is not None
    ):
        return Window(before.last - timedelta(days=1), before.last - timedelta(days=1))
    if chosen is not None and chosen.sort == "ago" and before is not None and before.last is not None and _a_day(before) and chosen.last is not None:
        anchored = any(w.sort == "point" and w.start < chosen.start for w in whens)
        if not anchored and not v.low[chosen.start : chosen.end].endswith(("ago", "назад")):  # 'A week earlier the entries were 3,040.'
            earlier = before.last - (day - chosen.last)
            return Window(earlier, earlier, stock=stock)
    if chosen is None and "risen_to" in v.part and v.language.patterns["risen_to"].search(v.low, max(v.start, r.mention.begin - 40), r.mention.begin):
        if r.rate:
            return Window(end, end, firm=True)
        before = None
    part = (
        before is not None
        and "part_of" in v.part
        and bool(v.language.patterns["part_of"].search(v.low[max(v.start, r.mention.begin - 26) : r.mention.begin]))
    )
    if before is not None and (part or (chosen is None and (like or r.what == "share"))):
        if not stock or before.stock:
            return before
        held = before.last if part or before.first != before.last else stated
        return Window(held, held, stock=True)
    if chosen is not None and r.forecast and chosen.sort == "since":
        chosen = None  # it dates what has happened so far
    if chosen is None and r.what != "km" and _habitual(v, r):
        return Window(None, None)
    if chosen is None and r.capacity:
        return Window(end, end, sure=False)
    if chosen is None and r.forecast and not header:
        return Window(day, None, future=True, sure=False)
    if chosen is None and follows and not stock and not r.rate and not r.forecast and before is not None and (_a_day(before) or before.since):
        return before
    if chosen is None:
        if stock:
            end = stated if header and header[0] else end
            return Window(end, end, stock=True, sure=header is not None or said is None)
        if any(w.sort == "clock" for w in whens):
            return Window(end, end)
        words = v.words + v.lead if "cumulative" in v.part else v.lead
        whole = any(w.text.startswith(v.language.cumulative) for w in words)
        return Window(header[0] if header and not whole else None, end, sure=False)
    still = bool(
        v.language.patterns["still"].search(v.low[r.stop : min(v.end, r.stop + 24)] + v.low[max(v.start, r.mention.begin - 24) : r.mention.begin])
    )
    found_window = applied(chosen, r, stock, still, day, end)
    opening = next((w for w in usable if w.sort == "since" and w.first is not None), None)
    if found_window.first is None and opening is not None and not stock and chosen.sort in ("as of", "until") and found_window.last is not None:
        return Window(min(opening.first or found_window.last, found_window.last), found_window.last, since=True)
    if (
        found_window.future
        and found_window.first == day
        and v.language.patterns["reaches"].search(v.low, max(v.start, r.mention.begin - 40), r.mention.end)
    ):
        return found_window._replace(first=None)  # a total whose beginning is not said
    if found_window.since and found_window.last == day:  # 'as of 2 October, 185,000 since 24 September'; the end of what is reported
        until = next((w.last for w in usable if w.sort in ("as of", "until") and w.last is not None), end if header else None)
        if until is None and before is not None and v.language.patterns["total"].search(v.low, max(v.start, chosen.start - 40), r.mention.end):
            until = before.last
        if until is not None and found_window.first is not None and found_window.first <= until <= day:
            return Window(found_window.first, until, since=True)
    return found_window


def _habitual(v: View, r: Reading) -> bool:
    """Whether the clause says what is usual."""
    i, j = bisect_left(v.borders, r.mention.begin), bisect_left(v.borders, r.stop)
    left, right = v.borders[i - 1] if i else v.start, v.borders[j] if j < len(v.borders) else v.end
    return bool(v.language.patterns["habitual"].search(v.low[max(left, r.mention.begin - 70) : min(right, r.stop + 50)]))


def _a_day(w: Window) -> bool:
    """One day, or the 24 hours before publication."""
    return w.first is not None and w.last is not None and (w.last - w.first).days <= 1 and not w.stock


def like_total(v: View, r: Reading, chosen: When) -> bool:
    """'On Tuesday evening the figure was 28,120': a running total at an earlier day."""
    return (
        chosen.sort in ("point", "day before")
        and "figure_was" in v.part
        and bool(v.language.patterns["figure_was"].search(v.low[max(v.start, r.mention.begin - 40) : r.mention.begin]))
    )


def aside(v: View, r: Reading, whens: Sequence[When]) -> bool:
    """Whether a number is only there to be compared with, so that nothing goes on in its days: 'against 870 on Monday', '(yesterday 980)'."""
    before = v.low[max(v.start, r.mention.begin - 60) : r.mention.begin]
    if v.language.patterns["set_against"].search(before):
        return True
    open_ = before.rfind("(")
    if open_ > before.rfind(")"):
        a, b = r.mention.begin - len(before) + open_, v.low.find(")", r.mention.end, min(v.end, r.mention.end + 60))
        return any(a < w.start and w.end <= b and w.sort != "since" for w in whens)
    return any(w.sort == "ago" and w.end <= r.mention.begin and not v.separators(w.end, r.mention.begin) for w in whens)


_TOUCHING = 3
_DASHES = frozenset("-–—")


def near(found: Sequence[Mention], r: Reading) -> Sequence[Mention]:
    """Of the numbers of a sentence those near a reading: in a line full of numbers the far ones tell nothing."""
    i = bisect_left(found, r.mention.start, key=_start)
    return found[max(0, i - _AROUND) : i + _AROUND]


def is_stock(v: View, r: Reading) -> bool:
    """Whether an amount holds at a moment: stocks, queues, waits and lengths."""
    if r.what in ("km", "hours"):
        return True
    if r.what in ("ratio", "share") or r.rate:
        return r.what == "ratio" and r.cue == "wait"
    if r.cue in ("wait", "stay", "present"):
        return True
    if r.cue == "displace":
        around = v.low[max(v.start, r.mention.begin - 60) : min(v.end, r.stop + 50)]
        return bool(v.language.patterns["still_displaced"].search(around)) and not v.language.patterns["newly"].search(v.low[v.start : v.end])
    return False


def nearest(v: View, r: Reading, whens: Sequence[When], found: Sequence[Mention]) -> When | None:
    """The time phrase that belongs to a number: the nearest, with a price for every border between clauses and for other numbers' sake."""
    best: tuple[float, When] | None = None
    for w in whens:
        a, b = r.mention.begin, max(r.stop, r.mention.end)
        if w.end <= a:
            cost = (a - w.end) * (0.8 if w.start - v.start < 25 else 1.0) + _PER_SEPARATOR * v.separators(w.end, a)
        else:
            other = next((m.begin for m in found if b <= m.begin < w.start), -1) if w.sort == "baseline" else -1
            if other >= 0 and v.language.patterns["set_against"].search(v.low, b, other):
                continue  # of '10,000, against 5,000 before the war' it dates the second
            cost = max(0, w.start - b) * 0.9 + _PER_SEPARATOR * v.separators(b, w.start)
            later = [m for m in found if m.begin > w.start]
            apart = v.separators(b, w.start)
            sign = v.low[w.end : later[0].begin].strip() if later else ""
            if sign == ":" or (sign in _DASHES and apart):
                cost += 60  # '(March: 362,551)', 'во вторник — 5,5 тысячи'
            elif later and (apart > v.separators(w.end, later[0].begin) or (apart and later[0].begin < w.end)):
                cost += 60  # it belongs to the number that follows it
        if w.sort in ("now", "day before") and not 0 <= a - w.end <= _BESIDE:
            cost += 15
        if w.sort == "future" and not r.forecast:
            cost += 60
        if w.sort in ("since", "past", "range") or w.start - v.start < 12:
            cost *= 0.7
        if best is None or cost < best[0]:
            best = cost, w
    return best[1] if best else None


def applied(w: When, r: Reading, stock: bool, still: bool, day: date, end: date) -> Window:
    """A time phrase applied to what it dates."""
    first, last = w.first, w.last
    if w.sort == "baseline":
        return Window(None, last, firm=0 <= w.start - max(r.stop, r.mention.end) < _TOUCHING)  # 'against 5 hours before the war'
    if r.forecast and w.weekday and last is not None and last <= day:
        return Window(last + timedelta(days=7), last + timedelta(days=7), future=True)
    if r.forecast and w.sort == "span" and first is not None and last is not None and last <= day and (last - first).days == 1:
        return Window(first + timedelta(days=7), first + timedelta(days=8), future=True)  # the coming weekend
    if w.sort == "future" or (last is not None and last > day and (first is None or first > day)):
        return Window(first, last, future=True)
    if w.sort == "this year" and r.forecast:
        return Window(first, date(day.year, 12, 31), future=True)
    beside = 0 <= w.start - max(r.stop, r.mention.end) < _BESIDE  # '272 since 21 October'
    if w.sort == "since" and first is not None and (not stock or beside or (r.what in ("people", "families") and not still)):
        return Window(first, last, since=True)
    if stock and last is not None:
        if w.sort in ("since", "past"):
            return Window(first, last, stock=True) if r.what == "people" and w.sort == "past" and r.cue == "stay" else Window(last, last, stock=True)
        if w.sort in ("range", "span"):
            return Window(first, last, stock=True) if r.what == "hours" and first is not None else Window(last, last, stock=True)
        return Window(last, last, stock=True)
    if w.sort == "as of":
        return Window(None, last)
    if w.sort == "now":
        return Window(None if not stock else last, last)
    return Window(first, last)
