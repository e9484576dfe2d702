"""Patterns are tried only where they can begin: nothing that a plain search finds may be missed, and work must not grow with the text."""

from __future__ import annotations

import re
import sys
from datetime import date
from types import FrameType

import pytest

from borderflow.evidence import numbers, scan, times
from borderflow.evidence.english import ENGLISH
from borderflow.evidence.extract import extract
from borderflow.evidence.language import Language
from borderflow.evidence.passages import shadow
from borderflow.evidence.russian import RUSSIAN
from borderflow.evidence.scan import Choice, Scan, Table, alternatives, beginnings, leaping
from borderflow.io.gazetteer import shipped
from corpus_reader import read_reports

LANGUAGES = (ENGLISH, RUSSIAN)
TEXTS = [shadow(r.body) for part in ("dev", "other_dev") for r in read_reports(part)[::3]]
DAY = date(2022, 9, 27)


def fields(language: Language) -> dict[str, str]:
    """Every field of a language that is a pattern."""
    plain = ("code", "stop", "abbreviations", "lead", "short_months", "number_starts")
    return {name: value for name, value in vars(language).items() if isinstance(value, str) and name not in plain}


def searched(language: Language) -> dict[str, str]:
    """Patterns that can be looked for in whole sentences."""
    return {n: p for n, p in (fields(language) | numbers.searched(language) | times.searched(language)).items() if "$" not in p and "^" not in p}


@pytest.mark.parametrize(
    ("pattern", "firsts", "seconds"),
    [
        (r"\b(?:said|sa(?:y|id) so)\b", {" said ", " say "}, {"", "so "}),
        (r"\d+ times?|24 hours", {"0 "}, {"time", "times", "hours"}),
        (r"a(?:bc)? d", {"a ", "abc "}, {"d"}),
        (r"(?:the )?border(?!s)", {"the ", "border"}, {"", "border"}),
        (r"(?:the )*end", {"the ", "end"}, {"", "the ", "end"}),
        (r"[kc]m\b", {"km ", "cm "}, {""}),
        (r"\s*said (?:\w+ )?so", {"said ", " said "}, {"", "so"}),
        (r"un\w+", {"un"}, {""}),
        (r".foo", {""}, {""}),
        (r"(?<![^\W\d_])per-cent|12b", {" per ", "0 "}, {"cent", "b"}),
    ],
)
def test_beginnings_of_patterns(pattern: str, firsts: set[str], seconds: set[str]) -> None:
    found = beginnings(pattern)
    assert found.firsts == firsts
    assert found.seconds == seconds


def test_unbalanced_patterns_are_refused() -> None:
    with pytest.raises(ValueError, match="unbalanced"):
        beginnings("a)b")


def test_alternatives_are_those_outside_parentheses_and_sets() -> None:
    assert alternatives(r"a(?:b|c)|[|)]d|\|e") == [r"a(?:b|c)", r"[|)]d", r"\|e"]


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda x: x.code)
def test_leaping_patterns_find_what_the_plain_ones_find(language: Language) -> None:
    changed = {name: p for name, p in fields(language).items() if leaping(p) != p}
    assert len(changed) > 12
    for name, pattern in changed.items():
        plain, leap = re.compile(pattern), re.compile(leaping(pattern))
        for text in TEXTS:
            assert [m.span() for m in leap.finditer(text)] == [m.span() for m in plain.finditer(text)], name


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda x: x.code)
def test_no_pattern_is_passed_over_where_it_matches(language: Language) -> None:
    patterns = searched(language)
    table = Table(patterns)
    compiled = {name: re.compile(p) for name, p in patterns.items()}
    found = passed = 0
    for text in TEXTS:
        scanned = Scan(text, table)
        for a in range(0, len(text), 97):  # cuts that halve words too
            b = min(a + 97, len(text))
            part = scanned.part(a, b)
            for name, pattern in compiled.items():
                if pattern.search(text, a, b) is not None:
                    found += 1
                    assert name in part, (name, text[a:b])
                else:
                    passed += name not in part
    assert found > 100
    assert passed > 3_000  # and most are spared


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda x: x.code)
def test_choices_match_like_one_pattern(language: Language) -> None:
    choices = {"time": times.choice(language), **numbers.choices(language)}
    table = Table({name: choice.source for name, choice in choices.items()}, choices)
    found = 0
    for text in TEXTS:
        scanned = Scan(text, table)
        for name, choice in choices.items():
            plain = [m.span() for m in re.finditer(choice.source, text)]
            assert [m.span() for m in choice.matches(text, scanned.part(0, len(text)), len(text), name)] == plain, name
            found += len(plain)
    assert found > 100


def test_a_choice_tries_only_what_can_begin_with_a_word() -> None:
    choice = Choice({"a": r"two thirds|half", "b": r"\d+ cars"})
    assert choice["three"] is None
    tried = [(word, nexts[after]) for word, after in (("two", "thirds"), ("two", "cars"), ("17", "cars")) if (nexts := choice[word]) is not None]
    assert [(word, pattern and set(pattern.groupindex)) for word, pattern in tried] == [("two", {"a"}), ("two", None), ("17", {"b"})]


def test_words_are_the_same_by_the_plain_pattern() -> None:
    every = "".join(map(chr, range(0x3000))).lower()
    usual = "".join(c for c in every if not scan._UNUSUAL.match(c))
    for text in (usual, *TEXTS, "5km, 24h, q1_2 – o'clock · naïve ґанок"):
        assert scan._PLAIN_TOKEN.findall(text) == scan._TOKEN.findall(text) or scan._UNUSUAL.search(text)
    assert len(usual) > 1_500
    assert scan._UNUSUAL.search("١٢")  # Arabic digits


def work(text: str) -> tuple[int, int]:
    """Claims of a text, and the calls that it took to find them: the same on every machine."""
    calls = 0

    def count(frame: FrameType, event: str, argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    gazetteer = shipped()
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        claims = len(extract(text, published=DAY, gazetteer=gazetteer))
    finally:
        sys.setprofile(before)
    return claims, calls


PIECES = (
    "Poland, Ukraine and Medyka received 5,300 people and 200 waited two hours on the road ",  # one line, no full stop
    "\n- 500 people crossed to Poland:\n\n",
    "They crossed from Ukraine. At the border 40 cars waited. ",
    "A tenth of the 600 refugees in Medyka and a fifth of those in Poland, ",
)


@pytest.mark.parametrize("piece", PIECES)
def test_the_work_for_a_number_does_not_grow_with_the_text(piece: str) -> None:
    work(piece * 150)  # words are remembered
    few, short = work(piece * 150)
    many, long = work(piece * 600)
    assert few >= 100
    assert many <= 4.1 * few
    assert long <= 4.6 * short  # four times the text; a look at the whole text for each number would be sixteen times


def test_a_line_full_of_numbers_costs_no_more_for_each_than_sentences_do() -> None:
    piece = PIECES[0]
    work(piece * 100)
    line, in_line = work(piece * 100)
    sentences, in_sentences = work((piece.strip() + ".\n\n") * 100)
    assert min(line, sentences) >= 250
    assert in_line / line <= 3.0 * in_sentences / sentences
