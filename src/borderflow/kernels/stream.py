"""A fast sequence of random numbers that begins at an address, and the draws made from it.

Where decisions are too many and too cheap for an address each (`random`), a whole stretch of work (one run, one day) has one: key = seed,
counter = (run, stream, step). From there xoshiro256++ goes on. The same address gives the same sequence on any number of threads.

Source: Blackman & Vigna 2021, doi:10.1145/3460772 (xoshiro256++, splitmix64); Hormann 1993 as in `random`.
"""

from __future__ import annotations

import math

import numpy as np

from borderflow.compiled import njit
from borderflow.kernels.random import log_factorial, philox

_INVERSE = 1.0 / np.arange(1e-300, 128.0)
_UNIT = 1.0 / 9007199254740992.0
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX2 = np.uint64(0x94D049BB133111EB)
_11, _17, _23, _27, _30, _31, _41, _45, _19 = (np.uint64(k) for k in (11, 17, 23, 27, 30, 31, 41, 45, 19))


@njit(cache=True)
def begin(state, seed, run, stream, step):
    """Sets `state`, four 64-bit words, to the beginning of the sequence at an address."""
    u, v = philox(seed, run, stream, step, 0, 0)
    z = np.uint64(u * 9007199254740992.0) * _GOLDEN ^ (np.uint64(v * 9007199254740992.0) << _11)
    for i in range(4):
        z += _GOLDEN
        x = z
        x = (x ^ (x >> _30)) * _MIX1
        x = (x ^ (x >> _27)) * _MIX2
        state[i] = x ^ (x >> _31)


@njit(cache=True)
def uniform(state):
    """A number in (0, 1)."""
    s0, s1, s2, s3 = state[0], state[1], state[2], state[3]
    x = s0 + s3
    x = ((x << _23) | (x >> _41)) + s0
    t = s1 << _17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = (s3 << _45) | (s3 >> _19)
    state[0], state[1], state[2], state[3] = s0, s1, s2, s3
    return (float(x >> _11) + 0.5) * _UNIT


@njit(cache=True, inline="never", error_model="numpy")
def _btrs(n, p, state):
    """Binomial by transformed rejection; needs n p >= 10 and p <= 1/2."""
    spq = math.sqrt(n * p * (1.0 - p))
    b = 1.15 + 2.53 * spq
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = n * p + 0.5
    v_r = 0.92 - 4.2 / b
    while True:
        u = uniform(state) - 0.5
        v = uniform(state)
        us = 0.5 - abs(u)
        k = math.floor((2.0 * a / us + b) * u + c)
        if k < 0.0 or k > n:
            continue
        if us >= 0.07 and v <= v_r:
            return int(k)
        alpha = (2.83 + 5.1 / b) * spq
        m = math.floor((n + 1.0) * p)
        h = log_factorial(m) + log_factorial(n - m)
        v = math.log(v * alpha / (a / (us * us) + b))
        if v <= h - log_factorial(k) - log_factorial(n - k) + (k - m) * math.log(p / (1.0 - p)):
            return int(k)


@njit(cache=True, error_model="numpy")
def binomial(n, p, state):
    """One Binomial(n, p) count; p is clipped to [0, 1]."""
    if n <= 0 or p <= 0.0:
        return 0
    if p >= 1.0:
        return n
    if n == 1:
        return 1 if uniform(state) < p else 0
    flip = p > 0.5
    if flip:
        p = 1.0 - p
    if n * p < 10.0:
        u = uniform(state)
        k = 0
        # (1 - p) ** n by squares: half the time of exp and log1p, which are calls
        f, q, i = 1.0, 1.0 - p, n
        while i > 1:
            f *= q if i & 1 else 1.0
            q *= q
            i >>= 1
        f *= q
        s = p / (1.0 - p)
        a, most = s * (n + 1), min(n, 127)  # with a mean below 10, more than 127 do not come up
        while u > f and k < most:
            u -= f
            k += 1
            f *= a * _INVERSE[k] - s
    else:
        k = _btrs(float(n), p, state)
    return n - k if flip else k


@njit(cache=True)
def poisson(mu, state):
    """One Poisson(mu) count: inversion below 10, transformed rejection above."""
    if mu <= 0.0:
        return 0
    return _poisson_small(mu, state) if mu < 10.0 else _poisson_large(mu, state)


@njit(cache=True)
def _poisson_small(mu, state):
    u = uniform(state)
    f = math.exp(-mu)
    k = 0
    while u > f:
        u -= f
        k += 1
        f *= mu / k
        if f < 1e-300:
            break
    return k


@njit(cache=True)
def _poisson_large(mu, state):
    """Transformed rejection (PTRS)."""
    b = 0.931 + 2.53 * math.sqrt(mu)
    a = -0.059 + 0.02483 * b
    inv_alpha = 1.1239 + 1.1328 / (b - 3.4)
    v_r = 0.9277 - 3.6224 / (b - 2.0)
    while True:
        u = uniform(state) - 0.5
        v = uniform(state)
        us = 0.5 - abs(u)
        k = math.floor((2.0 * a / us + b) * u + mu + 0.43)
        if us >= 0.07 and v <= v_r:
            return int(k)
        if k < 0.0 or (us < 0.013 and v > us):
            continue
        if math.log(v) + math.log(inv_alpha) - math.log(a / (us * us) + b) <= k * math.log(mu) - mu - math.lgamma(k + 1.0):
            return int(k)


@njit(cache=True)
def order_statistic(k, n, state):
    """The k-th smallest of n uniforms in (0, 1), 1 <= k <= n: exponential spacings, or a walk of splits where n is large."""
    low, high = 0.0, 1.0
    while n > 16:
        # halve: how many of the n fall below the middle
        below = binomial(n, 0.5, state)
        middle = 0.5 * (low + high)
        if k <= below:
            n, high = below, middle
        else:
            k, n, low = k - below, n - below, middle
    one = 0.0
    for i in range(k):
        # smallest of n - i remaining above `one`
        one = 1.0 - (1.0 - one) * uniform(state) ** (1.0 / (n - i))
    return low + (high - low) * one
