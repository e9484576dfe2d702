"""report.html: one self-contained page from the files of a run folder, and from nothing else.

No script, no network, every number computed from the files, every foreign text escaped. What does not belong here: words (words.py),
drawing (chart.py), and anything that needs a model. Wall times are left out, so that the same run gives the same page.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import Any

from borderflow.publish.chart import Band, Mark, fan_chart
from borderflow.publish.runfolder import STATUSES, Fan, Fit, Row, RunFolder, Series, number_or_none, read_run
from borderflow.publish.style import CSS
from borderflow.publish.words import EN, Words

LONGEST_TOTAL_DAYS = 31.0
"""A total over more days than this says too little about one day to be drawn as a mean."""
NOT_PARTS = frozenset({"date", "day", "draw", "run", "weight", "scenario", "everyone", "gap"})
"""Columns of conservation.csv that are not places where people are."""
POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
)
"""The page may load nothing, whatever a quote tries."""

# ---------------------------------------------------------------- numbers and dates as words


def rounding_step(low: float, high: float, least: float = 0.0) -> float:
    """The step to which a figure with this range deserves to be rounded: 1, 2 or 5 x 10^k, at most a tenth of the range's width.

    least: no finer than this, since there are no halves of people.
    """
    width = abs(high - low)
    size = max(abs(low), abs(high))
    target = max(width / 10, size / 1000)
    if target <= 0:
        return max(1.0, least)
    power = 10.0 ** math.floor(math.log10(target))
    return max(least, *(step * power for step in (1, 2, 5) if step * power <= target * (1 + 1e-9)))


def finest(unit: str) -> float:
    """The finest step in which a quantity of this unit makes sense to a reader: whole people and vehicles, tenths of hours; 0 where any does."""
    if unit == "hours":
        return 0.1
    return 1.0 if unit.startswith(("people", "men", "vehicles", "cars", "lorries", "parties")) else 0.0


def in_steps(value: float, step: float) -> str:
    """A value rounded to a multiple of the step, with thousands separators and no more decimals than the step has."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9))
    text = f"{round(value / step) * step:,.{decimals}f}"
    return text.replace("-", "−") if text.strip("-0.,") else "0"


def rounded(values: Sequence[float], least: float = 0.0) -> list[str]:
    """Values of one distribution rounded alike, as the range between the first and the last deserves, no finer than `least`."""
    step = rounding_step(values[0], values[-1], least)
    return [in_steps(v, step) for v in values]


def signed(value: float, step: float) -> str:
    """A difference rounded to a multiple of the step, with its sign; 0 has none."""
    text = in_steps(value, step)
    return text if value <= 0 or text == "0" else f"+{text}"


def plain(value: float) -> str:
    """A stated value in full, with thousands separators."""
    return (f"{value:,.0f}" if value == round(value) else f"{value:,.6g}").replace("-", "−")


def percent(share: float) -> str:
    """A probability in whole per cent; never a certainty that it is not."""
    if 0 < share < 0.01:
        return "< 1 %"
    if 0.99 < share < 1:
        return "> 99 %"
    return f"{100 * share:.0f} %"


class Page:
    """Words and texts of one page: dates, names and numbers in its language."""

    def __init__(self, folder: RunFolder, words: Words) -> None:
        self.folder = folder
        self.w = words

    def text(self, key: str, **fields: object) -> str:
        """An escaped text of the word table; fields may be foreign."""
        return escape(self.w(key, **fields))

    def day(self, when: date) -> str:
        """'Tue 27 Sep'"""
        return f"{self.w('weekdays').split()[when.weekday()]} {self.short_day(when)}"

    def short_day(self, when: date) -> str:
        """'27 Sep'"""
        return f"{when.day} {self.w('months').split()[when.month - 1]}"

    def at(self, horizon: int) -> date:
        """The date of a horizon."""
        assert self.folder.reference is not None
        return self.folder.reference + timedelta(days=horizon)

    def when(self, horizon: int) -> str:
        """'Tomorrow' or 'In 7 days'"""
        return self.w("tomorrow") if horizon == 1 else self.w("in_days", n=horizon)

    def unit(self, target: str) -> str:
        """The unit of a target, '' when unknown."""
        return self.w(f"unit_{target}") if self.w.has(f"unit_{target}") else ""

    def finest(self, target: str) -> float:
        """The finest step of a target's figures."""
        return finest(EN.get(f"unit_{target}", ""))

    def what(self, target: str) -> str:
        """'Entries, people a day'"""
        unit = self.unit(target)
        return f"{self.w(target)}, {unit}" if unit else self.w(target)

    def observed(self, fit: Fit) -> str:
        """What a claim states, as '11,143', '3 to 4', '≥ 40,000'."""
        if fit.low is not None and fit.high is not None:
            return plain(fit.low) if fit.low == fit.high else self.w("to", low=plain(fit.low), high=plain(fit.high))
        if fit.low is not None:
            return self.w("at_least", value=plain(fit.low))
        return self.w("at_most", value=plain(fit.high)) if fit.high is not None else ""


# ---------------------------------------------------------------- html helpers


def _cell(content: str, label: str = "", kind: str = "") -> str:
    """A table cell of ready HTML; the label is shown before it on narrow screens."""
    attributes = (f' class="{kind}"' if kind else "") + (f' data-label="{escape(label)}"' if label else "")
    # one child, so that label and content can stand at the two ends of the line on narrow screens
    return f"<td{attributes}>{f'<div>{content}</div>' if content and label else content}</td>"


def _table(caption: str, head: Sequence[str], body: Sequence[str], kind: str = "", numeric: Sequence[int] = ()) -> str:
    """A table of ready rows; `head` is plain text, `numeric` the columns aligned right."""
    heads = "".join(f'<th scope="col"{" class=num" if i in numeric else ""}>{escape(h)}</th>' for i, h in enumerate(head))
    captioned = f'<caption class="hidden">{escape(caption)}</caption>'
    return f'<div class="scroll"><table class="{kind}">{captioned}<thead><tr>{heads}</tr></thead><tbody>{"".join(body)}</tbody></table></div>'


def _row(cells: Iterable[str], head: str = "") -> str:
    first = f'<th scope="row">{head}</th>' if head else ""
    return f"<tr>{first}{''.join(cells)}</tr>"


def _group(text: str, columns: int) -> str:
    """A row that names the rows below it."""
    return f'<tr class="group"><th scope="colgroup" colspan="{columns}">{escape(text)}</th></tr>'


def _section(page: Page, key: str, body: str) -> str:
    missing = f'<p class="quiet">{page.text("missing")}</p>'
    return f'<section id="{key}"><h2>{page.text(key)}</h2>{body or missing}</section>'


def _note(text: str) -> str:
    return f'<p class="note">{text}</p>'


def _link(reference: str, text: str) -> str:
    """A link for web addresses only; nothing is loaded from it."""
    if reference.startswith(("https://", "http://")):
        return f'<a href="{escape(reference)}" rel="noopener noreferrer nofollow">{text}</a>'
    return escape(reference)


# ---------------------------------------------------------------- sections


def _banner(page: Page) -> str:
    """A warning that cannot be overlooked when the diagnostics are not good."""
    d = page.folder.diagnostics
    if d.get("good") is True:
        return ""
    why = _texts(d.get("why")) or ["diagnostics.json"]
    what = _texts(d.get("what_to_do") or d.get("remedy"))
    items = "".join(f"<li>{escape(t)}</li>" for t in why)
    todo = f"<p>{page.text('banner_what')} {escape(' '.join(what))}</p>" if what else ""
    return f'<div class="banner" role="alert"><h2>{page.text("banner")}</h2><p>{page.text("banner_text")}</p><ul>{items}</ul>{todo}</div>'


def _texts(value: Any) -> list[str]:
    """A text or a list of texts as a list of texts."""
    if isinstance(value, list | tuple):
        return [str(v) for v in value]
    return [str(value)] if value not in (None, "") else []


def _planning(page: Page) -> str:
    """Low, likely and high for tomorrow, in 7 and in 14 days."""
    horizons = page.folder.shown_horizons()
    if not horizons:
        return ""
    body, place = [], ""
    for (location, target), fan in _by_location(page.folder.forecast):
        if location != place:
            body.append(_group(location, 1 + len(horizons)))
            place = location
        head = f'{page.text(target)} <span class="unit">{escape(page.unit(target))}</span>'
        body.append(_row([_planning_cell(page, target, fan, h) for h in horizons], head))
    head_texts = [page.w("place_what"), *(f"{page.when(h)}, {page.day(page.at(h))}" for h in horizons)]
    return _note(page.text("planning_text")) + _table(page.w("planning"), head_texts, body, "planning", range(1, 1 + len(horizons)))


def _planning_cell(page: Page, target: str, fan: Fan, horizon: int) -> str:
    levels = fan.get(horizon, {})
    if not {0.1, 0.5, 0.9} <= levels.keys():
        return _cell("", page.when(horizon), "num")
    low, likely, high = rounded([levels[0.1], levels[0.5], levels[0.9]], page.finest(target))
    return _cell(f'<b>{likely}</b> <span class="range">{page.text("low_high", low=low, high=high)}</span>', page.when(horizon), "num")


def _by_location(series: Mapping[Series, Fan]) -> list[tuple[Series, Fan]]:
    """Series grouped by location, both in the order of the file."""
    order = {location: i for i, location in reversed(list(enumerate(location for location, _ in series)))}
    return sorted(series.items(), key=lambda item: order[item[0][0]])


def _charts(page: Page) -> str:
    """Fan charts by location."""
    out, place, marks = [], "", _marks(page)
    for (location, target), fan in _by_location(page.folder.forecast):
        if location != place:
            out.append(f"{'</div>' if place else ''}<h3>{escape(location)}</h3><div class='charts'>")
            place = location
        out.append(_figure(page, (location, target), fan, marks.get((location, target), [])))
    return _note(page.text("charts_text")) + _legend(page) + "".join(out) + "</div>" if out else ""


def _figure(page: Page, series: Series, fan: Fan, marks: list[Mark]) -> str:
    folder = page.folder
    assert folder.reference is not None
    as_of = folder.reference.toordinal()
    ahead = [Band(as_of + h, *(v[q] for q in (0.05, 0.25, 0.5, 0.75, 0.95))) for h, v in sorted(fan.items())]
    past = [b for b in folder.history.get(series, []) if as_of - 3 * max(7, len(ahead)) < b.day <= as_of]
    last = max(fan)
    low, median, high = rounded([fan[last][q] for q in (0.05, 0.5, 0.95)], page.finest(series[1]))
    label = page.w("chart_label", what=page.what(series[1]), place=series[0], median=median, date=page.day(page.at(last)), low=low, high=high)
    svg = fan_chart(past, ahead, marks, as_of, label, page.short_day, page.w("as_of_short"), page.finest(series[1]))
    return f'<figure><figcaption>{page.text(series[1])} <span class="unit">{escape(page.unit(series[1]))}</span></figcaption>{svg}</figure>'


def _legend(page: Page) -> str:
    symbol = {"used": '<circle cx="8" cy="8" r="3.1"/>', "checked": '<circle cx="8" cy="8" r="3.1"/>', "unused": '<path d="M5 5l6 6m0 -6l-6 6"/>'}
    items = (
        f'<span><svg class="key" viewBox="0 0 16 16" aria-hidden="true"><g class="mark {s}">{symbol[s]}</g></svg>{page.text("legend_" + s)}</span>'
        for s in STATUSES
    )
    return f'<p class="legend">{"".join(items)}<span>{page.text("legend_shapes")}</span></p>'


def _marks(page: Page) -> dict[Series, list[Mark]]:
    """Claims by the series that they speak of."""
    out: dict[Series, list[Mark]] = {}
    for fit in page.folder.fits:
        series, span = _series_of(fit.row), _span(fit.row)
        if series is None or span is None or (fit.low is None and fit.high is None):
            continue
        first, days = span
        share = 1.0
        if _is_total(fit.row):
            if days > LONGEST_TOTAL_DAYS:
                continue
            share = 1.0 / max(1.0, days)
        low, high = (None if v is None else v * share for v in (fit.low, fit.high))
        title = page.w(
            "mark_title", source=fit.row.get("source") or fit.row.get("claim_id", ""), observed=page.observed(fit), status=page.w(fit.status)
        )
        middle = first + 0.5 * (days - 1)
        half = max(0.0, 0.5 * (days - 1))
        out.setdefault(series, []).append(Mark(middle - half, middle + half, low, high, fit.status, title))
    return out


def _is_total(row: Row) -> bool:
    return row.get("flow") == "cumulative" or row.get("quantity_kind") == "people_crossed"


def _series_of(row: Row) -> Series | None:
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


def _span(row: Row) -> tuple[float, float] | None:
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


def _policies(page: Page) -> str:
    """Each policy against the headline, seven days ahead."""
    folder = page.folder
    near = [h for h in folder.horizons if h <= 7]
    if not folder.differences or not near:
        return ""
    h = near[-1]
    why = folder.run.get("scenarios")
    out = [_note(page.text("policies_text", when=f"{page.when(h).lower()}, {page.day(page.at(h))}"))]
    for scenario in dict.fromkeys(name for name, _, _ in folder.differences):
        text = escape(str(why[scenario])) if isinstance(why, dict) and scenario in why else ""
        out.append(f"<h3>{escape(scenario)}</h3>" + (f"<p>{text}</p>" if text else "") + _policy_table(page, scenario, h))
    return "".join(out)


def _policy_table(page: Page, scenario: str, h: int) -> str:
    body, same = [], 0
    heads = [page.w("place_what"), page.w("headline"), page.w("with_policy"), page.w("difference"), page.w("difference_range")]
    for (name, location, target), fan in page.folder.differences.items():
        levels = fan.get(h, {})
        if name != scenario or not {0.1, 0.5, 0.9} <= levels.keys():
            continue
        if levels[0.1] == levels[0.5] == levels[0.9] == 0:
            same += 1
            continue
        body.append(_policy_row(page, scenario, (location, target), levels, h, heads))
    table = _table(scenario, heads, body, "stack", (1, 2, 3, 4)) if body else ""
    return table + (f'<p class="quiet">{page.text("no_difference", n=same)}</p>' if same else "")


def _policy_row(page: Page, scenario: str, series: Series, levels: dict[float, float], h: int, heads: Sequence[str]) -> str:
    base = page.folder.forecast.get(series, {}).get(h, {})
    other = page.folder.scenarios.get((scenario, *series), {}).get(h, {})
    step = rounding_step(base.get(0.1, levels[0.1]), base.get(0.9, levels[0.9]), page.finest(series[1]))
    fine = rounding_step(levels[0.1], levels[0.9], page.finest(series[1]))
    low, likely, high = (signed(v, fine) for v in (levels[0.1], levels[0.5], levels[0.9]))
    cells = [in_steps(x[0.5], step) if 0.5 in x else "" for x in (base, other)]
    cells += [f"<b>{likely}</b>", page.text("to", low=low, high=high)]
    head = f'{escape(series[0])}: {page.text(series[1])} <span class="unit">{escape(page.unit(series[1]))}</span>'
    return _row((_cell(c, label, "num") for c, label in zip(cells, heads[1:], strict=True)), head)


def _exceedance(page: Page) -> str:
    """Probabilities of thresholds on a few days."""
    rows = page.folder.exceedance
    if not rows:
        return ""
    dates = sorted({r["date"] for r in rows})
    chosen = [d for i, d in enumerate(dates) if i + 1 in {1, 3, 7, 14}] or dates[-1:]
    by_key: dict[tuple[str, str, str], dict[str, Row]] = {}
    for r in rows:
        by_key.setdefault((r["location"], r["target"], r["above"]), {})[r["date"]] = r
    heads = [
        page.w("threshold"),
        *(page.day(date.fromisoformat(d)) for d in chosen),
        page.w("by", date=page.short_day(date.fromisoformat(dates[-1]))),
    ]
    body = []
    for (location, target, above), by_date in by_key.items():
        shares = [number_or_none(by_date[d]["probability"]) if d in by_date else None for d in chosen]
        shares.append(number_or_none(by_date.get(dates[-1], {}).get("probability_by_then")))
        level = number_or_none(above)
        above_text = page.text("above", what=page.w(target), value=plain(level) if level is not None else above)
        head = f'{escape(location)}: {above_text} <span class="unit">{escape(page.unit(target))}</span>'
        cells = (_cell("" if s is None else escape(percent(s)), label, "num") for s, label in zip(shares, heads[1:], strict=True))
        body.append(_row(cells, head))
    return _note(page.text("exceedance_text")) + _table(page.w("exceedance"), heads, body, "stack", range(1, len(heads)))


def _fit_summary(page: Page) -> str:
    """How many claims lie inside their bands."""
    heads = [page.w(k) for k in ("fit_head", "fit_n", "fit_50", "fit_90", "fit_one", "fit_ptrue")]
    body = []
    for status in ("used", "checked"):
        fits = [f for f in page.folder.fits if f.status == status]
        in50 = [x for f in fits if (x := f.inside("q25", "q75")) is not None]
        in90 = [x for f in fits if (x := f.inside("q05", "q95")) is not None]
        one = [f.p_true for f in fits if f.p_true is not None and f.middle is None]
        shares = [f"{sum(x)} ({percent(sum(x) / len(x))})" if x else "" for x in (in50, in90)]
        cells = [str(len(in90)), *shares, str(len(one)), percent(sum(one) / len(one)) if one else ""]
        body.append(_row((_cell(escape(c), label, "num") for c, label in zip(cells, heads[1:], strict=True)), page.text(status)))
    if not page.folder.fits:
        return ""
    expected = [
        _cell("", heads[1], "num"),
        _cell("50 %", heads[2], "num"),
        _cell("90 %", heads[3], "num"),
        _cell("", "", "num"),
        _cell("", "", "num"),
    ]
    body.append(f'<tr class="quiet"><th scope="row">{page.text("fit_expected")}</th>{"".join(expected)}</tr>')
    return _note(page.text("fit_text")) + _table(page.w("fit"), heads, body, "stack", range(1, 6))


def _claims(page: Page) -> str:
    """All claims, by status, with source and agreement."""
    fits = page.folder.fits
    if not fits:
        return ""
    counts = {s: sum(f.status == s for f in fits) for s in STATUSES}
    heads = [page.w(k) for k in ("claim", "observed", "predicted", "inside", "source")]
    body = []
    for status in STATUSES:
        if counts[status]:
            body.append(_group(f"{page.w('status')}: {page.w(status)} ({counts[status]})", 5))
            body += [_claim_row(page, f, heads) for f in fits if f.status == status]
    return _note(page.text("claims_text", **counts)) + _table(page.w("claims"), heads, body, "stack claims", (1, 2))


def _claim_row(page: Page, fit: Fit, heads: Sequence[str]) -> str:
    row = fit.row
    window = _window_text(row)
    about = ", ".join(escape(t) for t in (page.w(row.get("quantity_kind", "")), *(row.get(k, "") for k in ("direction", "mode", "who"))) if t)
    place = escape(row.get("place", "")) or escape(row.get("claim_id", ""))
    head = f'<b>{place}</b> <span class="unit">{about}</span> <span class="unit window">{window}</span>'
    if row.get("why"):
        head += f' <span class="why">{escape(row["why"])}</span>'
    unit = f' <span class="unit">{escape(row["unit"])}</span>' if row.get("unit") else ""
    q = fit.quantiles
    band = (
        page.text("to", **dict(zip(("low", "high"), rounded([q["q05"], q["q95"]], finest(row.get("unit", ""))), strict=True)))
        if "q05" in q and "q95" in q
        else ""
    )
    reference = row.get("reference", "")
    quote = f"<q>{escape(row['quote'])}</q> " if row.get("quote") else ""
    link = _link(reference, page.text("link")) if reference else ""
    cells = (escape(page.observed(fit)) + unit, band, _agreement(page, fit), f"{quote}{escape(row.get('source', ''))} {link}")
    kinds = ("num", "num", "", "source")
    return _row((_cell(c, label, k) for c, label, k in zip(cells, heads[1:], kinds, strict=True)), head)


def _window_text(row: Row) -> str:
    begin, end = row.get("window_start", ""), row.get("window_end", "")
    return escape(begin if begin == end or not end else f"{begin} – {end}")


def _agreement(page: Page, fit: Fit) -> str:
    """In which band the claim lies, or how probable a one-sided statement is."""
    in50, in90 = fit.inside("q25", "q75"), fit.inside("q05", "q95")
    if in90 is not None:
        key = "in50" if in50 else "in90" if in90 else "overlaps" if fit.overlaps("q05", "q95") else "outside"
        return f'<span class="{key}">{page.text(key)}</span>'
    return page.text("p_true", p=percent(fit.p_true)) if fit.p_true is not None else ""


def _conservation(page: Page) -> str:
    """Where everyone is on the last day, and the largest gap of the account."""
    rows = page.folder.conservation
    if not rows:
        return ""
    last = rows[-1]
    parts = [(name, x) for name in last if name not in NOT_PARTS and (x := number_or_none(last[name])) is not None]
    body = [_row([_cell(plain(round(x)), "", "num")], page.text(name)) for name, x in parts]
    everyone = number_or_none(last.get("everyone"))
    if everyone is not None:
        body.append(_row([_cell(f"<b>{plain(round(everyone))}</b>", "", "num")], page.text("everyone")))
    when = last.get("date", "")
    return (
        _note(page.text("conservation_text", date=_date_text(page, when)))
        + _table(page.w("conservation"), [page.w("part"), page.w("people")], body, "small", (1,))
        + f"<p>{_gap_text(page, rows)}</p>"
    )


def _date_text(page: Page, text: str) -> str:
    try:
        return page.day(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def _gap_text(page: Page, rows: Sequence[Row]) -> str:
    """The largest difference between the parts and everyone, from the file's own numbers."""
    gaps = []
    for row in rows:
        everyone = number_or_none(row.get("everyone"))
        if everyone is not None:
            total = math.fsum(x for name in row if name not in NOT_PARTS and (x := number_or_none(row[name])) is not None)
            # cells carry six digits: smaller gaps than that are rounding of the file, not people
            gaps.append((max(0.0, abs(total - everyone) - 5e-6 * abs(everyone)), everyone))
    if not gaps:
        return ""
    gap, everyone = max(gaps)
    if gap <= 0:
        return page.text("conservation_ok", n=len(gaps))
    return page.text("conservation_gap", gap=plain(math.ceil(float(f"{gap:.3g}"))), share=f"{100 * gap / everyone if everyone else 100:.2g} %")


def _diagnostics(page: Page) -> str:
    """The scalars of diagnostics.json; nested values behind a fold."""
    d = page.folder.diagnostics
    if not d:
        return ""
    good = f"<p>{page.text('diagnostics_good')}</p>" if d.get("good") is True else ""
    return good + _values(page, d, page.w("diagnostics"))


def _values(page: Page, values: Mapping[str, Any], caption: str) -> str:
    """A mapping as a table of names and values; nested mappings and lists of mappings behind a fold."""
    flat = [(k, v) for k, v in values.items() if not _nested(v) and v not in ("", None, [])]
    body = [_row([_cell(escape(_scalar(page, v)), "", "val")], escape(str(k).replace("_", " "))) for k, v in flat]
    table = _table(caption, ["", ""], body, "small plainhead") if body else ""
    folded = [(path, v) for k, value in values.items() if _nested(value) for path, v in _flatten(str(k), value)]
    if not folded:
        return table
    rows = [_row([_cell(escape(_scalar(page, v)), "", "val")], escape(path)) for path, v in folded]
    return table + f"<details><summary>{page.text('details')} ({len(folded)})</summary>{_table(caption, ['', ''], rows, 'small plainhead')}</details>"


def _nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(v, dict | list) for v in value))


def _flatten(path: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [pair for k, v in value.items() for pair in _flatten(f"{path} · {k}", v)]
    if _nested(value):
        return [pair for i, v in enumerate(value) for pair in _flatten(f"{path} · {i + 1}", v)]
    return [(path, value)]


def _scalar(page: Page, value: Any) -> str:
    if isinstance(value, bool):
        return page.w("yes") if value else page.w("no")
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list):
        return ", ".join(_scalar(page, v) for v in value)
    return "" if value is None else str(value)


def _card(page: Page) -> str:
    """What the forecast can and cannot answer; `limits` of run.json adds what is special in this case."""
    out = []
    for key in ("card_can", "card_cannot", "card_care"):
        out.append(f"<h3>{page.text(key)}</h3><ul>{''.join(f'<li>{escape(t)}</li>' for t in page.w.items(key))}</ul>")
    own = _texts(page.folder.run.get("limits"))
    if own:
        out.append(f"<h3>{page.text('card_case')}</h3><ul>{''.join(f'<li>{escape(t)}</li>' for t in own)}</ul>")
    return "".join(out)


def _provenance(page: Page) -> str:
    """What made this page: everything in run.json but wall times (and what is shown elsewhere)."""
    shown = {k: v for k, v in page.folder.run.items() if k not in {"limits", "scenarios"} and not _is_wall_time(k)}
    return _note(page.text("provenance_text")) + _values(page, shown, page.w("provenance")) if shown else ""


def _is_wall_time(key: str) -> bool:
    return any(word in key.lower() for word in ("wall", "seconds", "elapsed", "started", "finished", "created"))


SECTIONS = (
    ("planning", _planning),
    ("charts", _charts),
    ("policies", _policies),
    ("exceedance", _exceedance),
    ("fit", _fit_summary),
    ("claims", _claims),
    ("conservation", _conservation),
    ("diagnostics", _diagnostics),
    ("card", _card),
    ("provenance", _provenance),
)


def render_report(folder: Path, language: str = "en") -> str:
    """The page of a run folder as one self-contained HTML text.

    Reads run.json, diagnostics.json, forecast.csv, scenarios.csv, differences.csv, exceedance.csv, claims_fit.csv, conservation.csv and history.csv;
    an absent file leaves its section with a sentence that says so. Raises ValueError for an unknown language.
    """
    page = Page(read_run(folder), Words(language))
    title = str(page.folder.run.get("title") or page.w("untitled"))
    reference = page.folder.reference
    as_of = page.text("as_of", date=f"{page.day(reference)} {reference.year}") if reference else ""
    contents = "".join(f'<li><a href="#{key}">{page.text(key)}</a></li>' for key, _ in SECTIONS)
    body = "".join(_section(page, key, make(page)) for key, make in SECTIONS)
    return (
        f'<!doctype html>\n<html lang="{escape(page.w.language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{POLICY}\n"
        f'<meta name="color-scheme" content="light dark">\n<title>{escape(title)}</title>\n<style>{CSS}</style>\n</head>\n'
        f'<body>\n<header><h1>{escape(title)}</h1><p class="asof-text">{as_of}</p></header>\n<main>{_banner(page)}'
        f'<nav aria-label="{page.text("contents")}"><ul>{contents}</ul></nav>\n{body}</main>\n</body>\n</html>\n'
    )
