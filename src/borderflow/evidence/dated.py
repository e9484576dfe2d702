"""The day that a text is dated, from the text itself: a dateline, a heading, or a date written beside it."""

from __future__ import annotations

import re
from datetime import date

from borderflow.evidence.english import ENGLISH
from borderflow.evidence.passages import shadow
from borderflow.evidence.russian import RUSSIAN

_EN = "|".join(sorted(ENGLISH.months, key=len, reverse=True))
_RU = "|".join(sorted(RUSSIAN.months, key=len, reverse=True))
_FULL = re.compile(
    rf"(?P<iso>(?:19|20)\d\d-\d\d-\d\d)|(?P<d>\d{{1,2}})(?:st|nd|rd|th)? (?P<m>{_EN})\.?,? (?P<y>(?:19|20)\d\d)|(?P<m2>{_EN})\.? (?P<d2>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<y2>(?:19|20)\d\d)"
    rf"|(?P<d3>\d{{1,2}}) (?P<m3>{_RU})[а-я]* (?P<y3>(?:19|20)\d\d)|(?P<d4>\d{{1,2}})\.(?P<m4>\d{{1,2}})\.(?P<y4>20\d\d)"
)
_HEAD, _TAIL, _MOST = 700, 200, 200_000
"""Characters at the top and the end in which a text is dated."""


def day_of(text: str) -> date | None:
    """The first full date of a short text such as a heading or an attribute."""
    for m in _FULL.finditer(shadow(text)):
        day = _day(m)
        if day is not None:
            return day
    return None


def day_in(text: str) -> date | None:
    """The day a text is dated: the latest full date at its top, else at its end; None where it gives none.

    The latest, since a heading may also name the first day of a period. A text without one is dated by the date it names most often.
    """
    for part in (text[:_HEAD], text[-_TAIL:]):
        days = [day for m in _FULL.finditer(shadow(part)) if (day := _day(m)) is not None]
        if days:
            return max(days)
    days = [day for m in _FULL.finditer(shadow(text[:_MOST])) if (day := _day(m)) is not None]
    return max(days, key=lambda day: (days.count(day), day)) if days else None


def _day(m: re.Match[str]) -> date | None:
    try:
        if m["iso"]:
            return date.fromisoformat(m["iso"])
        if m["d"]:
            return date(int(m["y"]), ENGLISH.months[m["m"]], int(m["d"]))
        if m["d2"]:
            return date(int(m["y2"]), ENGLISH.months[m["m2"]], int(m["d2"]))
        if m["d3"]:
            return date(int(m["y3"]), RUSSIAN.months[m["m3"]], int(m["d3"]))
        return date(int(m["y4"]), int(m["m4"]), int(m["d4"]))
    except ValueError:
        return None
