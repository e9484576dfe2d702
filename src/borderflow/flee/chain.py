"""The law of Flee as a chain of counts, compiled: people in the same state are one number.

An entry is a state with a count: where (a place, or a directed link), rest of the route, days done on the link, and traits (walking until the
first arrival, link closed under way, group, recent travel distance). Beside the count stands how it is spread over classes of age, because
decisions are taken in order of creation: that matters only near full camps, and there `order` uses it.

Source: the description of one step of Flee in docs/explanation/flee.md.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from borderflow.kernels.stream import binomial, uniform

AGES = 32
"""Classes of age, oldest first; merged as days go by, the youngest days stay apart."""
GRID = 64
"""Steps per 1 of the recent travel distance."""
WALKER, DOOMED = 1, 2
_GROUP, _RECENT = 4, 1024
FULL_ENTRIES, FULL_QUEUE = 1, 2


class Work(NamedTuple):
    """Everything that changes during a run. Rows of `age`: entries of today, entries of tomorrow, queue, one spare."""

    where: np.ndarray
    tail: np.ndarray
    dist: np.ndarray
    sub: np.ndarray
    n: np.ndarray
    size: np.ndarray
    age: np.ndarray
    slot: np.ndarray
    stamp: np.ndarray
    tick: np.ndarray
    here: np.ndarray
    people: np.ndarray
    room: np.ndarray
    shut: np.ndarray
    base: np.ndarray
    based: np.ndarray
    weight: np.ndarray
    created: np.ndarray
    classes: np.ndarray
    q_link: np.ndarray
    q_tail: np.ndarray
    q_sub: np.ndarray
    q_n: np.ndarray
    q_m: np.ndarray
    q_v: np.ndarray
    q_size: np.ndarray
    state: np.ndarray
    failed: np.ndarray
    score: np.ndarray


def make_work(places: int, links: int, options: int, rules: int, most: int, entries: int, queue: int) -> Work:
    """Room for one run. most: the most options of a place."""
    table = 1 << (2 * entries - 1).bit_length()
    return Work(
        where=np.zeros((2, entries), np.int32),
        tail=np.zeros((2, entries), np.int32),
        dist=np.zeros((2, entries), np.int32),
        sub=np.zeros((2, entries), np.int32),
        n=np.zeros((2, entries), np.int64),
        size=np.zeros(2, np.int64),
        age=np.zeros((2 * entries + queue + 1, AGES), np.float32),
        slot=np.zeros(table, np.int32),
        stamp=np.zeros(table, np.int64),
        tick=np.zeros(1, np.int64),
        here=np.zeros(places, np.int64),
        people=np.zeros(places, np.int64),
        room=np.ones(places),
        shut=np.zeros(places, np.int8),
        base=np.zeros((rules, options)),
        based=np.full((rules, places), -1, np.int64),
        weight=np.zeros(most + 1),
        created=np.zeros(AGES, np.int64),
        classes=np.zeros(1, np.int64),
        q_link=np.zeros(queue, np.int64),
        q_tail=np.zeros(queue, np.int64),
        q_sub=np.zeros(queue, np.int64),
        q_n=np.zeros(queue, np.int64),
        q_m=np.zeros(queue),
        q_v=np.zeros(queue),
        q_size=np.zeros(1, np.int64),
        state=np.zeros(4, np.uint64),
        failed=np.zeros(1, np.int64),
        score=np.zeros(places),
    )


@njit(cache=True)
def clear(W):
    """Nobody anywhere."""
    W.size[:] = 0
    W.here[:] = 0
    W.based[:] = -1
    W.created[:] = 0
    W.classes[0] = 0
    W.q_size[0] = 0
    W.failed[0] = 0
    W.stamp[:] = 0
    W.tick[0] = 0


# ---- entries ------------------------------------------------------------------------------------------------------


@njit(cache=True)
def spread(W, row, source, scale):
    """age[row] = scale * age[source]."""
    s = np.float32(scale)
    for b in range(AGES):
        W.age[row, b] = s * W.age[source, b]


@njit(cache=True)
def put(W, side, where, tail, dist, sub, n, row, scale):
    """Adds n people to the entry of a state; `scale` times age row `row` is their spread."""
    mask = len(W.slot) - 1
    h = np.uint64(where) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(tail) * np.uint64(0xC2B2AE3D27D4EB4F)
    h ^= np.uint64(dist) * np.uint64(0x165667B19E3779F9) + np.uint64(sub) * np.uint64(0xD6E8FEB86659FD93)
    h ^= h >> np.uint64(29)
    i = int((h * np.uint64(0xBF58476D1CE4E5B9)) >> np.uint64(40)) & mask
    entries = W.where.shape[1]
    while W.stamp[i] == W.tick[0]:
        j = W.slot[i]
        if W.where[side, j] == where and W.tail[side, j] == tail and W.dist[side, j] == dist and W.sub[side, j] == sub:
            W.n[side, j] += n
            at, s = side * entries + j, np.float32(scale)
            for b in range(AGES):
                W.age[at, b] += s * W.age[row, b]
            return
        i = (i + 1) & mask
    j = W.size[side]
    if j >= entries:
        W.failed[0] = FULL_ENTRIES
        return
    W.stamp[i] = W.tick[0]
    W.slot[i] = j
    W.where[side, j] = where
    W.tail[side, j] = tail
    W.dist[side, j] = dist
    W.sub[side, j] = sub
    W.n[side, j] = n
    spread(W, side * entries + j, row, scale)
    W.size[side] = j + 1


@njit(cache=True)
def later(A, sub, m):
    """Traits after a day on which m km were done: the recent travel distance, on its grid, halves towards today's."""
    if not A.short_stints:
        return sub
    recent = sub // _RECENT
    new = int(np.rint(0.5 * (recent + GRID * m / A.speed)))
    return sub - recent * _RECENT + new * _RECENT


# ---- capacity -----------------------------------------------------------------------------------------------------


@njit(cache=True)
def factor_at(capacity, buffer, n):
    """Capacity factor of a place with n people in it."""
    if capacity < 1.0 or n <= buffer * capacity:
        return 1.0
    if n >= capacity:
        return 0.0
    return 1.0 - (n - buffer * capacity) / (capacity * (1.0 - buffer))


@njit(cache=True)
def look(A, W, t, p):
    """Capacity factor of a place with those who are there now."""
    capacity = A.capacity[t, p]
    if capacity >= 1.0:
        W.room[p] = factor_at(capacity, A.buffer, W.here[p])
        W.shut[p] = 1 if W.room[p] < 0.5 and A.camp[t, p] else 0


# ---- choosing and going -------------------------------------------------------------------------------------------


@njit(cache=True)
def rate(A, W, t, p, group):
    """Weights of the options of a place without capacity factors, once a day and rule."""
    rule = A.group_rule[group]
    if W.based[group, p] == t:
        return
    W.based[group, p] = t
    e = A.epoch[t]
    for o in range(A.option_lo[e, p], A.option_hi[e, p]):
        q = A.option_to[o]
        s = A.score[t, q]
        if rule == 1:
            s = s * s
        elif rule == 2:
            s = 1.0
        s *= A.factor[t, q] * A.option_factor[o]
        if A.pop_power != 0.0 and not A.camp[t, q]:
            s *= max(1.0, float(W.people[q])) ** A.pop_power
        W.base[group, o] = (A.weight_softening + s) * A.option_near[o]
    if A.weight_power != 1.0:
        for o in range(A.option_lo[e, p], A.option_hi[e, p]):
            W.base[group, o] = W.base[group, o] ** A.weight_power


@njit(cache=True)
def weigh(A, W, t, p, group):
    """Weights of the options of a place as it is now into W.weight; their sum. All equal where all are 0."""
    rate(A, W, t, p, group)
    e = A.epoch[t]
    lo, hi = A.option_lo[e, p], A.option_hi[e, p]
    total, most = 0.0, 0.0
    for o in range(lo, hi):
        w = W.base[group, o]
        k = W.room[A.option_to[o]]
        if k < 1.0:
            w *= k if A.weight_power == 1.0 else k**A.weight_power
        W.weight[o - lo] = w
        total += w
        most = max(most, w)
    if A.pruning > 0.0:
        total = 0.0
        for i in range(hi - lo):
            if W.weight[i] < most / A.pruning:
                W.weight[i] = 0.0
            total += W.weight[i]
    if total <= 0.0:
        for i in range(hi - lo):
            W.weight[i] = 1.0
        total = float(hi - lo)
    return total


@njit(cache=True)
def open_way(A, e, p, q):
    """The first open link from p to q, or -1."""
    n_places = A.option_lo.shape[1]
    for i in range(A.open_ptr[e * n_places + p], A.open_ptr[e * n_places + p + 1]):
        if A.link_to[A.open_link[i]] == q:
            return A.open_link[i]
    return -1


@njit(cache=True)
def ride(A, W, side, link, tail, dist, sub, n, m, v, fast, row, scale):
    """One day's (or the rest of a day's) way on a link at speed v: into the queue of arrivals, or on the link tomorrow."""
    walk = dist >> 12
    quick = dist & 4095
    speed = A.link_speed[link]
    km = quick * speed + walk * A.walk
    over = km + v - A.link_km[link]
    if over > 0.0:
        i = W.q_size[0]
        if i >= len(W.q_n):
            W.failed[0] = FULL_QUEUE
            return
        W.q_link[i] = link
        W.q_tail[i] = tail
        W.q_sub[i] = sub
        W.q_n[i] = n
        W.q_m[i] = m + v - over
        W.q_v[i] = v
        spread(W, 2 * W.where.shape[1] + i, row, scale)
        W.q_size[0] = i + 1
    else:
        dist += 1 if fast else 4096
        put(W, 1 - side, A.option_lo.shape[1] + link, tail, dist, later(A, sub, m + v), n, row, scale)


@njit(cache=True)
def go(A, W, side, link, tail, dist, sub, n, m, row, scale):
    """n people travel on a link, some of them perhaps on foot today."""
    if sub & WALKER:
        ride(A, W, side, link, tail, dist, sub, n, m, A.walk, False, row, scale)
        return
    walking = binomial(n, A.link_walk[link], W.state) if A.link_walk[link] > 0.0 else 0
    if walking:
        ride(A, W, side, link, tail, dist, sub, walking, m, A.walk, False, row, scale * walking / n)
    if n > walking:
        ride(A, W, side, link, tail, dist, sub, n - walking, m, A.link_speed[link], True, row, scale * (n - walking) / n)


@njit(cache=True)
def hop(A, W, side, t, p, tail, sub, n, m, row, scale):
    """n people with a route try its next hop; how many stay."""
    link = open_way(A, A.epoch[t], p, A.tail_next[tail])
    if link < 0 or W.shut[A.tail_end[tail]]:
        return n
    W.here[p] -= n
    go(A, W, side, link, A.tail_rest[tail], 0, sub, n, m, row, scale)
    return 0


@njit(cache=True)
def choose(A, W, side, t, p, sub, n, m, row, scale, accepted_only):
    """n people choose where to go and set out; how many stay because where they want to go is closed (or nothing is open).

    accepted_only: all n are known to choose something that admits them.
    """
    e = A.epoch[t]
    lo, hi = A.option_lo[e, p], A.option_hi[e, p]
    if lo == hi:
        return n
    total = weigh(A, W, t, p, (sub // _GROUP) & 255)
    if accepted_only:
        total = 0.0
        for o in range(lo, hi):
            if W.shut[A.option_to[o]]:
                W.weight[o - lo] = 0.0
            total += W.weight[o - lo]
    left, stay = n, 0
    if n == 1:
        u = uniform(W.state) * total
        o = lo
        while o < hi - 1 and (u >= W.weight[o - lo]):
            u -= W.weight[o - lo]
            o += 1
        while W.weight[o - lo] <= 0.0 and o > lo:
            o -= 1
        return _set_out(A, W, side, p, o, sub, 1, m, row, scale)
    for o in range(lo, hi):
        w = W.weight[o - lo]
        if w <= 0.0:
            continue
        k = left if w >= total * (1.0 - 1e-12) else binomial(left, w / total, W.state)
        total -= w
        if k:
            stay += _set_out(A, W, side, p, o, sub, k, m, row, scale * k / n)
            left -= k
            if left == 0:
                break
    return stay + left


@njit(cache=True)
def _set_out(A, W, side, p, o, sub, n, m, row, scale):
    """n people take an option unless it is closed to them; how many stay."""
    if W.shut[A.option_to[o]]:
        return n
    W.here[p] -= n
    go(A, W, side, A.option_link[o], A.option_tail[o], 0, sub, n, m, row, scale)
    return 0


@njit(cache=True)
def chance(A, W, t, p, tail, forced):
    """Probability that somebody at a place tries to leave."""
    if A.still[t]:
        return 0.0
    if tail or (forced and A.town[t, p]):
        return 1.0
    c = A.move[t, p]
    if A.pop_scale != 0.0:
        c *= (max(float(W.people[p]), A.capacity[t, p]) / A.pop_base) ** A.pop_scale
    return c


@njit(cache=True)
def decide(A, W, side, t, p, tail, sub, n, m, row, scale, forced):
    """n people in one state decide; those who stay are entries of tomorrow, the others are on their way."""
    stay = n
    movers = binomial(n, chance(A, W, t, p, tail, forced), W.state)
    if movers:
        part = scale * movers / n
        refused = hop(A, W, side, t, p, tail, sub, movers, m, row, part) if tail else choose(A, W, side, t, p, sub, movers, m, row, part, False)
        stay = n - movers + refused
    if stay:
        put(W, 1 - side, p, tail if A.still[t] else 0, 0, later(A, sub, m), stay, row, scale * stay / n)


@njit(cache=True)
def settle(A, W, side, t, begin):
    """Lets everybody in the queue from `begin` on arrive, and all who go on from there."""
    spare = W.age.shape[0] - 1
    base = 2 * W.where.shape[1]
    while W.q_size[0] > begin and W.failed[0] == 0:
        i = W.q_size[0] - 1
        # those who go on take its place in the queue
        spread(W, spare, base + i, 1.0)
        W.q_size[0] = i
        _arrive(A, W, side, t, W.q_link[i], W.q_tail[i], W.q_sub[i] & ~WALKER, W.q_n[i], W.q_m[i], W.q_v[i], spare)


@njit(cache=True)
def _arrive(A, W, side, t, link, tail, sub, n, m, v, row):
    if sub & DOOMED:
        p = A.link_from[link]
        W.here[p] += n
        look(A, W, t, p)
        put(W, 1 - side, p, tail, 0, later(A, sub - DOOMED, m), n, row, 1.0)
        return
    p = A.link_to[link]
    W.here[p] += n
    look(A, W, t, p)
    if m < v:
        recent = (sub // _RECENT) / GRID
        forced = A.short_stints and 0.5 * (recent + m / A.speed) < 0.5
        decide(A, W, side, t, p, tail, sub, n, m, row, 1.0, forced)
        look(A, W, t, p)
    else:
        put(W, 1 - side, p, tail, 0, later(A, sub, m), n, row, 1.0)


# ---- who is new ---------------------------------------------------------------------------------------------------


@njit(cache=True)
def new_class(W, side):
    """The age class of those created today; older classes are merged where all are in use."""
    if W.classes[0] == AGES:
        merged = np.zeros(AGES, np.int64)
        for b in range(AGES):
            merged[b] = b
        count = W.created.copy()
        used = AGES
        for _ in range(AGES // 4):
            best, least = 0, -1
            for b in range(used - 5):
                both = count[b] + count[b + 1]
                if least < 0 or both < least:
                    best, least = b, both
            count[best] += count[best + 1]
            for b in range(best + 1, used - 1):
                count[b] = count[b + 1]
            for b in range(AGES):
                if merged[b] > best:
                    merged[b] -= 1
            used -= 1
        W.created[:] = 0
        W.created[:used] = count[:used]
        W.classes[0] = used
        entries = W.where.shape[1]
        for j in range(W.size[side]):
            row = side * entries + j
            for b in range(AGES):
                x = W.age[row, b]
                W.age[row, b] = 0.0
                W.age[row, merged[b]] += x
    W.classes[0] += 1
    return W.classes[0] - 1


@njit(cache=True)
def add(A, W, side, p, n, spare):
    """n new people at a place, shared out over groups; `spare` is an age row with mass 1 in their class."""
    W.here[p] += n
    groups = A.group_cum.shape[1]
    left, done = n, 0.0
    for g in range(groups):
        share = A.group_cum[p, g] - done
        k = left if g == groups - 1 else binomial(left, share / (1.0 - done) if done < 1.0 else 1.0, W.state)
        done = A.group_cum[p, g]
        if k:
            put(W, side, p, 0, 0, g * _GROUP + (WALKER if A.on_foot else 0), k, spare, float(k))
            left -= k
