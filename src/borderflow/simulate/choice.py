"""How people decide: the hazard of leaving, arrivals by hour, logits over ways and lanes; who leaves home by which way. The step is in `engine`."""

from __future__ import annotations

import math

import numpy as np

from borderflow.compiled import njit
from borderflow.kernels.random import CHOOSE, DEPART, binomial, binomials, philox

RUSH_HOUR = 15.0
FEW = 8.0
"""Up to this many parties choose their way one by one."""
ALL = 1.0 - 1e-12
"""A share of what is left that is all of it but for rounding."""


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


@njit(cache=True, error_model="numpy")
def leave_home(
    m,
    home,
    p_leave,
    plain,
    similarity,
    way_weight,
    way_utility,
    likeliest,
    way_lag,
    way_time,
    gate_weight,
    gate_utility,
    may,
    admitted,
    turn,
    due,
    flow,
    flow_hours,
    seed,
    run,
    step,
):
    """Lets parties leave and choose their ways, in whole numbers: home falls; due, flow and flow_hours (see `engine`) grow.

    home: (n_groups, n_origins), p_leave: (n_groups,). Ways are offered to all cells side by side, the likeliest of each origin first, so that
    draws are made many at a time; a cell of few parties lets them choose one by one, the same law at less cost.
    """
    n_groups, n_origins = home.shape
    way_start, way_gate, way_nest = m.way_start, m.way_gate, m.way_nest
    n_ways = way_gate.shape[0]
    n_due = due.shape[0]
    by_group = 1 if admitted.shape[1] > 1 else 0
    n_cells = n_groups * n_origins
    cell = np.empty(n_cells, np.int64)  # g * n_origins + o of those who leave
    group, origin = np.empty(n_cells, np.int64), np.empty(n_cells, np.int64)  # of every cell: a division costs as much as a draw
    active = np.empty(n_cells, np.int64)
    n, p, drawn, u, v = np.empty(n_cells), np.empty(n_cells), np.empty(n_cells), np.empty(n_cells), np.empty(n_cells)
    site = np.empty(n_cells, np.int64)
    left = np.zeros(n_cells)
    weight_left = np.zeros(n_cells)
    offered = np.zeros(n_cells, np.int64)  # ways so far, as a place in `likeliest`
    weight = np.empty((n_groups, n_ways))
    taken = np.empty((n_groups, n_ways))
    nest_best = np.zeros(3 * m.n_countries)
    nest_sum = np.zeros(3 * m.n_countries)

    count = 0
    for o in range(n_origins):
        for g in range(n_groups):
            if home[g, o] > 0.0 and p_leave[g] > 0.0:
                c = g * n_origins + o
                cell[count] = site[count] = c
                group[c], origin[c] = g, o
                n[count] = home[g, o]
                p[count] = p_leave[g]
                count += 1
    binomials(count, n, p, seed, run, DEPART, step, site, drawn, u, v)
    n_leaving = 0
    n_active = 0
    for i in range(count):
        if drawn[i] <= 0.0:
            continue
        c = cell[i]
        g, o = group[c], origin[c]
        cell[n_leaving] = c
        n_leaving += 1
        left[c] = drawn[i]
        w0, w1 = way_start[o], way_start[o + 1]
        offered[c] = w0
        if plain:
            weight_left[c] = 1e-300
            for w in range(w0, w1):
                k = way_gate[w]
                weight[g, w] = way_weight[w] * gate_weight[k] * may[k, g]
                weight_left[c] += weight[g, w]
        else:
            weight_left[c] = way_weights(
                way_gate, way_nest, w0, w1, way_utility, gate_utility, may[:, g], similarity, nest_best, nest_sum, weight[g, w0:w1]
            )
        if left[c] > FEW:
            active[n_active] = c
            n_active += 1

    while n_active > 0:
        count = 0
        for i in range(n_active):
            c = active[i]
            g = group[c]
            last = way_start[origin[c] + 1]
            at = offered[c]
            while at < last and weight[g, likeliest[at]] <= 0.0:
                at += 1
            offered[c] = at
            if at < last:
                w = likeliest[at]
                if weight[g, w] >= ALL * weight_left[c]:  # no other way is left
                    taken[g, w] = left[c]
                    left[c] = 0.0
                    offered[c] += 1
                    continue
                active[count] = c
                n[count] = left[c]
                p[count] = weight[g, w] / weight_left[c]
                site[count] = g * n_ways + w
                count += 1
        binomials(count, n, p, seed, run, CHOOSE, step, site, drawn, u, v)
        n_active = 0
        for i in range(count):
            c = active[i]
            g = group[c]
            w = likeliest[offered[c]]
            offered[c] += 1
            taken[g, w] = drawn[i]
            weight_left[c] -= weight[g, w]
            left[c] -= drawn[i]
            if left[c] > FEW:
                active[n_active] = c
                n_active += 1

    # those whose way is shut stay at home and may choose again
    for i in range(n_leaving):
        c = cell[i]
        g, o = group[c], origin[c]
        w0, w1 = way_start[o], way_start[o + 1]
        for j in range(w0, offered[c]):
            w = likeliest[j]
            k = way_gate[w]
            x = taken[g, w] if weight[g, w] > 0.0 else 0.0
            if x > 0.0 and admitted[k, g * by_group] < 1.0:
                x = binomial(x, admitted[k, g * by_group], seed, run, CHOOSE, step, (n_groups + g) * n_ways + w)
            if x > 0.0:
                home[g, o] -= x
                flow[k] += x
                flow_hours[k] += x * way_time[w]
                at = turn + way_lag[w]
                due[at if at < n_due else at - n_due, k, g] += x
        if left[c] <= 0.0:
            continue
        rest = 0.0  # of the ways not yet offered, without what the differences lost
        for j in range(offered[c], w1):
            rest += weight[g, likeliest[j]]
        for party in range(int(left[c])):
            x, y = philox(seed, run, CHOOSE, step, (2 * n_groups + g) * n_ways + w0, party)
            x *= rest
            for j in range(offered[c], w1):
                w = likeliest[j]
                k = way_gate[w]
                x -= weight[g, w]
                if x < 0.0:
                    if y < admitted[k, g * by_group]:
                        home[g, o] -= 1.0
                        flow[k] += 1.0
                        flow_hours[k] += way_time[w]
                        at = turn + way_lag[w]
                        due[at if at < n_due else at - n_due, k, g] += 1.0
                    break
