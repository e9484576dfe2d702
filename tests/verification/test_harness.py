"""The tools of the verification themselves: stated intervals hold what was said, and the check of coverage accepts and rejects rightly."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
from ranks import coverage, uniformity
from scipy.stats import norm
from synthetic import Recovery, _append, _read, report_error, state

from borderflow.observe.likelihood import Evidence


def _evidence(n: int, **arrays: object) -> Evidence:
    defaults: dict[str, object] = {name: np.zeros(n) for name in ("low", "high", "middle", "extra", "spread", "bias_mean", "bias_sd")}
    defaults |= {"judged": (SimpleNamespace(observable=SimpleNamespace(spread=0.0)),) * n, "operator": None, "n_narrow": n, "sources": ("a", "b")}
    defaults |= {"source": np.zeros(n, dtype=np.int64), "same_bias": np.zeros((n, n))}
    return Evidence(**(defaults | arrays))  # type: ignore[arg-type]


def test_a_two_sided_claim_states_the_cell_of_its_own_grid_that_holds_the_report() -> None:
    low, high = np.array([1.0, 2.0, -3.0]), np.array([1.5, 2.001, -2.0])
    s = np.array([3.3, 1.99995, -2.5])
    stated = state(_evidence(3, low=low, high=high), s)
    assert np.all((stated.low <= s) & (s < stated.high))
    np.testing.assert_allclose(stated.high - stated.low, high - low)
    np.testing.assert_allclose(np.round((stated.low - low) / (high - low)) * (high - low), stated.low - low, atol=1e-9)
    np.testing.assert_allclose(stated.middle, 0.5 * (stated.low + stated.high))


def test_a_bound_keeps_its_number_and_says_on_which_side_the_report_is() -> None:
    low, high = np.array([1.0, 1.0, -np.inf, -np.inf]), np.array([np.inf, np.inf, 2.0, 2.0])
    stated = state(_evidence(4, low=low, high=high), np.array([1.5, 0.5, 1.5, 2.5]))
    np.testing.assert_array_equal(stated.low, [1.0, -np.inf, -np.inf, 2.0])
    np.testing.assert_array_equal(stated.high, [np.inf, 1.0, 2.0, np.inf])
    np.testing.assert_array_equal(stated.middle, [1.0, 1.0, 2.0, 2.0])


def test_reports_of_one_source_on_one_quantity_share_their_bias_and_not_their_error() -> None:
    same = np.zeros((3, 3))
    same[:2, :2] = same[2, 2] = 0.3**2
    evidence = _evidence(3, bias_mean=np.full(3, 0.2), bias_sd=np.full(3, 0.3), same_bias=same, spread=np.full(3, 0.1), source=np.array([0, 0, 1]))
    errors = np.array([report_error(evidence, np.random.default_rng(i)) for i in range(4000)])
    own = 0.1**2 * np.exp(2 * 0.4**2)  # mean of exp(0.8 w)
    expected = same + own * np.eye(3)
    np.testing.assert_allclose(errors.mean(axis=0), 0.2, atol=0.03)
    np.testing.assert_allclose(np.cov(errors.T), expected, atol=0.012)


def _ranks(sd_stated: float, n: int = 40, d: int = 30, seed: int = 0) -> list[np.ndarray]:
    """Ranks of a truth N(0, 1) under a posterior N(0, sd_stated²); unknowns of a data set correlated by a tenth."""
    rng = np.random.default_rng(seed)
    z = np.sqrt(0.1) * rng.standard_normal((n, 1)) + np.sqrt(0.9) * rng.standard_normal((n, d))
    return list(norm.cdf(z / sd_stated))


def test_the_check_accepts_a_right_posterior_at_its_nominal_rate() -> None:
    for level in (0.5, 0.9):
        wrong = sum(not coverage(_ranks(1.0, seed=k), level, 0.95).holds for k in range(200))
        assert wrong <= 200 * 0.05 + 4 * np.sqrt(200 * 0.05)
    assert 0.02 < np.mean([uniformity(_ranks(1.0, seed=k))["hotelling"] < 0.05 for k in range(200)]) < 0.12


def test_the_check_rejects_a_posterior_that_is_too_sure() -> None:
    found = [coverage(_ranks(0.6), level, 0.999) for level in (0.5, 0.9)]
    assert all(c.too_low for c in found)
    assert uniformity(_ranks(0.6))["hotelling"] < 1e-3


def test_data_sets_without_informed_unknowns_do_not_count() -> None:
    found = coverage([*_ranks(1.0), np.array([])], 0.5, 0.999)
    assert found.n_data_sets == 40


def test_kept_results_survive_a_line_that_was_cut_off(tmp_path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "kept.jsonl"
    one, two = (Recovery(k, "chain", [0.5], [0.0], [0.0], [1.0], 0.3, 12, 1.0) for k in range(2))
    _append(path, one)
    with path.open("a", encoding="utf-8") as file:
        file.write('{"data_set": 1, "proc')
    _append(path, two)
    assert _read(path) == [one, two]
