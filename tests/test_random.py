"""Random numbers by address: Philox against published vectors, draws against exact probabilities.

The chi-square tests are at fixed seeds, so they cannot fail by chance as long as the draws stay the same. Should a new order of draws
change them, a right program fails one of the N_LAWS tests with a probability of at most LEVEL = 1e-3 over all of them together.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from numba import njit
from scipy import stats

from borderflow.kernels.random import binomial, binomials, hypergeometric, normal, philox, poisson

LEVEL = 1e-3
N_DRAWS = 20_000
BINOMIALS = [(1.0, 0.3), (7.0, 0.5), (40.0, 0.24), (40.0, 0.26), (25.0, 0.9), (200.0, 0.5), (1000.0, 0.03), (1e6, 0.2), (3000.0, 0.995)]
POISSONS = [0.01, 0.7, 9.9, 10.1, 60.0, 5000.0]
HYPERGEOMETRICS = [
    (5.0, 5.0, 3.0),
    (30.0, 12.0, 20.0),
    (3.0, 900.0, 400.0),
    (2000.0, 1000.0, 900.0),
    (1e6, 5e5, 1e4),
    (20.0, 10.0, 28.0),
    (600.0, 4000.0, 4000.0),
    (2000.0, 5e7, 1e7),
]
N_LAWS = len(BINOMIALS) + len(POISSONS) + len(HYPERGEOMETRICS) + 3


@njit
def _binomials(n, p, seed, out):
    for i in range(out.shape[0]):
        out[i] = binomial(n, p, seed, 0, 5, i, 3)


@njit
def _one_by_one(n, p, site, seed, out):
    for i in range(out.shape[0]):
        out[i] = binomial(n[i], p[i], seed, 1, 5, 2, site[i])


@njit
def _poissons(mu, seed, out):
    for i in range(out.shape[0]):
        out[i] = poisson(mu, seed, 0, 6, i, 3)


@njit
def _hypergeometrics(marked, others, taken, seed, out):
    for i in range(out.shape[0]):
        out[i] = hypergeometric(marked, others, taken, seed, 0, 7, i, 3)


@njit
def _normals(seed, out):
    for i in range(out.shape[0]):
        out[i] = normal(seed, 0, 8, i, 3)


@njit
def _uniforms(seed, out):
    for i in range(out.shape[0]):
        out[i, 0], out[i, 1] = philox(seed, 0, 9, i, 3, 0)


def drawn(fill: Callable[..., None], *parameters: float, seed: int = 11) -> np.ndarray:
    """N_DRAWS draws at the addresses of one stream."""
    out = np.empty(N_DRAWS)
    fill(*parameters, seed, out)
    return out


def check_law(draws: np.ndarray, pmf: Callable[[np.ndarray], np.ndarray], low: int, high: int) -> None:
    """Chi-square of whole-number draws against exact probabilities on low..high, in bins of at least 20 expected draws."""
    assert np.all(draws == np.floor(draws))
    assert draws.min() >= low
    assert draws.max() <= high
    values = np.arange(max(low, int(draws.min()) - 50), min(high, int(draws.max()) + 50) + 1)
    expected = pmf(values) * N_DRAWS
    observed = (
        np.array([np.sum(draws == v) for v in values]) if len(values) < 200 else np.bincount((draws - values[0]).astype(int), None, len(values))
    )
    seen, wanted, e, o = [], [], 0.0, 0.0
    for x, y in zip(expected, observed, strict=True):
        e, o = e + x, o + y
        if e >= 20.0:
            wanted.append(e)
            seen.append(o)
            e, o = 0.0, 0.0
    rest = N_DRAWS - sum(wanted)
    if rest >= 20.0:
        wanted.append(rest)
        seen.append(N_DRAWS - sum(seen))
    else:
        wanted[-1] += rest
        seen[-1] += N_DRAWS - sum(seen)
    assert len(wanted) >= 2 or len(values) == 1
    chi2 = sum((x - y) ** 2 / y for x, y in zip(seen, wanted, strict=True))
    assert stats.chi2.sf(chi2, len(wanted) - 1) > LEVEL / N_LAWS


# counter words 0..3 and key words 0..1 of philox4x32-10, and the four words that come out (known-answer tests of Random123)
VECTORS = [
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((0xFFFFFFFF,) * 4, (0xFFFFFFFF,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ((0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344), (0xA4093822, 0x299F31D0), (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1)),
]


@pytest.mark.parametrize(("counter", "key", "words"), VECTORS)
def test_philox_gives_the_published_words(counter, key, words):
    # our address is the counter: site, step, run, and stream and sub together
    seed = np.uint64((key[1] << 32) | key[0])
    u, v = philox(seed, np.uint64(counter[2]), counter[3] >> 24, counter[1], counter[0], counter[3] & 0xFFFFFF)
    first, second = (words[0] << 32 | words[1]) >> 11, (words[2] << 32 | words[3]) >> 11
    assert u == (float(first) + 0.5) * 2.0**-53
    assert v == (float(second) + 0.5) * 2.0**-53


def test_the_same_address_gives_the_same_number_whatever_came_before():
    once = philox(7, 3, 2, 100, 5, 0)
    for address in [
        (7, 3, 2, 100, 6, 0),
        (7, 3, 2, 101, 5, 0),
        (7, 3, 3, 100, 5, 0),
        (7, 4, 2, 100, 5, 0),
        (8, 3, 2, 100, 5, 0),
        (7, 3, 2, 100, 5, 1),
    ]:
        assert philox(*address) != once
    assert philox(7, 3, 2, 100, 5, 0) == once
    assert drawn(_binomials, 200.0, 0.5).tolist() == drawn(_binomials, 200.0, 0.5).tolist()
    assert drawn(_binomials, 200.0, 0.5).tolist() != drawn(_binomials, 200.0, 0.5, seed=12).tolist()


def test_uniforms_of_one_address_are_uniform_and_independent():
    pairs = np.empty((N_DRAWS, 2))
    _uniforms(5, pairs)
    cells = np.floor(pairs * 8).astype(int)
    observed = np.bincount(cells[:, 0] * 8 + cells[:, 1], minlength=64)
    chi2 = np.sum((observed - N_DRAWS / 64) ** 2 / (N_DRAWS / 64))
    assert stats.chi2.sf(chi2, 63) > LEVEL / N_LAWS
    # neighbours in time: lag-1 correlation is N(0, 1/n) under independence
    lag = np.corrcoef(pairs[:-1, 0], pairs[1:, 0])[0, 1]
    assert 2 * stats.norm.sf(abs(lag) * math.sqrt(N_DRAWS)) > LEVEL / N_LAWS


def test_normal_deviates_are_standard_normal():
    assert stats.kstest(drawn(_normals), "norm").pvalue > LEVEL / N_LAWS


@pytest.mark.parametrize(("n", "p"), BINOMIALS)
def test_binomial_has_its_law(n, p):
    check_law(drawn(_binomials, n, p), lambda k: stats.binom.pmf(k, int(n), p), 0, int(n))


def test_binomials_many_at_once_are_those_drawn_one_by_one():
    rng = np.random.default_rng(2)
    n = np.floor(10.0 ** rng.uniform(-1.0, 9.0, 5000))
    p = np.concatenate([rng.uniform(-0.1, 1.1, 2500), 10.0 ** rng.uniform(-9.0, 0.0, 2500)])
    site = rng.integers(0, 1 << 40, 5000)
    one, many = np.empty(5000), np.empty(5000)
    _one_by_one(n, p, site, 7, one)
    binomials(5000, n, p, 7, 1, 5, 2, site, many, np.empty(5000), np.empty(5000))
    assert np.array_equal(one, many)
    assert len(np.unique(one)) > 500


@pytest.mark.parametrize("mu", POISSONS)
def test_poisson_has_its_law(mu):
    check_law(drawn(_poissons, mu), lambda k: stats.poisson.pmf(k, mu), 0, 10**9)


@pytest.mark.parametrize(("marked", "others", "taken"), HYPERGEOMETRICS)
def test_hypergeometric_has_its_law(marked, others, taken):
    low, high = int(max(0, taken - others)), int(min(marked, taken))
    law = stats.hypergeom(int(marked + others), int(marked), int(taken))
    check_law(drawn(_hypergeometrics, marked, others, taken), law.pmf, low, high)


def test_a_wrong_law_is_found_out():
    # the check is able to fail: a binomial held against one whose probability is 2 % off
    with pytest.raises(AssertionError):
        check_law(drawn(_binomials, 1000.0, 0.03), lambda k: stats.binom.pmf(k, 1000, 0.0306), 0, 1000)


def test_certain_draws():
    at = (1, 0, 0, 0, 0)
    assert binomial(0.0, 0.5, *at) == 0.0
    assert binomial(9.0, 0.0, *at) == 0.0
    assert binomial(9.0, -0.1, *at) == 0.0
    assert binomial(9.0, 1.0, *at) == 9.0
    assert binomial(9.0, 1.5, *at) == 9.0
    assert poisson(0.0, *at) == 0.0
    assert poisson(-1.0, *at) == 0.0
    assert hypergeometric(0.0, 5.0, 3.0, *at) == 0.0
    assert hypergeometric(5.0, 0.0, 3.0, *at) == 3.0
    assert hypergeometric(5.0, 4.0, 0.0, *at) == 0.0
    assert hypergeometric(5.0, 4.0, 9.0, *at) == 5.0
    assert hypergeometric(5.0, 4.0, 20.0, *at) == 5.0
    assert hypergeometric(5.0, 1.0, 5.0, *at) in (4.0, 5.0)


@pytest.mark.parametrize("n", [1e3, 1e6, 1e9])
def test_huge_counts_keep_their_mean_and_spread(n):
    p = 0.37
    draws = drawn(_binomials, n, p)
    sd = math.sqrt(n * p * (1 - p))
    assert abs(draws.mean() - n * p) < 4.5 * sd / math.sqrt(N_DRAWS)  # 4.5 standard errors: 7e-6 each
    assert abs(draws.std() / sd - 1.0) < 4.5 / math.sqrt(2 * N_DRAWS)
