"""Tables as people write them: separators, encodings, numbers, ragged rows, line numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderflow.errors import Problem
from borderflow.io.tables import Column, Table, format_number, format_table, parse_table, read_table

COLUMNS = {"name": Column(required=True), "size": Column(number=True), "lat": Column(number=True, below_1000=True), "note": Column()}


def parsed(text: str, extra: bool = False) -> tuple[Table, list[str]]:
    problems: list[Problem] = []
    table = parse_table(text, "t.csv", COLUMNS, problems, extra)
    return table, [str(p) for p in problems]


def cells(text: str) -> list[dict[str, str]]:
    table, problems = parsed(text)
    assert problems == []
    return [dict(row.cells) for row in table.rows]


def only_problem(text: str) -> str:
    _, problems = parsed(text)
    assert len(problems) == 1, problems
    return problems[0]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_separators_and_line_ends(separator: str, end: str) -> None:
    text = f"name,size,note{end}A,1.5,x{end}B,,{end}".replace(",", separator)
    assert cells(text) == [{"name": "A", "size": "1.5", "note": "x"}, {"name": "B"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-bom"])
def test_encodings_with_and_without_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    text = "name,note\nØstvik,Граница\n"
    data = b"\xff\xfe" + text.encode("utf-16-le") if encoding == "utf-16-le-bom" else text.encode(encoding)
    (tmp_path / "t.csv").write_bytes(data)
    problems: list[Problem] = []
    table = read_table(tmp_path / "t.csv", COLUMNS, problems)
    assert problems == []
    assert table.rows[0].cells == {"name": "Østvik", "note": "Граница"}


@pytest.mark.parametrize(
    ("encoding", "word", "named"), [("cp1251", "Верхний Ларс", "CP1251"), ("latin-1", "Ølgod", "CP1252"), ("cp1252", "café Øst", "CP1252")]
)
def test_other_encodings_are_named_not_guessed(tmp_path: Path, encoding: str, word: str, named: str) -> None:
    (tmp_path / "t.csv").write_bytes(f"name\nA\n{word}\n".encode(encoding))
    problems: list[Problem] = []
    assert read_table(tmp_path / "t.csv", COLUMNS, problems).rows == []
    assert str(problems[0]).startswith("t.csv line 3: byte 0x")
    assert f"save the file as UTF-8; it looks like {named}: iconv -f {named} -t UTF-8 t.csv" in str(problems[0])


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"name\nA\n\0B\n", "t.csv line 3: NUL bytes"),
        ("name\nA\n".encode("utf-16-le"), "NUL bytes: the file is not text, or is UTF-16 without byte-order mark"),
        ("name\n".encode("utf-16") + b"\x00", "begins like UTF-16 but is cut or damaged"),
        ("name\n".encode("utf-32"), "the file is in UTF-32; save it as UTF-8"),
        (b"", "t.csv: the file is empty; its first line must name the columns: name"),
        (b"\n\n  \n", "t.csv: the file is empty"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, data: bytes, words: str) -> None:
    (tmp_path / "t.csv").write_bytes(data)
    problems: list[Problem] = []
    read_table(tmp_path / "t.csv", COLUMNS, problems)
    assert words in str(problems[0])


def test_a_missing_file_and_a_folder_are_problems(tmp_path: Path) -> None:
    problems: list[Problem] = []
    read_table(tmp_path / "none.csv", COLUMNS, problems)
    (tmp_path / "t.csv").mkdir()
    read_table(tmp_path / "t.csv", COLUMNS, problems)
    assert [p.what.split("(")[0] for p in problems] == ["the file is missing", "the file cannot be read "]


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("98000", "98000"),
        ("98 000", "98000"),
        ("98\u00a0000", "98000"),
        ("1 234 567.5", "1234567.5"),
        ("1'234'567", "1234567"),
        ("1,234,567", "1234567"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
        ("0,125", "0.125"),
        ("12,3456", "12.3456"),
        ("1.234", "1.234"),
        ("-4", "-4"),
        ("\u22124", "-4"),
        ("1e3", "1e3"),
        ("abc", "abc"),
        ("12 km", "12 km"),
        ("1,2,3", "1,2,3"),
        ("1,23,456", "1,23,456"),
    ],
)
def test_numbers_with_one_reading(written: str, number: str) -> None:
    assert cells(f'name,size\nA,"{written}"\n') == [{"name": "A", "size": number}]


def test_a_thousands_comma_has_two_readings() -> None:
    words = "t.csv line 2: size '98,000' can be read with a thousands separator or with a decimal one; write 98000 or 98.0"
    assert only_problem('name,size\nA,"98,000"\n') == words
    assert only_problem("name;size\nA;98,000\n") == words


def test_a_decimal_comma_elsewhere_settles_it() -> None:
    assert cells("name;size;lat\nA;98,000;1,5\n")[0]["size"] == "98.000"
    assert only_problem("name;size;lat\nA;98.000;1,5\n").endswith("write 98000 or 98,0")


def test_degrees_always_take_a_decimal_comma() -> None:
    assert cells("name;lat\nA;55,751\n") == [{"name": "A", "lat": "55.751"}]
    assert cells('name,lat\nA,"55,751"\n') == [{"name": "A", "lat": "55.751"}]


def test_an_unquoted_thousands_comma_makes_a_ragged_row() -> None:
    words = "t.csv line 2: the row has 4 cells, the header has 3; put cells that contain ',' in quotes, and write 98000 rather than 98,000"
    assert only_problem("name,size,note\nA,98,000,\n") == words


def test_a_short_row_is_ragged() -> None:
    table, problems = parsed("name,size,note\nA,1\nB,2,\n")
    assert problems == ["t.csv line 2: the row has 2 cells, the header has 3; fill it up with empty cells"]
    assert [(row.broken, row.line) for row in table.rows] == [(True, 2), (False, 3)]


def test_empty_columns_at_the_end_are_left_by_spreadsheets() -> None:
    assert cells("name,size,,\nA,1,,\nB,2,,\n") == [{"name": "A", "size": "1"}, {"name": "B", "size": "2"}]


def test_blank_lines_are_passed_over_and_counted() -> None:
    table, problems = parsed("\nname,size\n\nA,1\n,\n   \nB,2\n")
    assert problems == []
    assert [(row.line, row.cells["name"]) for row in table.rows] == [(4, "A"), (7, "B")]


def test_lines_are_right_after_cells_of_several_lines() -> None:
    table, problems = parsed('name,note\nA,"one\ntwo\r\nthree"\nB,x\n')
    assert problems == []
    assert [row.line for row in table.rows] == [2, 5]
    assert table.rows[0].cells["note"] == "one\ntwo\r\nthree"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name,size,name\n", "t.csv line 1: column 'name' is given twice; keep one of the two"),
        ("name,siez\n", "t.csv line 1: unknown column 'siez'; did you mean 'size'?"),
        ("nmae,size\n", "t.csv line 1: column 'name' is missing; rename 'nmae'"),
        ("size,note\n", "t.csv line 1: column 'name' is missing; add it"),
        ("name,,size\n", "t.csv line 1: column 2 has no name; name it or delete it"),
        ("name|size\n", "t.csv line 1: column 'name' is missing; rename 'name|size'"),
        ('name,note\nA,"open\nB,x\n', "t.csv line 2: a quoted cell that begins here is not closed properly"),
        ('name,note\nA,x\nB,"x"y\n', "t.csv line 3: a quoted cell that begins here is not closed properly"),
        ('name,note\nA,"' + "x" * 140_000 + "\n", "t.csv line 2: a quoted cell that begins here is not closed properly"),
    ],
)
def test_headers_and_quotes(text: str, words: str) -> None:
    _, problems = parsed(text)
    assert any(p.startswith(words) for p in problems), problems


def test_extra_columns_are_kept_where_they_may() -> None:
    table, problems = parsed("name,editor\nA,ab\n", extra=True)
    assert problems == []
    assert table.columns == ("name", "editor")
    assert table.rows[0].cells == {"name": "A", "editor": "ab"}


def test_a_large_table_is_read_in_a_second_or_two() -> None:
    text = "name,size,lat,note\n" + "".join(f"town {i},{i},{i % 90},some words\n" for i in range(50_000))
    assert len(cells(text)) == 50_000


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_are_read_as_written(value: float) -> None:
    assert float(format_number(value)) == value


texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20).map(str.strip)


@given(st.lists(st.fixed_dictionaries({"name": texts.filter(bool), "note": texts}), max_size=5))
def test_tables_are_read_as_written(rows: list[dict[str, str]]) -> None:
    table, problems = parsed(format_table(["name", "note"], rows))
    assert problems == []
    assert [{"name": r.cells.get("name", ""), "note": r.cells.get("note", "")} for r in table.rows] == rows
