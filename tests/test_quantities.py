"""Kind, flow and direction of a claim: what weights choose, what the words say without them, one word for a kind of quantity."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from borderflow.evidence.extract import LANGUAGES, extract
from borderflow.evidence.kinds import KINDS, kind_named
from borderflow.evidence.language import Language, Lexicon
from borderflow.evidence.proposal import Proposal
from borderflow.evidence.quantities import MOVING, Quantity, Weights, spanned
from borderflow.evidence.windows import Window
from borderflow.io.claims import DIRECTIONS, FLOWS
from borderflow.io.gazetteer import _rows, shipped

DAY = date(2022, 9, 27)
RULE = Quantity("people_crossed", MOVING, "")
ROWS = [
    ("unit=people", "people_crossed/moving/entries", 1.0),
    ("unit=people", "people_crossed/moving/exits", 0.5),
    ("unit=people", "people_sheltered/stock/", 0.0),
    ("cue stay", "kind=people_sheltered", 1.0),
    ("cue stay", "flow=stock", 1.0),
    ("cue leave", "direction=exits", 2.0),
]


def read(text: str) -> list[Proposal]:
    return extract(text, published=DAY, gazetteer=shipped())


def test_an_answer_scores_its_parts_and_its_own_weight() -> None:
    weights = Weights(ROWS)
    assert weights("people", [], RULE)[0] == Quantity("people_crossed", MOVING, "entries")
    assert weights("people", ["cue leave"], RULE)[0] == Quantity("people_crossed", MOVING, "exits")
    best, probability = weights("families", ["cue stay", "unheard of"], RULE)
    assert best == Quantity("people_sheltered", "stock", "")
    assert probability == pytest.approx(0.6285, abs=1e-4)  # e² / (e² + e + e^½)


def test_the_rules_answer_stands_where_nothing_was_learned() -> None:
    assert Weights(ROWS)("share", ["cue leave"], RULE) == (RULE, 1.0)
    text = "Some 1,200 families are sheltering in Suceava."
    (claim,) = extract(text, published=DAY, gazetteer=replace(shipped(), quantities=None))
    assert (claim.quantity_kind, claim.flow) == ("people_present", "stock")


@pytest.mark.parametrize(
    ("first", "last", "flow"),
    [
        (DAY, DAY, "flow"),
        (date(2022, 9, 26), DAY, "flow"),  # 'in the past 24 hours'
        (date(2022, 9, 25), DAY, "cumulative"),
        (None, DAY, "cumulative"),
        (None, None, "cumulative"),
    ],
)
def test_the_window_says_whether_people_moving_are_a_flow(first: date | None, last: date | None, flow: str) -> None:
    assert spanned(RULE, Window(first, last)).flow == flow
    assert spanned(Quantity("people_sheltered", "stock", ""), Window(first, last)).flow == "stock"


def test_a_number_set_against_the_last_has_the_other_direction() -> None:
    first, second = read("On Monday 8,914 people entered Georgia at Verkhny Lars; in the opposite direction 3,260 travelled.")
    assert (first.direction, second.direction) == ("entries", "exits")
    first, second = read("За сутки в Грузию въехали 8 400 человек, в обратном направлении — 3 100 человек.")
    assert (first.direction, second.direction) == ("entries", "exits")


def test_a_share_is_named_by_the_words_beside_it() -> None:
    text = "Since Monday 9,000 refugees have arrived in Poland. About 60 per cent are {}."
    assert read(text.format("women and children"))[-1].quantity_kind == "share_women_children"
    assert read(text.format("children"))[-1].quantity_kind == "share_children"
    assert read(text.format("in transit"))[-1].quantity_kind == "share"


def test_lorries_and_buses_are_their_own_mode() -> None:
    first, second = read("On Monday 300 lorries and 40 buses were waiting at Verkhny Lars.")
    assert (first.mode, second.mode) == ("lorry", "bus")


def test_people_in_camps_are_not_the_people_of_a_country() -> None:
    assert read("Some 1,500 people slept in tents at Medyka on Monday night.")[0].quantity_kind == "people_sheltered"
    assert read("Poland now hosts 1.2 million Ukrainians.")[0].quantity_kind == "people_present"


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda language: language.code)
def test_words_of_shelter_and_of_whom_take_nothing_from_other_rules(language: Language) -> None:
    """A longer stem hides a shorter one: a word must keep the tags that it has without these."""
    new = {"roof", "women", "children"}
    without = Lexicon({tag: words for tag, words in language.words.items() if tag not in new})
    for tag in new:
        for word in language.words[tag].split():
            assert without[word.rstrip("*")] == language.lexicon[word.rstrip("*")] - new, word


@pytest.mark.parametrize(
    ("name", "unit", "direction", "mode", "word"),
    [
        ("people_left", "people", "exits", "", "people_crossed"),
        ("people_left", "people", "", "", "people_left"),  # without its direction it would lose what it says
        ("vehicles_queued", "lorries", "", "lorry", "trucks_queued"),
        ("vehicles_queued", "vehicles", "", "car", "vehicles_queued"),
        ("crossings_per_day", "people/day", "entries", "", "entries_per_day"),
        ("distance_km", "km", "", "foot", "distance_walked"),
        ("travel_time", "hours", "", "", "journey_time"),
        ("anything_else", "people", "", "", "anything_else"),
    ],
)
def test_one_word_for_a_kind(name: str, unit: str, direction: str, mode: str, word: str) -> None:
    assert kind_named(name, unit, direction, mode) == word
    assert kind_named(word, unit, direction, mode) == word


def test_kinds_of_the_model_keep_their_names() -> None:
    """But for those whose direction says the same, which the model treats alike."""
    alike = {"arrivals_per_day", "people_left", "crossings_per_day"}
    assert {k for k in KINDS for d in DIRECTIONS if kind_named(k, "", d) != k} <= {*alike, "entries_per_day"}


def test_learned_answers_are_those_of_claims_csv() -> None:
    answers = [(unit, Quantity(*answer.split("/"))) for unit, answer, _ in _rows("kinds.tsv") if "=" not in answer]
    assert len(answers) > 40
    for _, q in answers:
        assert q.flow in {*FLOWS, MOVING}
        assert q.direction in {"", *DIRECTIONS}
        assert kind_named(q.kind) == q.kind
