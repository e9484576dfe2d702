"""Scores of Flee runs by hand: Flee's own measures, windows between reports, baselines; no later report reaches a forecast."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from borderflow.flee import score
from flee_tiny import tiny

DATA = np.array([[10.0, 0.0], [12.0, 4.0], [14.0, 8.0], [20.0, 20.0], [30.0, 20.0]])
REPORTS = [[0, 2, 4], [-3, 3]]


def test_measures_of_flee_by_hand() -> None:
    """Day 0: |8 - 10| + |2 - 0| = 4 of 10; scaled by 10 / 10 the same. Day 1: |12 - 12| + |0 - 4| = 4 of 16; scaled by 16 / 12: 16 and 0: 8 of 16."""
    sim = np.array([[[8.0, 2.0], [12.0, 0.0]]])
    errors = score.flee_errors(sim, DATA[:2], np.array([20.0, 32.0]))
    assert errors.relative == pytest.approx([(4 / 10 + 4 / 16) / 2])
    assert errors.rescaled == pytest.approx([(4 / 10 + 8 / 16) / 2])
    assert errors.total == pytest.approx([(4 / 20 + 4 / 32) / 2])


def test_measures_after_a_day_look_at_later_days_only() -> None:
    sim = np.repeat(DATA[None], 2, axis=0)
    sim[:, :2] = 0.0
    assert score.flee_errors(sim, DATA, np.ones(5), first_day=2).relative == pytest.approx([0.0, 0.0])
    assert (score.flee_errors(sim, DATA, np.ones(5)).relative > 0).all()


def test_days_without_people_do_not_divide_by_zero() -> None:
    errors = score.flee_errors(np.zeros((1, 2, 2)), np.zeros((2, 2)), np.zeros(2))
    assert [float(e[0]) for e in errors] == [0.0, 0.0, 0.0]


def test_windows_lie_between_real_reports() -> None:
    assert score.windows_of(REPORTS, 5) == [score.Window(0, 0, 2), score.Window(0, 2, 4)]
    assert float(score.flow(DATA, score.Window(0, 2, 4))) == 8.0
    assert score.ahead(score.windows_of(REPORTS, 5), 1) == [score.Window(0, 2, 4)]


def test_what_is_known_is_the_last_report_not_the_interpolated_day() -> None:
    assert score.known(DATA, REPORTS, 1).level.tolist() == [10.0, 0.0]
    assert score.known(DATA, REPORTS, 3).level.tolist() == [14.0, 20.0]
    assert score.known(DATA, REPORTS, 3).day.tolist() == [2, 3]


def test_shares_are_those_of_the_day_of_the_report() -> None:
    """14 of 22 on day 2 and 20 of 40 on day 3: 0.6364 and 0.5, scaled to 1."""
    shares = score.known(DATA, REPORTS, 3).shares(DATA.sum(axis=1))
    assert shares == pytest.approx([(14 / 22) / (14 / 22 + 0.5), 0.5 / (14 / 22 + 0.5)])


def test_later_data_do_not_reach_baselines_but_in_the_total() -> None:
    window, windows = score.Window(0, 2, 4), score.windows_of(REPORTS, 5)
    changed = DATA.copy()
    changed[3:, 0] += 5.0
    changed[3:, 1] -= 5.0  # the total stays
    before = score.baseline_quantiles(DATA, REPORTS, windows, window, 2)
    after = score.baseline_quantiles(changed, REPORTS, windows, window, 2)
    assert np.array_equal(before[0], after[0])
    assert np.array_equal(before[1], after[1])


def test_baselines_by_hand() -> None:
    """Day 2: 14 and 0 as reported, so that the first camp takes the whole rise from 22 to 50 in two days; its last flow was 2 a day."""
    window = score.Window(0, 2, 4)
    assert score.frozen_shares(DATA, score.known(DATA, REPORTS, 2), window) == pytest.approx(14.0)
    assert score.last_flow(DATA, score.windows_of(REPORTS, 5), window, 2) == pytest.approx(2.0)


def test_a_perfect_forecast_scores_zero_and_a_wrong_one_its_distance() -> None:
    right = np.repeat(DATA[None], 3, axis=0)
    wrong = right.copy()
    wrong[:, 4, 0] += 6.0
    good, bad = (score.flow_scores([(0, x)], DATA, REPORTS) for x in (right, wrong))
    assert good.n == bad.n == 2
    assert good.model == pytest.approx(0.0)
    assert bad.model == pytest.approx(3.0 / 2)  # one of two flows is off by 3 a day
    assert good.in50 == 1.0
    assert bad.in90 == 0.5


def test_no_window_no_score() -> None:
    assert score.flow_scores([(4, DATA[None])], DATA, REPORTS).n == 0


def test_reports_of_an_instance_are_the_rows_of_its_files(tmp_path: Path) -> None:
    files = {"source_data/C.csv": "2019-12-30,5\n2020-01-01,10\n2020-01-04,40\n"}
    instance = tiny(tmp_path, ["A,home,conflict,1000", "C,home,camp,0"], ["A,C,100,0"], days=5, files=files)
    assert score.report_days(instance) == [[-2, 0, 3]]
