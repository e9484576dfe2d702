"""What the chain of counts does with states and journeys, apart from the law (`test_flee_law`)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from borderflow.flee import states
from borderflow.flee.arrays import compile_instance
from borderflow.flee.engine import simulate
from flee_tiny import tiny

PLACES = ["A,home,conflict,1000", "B,home,town,0", "C,home,camp,0"]
ROUTES = ["A,B,50,0", "B,C,180,0"]


def test_kilometres_at_which_the_rest_of_a_day_changes(tmp_path: Path) -> None:
    """At 200 km a day, from B: after 20 km C is out of reach, after 150 A is; after 100 and 50 what follows A is."""
    begin, values = states._steps(compile_instance(tiny(tmp_path, PLACES, ROUTES)).arrays)
    found = [values[begin[p] : begin[p + 1]].tolist() for p in range(3)]
    assert found == [[50.0, 100.0, 150.0], [20.0, 50.0, 100.0, 150.0], [20.0]]


def test_kilometres_are_kept_where_they_are_remembered(tmp_path: Path) -> None:
    begin, values = states._steps(compile_instance(tiny(tmp_path, PLACES, ROUTES, avoid_short_stints=True)).arrays)
    assert len(values) == 0
    assert not begin.any()


def test_kilometres_to_where_a_place_can_be_chosen(tmp_path: Path) -> None:
    """From A, C is first an option in B, after 50 km; a link as long as a day leads to no further choice today."""
    far = states._far(compile_instance(tiny(tmp_path, [*PLACES, "D,home,camp,0"], [*ROUTES, "C,D,200,0"])).arrays)
    assert far.tolist() == [[50.0, 0.0, 50.0, np.inf], [0.0, 50.0, 0.0, 180.0], [180.0, 0.0, 180.0, 0.0], [np.inf, np.inf, 0.0, np.inf]]


def test_size_of_arrays_changes_nothing(tmp_path: Path, monkeypatch) -> None:
    """A run that outgrows its arrays begins again in larger ones, and a run alone equals the same run among others."""
    instance = tiny(tmp_path, [*PLACES, "D,home,camp,60"], [*ROUTES, "B,D,30,0", "A,D,400,0"], days=12, each_day=40, camp_movechance=0.05)
    plan = compile_instance(instance)
    large = simulate(plan, 6, seed=3)
    made = states.make_work
    monkeypatch.setattr("borderflow.flee.engine.make_work", lambda arrays, size: made(arrays, max(8, size // 256)))
    small = simulate(plan, 6, seed=3)
    alone = simulate(plan, 1, seed=3, first_run=4)
    assert (small.counts == large.counts).all()
    assert (alone.counts[0] == large.counts[4]).all()
    assert np.ptp(large.counts[:, -1], axis=0).any()


def test_ages_cost_no_luck(tmp_path: Path) -> None:
    """The days before a camp is nearly full are the same whether it fills up later, and ages are kept, or not."""
    crowd = {"days": 8, "each_day": 30, "camp_movechance": 0.02}
    free = simulate(compile_instance(tiny(tmp_path / "1", [*PLACES, "D,home,camp,0"], [*ROUTES, "B,D,30,0"], **crowd)), 5, seed=1)
    full = simulate(compile_instance(tiny(tmp_path / "2", [*PLACES, "D,home,camp,50"], [*ROUTES, "B,D,30,0"], **crowd)), 5, seed=1)
    early = (free.counts[:, :, 1] <= 45 * 0.5).argmin(axis=1).min()
    assert early > 0
    assert (free.counts[:, :early] == full.counts[:, :early]).all()
    assert (free.counts[:, -1] != full.counts[:, -1]).any()
