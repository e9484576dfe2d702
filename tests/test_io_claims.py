"""claims.csv: dates and clock times, bounds, extra columns, places; what is an error, what a warning, and round trips."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from borderflow.errors import InputError
from borderflow.evidence.claim import Claim
from borderflow.evidence.kinds import KINDS
from borderflow.io.case import read_case
from borderflow.io.claims import FLOWS, ClaimTable, read_claims, write_claims
from borderflow.world.model import Case
from small_case import FILES, write_small_case

BASE = {
    "claim_id": "C1",
    "as_of": "2030-03-06",
    "quantity_kind": "entries_per_day",
    "value_low": "10",
    "value_high": "20",
    "unit": "people/day",
    "flow": "flow",
    "place_canonical": "Sweden",
}


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    return read_case(write_small_case(tmp_path_factory.mktemp("case")))


def table(folder: Path, case: Case | None = None, *more: dict[str, str], **cells: str) -> ClaimTable:
    """Claims of a file with one row, BASE with `cells` replaced, and further rows `more`."""
    rows = [{**BASE, **cells}, *more]
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [columns, *([row.get(c, "") for c in columns] for row in rows)]
    path = folder / "claims.csv"
    path.write_text("".join(",".join(f'"{c}"' if "," in c else c for c in line) + "\n" for line in lines), encoding="utf-8")
    return read_claims(path, case)


def errors(folder: Path, case: Case | None = None, *more: dict[str, str], **cells: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        table(folder, case, *more, **cells)
    return [str(p) for p in caught.value.problems]


def one(folder: Path, **cells: str) -> Claim:
    return table(folder, None, **cells).claims[0]


def test_a_claim_of_the_required_columns_only(tmp_path: Path) -> None:
    claim = Claim("C1", datetime(2030, 3, 6), "entries_per_day", 10.0, 20.0, "people/day", "flow", "Sweden", line=2)
    assert one(tmp_path) == claim


def test_fact_id_names_a_claim_too(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text(FILES["claims.csv"].replace("claim_id", "fact_id"), encoding="utf-8")
    claims = read_claims(tmp_path / "claims.csv").claims
    assert [c.claim_id for c in claims] == [f"C{i}" for i in range(1, 9)]
    assert claims[0].extra == {"editor": "ab"}


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ("2030-03-05", "2030-03-05", datetime(2030, 3, 5), datetime(2030, 3, 6)),
        ("2030-03-01", "2030-03-05", datetime(2030, 3, 1), datetime(2030, 3, 6)),
        ("2030-03-05T10:00", "2030-03-05T12:30", datetime(2030, 3, 5, 10), datetime(2030, 3, 5, 12, 30)),
        ("2030-03-05 10:00", "2030-03-05 10:00", datetime(2030, 3, 5, 10), datetime(2030, 3, 5, 10)),
        ("2030-03-05T10:00:30", "2030-03-05", datetime(2030, 3, 5, 10, 0, 30), datetime(2030, 3, 6)),
        ("2030-03-05", "", datetime(2030, 3, 5), None),
        ("", "", None, None),
    ],
)
def test_windows(tmp_path: Path, start: str, end: str, first: datetime, last: datetime | None) -> None:
    claim = one(tmp_path, window_start=start, window_end=end)
    assert (claim.window_start, claim.window_end) == (first, last)


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"as_of": ""}, "claims.csv line 2: claim 'C1': as_of is missing; fill it in"),
        ({"as_of": "06.03.2030"}, "as_of '06.03.2030' must be year-month-day; write 2022-09-28, or 2022-09-28T10:00 with a clock time"),
        ({"as_of": "2030-02-30"}, "as_of '2030-02-30' is not a date of the calendar"),
        ({"as_of": "2030-03-06T10:00Z"}, "must be local, without a time zone"),
        ({"as_of": "2030-03-06T10:00+03:00"}, "must be local, without a time zone"),
        ({"window_end": "9999-12-31"}, "must be between the years 1900 and 2200"),
        ({"window_start": "2030-03-05", "window_end": "2030-03-04"}, "window_start 2030-03-05 is after window_end 2030-03-04; swap them"),
        (
            {"window_start": "2030-03-05T10:00", "window_end": "2030-03-05T09:00"},
            "window_start 2030-03-05T10:00 is after window_end 2030-03-05T09:00",
        ),
        ({"window_start": "2030-03-07"}, "as_of 2030-03-06 is before window_start 2030-03-07: stated before it happened"),
        ({"value_low": "30"}, "value_low 30 must be <= value_high 20; swap them"),
        ({"value_low": "", "value_high": ""}, "value_low and value_high are both empty, one must be given"),
        ({"value_low": "about 10"}, "value_low 'about 10' must be a number; write digits; put words such as 'about' into hedge"),
        ({"value_low": "nan"}, "value_low 'nan' must be a number"),
        ({"value_low": "1e400"}, "value_low '1e400' must be a number"),
        (
            {"value_low": "9,000", "value_high": "9,000"},
            "value_low '9,000' can be read with a thousands separator or with a decimal one; write 9000 or 9.0",
        ),
        (
            {"flow": "flw"},
            "flow 'flw' must be one of flow, rate, cumulative, stock, queue, duration, distance, ratio, share, price; did you mean 'flow'?",
        ),
        ({"flow": ""}, "flow is missing"),
        ({"claim_id": ""}, "claim '': claim_id is missing; give every claim an id of its own"),
        ({"quantity_kind": ""}, "quantity_kind is missing"),
        ({"place_canonical": ""}, "place_canonical is missing"),
        ({"country": "Sweden"}, "country 'Sweden' must be an ISO 3166 alpha-2 code"),
        ({"direction": "entires"}, "direction 'entires' must be one of entries, exits, both, net, stock, returns; did you mean 'entries'?"),
        ({"mode": "lory"}, "mode 'lory' must be one of car, bus, lorry, foot, air, rail, all; did you mean 'lorry'?"),
        ({"who": "citizen"}, "did you mean 'citizens'?"),
        ({"status": "acepted"}, "did you mean 'accepted'?"),
        ({"duplicate_of": "C1"}, "duplicate_of names the claim itself"),
    ],
)
def test_errors(tmp_path: Path, cells: dict[str, str], words: str) -> None:
    found = errors(tmp_path, None, **cells)
    assert any(words in text for text in found), found


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    found = errors(tmp_path, None, {**BASE, "claim_id": "C2", "flow": "x"}, value_low="99", as_of="x")
    assert [t.split(": ", 2)[2][:12] for t in found] == ["as_of 'x' mu", "value_low 99", "flow 'x' mus"]
    found = errors(tmp_path, None, {**BASE, "value_low": "30"})
    assert [t.split(": ", 2)[2][:12] for t in found] == ["claim_id is ", "value_low 30"]


def test_an_id_is_given_once(tmp_path: Path) -> None:
    assert errors(tmp_path, None, BASE) == [
        "claims.csv line 3: claim 'C1': claim_id is given twice, the first time in line 2; give every claim an id of its own"
    ]


@pytest.mark.parametrize(
    ("old", "words"), [("claim_id", "column 'claim_id' is missing"), ("value_low", "column 'value_low' is missing; rename 'value_lw'")]
)
def test_missing_columns(tmp_path: Path, old: str, words: str) -> None:
    new = "name" if old == "claim_id" else "value_lw"
    (tmp_path / "claims.csv").write_text(FILES["claims.csv"].replace(old, new), encoding="utf-8")
    with pytest.raises(InputError, match=words):
        read_claims(tmp_path / "claims.csv")


@pytest.mark.parametrize(
    "cells",
    [
        {"quantity_kind": "seat_capacity", "window_start": "2030-04-01", "window_end": "2030-05-01"},  # unknown kinds may look ahead
        {"quantity_kind": "anything", "flow": "price"},
        {"value_low": "", "hedge": "up to"},
        {"value_high": "", "hedge": "more than"},
        {"value_low": "-20", "value_high": "-10", "quantity_kind": "net_migration"},
        {"direction": "exits_from_NO"},
        {"unit": ""},
        {"country": "SE; FI"},
    ],
)
def test_what_is_fine(tmp_path: Path, case: Case, cells: dict[str, str]) -> None:
    assert table(tmp_path, case, **cells).warnings == []


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"place_canonical": "Atlantis"}, "claims.csv line 2: claim 'C1': unknown place 'Atlantis'; the claim is kept as unused"),
        ({"place_canonical": "Sweden (sea border)"}, "unknown place 'Sweden (sea border)'; the claim is kept as unused"),
        ({"direction": "sideways"}, "direction 'sideways' is not known to the model; the claim is kept as unused"),
        ({"duplicate_of": "Z9"}, "duplicate_of 'Z9' is not a claim of this file"),
        ({"hegde": "about"}, "claims.csv line 1: column 'hegde' is kept as an extra column; did you mean 'hedge'?"),
    ],
)
def test_warnings(tmp_path: Path, case: Case, cells: dict[str, str], words: str) -> None:
    claims, warnings = table(tmp_path, case, **cells)
    assert len(claims) == 1
    assert [str(w) for w in warnings if words in str(w)]


@pytest.mark.parametrize(
    ("text", "meant"), [("Sveden", "Sweden"), ("Fjelpass / Skogtul", "Fjellpass / Skogtull"), ("Nothern posts", "Northern posts"), ("Hofnn", "Hofn")]
)
def test_a_misspelled_place_is_an_error(tmp_path: Path, case: Case, text: str, meant: str) -> None:
    assert errors(tmp_path, case, place_canonical=text) == [f"claims.csv line 2: claim 'C1': unknown place '{text}'; did you mean '{meant}'?"]


def test_without_a_case_places_are_not_checked(tmp_path: Path) -> None:
    assert table(tmp_path, None, place_canonical="Sveden").warnings == []


def test_a_table_with_a_header_only_has_no_claims(tmp_path: Path) -> None:
    (tmp_path / "claims.csv").write_text(",".join(BASE) + "\n", encoding="utf-8")
    assert read_claims(tmp_path / "claims.csv") == ClaimTable([], [])


def test_lines_and_quotes_of_several_lines(tmp_path: Path) -> None:
    claims = read_claims(write_small_case(tmp_path) / "claims.csv").claims
    assert claims[3].quote == "a line of 600 to 900 cars,\nsaid the police"
    assert [c.line for c in claims] == [2, 3, 4, 5, 7, 8, 9, 10]


def same(a: list[Claim], b: list[Claim]) -> bool:
    """Equal claims, extra columns included, the line left out."""
    return [(dataclasses.replace(x, line=0), x.extra) for x in a] == [(dataclasses.replace(x, line=0), x.extra) for x in b]


def test_claims_are_read_as_written(tmp_path: Path) -> None:
    claims = read_claims(write_small_case(tmp_path) / "claims.csv").claims
    write_claims(tmp_path / "out" / "claims.csv", claims)
    assert same(read_claims(tmp_path / "out" / "claims.csv").claims, claims)


words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=15).map(str.strip)
minutes = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)).map(lambda d: d.replace(second=0, microsecond=0))
instants = minutes | minutes.map(lambda d: d.replace(hour=0, minute=0))


@st.composite
def some_claims(draw: st.DrawFn) -> list[Claim]:
    """Any claims that a file may hold."""
    claims = []
    for i in range(draw(st.integers(0, 4))):
        low, high = sorted(draw(st.tuples(*[st.floats(-1e12, 1e12)] * 2)))
        start = draw(st.none() | instants)
        end = None if start is None else start + timedelta(minutes=draw(st.integers(0, 9000)))
        kind = draw(st.sampled_from(sorted(KINDS)) | words.filter(bool))
        claims.append(
            Claim(
                claim_id=f"{i} {draw(words)}".strip(),
                as_of=datetime(2200, 1, 1) if start else draw(instants),
                quantity_kind=kind,
                value_low=draw(st.sampled_from([low, None])),
                value_high=high,
                unit=draw(words),
                flow=draw(st.sampled_from(FLOWS)),
                place=draw(words.filter(bool)),
                window_start=start,
                window_end=end,
                quote=draw(words),
                note=draw(words),
                source=draw(words),
                country=tuple(draw(st.lists(st.sampled_from(["SE", "FI"]), max_size=2, unique=True))),
                extra={"x": draw(words), "start": str(draw(st.integers(0, 99)))},
            )
        )
    return claims


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some_claims())
def test_any_claims_are_read_as_written(tmp_path: Path, claims: list[Claim]) -> None:
    path = tmp_path / "claims.csv"
    write_claims(path, claims)
    assert same(read_claims(path).claims, claims)
