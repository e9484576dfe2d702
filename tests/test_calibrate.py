"""The surrogate, and how draws are judged: cases whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from borderflow.calibrate.calibrate import correlation, effective_size, flatness
from borderflow.calibrate.surrogate import fit_surrogate

RNG = np.random.default_rng(20220927)


def test_surrogate_finds_cubics_and_products_again() -> None:
    """Two claims, each a cubic plus one product of unknowns: exact but for the ridge."""

    def truth(z: np.ndarray) -> np.ndarray:
        return np.stack([1.0 + 2.0 * z[:, 0] - z[:, 1] ** 3 + 0.7 * z[:, 2] * z[:, 4], z[:, 3] ** 2 - 0.4 * z[:, 0] * z[:, 1]], axis=1)

    z = RNG.normal(0.3, 0.8, size=(2000, 6))
    s = fit_surrogate(z, truth(z))
    new = RNG.normal(0.3, 0.8, size=(500, 6))
    assert np.abs(s(new) - truth(new)).max() < 0.1
    assert np.sqrt(s.error).max() < 0.02
    assert [2, 4] in s.pair[0].tolist()
    assert [0, 1] in s.pair[1].tolist()


def test_error_of_the_surrogate_is_that_on_points_it_has_not_seen() -> None:
    """Noise of variance 0.25 cannot be fitted; the stated error must hold out of sample, though 130 weights were fitted to 1500 points."""
    z = RNG.standard_normal((1500, 30))
    s = fit_surrogate(z, np.sin(z[:, :1]) + 0.5 * RNG.standard_normal((1500, 1)))
    new = RNG.standard_normal((20000, 30))
    out_of_sample = float(((s(new)[:, 0] - np.sin(new[:, 0])) ** 2).mean()) + 0.25
    assert s.error[0] == pytest.approx(out_of_sample, rel=0.15)


def test_slope_of_the_surrogate() -> None:
    z = RNG.standard_normal((1000, 3))
    s = fit_surrogate(z, (z[:, :1] ** 2 + z[:, 1:2] * z[:, 2:]))
    assert s.slope(np.array([0.5, -1.0, 0.25]))[0] == pytest.approx([1.0, 0.25, -1.0], abs=0.05)


def test_effective_size_of_independent_draws_that_forgot_their_start() -> None:
    z, start = RNG.standard_normal((800, 200)), RNG.standard_normal((800, 200)) + 0.3
    assert effective_size(z, start) == pytest.approx(800, rel=0.12)


def test_effective_size_counts_what_is_left_of_the_start() -> None:
    """AR(1) from a start shifted by one sd: after steps with correlation r in all, means still lie r away from theirs."""
    r, n, d = 0.2, 4000, 300
    start = RNG.standard_normal((n, d)) + 1.0
    z = r * start + np.sqrt(1.0 - r**2) * RNG.standard_normal((n, d))
    assert effective_size(z, start) == pytest.approx(1.0 / (1.0 / n + r**2), rel=0.15)


def test_effective_size_sees_halves_that_differ() -> None:
    z = RNG.standard_normal((1000, 50))
    z[:500] += 0.4
    assert effective_size(z, RNG.standard_normal((1000, 50))) < 50


def test_flatness_and_correlation() -> None:
    assert flatness([0.0] * 5 + [1.0] * 5, 5) == 1.0
    assert flatness([1.0] * 9, 5) == float("inf")
    a = RNG.standard_normal((50, 2))
    assert correlation(a, np.stack([a[:, 0], -a[:, 1]], axis=1)) == pytest.approx([1.0, -1.0])
    assert correlation(a, np.ones((50, 2))).tolist() == [1.0, 1.0]
