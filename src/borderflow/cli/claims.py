"""The commands `read` and `claims`: reports into claims, and the ledger that keeps them."""

from __future__ import annotations

import getpass
import json
import re
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from borderflow.cli import screen
from borderflow.errors import InputError, Problem

if TYPE_CHECKING:
    from borderflow.evidence.proposal import Other
    from borderflow.io.ledger import Entry, Ledger

LedgerArg = Annotated[Path, typer.Argument(metavar="LEDGER", help="File of the ledger.", show_default=False)]
IdsArg = Annotated[list[str], typer.Argument(metavar="CLAIM_ID...", help="Ids of claims, as `list` shows them.", show_default=False)]
PublishedOpt = Annotated[
    datetime | None,
    typer.Option(
        "--published", formats=["%Y-%m-%d"], metavar="DATE", help="Day the report is dated.  [default: found in the report]", show_default=False
    ),
]
CaseOpt = Annotated[Path | None, typer.Option("--case", metavar="CASE", help="A case whose places and names are known too.", show_default=False)]
WhoOpt = Annotated[str | None, typer.Option("--who", metavar="NAME", help="Who does this, for the history.  [default: the user]", show_default=False)]
WhyOpt = Annotated[str, typer.Option("--why", metavar="TEXT", help="The reason, for the history.", show_default=False)]
SetOpt = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="COLUMN=VALUE", help="Correct a column of the claim; may be given several times.", show_default=False),
]
StatusOpt = Annotated[
    str, typer.Option("--status", metavar="STATUS", help="candidate, accepted, rejected, superseded or context.", show_default=False)
]
CONFIDENCES = ("high", "medium", "low")
_OTHERS = 3
"""How many other places, and other windows, a review offers."""
ConfidenceOpt = Annotated[
    str,
    typer.Option("--confidence", metavar="WORD", help="high, medium or low: how probable it is that place and days are right.", show_default=False),
]
UntilOpt = Annotated[
    datetime | None, typer.Option("--until", formats=["%Y-%m-%d"], metavar="DATE", help="Claims stated on or before this day.", show_default=False)
]
AtOpt = Annotated[
    datetime | None,
    typer.Option("--at", formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M"], metavar="WHEN", help="The ledger as it stood then (UTC).", show_default=False),
]
JsonOpt = Annotated[bool, typer.Option("--json", help="Print JSON lines, one a claim.")]
SeedOpt = Annotated[int | None, typer.Option("--seed", metavar="N", help="Changes nothing here: reading has no luck.", show_default=False)]

claims_app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    help="The ledger: import, list, show, accept, reject, review and export claims.",
)


def add_commands(app: typer.Typer) -> None:
    """Adds `read` and `claims` to the program."""
    app.command()(read)
    app.add_typer(claims_app, name="claims")


def read(
    files: Annotated[list[str], typer.Argument(metavar="FILE|URL...", help="Reports as text, HTML or PDF.", show_default=False)],
    published: PublishedOpt = None,
    into: Annotated[
        Path | None, typer.Option("--into", metavar="LEDGER", help="Add the reports and their claims to a ledger.", show_default=False)
    ] = None,
    case: CaseOpt = None,
    context: Annotated[bool, typer.Option("--context", help="Show numbers that are recognised as no claims, too.")] = False,
    table: Annotated[bool, typer.Option("--table", help="Print a table to look at instead of JSON lines.")] = False,
    others: Annotated[
        int, typer.Option("--others", metavar="N", min=0, max=20, help="Also give the N likeliest other places, and windows, of each claim.")
    ] = 0,
    model_url: Annotated[
        str | None,
        typer.Option(
            "--model-url", metavar="URL", help="Also ask a chat-completions endpoint; only what the text bears out is kept.", show_default=False
        ),
    ] = None,
    model: Annotated[str, typer.Option("--model", metavar="NAME", help="Name of the model at --model-url.")] = "default",
    who: WhoOpt = None,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Write the JSON lines here.  [default: print]", show_default=False)
    ] = None,
    seed: SeedOpt = None,
    json: JsonOpt = False,
) -> None:
    """Propose claims from reports.

    Prints JSON lines, one a claim: the columns of claims.csv, `start` and `end` (offsets of the quote in the text that was read) and the rule that
    made it. Nothing is fetched unless a URL is given.
    """
    from borderflow.publish.claims import add_reports, read_reports

    asked = None
    if model_url is not None:
        import os

        from borderflow.io.chat import chat_model

        asked = chat_model(model_url, model, os.environ.get("BORDERFLOW_MODEL_KEY", ""))
    reports = read_reports(files, published=published.date() if published else None, case=case, context=context, model=asked, others=others)
    for r in reports:
        if r.published is None:
            screen.say(f"{r.target}: the day of publication is not known, so windows stay empty; give it: --published 2022-09-27")
        if r.warning:
            screen.say(r.warning)
    rows = [row for r in reports for row in r.rows]
    if into is not None:
        summary = add_reports(into, reports, _who(who))
        screen.say(", ".join(f"{k} {v}" for k, v in summary.items()))
    text = "".join(_line(row) for row in rows)
    if out is not None:
        from borderflow.io.write import atomic_write

        atomic_write(out, text)
    elif table and not json:
        _table(rows)
    else:
        sys.stdout.write(text)


@claims_app.command("import")
def import_(
    ledger: LedgerArg,
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="claims.csv, or reports as text, HTML or PDF.", show_default=False)],
    status: Annotated[str, typer.Option("--status", metavar="STATUS", help="Status of rows of a table that give none.")] = "accepted",
    published: PublishedOpt = None,
    case: CaseOpt = None,
    who: WhoOpt = None,
    why: WhyOpt = "",
    json: Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object.")] = False,
) -> None:
    """Add claims of a table, or reports, to a ledger.

    All of it or nothing; what is in the ledger already is not added again.
    """
    _known_status(status)
    from borderflow.publish.claims import import_files

    summary = import_files(ledger, files, status=status, who=_who(who), why=why, published=published.date() if published else None, case=case)
    screen.show(summary, json)


@claims_app.command("list")
def list_(
    ledger: LedgerArg,
    status: StatusOpt = "",
    place: Annotated[str, typer.Option("--place", metavar="TEXT", help="Part of the name of a place, or a country code.", show_default=False)] = "",
    kind: Annotated[str, typer.Option("--kind", metavar="KIND", help="quantity_kind.", show_default=False)] = "",
    confidence: ConfidenceOpt = "",
    search: Annotated[
        str, typer.Option("--search", metavar="WORDS", help="Words of the quote, its sentence, place or source.", show_default=False)
    ] = "",
    until: UntilOpt = None,
    at: AtOpt = None,
    limit: Annotated[int, typer.Option("--limit", metavar="N", min=0, help="Rows at most; 0 = all.")] = 50,
    contradictions: Annotated[bool, typer.Option("--contradictions", help="Only sources that contradict one another, side by side.")] = False,
    json: JsonOpt = False,
) -> None:
    """List claims.

    As they stand, or as they stood at an earlier time (--at), or what had been stated by a day (--until).
    """
    if status:
        _known_status(status)
    _known_confidence(confidence)
    from borderflow.io.ledger import open_ledger

    with open_ledger(ledger) as opened:
        if contradictions:
            _contradictions(opened, json)
            return
        entries, total = opened.listed(
            status=status,
            place=place,
            kind=kind,
            confidence=confidence,
            words=search,
            stated_to=until.date().isoformat() if until else "",
            at=_instant(at),
            limit=limit,
        )
        counts = opened.counts()
    if json:
        sys.stdout.write("".join(_line(_with_status(e)) for e in entries))
        return
    _table([_with_status(e) for e in entries])
    screen.say(f"{len(entries):,} of {total:,} shown" + (" (--limit 0 shows all)" if len(entries) < total else ""))
    screen.say(", ".join(f"{k} {v:,}" for k, v in counts.items()))


@claims_app.command()
def show(ledger: LedgerArg, claim_id: Annotated[str, typer.Argument(metavar="CLAIM_ID", show_default=False)], json: JsonOpt = False) -> None:
    """Show one claim: every column, its sentence, its document and its history."""
    from borderflow.io.ledger import open_ledger

    with open_ledger(ledger) as opened:
        entry, history = opened.entry(claim_id), opened.history(claim_id)
        document = opened.document_of(entry.digest)
    name = document.name if document else ""
    steps = [{"at": s.at, "who": s.who, "status": s.status, "why": s.why, **({"changes": s.changes} if s.changes else {})} for s in history]
    if json:
        sys.stdout.write(_line({**_with_status(entry), "document": name, "digest": entry.digest, "history": steps}))
        return
    _sentence(entry)
    screen.show(
        {k: v for k, v in _with_status(entry).items() if v and k not in ("sentence", "quote")} | ({"document": name} if name else {}), as_json=False
    )
    sys.stdout.write("history\n")
    for s in history:
        sys.stdout.write(f"  {s.at[:19]}  {s.status:<10} {s.who}: {s.why}{f'  {s.changes}' if s.changes else ''}\n")


@claims_app.command()
def accept(ledger: LedgerArg, claim_ids: IdsArg, why: WhyOpt = "", set_: SetOpt = None, who: WhoOpt = None, json: JsonOpt = False) -> None:
    """Accept claims: they count as evidence.

    A later figure of the same source about the same thing supersedes the earlier one.
    """
    _decide(ledger, claim_ids, "accepted", why, set_, who, json)


@claims_app.command()
def reject(ledger: LedgerArg, claim_ids: IdsArg, why: WhyOpt = "", who: WhoOpt = None, json: JsonOpt = False) -> None:
    """Reject claims: they stay in the ledger and do not count."""
    _decide(ledger, claim_ids, "rejected", why, None, who, json)


@claims_app.command()
def export(
    ledger: LedgerArg,
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Where claims.csv goes.  [default: print]", show_default=False)] = None,
    status: StatusOpt = "",
    until: UntilOpt = None,
    at: AtOpt = None,
) -> None:
    """Write claims as claims.csv.

    Importing the file again adds nothing. In the file an empty status means accepted.
    """
    if status:
        _known_status(status)
    from borderflow.publish.claims import export_claims

    text = export_claims(ledger, out, status=status, until=until.date().isoformat() if until else "", at=_instant(at))
    if out is None:
        sys.stdout.write(text)


@claims_app.command()
def review(ledger: LedgerArg, status: StatusOpt = "candidate", confidence: ConfidenceOpt = "", who: WhoOpt = None) -> None:
    """Walk through candidates one by one.

    Each sentence with its number marked, and below it what else the figure may be about, numbered, with the chance that it is: a accept,
    numbers accept with that place or those days instead, r reject, e edit a column and accept, s skip, q quit. Every answer is kept at once.
    """
    _known_status(status)
    _known_confidence(confidence)
    from borderflow.io.ledger import open_ledger

    name = _who(who)
    with open_ledger(ledger) as opened:
        entries, total = opened.listed(status=status, confidence=confidence)
        for i, entry in enumerate(entries, 1):
            if opened.entry(entry.claim_id).status != status:  # somebody else was quicker
                continue
            sys.stdout.write(f"\n{i} of {total}  {entry.claim_id}\n")
            _sentence(entry)
            _line_by_line(entry)
            if not _answered(opened, entry, name, _offered(opened, entry)):
                break
        left = opened.counts().get(status, 0)
    screen.say(f"{left} {status} left")


# ---- helpers --------------------------------------------------------------------------------------------------------


def _offered(opened: Ledger, entry: Entry) -> list[Other]:
    """Shows what else a claim may be about; as they are numbered, from 1."""
    from borderflow.publish.claims import instead, window_text

    places, windows = instead(opened, entry, _OTHERS)
    at = 1
    for head, some in (("or at", places), ("or on", windows)):
        names = [dict(o.cells).get("place_canonical") or window_text(dict(o.cells)) for o in some]
        texts = [f"{i} {name} ({o.chance:.0%})" for i, (name, o) in enumerate(zip(names, some, strict=True), at)]
        if texts:
            sys.stdout.write(f"  {head}: {' | '.join(texts)}\n")
        at += len(some)
    return [*places, *windows]


def _picked(answer: str, offered: Sequence[Other]) -> dict[str, str] | None:
    """The cells that numbers stand for: at most one place and one window; None where they do not."""
    numbers = [int(word) for word in re.findall(r"\d+", answer)]
    if not re.fullmatch(r"\d+(?:[ ,]+\d+)*", answer) or not all(1 <= n <= len(offered) for n in numbers):
        return None
    picked = [cell for n in numbers for cell in offered[n - 1].cells]
    return dict(picked) if len(dict(picked)) == len(picked) else None


def _answered(opened: Ledger, entry: Entry, who: str, offered: Sequence[Other]) -> bool:
    """Asks until there is an answer and keeps it; False = quit."""
    numbers = f" [1-{len(offered)}] accept with that" if len(offered) > 1 else " [1] accept with that" if offered else ""
    while True:
        answer = typer.prompt(f"[a]ccept{numbers} [r]eject [e]dit [s]kip [q]uit", default="s", show_default=False).strip().lower()
        picked = _picked(answer, offered)
        if answer[:1].isdigit() and picked is None:
            screen.say(f"give the number of a place, of days, or of both, from 1 to {len(offered)}")
            continue
        answer = answer[:1]
        if answer == "q":
            return False
        if answer == "s":
            return True
        try:
            if answer == "r":
                opened.decide([entry.claim_id], "rejected", who, typer.prompt("why", default="", show_default=False))
                return True
            if answer in ("a", "e") or picked:
                changes = picked or (_changes([typer.prompt("column=value")]) if answer == "e" else {})
                opened.decide([entry.claim_id], "accepted", who, "reviewed", changes)
                return True
        except InputError as error:
            screen.say("; ".join(str(p) for p in error.problems))


def _decide(path: Path, ids: list[str], status: str, why: str, set_: list[str] | None, who: str | None, as_json: bool) -> None:
    changes = _changes(set_ or [])
    from borderflow.io.ledger import open_ledger

    with open_ledger(path) as opened:
        entries = opened.decide(ids, status, _who(who), why, changes)
    if as_json:
        sys.stdout.write("".join(_line(_with_status(e)) for e in entries))
    else:
        for e in entries:
            sys.stdout.write(f"{e.claim_id}  {e.status}\n")


def _changes(texts: list[str]) -> dict[str, str]:
    """`column=value` texts; only columns of claims.csv can be set. Raises InputError with every one that is wrong."""
    from borderflow.io.claims import ORDER
    from borderflow.world.names import nearest

    changes: dict[str, str] = {}
    problems = []
    for text in texts:
        name, sign, value = text.partition("=")
        if not sign:
            problems.append(Problem("--set", 0, f"'{text}' must be COLUMN=VALUE", "write e.g. --set place_canonical=Medyka"))
        elif name not in ORDER or name in ("claim_id", "status"):
            problems.append(Problem("--set", 0, f"'{name}' is not a column that can be set", nearest(name, ORDER)))
        else:
            changes[name] = value
    problems += _bad_cells(changes)
    if problems:
        raise InputError(problems)
    return changes


def _bad_cells(changes: Mapping[str, str]) -> list[Problem]:
    """What is wrong with new values, by the rules of claims.csv."""
    from borderflow.io.claims import parse_row_problems

    return [Problem("--set", 0, p.what.removeprefix("claim '?': "), p.remedy) for p in parse_row_problems(changes)]


def _known_status(status: str) -> None:
    from borderflow.io.ledger import STATUSES
    from borderflow.world.names import nearest

    if status not in STATUSES:
        raise InputError([Problem("--status", 0, f"'{status}' must be one of {', '.join(STATUSES)}", nearest(status, STATUSES))])


def _known_confidence(word: str) -> None:
    if word not in ("", *CONFIDENCES):
        from borderflow.world.names import nearest

        raise InputError([Problem("--confidence", 0, f"'{word}' must be one of {', '.join(CONFIDENCES)}", nearest(word, CONFIDENCES))])


def _who(name: str | None) -> str:
    if name:
        return name
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a system without user names
        return "unknown"


def _instant(at: datetime | None) -> str:
    return at.strftime("%Y-%m-%dT%H:%M:%S.999999Z") if at else ""


def _line(row: Mapping[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=str) + "\n"


def _with_status(entry: Entry) -> dict[str, Any]:
    return {**entry.cells, "claim_id": entry.claim_id, "status": entry.status}


def _table(rows: list[dict[str, Any]]) -> None:
    """Claims as a table that fits the terminal."""
    from rich.console import Console
    from rich.table import Table

    from borderflow.publish.claims import value_text, window_text

    console = Console(file=sys.stdout, soft_wrap=not sys.stdout.isatty(), width=None if sys.stdout.isatty() else 170)
    table = Table(box=None, pad_edge=False, header_style="bold")
    for name, keep in (
        ("claim", True),
        ("status", True),
        ("what", False),
        ("value", True),
        ("where", False),
        ("days", True),
        ("confidence", True),
        ("source", False),
        ("quote", False),
    ):
        table.add_column(name, no_wrap=keep, overflow="fold" if keep else "ellipsis")
    styles = {"accepted": "green", "rejected": "red", "superseded": "dim", "context": "dim"}
    for row in rows:
        again = " =" if row.get("duplicate_of") else ""
        table.add_row(
            str(row.get("claim_id", "")),
            str(row.get("status", "")) + again,
            str(row.get("quantity_kind", "")),
            value_text(row),
            str(row.get("place_canonical", "")),
            window_text(row),
            str(row.get("confidence", ""))[:10],
            str(row.get("source_attribution", ""))[:40],
            str(row.get("quote", "")).replace("\n", " ")[:60],
            style=styles.get(str(row.get("status")), ""),
        )
    console.print(table)


def _sentence(entry: Entry) -> None:
    """The sentence of a claim, its quote marked."""
    from borderflow.publish.claims import highlighted

    before, quote, after = highlighted(entry.cells, entry.cells.get("sentence") or entry.cells.get("quote", ""))
    if not (before or quote):
        return
    marked = typer.style(quote, bold=True, fg="yellow") if sys.stdout.isatty() else f"[[{quote}]]" if quote else ""
    sys.stdout.write(f"  {before}{marked}{after}\n")


def _line_by_line(entry: Entry) -> None:
    from borderflow.publish.claims import value_text, window_text

    c = entry.cells
    hedge = f" ({c['hedge']})" if c.get("hedge") else ""
    where = f"{c.get('place_canonical', '?')} {c.get('country', '')}"
    sure = f"{c['confidence']} confidence" if c.get("confidence") else ""
    parts = [f"{c.get('quantity_kind', '')}: {value_text(c)}{hedge}", where, window_text(c), c.get("source_attribution", ""), sure]
    sys.stdout.write(f"  {' | '.join(parts)}\n")
    for name in ("note", "duplicate_of"):
        if c.get(name):
            sys.stdout.write(f"  {name.replace('_', ' ')}: {c[name]}\n")


def _contradictions(opened: Ledger, as_json: bool) -> None:
    """Groups of claims that contradict one another."""
    groups = opened.contradictions()
    for i, group in enumerate(groups, 1):
        rows = [_with_status(e) for e in group]
        if as_json:
            sys.stdout.write(_line({"group": i, "claims": rows}))
        else:
            _table(rows)
            sys.stdout.write("\n")
    if not as_json:
        screen.say(f"{len(groups)} contradiction{'' if len(groups) == 1 else 's'}")
