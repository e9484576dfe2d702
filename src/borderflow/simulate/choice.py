"""How people decide: the hazard of leaving, arrivals by hour, logits over ways and lanes. Functions of numbers; the step is in `engine`."""

from __future__ import annotations

import math

from numba import njit

RUSH_HOUR = 15.0


@njit(cache=True, error_model="numpy")
def by_hour(peak, hour, days):
    """Arrivals over a span of `days` around an hour of the day against the mean of the day; its mean over a day is 1 for any span."""
    half = math.pi * days
    return 1.0 + (peak - 1.0) * math.cos(2.0 * math.pi * (hour - RUSH_HOUR) / 24.0) * math.sin(half) / half


@njit(cache=True, error_model="numpy")
def share_of_hours(hour, days, first, last):
    """Share of a step of `days` around an hour that lies within [first, last) of the day, over midnight where first > last."""
    low = hour - 12.0 * days
    high = hour + 12.0 * days
    if first < last:
        return max(min(high, last) - max(low, first), 0.0) / (high - low)
    return (max(min(high, last) - low, 0.0) + max(high - max(low, first), 0.0)) / (high - low)


@njit(cache=True, error_model="numpy")
def hazard_of(m, a, t, group):
    """People a day leaving per person at risk at day t: all departure shocks, their ramps and decays, and believed deadlines."""
    h = 0.0
    factor = 1.0
    for s in range(m.shock_kind.shape[0]):
        o = m.o_shock + 6 * s
        since = t - m.shock_at[s] - a[o + 1]
        if m.shock_kind[s] == 0:
            if since > 0.0 and m.shock_reach[s, group] > 0.0:
                h += a[o] / max(a[m.o_one], 1.0) * (1.0 - math.exp(-since / a[o + 2])) * math.exp(-since / a[o + 3])  # the first is the pool
        elif since >= 0.0:
            factor *= (1.0 + a[o + 4]) if t < m.shock_until[s] else a[o + 5]
    return h * factor


@njit(cache=True, error_model="numpy")
def way_weights(way_gate, way_nest, first, last, way_utility, gate_utility, may, similarity, nest_best, nest_sum, weight):
    """Weights of the ways of one origin for one group, 0 where it may not enter; returns their sum (1e-300 if there is none).

    A logit whose utilities exceed what exp can hold, or nested: P(nest) ~ (sum of exp(utility / similarity))^similarity.
    way_*: (n_ways,) and gate_utility, may: (n_gates,). nest_best, nest_sum: (n_nests,) are work space. weight: (last - first,) is filled.
    """
    nest_best[:] = -math.inf
    nest_sum[:] = 0.0
    for w in range(first, last):
        if may[way_gate[w]] > 0.0:
            nest_best[way_nest[w]] = max(nest_best[way_nest[w]], (way_utility[w] + gate_utility[way_gate[w]]) / similarity)
    for w in range(first, last):
        k = way_gate[w]
        weight[w - first] = 0.0
        if may[k] > 0.0:
            weight[w - first] = math.exp((way_utility[w] + gate_utility[k]) / similarity - nest_best[way_nest[w]])
            nest_sum[way_nest[w]] += weight[w - first]
    best = -math.inf
    for i in range(nest_best.shape[0]):
        if nest_sum[i] > 0.0:
            nest_best[i] = similarity * (nest_best[i] + math.log(nest_sum[i]))
            best = max(best, nest_best[i])
    total = 1e-300
    for w in range(first, last):
        if weight[w - first] > 0.0:
            i = way_nest[w]
            weight[w - first] *= math.exp(nest_best[i] - best) / nest_sum[i]
            total += weight[w - first]
    return total


@njit(cache=True, error_model="numpy")
def bus_share(bus, car, foot):
    """Share who take the bus by logit over lanes, given the utility of each lane, -inf where it is shut; all where no other is open."""
    if bus == -math.inf:
        return 0.0
    others = (math.exp(car - bus) if car > -math.inf else 0.0) + (math.exp(foot - bus) if foot > -math.inf else 0.0)
    return 1.0 / (1.0 + others)
