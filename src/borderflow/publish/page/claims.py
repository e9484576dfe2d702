"""What the figures rest on: contradictions side by side, how well claims are explained, and every claim with quote, source and agreement."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from urllib.parse import quote

from borderflow.publish.figures import finest, percent, rounded
from borderflow.publish.page.base import Page, cell, link, note, ref, row, slug, table, tagged
from borderflow.publish.runfolder import STATUSES, Fit, Row

WIDE, HIGH = 320.0, 18.0
FEW = 5
"""Claims about one place up to which print leaves the headings of their table out: they stand on the same page."""


def section_contradictions(page: Page) -> str:
    """Each group of claims that cannot all be right, on one axis with what the model expects each source to say."""
    fits = {f.row["claim_id"]: f for f in page.folder.fits}
    groups: dict[str, list[Fit]] = {}
    for r in page.folder.contradictions:
        if r["claim_id"] in fits:
            groups.setdefault(r["topic"], []).append(fits[r["claim_id"]])
    shown = [g for g in groups.values() if any(f.quantiles for f in g)]
    if not page.folder.fits:
        return ""
    if not shown:
        return f"<p>{page.text('no_contradictions')}</p>"
    return note(page.text("contradictions_text")) + f'<div class="contradictions">{"".join(_contradiction(page, g) for g in shown)}</div>'


def _contradiction(page: Page, group: Sequence[Fit]) -> str:
    first = group[0].row
    top = max(v for f in group for v in (f.low, f.high, f.quantiles.get("q95")) if v is not None) or 1.0
    heads = [page.w("source"), page.w("observed"), page.w("strip")]
    body = []
    for f in group:
        cells = [cell(_stated(page, f), heads[1], "num"), cell(_strip(f, top), "", "strip")]
        source = f'{escape(f.row.get("source", ""))} <span class="unit block">{_window(page, f.row)} · {page.text(f.status)}</span>'
        body.append(row(cells, source))
    title = f"{page.place(first.get('place', ''))}: {_about(page, first)}, {_window(page, first)}"
    return f"<div><h3>{escape(title)}</h3>{table(title, heads, body, 'sides', (1,))}</div>"


def _strip(fit: Fit, top: float) -> str:
    """What the model expects the source to say (band) and what it says (mark), for the eye only."""
    scale = (WIDE - 12) / top

    def x(v: float) -> float:
        return 6 + v * scale

    q = fit.quantiles
    band = f'<rect class="past wide" x="{x(q["q05"]):.1f}" y="4" width="{(q["q95"] - q["q05"]) * scale:.1f}" height="10"/>' if "q05" in q else ""
    low, high = (0.0 if fit.low is None else fit.low), (top if fit.high is None else fit.high)
    y = HIGH / 2
    if fit.low is not None and fit.high is not None:
        mark = f"M{x(low):.1f} {y:g}H{max(x(high), x(low) + 0.1):.1f}"
        ends = f'<circle cx="{(x(low) + x(high)) / 2:.1f}" cy="{y:g}" r="3.4"/>'
    else:
        at, tip = (x(low), x(low) + 16) if fit.high is None else (x(high), x(high) - 16)
        mark, ends = f"M{at:.1f} {y - 4:g}v8M{at:.1f} {y:g}H{tip:.1f}", ""
    return (
        f'<svg class="strip" viewBox="0 0 {WIDE:g} {HIGH:g}" aria-hidden="true">{band}<g class="mark {fit.status}"><path d="{mark}"/>{ends}</g></svg>'
    )


def _fit(page: Page) -> str:
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
        body.append(row((cell(escape(page.number(c)), label, "num") for c, label in zip(cells, heads[1:], strict=True)), page.text(status)))
    expected = [("", 1), ("50 %", 2), ("90 %", 3), ("", 4), ("", 5)]
    last = "".join(cell(t, heads[i], "num") for t, i in expected)
    body.append(f'<tr class="quiet"><th scope="row">{page.text("fit_expected")}</th>{last}</tr>')
    shown = table(page.w("fit"), heads, body, "stack", range(1, 6))
    return f'<div class="whole"><h3>{page.text("fit")}</h3>{note(page.text("fit_text"))}{shown}</div>'


def section_claims(page: Page) -> str:
    """How well they are explained, then all claims by place, with source and agreement."""
    fits = page.folder.fits
    if not fits:
        return ""
    counts = {s: sum(f.status == s for f in fits) for s in STATUSES}
    tags = {s: tagged(str(n), n, ref("claims_fit.csv", {"status": s}, "count()")) for s, n in counts.items()}
    places: dict[str, list[Fit]] = {}
    for f in fits:
        places.setdefault(f.row.get("place", ""), []).append(f)
    blocks = "".join(_place(page, name, group) for name, group in places.items())
    return _fit(page) + f"<h3>{page.text('claims_all')}</h3>" + note(page.text("claims_text").format(**tags)) + blocks


def _place(page: Page, name: str, fits: Sequence[Fit]) -> str:
    """The claims about one place behind a fold that says how many there are."""
    heads = [page.w(k) for k in ("claim", "observed", "predicted", "inside", "source")]
    order = {s: i for i, s in enumerate(STATUSES)}
    body = [
        _claim_row(page, f, heads)
        for f in sorted(fits, key=lambda f: (f.row.get("quantity_kind", ""), order[f.status], f.row.get("window_start", "")))
    ]
    counts = ", ".join(f"{sum(f.status == s for f in fits)} {page.w(s)}" for s in STATUSES if any(f.status == s for f in fits))
    title = page.place(name) or page.w("no_place")
    inner = table(f"{page.w('claims')}: {title}", heads, body, "stack claims", (1, 2))
    summary = f'{escape(title)} <span class="unit">{escape(counts)}</span>'
    return f'<details class="annex{" few" if len(fits) <= FEW else ""}" id="claims-{quote(slug(name))}"><summary>{summary}</summary>{inner}</details>'


def _claim_row(page: Page, fit: Fit, heads: Sequence[str]) -> str:
    r = fit.row
    ident = r.get("claim_id", "")
    head = f'<span class="id">{escape(ident)}</span> {escape(_about(page, r))} <span class="unit window">{_window(page, r)}</span>'
    head += f' <span class="status {fit.status}">{page.text(fit.status)}</span>'
    if r.get("why"):
        head += f' <span class="why">{escape(r["why"])}</span>'
    reference = r.get("reference", "")
    said = f"<q>{escape(r['quote'])}</q> " if r.get("quote") else ""
    away = link(reference, f'{page.text("link")}<span class="hidden"> {escape(ident)}</span>') if reference else ""
    cells = (_stated(page, fit), _expected(page, fit), _agreement(page, fit), f"{said}{escape(r.get('source', ''))} {away}")
    kinds = ("num", "num", "", "source")
    return row((cell(c, label, k) for c, label, k in zip(cells, heads[1:], kinds, strict=True)), head)


def _stated(page: Page, fit: Fit) -> str:
    """What a claim states, with its unit."""
    unit = f' <span class="unit">{escape(page.known("claim_unit", fit.row["unit"]))}</span>' if fit.row.get("unit") else ""
    said = page.observed_html(fit)
    return said + unit if said else ""


def _expected(page: Page, fit: Fit) -> str:
    """What the model expects the source to say, nine of ten."""
    q = fit.quantiles
    if "q05" not in q or "q95" not in q:
        return ""
    texts = rounded([q["q05"], q["q95"]], finest(fit.row.get("unit", "")))
    where = [ref("claims_fit.csv", {"claim_id": fit.row["claim_id"]}, c) for c in ("q05", "q95")]
    low, high = (tagged(page.number(t), v, w) for t, v, w in zip(texts, (q["q05"], q["q95"]), where, strict=True))
    return page.text("to").format(low=low, high=high)


def _about(page: Page, r: Row) -> str:
    """What a claim counts: kind of quantity, direction, mode and who."""
    direction = r.get("direction", "")
    # of a kind that names its direction already, and of a wait or a queue, the direction says nothing new
    if direction in r.get("quantity_kind", "") or direction.startswith("exits_from"):
        direction = ""
    parts = (r.get("quantity_kind", ""), direction, r.get("mode", ""), r.get("who", ""))
    return ", ".join(page.w(t).lower() if t == direction else page.w(t) for t in parts if t)


def _window(page: Page, r: Row) -> str:
    """A window as '22 Sep' or '21 Sep – 27 Sep'; the year where it is another than the forecast's."""
    ends = [_date(page, t) for t in (r.get("window_start", ""), r.get("window_end", "")) if t]
    return escape(" – ".join(dict.fromkeys(ends)))


def _date(page: Page, text: str) -> str:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text
    year = "" if page.folder.reference is None or when.year == page.folder.reference.year else f" {when.year}"
    clock = f" {when:%H:%M}" if len(text) > 10 else ""
    return f"{page.short_day(when.date())}{year}{clock}"


def _agreement(page: Page, fit: Fit) -> str:
    """In which band the claim lies, or how probable a one-sided statement is."""
    in50, in90 = fit.inside("q25", "q75"), fit.inside("q05", "q95")
    if in90 is not None:
        key = "in50" if in50 else "in90" if in90 else "overlaps" if fit.overlaps("q05", "q95") else "outside"
        return f'<span class="{key}">{page.text(key)}</span>'
    if fit.p_true is None:
        return ""
    share = tagged(page.number(percent(fit.p_true)), fit.p_true, ref("claims_fit.csv", {"claim_id": fit.row["claim_id"]}, "p_true"))
    return page.text("p_true").format(p=share)
