"""Days by the calendar, counted from the day of publication: what a month, a weekday, a number of weeks are, whatever the phrase."""

from __future__ import annotations

import calendar
import math
from datetime import date, timedelta

from borderflow.evidence.language import Language

DAY = timedelta(days=1)
Window = tuple[date | None, date | None, str] | None
"""First day, last day (None = unknown) and sort of a time; None where it is none after all."""
_FAR = 45
"""A date without a year this many days ahead of publication is last year's."""
_SOON, _LONG_AGO = 10, 18
"""'on the 28th' is to come if that is so many days away, and the last one was so many days ago."""


def dated(year: str | None, month: int, day: int, published: date) -> date:
    """A date; without a year the latest that is not far ahead of publication."""
    if year:
        return date(int(year) if len(year) == 4 else 2000 + int(year), month, day)
    for y in (published.year, published.year - 1, published.year - 2, published.year - 3, published.year - 4):
        if calendar.monthrange(y, month)[1] >= day and date(y, month, day) - published < timedelta(days=_FAR):
            return date(y, month, day)
    raise ValueError("no such date")


def month_of(text: str, language: Language) -> int:
    """The number of a month by its name, its beginning, or, of a language with cases, its stem."""
    text = text.rstrip(".")
    if text in language.months:
        return language.months[text]
    return next(n for stem, n in sorted(language.months.items(), key=lambda x: -len(x[0])) if text.startswith(stem))


def latest(text: str, language: Language, published: date) -> date:
    """The latest such day up to publication."""
    number = language.weekdays.get(text)
    if number is None:
        number = next(n for stem, n in language.weekdays.items() if text.startswith(stem))
    return published - timedelta(days=(published.weekday() - number) % 7)


def number_of(text: str, language: Language) -> float:
    """A number in digits or words; 'several' is 3, 'a couple of' 2, what is no number 1."""
    if text.isdigit():
        return float(text)
    return float(language.number_words.get(text, 3 if text in ("several", "несколько", "few") else 2 if text in ("couple of", "пару") else 1))


def days_of(unit: str, language: Language) -> float:
    """Days in a unit of time: a month has 30, a year 365."""
    return next(days for stem, days in sorted(language.units_of_time.items(), key=lambda x: -len(x[0])) if unit.startswith(stem))


def back(published: date, n: float, unit: str, language: Language) -> date:
    """The day n units before publication; months and years by the calendar."""
    days = days_of(unit, language)
    if days in (30.0, 365.0):
        months = round(n) * (1 if days == 30.0 else 12)
        total = published.year * 12 + published.month - 1 - months
        year, month = divmod(total, 12)
        return date(year, month + 1, min(published.day, calendar.monthrange(year, month + 1)[1]))
    return published - timedelta(days=max(1, math.ceil(n * days)) if n * days >= 1 / 2 else 0)


def part_of_month(part: str | None, year: int, month: int) -> tuple[date, date]:
    """The first or last ten days of a month, those between, or all of it."""
    last = calendar.monthrange(year, month)[1]
    ranges = {"early": (1, 10), "mid": (11, 20), "late": (21, last), "нач": (1, 10), "сер": (11, 20), "кон": (21, last)}
    a, b = ranges.get((part or "")[:3] if (part or "")[:1] > "я" or (part or "")[:3] in ("нач", "сер", "кон", "mid") else (part or ""), (1, last))
    return date(year, month, a), date(year, month, b)


def in_month(day: int, published: date) -> date:
    """The latest such day up to publication, or the next where that is far nearer."""
    before = published.replace(day=1) - DAY
    if 0 < day - published.day <= _SOON and calendar.monthrange(before.year, before.month)[1] - day + published.day > _LONG_AGO:
        return published.replace(day=day)
    return published.replace(day=day) if day <= published.day else before.replace(day=day)


def in_year(day: date, year: int) -> date:
    """The same day of another year; 29 February may be the 28th there."""
    return day.replace(year=year, day=min(day.day, calendar.monthrange(year, day.month)[1]))


def end_of_month(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def first_of(published: date, n: float, unit: str, language: Language) -> date:
    """The first of so many days up to publication: ten days are ten dates, while 24 hours touch two."""
    first = back(published, n, unit, language)
    return first + DAY if n * days_of(unit, language) >= 2 and days_of(unit, language) >= 1 else first


def weekend(published: date) -> tuple[date, date, str]:
    """The latest Saturday and Sunday, as far as they are over or have begun."""
    saturday = published - timedelta(days=(published.weekday() - 5) % 7)
    return saturday, min(saturday + DAY, published), "span"
