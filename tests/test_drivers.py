"""What drives a forecast, and what new claims do to it: against results known in closed form, with stated false-alarm rates."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderflow.forecast.bridge import Bridge, bridge
from borderflow.forecast.drivers import REST, drivers_of

# ---- drivers --------------------------------------------------------------------------------------------------------


def test_shares_of_a_sum_of_independent_effects():
    """Variances 9, 16 and 25 of 50: shares 0.18, 0.32 and the rest 0.5, within 4 standard errors of a correlation (0.03)."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(4000, 6))
    y = 3 * x[:, 0] - 4 * x[:, 2] + 5 * rng.normal(size=4000)
    found = drivers_of(y, x, list("abcdef"))
    assert [d.name for d in found] == ["c", "a", REST]
    assert [d.sign for d in found] == [-1, 1, 0]
    assert [d.share for d in found] == pytest.approx([0.32, 0.18, 0.5], abs=0.04)


def test_shares_sum_to_one_and_columns_of_one_name_are_added():
    rng = np.random.default_rng(6)
    x = rng.normal(size=(500, 3))
    found = drivers_of(x @ np.array([1.0, 1.0, 1.0]), x, ["both", "both", "other"])
    assert [d.name for d in found] == ["both", "other", REST]
    assert math.fsum(d.share for d in found) == pytest.approx(1.0)
    assert found[0].share == pytest.approx(2 / 3, abs=0.06)


def test_correlated_drivers_share_what_they_explain_together():
    rng = np.random.default_rng(7)
    common = rng.normal(size=2000)
    x = np.stack([common + 0.1 * rng.normal(size=2000), common + 0.1 * rng.normal(size=2000)], axis=1)
    found = {d.name: d.share for d in drivers_of(x.sum(axis=1), x, ["a", "b"])}
    assert found["a"] == pytest.approx(0.5, abs=0.05)
    assert found["b"] == pytest.approx(0.5, abs=0.05)


def test_nothing_drives_noise():
    """150 candidates, 200 figures: F of 15 is passed by chance in about 2 % of figures; more than 14 of 200 has a probability below 1e-4."""
    rng = np.random.default_rng(8)
    x = rng.normal(size=(360, 150))
    wrong = sum(len(drivers_of(rng.normal(size=360), x, [str(i) for i in range(150)])) > 1 for _ in range(200))
    assert wrong <= 14


def test_a_monotone_scale_changes_nothing():
    rng = np.random.default_rng(9)
    x = rng.normal(size=(300, 4))
    y = x[:, 0] + 0.5 * rng.normal(size=300)
    assert drivers_of(y, x, list("abcd")) == drivers_of(np.exp(y), x, list("abcd"))


@pytest.mark.parametrize("y", [np.zeros(100), np.full(100, np.nan), np.arange(10.0)])
def test_a_figure_that_does_not_vary_has_no_drivers(y: np.ndarray):
    assert drivers_of(y, np.zeros((len(y), 2)), ["a", "b"]) == []


def test_undefined_draws_and_constant_columns_are_left_out():
    rng = np.random.default_rng(10)
    x = np.concatenate([rng.normal(size=(400, 1)), np.ones((400, 1))], axis=1)
    y = x[:, 0] + 0.1 * rng.normal(size=400)
    y[:50] = np.nan
    assert [d.name for d in drivers_of(y, x, ["a", "constant"])] == ["a", REST]


# ---- bridge ---------------------------------------------------------------------------------------------------------


def normal_world(n: int, low: float, high: float, spread: float = 0.5) -> tuple[Bridge, np.ndarray]:
    """Draws x ~ N(0, 1) of what a source would say before its own error, figure 10 x."""
    x = np.random.default_rng(11).normal(size=(n, 1))
    x = (x - x.mean()) / x.std()
    return bridge(x, np.full((n, 1), spread), np.array([low]), np.array([high]), 10.0 * x), x


def test_one_exact_claim_moves_the_mean_as_the_normal_posterior_says():
    """N(0, 1) prior, observation 0.8 with variance 0.25: posterior mean 0.8 / 1.25 = 0.64; figure 6.4."""
    found, x = normal_world(20_000, 0.8, 0.8)
    assert found.parts[0, 0] == pytest.approx(6.4, rel=0.01)
    assert float(10 * x[:, 0] @ found.weights) == pytest.approx(6.4, abs=0.25)
    # ess / n is (E w)^2 / E w^2 of w = exp(-(x - 0.8)^2 / 0.5)
    once, twice = (math.sqrt(r / (r + 1)) * math.exp(-0.5 * 0.8**2 / (r + 1)) for r in (0.25, 0.125))
    assert found.ess / 20_000 == pytest.approx(once**2 / twice, rel=0.02)


def test_a_lower_bound_moves_the_mean_as_truncation_says():
    """s = x + e ~ N(0, 1.25) above 1: E[s] = sd * phi(a) / (1 - Phi(a)), a = 1 / sd; E[x] is 1 / 1.25 of it."""
    found, x = normal_world(20_000, 1.0, math.inf)
    sd = math.sqrt(1.25)
    a = 1 / sd
    mean = sd * math.exp(-0.5 * a * a) / math.sqrt(2 * math.pi) / (0.5 * math.erfc(a / math.sqrt(2))) / 1.25
    assert found.parts[0, 0] == pytest.approx(10 * mean, rel=0.01)
    assert float(10 * x[:, 0] @ found.weights) == pytest.approx(10 * mean, abs=0.3)


def test_a_bound_that_everybody_meets_moves_nothing():
    found, _ = normal_world(2000, -50.0, math.inf)
    assert found.parts[0, 0] == pytest.approx(0.0, abs=1e-3)
    assert found.ess == pytest.approx(2000, rel=1e-3)


@pytest.mark.parametrize(("low", "high", "sign"), [(30.0, math.inf, 1), (-math.inf, -30.0, -1), (30.0, 40.0, 1)])
def test_a_claim_far_out_moves_towards_itself_and_leaves_few_draws(low: float, high: float, sign: int):
    found, _ = normal_world(500, low, high)
    assert np.sign(found.parts[0, 0]) == sign
    assert np.isfinite(found.parts).all()
    assert 1.0 <= found.ess < 10


def test_two_claims_of_the_same_thing_count_once_and_share():
    """Two observations 0.8, errors of variance 0.25 each: mean 0.8 of precision 8 against 1: 0.8 * 8 / 9, half of it each."""
    x = np.random.default_rng(12).normal(size=20_000)
    x = (x - x.mean()) / x.std()
    two = np.stack([x, x], axis=1)
    found = bridge(two, np.full((20_000, 2), 0.5), np.array([0.8, 0.8]), np.array([0.8, 0.8]), 10 * x[:, None])
    assert found.parts[0] == pytest.approx([10 * 0.8 * 4 / 9] * 2, rel=0.01)


def test_an_unrelated_claim_has_next_to_no_part():
    """Chance correlations of 360 draws are shrunk: parts of an unrelated claim stay below 2 % of the figure's spread on average."""
    rng = np.random.default_rng(13)
    parts = []
    for _ in range(100):
        x, y = rng.normal(size=(360, 1)), rng.normal(size=(360, 1))
        parts.append(abs(bridge(x, np.full((360, 1), 0.5), np.array([1.0]), np.array([1.0]), y).parts[0, 0]))
    assert float(np.mean(parts)) < 0.03


def test_no_claims_change_nothing():
    found = bridge(np.zeros((50, 0)), np.zeros((50, 0)), np.zeros(0), np.zeros(0), np.ones((50, 3)))
    assert found.parts.shape == (3, 0)
    assert found.ess == pytest.approx(50)


@given(st.floats(-20, 20), st.floats(0, 20), st.floats(0.01, 5))
def test_parts_are_finite_and_never_beyond_a_doubling_of_the_innovation(low: float, width: float, spread: float):
    found, _ = normal_world(200, low, low + width, spread)
    assert np.isfinite(found.parts).all()
    assert abs(found.parts[0, 0]) <= 10 * 2 * (max(abs(low), abs(low + width)) + 1)
    assert found.weights.sum() == pytest.approx(1.0)
