# ruff: noqa: E501  (lists of nasty values)
"""Damaged case folders: whatever happens to the files, reading gives a case or an InputError that names files, and never takes long."""

from __future__ import annotations

import time
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from borderflow.errors import InputError, Problem
from borderflow.io.case import read_case
from borderflow.io.claims import read_claims
from small_case import FILES, write_small_case

NAMES = sorted(FILES)
# cells and values that have broken readers before
NASTY = [
    *("", " ", "-1", "0", "1e999", "nan", "inf", "-inf", "1,5", "98 000", "9" * 400, "true", "NO", "null", "~", "[]", "{}", "[", "{", "'", '"', "*", "&a", "*a"),
    *("!!int x", "<<", "2030-02-30", "9999-12-31", "0001-01-01", "2030-03-05T12:00Z", "2030-03-05T25:00", "1e-320", "ø", "\u202e", "\ufeff", "\x00", "\x85"),
    *("Fjellpass / Skogtull", "SE", "air", "air SE", "capacity[*; *; *]", "pool[", "x" * 300, "a;b;c", "\U0001f600", "0x10", "１２", "-0", "1_000", "%", "| x", "> x"),
]  # fmt: skip
SETTINGS = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def reads_or_says_why(folder: Path, files: dict[str, str | bytes | None]) -> None:
    """The claim of this module, for one damaged folder."""
    begun = time.perf_counter()
    problems: list[Problem] = []
    try:
        case = read_case(write_small_case(folder, files))
        read_claims(folder / "claims.csv", case)
    except InputError as error:
        problems = error.problems or [Problem("", 0, "an InputError without a problem")]
    assert time.perf_counter() - begun < 5
    for problem in problems:
        content = files.get(problem.file) or FILES.get(problem.file)
        assert content is not None, problem
        assert "\n" not in problem.what
        assert 0 <= problem.line <= text_lines(content) + 1, problem


def text_lines(content: str | bytes) -> int:
    """Lines as any reader may count them: carriage returns and rarer separators end a line too."""
    data = content if isinstance(content, bytes) else content.encode("utf-8", "surrogatepass")
    return sum(data.count(end) for end in (b"\n", b"\r", b"\x0b", b"\x0c", b"\x85", b"\xe2\x80\xa8", b"\xe2\x80\xa9", b"\x1c", b"\x1d", b"\x1e"))


@SETTINGS
@given(st.sampled_from(NAMES), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=8))
def test_changed_bytes(tmp_path: Path, name: str, changes: list[tuple[int, int]]) -> None:
    data = bytearray(FILES[name].encode("utf-8"))
    for at, value in changes:
        data[at % len(data)] = value
    reads_or_says_why(tmp_path, {name: bytes(data)})


@SETTINGS
@given(st.sampled_from(NAMES), st.integers(0, 10**6), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
def test_truncated_files(tmp_path: Path, name: str, at: int, encoding: str) -> None:
    data = FILES[name].encode(encoding)
    reads_or_says_why(tmp_path, {name: data[: at % (len(data) + 1)]})


@SETTINGS
@given(
    st.sampled_from([n for n in NAMES if n.endswith(".csv")]),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.sampled_from(NASTY) | st.text(max_size=8),
)
def test_changed_cells(tmp_path: Path, name: str, row: int, column: int, value: str) -> None:
    lines = [line.split(",") for line in FILES[name].splitlines()]
    cells = lines[row % len(lines)]
    cells[column % len(cells)] = value
    text = "\n".join(",".join(line) for line in lines)
    reads_or_says_why(tmp_path, {name: text.encode("utf-8", "surrogatepass")})


@SETTINGS
@given(st.sampled_from([n for n in NAMES if n.endswith(".csv")]), st.integers(0, 10**6), st.booleans())
def test_dropped_and_doubled_columns(tmp_path: Path, name: str, column: int, double: bool) -> None:
    lines = [line.split(",") for line in FILES[name].splitlines()]
    at = column % len(lines[0])
    for cells in lines:
        cells[at : at + 1] = cells[at : at + 1] * 2 if double else []
    reads_or_says_why(tmp_path, {name: "\n".join(",".join(line) for line in lines)})


@SETTINGS
@given(st.sampled_from([n for n in NAMES if n.endswith(".yaml")]), st.integers(0, 10**6), st.sampled_from(NASTY) | st.text(max_size=8), st.booleans())
def test_changed_keys_and_values(tmp_path: Path, name: str, line: int, text: str, key: bool) -> None:
    lines = FILES[name].splitlines()
    at = line % len(lines)
    before, colon, after = lines[at].partition(":")
    indent = before[: len(before) - len(before.lstrip(" -"))]
    lines[at] = f"{indent}{text}{colon}{after}" if key else f"{before}{colon} {text}"
    reads_or_says_why(tmp_path, {name: "\n".join(lines).encode("utf-8", "surrogatepass")})


@SETTINGS
@given(st.sampled_from(NAMES), st.integers(0, 10**6), st.sampled_from(["drop", "double", "swap", "indent"]))
def test_moved_lines(tmp_path: Path, name: str, line: int, how: str) -> None:
    lines = FILES[name].splitlines()
    at = line % len(lines)
    other = {"drop": [], "double": [lines[at]] * 2, "swap": [*lines[at + 1 : at + 2], lines[at]], "indent": ["  " + lines[at]]}[how]
    lines[at : at + (2 if how == "swap" else 1)] = other
    reads_or_says_why(tmp_path, {name: "\n".join(lines)})


@SETTINGS
@given(st.sampled_from(NAMES), st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, name: str, data: bytes) -> None:
    reads_or_says_why(tmp_path, {name: data})


@SETTINGS
@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_files_in_each_others_place(tmp_path: Path, name: str, other: str) -> None:
    reads_or_says_why(tmp_path, {name: FILES[other]})


@pytest.mark.parametrize("seed", range(20))
def test_many_damages_at_once(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    files: dict[str, str | bytes | None] = {}
    for name in NAMES:
        data = bytearray(FILES[name].encode("utf-8"))
        for _ in range(random.randrange(6)):
            data[random.randrange(len(data))] = random.choice(b"\x00\t\n\r,;:[]{}'\"-#&*!|>%@`0a\xff\xc3 ")
        files[name] = bytes(data)
    reads_or_says_why(tmp_path, files)


@pytest.mark.parametrize(
    "text", ["[" * 40_000, "{" * 40_000, "- " * 40_000, "a: " * 40_000, "\n".join(" " * i + "a:" for i in range(2000)), '"' * 40_001, "? " * 20_000]
)
def test_deep_nesting_is_refused_fast(tmp_path: Path, text: str) -> None:
    reads_or_says_why(tmp_path, {"case.yaml": text})
