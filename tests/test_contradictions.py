"""Which claims contradict each other: same thing, same time, ranges that do not meet."""

from __future__ import annotations

from typing import Any

import pytest

from borderflow.publish.contradictions import contradict, contradictions
from borderflow.publish.runfolder import Fit


def claim(low: float | None, high: float | None, **more: Any) -> Fit:
    row = {
        "claim_id": "C", "quantity_kind": "vehicles_queued", "place": "Pass", "direction": "exits_from_AA", "unit": "vehicles", "mode": "", "who": "",
        "flow": "queue", "window_start": "2030-05-20", "window_end": "2030-05-20",
    }  # fmt: skip
    return Fit(row | more, "used", low, high, {}, None)


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        (claim(2000, 2500), claim(3400, 3600), True),
        (claim(2000, 2500), claim(2400, 3600), False),
        (claim(2000, 2500), claim(2600, 3600), False),  # nearer than a tenth
        (claim(2000, 2500), claim(3400, None), True),
        (claim(None, 2500), claim(3400, None), True),
        (claim(2000, None), claim(3400, None), False),  # two lower bounds meet
        (claim(2000, 2500), claim(3400, 3600, place="Bridge"), False),
        (claim(2000, 2500), claim(3400, 3600, mode="car"), True),  # a mode not stated may be any
        (claim(2000, 2500, mode="foot"), claim(3400, 3600, mode="car"), False),
        (claim(2000, 2500), claim(3400, 3600, unit="people"), False),
        (claim(2000, 2500), claim(3400, 3600, window_start="2030-05-22", window_end="2030-05-22"), False),
        (claim(2000, 2500), claim(3400, 3600, window_end="2030-05-21"), False),  # another window: less than half as much again
        (claim(2000, 2500), claim(3900, 4000, window_end="2030-05-21"), True),
        (claim(2000, 2500), claim(3400, 3600, window_start="", window_end=""), False),
        (claim(5, 6, quantity_kind="entries_per_day"), claim(9, 9, quantity_kind="arrivals_per_day"), True),
        (claim(None, None), claim(1, 1), False),
    ],
)
def test_pairs(a: Fit, b: Fit, wanted: bool):
    assert contradict(a, b) == contradict(b, a) == wanted


def test_totals_over_different_windows_are_compared_by_the_day():
    week = {"flow": "cumulative", "window_start": "2030-05-14", "window_end": "2030-05-20"}
    four = week | {"window_start": "2030-05-17"}
    assert not contradict(claim(7000, 7000, **week), claim(4000, 4400, **four))
    assert contradict(claim(7000, 7000, **week), claim(9000, 9000, **four))


def test_groups_are_joined_and_keep_the_order_of_the_file():
    fits = [claim(value, value, claim_id=str(value)) for value in (100, 1000, 105, 5000)]
    lone = claim(1, 1, claim_id="lone", place="Elsewhere")
    assert [[f.row["claim_id"] for f in g] for g in contradictions([*fits[:2], lone, *fits[2:]])] == [["100", "1000", "105", "5000"]]
    assert contradictions([lone]) == []
