"""What the page is worth: model card; and for those who check, provenance, diagnostics, the account of everyone, files."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from borderflow.publish.page.base import Page, cell, note, ref, row, table, tagged, texts
from borderflow.publish.runfolder import STATUSES, Row, number_or_none

FILES = (
    "planning.csv", "forecast.csv", "scenarios.csv", "effects.csv", "differences.csv", "exceedance.csv", "drivers.csv", "map.csv", "history.csv",
    "shelter.csv", "claims_fit.csv", "contradictions.csv", "posterior.csv", "conservation.csv", "diagnostics.json", "run.json", "charts", "case",
)  # fmt: skip
"""Files and folders beside the page that a reader may open, those for planners first."""
MADE_WITH_THE_PAGE = ("planning.csv", "charts")
NOT_PARTS = frozenset({"date", "day", "draw", "run", "weight", "scenario", "everyone", "gap"})
"""Columns of conservation.csv that are not places where people are."""


def section_card(page: Page) -> str:
    """What the forecast can and cannot answer, its data and checks, care; `limits` of run.json adds what is special in this case."""
    out = []
    for key in ("card_can", "card_cannot"):
        out.append(f"<div><h3>{page.text(key)}</h3><ul>{''.join(f'<li>{escape(t)}</li>' for t in page.w.items(key))}</ul></div>")
    out.append(f"<div><h3>{page.text('card_data')}</h3><ul>{_data(page)}</ul></div>")
    out.append(f"<div><h3>{page.text('card_care')}</h3><ul>{''.join(f'<li>{escape(t)}</li>' for t in page.w.items('card_care'))}</ul></div>")
    own = texts(page.folder.run.get("limits"))
    if own:
        out.append(f"<div><h3>{page.text('card_case')}</h3><ul>{''.join(f'<li>{escape(t)}</li>' for t in own)}</ul></div>")
    return f'<div class="card">{"".join(out)}</div>'


def _data(page: Page) -> str:
    """Sentences on the claims, their sources and the checks that were passed."""
    fits, d = page.folder.fits, page.folder.diagnostics
    out = []
    if fits:
        counts = {s: tagged(str(n), n, ref("claims_fit.csv", {"status": s}, "count()")) for s in STATUSES for n in [sum(f.status == s for f in fits)]}
        sources = {f.row.get("source") for f in fits if f.row.get("source")}
        out.append(page.text("data_claims").format(sources=len(sources), **counts))
        two = [x for f in fits if f.status == "used" and (x := f.inside("q05", "q95")) is not None]
        if two:
            out.append(page.text("data_fit", inside=sum(two), n=len(two)))
    if "good" in d:
        out.append(page.text("diagnostics_good" if d["good"] is True else "banner"))
    ess = d.get("ess")
    if isinstance(ess, int | float):
        out.append(page.text("data_ess").format(ess=tagged(page.number(f"{ess:,.0f}"), ess, "diagnostics.json#ess")))
    gaps = _gaps(page.folder.conservation)
    if gaps:
        out.append(escape(_gap_text(page, gaps)))
    out.append(page.text("data_repeat"))
    return "".join(f"<li>{t}</li>" for t in out)


def section_checks(page: Page) -> str:
    """For those who check: what made the page, whether the calibration can be trusted, where everyone is, which files stand beside it."""
    parts = [("provenance", _provenance(page)), ("diagnostics", _diagnostics(page)), ("conservation", _conservation(page))]
    found = [(key, body) for key, body in parts if body]
    if not found:
        return ""
    return "".join(f'<div class="whole"><h3>{page.text(key)}</h3>{body}</div>' for key, body in [*found, ("files", _files(page))])


def _conservation(page: Page) -> str:
    """Where everyone is on the last day behind a fold, and the largest gap of the account."""
    rows = page.folder.conservation
    if not rows:
        return ""
    last = rows[-1]
    when = last.get("date", "")

    def one(name: str, value: float) -> str:
        return tagged(page.plain(round(value)), value, ref("conservation.csv", {"date": when}, name))

    parts = [(name, x) for name in last if name not in NOT_PARTS and (x := number_or_none(last[name])) is not None]
    body = [row([cell(one(name, x), "", "num")], page.text(name)) for name, x in parts]
    everyone = number_or_none(last.get("everyone"))
    if everyone is not None:
        body.append(row([cell(f"<b>{one('everyone', everyone)}</b>", "", "num")], page.text("everyone")))
    try:
        on = page.day(date.fromisoformat(when[:10]))
    except ValueError:
        on = when
    shown = table(page.w("conservation"), [page.w("part"), page.w("people")], body, "small", (1,))
    folded = f"<details><summary>{page.text('conservation_fold')}</summary>{note(page.text('conservation_text', date=on))}{shown}</details>"
    return f"<p>{escape(_gap_text(page, _gaps(rows)))}</p>{folded}"


def _gaps(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """Of each day, what the parts miss and the total, from the file's own numbers."""
    gaps = []
    for r in rows:
        everyone = number_or_none(r.get("everyone"))
        if everyone is not None:
            total = math.fsum(x for name in r if name not in NOT_PARTS and (x := number_or_none(r[name])) is not None)
            # cells carry six digits: smaller gaps than that are rounding of the file, not people
            gaps.append((max(0.0, abs(total - everyone) - 5e-6 * abs(everyone)), everyone))
    return gaps


def _gap_text(page: Page, gaps: Sequence[tuple[float, float]]) -> str:
    """Whether the parts sum to everyone on all days."""
    if not gaps:
        return ""
    gap, everyone = max(gaps)
    if gap <= 0:
        return page.w("conservation_ok", n=len(gaps))
    return page.w("conservation_gap", gap=page.plain(math.ceil(float(f"{gap:.3g}"))), share=f"{100 * gap / everyone if everyone else 100:.2g} %")


def _diagnostics(page: Page) -> str:
    """Whether the calibration passed, and all of diagnostics.json behind a fold."""
    d = page.folder.diagnostics
    if not d:
        return ""
    return f"<p>{page.text('diagnostics_good' if d.get('good') is True else 'banner')}</p>" + _values(page, {"diagnostics": d}, page.w("diagnostics"))


def _provenance(page: Page) -> str:
    """What made this page: everything in run.json but wall times (and what is shown elsewhere)."""
    shown = {k: v for k, v in page.folder.run.items() if k not in {"title", "limits", "scenarios"} and not _is_wall_time(k)}
    return note(page.text("provenance_text")) + _values(page, shown, page.w("provenance")) if shown else ""


def _files(page: Page) -> str:
    """The files of the run's folder by name, each with what it holds."""
    there = {*page.folder.files, *MADE_WITH_THE_PAGE}
    body = [row([cell(page.text(f"file_{name}"), "", "val")], f'<a href="{name}">{name}</a>') for name in FILES if name in there]
    return note(page.text("files_text")) + table(page.w("files"), [page.w("name"), page.w("value")], body, "small plainhead")


def _is_wall_time(key: str) -> bool:
    return any(word in key.lower() for word in ("wall", "seconds", "elapsed", "started", "finished", "created"))


def _values(page: Page, values: Mapping[str, Any], caption: str) -> str:
    """A mapping as a table of names and values; nested mappings and long lists behind a fold."""
    flat = [(k, v) for k, v in values.items() if not _nested(v) and v not in ("", None, [])]
    heads = [page.w("name"), page.w("value")]
    body = [row([cell(escape(_scalar(page, v)), "", "val")], escape(str(k).replace("_", " "))) for k, v in flat]
    shown = table(caption, heads, body, "small plainhead") if body else ""
    folded = [(path, v) for k, value in values.items() if _nested(value) for path, v in _flatten(str(k), value)]
    if not folded:
        return shown
    rows = [row([cell(escape(_scalar(page, v)), "", "val")], escape(path)) for path, v in folded]
    title = f"{page.w('details')}: {caption}"
    return shown + f"<details><summary>{escape(title)} ({len(folded)})</summary>{table(title, heads, rows, 'small plainhead')}</details>"


def _nested(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and (len(value) > 8 or any(isinstance(v, dict | list) for v in value)))


def _flatten(path: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [pair for k, v in value.items() for pair in _flatten(f"{path} · {k}", v)]
    if isinstance(value, list) and any(isinstance(v, dict | list) for v in value):
        return [pair for i, v in enumerate(value) for pair in _flatten(f"{path} · {i + 1}", v)]
    return [(path, value)]


def _scalar(page: Page, value: Any) -> str:
    if isinstance(value, bool):
        return page.w("yes") if value else page.w("no")
    if isinstance(value, float):
        return page.number(f"{value:.4g}")
    if isinstance(value, list):
        return ", ".join(_scalar(page, v) for v in value)
    return "" if value is None else str(value)
