"""The page of a comparison: how the headline moved, which new claims did it, and what else is different."""

from __future__ import annotations

from datetime import date
from html import escape
from typing import Any

from borderflow.publish.compare import Comparison
from borderflow.publish.figures import in_steps, percent, rounding_step, signed
from borderflow.publish.page.base import Page, cell, group_row, note, ref, row, table, tagged, under
from borderflow.publish.report import document
from borderflow.publish.runfolder import Fit, Series
from borderflow.publish.words import Words

MOST_PARTS = 5
"""Claims named for one figure; the table has all."""
SMALL_PART = 0.02
"""Parts smaller than this share of the largest are not named."""


def render_comparison(found: Comparison, language: str = "en") -> str:
    """compare.html: one self-contained page. Raises ValueError for an unknown language."""
    page = Page(found.now, Words(language))
    assert found.then.reference is not None
    assert found.now.reference is not None
    old, new = page.full_day(found.then.reference), page.full_day(found.now.reference)
    dates = page.text("compare_same_day", new=new) if old == new else page.text("compare_dates", old=old, new=new)
    title = page.place(str(found.now.run.get("title") or "")) or page.w("compare_title")
    sections = (
        ("by_claims", _attribution(page, found)),
        ("changes", _changes(page, found)),
        ("claim_changes", _claims(page, found)),
        ("other_changes", _others(page, found)),
    )
    body = "".join(f'<section id="{key}"><h2>{page.text(key)}</h2>{text}</section>' for key, text in sections)
    head = f'<header><p class="kicker">{page.text("compare_kicker")}</p><h1>{page.text("compare_title")}</h1>'
    head += f'<p class="asof-text">{escape(title)}<br>{dates}</p></header>'
    return document(language, f"{page.w('compare_title')}: {title}", f'{head}<main id="main">{_points(page, found)}{body}</main>')


def _points(page: Page, found: Comparison) -> str:
    """How many claims came, changed and went, and the figures that moved most against their own spread."""
    counts = {kind: len(ids) for kind, ids in found.claims.items()}
    out = [f"<li>{page.text('compare_claims', **counts)}</li>"]
    for c in sorted(found.changes, key=lambda c: c["surprise"])[:3]:
        keys = {k: c[k] for k in ("location", "target", "date")}
        fields = {}
        for when in ("then", "now"):
            step = rounding_step(c[f"{when}_q10"], c[f"{when}_q90"], page.finest(c["target"]))
            fields[when] = tagged(page.number(in_steps(c[f"{when}_q50"], step)), c[f"{when}_q50"], ref("changes.csv", keys, f"{when}_q50"))
        surprise = tagged(page.number(percent(c["surprise"])), c["surprise"], ref("changes.csv", keys, "surprise"))
        what = page.w("on_day", what=page.w(c["target"]).lower(), date=page.short_day(c["date"]))
        text = page.text("compare_moved").format(place=f"<b>{escape(page.place(c['location']))}</b>", what=escape(what), surprise=surprise, **fields)
        out.append(f"<li>{text}</li>")
    return f'<ul class="key-points">{"".join(out)}</ul>'


def _changes(page: Page, found: Comparison) -> str:
    """Then and now of every figure on the days that both forecasts know."""
    if not found.changes:
        return f"<p>{page.text('changes_none')}</p>"
    heads = [page.w("place_what"), page.w("then"), page.w("now"), page.w("change"), page.w("surprise")]
    body, place = [], ""
    order = {name: i for i, name in reversed(list(enumerate(c["location"] for c in found.changes)))}
    days = sorted({c["date"] for c in found.changes})
    shown = {days[0], days[min(6, len(days) - 1)], days[-1]}
    for c in sorted((c for c in found.changes if c["date"] in shown), key=lambda c: order[c["location"]]):
        if c["location"] != place:
            place = c["location"]
            body.append(group_row(page.place(place), len(heads)))
        body.append(_change(page, c, heads))
    return note(page.text("changes_text")) + table(page.w("changes"), heads, body, "stack changes", (1, 2, 3, 4))


def _change(page: Page, c: dict[str, Any], heads: list[str]) -> str:
    keys = {k: c[k] for k in ("location", "target", "date")}
    finest = page.finest(c["target"])

    def three(when: str) -> str:
        values = {q: c[f"{when}_q{q}"] for q in (10, 50, 90)}
        step = rounding_step(values[10], values[90], finest)
        low, likely, high = (tagged(page.number(in_steps(v, step)), v, ref("changes.csv", keys, f"{when}_q{q}")) for q, v in values.items())
        return f'<b>{likely}</b> <span class="range">{low}–{high}</span>'

    step = min(rounding_step(c[f"{w}_q10"], c[f"{w}_q90"], finest) for w in ("then", "now"))
    change = tagged(page.number(signed(c["change"], step)), c["change"], ref("changes.csv", keys, "change"))
    surprise = tagged(page.number(percent(c["surprise"])), c["surprise"], ref("changes.csv", keys, "surprise"))
    kind = "outside" if c["surprise"] < 0.1 else "quiet"
    when = page.w("on_day", what=page.w(c["target"]), date=page.short_day(c["date"]))
    head = f'{escape(when)} <span class="unit">{escape(page.unit(c["target"]))}</span>'
    head = under(page.place(c["location"]), head)
    cells = (three("then"), three("now"), f"<b>{change}</b>", f'<span class="{kind}">{surprise}</span>')
    return row((cell(x, label, "num") for x, label in zip(cells, heads[1:], strict=True)), head)


def _attribution(page: Page, found: Comparison) -> str:
    """Parts of the new claims in the movement of the figures that moved most, beside what is left over."""
    if found.ess is None:
        return f"<p>{page.text('by_claims_none')}</p>"
    ess = page.number(f"{found.ess:,.0f}" if found.ess >= 10 else f"{found.ess:.1f}")
    trust = f"{page.text('by_claims_trust', ess=ess, n=found.n_draws)} {page.text('by_claims_thin' if found.thin else 'by_claims_fair')}"
    out = [note(page.text("by_claims_text")), f'<p class="{"outside" if found.thin else "quiet"}">{trust}</p>']
    blocks = [_figure(page, found, t) for t in _worth_telling(page, found)]
    return "".join(out) + f'<div class="contradictions">{"".join(blocks)}</div>'


def _worth_telling(page: Page, found: Comparison) -> list[dict[str, Any]]:
    """Entries and waits a week ahead (or on the day nearest to that), those that moved most against their own spread first."""
    surprise = {(c["location"], c["target"], c["date"]): c["surprise"] for c in found.changes}
    assert found.now.reference is not None
    days = sorted({t["date"] for t in found.totals}, key=lambda d: abs((d - found.now.reference).days - 7))
    of_day = [t for t in found.totals if t["date"] == days[0] and t["target"] in ("entries", "exits", "queue_vehicles", "wait_hours_car")]
    return sorted(of_day, key=lambda t: surprise[t["location"], t["target"], t["date"]])[:8]


def _figure(page: Page, found: Comparison, total: dict[str, Any]) -> str:
    keys = {k: total[k] for k in ("location", "target", "date")}
    parts = [p for p in found.parts if all(p[k] == v for k, v in keys.items())]
    largest = max(abs(p["part"]) for p in parts)
    named = sorted((p for p in parts if abs(p["part"]) >= SMALL_PART * largest), key=lambda p: -abs(p["part"]))[:MOST_PARTS]
    step = rounding_step(0.0, max(abs(total["change"]), largest), page.finest(total["target"]))
    fits = {f.row["claim_id"]: f for f in found.now.fits}

    def amount(value: float, where: str) -> str:
        return tagged(page.number(signed(value, step)), value, where)

    total_ref = {name: ref("attribution_totals.csv", keys, name) for name in ("change", "bridge", "reweighted", "rest")}
    body = [
        row(
            [cell(amount(p["part"], ref("attribution.csv", keys | {"claim_id": p["claim_id"]}, "part")), "", "num")],
            _claim(page, fits[p["claim_id"]]),
        )
        for p in named
    ]
    body.append(row([cell(amount(total["bridge"], total_ref["bridge"]), "", "num")], f"<b>{page.text('bridge')}</b>"))
    if not found.thin:
        body.append(row([cell(amount(total["reweighted"], total_ref["reweighted"]), "", "num")], page.text("reweighted")))
    body.append(row([cell(amount(total["rest"], total_ref["rest"]), "", "num")], f'<span class="quiet">{page.text("rest_of_change")}</span>'))
    body.append(row([cell(f"<b>{amount(total['change'], total_ref['change'])}</b>", "", "num")], f"<b>{page.text('change_mean')}</b>"))
    series: Series = (total["location"], total["target"])
    title = f"{page.place(series[0])}: {page.w('on_day', what=page.w(series[1]), date=page.short_day(total['date']))}"
    return f"<div><h3>{escape(title)}</h3>{table(title, [page.w('claim'), page.unit(series[1])], body, 'sides parts', (1,))}</div>"


def _claim(page: Page, fit: Fit) -> str:
    """A claim in a line: number, what it says, who says it."""
    r = fit.row
    about = f"{page.place(r.get('place', ''))}: {page.observed(fit)} {r.get('unit', '')}, {_window(page, r.get('window_start', ''))}"
    name, source = escape(r.get("claim_id", "")), f"{page.text(r.get('quantity_kind', ''))}; {escape(r.get('source', ''))}"
    return f'<span class="id">{name}</span> {escape(about)} <span class="unit block">{source}</span>'


def _window(page: Page, text: str) -> str:
    try:
        return page.short_day(date.fromisoformat(text[:10]))
    except ValueError:
        return text


def _claims(page: Page, found: Comparison) -> str:
    """New, changed and withdrawn claims, each with the series it speaks of."""
    out = []
    old, new = ({f.row["claim_id"]: f for f in folder.fits} for folder in (found.then, found.now))
    for kind, ids in found.claims.items():
        out.append(f'<details class="annex"{" open" if 0 < len(ids) <= 12 else ""}><summary>{page.text("claims_" + kind)} ({len(ids)})</summary>')
        if not ids:
            out.append(f"<p>{page.text('claims_none')}</p></details>")
            continue
        heads = [page.w("claim"), page.w("observed"), page.w("speaks_of")]
        body = []
        for name in ids:
            fit = new.get(name) or old[name]
            said = escape(page.observed(fit))
            if kind == "changed":
                said = page.text("before_after").format(before=escape(_interval(page, old[name])), after=escape(_interval(page, new[name])))
            location, target = fit.row.get("location", ""), fit.row.get("target", "")
            speaks = f"{page.place(location)}: {page.w(target)}" if location else page.w(fit.row.get("quantity_kind", ""))
            cells = [cell(f'{said} <span class="unit">{escape(fit.row.get("unit", ""))}</span>', heads[1], "num"), cell(escape(speaks), heads[2])]
            body.append(row(cells, _claim(page, fit)))
        out.append(table(page.w(f"claims_{kind}"), heads, body, "stack", (1,)) + "</details>")
    return "".join(out)


def _interval(page: Page, fit: Fit) -> str:
    """What a claim was read as, and how it was treated."""
    low, high = ("" if v is None else page.plain(v) for v in (fit.low, fit.high))
    return f"{low}–{high} ({page.w(fit.status)})"


def _others(page: Page, found: Comparison) -> str:
    if not found.others:
        return f"<p>{page.text('other_none')}</p>"
    items = (
        page.text("other_setting", name=name.replace("_", " "), before=before, after=after) if before or after else page.text("other_file", name=name)
        for name, before, after in found.others
    )
    return f"<ul>{''.join(f'<li>{t}</li>' for t in items)}</ul>"
