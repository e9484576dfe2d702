"""Day by day: a fan chart for every series of the forecast, with the claims that speak of it drawn in their own hedges."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from html import escape
from typing import NamedTuple

from borderflow.publish.page.base import HIGH, LIKELY, LOW, Page, by_location, note, slug
from borderflow.publish.page.fan import End, Mark, Words, fan_chart
from borderflow.publish.page.first import bands
from borderflow.publish.runfolder import STATUSES, Fan, Row, Series

LONGEST_TOTAL_DAYS = 31.0
"""A total over more days than this says too little about one day to be drawn as a mean."""


class Chart(NamedTuple):
    """One chart: series, name of its file, picture, number of claims on it."""

    series: Series
    name: str
    svg: str
    claims: int


def section_charts(page: Page) -> str:
    """Fan charts by location."""
    places: dict[str, list[str]] = {}
    for chart in charts_of(page):
        location, target = chart.series
        unit = f'<span class="unit">{escape(page.unit(target))}</span>'
        # on paper charts follow each other without headings, so each names its place
        name = f'<span class="in-print">{escape(page.place(location))}: </span>'
        places.setdefault(location, []).append(f"<figure><figcaption>{name}{page.text(target)} {unit}</figcaption>{chart.svg}</figure>")
    blocks = (
        f'<div class="place n{min(3, len(figures))}"><h3>{escape(page.place(location))}</h3><div class="charts">{"".join(figures)}</div></div>'
        for location, figures in places.items()
    )
    return note(page.text("charts_text")) + _legend(page) + f'<div class="places">{"".join(blocks)}</div>' if places else ""


def charts_of(page: Page) -> Iterator[Chart]:
    """Every chart, in the order of the file by location."""
    marks = marks_of(page)
    for series, fan in by_location(page.folder.forecast):
        found = marks.get(series, [])
        yield Chart(series, slug(f"{series[0]} {series[1]}"), _picture(page, series, fan, found), len(found))


def _picture(page: Page, series: Series, fan: Fan, marks: list[Mark]) -> str:
    folder = page.folder
    assert folder.reference is not None
    as_of = folder.reference.toordinal()
    ahead = bands(fan, as_of)
    past = [b for b in folder.history.get(series, []) if as_of - 3 * max(7, len(ahead)) < b.day <= as_of]
    last = max(fan)
    low, likely, high = (page.shown(series, last, q) for q in (LOW, LIKELY, HIGH))
    description = page.w("chart_label", median=likely, date=page.day(page.at(last)), low=low, high=high, n=len(marks))
    kinds = {LOW: "edge", LIKELY: "likely", HIGH: "edge"}
    ends = [End(fan[last][q], page.shown(series, last, q), page.forecast_ref(series, last, q), k) for q, k in kinds.items() if q in fan[last]]
    words = Words(f"{page.place(series[0])}: {page.what(series[1])}", description, page.short_day, page.number, page.w("as_of_short"))
    return fan_chart(past, ahead, marks, as_of, words, page.unique(f"c {series[0]} {series[1]}"), ends, page.finest(series[1]))


def _legend(page: Page) -> str:
    symbol = {"used": '<circle cx="8" cy="8" r="3.1"/>', "checked": '<circle cx="8" cy="8" r="3.1"/>', "unused": '<path d="M5 5l6 6m0 -6l-6 6"/>'}
    items = (
        f'<span><svg class="key" viewBox="0 0 16 16" aria-hidden="true"><g class="mark {s}">{symbol[s]}</g></svg>{page.text("legend_" + s)}</span>'
        for s in STATUSES
    )
    band = '<span><svg class="key" viewBox="0 0 16 16" aria-hidden="true"><rect class="ahead {}" y="2" width="16" height="12"/></svg>{}</span>'
    fan = band.format("wide", page.text("legend_wide")) + band.format("half", page.text("legend_half"))
    return f'<p class="legend">{fan}{"".join(items)}<span>{page.text("legend_shapes")}</span></p>'


def marks_of(page: Page) -> dict[Series, list[Mark]]:
    """Claims by the series that they speak of."""
    out: dict[Series, list[Mark]] = {}
    for fit in page.folder.fits:
        series, span = series_of(fit.row), span_of(fit.row)
        if series is None or span is None or (fit.low is None and fit.high is None):
            continue
        first, days = span
        share = 1.0
        if fit.row.get("flow") == "cumulative" or fit.row.get("quantity_kind") == "people_crossed":
            if days > LONGEST_TOTAL_DAYS:
                continue
            share = 1.0 / max(1.0, days)
        low, high = (None if v is None else v * share for v in (fit.low, fit.high))
        source = fit.row.get("source") or fit.row.get("claim_id", "")
        title = page.w("mark_title", source=source, observed=page.observed(fit), status=page.w(fit.status))
        half = max(0.0, 0.5 * (days - 1))
        middle = first + 0.5 * (days - 1)
        out.setdefault(series, []).append(Mark(middle - half, middle + half, low, high, fit.status, title))
    return out


def series_of(row: Row) -> Series | None:
    """The series a claim speaks of: as the file says, else from its place and kind of quantity."""
    if row.get("location") and row.get("target"):
        return row["location"], row["target"]
    kind, direction, place = row.get("quantity_kind", ""), row.get("direction", ""), row.get("place", "")
    known = {"entries_per_day": "entries", "arrivals_per_day": "entries", "exits_per_day": "exits", "vehicles_queued": "queue_vehicles"}
    known |= {"people_waiting": "queue_people", "people_present": "stock"}
    if kind == "waiting_time":
        return place, "wait_hours_foot" if row.get("mode") == "foot" else "wait_hours_car"
    if kind == "people_crossed" and direction in {"entries", "exits"}:
        return place, direction
    return (place, known[kind]) if kind in known else None


def span_of(row: Row) -> tuple[float, float] | None:
    """Ordinal of the first day and length in days of a claim's window; dates are inclusive, instants exclusive."""
    begin, end = row.get("window_start", ""), row.get("window_end", "") or row.get("window_start", "")
    if not end:
        return None
    first, last = _instant(begin or end, 0), _instant(end, 1)
    if first is None or last is None:
        return None
    return first, max(0.0, last - first)


def _instant(text: str, date_adds: int) -> float | None:
    """An ISO date or instant as a date ordinal with a fraction; a bare date means its start plus `date_adds` days."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    fraction = (when - datetime(when.year, when.month, when.day)).total_seconds() / 86400 if when.tzinfo is None else 0.0
    return when.toordinal() + fraction + (date_adds if len(text) == 10 else 0)
