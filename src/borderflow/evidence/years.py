"""Phrases that speak of years and of parts of years: 'in late 2021', 'the first quarter', 'last summer', 'between 2014 and 2016'.

Each reading takes the match, the language and the day of publication, and gives first day, last day and sort; what is not over ends with that day.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date

from borderflow.evidence.calendar_days import DAY, Window, end_of_month, in_year, number_of
from borderflow.evidence.language import Language


def _cut(first: date, last: date, published: date, sort: str = "span") -> Window:
    """Such days up to publication; all of them where they have not begun."""
    return first, min(last, published) if first <= published else last, sort


def _part_of_year(m: re.Match[str], language: Language, published: date) -> Window:
    """'the second quarter', 'eight months of 2022'; without a year the latest that has begun."""
    if m["yn"]:
        begin, months = 1, min(12, round(number_of(m["yn"], language)))
    else:
        months = 3 if m["yu"].startswith("q") or m["yu"] == "квартал" else 6
        part = 12 // months if m["yp"] == "last" else _PARTS[m["yp"]]
        if part * months > 12:
            return None
        begin = months * (part - 1) + 1
    year = int(m["yy2"] or published.year - (m["yw"] in ("прошлого", "last")))
    if not m["yy2"] and not m["yw"] and begin > published.month:
        year -= 1
    return _cut(date(year, begin, 1), end_of_month(date(year, begin + months - 1, 1)), published)


_PARTS = {"перв": 1, "i": 1, "1-": 1, "втор": 2, "ii": 2, "2-": 2, "трет": 3, "iii": 3, "3-": 3, "четверт": 4, "iv": 4, "4-": 4}
_PARTS |= {"first": 1, "1": 1, "second": 2, "2": 2, "third": 3, "3": 3, "fourth": 4, "4": 4}


def _year(m: re.Match[str], language: Language, published: date) -> Window:
    year = int(m.groupdict().get("yy") or m["yf"])
    return _cut(date(year, 1, 1), date(year, 12, 31), published)


def _years(m: re.Match[str], language: Language, published: date) -> Window:
    """'from 2014 to 2021', 'in 2015 and 2016'."""
    first, last = int(m["ya"]), int(m["yb"][-4:]) if len(m["yb"]) == 4 else int(m["ya"][:2] + m["yb"])
    return _cut(date(first, 1, 1), date(last, 12, 31), published, "range") if first < last <= published.year + 1 else None


def _season(m: re.Match[str], language: Language, published: date) -> Window:
    """'last summer', 'the autumn of 2021'; without a year the latest that has begun. A winter is named by the year that it begins in."""
    begin = next(month for stem, month in _SEASONS.items() if m["sea"].startswith(stem))
    if m["sey"]:
        year = int(m["sey"])
    else:
        year = published.year - (begin > published.month)
        if m["sel"] and year == published.year:
            year -= 1
    last = date(year + (begin == 12), (begin + 1) % 12 + 1, 1)
    return _cut(date(year, begin, 1), end_of_month(last), published)


_SEASONS = {"spring": 3, "summer": 6, "autumn": 9, "fall": 9, "winter": 12, "весн": 3, "весен": 3, "лет": 6, "осен": 9, "зим": 12}


def _third_of_year(m: re.Match[str], language: Language, published: date) -> Window:
    """'in late 2021': four months, as most who write so seem to mean."""
    year = int(m["ty"])
    begin = next(month for stem, month in _THIRDS.items() if m["tq"].startswith(stem))
    return _cut(date(year, begin, 1), end_of_month(date(year, begin + 3, 1)), published)


_THIRDS = {"early": 1, "mid": 5, "late": 9, "нач": 1, "сер": 5}


def _year_edge(m: re.Match[str], language: Language, published: date) -> Window:
    """'at the end of 2021', 'the beginning of 2022': a day."""
    year = int(m["ye"])
    day = date(year, 12, 31) if m["yq"].startswith(("end", "close", "кон")) else date(year, 1, 1)
    return (published, day, "future") if day > published else (day, day, "point")


def _fiscal(m: re.Match[str], language: Language, published: date) -> Window:
    """A fiscal year of the United States, whose border service counts so: from October to September."""
    year = int(m["fy"]) if len(m["fy"]) == 4 else 2000 + int(m["fy"])
    return _cut(date(year - 1, 10, 1), date(year, 9, 30), published)


def _year_back(m: re.Match[str], language: Language, published: date) -> Window:
    """'the same period of last year'."""
    named = re.search(r"(?:19|20)\d\d", m[0])
    last = in_year(published, int(named[0]) if named else published.year - 1)
    return last.replace(month=1, day=1), last, "year back"


def _year_start(m: re.Match[str], language: Language, published: date) -> Window:
    first = published.replace(month=1, day=1)
    return first, first, "point"


def _twelve_months(m: re.Match[str], language: Language, published: date) -> Window:
    """'over the last year', as against 'last year'."""
    return in_year(published, published.year - 1) + DAY, published, "past"


YEARS: Mapping[str, Callable[[re.Match[str], Language, date], Window]] = {
    "part_of_year": _part_of_year,
    "year": _year,
    "years": _years,
    "season": _season,
    "third_of_year": _third_of_year,
    "year_edge": _year_edge,
    "fiscal": _fiscal,
    "year_back": _year_back,
    "year_start": _year_start,
    "twelve_months": _twelve_months,
}
