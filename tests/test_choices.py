"""Places and windows are chosen among candidates by weights: what is offered, what is chosen without weights, what a choice says of itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

import pytest

from borderflow.evidence.extract import extract
from borderflow.evidence.ranking import Bundle, Features, Ranker, bundle, features
from borderflow.evidence.twins import Twins
from borderflow.io.gazetteer import shipped

DAY = date(2022, 9, 27)
TEXT = """Two crossings, two stories

TORKHAM
* 9,760 people returned on Monday.
* Trucks queue for ten kilometres.

SPIN BOLDAK
* 4,120 people returned on Monday. The mayor of Wazirkot said 300 families were sheltered in Wazirkot.
"""


def offered(text: str, task: str) -> list[list[object]]:
    """Candidates of each claim of a text."""
    seen: list[list[object]] = []

    def choose(what: str, options: Sequence[Sequence[Bundle]], candidates: Sequence[object], measures: Mapping[int, Features]) -> tuple[int, float]:
        assert len(options) == len(candidates) == len(set(candidates))
        if what == task:
            seen.append(list(candidates))
        return 0, 1.0

    extract(text, published=DAY, gazetteer=shipped(), choose=choose)
    return seen


def test_the_day_as_of_which_a_text_speaks_may_stand_anywhere() -> None:
    text = "Since 15 September 900 people have entered Moldova. Romania has taken in 400. These figures are as of 25 September."
    (_, other) = offered(text, "window")
    assert (None, date(2022, 9, 25)) in other
    assert (date(2022, 9, 15), date(2022, 9, 25)) in other
    (_, other) = offered(text.replace(" These figures are as of 25 September.", ""), "window")
    assert (None, date(2022, 9, 25)) not in other


def test_what_a_text_says_elsewhere_of_a_figure_is_offered() -> None:
    text = "Some 28,400 people have come to Moldova. Officials are busy. Between 9 and 15 September 28,417 people entered at Palanca."
    (first, _) = offered(text, "window")
    assert (date(2022, 9, 9), date(2022, 9, 15)) in first
    (first, _) = offered(text, "place")
    assert any("Palanca" in str(name) for name in first)
    (first, _) = offered(text.replace("28,417", "31,417"), "window")
    assert (date(2022, 9, 9), date(2022, 9, 15)) not in first


@pytest.mark.parametrize(
    ("text", "value", "found"),
    [
        ("28,417 came; of 28 417 some stayed", 28417.0, [(True, "28 417")]),
        ("1.2 million fled, 1,214,300 by the last count", 1.2e6, [(False, "1,214,300")]),
        ("3.1 тыс. машин, позже 3100", 3100.0, [(True, "3100")]),
        ("417 came, 420 left", 417.0, []),  # small figures are alike by chance
        ("in 2022, 99 and 99", 99.0, []),
    ],
)
def test_figures_that_a_text_gives_again(text: str, value: float, found: list[tuple[bool, str]]) -> None:
    start = 0
    assert [(t.same, text[t.start :][: len(words)]) for t, (_, words) in zip(Twins(text).of(value, start), found, strict=True)] == found


def test_the_day_on_which_it_began_as_the_text_says() -> None:
    text = "People flee the fighting that erupted on 15 September. Moldova has let in 900 people so far."
    assert (date(2022, 9, 15), DAY) in offered(text, "window")[0]


def test_names_that_share_a_word_are_offered_together() -> None:
    assert "North Kivu; South Kivu" in map(str, offered("In North and South Kivu 237,000 people were displaced.", "place")[0])


def test_the_best_option_and_its_probability() -> None:
    ranker = Ranker({"place": {"a": 1.0, "b": 2.0}})
    a, b, c, both = bundle("a"), bundle("b"), bundle("c"), bundle("b", "a")
    for _ in range(2):  # the second time from memory
        index, probability = ranker("place", [[a], [b], [c]], ["x", "y", ""], {})
        assert index == 1
        assert probability == pytest.approx(0.6652, abs=1e-4)  # e² / (e + e² + 1)
    assert ranker.shares("place", [[a], [b], [c]], {}) == pytest.approx([0.2447, 0.6652, 0.0900], abs=1e-4)
    assert ranker("window", [[a], [b]], [1, 2], {}) == (0, 0.5)
    assert ranker("place", [[a], [b]], ["x", "y"], {0: {"a": 2.0}})[0] == 0  # 1 + 2 · 1 against 2
    assert ranker("place", [[a, a, both, c], [c]], ["x", "y"], {})[1] == pytest.approx(0.9526, abs=1e-4)  # each name once: e³ / (e³ + 1)
    assert features([a, a, both], {"s": 0.5}) == {"a": 1.0, "b": 1.0, "s": 0.5}


def test_others_are_what_was_likely_but_not_chosen() -> None:
    """At most as many as were asked for, the likeliest first, never the one chosen; none where nobody asks."""
    assert all(not p.other_places and not p.other_windows for p in extract(TEXT, published=DAY, gazetteer=shipped()))
    found = extract(TEXT, published=DAY, gazetteer=shipped(), others=2)
    for p in found:
        for others in (p.other_places, p.other_windows):
            assert len(others) <= 2
            assert [o.chance for o in others] == sorted((o.chance for o in others), reverse=True)
            assert sum(o.chance for o in others) <= 1
            assert len({o.cells for o in others}) == len(others)
        assert all(dict(o.cells)["place_canonical"] != p.place for o in p.other_places)
    assert any(p.other_places for p in found)
    assert any(p.other_windows for p in found)
    undated = extract(TEXT, published=None, gazetteer=shipped(), others=2)
    assert all(not p.other_windows for p in undated)


def test_without_weights_the_rules_decide_and_nothing_is_sure() -> None:
    found = extract(TEXT, published=DAY, gazetteer=replace(shipped(), ranker=Ranker()))
    assert found
    assert all(p.rule.endswith("place: rule, window: rule") for p in found)
    assert not any(p.confidence == "high" for p in found)


@pytest.mark.parametrize(
    ("place", "window", "confidence"),
    [
        (1.0, 0.9, "high"),
        (0.95, 0.96, "high"),
        (0.9, 0.95, "medium"),
        (1.0, 0.6, "medium"),
        (0.6, 1.0, "medium"),
        (0.7, 0.8, "low"),
        (0.3, 1.0, "low"),
    ],
)
def test_confidence_is_the_chance_that_place_and_window_are_right(place: float, window: float, confidence: str) -> None:
    def choose(what: str, options: Sequence[Sequence[Bundle]], candidates: Sequence[object], measures: Mapping[int, Features]) -> tuple[int, float]:
        return 0, {"place": place, "window": window}[what]

    text = "Georgia is calm. On Sunday 800 people crossed at Verkhny Lars."
    (found,) = extract(text, published=DAY, gazetteer=shipped(), choose=choose)
    assert found.confidence == confidence
    (unlike,) = extract(text.replace("Lars", "Lers"), published=DAY, gazetteer=shipped(), choose=choose)
    assert unlike.place == "Verkhny Lars / Dariali"
    assert unlike.confidence == {"high": "medium"}.get(confidence, "low")  # only similar: one step lower


def test_places_that_are_offered() -> None:
    claims = offered(TEXT, "place")
    assert all("" in names for names in claims)  # a place may stay open
    assert all("Torkham" in names for names in claims[:2])
    assert "Spin Boldak / Chaman" in claims[2]
    assert "Wazirkot" in claims[-1]  # no table knows it


def test_windows_that_are_offered() -> None:
    (days, *_) = offered("Between 23 September and last Sunday 8,000 people entered Georgia.", "window")
    assert (date(2022, 9, 23), date(2022, 9, 25)) in days
    assert (None, None) in days
    assert (DAY, DAY) in days


def test_a_heading_that_is_a_place_places_its_list() -> None:
    found = extract(TEXT, published=DAY, gazetteer=shipped())
    assert [p.place for p in found if p.unit != "families"] == ["Torkham", "Torkham", "Spin Boldak / Chaman"]
    assert found == extract(TEXT, published=DAY, gazetteer=shipped())


def test_a_choice_says_what_made_it() -> None:
    for p in extract(TEXT, published=DAY, gazetteer=shipped()):
        assert ", place: " in p.rule
        assert ", window: " in p.rule
