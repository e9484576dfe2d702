"""The first screen: warnings, what is likely in a few sentences, low, likely and high for the countries and crossings that matter."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from borderflow.publish.figures import percent, plain
from borderflow.publish.page.base import HIGH, LIKELY, LOW, Page, by_location, cell, group_row, note, ref, row, table, tagged, texts, under
from borderflow.publish.page.fan import spark
from borderflow.publish.runfolder import Band, Fan, Series, number_or_none
from borderflow.world.countries import country_code

MOST_ROWS = 10
"""Rows of each table of the first screen; all figures stand further down."""
JOIN = "join_hours_car"
HOURS_THAT_MATTER = 1.0
"""A crossing whose likely waits stay below this is only named."""


def banner(page: Page) -> str:
    """A warning that cannot be overlooked when the diagnostics are not good."""
    d = page.folder.diagnostics
    if d.get("good") is True:
        return ""
    why = texts(d.get("why")) or ["diagnostics.json"]
    what = texts(d.get("what_to_do") or d.get("remedy"))
    items = "".join(f"<li>{escape(t)}</li>" for t in why)
    todo = f"<p>{page.text('banner_what')} {escape(' '.join(what))}</p>" if what else ""
    return f'<div class="banner" role="alert"><h2>{page.text("banner")}</h2><p>{page.text("banner_text")}</p><ul>{items}</ul>{todo}</div>'


def section_planning(page: Page) -> str:
    """Sentences, the two tables, thresholds and how to read them."""
    if not page.folder.shown_horizons():
        return ""
    left, right = _countries(page) + _thresholds(page), _crossings(page)
    return _sentences(page) + f'<div class="pair"><div>{left}</div><div>{right}</div></div>' + note(page.text("planning_text"))


def _sentences(page: Page) -> str:
    """Where most come in, where the wait is longest, and what is undecided."""
    h = page.folder.shown_horizons()[0]
    out = [] if any(f.status == "used" for f in page.folder.fits) else [f'<li class="outside">{page.text("say_no_claims")}</li>']
    entries = sorted(
        (
            (f[h][LIKELY], s)
            for s, f in page.folder.forecast.items()
            if s[1] == "entries" and LIKELY in f.get(h, {}) and s[0] in _countries_only(page)
        ),
        reverse=True,
    )
    for key, (_, series) in zip(("say_most", "say_next"), entries[:2], strict=False):
        out.append(_say(page, key, series, h))
    waits = sorted(((f[h][LIKELY], s) for s, f in page.folder.forecast.items() if s[1] == "wait_hours_car" and LIKELY in f.get(h, {})), reverse=True)
    if waits and waits[0][0] >= HOURS_THAT_MATTER:
        out.append(_say(page, "say_wait", waits[0][1], h, _say_join(page, waits[0][1][0], h)))
    undecided, certain = _undecided(page), texts(page.folder.run.get("policies"))
    if certain:
        out.append(f"<li>{page.text('say_certain', policies='; '.join(map(page.place, certain)))}</li>")
    elif undecided:
        out.append(f"<li>{page.text('say_undecided', policies=undecided)}</li>")
    return f'<ul class="key-points">{"".join(out)}</ul>' if out else ""


def _countries_only(page: Page) -> set[str]:
    """Locations that are one country or one of its borders; sums over countries would be compared with their parts."""
    case = page.folder.case
    wide = {r.name for r in case.regions if len(r.members) > 1 and any(len(m) == 2 for m in r.members)} if case is not None else set()
    return set(page.locations(crossings=False)) - wide


def _say(page: Page, key: str, series: Series, h: int, more: str = "") -> str:
    """A sentence with low, likely and high of one figure tomorrow, and `more`, or else the figure of the last shown day."""
    fields = {"place": f"<b>{escape(page.place(series[0]))}</b>", "date": escape(page.day(page.at(h)))}
    fields |= {name: page.figure(series, h, q) for name, q in (("low", LOW), ("high", HIGH))} | {"likely": f"<b>{page.figure(series, h, LIKELY)}</b>"}
    later = page.folder.shown_horizons()[-1]
    if not more and later != h and LIKELY in page.folder.forecast[series].get(later, {}):
        ends = {"low": page.figure(series, later, LOW), "high": page.figure(series, later, HIGH), "likely": page.figure(series, later, LIKELY)}
        # where nothing at all is possible, a likely figure would promise too much
        said = "say_later_open" if page.shown(series, later, LOW) == "0" else "say_later"
        more = page.text(said).format(date=escape(page.day(page.at(later))), **ends)
    return f"<li>{page.text(key).format(**fields)}{more or '.'}</li>"


def _say_join(page: Page, location: str, h: int) -> str:
    """The end of the sentence on the longest wait: of one who joins the line; '' where no file says it."""
    shown = page.on_map(location, JOIN, h)
    return page.text("say_join").format(low=shown[LOW], likely=f"<b>{shown[LIKELY]}</b>", high=shown[HIGH]) if shown else ""


def _undecided(page: Page) -> str:
    """Policies of the case that may or may not come, with their probability, the most probable first."""
    case = page.folder.case
    open_ones = sorted((p for p in case.policies if 0 < p.probability < 1), key=lambda p: -p.probability) if case is not None else []
    return "; ".join(f"{page.place(p.name)} ({percent(p.probability)})" for p in open_ones)


def _countries(page: Page) -> str:
    """Entries by country and border: three days and the course of the fan."""
    horizons = page.folder.shown_horizons()
    body = []
    series_here = [(x, "entries") for x in page.locations(crossings=False) if (x, "entries") in page.folder.forecast]
    ranked = sorted(series_here, key=lambda s: -page.folder.forecast[s].get(horizons[0], {}).get(LIKELY, 0.0))
    for series in ranked[:MOST_ROWS]:
        cells = [cell(page.three(series, h), page.when(h), "num") for h in horizons]
        body.append(row([*cells, cell(_spark(page, series), "", "sparkline")], escape(page.place(series[0]))))
    if not body:
        return ""
    heads = [page.w("into"), *(f"{page.when(h)}, {page.short_day(page.at(h))}" for h in horizons), ""]
    caption = page.w("table_entries")
    inside = _contained(page, [name for name, _ in ranked[:MOST_ROWS]])
    return f"<h3>{escape(caption)}</h3>{table(caption, heads, body, 'figures', range(1, 1 + len(horizons)))}{inside}"


def _contained(page: Page, shown: Sequence[str]) -> str:
    """Which of the places shown are parts of others, so that nobody adds them up."""
    case = page.folder.case
    members = {r.name: set(r.members) for r in case.regions if r.name in shown} if case is not None else {}
    pairs = [(a, b) for a in shown for b in shown if a != b and a in members and members.get(b, {country_code(b) or b}) <= members[a]]
    direct = [(a, b) for a, b in pairs if not any((a, c) in pairs and (c, b) in pairs for c in shown)]
    if not direct:
        return ""
    said = "; ".join(page.w("contains", whole=page.place(a), part=page.place(b)) for a, b in direct)
    return note(page.text("not_to_add", parts=said))


def _spark(page: Page, series: Series) -> str:
    assert page.folder.reference is not None
    as_of = page.folder.reference.toordinal()
    ahead = bands(page.folder.forecast[series], as_of)
    past = [b for b in page.folder.history.get(series, []) if as_of - 14 < b.day <= as_of]
    return spark(past, ahead, as_of)


def bands(fan: Fan, as_of: int) -> list[Band]:
    """The bands of a fan by day."""
    levels = (0.1, 0.25, 0.5, 0.75, 0.9)
    return [Band(as_of + h, *(v[q] for q in levels)) for h, v in sorted(fan.items()) if all(q in v for q in levels)]


class Column(NamedTuple):
    """A column of the table of crossings: heading above it, figure, day, own heading."""

    over: str
    quantity: str
    horizon: int
    head: str


def _columns(page: Page) -> list[Column]:
    """Waits by car of those who cross and of those who join the line, on foot, vehicles in line: tomorrow, and a week ahead where it says more."""
    horizons = page.folder.shown_horizons()[:2]
    known = {target for _, target in page.folder.forecast}
    joins = any(r["quantity"] == JOIN for r in page.folder.map)
    days = {h: page.short_day(page.at(h)) for h in horizons}
    out = []
    for h in horizons:
        out += [Column("wait_hours_car", "wait_hours_car", h, page.w("who_cross", date=days[h]))] if "wait_hours_car" in known else []
        if h == horizons[0]:
            out += [Column("wait_hours_car", JOIN, h, page.w("who_join", date=days[h]))] if joins and "wait_hours_car" in known else []
    if "wait_hours_foot" in known:
        out.append(Column("wait_hours_foot", "wait_hours_foot", horizons[0], page.w("who_cross", date=days[horizons[0]])))
    if "queue_vehicles" in known:
        out += [Column("queue_vehicles", "queue_vehicles", h, days[h]) for h in horizons]
    return out


def _crossings(page: Page) -> str:
    """Waits and queues at the crossings, the longest likely wait of the first day first."""
    horizons, columns = page.folder.shown_horizons()[:2], _columns(page)
    ranked = sorted(page.locations(crossings=True), key=lambda x: -_worst(page, x, horizons[:1]))
    busy = [x for x in ranked if _worst(page, x, horizons) >= HOURS_THAT_MATTER or len(ranked) <= 4][:MOST_ROWS]
    body = []
    for location in busy:
        cells = [cell(_at_crossing(page, location, c), f"{page.w(c.over)}, {c.head}", "num") for c in columns]
        body.append(row(cells, escape(page.place(location))))
    if not body or not columns:
        return ""
    heads = [page.w("crossing"), *(c.head for c in columns)]
    caption = page.w("table_crossings")
    rest = [escape(page.place(x)) for x in ranked if x not in busy]
    more = f'<p class="quiet small-print">{page.text("less_wait").format(places=", ".join(rest))}</p>' if rest else ""
    shown = table(caption, heads, body, "figures crossings", range(1, 1 + len(columns)), _over(page, columns))
    return f"<h3>{escape(caption)}</h3>{shown}{note(page.text('waits_text'))}{_lorries(page, busy, horizons)}{more}"


def _at_crossing(page: Page, location: str, column: Column) -> str:
    """Likely, low and high; a word where there is nothing to state."""
    if column.quantity == JOIN:
        shown = page.on_map(location, JOIN, column.horizon)
        return f'<b>{shown[LIKELY]}</b> <span class="range">{shown[LOW]}–{shown[HIGH]}</span>' if shown else ""
    case = page.folder.case
    if column.quantity == "wait_hours_foot" and case is not None and not any(x.crossing == location and x.lane == "foot" for x in case.lanes):
        return f'<span class="range">{page.text("no_foot_lane")}</span>'
    said = page.three((location, column.quantity), column.horizon)
    return said or f'<span class="range">{page.text("not_forecast")}</span>'


def _lorries(page: Page, busy: Sequence[str], horizons: Sequence[int]) -> str:
    """At which crossings shown at least half of the line is lorries, so that nobody reads a wait of cars out of it."""
    said = []
    for location in busy:
        for h in horizons:
            levels = page.folder.forecast.get((location, "queue_vehicles"), {}).get(h, {})
            shown = page.on_map(location, "queue_lorries", h)
            if shown and LIKELY in levels and page.likely_on_map(location, "queue_lorries", h) >= max(1.0, 0.5 * levels[LIKELY]):
                fields = {"n": shown[LIKELY], "date": escape(page.short_day(page.at(h))), "place": escape(page.place(location))}
                said.append(page.text("lorries_there").format(**fields))
    return note(page.text("lorries_text").format(places="; ".join(said))) if said else ""


def _over(page: Page, columns: Sequence[Column]) -> str:
    """The row above the headings that says which columns are of what."""
    spans: dict[str, int] = {}
    for c in columns:
        spans[c.over] = spans.get(c.over, 0) + 1
    names = {t: page.what(t) if t.startswith("wait") else page.w(t) for t in spans}
    cells = (f'<th scope="colgroup" colspan="{n}" class="num over">{escape(names[t])}</th>' for t, n in spans.items())
    return f"<tr><td></td>{''.join(cells)}</tr>"


def _worst(page: Page, location: str, horizons: list[int]) -> float:
    """The longest likely wait by car or on foot on these days."""
    fans = [page.folder.forecast.get((location, t), {}) for t in ("wait_hours_car", "wait_hours_foot")]
    return max((f.get(h, {}).get(LIKELY, 0.0) for f in fans for h in horizons), default=0.0)


def _thresholds(page: Page) -> str:
    """The probability that each threshold is passed on any day, as a bar; all days stand in their own section."""
    last: dict[tuple[str, str, str], dict[str, str]] = {}
    for r in page.folder.exceedance:
        last[r["location"], r["target"], r["above"]] = r
    body = []
    for (location, target, above), r in last.items():
        level, share = number_or_none(above), number_or_none(r["probability_by_then"])
        if level is None or share is None:
            continue
        where = ref("exceedance.csv", {k: r[k] for k in ("location", "target", "above", "date")}, "probability_by_then")
        what = page.text("above", what=page.w(target), value=page.number(plain(level)))
        head = f'{escape(page.place(location))}: {what} <span class="unit">{escape(page.unit(target))}</span>'
        bar = f'<span class="meter" aria-hidden="true"><span style="width:{100 * share:.0f}%"></span></span>'
        body.append(row([cell(f"{bar} <b>{tagged(page.number(percent(share)), share, where)}</b>", "", "num chance")], head))
    if not body:
        return ""
    until = page.short_day(page.at(page.folder.horizons[-1]))
    caption = page.w("alarms", date=until)
    return f"<h3>{escape(caption)}</h3>{table(caption, [page.w('threshold'), page.w('chance')], body, 'small alarms', (1,))}"


def section_figures(page: Page) -> str:
    """Every figure of the forecast on the shown days."""
    horizons = page.folder.shown_horizons()
    if not horizons:
        return ""
    body, place = [], ""
    for (location, target), _ in by_location(page.folder.forecast):
        if location != place:
            body.append(group_row(page.place(location), 1 + len(horizons)))
            place = location
        head = f'{page.text(target)} <span class="unit">{escape(page.unit(target))}</span>'
        body.append(row([cell(page.three((location, target), h), page.when(h), "num") for h in horizons], under(page.place(location), head)))
    heads = [page.w("place_what"), *(f"{page.when(h)}, {page.day(page.at(h))}" for h in horizons)]
    return table(page.w("figures"), heads, body, "planning", range(1, 1 + len(horizons)))
