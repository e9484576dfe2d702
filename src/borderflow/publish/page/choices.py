"""What may change the picture: policies compared, thresholds by date, what drives the uncertainty, places to stay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape

from borderflow.forecast.forecast import NOTHING_NEW
from borderflow.publish.figures import in_steps, percent, rounding_step, signed
from borderflow.publish.page.base import HIGH, LIKELY, LOW, QUEUES, WAITS, Page, cell, note, ref, row, table, tagged
from borderflow.publish.runfolder import Row, Series, number_or_none

SETTLED = 7
"""Days after which the effect of a policy that is in force is shown: in the first days lines hide it."""
WORTH_SAYING = dict.fromkeys(WAITS, 1.0) | dict.fromkeys(QUEUES, 10.0)
"""Hours of a wait, vehicles or people in a line: a smaller difference is none to anybody who plans."""
MOST_COLUMNS = 5
MOST_ROWS = 6
SMALL = 0.02
"""Drivers with a smaller share are not named one by one."""
KINDS = ("decision", "unknown", "swing", "rest")


# ---------------------------------------------------------------- policies


def section_policies(page: Page) -> str:
    """A table of policies by outcome, each on the first shown day by which it is surely in force, then each policy with all it changes."""
    scenarios = list(dict.fromkeys(name for name, _, _ in page.folder.effects))
    days = {name: h for name in scenarios if (h := _day_of(page, name)) is not None}
    if not days:
        return ""
    outcomes = _outcomes(page, days)
    without = [n for n in days if not any(_moves(page, n, s, days[n]) for s in outcomes)] if outcomes else []
    blocks = "".join(_matrix(page, [n for n in days if days[n] == h and n not in without], outcomes, h) for h in sorted(set(days.values())))
    names = "; ".join(f"{page.place(n)} ({_chance(page, n)})" if _chance(page, n) else page.place(n) for n in without)
    rest = f"<p>{page.text('moves_nothing', policies=names)}</p>" if without else ""
    return note(page.text("policies_text")) + blocks + rest + "".join(_policy(page, name, h) for name, h in days.items())


def _day_of(page: Page, scenario: str) -> int | None:
    """The first horizon of effects.csv, from a week on, by which a policy is in force in every draw, else the last.

    None where the file has no horizon.
    """
    horizons = sorted({h for (name, _, _), fan in page.folder.effects.items() if name == scenario for h in fan})
    late = [h for h in horizons if h >= SETTLED] or horizons[-1:]
    policy = page.policy(scenario)
    surely = [h for h in late if policy is None or page.at(h) >= policy.dates[1]]
    return next(iter(surely or late[-1:]), None)


def _in_force(page: Page, scenario: str, h: int) -> float:
    """The chance that a policy that comes about is in force on a day: its date is uniform between the earliest and the latest."""
    policy = page.policy(scenario)
    if policy is None:
        return 1.0
    first, last = policy.dates
    return min(1.0, max(0.0, ((page.at(h) - first).days + 1) / ((last - first).days + 1)))


def _outcomes(page: Page, days: Mapping[str, int]) -> list[Series]:
    """The outcomes worth a column: entries of the countries with most, then the longest lines and waits, that some policy moves on its day."""
    moved = [s for s in page.folder.forecast if any(_moves(page, name, s, h) for name, h in days.items())]
    likely = {s: page.folder.forecast[s].get(1, {}).get(LIKELY, 0.0) for s in moved}
    countries = page.locations(crossings=False)
    entries = sorted((s for s in moved if s[1] == "entries" and s[0] in countries), key=lambda s: -likely[s])[:4]
    lines = sorted((s for s in moved if s[1] == "queue_vehicles"), key=lambda s: -likely[s])[:2]
    waits = sorted((s for s in moved if s[1] in WAITS), key=lambda s: -likely[s])
    return (entries + (lines + waits)[: MOST_COLUMNS - len(entries)]) or moved[:MOST_COLUMNS]


def _moves(page: Page, scenario: str, series: Series, h: int) -> bool:
    """Whether low, likely or high of a difference is as large as half a step of the figure that it changes, and as WORTH_SAYING."""
    levels = page.folder.effects.get((scenario, *series), {}).get(h, {})
    base = page.folder.scenarios.get((NOTHING_NEW, *series), {}).get(h, {})
    step = rounding_step(base.get(LOW, 0.0), base.get(HIGH, 0.0), page.finest(series[1]))
    return any(abs(levels.get(q, 0.0)) >= max(0.5 * step, WORTH_SAYING.get(series[1], 0.0)) for q in (LOW, LIKELY, HIGH))


def _matrix(page: Page, scenarios: Sequence[str], outcomes: Sequence[Series], h: int) -> str:
    """What each policy changes on one day, between the world without news and the headline of that day; '' for no policy."""
    if not outcomes or not scenarios:
        return ""
    heads = [page.w("policy"), *(f"{page.place(s[0])}: {page.w(s[1]).lower()}, {page.unit(s[1])}" for s in outcomes)]
    base = [cell(_alone(page, NOTHING_NEW, s, h), label, "num") for s, label in zip(outcomes, heads[1:], strict=True)]
    body = [row(base, f"<b>{page.text('nothing_new')}</b>")]
    scales = [max(abs(page.folder.effects.get((n, *s), {}).get(h, {}).get(q, 0.0)) for n in scenarios for q in (LOW, HIGH)) or 1.0 for s in outcomes]
    for name in scenarios:
        cells = [cell(_effect(page, name, s, h, scale), label, "num") for s, scale, label in zip(outcomes, scales, heads[1:], strict=True)]
        body.append(row(cells, f"{escape(page.place(name))}{_probability(page, name)}"))
    all_of_them = [cell(page.three(s, h), label, "num") for s, label in zip(outcomes, heads[1:], strict=True)]
    body.append(row(all_of_them, f"<b>{page.text('headline_certain' if page.folder.run.get('policies') else 'headline')}</b>"))
    title = page.w("effects_on", date=page.day(page.at(h)))
    late = [(n, _in_force(page, n, h)) for n in scenarios]
    unsure = "; ".join(page.w("in_force", policy=page.place(n), p=percent(x)) for n, x in late if x < 1)
    said = note(page.text("not_yet", policies=unsure)) if unsure else ""
    return f'<div class="effects"><h3>{escape(title)}</h3>{table(title, heads, body, "stack matrix", range(1, len(heads)))}{said}</div>'


def _alone(page: Page, scenario: str, series: Series, h: int) -> str:
    """Likely, low and high of a figure in a scenario."""
    levels = page.folder.scenarios.get((scenario, *series), {}).get(h, {})
    if not {LOW, LIKELY, HIGH} <= levels.keys():
        return ""
    step = rounding_step(levels[LOW], levels[HIGH], page.finest(series[1]))

    def one(level: float) -> str:
        where = page.forecast_ref(series, h, level, scenario, "scenarios.csv")
        return tagged(page.number(in_steps(levels[level], step)), levels[level], where)

    if {in_steps(levels[q], step) for q in (LOW, LIKELY, HIGH)} == {"0"}:
        return f'<span class="quiet">{page.text("none_likely")}</span>'
    return f'<b>{one(LIKELY)}</b> <span class="range">{one(LOW)}–{one(HIGH)}</span>'


def _effect(page: Page, scenario: str, series: Series, h: int, scale: float = 0.0) -> str:
    """A paired difference to nothing new: likely, low to high, and a bar from low to high about zero."""
    levels = page.folder.effects.get((scenario, *series), {}).get(h, {})
    if not {LOW, LIKELY, HIGH} <= levels.keys():
        return ""
    if not _moves(page, scenario, series, h):
        return f'<span class="quiet hardly">{page.text("no_change")}</span>'
    step = rounding_step(levels[LOW], levels[HIGH], page.finest(series[1]))

    def one(level: float) -> str:
        keys = {"scenario": scenario, "location": series[0], "target": series[1], "horizon": h}
        where = ref("effects.csv", keys, f"q{round(100 * level):02d}")
        return tagged(page.number(signed(levels[level], step)), levels[level], where)

    bar = _bar(levels[LOW] / scale, levels[LIKELY] / scale, levels[HIGH] / scale) if scale else ""
    spread = page.text("to").format(low=one(LOW), high=one(HIGH))
    if signed(levels[LIKELY], step) == "0":
        return f'<span class="quiet">{page.text("mostly_none")}</span> <span class="range">{spread}</span>{bar}'
    return f'<b>{one(LIKELY)}</b> <span class="range">{spread}</span>{bar}'


def _bar(low: float, likely: float, high: float) -> str:
    """A bar from low to high with a mark at likely, on a scale from -1 to 1."""
    x1, x, x2 = (60 + 56 * v for v in (low, likely, high))
    return (
        f'<svg class="delta" viewBox="0 0 120 12" aria-hidden="true"><line class="asof" x1="60" x2="60" y1="0" y2="12"/>'
        f'<rect class="ahead half" x="{x1:.1f}" y="4" width="{max(1.0, x2 - x1):.1f}" height="4"/>'
        f'<circle class="dot" cx="{x:.1f}" cy="6" r="3"/></svg>'
    )


def _chance(page: Page, scenario: str) -> str:
    """The probability that the case gives a policy and the days from which it may hold; '' where no case says it."""
    policy = page.policy(scenario)
    if policy is None:
        return ""
    first, last = policy.dates
    dates = page.short_day(first) if first == last else page.w("to", low=page.short_day(first), high=page.short_day(last))
    return page.w("assumed", p=percent(policy.probability), dates=dates)


def _probability(page: Page, scenario: str) -> str:
    """The same, as a line below its name."""
    said = _chance(page, scenario)
    return f' <span class="unit block">{escape(said)}</span>' if said else ""


def _policy(page: Page, scenario: str, h: int) -> str:
    """One policy: reason, sources, and the outcomes that it changes."""
    policy = page.policy(scenario)
    moved = [s for s in page.folder.forecast if _moves(page, scenario, s, h)]
    why = ""
    if policy is not None:
        sources = f" ({escape(', '.join(policy.sources))})" if policy.sources else ""
        why = f"<p>{escape(policy.why)}{sources}</p>"
    heads = [page.w("place_what"), page.w("nothing_new"), page.w("with_policy"), page.w("difference")]
    body = []
    for series in moved:
        cells = [_alone(page, NOTHING_NEW, series, h), _alone(page, scenario, series, h), _effect(page, scenario, series, h)]
        head = f'{escape(page.place(series[0]))}: {page.text(series[1])} <span class="unit">{escape(page.unit(series[1]))}</span>'
        body.append(row((cell(c, label, "num") for c, label in zip(cells, heads[1:], strict=True)), head))
    on = f"<p>{page.text('effects_on', date=page.day(page.at(h)))}</p>" if body else ""
    inner = on + table(scenario, heads, body, "stack", (1, 2, 3)) if body else ""
    same = len(page.folder.forecast) - len(moved)
    said = page.text("no_difference", n=same) if moved else page.text("no_difference_at_all")
    rest = f'<p class="quiet">{said}</p>' if same else ""
    return f"<details><summary>{escape(page.place(scenario))}{_probability(page, scenario)}</summary>{why}{inner}{rest}</details>"


# ---------------------------------------------------------------- thresholds


def section_exceedance(page: Page) -> str:
    """Probabilities of thresholds on a few days."""
    rows = page.folder.exceedance
    if not rows:
        return ""
    dates = sorted({r["date"] for r in rows})
    chosen = [d for i, d in enumerate(dates) if i + 1 in {1, 3, 7, 14}] or dates[-1:]
    by_key: dict[tuple[str, str, str], dict[str, Row]] = {}
    for r in rows:
        by_key.setdefault((r["location"], r["target"], r["above"]), {})[r["date"]] = r
    until = page.w("by", date=page.short_day(date.fromisoformat(dates[-1])))
    heads = [page.w("threshold"), *(page.day(date.fromisoformat(d)) for d in chosen), until]
    body = []
    for (location, target, above), by_date in by_key.items():
        columns = [(d, "probability") for d in chosen] + [(dates[-1], "probability_by_then")]
        shown = []
        for when, column in columns:
            share = number_or_none(by_date.get(when, {}).get(column))
            where = ref("exceedance.csv", {"location": location, "target": target, "above": above, "date": when}, column)
            shown.append("" if share is None else tagged(page.number(percent(share)), share, where))
        level = number_or_none(above)
        above_text = page.text("above", what=page.w(target), value=page.plain(level) if level is not None else above)
        head = f'{escape(page.place(location))}: {above_text} <span class="unit">{escape(page.unit(target))}</span>'
        body.append(row((cell(s, label, "num") for s, label in zip(shown, heads[1:], strict=True)), head))
    return note(page.text("exceedance_text")) + table(page.w("exceedance"), heads, body, "stack", range(1, len(heads)))


# ---------------------------------------------------------------- drivers


def section_drivers(page: Page) -> str:
    """For the figures that matter, how much of the spread goes with undecided policies, unknowns and swings that nobody can foresee."""
    figures: dict[Series, list[Row]] = {}
    for r in page.folder.drivers:
        figures.setdefault((r["location"], r["target"]), []).append(r)
    if not figures:
        return ""
    h = int(page.folder.drivers[0]["horizon"])
    likely = {s: page.folder.forecast.get(s, {}).get(1, {}).get(LIKELY, 0.0) for s in figures}
    countries = page.locations(crossings=False)
    entries = sorted((s for s in figures if s[1] == "entries" and s[0] in countries), key=lambda s: -likely[s])[:4]
    waits = sorted((s for s in figures if s[1] == "wait_hours_car"), key=lambda s: -likely[s])[:3]
    chosen = (entries + waits)[:MOST_ROWS] or list(figures)[:MOST_ROWS]
    legend = "".join(f'<span><span class="swatch {k}"></span>{page.text("kind_" + k)}</span>' for k in KINDS)
    when = f"{page.when(h).lower()}, {page.day(page.at(h))}"
    blocks = "".join(_drivers_of(page, s, figures[s]) for s in chosen)
    return note(page.text("drivers_text", when=when)) + f'<p class="legend">{legend}</p><div class="drivers">{blocks}</div>'


def _drivers_of(page: Page, series: Series, rows: Sequence[Row]) -> str:
    """One figure: a bar of the kinds, and the drivers by name."""
    share = {k: sum(float(r["share"]) for r in rows if r["kind"] == k) for k in KINDS}
    bar = "".join(f'<span class="swatch {k}" style="width:{100 * share[k]:.1f}%"></span>' for k in KINDS)
    named = [r for r in rows if r["kind"] != "rest" and float(r["share"]) >= SMALL][:MOST_ROWS]
    items = "".join(f'<li><span class="swatch {r["kind"]}"></span>{escape(_driver_name(page, r))} <b>{_share(page, r)}</b></li>' for r in named)
    rest = next((r for r in rows if r["kind"] == "rest"), None)
    items += f'<li class="quiet"><span class="swatch rest"></span>{page.text("driver_rest")} {_share(page, rest)}</li>' if rest else ""
    title = f'{escape(page.place(series[0]))}: {page.text(series[1])} <span class="unit">{escape(page.unit(series[1]))}</span>'
    return f'<div class="driver"><h3>{title}</h3><div class="stacked" aria-hidden="true">{bar}</div><ul>{items}</ul></div>'


def _share(page: Page, r: Row) -> str:
    where = ref("drivers.csv", {k: r[k] for k in ("location", "target", "driver")}, "share")
    return tagged(page.number(percent(float(r["share"]))), float(r["share"]), where)


def _driver_name(page: Page, r: Row) -> str:
    """A driver in words: a policy by its name, a swing by what swings, an unknown by the attribute that it sets or scales."""
    name = r["driver"]
    if r["kind"] == "decision":
        return page.w("whether", policy=page.place(name))
    if r["kind"] == "swing":
        what, _, where = name.partition(": ")
        return page.w(f"swing_{what.replace(' ', '_')}", place=page.place(where))
    case = page.folder.case
    prior = next((p for p in case.priors if p.name == name), None) if case is not None else None
    if prior is None:
        return name.replace("_", " ")
    attribute, _, index = (*prior.sets, *prior.scales)[0].partition("[")
    text = page.w(f"attribute_{attribute}") if page.w.has(f"attribute_{attribute}") else attribute.replace("_", " ")
    several = len({*prior.sets, *prior.scales}) > 1
    where = index.rstrip("]").split(";")[0].strip()
    if not where or where == "*":
        return text
    return f"{text}, {page.place(where).replace('_', ' ')}" + (f" {page.w('and_others')}" if several else "")


# ---------------------------------------------------------------- shelter


def section_shelter(page: Page) -> str:
    """Places to stay that newcomers need, and that are missing, where the case asks for them."""
    rows = page.folder.shelter
    if not rows:
        return ""
    horizons = sorted({int(r["horizon"]) for r in rows})
    by_key: dict[tuple[str, str], dict[int, Row]] = {}
    for r in rows:
        by_key.setdefault((r["location"], r["target"]), {})[int(r["horizon"])] = r
    heads = [page.w("place_what"), *(f"{page.when(h)}, {page.day(page.at(h))}" for h in horizons)]
    body = []
    for (location, target), by_horizon in by_key.items():
        cells = []
        for h, label in zip(horizons, heads[1:], strict=True):
            content = ""
            if h in by_horizon:
                keys = {"location": location, "target": target, "horizon": h}
                values = {q: float(by_horizon[h][q]) for q in ("q10", "q50", "q90")}
                step = rounding_step(values["q10"], values["q90"], 1.0)
                low, likely, high = (tagged(page.number(in_steps(v, step)), v, ref("shelter.csv", keys, q)) for q, v in values.items())
                content = f'<b>{likely}</b> <span class="range">{low}–{high}</span>'
            cells.append(cell(content, label, "num"))
        body.append(row(cells, f"{escape(page.place(location))}: {page.text(target)}"))
    return note(page.text("shelter_text")) + table(page.w("shelter"), heads, body, "stack", range(1, len(heads)))
