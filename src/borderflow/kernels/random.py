"""Counter-based random numbers (Philox4x32-10) and the draws made from them.

Every draw is addressed: key = seed, counter = (site, stream x step, run). The same address gives the same number whatever
was drawn before, on any number of threads; two policies that meet the same decision share its luck.

Source: Salmon et al. 2011, doi:10.1145/2063384.2063405 (Philox); Hormann 1993, doi:10.1080/00949659308811496 (BTRS binomial) and
doi:10.1016/0167-6687(93)90997-4 (PTRS Poisson);
Kachitvichyanukul & Schmeiser 1988, doi:10.1145/42372.42381 (bounds on a ratio of binomial probabilities);
Stadlober 1990, doi:10.1016/0377-0427(90)90349-5 (ratio of uniforms).
"""

from __future__ import annotations

import math

import numpy as np

from borderflow.compiled import njit

# Streams: one number per named decision. Adding one at the end leaves the luck of all others as it was.
(
    DEPART, CHOOSE, TRAVEL, GATE_MODE, ORDINARY, SERVE, SWITCH, AFTER, SHOCK_HAZARD, SHOCK_ARRIVAL, SHOCK_SERVICE, DRIFT, POLICY, PROPOSE, REPORT,
    GATE_BUS, BALK, RENEGE, BUDGET, FLEE,
) = range(20)  # fmt: skip

_M0 = np.uint64(0xD2511F53)
_M1 = np.uint64(0xCD9E8D57)
_W0 = np.uint64(0x9E3779B9)
_W1 = np.uint64(0xBB67AE85)
_LOW = np.uint64(0xFFFFFFFF)
_32 = np.uint64(32)
_21 = np.uint64(21)
_11 = np.uint64(11)
_UNIT = 1.0 / 9007199254740992.0
MOST_INVERTED = 100.0
"""Variance up to which a hypergeometric draw is cheaper by inversion."""
INVERTED = 10.0
"""Mean below which a binomial draw is inverted."""
NEAR = 20.0
"""Distance from a binomial's mode up to which a ratio of probabilities is multiplied out."""
_LOG_FACTORIALS = np.array([math.lgamma(i + 1.0) for i in range(16)])


@njit(cache=True, inline="always")  # a call would cost two thirds of what it does
def philox(seed, run, stream, step, site, sub):
    """Two independent uniforms in (0, 1) at one address."""
    k0 = np.uint64(seed) & _LOW
    k1 = np.uint64(seed) >> _32
    c0 = np.uint64(site)
    c1 = np.uint64(step)
    c2 = np.uint64(run) & _LOW
    c3 = (np.uint64(stream) << np.uint64(24)) ^ np.uint64(sub)
    for _ in range(10):
        p0 = _M0 * c0
        p1 = _M1 * c2
        c0 = ((p1 >> _32) ^ c1 ^ k0) & _LOW
        c1 = p1 & _LOW
        c2 = ((p0 >> _32) ^ c3 ^ k1) & _LOW
        c3 = p0 & _LOW
        k0 = (k0 + _W0) & _LOW
        k1 = (k1 + _W1) & _LOW
    a = ((c0 << _32) | c1) >> _11
    b = ((c2 << _32) | c3) >> _11
    return (float(a) + 0.5) * _UNIT, (float(b) + 0.5) * _UNIT


@njit(cache=True)
def normal(seed, run, stream, step, site):
    """One standard normal deviate (Box-Muller)."""
    u, v = philox(seed, run, stream, step, site, 0)
    return math.sqrt(-2.0 * math.log(u)) * math.cos(2.0 * math.pi * v)


@njit(cache=True)
def log_factorial(x):
    """log x! of a whole number x >= 0; Stirling's series from 16 on, where its error is below 1e-10, at a third of the cost of lgamma."""
    if x < 16.0:
        return _LOG_FACTORIALS[int(x)]
    i = 1.0 / x
    return (x + 0.5) * math.log(x) - x + 0.9189385332046727 + i * (1.0 / 12.0 - i * i * (1.0 / 360.0 - i * i / 1260.0))


@njit(cache=True, error_model="numpy")
def _as_likely(height, k, m, n, p, npq):
    """Whether height <= P(k) / P(m) of Binomial(n, p) with mode m: by the product near the mode, else by bounds that hardly ever leave it open."""
    far = abs(k - m)
    if far <= NEAR:
        up, down = 1.0, 1.0
        odds = p / (1.0 - p)
        i = min(k, m)
        while i < max(k, m):
            up *= (n - i) * odds
            i += 1.0
            down *= i
        return height * down <= up if k > m else height * up <= down
    height = math.log(height)
    if far < 0.5 * npq - 1.0:
        rest = far / npq * (((far / 3.0 + 0.625) * far + 1.0 / 6.0) / npq + 0.5)
        middle = -0.5 * far * far / npq
        if height < middle - rest:
            return True
        if height > middle + rest:
            return False
    ratio = log_factorial(m) + log_factorial(n - m) - log_factorial(k) - log_factorial(n - k) + (k - m) * math.log(p / (1.0 - p))
    return height <= ratio


@njit(cache=True, error_model="numpy")
def _btrs(n, p, seed, run, stream, step, site, sub):
    """Binomial by transformed rejection from try `sub` on; needs n p >= 10 and p <= 1/2."""
    npq = n * p * (1.0 - p)
    spq = math.sqrt(npq)
    b = 1.15 + 2.53 * spq
    a = -0.0873 + 0.0248 * b + 0.01 * p
    c = n * p + 0.5
    v_r = 0.92 - 4.2 / b
    while True:
        u, v = philox(seed, run, stream, step, site, sub)
        sub += 1
        u -= 0.5
        us = 0.5 - abs(u)
        k = np.floor((2.0 * a / us + b) * u + c)
        if 0.0 <= k <= n:
            if us >= 0.07 and v <= v_r:
                return k
            # four in five have returned by now: only the others pay for what follows
            if _as_likely(v * (2.83 + 5.1 / b) * spq / (a / (us * us) + b), k, np.floor((n + 1.0) * p), n, p, npq):
                return k


@njit(cache=True, error_model="numpy")
def _inverted(n, p, u):
    """Binomial by inversion of one uniform; its cost grows with n p; needs p < 1."""
    if u <= 1.0 - n * p:  # at most (1 - p)^n
        return 0.0
    s = p / (1.0 - p)
    f = math.exp(n * math.log1p(-p))
    k = 0.0
    while u > f and k < n:
        u -= f
        k += 1.0
        f *= s * (n - k + 1.0) / k
        if f < 1e-300:
            break
    return k


@njit(cache=True, error_model="numpy")
def binomial(n, p, seed, run, stream, step, site):
    """One Binomial(n, p) count as a float; n is a whole number >= 0, p is clipped to [0, 1]."""
    if n <= 0.0 or p <= 0.0:
        return 0.0
    if p >= 1.0:
        return n
    flip = p > 0.5
    if flip:
        p = 1.0 - p
    if n * p < INVERTED:
        u, _ = philox(seed, run, stream, step, site, 0)
        k = _inverted(n, p, u)
    else:
        k = _btrs(n, p, seed, run, stream, step, site, 0)
    return n - k if flip else k


@njit(cache=True, error_model="numpy")
def binomials(count, n, p, seed, run, stream, step, site, drawn, u, v):
    """Fills drawn[:count] with what `binomial` draws at each site: many at once cost less, and large counts hardly more than small ones.

    n, p, site, drawn, u, v: (at least count,), the last two work space. The first two loops have no branches, so that they compile to vectors.
    """
    for i in range(count):
        u[i], v[i] = philox(seed, run, stream, step, site[i], 0)
    # the first try of transformed rejection: what it proposes, or -1 where it is refused; v becomes its height, or -1 where it is accepted
    for i in range(count):
        q = min(p[i], 1.0 - p[i])
        spq = math.sqrt(max(n[i] * q * (1.0 - q), 0.0))
        b = 1.15 + 2.53 * spq
        a = -0.0873 + 0.0248 * b + 0.01 * q
        us = 0.5 - abs(u[i] - 0.5)
        k = np.floor((2.0 * a / us + b) * (u[i] - 0.5) + (n[i] * q + 0.5))
        height = v[i] * (2.83 + 5.1 / b) * spq / (a / (us * us) + b)
        # most of the others are decided by bounds on log P(k) / P(mode) and by (1 - x / 8)^8 <= exp(-x) <= (1 + x / 8)^-8
        per = 1.0 / (spq * spq)
        far = abs(k - np.floor((n[i] + 1.0) * q))
        rest = far * per * (((far / 3.0 + 0.625) * far + 1.0 / 6.0) * per + 0.5)
        below = 1.0 - 0.125 * (0.5 * far * far * per + rest)
        above = 1.0 + 0.125 * (0.5 * far * far * per - rest)
        bounded = far < 0.5 * spq * spq - 1.0
        above *= above
        above *= above
        above *= above
        lowest = below * below
        lowest *= lowest
        lowest *= lowest
        accepted = (us >= 0.07) & (v[i] <= 0.92 - 4.2 / b) | bounded & (below > 0.0) & (height <= lowest)
        refused = bounded & (below > 0.0) & (height * above > 1.0)
        v[i] = -1.0 if accepted else height
        drawn[i] = k if (k >= 0.0) & (k <= n[i]) & (accepted | ~refused) else -1.0
    for i in range(count):
        q = min(p[i], 1.0 - p[i])
        if n[i] <= 0.0 or q <= 0.0:
            drawn[i] = n[i] if n[i] > 0.0 and p[i] > 0.5 else 0.0
            continue
        if n[i] * q < INVERTED:
            drawn[i] = _inverted(n[i], q, u[i])
        elif drawn[i] < 0.0 or (v[i] >= 0.0 and not _as_likely(v[i], drawn[i], np.floor((n[i] + 1.0) * q), n[i], q, n[i] * q * (1.0 - q))):
            drawn[i] = _btrs(n[i], q, seed, run, stream, step, site[i], 1)
        if p[i] > 0.5:
            drawn[i] = n[i] - drawn[i]


@njit(cache=True, error_model="numpy")
def poisson(mu, seed, run, stream, step, site):
    """One Poisson(mu) count as a float; inversion below 10, transformed rejection (PTRS) above."""
    if mu <= 0.0:
        return 0.0
    if mu < 10.0:
        u, _ = philox(seed, run, stream, step, site, 0)
        f = math.exp(-mu)
        k = 0.0
        while u > f:
            u -= f
            k += 1.0
            f *= mu / k
            if f < 1e-300:
                break
        return k
    b = 0.931 + 2.53 * math.sqrt(mu)
    a = -0.059 + 0.02483 * b
    inv_alpha = 1.1239 + 1.1328 / (b - 3.4)
    v_r = 0.9277 - 3.6224 / (b - 2.0)
    sub = 0
    while True:
        u, v = philox(seed, run, stream, step, site, sub)
        sub += 1
        u -= 0.5
        us = 0.5 - abs(u)
        k = np.floor((2.0 * a / us + b) * u + mu + 0.43)
        if us >= 0.07 and v <= v_r:
            return k
        if k < 0.0 or (us < 0.013 and v > us):
            continue
        if math.log(v * inv_alpha / (a / (us * us) + b)) <= k * math.log(mu) - mu - log_factorial(k):
            return k


@njit(cache=True, error_model="numpy")
def _hypergeometric_ratio(marked, others, taken, variance, seed, run, stream, step, site):
    """Hypergeometric by the ratio of uniforms under a table mountain hat, whose tries do not depend on the size."""
    total = marked + others
    middle = taken * marked / total + 0.5
    width = 1.7155277699214135 * math.sqrt(variance + 0.5) + 0.8989161620588988
    low = max(0.0, taken - others)
    high = min(marked, taken)
    mode = np.floor((taken + 1.0) * (marked + 1.0) / (total + 2.0))
    top = log_factorial(mode) + log_factorial(marked - mode) + log_factorial(taken - mode) + log_factorial(others - taken + mode)
    sub = 0
    while True:
        u, v = philox(seed, run, stream, step, site, sub)
        sub += 1
        k = np.floor(middle + width * (v - 0.5) / u)
        if k < low or k > high:
            continue
        ratio = top - log_factorial(k) - log_factorial(marked - k) - log_factorial(taken - k) - log_factorial(others - taken + k)
        if u * (4.0 - u) - 3.0 <= ratio:  # at least 2 log u
            return k
        if u * (u - ratio) < 1.0 and 2.0 * math.log(u) <= ratio:
            return k


@njit(cache=True, error_model="numpy")
def hypergeometric(marked, others, taken, seed, run, stream, step, site):
    """How many of `taken` drawn without replacement from marked + others are marked.

    Inversion from the mode outwards, whose cost grows with the standard deviation; above some size the ratio of uniforms.
    """
    total = marked + others
    if marked <= 0.0 or taken <= 0.0:
        return 0.0
    if taken >= total:
        return marked
    if others <= 0.0:
        return taken
    share = taken / total
    variance = marked * share * (1.0 - share) * others / (total - 1.0)
    if variance > MOST_INVERTED:
        return _hypergeometric_ratio(marked, others, taken, variance, seed, run, stream, step, site)
    low = max(0.0, taken - others)
    high = min(marked, taken)
    mode = math.floor((taken + 1.0) * (marked + 1.0) / (total + 2.0))
    mode = min(max(mode, low), high)
    log_f = (
        math.lgamma(marked + 1.0)
        - math.lgamma(mode + 1.0)
        - math.lgamma(marked - mode + 1.0)
        + math.lgamma(others + 1.0)
        - math.lgamma(taken - mode + 1.0)
        - math.lgamma(others - taken + mode + 1.0)
        - (math.lgamma(total + 1.0) - math.lgamma(taken + 1.0) - math.lgamma(total - taken + 1.0))
    )
    u, _ = philox(seed, run, stream, step, site, 0)
    f_up = math.exp(log_f)
    f_down = f_up
    u -= f_up
    if u <= 0.0:
        return mode
    up = mode
    down = mode
    while up < high or down > low:
        if up < high:
            f_up *= (marked - up) * (taken - up) / ((up + 1.0) * (others - taken + up + 1.0))
            up += 1.0
            u -= f_up
            if u <= 0.0:
                return up
        if down > low:
            f_down *= down * (others - taken + down) / ((marked - down + 1.0) * (taken - down + 1.0))
            down -= 1.0
            u -= f_down
            if u <= 0.0:
                return down
        if f_up < 1e-18 and f_down < 1e-18:
            break
    return mode
