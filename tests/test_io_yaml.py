"""YAML with lines: text stays text, and what can be read in two ways is refused."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderflow.errors import Problem
from borderflow.io.write import format_yaml
from borderflow.io.yaml import Document, parse_yaml


def parsed(text: str) -> tuple[Document, list[str]]:
    problems: list[Problem] = []
    return parse_yaml(text, "f.yaml", problems), [str(p) for p in problems]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("NO", "NO"),
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("1e-05", 1e-5),
        ("'12'", "12"),
        ("2022-09-21", "2022-09-21"),
        ("2022-09-21T09:00", "2022-09-21T09:00"),
        ("09:30", "09:30"),
        ("0x10", "0x10"),
        ("1_000", "1_000"),
        ("1,000", "1,000"),
        ("[NO, SE]", ["NO", "SE"]),
        ("{NO: 1}", {"NO": 1}),
    ],
)
def test_values(written: str, value: object) -> None:
    document, problems = parsed(f"key: {written}\n")
    assert problems == []
    assert document.value == {"key": value}


def test_other_versions_of_yaml_read_the_same() -> None:
    assert parsed("%YAML 1.1\n---\ncountry: NO\n")[0].value == {"country": "NO"}


def test_folded_texts_hold_what_was_written() -> None:
    document, problems = parsed("a: >-\n  one two\n  three\n\n  four\nb: |\n  five\n  six\n")
    assert problems == []
    assert document.value == {"a": "one two three\nfour", "b": "five\nsix\n"}


def test_keys_are_text() -> None:
    assert parsed("1: a\nNO: b\n")[0].value == {"1": "a", "NO": "b"}


def test_every_value_has_a_line() -> None:
    document, _ = parsed("a: 1\nb:\n  - x: 2\n    y:\n      [3,\n       4]\n  - z: 5\n")
    assert [document.line(p) for p in ((), ("a",), ("b", 0, "x"), ("b", 0, "y"), ("b", 0, "y", 1), ("b", 1, "z"), ("b", 1, "none"))] == [
        1,
        1,
        3,
        4,
        6,
        7,
        7,
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a: 1\nb: 2\na: 3\n", "f.yaml line 3: key 'a' is given twice; keep one of the two (the first is in line 1)"),
        ("a:\n\tb: 2\n", "f.yaml line 2: a tab character is used for indentation; indent with spaces"),
        ("a: !!python/object:os.system x\n", "f.yaml line 1: tag 'tag:yaml.org,2002:python/object:os.system' is not supported"),
        ("a: !secret x\n", "f.yaml line 1: tag '!secret' is not supported"),
        ("a: &x\n  b: 1\nc:\n  <<: *x\n", "f.yaml line 4: merge keys (<<) are not supported; write the values out"),
        ("a: [1\nb: 2\n", "f.yaml line 2: the file is not valid YAML here"),
        ("a: b: c\n", "f.yaml line 1: the file is not valid YAML here"),
        ("a: 1\n---\nb: 2\n", "the file has several documents"),
        ("a: &x [*x]\n", "f.yaml: an anchor contains itself"),
        ("[" * 100 + "]" * 100, "f.yaml: values are nested more than 60 deep"),
        ("[" * 5000 + "]" * 5000, "f.yaml: values are nested"),
        ("? [a, b]\n: 1\n", "f.yaml line 1: a key is a list or mapping, must be text"),
        ("a: \x07\n", "f.yaml line 1: the file contains control characters; delete them"),
    ],
)
def test_what_is_refused(text: str, words: str) -> None:
    _, problems = parsed(text)
    assert any(p.startswith(words) or words in p for p in problems), problems


def test_anchors_that_multiply_are_stopped() -> None:
    text = "a0: &a0 [1,1,1,1,1,1,1,1,1,1]\n" + "".join(f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 9))
    _, problems = parsed(text)
    assert "once its anchors are written out" in problems[0]


def test_a_plain_anchor_is_fine() -> None:
    document, problems = parsed("a: &week [1, 2]\nb: *week\n")
    assert (document.value, problems) == ({"a": [1, 2], "b": [1, 2]}, [])


def test_empty_files_have_no_value() -> None:
    assert parsed("") == (Document("f.yaml"), [])
    assert parsed("# only a comment\n")[0].value is None


printable = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=12)
scalars = st.one_of(st.none(), st.booleans(), st.integers(-(10**12), 10**12), st.floats(allow_nan=False, allow_infinity=False), printable)
values = st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(printable, inner, max_size=4), max_leaves=12)


@given(values)
def test_yaml_is_read_as_written(value: object) -> None:
    document, problems = parsed(format_yaml(value))
    assert problems == []
    # numbers such as 2.0 are written 2
    assert json.dumps(document.value, sort_keys=True) == json.dumps(json.loads(json.dumps(value), parse_float=_short), sort_keys=True)


def _short(text: str) -> float | int:
    number = float(text)
    return int(number) if number == int(number) and abs(number) < 1e15 else number


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    problems: list[Problem] = []
    document = parse_yaml(text, "f.yaml", problems)
    assert not document.bad or problems
