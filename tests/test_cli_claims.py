"""The commands `read` and `claims` as their user meets them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from borderflow.cli.main import app

REPORT = (
    "27 September 2022\n\nGeorgia said that 6,120 Russians had entered the country on Monday. "
    "About 700 vehicles are waiting at Dariali. Police arrested 40 people.\n"
)
SHARED = Path(__file__).parents[2] / "shared" / "reports" / "2022-09-27-outflow.txt"


def run(*args: str, stdin: str | None = None, status: int = 0) -> str:
    result = CliRunner().invoke(app, list(args), input=stdin)
    assert result.exit_code == status, result.output
    return result.stdout


@pytest.fixture
def report(tmp_path: Path) -> Path:
    path = tmp_path / "report.txt"
    path.write_text(REPORT)
    return path


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_read_prints_json_lines_with_offsets(report: Path) -> None:
    rows = lines(run("read", str(report)))
    assert [(r["value_low"], r["unit"], r["place_canonical"], r["country"]) for r in rows] == [
        (6120, "people", "Georgia", "GE"), (700, "vehicles", "Verkhny Lars / Dariali", "RU;GE"),
    ]  # fmt: skip
    assert all(REPORT[r["start"] : r["end"]] == r["quote"] for r in rows)
    with_context = lines(run("read", str(report), "--context"))
    assert [r["quote"] for r in with_context if r["status"] == "context"] == ["40 people"]


def test_read_says_what_is_missing(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("On Monday 900 people entered Georgia.")
    result = CliRunner().invoke(app, ["read", str(tmp_path / "a.txt")])
    assert "--published" in result.stderr
    assert lines(result.stdout)[0]["window_start"] == ""
    result = CliRunner().invoke(app, ["read", str(tmp_path / "a.txt"), "--into", str(tmp_path / "l.db")])
    assert result.exit_code == 2
    assert not (tmp_path / "l.db").exists()
    assert CliRunner().invoke(app, ["read", str(tmp_path / "none.txt")]).exit_code == 2


def test_from_report_to_accepted_claims(report: Path, tmp_path: Path) -> None:
    ledger = str(tmp_path / "l.db")
    run("read", str(report), "--into", ledger)
    first, second = lines(run("claims", "list", ledger, "--json"))
    assert "6,120 people" in run("claims", "list", ledger)
    run("claims", "accept", ledger, first["claim_id"], "--why", "phoned", "--who", "ann")
    shown = lines(run("claims", "show", ledger, first["claim_id"], "--json"))[0]
    assert [(h["who"], h["status"], h["why"]) for h in shown["history"]][1] == ("ann", "accepted", "phoned")
    assert "[[About 700 vehicles]]" in run("claims", "show", ledger, second["claim_id"])
    run("claims", "reject", ledger, second["claim_id"], "--why", "another pass")
    exported = run("claims", "export", ledger, "--status", "accepted")
    assert len(exported.splitlines()) == 2
    assert len(lines(run("claims", "list", ledger, "--search", "quote:vehicles", "--json"))) == 1


def test_review_walks_through_candidates(report: Path, tmp_path: Path) -> None:
    ledger = str(tmp_path / "l.db")
    run("read", str(report), "--into", ledger)
    out = run("claims", "review", ledger, "--who", "ann", stdin="e\nplace_canonical=Batumi\na\n")
    assert "[[6,120 Russians]]" in out
    rows = lines(run("claims", "list", ledger, "--json"))
    assert [(r["status"], r["place_canonical"]) for r in rows] == [("accepted", "Batumi"), ("accepted", "Verkhny Lars / Dariali")]


def test_review_offers_what_else_it_may_be(tmp_path: Path) -> None:
    """What the reader thought next likeliest is accepted by its number; numbers that name two places, or none, are asked again."""
    path, ledger = tmp_path / "b.txt", str(tmp_path / "l.db")
    path.write_text("4 March 2022\n\nMEDYKA - Poland and Slovakia are overrun. On Tuesday it was calm. Some 900 people came from Ukraine.\n")
    every = next(r["others"] for r in lines(run("read", str(path), "--others", "3", "--into", ledger)))
    offers = [o for o in every if o["chance"] >= 0.01]  # a review leaves out what is hardly likely
    places = [o["place_canonical"] for o in offers if "place_canonical" in o]
    windows = [(o["window_start"], o["window_end"]) for o in offers if "window_start" in o]
    assert len(places) > 1
    assert len(windows) > 1
    chances = [o["chance"] for o in offers]
    assert chances[: len(places)] == sorted(chances[: len(places)], reverse=True)
    assert all(0 <= c <= 1 for c in chances)
    out = run("claims", "review", ledger, "--who", "ann", stdin="1 2\n99\n2 " + str(len(places) + 1) + "\n")
    assert f"1 {places[0]} (" in out
    (row,) = lines(run("claims", "list", ledger, "--json"))
    assert row["status"] == "accepted"
    assert row["place_canonical"] == places[1]
    assert (row["window_start"], row["window_end"]) == windows[0]
    assert "others" not in row


def test_claims_of_a_table_are_reviewed_without_offers(tmp_path: Path) -> None:
    ledger, table = str(tmp_path / "l.db"), tmp_path / "claims.csv"
    table.write_text(
        "claim_id,as_of,quantity_kind,value_low,value_high,unit,flow,place_canonical,country\na,2022-09-26,people_crossed,9,9,people,flow,Georgia,GE\n"
    )
    run("claims", "import", ledger, str(table), "--status", "candidate")
    out = run("claims", "review", ledger, "--who", "ann", stdin="1\na\n")
    assert "or at" not in out
    assert [r["status"] for r in lines(run("claims", "list", ledger, "--json"))] == ["accepted"]


def test_the_doubtful_are_looked_at_first(report: Path, tmp_path: Path) -> None:
    ledger, table = str(tmp_path / "l.db"), tmp_path / "claims.csv"
    head, row = (
        "claim_id,as_of,quantity_kind,value_low,value_high,unit,flow,place_canonical,country,confidence",
        "2022-09-26,people_crossed,900,900,people,flow,Georgia,GE",
    )
    table.write_text(f"{head}\nsure,{row},high\nunsure,{row},low\n")
    run("claims", "import", ledger, str(table), "--status", "candidate")
    assert [r["claim_id"] for r in lines(run("claims", "list", ledger, "--confidence", "low", "--json"))] == ["unsure"]
    assert [r["claim_id"] for r in lines(run("claims", "list", ledger, "--json"))] == ["sure", "unsure"]
    out = run("claims", "review", ledger, "--confidence", "low", "--who", "ann", stdin="r\n\n")
    assert "low confidence" in out
    assert [r["status"] for r in lines(run("claims", "list", ledger, "--json"))] == ["candidate", "rejected"]


@pytest.mark.parametrize(
    "args",
    [
        ("claims", "list", "none.db"),
        ("claims", "list", "none.db", "--confidence", "hihg"),
        ("claims", "review", "none.db", "--confidence", "hihg"),
        ("claims", "accept", "none.db", "x"),
        ("claims", "list", "none.db", "--status", "acepted"),
        ("claims", "accept", "none.db", "x", "--set", "plase=y"),
        ("claims", "accept", "none.db", "x", "--set", "value_low=many"),
        ("claims", "import", "l.db", "none.csv"),
        ("run", "cases/none", "--ledger", "none.db"),
    ],
)
def test_bad_input_is_named(args: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, list(args))
    assert result.exit_code == 2
    assert "nothing was written" in result.stderr


@pytest.mark.skipif(not SHARED.is_file(), reason="the report of 27 September 2022 is not part of the product")
def test_the_report_of_27_september() -> None:
    rows = lines(run("read", str(SHARED)))
    found = {(r["value_low"], r["value_high"], r["unit"], r["country"], r["window_start"], r["window_end"]) for r in rows}
    assert {
        (98000, 98000, "people", "KZ", "2022-09-21", "2022-09-27"),
        (20000, 99999, "people", "GE;KZ", "2022-09-21", "2022-09-27"),
        (5000, 6000, "people/day", "GE", "2022-09-22", "2022-09-23"),
        (50000, 50000, "people", "GE", "2022-02-24", "2022-06-24"),
        (40000, 40000, "people", "AM", "2022-02-24", "2022-06-24"),
        (5500, 5500, "vehicles", "RU;GE", "2022-09-27", "2022-09-27"),
        (2, 2, "ratio", "GE", "2022-09-21", "2022-09-27"),
        (48, 48, "hours", "KZ", "2022-09-27", "2022-09-27"),
    } <= found
    assert any((r["value_low"], r["unit"]) == (10000, "people/day") for r in rows)
    (queue,) = [r for r in rows if r["value_low"] == 5500]
    assert queue["place_canonical"] == "Verkhny Lars / Dariali"
    assert "inferred" in queue["note"]
    assert not any(word in r["quote"] for r in rows for word in ("$6", "2,000", "24-year"))
