"""What one time phrase means: a date, a weekday, 'past 24 hours', 'the first half of September', resolved against the day of publication.

Free text is never given to a date parser: phrases are delimited by the patterns of the language first. An unknown start stays unknown.
"""

from __future__ import annotations

import calendar
import functools
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from borderflow.evidence.calendar_days import (
    DAY,
    Window,
    back,
    dated,
    days_of,
    end_of_month,
    first_of,
    in_month,
    latest,
    month_of,
    number_of,
    part_of_month,
    weekend,
)
from borderflow.evidence.language import Language
from borderflow.evidence.scan import Choice
from borderflow.evidence.years import YEARS

_WEEKS_BACK = 70
"""Days back in which a number of a week is believed."""


@dataclass(frozen=True)
class Event:
    """A well-known event that texts date things by: its words, its day, and the countries that a text must speak of."""

    words: re.Pattern[str]
    day: date
    countries: frozenset[str]


class When(NamedTuple):
    """A time phrase: offsets, first and last day (None = unknown), and its sort.

    sort: point, span, since, until, past (hours or days before publication), future, clock (no day of its own).
    """

    start: int
    end: int
    first: date | None
    last: date | None
    sort: str = "point"
    compared: bool = False
    """It names what is compared with: 'than last week'."""
    mask: tuple[int, int] = (0, 0)
    """Offsets in which digits are part of a date."""
    weekday: bool = False
    published: date | None = None
    """The day it was counted from."""
    spoken: bool = False
    """It says when something was said, not when it happened."""


@functools.cache
def choice(language: Language) -> Choice:
    """All readings of a language, each in a group of its name."""
    month = "|".join(
        sorted(
            (rf"{re.escape(m)}(?:[^\W\d_]{{0,3}})" if language.stem_months and len(m) > 3 else re.escape(m) for m in language.months),
            key=len,
            reverse=True,
        )
    )
    whole = [m for m in language.months if len(m) > 3 or language.stem_months]
    full = "|".join(
        sorted((rf"{re.escape(m)}(?:[^\W\d_]{{0,3}})" if language.stem_months and len(m) > 3 else re.escape(m) for m in whole), key=len, reverse=True)
    )
    full += language.short_months
    day = "|".join(
        sorted((rf"{re.escape(d)}(?:[^\W\d_]{{0,3}})" if language.stem_months else re.escape(d) for d in language.weekdays), key=len, reverse=True)
    )
    words = "|".join(sorted(map(re.escape, language.number_words), key=len, reverse=True))
    unit = "|".join(sorted((rf"{u}[^\W\d_]{{0,4}}" for u in language.units_of_time), key=len, reverse=True))
    fill = {
        "month": f"(?:{month})",
        "fullmonth": f"(?:{full})",
        "day": f"(?:{day})",
        "number": rf"(?:\d{{1,3}}|{words}|{language.vague_numbers})",
        "unit": f"(?:{unit})",
    }
    return Choice({name: _fill(p, fill) for name, p in language.times}, r"(?<!\w)", r"(?![^\W\d_])")


def _fill(pattern: str, words: dict[str, str]) -> str:
    for key, value in words.items():
        pattern = pattern.replace("{" + key + "}", value)
    return pattern.replace("{{", "{").replace("}}", "}")


def event_of(low: str, start: int, stop: int, events: Sequence[Event]) -> date | None:
    """The day of the event that a phrase names."""
    return next((e.day for e in events if e.words.search(low, start, stop)), None)


def read(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Iterator[When]:
    """What one match means; nothing where it is not a time after all."""
    name = m.lastgroup or ""
    try:
        of_years = YEARS.get(name)
        window = of_years(m, language, published) if of_years is not None else _READINGS[name](m, language, published, events)
    except (ValueError, OverflowError):  # 31 June, a window of a million years
        return
    if window is not None:
        first, last, sort = window
        yield When(
            m.start(),
            m.end(),
            first,
            last,
            sort,
            mask=(m.start(), m.start("fe") if name == "first" else m.end()),
            weekday=name == "weekday",
            published=published,
        )


def _iso(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    day = date.fromisoformat(m["iso"])
    return day, day, "point"


def _dmy(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    a, b, year = re.split(r"[./]", m["dmy"])
    day_first = int(b) <= 12 and (int(a) > 12 or (date(int(year[-2:]) + 2000, int(b), int(a)) - published).days <= _AHEAD)  # else month first
    day = dated(year, int(b), int(a), published) if day_first else dated(year, int(a), int(b), published)
    return day, day, "point"


_AHEAD = 60
"""A date in figures so many days ahead of publication is read month first."""


def _dotted(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'since 24.02', after a word that makes it a day."""
    if not _DAY_AFTER.search(m.string, max(0, m.start() - 9), m.start()) and not _ALONE.match(m.string, max(0, m.start() - 1), m.end() + 3):
        return None
    a, b = m["sdm"].split(".")
    day = dated(None, int(b), int(a), published)
    return day, day, "point"


def _range_dm(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    last = dated(m["ry"], month_of(m["rm2"], language), int(m["rd2"]), published)
    month = month_of(m["rm1"], language) if m["rm1"] else last.month
    year = int(m["ry0"]) if m["ry0"] else last.year - (month > last.month)
    return date(year, month, int(m["rd1"])), last, "range"


def _range_md(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    month = month_of(m["sm1"], language)
    last = dated(m["sy"], month_of(m["sm2"], language) if m["sm2"] else month, int(m["sd2"]), published)
    return date(last.year - (month > last.month), month, int(m["sd1"])), last, "range"


def _range_dotted(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'21.09-26.09'."""
    last = dated(m["xy"], int(m["xm2"]), int(m["xd2"]), published)
    month = int(m["xm1"] or last.month)
    return date(last.year - (month > last.month), month, int(m["xd1"])), last, "range"


def _months(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    a, b = month_of(m["mm1"], language), month_of(m["mm2"], language)
    end = dated(m["my2"], b, 1, published)
    first = part_of_month(m["mq1"], int(m["my1"]) if m["my1"] else end.year - (a > b), a)[0]
    half = "half" in m[0]
    last = date(end.year, b, 15) if half or (m["mq2"] or "").startswith(("mid", "сер")) else part_of_month(m["mq2"], end.year, b)[1]
    return first, min(last, published) if first <= published and end <= published else last, "range"


def _half_month(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    start = dated(m["hy"], month_of(m["hm"], language), 1, published) if m["hm"] else published.replace(day=1)
    first_half = m["hn"].startswith(("first", "перв"))
    return (start, start.replace(day=15), "span") if first_half else (start.replace(day=16), end_of_month(start), "span")


def _week_of_month(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    start = dated(m["wny"], month_of(m["wnm"], language), 1, published)
    n = {"first": 0, "second": 1, "third": 2}.get(m["wn"])
    size = 7 if m["wnu"] == "week" else 10
    first = end_of_month(start) - timedelta(days=size - 1) if n is None else start + timedelta(days=size * n)
    return first, first + timedelta(days=size - 1), "span"


def _period_to(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'the 24 hours to 3 a.m. on Thursday', 'the week ending 9 May'."""
    if m["ptw"]:
        last = latest(m["ptw"], language, published)
    else:
        last = dated(None, month_of(m["ptm"] or m["ptm2"], language), int(m["ptd"] or m["ptd2"]), published)
    days = {"24 hours": 1, "48 hours": 2, "week": 6, "fortnight": 13, "month": 30}[m["pt"]]
    return last - timedelta(days=days), last, "range"


def _month_edge(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    start = dated(m["mey"], month_of(m["mem"], language), 1, published)
    day = end_of_month(start) if m["me"] in ("end", "close") else start
    return (published, day, "future") if day > published else (day, day, "point")


def _week_of(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    first = dated(None, month_of(m["wom"] or m["wom2"], language), int(m["wod"] or m["wod2"]), published)
    return first, min(first + 6 * DAY, max(first, published)), "span"


def _before_yesterday(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    first = published - 2 * DAY
    return (first, first + DAY, "span") if "night" in m[0] else (first, first, "point")


def _date_dm(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    day = dated(m["dy"], month_of(m["dm"], language), int(m["dd"]), published)
    return day, day, "point"


def _date_md(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    day = dated(m["ey"], month_of(m["em"], language), int(m["ed"]), published)
    return day, day, "point"


def _a_month(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    month = month_of(m["qm"], language)
    last_year = str(published.year - 1) if m.groupdict().get("qlast") else None
    start = dated(last_year or m["qy"], month, 1, published)
    first, last = part_of_month(m["qq"], start.year, month)
    return first, min(last, published) if first <= published else last, "span"


_DAY_AFTER = re.compile(r"(?:on|of|since|by|until|till|from|to|through|between|and|or|after|before|for|с|по|до|на|к|и|за) $")
"""Words before 'the 30th' that make it a day."""


_ALONE = re.compile(r"(?:(?:^|[\n|(]) ?[\d.]+(?:[\n|:)]| [|—–-])|(?<=[,;]) [\d.]+:)")
"""A day that is a label, as of a row."""


def _day_only(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'on the 30th'."""
    if "-" not in m[0] and not _DAY_AFTER.search(m.string, max(0, m.start() - 9), m.start()):
        return None
    day = in_month(int(m["od"]), published)
    return day, day, "point"


def _days_only(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'from the 21st to the 26th'."""
    last = in_month(int(m["od2"]), published)
    return in_month(int(m["od1"]), last), last, "range"


def _holiday(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    new_year = m["hol"].startswith(("new", "нов"))
    month, number = (1, 1) if new_year and "eve" not in m["hol"] else (12, 31) if new_year else (12, 24 if "eve" in m["hol"] else 25)
    day = dated(None, month, number, published)
    return day, day, "point"


def _that_day(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return None, None, "that year" if m.groupdict().get("tyear") else "that day"


def _day_after(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return None, None, "day after"


def _weekday_before(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    day = latest(m["wb"], language, published) - 7 * DAY
    return day, day, "weekday before"


def _previous_weekday(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    day = latest(m["pwd"], language, published)
    return day, day, "weekday before"


_GONE = 5
"""'this Tuesday' is none that was so many days ago, on a Monday."""


def _coming_weekday(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'this Friday' is one that has been, or today; 'next Friday' is to come."""
    day = latest(m["cwd"], language, published)
    if m[0].startswith("this") and (published - day).days < _GONE:
        return day, day, "point"
    return day + 7 * DAY, day + 7 * DAY, "future"


def _before_one(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'the week before': of a length, before another window; without one, the last but one."""
    unit = m[0]
    days = next(n for word, n in (("24", 1), ("fortnight", 13), ("week", 6), ("недел", 6), ("month", 29), ("месяц", 29), ("", 364)) if word in unit)
    last = published - timedelta(days=days + 1)
    return last - timedelta(days=days), last, "before"


def _weekday_event(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'the Saturday before the decree'; where that is no event that is known, the day alone."""
    day, event = latest(m["wev"], language, published), event_of(m["wee"], 0, len(m["wee"]), events)
    if event is not None:
        gap = (event.weekday() - day.weekday() - 1) % 7 + 1
        day = event - gap * DAY if m["web"] == "before" else event + (7 - gap % 7) * DAY
    return day, day, "point"


def _week_number(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'week 10', by the calendar, in a report of these weeks."""
    monday = date.fromisocalendar(published.year, int(m["wk"]), 1)
    return (monday, monday + 6 * DAY, "span") if -7 <= (published - monday).days <= _WEEKS_BACK else None


def _to_weekend(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return published, published + timedelta(days=(4 - published.weekday()) % 7 + 1), "future"


def _before_then(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return None, None, "before then"


def _month_part(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    start = dated(m["mpy"], month_of(m["mpm"], language), 1, published)
    first, last = part_of_month(m["mpq"] or "mid", start.year, start.month)
    return first, min(last, published) if first <= published else last, "span"


def _weekday_day(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'Sunday the 8th', and 'Sunday 8', the last Sunday where the 8th was none."""
    day = in_month(int(m["wdd"] or m["wdn"]), published)
    if m["wdn"] and day.weekday() != language.weekdays[m["wdw"]]:
        day = latest(m["wdw"], language, published)
    return day, day, "point"


def _period(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'in the reporting period'."""
    return None, None, "period"


def _midweek(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    day = published - timedelta(days=(published.weekday() - 2) % 7)
    return day, day, "point"


def _night_to(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    groups = m.groupdict()
    named = groups.get("nd")
    day = dated(None, month_of(m["nm"], language), int(named), published) if named else latest(m["nw"], language, published)
    return day - DAY, day, "span"


def _weekdays(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    last = latest(m["w2"], language, published)
    first = latest(m["w1"], language, last)
    return first, last, "range"


def _a_weekday(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    groups = m.groupdict()
    day = latest(groups.get("w") or groups.get("lw") or "", language, published)
    if groups.get("lw") and day == published:
        day -= 7 * DAY
    return day, day, "point"


def _ago_range(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    a, b = sorted((number_of(m["a1"], language), number_of(m["a2"], language)))
    return back(published, b, m["au"], language), back(published, a, m["au"], language), "range"


def _ago(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    if m[0].endswith("before") and (_LASTED.search(m.string, max(0, m.start() - 30), m.start())):
        return None
    day = back(published, number_of(m["b1"], language), m["bu"], language)
    return day, day, "ago"


_A_DAY = re.compile(r"\d(?: (?:people|men|cars|vehicles|persons))? $")
"""Before a rate: '5,000 a day before the war'."""
_EVENT_NEXT = re.compile(r" [^\W\d_]")
_LASTED = re.compile(
    r"\b(?:for|wait(?:ed|ing|s)?|stood|spent|queu\w+|took|takes?|lasted|against|compared (?:to|with)|(?:up|down) from|versus|vs\.?|than)"
    r"(?: up to| about| around| some| nearly| almost| more than| over)? $"
)
"""Words before how long it took: 'stood for 26 hours before a volunteer came', 'against 5 hours before the war'."""


def _ago_one(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    stem = m["bo"][:3]
    a_day = stem == "day" and m[0].startswith("a ") and m[0].endswith("before") and _EVENT_NEXT.match(m.string, m.end())
    if a_day and _A_DAY.search(m.string, max(0, m.start() - 12), m.start()):
        return None
    days = {"day": 1, "wee": 7, "for": 14, "mon": 30, "yea": 365, "сут": 1, "дне": 1, "нед": 7, "мес": 30, "год": 365}.get(stem, 1)
    return published - timedelta(days=days), published - timedelta(days=days), "ago"


def _past_range(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return first_of(published, number_of(m["p1"], language), m["pu"], language), published, "past"


def _within(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return first_of(published, number_of(m["i1"], language), m["iu"], language), published, "past"


def _next(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    n, unit = number_of(m["n1"], language), m["nu"]
    days = days_of(unit, language)
    if days in (30.0, 365.0):
        total = published.year * 12 + published.month - 1 + round(n) * (1 if days == 30.0 else 12)
        year, month = divmod(total, 12)
        return published, date(year, month + 1, min(published.day, calendar.monthrange(year, month + 1)[1])), "future"
    return published, published + timedelta(days=math.ceil(n * days)), "future"


_OF_THIS = re.compile(r"\s*of (?:the|this) (month|week|year)")


def _first_n(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    groups = m.groupdict()
    count = number_of(groups["f1"], language) if groups.get("f1") else 1.0
    unit = groups.get("fu") or groups["fu1"]
    named = re.match(r"\s*(?:of )?([^\W\d_]+)", m["fe"])
    of_this = _OF_THIS.match(m["fe"])
    if of_this and days_of(unit, language) < 365:
        first = {"month": published.replace(day=1), "year": published.replace(month=1, day=1)}.get(
            of_this[1], published - timedelta(days=published.weekday())
        )
        n, days = count, days_of(unit, language)
        if days == 30.0:
            return first, end_of_month(first.replace(month=min(12, first.month + round(n) - 1))), "span"
        return first, first + timedelta(days=max(0, round(n * days) - 1)), "span"
    if named and any(named[1].startswith(stem) for stem in language.months) and days_of(unit, language) in (1.0, 7.0):
        start = dated(None, month_of(named[1], language), 1, published)
        return start, start + timedelta(days=round(count * days_of(unit, language)) - 1), "span"
    day = event_of(m["fe"], 0, len(m["fe"]), events)
    if day is None:
        return None, None, "unknown"
    n, days = count, days_of(unit, language)
    if days in (30.0, 365.0):
        year, month = divmod(day.year * 12 + day.month - 1 + round(n) * (1 if days == 30.0 else 12), 12)
        return day, date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1])), "span"
    return day, day + timedelta(days=round(n * days) - (days == 1)), "span"


def _recent(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'in recent weeks': nobody says since when."""
    return None, published, "since"


def _in_one(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    """'in less than a month'."""
    return (published - DAY if m["io"] == "day" else first_of(published, 1.0, m["io"], language)), published, "past"


def _one_past(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    unit = (m.groupdict().get("o") or m.groupdict().get("o2") or "").strip()
    calendar_unit = m[0].startswith(("last", "previous", "прошл", "предыдущ", "preceding")) and not m[0].startswith("last 24")
    if m[0].startswith("last") and _DURING.search(m.string, max(0, m.start() - 12), m.start()):  # 'over the last month', as against 'last month'
        calendar_unit = False
    if unit.startswith(("weekend", "выходн")):
        return weekend(published)
    if unit.startswith(("year", "год")):
        return (
            (date(published.year - 1, 1, 1), date(published.year - 1, 12, 31), "span")
            if calendar_unit
            else (back(published, 1, unit, language), published, "past")
        )
    if unit.startswith(("month", "месяц")):
        end = published.replace(day=1) - DAY
        return (end.replace(day=1), end, "span") if calendar_unit else (back(published, 1, unit, language), published, "past")
    if unit.startswith(("week", "недел")):
        monday = published - timedelta(days=published.weekday() + 7)
        return (monday, monday + 6 * DAY, "span") if calendar_unit else (published - 6 * DAY, published, "past")
    if unit.startswith("fortnight"):
        return published - 13 * DAY, published, "past"
    if calendar_unit and unit in ("day", "день"):
        return published - DAY, published - DAY, "point"
    return published - DAY, published, "past"


_DURING = re.compile(r"\b(?:in|over|during|within) (?:the )?$")


def _at_weekend(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    over = published.weekday() == 5 and m[0].startswith(("the", "at"))  # on a Saturday 'at the weekend' is the one before
    return weekend(published - DAY if over else published)


def _this(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    unit = m["t"]
    if unit.startswith(("week", "недел")) and not unit.startswith("weekend"):
        return published - timedelta(days=published.weekday()), published, "span"
    if unit.startswith(("weekend", "выходн")):
        return weekend(published)
    if unit.startswith(("month", "месяц")):
        return published.replace(day=1), published, "span"
    if unit.startswith(("year", "год")):
        return published.replace(month=1, day=1), published, "this year"
    if unit.startswith(("morning", "afternoon", "evening", "утр", "вечер")):
        return published, published, "point"
    return None


def _period_start(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    week = m["ps"].startswith(("week", "недел"))
    first = published - timedelta(days=published.weekday()) if week else published.replace(day=1)
    return first, first, "point"


def _period_end(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    unit = m["pe"]
    if unit.startswith(("week", "недел")):
        last = published + timedelta(days=6 - published.weekday())
    else:
        last = end_of_month(published) if unit.startswith(("month", "месяц")) else date(published.year, 12, 31)
    return published, last, "future"


def _next_one(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    unit = m["x"]
    if unit.startswith(("week", "недел")) and not unit.startswith(("weekend", "weeks")):
        if m[0].startswith(("coming", "ближайш")):
            return published + DAY, published + 7 * DAY, "future"
        monday = published + timedelta(days=7 - published.weekday())
        return monday, monday + 6 * DAY, "future"
    if unit.startswith(("month", "месяц")) and unit != "months":
        first = end_of_month(published) + DAY
        return first, end_of_month(first), "future"
    days = (
        14
        if unit.startswith(("weeks", "недели"))
        else 60
        if unit == "months"
        else 365
        if unit.startswith(("year", "год"))
        else 3
        if unit in ("days", "дни")
        else 1
    )
    return published, published + timedelta(days=days), "future"


def _yesterday(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return published - DAY, published - DAY, "point"


def _day_before(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return published - DAY, published - DAY, "day before"


def _overnight(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return published - DAY, published, "past"


def _same(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return None, None, "same"


def _today(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return published, published, "point" if m[0] in ("today", "tonight", "сегодня") else "now"


def _tomorrow(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    day = published + (2 * DAY if m[0].startswith("после") else DAY)
    return day, day, "future"


def _clock(m: re.Match[str], language: Language, published: date, events: Sequence[Event]) -> Window:
    return None, None, "clock"


_READINGS: dict[str, Callable[[re.Match[str], Language, date, Sequence[Event]], Window]] = {
    "iso": _iso,
    "dmy": _dmy,
    "range_dm": _range_dm,
    "range_dotted": _range_dotted,
    "range_md": _range_md,
    "months": _months,
    "half_month": _half_month,
    "week_of_month": _week_of_month,
    "period_to": _period_to,
    "date_dm": _date_dm,
    "date_md": _date_md,
    "month": _a_month,
    "month_edge": _month_edge,
    "week_of": _week_of,
    "before_yesterday": _before_yesterday,
    "day_only": _day_only,
    "days_only": _days_only,
    "holiday": _holiday,
    "before_one": _before_one,
    "weekday_before": _weekday_before,
    "that_day": _that_day,
    "day_after": _day_after,
    "midweek": _midweek,
    "coming_weekday": _coming_weekday,
    "previous_weekday": _previous_weekday,
    "weekday_event": _weekday_event,
    "week_number": _week_number,
    "to_weekend": _to_weekend,
    "before_then": _before_then,
    "month_part": _month_part,
    "weekday_day": _weekday_day,
    "period": _period,
    "dotted": _dotted,
    "night_to": _night_to,
    "weekdays": _weekdays,
    "last_weekday": _a_weekday,
    "weekday": _a_weekday,
    "ago_range": _ago_range,
    "ago": _ago,
    "ago_one": _ago_one,
    "past_range": _past_range,
    "next": _next,
    "first": _first_n,
    "within": _within,
    "recent": _recent,
    "in_one": _in_one,
    "one_past": _one_past,
    "per_past": _one_past,
    "this": _this,
    "period_start": _period_start,
    "period_end": _period_end,
    "weekend": _at_weekend,
    "next_one": _next_one,
    "yesterday": _yesterday,
    "day_before": _day_before,
    "overnight": _overnight,
    "same": _same,
    "today": _today,
    "tomorrow": _tomorrow,
    "clock": _clock,
    "clock_bare": _clock,
}
