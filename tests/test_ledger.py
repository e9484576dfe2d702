"""The ledger: nothing is overwritten, nothing accepted is lost, copies count once; two writers, a kill at any moment, a full disk."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from datetime import date
from pathlib import Path

import pytest

from borderflow.errors import InputError
from borderflow.evidence.extract import extract
from borderflow.evidence.proposal import cells
from borderflow.io.claims import claim_cells, read_claims
from borderflow.io.document import Document
from borderflow.io.gazetteer import shipped
from borderflow.io.ledger import open_ledger
from borderflow.publish.claims import case_with_ledger, export_claims, import_files

CASE = Path(__file__).parents[1] / "cases" / "russia-2022"
STORY = (
    "Georgia said on Sunday that 6,120 Russians had entered the country on Saturday, and that 4,870 had left it on the same day. "
    "About 700 vehicles are waiting at the Dariali checkpoint, where drivers have been standing in line for up to 20 hours with their families. "
    "The ministry did not say how many of them were turned back at the border, and it did not comment on reports that some had come on foot. "
    "The queue at the Verkhny Lars checkpoint on the other side of the pass is now 11 kilometres long, according to the regional administration."
)


def row(claim_id: str, **more: str) -> dict[str, str]:
    base = {"claim_id": claim_id, "as_of": "2022-09-25", "quantity_kind": "people_crossed", "value_low": "10", "value_high": "10", "unit": "people"}
    return base | {"flow": "cumulative", "place_canonical": "Georgia", "source_attribution": "ministry", "window_end": "2022-09-25"} | more


def add(path: Path, text: str, name: str) -> dict[str, object]:
    claims = [cells(p, name) for p in extract(text, published=date(2022, 9, 25), gazetteer=shipped())]
    with open_ledger(path, create=True) as ledger:
        return ledger.add_document(Document(text, "text", "utf-8"), name, claims, "tester", "2022-09-25")


def test_documents_are_known_by_content_and_copies_count_once(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    first = add(path, STORY, "wire")
    assert first["claims"] == 5
    assert add(path, STORY, "again")["known"]
    reprint = add(path, "Our own headline\n\n" + STORY + "\n\nMore stories tomorrow.", "reprint")
    assert reprint["copy_of"]
    assert reprint["restated"] == 5
    with open_ledger(path) as ledger:
        entries, total = ledger.listed()
        assert total == 10
        assert sum(bool(e.cells.get("duplicate_of")) for e in entries) == 5
        assert ledger.contradictions() == []


def test_decisions_are_history_and_past_states_can_be_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with open_ledger(path, create=True) as ledger:
        ledger.import_rows([row("a"), row("b", as_of="2022-09-27")], "ann", "test", "candidate")
        between = ledger.history("a")[0].at
        time.sleep(0.002)
        ledger.decide(["a"], "accepted", "bob", "checked by phone", {"value_low": "12", "value_high": "12"})
        assert ledger.entry("a").cells["value_low"] == "12"
        assert [(s.who, s.status, s.why) for s in ledger.history("a")] == [("ann", "candidate", "test"), ("bob", "accepted", "checked by phone")]
        then, _ = ledger.listed(at=between)
        assert [(e.claim_id, e.status, e.cells["value_low"]) for e in then] == [("a", "candidate", "10"), ("b", "candidate", "10")]
        known, _ = ledger.listed(stated_to="2022-09-25")
        assert [e.claim_id for e in known] == ["a"]
        found, _ = ledger.listed(words="ministry")
        assert len(found) == 2


def test_a_later_figure_of_the_same_source_supersedes(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "l.db", create=True) as ledger:
        ledger.import_rows(
            [row("a"), row("b", as_of="2022-09-26", value_low="11", value_high="11"), row("c", source_attribution="other")], "x", "", "candidate"
        )
        ledger.decide(["a", "c"], "accepted", "x", "")
        ledger.decide(["b"], "accepted", "x", "")
        assert [ledger.entry(i).status for i in "abc"] == ["superseded", "accepted", "accepted"]


def test_contradictions_stand_side_by_side(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "l.db", create=True) as ledger:
        ledger.import_rows(
            [
                row("a"),
                row("b", source_attribution="other", value_low="30", value_high="40"),
                row("c", source_attribution="third", value_low="9", value_high=""),
            ],
            "x",
            "",
        )
        assert [[e.claim_id for e in group] for group in ledger.contradictions()] == [["a", "b", "c"]]


@pytest.mark.parametrize(
    "statement",
    ["UPDATE claims SET cells = '{}'", "DELETE FROM events", "DELETE FROM claims", "UPDATE events SET who = 'x'", "DELETE FROM documents"],
)
def test_nothing_can_be_changed_or_deleted(tmp_path: Path, statement: str) -> None:
    add(tmp_path / "l.db", STORY, "wire")
    with sqlite3.connect(tmp_path / "l.db") as db, pytest.raises(sqlite3.IntegrityError, match="append-only"):
        db.execute(statement)


def test_accepting_an_incomplete_or_unknown_claim_is_refused_as_a_whole(tmp_path: Path) -> None:
    with open_ledger(tmp_path / "l.db", create=True) as ledger:
        ledger.import_rows([row("a"), row("b", place_canonical="")], "x", "", "candidate")
        with pytest.raises(InputError) as caught:
            ledger.decide(["a", "b", "nobody"], "accepted", "x", "")
        assert len(caught.value.problems) == 2
        assert ledger.entry("a").status == "candidate"


def test_claims_csv_makes_a_round_trip(tmp_path: Path) -> None:
    ledger, out = tmp_path / "l.db", tmp_path / "claims.csv"
    source = CASE / "claims.csv"
    import_files(ledger, [str(source)], status="accepted", who="x", why="", published=None, case=None)
    export_claims(ledger, out, status="", until="", at="")
    before, after = ([{k: v for k, v in claim_cells(c).items() if v} for c in read_claims(p).claims] for p in (source, out))
    assert before == after
    again = import_files(ledger, [str(out)], status="accepted", who="x", why="", published=None, case=None)
    assert (again["added"], again["changed"], again["known"]) == (0, 0, len(before))


def test_a_case_is_joined_by_the_accepted_claims(tmp_path: Path) -> None:
    own = read_claims(CASE / "claims.csv").claims
    path = tmp_path / "l.db"
    with open_ledger(path, create=True) as ledger:
        ledger.import_rows([row("new", quantity_kind="blankets"), row(own[0].claim_id), row("rejected", status="rejected")], "x", "")
    with case_with_ledger(CASE, path) as folder:
        claims = read_claims(folder / "claims.csv").claims
    assert len(claims) == len(own) + 1
    assert [c.place for c in claims if c.claim_id == own[0].claim_id] == ["Georgia"]
    with case_with_ledger(CASE, None) as folder:
        assert folder == CASE


def test_a_claim_that_the_model_cannot_express_stays_visible(tmp_path: Path) -> None:
    from borderflow.io.case import read_case
    from borderflow.observe.select import judge
    from borderflow.simulate.compile import compile_case

    with open_ledger(tmp_path / "l.db", create=True) as ledger:
        ledger.import_rows([row("new", quantity_kind="blankets")], "x", "")
    with case_with_ledger(CASE, tmp_path / "l.db") as folder:
        case = read_case(folder)
        judged = {j.claim.claim_id: j for j in judge(read_claims(folder / "claims.csv", case).claims, compile_case(case), case.as_of)}
    assert (judged["new"].status, "blankets" in judged["new"].why) == ("unused", True)


@pytest.mark.parametrize("content", [b"", b"not a database at all, but long enough to have a header of a kind" * 20])
def test_other_files_are_refused_or_made_ledgers(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(content)
    if content:
        with pytest.raises(InputError, match="ledger"), open_ledger(path):
            pass
    with sqlite3.connect(tmp_path / "y.db") as db:
        db.execute("CREATE TABLE t (a)")
    with pytest.raises(InputError, match="not a ledger"), open_ledger(tmp_path / "y.db"):
        pass
    with pytest.raises(InputError, match="no such ledger"), open_ledger(tmp_path / "none.db"):
        pass


# ---- trouble --------------------------------------------------------------------------------------------------------

WRITER = textwrap.dedent(
    """
    import sys
    from pathlib import Path
    sys.path.insert(0, {tests!r})
    from test_ledger import row
    from borderflow.io.ledger import open_ledger
    name, n = sys.argv[2], int(sys.argv[3])
    with open_ledger(Path(sys.argv[1]), create=True) as ledger:
        for i in range(n):
            ledger.import_rows([row(f"{{name}}{{i}}a"), row(f"{{name}}{{i}}b", window_end="2022-09-24")], name, "", "candidate")
            ledger.decide([f"{{name}}{{i}}a"], "accepted", name, "")
            print(i, flush=True)
    """
)


def writer(path: Path, name: str, n: int, prelude: str = "") -> subprocess.Popen[str]:
    code = prelude + WRITER.format(tests=str(Path(__file__).parent))
    return subprocess.Popen([sys.executable, "-c", code, str(path), name, str(n)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def states(path: Path) -> dict[str, str]:
    with open_ledger(path) as ledger:
        return {e.claim_id: e.status for e in ledger.listed()[0]}


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    both = [writer(path, name, 15) for name in ("x", "y")]
    for process in both:
        assert process.wait(120) == 0, process.stderr.read() if process.stderr else ""
        for stream in (process.stdout, process.stderr):
            if stream:
                stream.close()
    found = states(path)
    assert len(found) == 60
    assert all(found[f"{name}{i}a"] == "accepted" for name in "xy" for i in range(15))


@pytest.mark.parametrize("lines", [1, 4, 9])
def test_a_kill_at_any_moment_loses_nothing_that_was_said_to_be_done(tmp_path: Path, lines: int) -> None:
    path = tmp_path / "l.db"
    process = writer(path, "k", 10_000)
    assert process.stdout is not None
    assert process.stderr is not None
    for _ in range(lines):
        process.stdout.readline()
    time.sleep(0.003 * lines)
    os.kill(process.pid, signal.SIGKILL)
    process.wait(30)
    rest = process.stdout.read().splitlines()
    process.stdout.close()
    process.stderr.close()
    done = int(rest[-1]) if rest else lines - 1
    found = states(path)
    for i in range(done + 1):
        assert found[f"k{i}a"] == "accepted"
        assert found[f"k{i}b"] == "candidate"
    assert all(f"{name[:-1]}b" in found for name in found if name.endswith("a"))  # both rows of an import or none


def test_a_full_disk_is_a_problem_and_what_was_accepted_stays(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    prelude = (
        "import resource, signal\nsignal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (260_000, 260_000))\n"
    )
    process = writer(path, "f", 10_000, prelude)
    out, err = process.communicate(timeout=120)
    assert process.returncode != 0
    assert "cannot be written" in err
    done = int(out.split()[-1])
    found = states(path)
    assert all(found[f"f{i}a"] == "accepted" for i in range(done + 1))
    with open_ledger(path) as ledger:  # and it can be written again once there is room
        ledger.decide(["f0b"], "accepted", "x", "")
