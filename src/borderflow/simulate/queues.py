"""Queues of lanes as counts by step of joining: what a step may pass, who is served, who leaves. The step is in `engine`."""

from __future__ import annotations

import math

import numpy as np

from borderflow.compiled import njit
from borderflow.kernels.random import BALK, BUDGET, GATE_BUS, GATE_MODE, RENEGE, SERVE, SWITCH, binomial, hypergeometric, poisson

CITIZEN, OTHER = 0, 1
N_ORDINARY_TYPES = 2
"""Types of parties in a lane: ordinary citizens, other ordinary travellers, then those who flee, group by group."""
MOST_BOOTHS = 64
"""Up to this many booths of a lane are followed one by one where their services are fixed."""


@njit(cache=True, inline="always", error_model="numpy")
def draw(chain, n, p, seed, run, stream, step, site):
    """Binomial(n, p) in the chain, n p in the mean."""
    if chain:
        return binomial(n, p, seed, run, stream, step, site)
    return n * min(max(p, 0.0), 1.0)


@njit(cache=True, error_model="numpy")
def join_lanes(chain, n, by_bus, walk, bus, foot, car, kind, arrive, balk_per_hour, believed, seed, run, step, site):
    """Lets n parties of a type join the lanes of a gate, unless the believed wait of theirs makes them turn round; returns how many do.

    by_bus: share who take the bus lane. walk: share of the others who join the foot lane; the rest drive. arrive: (n_lanes, n_types) is added to.
    """
    gave_up = 0.0
    riding = draw(chain, n, by_bus, seed, run, GATE_BUS, step, site)
    walking = draw(chain, n - riding, walk, seed, run, GATE_MODE, step, 2 * site + 1)
    for i, lane, parties in ((0, bus, riding), (1, foot, walking), (2, car, n - riding - walking)):
        if parties > 0.0:
            x = draw(chain, parties, 1.0 - math.exp(-balk_per_hour * believed[lane]), seed, run, BALK, step, 3 * site + i)
            arrive[lane, kind] += parties - x
            gave_up += x
    return gave_up


@njit(cache=True, error_model="numpy")
def budget_of(chain, mean, parties, booths, cv, seed, run, step, site):
    """What a station may pass in a step, given what it passes on average with all booths at work.

    With fewer parties than booths only as many booths work. In the chain it is random with variance cv^2 x mean: each service is made of 1/cv^2
    exponential phases, of which a Poisson number ends in a step.
    """
    if booths > 0.0:
        mean *= min(1.0, parties / booths)
    if chain and cv > 0.0:
        return cv * cv * poisson(mean / (cv * cv), seed, run, BUDGET, step, site)
    return mean


@njit(cache=True, error_model="numpy")
def services_ended(to_do, booths, parties, work):
    """How many services of fixed length end in a step in which a booth can do `work` of them.

    to_do: (booths or more,) services still to be done at each booth at the start of the step, 0 where nobody stands; becomes that at its end.
    parties: those in front of the station, at the booths or not, at the start of the step.
    """
    busy = 0.0
    for i in range(booths):
        busy += 1.0 if to_do[i] > 0.0 else 0.0
    while busy > parties + 0.5:  # somebody at a booth has left the queue: the one served last
        to_do[np.argmax(to_do[:booths])] = 0.0
        busy -= 1.0
    in_line = parties - busy
    ended = 0.0
    while True:
        first = int(np.argmin(to_do[:booths]))  # the booth that is free first; what is to do is also when it is free
        if to_do[first] > work:
            break
        if to_do[first] > 0.0:
            ended += 1.0
        if in_line > 0.5:
            in_line -= 1.0
            to_do[first] += 1.0
        else:
            to_do[first] = math.inf  # idle for the rest of the step
    for i in range(booths):
        to_do[i] = to_do[i] - work if to_do[i] < math.inf else 0.0
    return ended


@njit(cache=True, error_model="numpy")
def first_cohort(queue, lane, head, step):
    """First cohort from `head` on in which somebody stands, `step` at the latest."""
    while head < step and queue[lane, head].sum() <= 0.0:
        head += 1
    return head


@njit(cache=True, error_model="numpy")
def age_of_first(queue, lane, head, between, station, head2, step, end_hours):
    """Hours since the end of the step in which the first party of a lane joined; station: where parties stand between its stations, or -1."""
    h = first_cohort(queue, lane, head[lane], step)
    if station >= 0:
        h = first_cohort(between, station, head2[station], h)
    return end_hours[step + 1] - end_hours[h + 1]


@njit(cache=True, inline="always", error_model="numpy")  # a call would cost as much as it does: it takes very many arguments
def serve_lane(chain, queue, lane, head, last, step, weight, kind, alive, budget, served, end_hours, age_sum, seed, run, site, into, station):
    """Serves one station FIFO out of its cohorts up to `last` within a budget; returns (new head, budget used).

    queue: (n_lanes, n_steps, n_types) parties by step of joining, of those who fled divided by `alive` (the share who have not left it, 1 in the
    chain), so that the mean need not visit every cohort. weight: (n_lanes, n_types) budget that one party takes, in the row `kind`.
    served: (n_types,) is filled; age_sum[0] gets hours x parties waited. Who passes keeps the cohort in into[station], unless station < 0.
    """
    n_types = queue.shape[2]
    used = 0.0
    for k in range(n_types):
        served[k] = 0.0
    total_age = 0.0
    while head <= last:
        need = 0.0
        parties = 0.0
        for k in range(n_types):
            n = queue[lane, head, k] * alive if k >= N_ORDINARY_TYPES else queue[lane, head, k]
            need += n * weight[kind, k]
            parties += n
        if parties <= 0.0:
            if head == last:
                break
            head += 1
            continue
        age = end_hours[step + 1] - end_hours[head + 1]
        if need <= budget - used + 1e-9:
            for k in range(n_types):
                n = queue[lane, head, k] * alive if k >= N_ORDINARY_TYPES else queue[lane, head, k]
                served[k] += n
                queue[lane, head, k] = 0.0
                if station >= 0:
                    into[station, head, k] += n
            used += need
            total_age += age * parties
            if head == last:
                break
            head += 1
            continue
        share = max(budget - used, 0.0) / need
        if chain:
            take = math.floor(share * parties + 1e-9)
            left = parties
            total_age += age * take
            for k in range(n_types):
                have = queue[lane, head, k]
                if take <= 0.0:
                    break
                if have > 0.0:
                    x = hypergeometric(have, left - have, take, seed, run, SERVE, step, site * n_types + k)
                    left -= have
                    take -= x
                    queue[lane, head, k] -= x
                    served[k] += x
                    used += x * weight[kind, k]
                    if station >= 0:
                        into[station, head, k] += x
        else:
            for k in range(n_types):
                x = queue[lane, head, k] * share
                queue[lane, head, k] -= x
                x = x * alive if k >= N_ORDINARY_TYPES else x
                served[k] += x
                if station >= 0:
                    into[station, head, k] += x
            total_age += age * parties * share
            used = max(used, budget)
        break
    age_sum[0] = total_age
    return head, used


@njit(cache=True, error_model="numpy")
def leave_queue(chain, queue, lane, head, step, waiting, alive, rate, to_foot, dt, switched, gave_up, seed, run, n_gates, gate):
    """Those who fled leave the queue of a lane at a uniform rate, which keeps FIFO exact; returns the share who have not left, `alive`, anew.

    waiting: (n_types,) parties in front of the first station, which become those who stay.
    to_foot: share of those who leave who change to the foot lane; the others give up.
    switched, gave_up: (n_groups,) are filled. In the mean the cohorts stay as they are and `alive` falls.
    """
    n_groups = switched.shape[0]
    n_lanes = queue.shape[0]
    p = 1.0 - math.exp(-rate * dt)
    for g in range(n_groups):
        kind = N_ORDINARY_TYPES + g
        switched[g] = 0.0
        gave_up[g] = 0.0
        if waiting[kind] <= 0.0:
            continue
        if not chain:
            switched[g] = waiting[kind] * p * to_foot
            gave_up[g] = waiting[kind] * p * (1.0 - to_foot)
            waiting[kind] *= 1.0 - p
            continue
        for s in range(head, step):
            n = queue[lane, s, kind]
            if n > 0.0:
                site = 2 * ((s * n_lanes + lane) * n_groups + g)
                if to_foot > 0.0:
                    x = binomial(n, p, seed, run, SWITCH, step, (s * n_gates + gate) * n_groups + g)
                else:
                    x = binomial(n, p, seed, run, RENEGE, step, site)
                y = binomial(x, to_foot, seed, run, RENEGE, step, site + 1)
                queue[lane, s, kind] = n - x
                waiting[kind] -= x
                switched[g] += y
                gave_up[g] += x - y
    if chain:
        return alive
    alive *= 1.0 - p
    if alive < 1e-100:  # long before it underflows
        for s in range(head, step):
            for g in range(n_groups):
                queue[lane, s, N_ORDINARY_TYPES + g] *= alive
        alive = 1.0
    return alive
