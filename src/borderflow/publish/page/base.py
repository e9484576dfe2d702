"""What every section shares: names, dates and numbers in the page's language, numbers that say where they come from, and pieces of HTML.

Every number of a result on the page is a `<data>` element (in pictures: a text) with `data-ref="file?column=value&…#column"`, so that a test, or a
reader's own script, can hold it against the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from html import escape
from string import Formatter
from urllib.parse import urlencode

from borderflow.publish.figures import finest, in_steps, plain, rounding_step
from borderflow.publish.runfolder import Fan, Fit, RunFolder, Series, number_or_none
from borderflow.publish.words import EN, Words
from borderflow.world.countries import COUNTRIES, country_code
from borderflow.world.model import Policy

LOW, LIKELY, HIGH = 0.1, 0.5, 0.9
"""Levels of low, likely and high."""
WAITS = ("wait_hours_car", "wait_hours_foot")
QUEUES = ("queue_vehicles", "queue_people")


class Page:
    """One run folder in one language."""

    def __init__(self, folder: RunFolder, words: Words) -> None:
        self.folder = folder
        self.w = words
        self._names = folder.case.translations.get(words.language, {}) if folder.case is not None else {}
        self._ids: dict[str, int] = {}
        self._map = {(r["location"], r["quantity"], int(r["horizon"])): r for r in folder.map}

    # ---- words

    def text(self, key: str, **fields: object) -> str:
        """An escaped text of the word table; fields may be foreign."""
        return escape(self.w(key, **fields))

    def place(self, location: str) -> str:
        """A name of the case in the page's language: as the case translates it, of countries and portals as the page knows them, or as it stands."""
        name = location.removeprefix("elsewhere ")
        if name in self._names:
            return self._names[name]
        mode, _, code = name.partition(" ")
        if mode in ("air", "rail") and code in COUNTRIES:
            return self.w(f"by_{mode}", country=self.w.country(code))
        exact = country_code(name)
        if exact is not None:
            return self.w.country(exact)
        country, _, rest = name.partition(" (")
        code_of = country_code(country)
        if code_of is not None and rest == "land border)":
            return self.w("land_border", country=self.w.country(code_of))
        return name

    def known(self, kind: str, text: str) -> str:
        """A word of a claim (its unit, its hedge) in the page's language where that has one, else as the case writes it."""
        return self.w(f"{kind}_{text}") if self.w.has(f"{kind}_{text}") else text

    def unit(self, target: str) -> str:
        """The unit of a target, '' when unknown."""
        return self.w(f"unit_{target}") if self.w.has(f"unit_{target}") else ""

    def what(self, target: str) -> str:
        """'Entries, people a day'"""
        unit = self.unit(target)
        return f"{self.w(target)}, {unit}" if unit else self.w(target)

    # ---- dates

    def day(self, when: date) -> str:
        """'Tue 27 Sep'"""
        return f"{self.w('weekdays').split()[when.weekday()]} {self.short_day(when)}"

    def short_day(self, when: date) -> str:
        """'27 Sep', which no line break parts."""
        return f"{when.day}\u00a0{self.w('months').split()[when.month - 1]}"

    def full_day(self, when: date) -> str:
        """'Tue 27 Sep 2022'"""
        return f"{self.day(when)} {when.year}"

    def at(self, horizon: int) -> date:
        """The date of a horizon."""
        assert self.folder.reference is not None
        return self.folder.reference + timedelta(days=horizon)

    def when(self, horizon: int) -> str:
        """'Tomorrow' or 'In 7 days'"""
        return self.w("tomorrow") if horizon == 1 else self.w("in_days", n=horizon)

    # ---- numbers

    def number(self, text: str) -> str:
        """A number written with English signs in the signs of the page's language."""
        return self.w.number(text)

    def plain(self, value: float) -> str:
        """A stated value in full."""
        return self.number(plain(value))

    def finest(self, target: str) -> float:
        """The finest step of a target's figures."""
        return finest(EN.get(f"unit_{target}", ""))

    def step(self, series: Series, horizon: int) -> float:
        """The step to which the figures of one series and day are rounded, wherever they stand."""
        levels = self.folder.forecast.get(series, {}).get(horizon, {})
        return rounding_step(levels.get(LOW, 0.0), levels.get(HIGH, 0.0), self.finest(series[1]))

    def shown(self, series: Series, horizon: int, level: float) -> str:
        """A figure of the headline as text; '' where there is none."""
        levels = self.folder.forecast.get(series, {}).get(horizon, {})
        return self.number(in_steps(levels[level], self.step(series, horizon))) if level in levels else ""

    def figure(self, series: Series, horizon: int, level: float) -> str:
        """A figure of the headline as an element that names its source."""
        levels = self.folder.forecast.get(series, {}).get(horizon, {})
        if level not in levels:
            return ""
        return tagged(self.shown(series, horizon, level), levels[level], self.forecast_ref(series, horizon, level))

    @staticmethod
    def forecast_ref(series: Series, horizon: int, level: float, scenario: str = "", file: str = "") -> str:
        """Where a quantile of the headline, or of a scenario's file, stands."""
        keys = {"location": series[0], "target": series[1], "horizon": horizon, "output_type_id": level}
        return ref(file or "forecast.csv", ({"scenario": scenario} if scenario else {}) | keys, "value")

    def three(self, series: Series, horizon: int) -> str:
        """Likely, and below it low to high, as ready HTML; '' where the file does not have all three."""
        levels = self.folder.forecast.get(series, {}).get(horizon, {})
        if not {LOW, LIKELY, HIGH} <= levels.keys():
            return ""
        low, likely, high = (self.figure(series, horizon, q) for q in (LOW, LIKELY, HIGH))
        texts = {self.shown(series, horizon, q) for q in (LOW, LIKELY, HIGH)}
        if texts == {"0"}:
            # of a line or a wait, a word says it better than a bare nought
            return f'<span class="quiet">{self.text("none_likely")}</span>'
        return f"<b>{likely}</b>" if len(texts) == 1 else f'<b>{likely}</b> <span class="range">{low}–{high}</span>'

    def on_map(self, location: str, quantity: str, horizon: int) -> dict[float, str]:
        """Low, likely and high of a row of map.csv as elements that name their source; {} where there is none."""
        r = self._map.get((location, quantity, horizon))
        if r is None:
            return {}
        values = {q: float(r[f"q{round(100 * q)}"]) for q in (LOW, LIKELY, HIGH)}
        step = rounding_step(values[LOW], values[HIGH], finest(EN.get(f"unit_{quantity}", "")))
        keys = {"location": location, "quantity": quantity, "horizon": horizon}
        return {q: tagged(self.number(in_steps(v, step)), v, ref("map.csv", keys, f"q{round(100 * q)}")) for q, v in values.items()}

    def likely_on_map(self, location: str, quantity: str, horizon: int) -> float:
        """The unrounded likely figure of a row of map.csv; 0 where there is none."""
        r = self._map.get((location, quantity, horizon))
        return float(r["q50"]) if r is not None else 0.0

    def stated(self, fit: Fit) -> list[str | tuple[float, str]]:
        """What a claim states, in order: words, and numbers with where they stand.

        As its source worded it where the case's claims.csv has the claim; else the interval that it was read as.
        """
        name = fit.row.get("claim_id", "")
        r = self.folder.stated.get(name, {})
        low, high = (number_or_none(r.get(k)) for k in ("value_low", "value_high"))
        if low is None and high is None:
            low, high, where = fit.low, fit.high, [ref("claims_fit.csv", {"claim_id": name}, k) for k in ("observed_low", "observed_high")]
            hedge = ""
        else:
            key = "claim_id" if r.get("claim_id") else "fact_id"
            where = [ref("case/claims.csv", {key: name}, k) for k in ("value_low", "value_high")]
            # of two values the text says "to" already
            hedge = "" if r.get("hedge", "") == "range" else self.known("hedge", r.get("hedge", ""))
        if low is not None and high is not None:
            if low == high:
                return [*([f"{hedge} "] if hedge else []), (low, where[0])]
            return [*([f"{hedge} "] if hedge else []), *self._parts("to", low=(low, where[0]), high=(high, where[1]))]
        if low is not None:
            return [f"{hedge} ", (low, where[0])] if hedge else self._parts("at_least", value=(low, where[0]))
        if high is not None:
            return [f"{hedge} ", (high, where[1])] if hedge else self._parts("at_most", value=(high, where[1]))
        return []

    def _parts(self, key: str, **numbers: tuple[float, str]) -> list[str | tuple[float, str]]:
        """A text of the word table taken apart at its fields."""
        out: list[str | tuple[float, str]] = []
        for words, name, _, _ in Formatter().parse(self.w(key)):
            out += [words] if words else []
            out += [numbers[name]] if name else []
        return out

    def observed(self, fit: Fit) -> str:
        """What a claim states, as 'about 11,143', '3 to 4', '≥ 40,000'."""
        return "".join(p if isinstance(p, str) else self.plain(p[0]) for p in self.stated(fit))

    def observed_html(self, fit: Fit) -> str:
        """The same as ready HTML in which each number names its source."""
        return "".join(escape(p) if isinstance(p, str) else tagged(self.plain(p[0]), *p) for p in self.stated(fit))

    def policy(self, name: str) -> Policy | None:
        """The policy of this name in the run's case; None where there is none."""
        return next((p for p in self.folder.case.policies if p.name == name), None) if self.folder.case is not None else None

    def locations(self, crossings: bool) -> list[str]:
        """Locations of the forecast in the order of the file: those with queues or waits, or the others."""
        found = dict.fromkeys(location for location, _ in self.folder.forecast)
        return [x for x in found if any((x, t) in self.folder.forecast for t in (*WAITS, *QUEUES)) == crossings]

    def unique(self, text: str) -> str:
        """An id that no other part of the page has."""
        base = slug(text) or "x"
        self._ids[base] = self._ids.get(base, 0) + 1
        return base if self._ids[base] == 1 else f"{base}-{self._ids[base]}"


def by_location(series: Mapping[Series, Fan]) -> list[tuple[Series, Fan]]:
    """Series grouped by location, both in the order of the file."""
    order = {location: i for i, location in reversed(list(enumerate(location for location, _ in series)))}
    return sorted(series.items(), key=lambda item: order[item[0][0]])


def slug(text: str) -> str:
    """A text as a name of a file or an anchor."""
    return re.sub(r"[^\w]+", "-", text, flags=re.UNICODE).strip("-").lower()[:60]


# ---------------------------------------------------------------- html


def ref(file: str, keys: Mapping[str, object], column: str) -> str:
    """Where a number stands: file, the row by its cells, the column."""
    return f"{file}?{urlencode({k: str(v) for k, v in keys.items()})}#{column}" if keys else f"{file}#{column}"


def tagged(text: str, value: float, where: str) -> str:
    """A number with its unrounded value and where that stands."""
    return f'<data value="{value:.6g}" data-ref="{escape(where)}">{escape(text)}</data>'


def cell(content: str, label: str = "", kind: str = "") -> str:
    """A table cell of ready HTML; the label is shown before it on narrow screens."""
    attributes = (f' class="{kind}"' if kind else "") + (f' data-label="{escape(label)}"' if label else "")
    # one child, so that label and content can stand at the two ends of the line on narrow screens
    return f"<td{attributes}>{f'<div>{content}</div>' if content and label else content}</td>"


def table(caption: str, head: Sequence[str], body: Sequence[str], kind: str = "", numeric: Sequence[int] = (), above: str = "") -> str:
    """A table of ready rows; `head` is plain text, `numeric` the columns aligned right, `above` a ready row of headings over the others."""
    heads = "".join(f'<th scope="col"{" class=num" if i in numeric else ""}>{escape(h)}</th>' if h else "<td></td>" for i, h in enumerate(head))
    captioned = f'<caption class="hidden">{escape(caption)}</caption>'
    inner = f'<table class="{kind}">{captioned}<thead>{above}<tr>{heads}</tr></thead><tbody>{"".join(body)}</tbody></table>'
    return f'<div class="scroll" tabindex="0" role="region" aria-label="{escape(caption)}">{inner}</div>'


def row(cells: Iterable[str], head: str = "") -> str:
    """A table row, with a heading of ready HTML."""
    first = f'<th scope="row">{head}</th>' if head else ""
    return f"<tr>{first}{''.join(cells)}</tr>"


def group_row(text: str, columns: int) -> str:
    """A row that names the rows below it, for the eye: each of them says its place itself to a reader that reads aloud."""
    return f'<tr class="group"><td colspan="{columns}">{escape(text)}</td></tr>'


def under(text: str, head: str) -> str:
    """The heading of a row below a group row, ready HTML: what the group row says is read out and not seen."""
    return f'<span class="hidden">{escape(text)}: </span>{head}'


def note(text: str) -> str:
    """A quiet paragraph of ready HTML."""
    return f'<p class="note">{text}</p>'


def link(reference: str, text: str) -> str:
    """A link for web addresses only; nothing is loaded from it."""
    if reference.startswith(("https://", "http://")):
        return f'<a href="{escape(reference)}" rel="noopener noreferrer nofollow">{text}</a>'
    return escape(reference)


def texts(value: object) -> list[str]:
    """A text or a list of texts as a list of texts."""
    if isinstance(value, list | tuple):
        return [str(v) for v in value]
    return [str(value)] if value not in (None, "") else []
