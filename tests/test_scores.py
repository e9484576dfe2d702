"""Scores against hand-computed values, brute force and the properties that scores must have."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderflow.forecast import scores
from borderflow.forecast.scores import QUANTILES

numbers = st.floats(-1e6, 1e6, allow_nan=False)
samples = st.lists(numbers, min_size=1, max_size=40)


def test_quantiles_are_the_23_hub_levels():
    assert len(QUANTILES) == 23
    assert QUANTILES[:4] == (0.01, 0.025, 0.05, 0.1)
    assert QUANTILES[-3:] == (0.95, 0.975, 0.99)
    assert QUANTILES[11] == 0.5
    assert list(QUANTILES) == sorted(QUANTILES)


def test_wis_by_hand():
    # one interval [10, 20] at 50 %, median 14, y = 25: (|25-14|/2 + 0.25*(10 + 4*5)) / 1.5
    assert scores.wis([10, 14, 20], (0.25, 0.5, 0.75), 25.0) == pytest.approx((5.5 + 0.25 * (10 + 4 * 5)) / 1.5)
    parts = scores.wis_parts([10, 14, 20], (0.25, 0.5, 0.75), 25.0)
    assert parts.dispersion == pytest.approx(2.5 / 1.5)
    assert parts.overprediction == 0
    assert parts.underprediction == pytest.approx(10.5 / 1.5)
    below = scores.wis_parts([10, 14, 20], (0.25, 0.5, 0.75), 4.0)
    assert below.underprediction == 0
    assert below.overprediction == pytest.approx((6 + 5) / 1.5)


def test_wis_of_the_median_alone_is_half_the_absolute_error_over_one_half():
    assert scores.wis([3.0], (0.5,), 10.0) == pytest.approx(7.0)


@given(st.lists(numbers, min_size=23, max_size=23), numbers)
def test_wis_equals_the_mean_pinball_loss(values, y):
    q, tau = np.sort(values), np.array(QUANTILES)
    pinball = np.sum(np.where(y >= q, tau * (y - q), (1 - tau) * (q - y)))
    assert scores.wis(q, QUANTILES, y) == pytest.approx(pinball / 11.5, rel=1e-9, abs=1e-6)


def test_wis_works_on_rows_at_once():
    q = np.sort(np.random.default_rng(1).normal(size=(5, 23)), axis=1)
    y = np.arange(5.0)
    together = scores.wis(q, QUANTILES, y)
    assert together.shape == (5,)
    assert together[3] == pytest.approx(scores.wis(q[3], QUANTILES, 3.0))


def test_wis_refuses_levels_without_a_median():
    with pytest.raises(ValueError, match="symmetric around a median"):
        scores.wis([1, 2], (0.25, 0.75), 1.0)
    with pytest.raises(ValueError, match="do not match"):
        scores.wis([1, 2], (0.25, 0.5, 0.75), 1.0)


@given(samples, numbers)
def test_crps_equals_the_double_sum(values, y):
    x = np.array(values)
    brute = np.mean(np.abs(x - y)) - np.abs(x[:, None] - x[None, :]).sum() / (2 * x.size**2)
    assert scores.crps_sample(x, y) == pytest.approx(brute, rel=1e-9, abs=1e-6)
    if x.size > 1:
        fair = np.mean(np.abs(x - y)) - np.abs(x[:, None] - x[None, :]).sum() / (2 * x.size * (x.size - 1))
        assert scores.crps_sample(x, y, fair=True) == pytest.approx(fair, rel=1e-9, abs=1e-6)


def test_crps_of_a_normal_agrees_with_the_closed_form():
    x = np.random.default_rng(2).normal(size=40_000)
    closed = 2 / math.sqrt(2 * math.pi) - 1 / math.sqrt(math.pi)  # at y = 0
    assert scores.crps_sample(x, 0.0, fair=True) == pytest.approx(closed, abs=0.01)


def test_wis_of_many_levels_approaches_the_crps():
    x = np.random.default_rng(3).gamma(2.0, 100.0, size=20_000)
    levels = tuple(np.arange(1, 400) / 400)
    assert scores.wis(np.quantile(x, levels), levels, 250.0) == pytest.approx(scores.crps_sample(x, 250.0), rel=0.01)


@pytest.mark.parametrize("bad", [[], [1.0, math.nan], [[1.0]], [math.inf]])
def test_samples_must_be_finite_and_flat(bad):
    with pytest.raises(ValueError, match="finite numbers"):
        scores.crps_sample(bad, 1.0)


def test_midpoint_is_geometric_above_zero():
    assert scores.interval_midpoint(100, 400) == pytest.approx(200)
    assert scores.interval_midpoint(0, 4) == 2
    assert scores.interval_midpoint(-2, 4) == 1
    assert scores.interval_midpoint(5, 5) == 5
    with pytest.raises(ValueError, match="must not be above"):
        scores.interval_midpoint(5, 4)


def test_pit_counts_ties_half():
    assert scores.pit([1, 2, 2, 3], 2) == 0.5
    assert scores.pit([1, 2], 0) == 0
    assert scores.pit([1, 2], 3) == 1


def test_pit_of_the_truth_is_uniform_and_of_a_narrow_forecast_is_not():
    rng = np.random.default_rng(4)
    y = rng.normal(size=2000)
    honest = np.array([scores.pit(rng.normal(size=200), v) for v in y])
    narrow = np.array([scores.pit(rng.normal(scale=0.4, size=200), v) for v in y])
    band = 4 * math.sqrt(0.25 / 2000)  # four standard errors of a share near one half
    assert abs(np.mean(honest < 0.25) - 0.25) < band
    assert abs(np.mean(honest < 0.5) - 0.5) < band
    assert np.mean((narrow < 0.05) | (narrow > 0.95)) > 0.1 + band


def test_p_true_of_bounds():
    x = [1, 2, 3, 4]
    assert scores.p_true(x, 3, None) == 0.5
    assert scores.p_true(x, None, 1) == 0.25
    assert scores.p_true(x, 2, 3) == 0.5
    with pytest.raises(ValueError, match="low or a high bound"):
        scores.p_true(x, None, None)


def test_a_two_sided_row_has_everything_but_p_true():
    row = scores.score_row(np.arange(101.0), 40, 40)
    assert row.p_true is None
    assert row.pit == pytest.approx(0.4, abs=0.01)
    assert (row.in50, row.in80, row.in95) == (True, True, True)
    assert row.q10 == 10
    assert row.q50 == 50
    assert row.wis == pytest.approx(scores.wis(np.array(QUANTILES) * 100, QUANTILES, 40.0))


def test_a_one_sided_row_has_p_true_only():
    row = scores.score_row(np.arange(100.0), 90, None)
    assert row.p_true == 0.1
    assert row.observed_high is None
    assert (row.pit, row.in50, row.in80, row.in95, row.crps, row.wis) == (None,) * 6


def test_coverage_counts_two_sided_rows_only():
    x = np.arange(101.0)
    rows = [scores.score_row(x, y, y) for y in (50, 20, 5, 99.9)] + [scores.score_row(x, 1, None)]
    assert scores.coverage(rows) == (4, 0.25, 0.5, 0.75)
    assert math.isnan(scores.coverage(rows[4:]).in50)


def test_relative_skill_is_a_geometric_mean_of_pairs_that_exist():
    assert scores.relative_skill([1, 8, 3], [2, 2, None]) == pytest.approx(math.sqrt(0.5 * 4))
    assert scores.relative_skill([0, 0], [0, 5]) == pytest.approx(math.sqrt(1 / scores.ONE_ZERO_RATIO))
    assert math.isnan(scores.relative_skill([1.0], [math.nan]))
    with pytest.raises(ValueError, match="negative"):
        scores.relative_skill([-1], [1])


def test_skill_on_both_scales():
    q = np.sort(np.random.default_rng(5).gamma(3, 50, size=(3, 23)), axis=1)
    same = scores.skill(q, [q[0], None, q[2]], [10, 20, 30])
    assert same.n == 2
    assert same.natural == pytest.approx(1)
    assert same.log1p == pytest.approx(1)
    wide = scores.skill(q, [q[0] * 10, q[1] * 10, q[2] * 10], [100, 100, 100])
    assert wide.natural < 1
    assert wide.log1p < 1
    assert wide.natural != wide.log1p
    assert scores.skill(q, [None] * 3, [1, 2, 3]).n == 0
    assert scores.log1p_wis(q[0], QUANTILES, 7.0) == pytest.approx(scores.wis(np.log1p(q[0]), QUANTILES, math.log(8)))
