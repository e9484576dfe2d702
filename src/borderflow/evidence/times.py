"""Times in a sentence, put together from single phrases: from one day to another, since a day or an event, the day before that one."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from datetime import date, timedelta

from borderflow.evidence.calendar_days import DAY, days_of, in_year, number_of
from borderflow.evidence.dates import Event, When, choice, event_of, read
from borderflow.evidence.language import Language
from borderflow.evidence.scan import Part, Scan, Table

__all__ = ["DAY", "Event", "When", "counted_from", "is_relative", "searched", "times"]

_DATELINE = re.compile(r"\s*(?:\([^()]{2,40}\))?\s*[-–—]\s(?!\d)")
"""What follows the day of a dateline; 'on Saturday — 900' is no dateline."""
_CUT = re.compile(r"(?<!\.m)[;:.](?:\s|$)|, (?!\d{4})")
_CUT_EARLY = re.compile(r"[;:.,](?:\s|$)")
_REACH = 80
"""Characters after 'since' in which its date or event is looked for."""


@functools.cache
def searched(language: Language) -> dict[str, str]:
    """The patterns by which times are found, by name, for a table of what can begin in a word."""
    names = ("since", "before_event", "until", "as_of", "before_day", "compared", "says")
    return {"time": choice(language).source} | {name: getattr(language, name) for name in names}


LOCATED = ("time",)
"""Those of them that are looked for by word."""


@functools.cache
def _table(language: Language) -> Table:
    return Table(searched(language), LOCATED)


def times(low: str, start: int, end: int, language: Language, published: date, events: Sequence[Event] = (), part: Part | None = None) -> list[When]:
    """Time phrases of a sentence from left to right, with prepositions that open or close a window applied.

    part: of a text scanned for the patterns that are `searched`; made here where there is none.
    """
    part = part or Scan(low, _table(language)).part(start, end)
    found: list[When] = []
    if "time" in part:
        matches = choice(language).matches(low, part, end, "time")
        found = joined(low, start, [w for m in matches for w in read(m, language, published, events)], language)
    if "since" in part or "before_event" in part:
        found = _since(low, start, end, found, language, published, events)
    if not found:
        return found
    if len(found) > 1:
        found = _relative(low, start, end, found, language, part)
    bounded, compared = "until" in part or "as_of" in part or "before_day" in part, "compared" in part
    marked = []
    for w in found:
        w = _until(low, start, w, language) if bounded else w
        beside = _spoken(low, start, end, w, language, part), compared and _compared(low, start, w, language)
        marked.append(w._replace(spoken=beside[0], compared=beside[1]) if any(beside) else w)
    as_of = next((w for w in marked if w.sort == "as of" and w.last is not None and w.last < published), None)
    if as_of is not None:
        marked = [_up_to(w, as_of, published, low) for w in marked]
    said = next((w.last for w in marked if w.spoken and w.last is not None and w.last < published), None)
    return [_as_said(w, said, published) for w in marked] if said is not None else marked


_OF_OTHERS = re.compile(r";|\b(?:while|but|whereas|up from|down from|compared|against|а|но|тогда как)\b")
"""Words between two times that part what they date."""


def _up_to(w: When, as_of: When, published: date, low: str) -> When:
    """What reaches to the day of publication ends on the day as of which the sentence speaks: 'As of 28 July 1,618,000 have come back this year'."""
    first = w.first
    if first is None or as_of.last is None or w.last != published or first >= as_of.last:
        return w
    reaches = w.sort in ("since", "this year") or (w.sort == "span" and (first.month, first.day) == (1, 1))
    between = low[min(w.end, as_of.end) : max(w.start, as_of.start)]
    return w._replace(last=as_of.last) if reaches and not _OF_OTHERS.search(between) else w


def _as_said(w: When, said: date, published: date) -> When:
    """'now', 'since' and 'by the end of the year' of something said on an earlier day."""
    if w.sort == "now":
        return w._replace(first=said, last=said)
    if w.sort in ("since", "this year") and w.last == published and w.first is not None and w.first < said:
        return w._replace(last=said)
    if w.sort == "past" and w.last == published and w.first is not None:
        return w._replace(first=w.first - (published - said), last=said)
    return w._replace(first=said) if w.sort == "future" and w.first == published else w


def _relative(low: str, start: int, end: int, found: list[When], language: Language, part: Part) -> list[When]:
    """'the day before' and 'a week earlier' count from the time that stands before them; that of the statement is none."""
    result: list[When] = []
    for w in found:
        if is_relative(low, w):
            sorts = _ANCHORS | _LONG if w.sort == "year back" else _ANCHORS
            points = (a for a in reversed(result) if a.sort in sorts and a.last is not None)
            anchor = next((a for a in points if not _spoken(low, start, end, a, language, part)), None)
            w = counted_from(w, (anchor.first, anchor.last)) if anchor is not None else w
        result.append(w)
    return result


def is_relative(low: str, w: When) -> bool:
    """Whether a time counts from another: 'the day before', 'that day', 'a week earlier'."""
    return w.sort in _RELATIVE or (w.sort == "ago" and not low[w.start : w.end].endswith(("ago", "назад")))


def counted_from(w: When, anchor: tuple[date | None, date | None]) -> When:
    """A relative time as days, counted from those of another; itself where that has no last day."""
    first, last = anchor
    if last is None:
        return w
    if w.sort == "that day":
        return w._replace(first=last, last=last, sort="point")
    if w.sort == "that year":
        end = date(last.year, 12, 31)
        return w._replace(
            first=date(last.year, 1, 1), last=min(end, w.published) if w.published is not None and last <= w.published else end, sort="span"
        )
    if w.sort == "before then":
        return w._replace(last=(first or last) - DAY, sort="baseline")
    if w.sort == "day after":
        return w._replace(first=last + DAY, last=last + DAY, sort="point")
    if w.sort == "year back":
        year = w.last.year if w.last is not None else last.year - 1
        if first is None or first.year == year:
            return w
        return w._replace(first=in_year(first, year - last.year + first.year), last=in_year(last, year), sort="span")
    if w.sort == "weekday before" and w.last is not None:
        day = last - timedelta(days=(last.weekday() - w.last.weekday() - 1) % 7 + 1)
        if (last - day).days <= 2:  # that one was just spoken of
            day -= 7 * DAY
        return w._replace(first=day, last=day, sort="point")
    begin = first if first is not None and (last - first).days <= 31 else last
    if w.sort == "before" and w.first is not None and w.last is not None:
        width = w.last - w.first
        if width == DAY:  # 24 hours
            return w._replace(first=begin - DAY, last=begin, sort="span")
        return w._replace(first=begin - width - DAY, last=begin - DAY, sort="span")
    if w.first is None or w.last is None or w.published is None:
        return w
    gap = w.published - w.last
    if DAY <= last - begin <= 6 * DAY and gap >= 7 * DAY:  # 'a week earlier' than a weekend
        return w._replace(first=begin - gap, last=last - gap, sort="span")
    if last - begin == DAY and gap == DAY:
        return w._replace(first=begin - DAY, last=begin, sort="span")
    return w._replace(first=last - gap, last=last - gap, sort="point")


_TO = frozenset({"as of", "up to", "by", "на", "к"})
_OWN_DAY = re.compile(r"(?:до|по|to|until) [\d:.]{1,5}(?: мск| утра| вечера)?,? (?:on )?")
"""A clock time that ends a range, up to its day."""
_OPENS = frozenset({"", "from", "between", "с", "со", "от"})
_WORD_BEFORE = re.compile(r"[^\W\d]{1,6} (?=\S)")
_ANCHORS, _LONG = frozenset({"point", "range", "span"}), frozenset({"this year", "since", "past"})
"""Sorts of times from which others count; the second only for the same days of another year."""
_RELATIVE = frozenset({"that year", "year back", "before then", "day before", "that day", "day after", "weekday before", "before"})
"""Sorts of times that count from another."""


def joined(low: str, start: int, found: list[When], language: Language) -> list[When]:
    """Times that are one: 'Tuesday 20:00', 'between 23 September and last Friday', 'the seven days to 5 November'."""
    result: list[When] = []
    patterns = language.patterns
    for i, w in enumerate(found):
        a = result[-1] if result else None
        between = low[a.end : w.start] if a is not None and w.start - a.end < 40 else None
        if a is not None and between is not None and a.sort == "clock" and w.last is not None and patterns["clock_day"].fullmatch(between):
            result.pop()
            by = _WORD_BEFORE.match(low, a.start, a.end)  # 'by' is looked for before it
            begin = by.end() if by else a.start
            w = w._replace(start=begin, mask=(min(a.mask[0], w.mask[0]), w.mask[1]))
            a = result[-1] if result else None
            between = low[a.end : w.start] if a is not None and w.start - a.end < 40 else None
        elif a is not None and between is not None and w.sort == "clock" and a.last is not None and patterns["day_clock"].fullmatch(between):
            later = found[i + 1] if i + 1 < len(found) else None
            if later is not None and later.sort == "point" and _OWN_DAY.fullmatch(low, w.start, later.start):
                result.append(w)  # '26 September to 8:00 on 27 September'
                continue
            result[-1] = a._replace(end=w.end, mask=(a.mask[0], w.mask[1]))
            continue
        if a is not None and between in (", ", " ", " (") and _same_day(a, w):
            result[-1] = w._replace(start=a.start, mask=(a.mask[0], w.mask[1]))
            continue
        if a is not None and between is not None and a.sort == "past" and w.sort == "range" and between.strip(" ,(–—-") in _OPENS:
            result[-1] = w._replace(start=a.start, mask=(a.mask[0], w.mask[1]))  # 'in four days, from Thursday to Sunday'
            continue
        if a is not None and between is not None and (in_week := _in_week(a, between, w, low)) is not None:
            result[-1] = in_week
            continue
        if a is not None and between is not None and (whole := _range(low, start, a, between, w, language)) is not None:
            result[-1] = whole
            continue
        if w.sort == "point" and w.last is not None and (m := patterns["days_to"].search(low, max(start, w.start - 45), w.start)) is not None:
            n = number_of(m["dn"], language) if m["dn"] else 1.0
            days = round(n * days_of(m["du"], language))
            first = w.last - timedelta(days=days - (days > 1))
            w = When(m.start(), w.end, first, w.last, "range", mask=(m.start(), w.mask[1]), published=w.published)
            if a is not None and a.end > m.start():
                result.pop()
        elif (
            w.sort in ("point", "now")
            and w.first is not None
            and (m := patterns["days_from"].search(low, max(start, w.start - 45), w.start)) is not None
        ):
            days = round(number_of(m["dn"], language) * days_of(m["du"], language))
            w = When(m.start(), w.end, w.first, w.first + timedelta(days=days - 1), "range", mask=(m.start(), w.mask[1]), published=w.published)
            if a is not None and a.end > m.start():
                result.pop()
        result.append(w)
    return result


def _same_day(a: When, b: When) -> bool:
    """Whether a date says again which day was meant: 'Friday, 23 September'."""
    if a.sort != "point" or b.sort != "point" or b.weekday or a.first is None or b.first is None or a.first != a.last or b.first != b.last:
        return False
    return a.first == b.first or (a.weekday and a.first.weekday() == b.first.weekday())


def _in_week(a: When, between: str, week: When, low: str) -> When | None:
    """A weekday, or some, of the week that is named after: 'between Wednesday and Friday last week'."""
    if (
        week.sort != "span"
        or week.first is None
        or week.last is None
        or (week.last - week.first).days != 6
        or between not in (" ", " of ", " на ", ", ")
    ):
        return None
    if a.first is None or a.last is None or not (a.weekday or a.sort == "range") or (a.last - a.first).days > 6 or low[a.start].isdigit():
        return None
    first = week.first + timedelta(days=a.first.weekday())
    last = first + (a.last - a.first)
    return a._replace(end=week.end, first=first, last=last, mask=(a.mask[0], week.mask[1]))


def _range(low: str, start: int, a: When, between: str, b: When, language: Language) -> When | None:
    """From one time to another, where the words between and before say so."""
    if a.sort == "this year":  # 'this year to 21 September'
        to = language.patterns["range_alone"].fullmatch(between) or between.strip() in _TO
        if not to or b.sort not in ("point", "span") or b.last is None or a.first is None or a.first >= b.last:
            return None
        return When(a.start, b.end, a.first, b.last, "range", mask=(a.mask[0], b.mask[1]), published=a.published)
    if a.sort not in ("point", "span", "holiday") or b.sort not in ("point", "span", "now", "future") or a.first is None or b.last is None:
        return None
    link = language.patterns["range_link"].fullmatch(between)
    if link is None:
        return None
    opened = language.patterns["range_open"].search(low[max(start, a.start - 40) : a.start])
    if not opened and not language.patterns["range_alone"].fullmatch(between):
        return None
    first = a.first - 7 * DAY if a.weekday and a.first > b.last else a.first
    if first > b.last or (b.last - first).days > 800:
        return None
    return When(a.start, b.end, first, b.last, "range", mask=(a.mask[0], b.mask[1]), published=a.published)


def _since(low: str, start: int, end: int, found: list[When], language: Language, published: date, events: Sequence[Event]) -> list[When]:
    """Phrases after 'since' become windows that reach to the day of publication."""
    result = list(found)
    for m in language.patterns["since"].finditer(low, start, end):
        if any(w.start < m.start() < w.end for w in found):  # 'the Sunday after the mobilisation' is a day
            continue
        stop = min(end, m.end() + _REACH)
        cut = _CUT.search(low, m.end(), stop)
        stop = cut.start() if cut else stop
        dated = next(
            (
                w
                for w in result
                if m.start() <= w.start <= stop
                and w.sort in ("point", "span", "range", "past", "ago")
                and not (w.start > m.end() and m[0].strip() in language.weak_since)
                and not (m[0].strip() in language.loose_since - language.weak_since and (w.start > m.end() + 4 or w.weekday or w.sort != "point"))
            ),
            None,
        )
        if dated is not None:
            result.remove(dated)
            event = event_of(low, m.end(), dated.start, events) if dated.start - m.end() > 6 else None
            if event is not None and dated.last is not None and language.patterns["until"].search(low[max(m.end(), dated.start - 40) : dated.start]):
                result.append(When(m.start(), dated.end, event, dated.last, "since", mask=dated.mask))
                continue
            ranged = dated.sort == "range" and dated.start - m.end() < 4
            result.append(dated if ranged else When(m.start(), max(dated.end, m.end()), dated.first, published, "since", mask=dated.mask))
        elif m[0].strip() not in language.weak_since or event_of(low, m.end(), stop, events) is not None:
            event = event_of(low, m.end(), stop, events)
            if event is None and m[0].strip() in language.loose_since:
                continue
            result.append(When(m.start(), stop, event, published, "since"))
    for m in language.patterns["before_event"].finditer(low, start, end):
        stop = min(end, m.end() + _REACH)
        cut = _CUT_EARLY.search(low, m.end(), stop)
        event = event_of(low, m.end(), cut.start() if cut else stop, events)
        if event is not None and not any(w.start < m.end() + 12 and m.start() < w.end for w in result):
            result.append(When(m.start(), m.end(), None, event - DAY, "baseline"))
    return sorted(result, key=lambda w: w.start)


def _until(low: str, start: int, w: When, language: Language) -> When:
    """'by 25 September' leaves the start open; 'as of' makes it a moment."""
    before = low[max(start, w.start - 40) : w.start]
    if w.sort in ("since", "clock", "past", "future") or w.first is None:
        return w
    if w.sort == "point" and language.patterns["as_of"].search(before):
        return w._replace(sort="as of", first=w.last)
    if w.sort == "point" and w.last is not None and language.patterns["before_day"].search(before):
        return w._replace(sort="baseline", first=None, last=w.last - DAY)
    if language.patterns["until"].search(before):
        return w._replace(sort="until", first=None)
    return w


def _compared(low: str, start: int, w: When, language: Language) -> bool:
    return bool(language.patterns["compared_before"].search(low[max(start, w.start - 34) : w.start]))


def _spoken(low: str, start: int, end: int, w: When, language: Language, part: Part) -> bool:
    """Whether a day stands beside a verb of saying, or in a dateline: it dates the statement."""
    if w.sort not in ("point", "until") or w.last is None:
        return False
    if w.end - start < 60 and _DATELINE.match(low, w.end, end):
        return True
    if "says" not in part:
        return False
    before = low[max(start, w.start - 46) : w.start]
    after = low[w.end : min(end, w.end + 24)]
    return bool(language.patterns["said_before"].search(before) or language.patterns["said_after"].match(after))
