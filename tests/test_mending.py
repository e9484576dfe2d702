"""Broken words are put together, offsets hold, and texts that are whole stay as they are."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderflow.evidence.english import ENGLISH
from borderflow.evidence.extract import extract
from borderflow.evidence.mending import mended
from borderflow.evidence.russian import RUSSIAN
from borderflow.io.gazetteer import shipped
from corpus_reader import read_reports

BROKEN = "The station , so it was said , is full . "
"""Signs by which a text shows that it was broken."""


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("of Ver khny Lars", "of Verkhny Lars"),
        ("in Sep tember", "in September"),
        ("on Mon day", "on Monday"),
        ("dis- placed people", "displaced people"),
        ("the dis-\nplaced", "the displaced"),
        ("new com- ers", "newcomers"),
        ("THE P0LISH SIDE", "THE POLISH SIDE"),
        ("AFGHANS IN PAKlSTAN", "AFGHANS IN PAKISTAN"),
        ("some rnigrants", "some migrants"),
        ("two schoo1s", "two schools"),
        ("at ldomeni", "at Idomeni"),
        ("they said .At noon", "they said. At noon"),
        ("arrivals 2,9l4 and 4l2", "arrivals 2,914 and 412"),
        ("from 3,0O0 to 4,O00 people", "from 3,000 to 4,000 people"),
        ("up to 65 ,000 people", "up to 65,000 people"),
    ],
)
def test_broken_words(broken: str, whole: str) -> None:
    text = BROKEN + broken
    found = mended(text, ENGLISH, shipped()).text
    assert found.count("\n") == text.count("\n")
    assert found.split()[-len(whole.split()) :] == whole.split()


@pytest.mark.parametrize(
    ("broken", "whole"),
    [("1720 че ловек", "1720 человек"), ("в Монго лию", "в Монголию"), ("ЗАП0РОЖЬЕ", "ЗАПОРОЖЬЕ"), ("с пон едельника", "с понедельника")],
)
def test_broken_russian_words(broken: str, whole: str) -> None:
    assert mended("Вокзал , как сказано , полон . " + broken, RUSSIAN, shipped()).text.split()[-len(whole.split()) :] == whole.split()


@pytest.mark.parametrize(
    "words",
    [
        "they walk home in the rain",  # words by themselves
        "two- and three-day waits",
        "Dublin . . . . . 13,377",  # leaders of a table
        "the United Nations in Nov Ember",  # capitals amid a word
        "government returns",  # 'rn' of words that are known or unknown either way
        "a row of .5 and 3 .5",
    ],
)
def test_what_is_whole_stays(words: str) -> None:
    text = BROKEN + words
    assert mended(text, ENGLISH, shipped()).text.endswith(words)


@pytest.mark.parametrize(
    ("wrong", "whole"),
    [
        ("was â€œfour thousandâ€ strong", 'was "four thousand" strong'),
        ("in SÃ£o Paulo", "in São Paulo"),
        ("in Adr&#233; and &Ouml;nc&uuml;pinar", "in Adré and Öncüpinar"),
        ("AT&T; R&D", "AT&T; R&D"),
        ("since Thursday 20 OOO Sudanese", "since Thursday 20 000 Sudanese"),
        ("some l,210,400 persons", "some 1,210,400 persons"),
        ("2,6l0 persons and 4,870 fami1ies", "2,610 persons and 4,870 families"),
        ("Ukraineâ€™s border", "Ukraine's border"),
        ("1 650 чeловек", "1 650 человек"),  # a Latin e
        ("Аnother reason", "Another reason"),  # a Cyrillic А
        ("в Facebook и Zoom-встрече", "в Facebook и Zoom-встрече"),
        ("Zоom и ЖD", "Zoom и ЖD"),  # letters that have no like stay
    ],
)
def test_wrong_letters_are_read_aright(wrong: str, whole: str) -> None:
    assert mended(wrong, ENGLISH, shipped()).text.split() == whole.split()


def test_a_text_without_signs_is_not_looked_at() -> None:
    text = "Some 1,200 rnigrants crossed in Sep tember."
    assert mended(text, ENGLISH, shipped()).text == text


def test_claims_of_a_broken_text_quote_it_as_it_is() -> None:
    text = "UZHHOROD , 4 March .\nOn Thurs day 1,2OO dis- placed peo ple crossed into Slo vakia , police said ."
    (claim,) = [p for p in extract(text, published=date(2022, 3, 4), gazetteer=shipped()) if p.status == "candidate"]
    assert text[claim.start : claim.end] == claim.quote == "1,2OO dis- placed peo ple"
    assert (claim.value_low, claim.unit, claim.place, claim.window_end) == (1200, "people", "Slovakia", date(2022, 3, 3))


def test_hardly_any_report_of_the_corpus_that_is_whole_is_changed() -> None:
    """At most one in thirty of those written after real pages: words in letters of two scripts, and spaces before stops."""
    texts = [r.body for part in ("fifth_q", "fifth_r", "fifth_s", "fifth_t") for r in read_reports(part) if r.form == "text"]
    changed = [t for t in texts if mended(t, ENGLISH, shipped()).text.split() != t.split()]
    assert len(changed) <= len(texts) / 30


def test_spaces_that_stand_twice_in_prose_are_one_and_rows_of_tables_stay() -> None:
    text = "The border service  said on Monday that  some 900 people had come to the town.\nOtaci      900      40"
    found = mended(text, ENGLISH, shipped()).text
    assert found == "The border service said on Monday that some 900 people had come to the town.\nOtaci      900      40"


@given(st.text(alphabet="al-rn 01O.,;\nЗАlяÃ©&", max_size=200))
def test_every_letter_knows_where_it_stood(text: str) -> None:
    """Digits, signs and letters that are not mended stand where the mended text says; nothing is added."""
    for language in (ENGLISH, RUSSIAN):
        before = BROKEN + text + " 7 and the end: 8"
        found = mended(before, language, shipped())
        assert len(found.text) + len(found.taken) == len(before)
        places = [found.before(i) for i in range(len(found.text))]
        assert places == sorted(set(places))
        assert all(before[at] == letter for letter, at in zip(found.text, places, strict=True) if letter in "78\n")
        assert found.text.count("\n") == before.count("\n")


def test_it_ends() -> None:
    """Patterns that try every way to part a word would not come to an end here."""
    text = BROKEN + "AlA" * 4000 + "a rn " + "a - b " * 2000 + "l" * 20000 + "Ж" * 20000 + "a & Ã" + "a  " * 20000
    found = mended(text, ENGLISH, shipped())
    assert len(found.text) + len(found.taken) == len(text)
