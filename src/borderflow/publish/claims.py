"""Reports into claims, and the ledger's commands: what `borderflow read` and `borderflow claims` do."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from borderflow.errors import InputError, Problem
from borderflow.evidence.extract import extract
from borderflow.evidence.gazetteer import Gazetteer
from borderflow.evidence.model import Model, ModelError, from_model
from borderflow.evidence.proposal import Other, Proposal, cells
from borderflow.io.case import read_case
from borderflow.io.claims import NEVER_EMPTY, ORDER, claim_cells, claims_text, read_claims
from borderflow.io.document import Document, read_document
from borderflow.io.fetch import is_url, read_url
from borderflow.io.gazetteer import read_gazetteer, shipped
from borderflow.io.ledger import Entry, Ledger, open_ledger
from borderflow.io.write import atomic_write

Row = dict[str, Any]
_LEAST = 0.01
"""What is less probable is not offered."""


@dataclass(frozen=True)
class ReadReport:
    """One report that was read: its text, the day it is dated, and its claims by the columns of claims.csv."""

    target: str
    document: Document
    published: date | None
    rows: list[Row]
    warning: str = ""
    """What went wrong with the model, if one was asked; the claims are then those of the rules."""


def read_reports(
    targets: Sequence[str],
    *,
    published: date | None = None,
    case: Path | None = None,
    context: bool = False,
    model: Model | None = None,
    others: int = 0,
) -> list[ReadReport]:
    """Reads files and web addresses. Raises InputError with every target that cannot be read.

    others: how many other places, and windows, a claim keeps; its row then has `others`, the likeliest first.
    """
    gazetteer = _gazetteer(case)
    problems: list[Problem] = []
    reports = []
    for target in targets:
        try:
            document = read_url(target) if is_url(target) else read_document(Path(target))
        except InputError as error:
            problems += error.problems
            continue
        reports.append(_read(target, document, published, gazetteer, context, model, others))
    if problems:
        raise InputError(problems)
    return reports


def _gazetteer(case: Path | None) -> Gazetteer:
    return shipped() if case is None else read_gazetteer(read_case(case))


def _read(
    target: str, document: Document, published: date | None, gazetteer: Gazetteer, context: bool, model: Model | None, others: int
) -> ReadReport:
    day = published or document.published
    proposals = extract(document.text, published=day, gazetteer=gazetteer, context=context, others=others)
    warning = ""
    if model is not None:
        try:
            proposals = from_model(document.text, published=day, known=proposals, model=model, gazetteer=gazetteer)
        except ModelError as error:
            warning = f"{target}: the model was of no use ({error}); claims are those of the rules"
    rows: list[Row] = [cells(p, reference=target) for p in proposals]
    if others:
        for row, p in zip(rows, proposals, strict=True):
            row["others"] = [{**dict(o.cells), "chance": o.chance} for o in (*p.other_places, *p.other_windows) if _differs(o, row)]
    return ReadReport(target, document, day, rows, warning)


def instead(ledger: Ledger, entry: Entry, others: int) -> tuple[tuple[Other, ...], tuple[Other, ...]]:
    """Other places, and other windows, of a claim that was read from a document of the ledger: as that is read now, the likeliest first.

    Those of less than one chance in a hundred are left out.
    """
    document = ledger.document_of(entry.digest)
    start, value = entry.cells.get("start"), (entry.cells.get("value_low"), entry.cells.get("value_high"))
    for p in _read_again(document.text, document.published, others) if document else ():
        row = {k: "" if v is None else str(v) for k, v in cells(p).items()}
        if row["start"] == start and (row["value_low"], row["value_high"]) == value:
            places, windows = (
                tuple(o for o in some if o.chance >= _LEAST and _differs(o, entry.cells)) for some in (p.other_places, p.other_windows)
            )
            return places, windows
    return (), ()


def _differs(other: Other, row: Mapping[str, Any]) -> bool:
    """Whether a place or window is another than that of a claim as it stands: a title takes that of its story."""
    return any(row.get(column) != cell for column, cell in other.cells)


@lru_cache(maxsize=4)
def _read_again(text: str, published: date | None, others: int) -> list[Proposal]:
    return extract(text, published=published, gazetteer=shipped(), others=others)


def add_reports(path: Path, reports: Sequence[ReadReport], who: str) -> dict[str, Any]:
    """Adds reports to a ledger, each in one transaction. Raises InputError for reports without a day, before anything is written."""
    undated = [r for r in reports if r.published is None]
    if undated:
        raise InputError([Problem(r.target, 0, "the day of publication is not known", "give it: --published 2022-09-27") for r in undated])
    added: dict[str, Any] = {"documents": 0, "claims": 0, "restated": 0, "known": 0, "copies": 0}
    with open_ledger(path, create=True) as ledger:
        for r in reports:
            rows = [{k: v for k, v in row.items() if k != "others"} for row in r.rows]
            done = ledger.add_document(r.document, r.target, rows, who, r.published.isoformat() if r.published else "")
            added["documents"] += not done["known"]
            added["known"] += done["known"]
            added["claims"] += done["claims"]
            added["restated"] += done["restated"]
            added["copies"] += bool(done["copy_of"])
    return {"ledger": path, **added}


def import_files(path: Path, files: Sequence[str], *, status: str, who: str, why: str, published: date | None, case: Path | None) -> dict[str, Any]:
    """Adds tables of claims (.csv) and reports (anything else) to a ledger. Raises InputError before anything is written."""
    tables = [f for f in files if f.lower().endswith(".csv")]
    rows: list[Mapping[str, str]] = []
    problems: list[Problem] = []
    for table in tables:
        try:
            rows += [claim_cells(c) for c in read_claims(Path(table)).claims]
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    reports = read_reports([f for f in files if f not in tables], published=published, case=case)
    summary: dict[str, Any] = {"ledger": path}
    if reports:
        summary |= add_reports(path, reports, who)
    if tables:
        with open_ledger(path, create=True) as ledger:
            summary |= ledger.import_rows(rows, who, why or f"imported from {', '.join(Path(t).name for t in tables)}", status)
    return summary


def export_claims(path: Path, out: Path | None, *, status: str, until: str, at: str) -> str:
    """Claims of a ledger as the text of claims.csv, written to `out` if given; an accepted claim needs no status there."""
    with open_ledger(path) as ledger:
        entries, _ = ledger.listed(status=status, stated_to=until, at=at)
    rows = [row_of(e) for e in entries]
    text = claims_text(rows)
    if out is not None:
        atomic_write(out, text)
    return text


def row_of(entry: Entry) -> dict[str, str]:
    """A claim of the ledger as a row of claims.csv."""
    row = {name: entry.cells.get(name, "") for name in ORDER}
    row |= {k: v for k, v in entry.cells.items() if k not in row and k != "sentence"}
    return row | {"claim_id": entry.claim_id, "status": "" if entry.status == "accepted" else entry.status}


@contextmanager
def case_with_ledger(folder: Path, path: Path | None) -> Iterator[Path]:
    """A case folder whose claims are joined by the accepted claims of a ledger; a claim of the same id is replaced.

    Without a ledger, the folder itself.

    Raises InputError where an accepted claim is no valid row of claims.csv.
    """
    if path is None:
        yield folder
        return
    with open_ledger(path) as ledger:
        entries, _ = ledger.listed(status="accepted")
    accepted = {e.claim_id: row_of(e) for e in entries}
    missing = [
        Problem(str(path), 0, f"accepted claim '{name}': {column} is missing", f"borderflow claims accept {path} {name} --set {column}=…")
        for name, row in accepted.items()
        for column in NEVER_EMPTY
        if not row.get(column)
    ]
    if missing:
        raise InputError(missing)
    with tempfile.TemporaryDirectory(prefix="borderflow-") as temporary:
        work = Path(temporary) / folder.resolve().name
        shutil.copytree(folder, work)
        own = [claim_cells(c) for c in read_claims(work / "claims.csv").claims] if (work / "claims.csv").is_file() else []
        rows = [dict(row) for row in own if row["claim_id"] not in accepted] + list(accepted.values())
        (work / "claims.csv").write_text(claims_text(rows), encoding="utf-8", newline="")
        yield work


def ledger_state(path: Path) -> dict[str, Any]:
    """What a run records of the ledger it took claims from."""
    with open_ledger(path) as ledger:
        return {"file": path.name, **ledger.counts()}


# ---- reading on a screen --------------------------------------------------------------------------------------------


def value_text(row: Mapping[str, Any]) -> str:
    """The value of a claim in few characters: '98,000', '≥ 20,000', '≤ 14', '5,000–6,000', with its unit."""
    low, high = (_number(row.get(k)) for k in ("value_low", "value_high"))
    if low is not None and high is not None:
        text = _short(low) if low == high else f"{_short(low)}–{_short(high)}"
    else:
        text = f"≥ {_short(low)}" if low is not None else f"≤ {_short(high)}" if high is not None else "?"
    return f"{text} {row.get('unit') or ''}".strip()


def _number(value: Any) -> float | None:
    try:
        return float(value) if value not in (None, "") else None
    except ValueError:
        return None


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"


def window_text(row: Mapping[str, Any]) -> str:
    """The window of a claim in few characters."""
    start, end = str(row.get("window_start") or ""), str(row.get("window_end") or "")
    if start == end:
        return start or str(row.get("as_of") or "")
    return f"{start or '…'} – {end or '…'}"


def highlighted(row: Mapping[str, Any], sentence: str) -> tuple[str, str, str]:
    """A sentence as (before, quote, after), so that a screen can mark the quote."""
    quote = str(row.get("quote") or "")
    at = sentence.find(quote) if quote else -1
    if at < 0:
        return sentence, "", ""
    before, after = sentence[:at], sentence[at + len(quote) :]
    return re.sub(r"\s+", " ", before), quote, re.sub(r"\s+", " ", after)


__all__ = [
    "Ledger",
    "add_reports",
    "case_with_ledger",
    "export_claims",
    "highlighted",
    "import_files",
    "instead",
    "ledger_state",
    "read_reports",
    "row_of",
    "value_text",
    "window_text",
]
