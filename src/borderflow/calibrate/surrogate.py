"""A cheap stand-in for the mean engine: for each claim a cubic in every unknown plus the products of unknowns that matter to it.

    x_c(z) = w_c . [1, u, u^2 - 1, u^3 - 3 u] + sum_k p_ck u_{i(c,k)} u_{j(c,k)},      u = (z - middle) / scale

The products are chosen claim by claim, those that explain most of what is left, in rounds, and all weights are fitted together (ridge).

Source: Pati, Rezaiifar & Krishnaprasad 1993, doi:10.1109/ACSSC.1993.342465 (orthogonal matching pursuit).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from borderflow.compiled import njit, prange

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
MOST_PRODUCTS = 60
"""Products of unknowns that a claim may have; twice as many lower the error by 2 %."""
POINTS_PER_PRODUCT = 64
ROUNDS = 2
RIDGE = 1e-2
RIDGE_PRODUCTS = 30.0


class Surrogate(NamedTuple):
    """Weights of the stand-in, and the variance of its error (n_claims,)."""

    middle: Floats
    """(d,)"""
    scale: Floats
    """(d,)"""
    weight: Floats
    """(n_claims, 1 + 3 d)"""
    pair: Ints
    """(n_claims, n_products, 2) unknowns that are multiplied"""
    pair_weight: Floats
    """(n_claims, n_products)"""
    error: Floats

    def __call__(self, z: Floats) -> Floats:
        """Scaled observables, (n, n_claims)."""
        return _predict_many(np.ascontiguousarray(z), self.middle, self.scale, self.weight, self.pair, self.pair_weight)

    def slope(self, z: Floats) -> Floats:
        """Derivatives (n_claims, d) at one point z (d,)."""
        h = 1e-4
        steps = h * np.eye(len(z))
        return (self(z + steps) - self(z - steps)).T / (2.0 * h)


NO_SURROGATE = Surrogate(np.zeros(0), np.ones(0), np.zeros((0, 1)), np.zeros((0, 0, 2), dtype=np.int64), np.zeros((0, 0)), np.zeros(0))


def _cubic(u: Floats) -> Floats:
    return np.concatenate([np.ones((len(u), 1)), u, u**2 - 1.0, u**3 - 3.0 * u], axis=1)


def fit_surrogate(z: Floats, x: Floats) -> Surrogate:
    """Fits evaluations z (n, d), x (n, n_claims); the error is corrected for the number of weights (generalised cross-validation)."""
    n, d = z.shape
    middle, scale = z.mean(axis=0), z.std(axis=0) + 1e-9
    u = (z - middle) / scale
    f = _cubic(u)
    gram = f.T @ f + RIDGE * np.eye(f.shape[1])
    first = np.linalg.solve(gram, f.T @ x)
    rest = x - f @ first
    i, j = np.triu_indices(d, 1)
    n_products = min(MOST_PRODUCTS, n // POINTS_PER_PRODUCT, len(i)) // ROUNDS * ROUNDS
    n_claims = x.shape[1]
    chosen = np.zeros((n_claims, n_products), dtype=np.int64)
    pair_weight = np.zeros((n_claims, n_products))
    if n_products:
        # single precision is plenty to choose among thousands of products; one a row, so that a claim's own are read in order
        u32, f32 = np.ascontiguousarray(u.T, dtype=np.float32), np.ascontiguousarray(f.T, dtype=np.float32)
        products = u32[i] * u32[j]
        shadow = np.linalg.solve(gram, (f32 @ products.T).astype(np.float64))
        products -= shadow.T.astype(np.float32) @ f32  # what the cubics do not already say
        size = np.sqrt(np.einsum("pn,pn->p", products, products)) + 1e-12
        left = rest.copy()
        more = n_products // ROUNDS
        for stage in range(ROUNDS):
            gain = np.abs(products @ left.astype(np.float32)) / size[:, None]
            at = (stage + 1) * more
            for c in range(n_claims):
                gain[chosen[c, : stage * more], c] = -1.0
                chosen[c, stage * more : at] = np.argsort(-gain[:, c], kind="stable")[:more]
                q = products[chosen[c, :at]].astype(np.float64)
                pair_weight[c, :at] = np.linalg.solve(q @ q.T + RIDGE_PRODUCTS * np.eye(at), q @ rest[:, c])
                left[:, c] = rest[:, c] - pair_weight[c, :at] @ q
                if at == n_products:
                    first[:, c] -= shadow[:, chosen[c]] @ pair_weight[c]
        rest = left
    n_weights = min(f.shape[1] + n_products, n // 2)
    error = (rest**2).mean(axis=0) * (n / (n - n_weights)) ** 2
    return Surrogate(middle, scale, np.ascontiguousarray(first.T), np.stack([i[chosen], j[chosen]], axis=-1), pair_weight, error)


@njit(cache=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
def predict(z, middle, scale, weight, pair, pair_weight, f, x):  # type: ignore[no-untyped-def]
    """Fills x (n_claims,) at z (d,); f: work space (1 + 3 d,)."""
    d = z.shape[0]
    f[0] = 1.0
    for i in range(d):
        u = (z[i] - middle[i]) / scale[i]
        f[1 + i] = u
        f[1 + d + i] = u * u - 1.0
        f[1 + 2 * d + i] = u * (u * u - 3.0)
    for c in range(x.shape[0]):
        s = 0.0
        for i in range(f.shape[0]):
            s += weight[c, i] * f[i]
        for k in range(pair.shape[1]):
            s += pair_weight[c, k] * f[1 + pair[c, k, 0]] * f[1 + pair[c, k, 1]]
        x[c] = s


@njit(cache=True, parallel=True, error_model="numpy")
def _predict_many(z, middle, scale, weight, pair, pair_weight):  # type: ignore[no-untyped-def]
    x = np.empty((z.shape[0], weight.shape[0]))
    for p in prange(z.shape[0]):
        predict(z[p], middle, scale, weight, pair, pair_weight, np.empty(weight.shape[1]), x[p])
    return x
