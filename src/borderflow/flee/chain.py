"""The law of Flee as a chain of counts, compiled: people in the same state are one number.

A state is where somebody is and what tells their future: at rest at a place (with the rest of a route and traits), at a stop on the way (with the
km done today), or on a link on which they may walk by chance. Each state has a number from the day it is first met; what follows from it (which link
of an option is taken, in how many days which state comes next) is worked out once and looked up from then on. Who sets out on a link is a record
that falls due on the day of arrival, so that a journey of ten days costs as much as one of a day.

Beside a count stands how it is spread over classes of age, in the order of creation in which decisions are taken. That matters only near full
camps (`order`), and is kept only in runs in which some camp gets there. Arrays are few and wide, because compiled functions hand each of
them over piece by piece.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from borderflow.flee.arrays import Arrays
from borderflow.kernels.stream import binomial, uniform

_BARE: dict[str, Any] = {
    "cache": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}  # numba takes these flags, its stubs do not know them
inner = njit(**(_BARE | {"_nrt": False}))
"""Called from compiled code only and allocates nothing: neither wrappers nor counts of references, which took most of the time to compile."""
within = njit(**(_BARE | {"_nrt": False, "forceinline": True}))
"""The same, and becomes part of its caller: handing over all these arrays costs more than what the function does."""
outer = njit(**_BARE)
"""The same for functions that allocate. Neither copies one array into another by slices: the messages for wrong shapes take seconds to compile."""

AGES = 32
"""Classes of age, oldest first; merged as days go by, the youngest days stay apart."""
GRID = 32
"""Steps per 1 of the recent travel distance."""
WALKER, DOOMED, GROUP, RECENT = 1, 2, 4, 1024
"""Traits: walking until the first arrival, link closed under way, eight bits of group, the rest recent travel distance."""
QUICK, SLOW = 1, 4096
"""Days on a link: at its speed in the low twelve bits, on foot above."""
MOST_STEPS = 1000
"""Values of `_steps` at a place, at most."""
BUCKETS = 64
"""Of stops with people, by km done today."""
REST, STOP, ROAD = 0, 1, 2
"""Kinds of state."""
NORMAL, ADMITTED = 0, 1
"""How people decide: by chance, or as those who are known to leave for somewhere that admits them."""
FULL, NEEDS_AGES = 1, 2
"""Why a run stops half-way: its arrays are too small, or order matters and ages were not kept."""
NEVER = 1 << 40
"""Days of a journey that does not end."""
SCORE, FACTOR, MOVE, CAPACITY = range(4)
TOWN, CAMP = range(2)
END, LINK, TAIL = range(3)
KM, SPEED, WALK = range(3)
NEXT, REMAINDER, LAST = range(3)
KIND, WHERE, ROUTE, DAYS, TRAITS, KNOWN, FIRST, STAY, BUCKET = range(9)
"""Columns of `info`."""
WAY, DAYS_FAST, OUT_FAST, DAYS_SLOW, OUT_SLOW = range(5)
"""Columns of `after`."""
OUT, ON, PEOPLE, FOLLOWING = range(4)
"""Columns of `record`."""
ACTIVE0, ACTIVE1, STATES, BLOCKS, RECORDS, FREE, LOWEST, FAILED, TRACKED, CLASSES = range(10)
"""Elements of `size`; FREE heads a list of records no longer in use, LOWEST is the first bucket of stops with people."""


class Fixed(NamedTuple):
    """What is read: the arrays of a plan, packed."""

    daily: Any  # (t, p, 4) SCORE, FACTOR, MOVE, CAPACITY
    flags: Any  # (t, p, 2) TOWN, CAMP
    day: Any  # (t, 3) epoch; whether it is harvest; the first day with the same weights
    option: Any  # (o, 3) END, LINK, TAIL
    option_factor: Any  # (o, 2) nearness, closeness
    span: Any  # (e, p, 2) options of a place
    most: Any  # (p,) options of a place in any epoch
    link: Any  # (l, 2) from, to
    link_km: Any  # (l, 3) KM, SPEED, WALK
    tails: Any  # (s, 3) NEXT, REMAINDER, LAST
    step_ptr: Any  # (p + 1,) of step
    step: Any  # km done today at which what can still be reached today changes
    open_ptr: Any
    open_link: Any
    near_ptr: Any  # (e * p + 1,) of near: places with an option that ends at p
    near: Any
    rule: Any
    buffer: float
    softening: float
    power: float
    pruning: float
    speed: float
    walk: float
    on_foot: bool
    fixed_routes: bool
    short_stints: bool
    pop_power: float
    pop_scale: float
    pop_base: float
    scaling: float


class Work(NamedTuple):
    """What changes. Rows of `age`: states today, states tomorrow, records, two spare."""

    info: Any  # (states, 9) KIND to TRAITS; KNOWN: the epoch that `after` holds for, FIRST row of it; STAY: the state of those who stay; BUCKET
    km: Any  # (states,) done today, at a stop
    table: Any  # hash table of states
    after: Any  # (blocks, 5) what setting out leads to
    count: Any  # (2, states) people at rest today and tomorrow; at stops: tomorrow's row
    active: Any  # (2, states) states with people at rest
    stops: Any  # (BUCKETS,) the first stop of a bucket with people who are still to decide, -1: none
    behind: Any  # (states,) the next stop of the bucket
    record: Any  # (records, 4) OUT, ON, PEOPLE, FOLLOWING
    due: Any  # (ring,) the first record of a day, -1: none
    age: Any
    size: Any
    home: Any  # (g, p) the state of those created there, -1: not yet met
    here: Any  # (p,)
    people: Any  # (p,)
    room: Any  # (p,) capacity factor
    shut: Any  # (p,) a camp whose factor is below one half
    limited: Any  # (p,) may have a limit
    capped: Any  # the same as a list
    base: Any  # (g, o) weights without capacity factors
    based: Any  # (g, p) the day they hold for
    base_sum: Any  # (g, p)
    weight: Any
    created: Any  # by age class
    state: Any
    critical: Any  # (p,) its factor changes much today
    leaving: Any  # (p,) how many are expected to leave a place today
    arriving: Any  # (p, 2) arrivals of today; those of them who may go on
    kin: Any  # (g, p) factor of a group's score for a place, from who is there in the morning


def contiguous(A: Arrays) -> Arrays:
    """The same with every array in C order: any other order is a type of its own, for which everything would be compiled again."""
    ordered: dict[str, Any] = {name: np.ascontiguousarray(x) for name, x in A._asdict().items() if isinstance(x, np.ndarray)}
    return A._replace(**ordered)


def pack(A: Arrays) -> Fixed:
    """The arrays of a plan as the engine reads them."""
    A = contiguous(A)
    daily = np.ascontiguousarray(np.stack([A.score, A.factor, A.move, A.capacity], axis=2))
    flags = np.ascontiguousarray(np.stack([A.town, A.camp], axis=2))
    same = np.zeros((len(daily), 1), np.int64)
    moving = A.fixed_routes or A.pop_power != 0.0 or A.match.any()  # weights that follow people, or yesterday's scores
    for t in range(len(daily)):
        alike = t > 0 and not moving and (daily[t, :, :MOVE] == daily[t - 1, :, :MOVE]).all() and (flags[t] == flags[t - 1]).all()
        same[t] = same[t - 1] if alike and A.epoch[t] == A.epoch[t - 1] else t
    step_ptr, step = _steps(A)
    return Fixed(
        daily=daily,
        flags=flags,
        day=np.ascontiguousarray(np.concatenate([A.epoch[:, None], A.still.astype(np.int64)[:, None], same], axis=1)),
        option=np.ascontiguousarray(np.stack([A.option_to, A.option_link, A.option_tail], axis=1)),
        option_factor=np.ascontiguousarray(np.stack([A.option_near, A.option_factor], axis=1)),
        span=np.ascontiguousarray(np.stack([A.option_lo, A.option_hi], axis=2)),
        most=(A.option_hi - A.option_lo).max(axis=0, initial=0),
        link=np.ascontiguousarray(np.stack([A.link_from, A.link_to], axis=1)),
        link_km=np.ascontiguousarray(np.stack([A.link_km, A.link_speed, A.link_walk], axis=1)),
        tails=np.ascontiguousarray(np.stack([A.tail_next, A.tail_rest, A.tail_end], axis=1)),
        step_ptr=step_ptr,
        step=step,
        open_ptr=A.open_ptr.ravel(),
        open_link=A.open_link,
        near_ptr=A.near_ptr.ravel(),
        near=A.near,
        rule=A.group_rule,
        buffer=float(A.buffer),
        softening=float(A.weight_softening),
        power=float(A.weight_power),
        pruning=0.0 if A.fixed_routes else float(A.pruning),
        speed=float(A.speed),
        walk=float(A.walk),
        on_foot=bool(A.on_foot),
        fixed_routes=bool(A.fixed_routes),
        short_stints=bool(A.short_stints),
        pop_power=float(A.pop_power),
        pop_scale=float(A.pop_scale),
        pop_base=float(A.pop_base),
        scaling=float(A.scaling),
    )


def _steps(A: Arrays) -> tuple[Any, Any]:
    """Kilometres done today, by place, at which it changes what somebody who stops there can still reach today: (begin of each place, values).

    Two people who stop at a place between the same two values have the same future, however much each has done, so that they are one state.
    Nothing where the km themselves are remembered, or where the values would be too many to be of use.
    """
    places = len(A.population)
    found: list[set[float]] = [set() for _ in range(places)]
    if not A.short_stints:
        into: list[list[tuple[int, float]]] = [[] for _ in range(places)]
        todo: list[tuple[int, float]] = []
        for a, b, km, speed, walk in zip(A.link_from, A.link_to, A.link_km, A.link_speed, A.link_walk, strict=True):
            into[b].append((int(a), float(km)))
            todo += [(int(a), float(v - km)) for v in ((speed, A.walk) if walk > 0.0 else (speed,)) if v > km]
        while todo:
            p, x = todo.pop()
            if x > 0.0 and x not in found[p]:
                found[p].add(x)
                todo += [(a, x - km) for a, km in into[p]]
                if len(found[p]) > MOST_STEPS:
                    return np.zeros(places + 1, np.int64), np.zeros(0)
    return np.cumsum([0, *(len(x) for x in found)], dtype=np.int64), np.array([x for values in found for x in sorted(values)])


def make_work(A: Arrays, states: int) -> Work:
    """Room for one run."""
    places, groups, records, days = len(A.population), len(A.group_rule), 2 * states, len(A.epoch)
    capped = np.flatnonzero((A.capacity >= 1.0).any(axis=0)).astype(np.int64)
    limited = np.zeros(places, np.int8)
    limited[capped] = 1
    return Work(
        info=np.zeros((states, 9), np.int64),
        km=np.zeros(states),
        table=np.full(1 << (2 * states - 1).bit_length(), -1, np.int64),
        after=np.zeros((8 * states, 5), np.int64),
        count=np.zeros((2, states), np.int64),
        active=np.zeros((2, states), np.int64),
        stops=np.full(BUCKETS, -1, np.int64),
        behind=np.zeros(states, np.int64),
        record=np.zeros((records, 4), np.int64),
        due=np.full(days + 1, -1, np.int64),
        age=np.zeros((2 * states + records + 2, AGES), np.float32),
        size=np.zeros(10, np.int64),
        home=np.full((groups, places), -1, np.int64),
        here=np.zeros(places, np.int64),
        people=np.zeros(places, np.int64),
        room=np.ones(places),
        shut=np.zeros(places, np.int8),
        limited=limited,
        capped=capped,
        base=np.zeros((groups, len(A.option_to))),
        based=np.full((groups, places), -1, np.int64),
        base_sum=np.zeros((groups, places)),
        weight=np.zeros(int((A.option_hi - A.option_lo).max(initial=0)) + 1),
        created=np.zeros(AGES, np.int64),
        state=np.zeros(4, np.uint64),
        critical=np.zeros(places, np.int8),
        leaving=np.zeros(places),
        arriving=np.zeros((places, 2), np.int64),
        kin=np.ones((groups, places)),
    )


# ---- states and what follows from them ------------------------------------------------------------------------------------------


@inner
def state_of(info, km, table, size, kind, where, tail, dist, sub, m):
    """The number of a state, a new one if it was never met."""
    h = np.uint64((where << 3) | kind) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64((sub << 20) ^ tail) * np.uint64(0xC2B2AE3D27D4EB4F)
    h ^= (np.uint64(dist) * np.uint64(0x165667B19E3779F9)) ^ (np.uint64(np.int64(m * 1024.0)) * np.uint64(0x27D4EB2F165667C5))
    h ^= h >> np.uint64(32)
    h *= np.uint64(0xD6E8FEB86659FD93)
    mask = len(table) - 1
    i = np.int64(h >> np.uint64(32)) & mask
    while table[i] >= 0:
        s = table[i]
        if (
            info[s, WHERE] == where
            and info[s, TRAITS] == sub
            and info[s, KIND] == kind
            and info[s, ROUTE] == tail
            and info[s, DAYS] == dist
            and km[s] == m
        ):
            return s
        i = (i + 1) & mask
    s = size[STATES]
    if s >= len(km):
        size[FAILED] = FULL
        return 0
    table[i] = s
    size[STATES] = s + 1
    info[s, KIND], info[s, WHERE], info[s, ROUTE], info[s, DAYS], info[s, TRAITS] = kind, where, tail, dist, sub
    info[s, KNOWN], info[s, FIRST], info[s, STAY] = -1, -1, -1
    km[s] = m
    return s


@within
def later(short_stints, speed, sub, m):
    """Traits after a day on which m km were done: the recent travel distance, on its grid, goes half-way to today's."""
    if not short_stints:
        return sub
    recent = sub // RECENT
    return sub - recent * RECENT + np.int64(np.rint(0.5 * (recent + GRID * m / speed))) * RECENT


@inner
def _arrival(F, W, link, tail, sub, m, v):
    """The state of those who come to the end of a link after m km today, at speed v on it."""
    traits = sub & ~(WALKER | DOOMED)
    if sub & DOOMED or m >= v:
        q = F.link[link, 0] if sub & DOOMED else F.link[link, 1]
        return state_of(W.info, W.km, W.table, W.size, REST, q, tail, 0, later(F.short_stints, F.speed, traits, m), 0.0)
    q = F.link[link, 1]
    low, high = F.step_ptr[q], F.step_ptr[q + 1]
    if len(F.step):
        # the middle of the interval: a sum of floats never falls on the wrong side from there
        below, above = 0.0, v
        for i in range(low, high):
            if F.step[i] <= m:
                below = F.step[i]
            else:
                above = min(above, F.step[i])
                break
        m = 0.5 * (below + above) if above > below else m
    s = state_of(W.info, W.km, W.table, W.size, STOP, q, tail, 0, traits, m)
    W.info[s, BUCKET] = min(BUCKETS - 1, int(m / F.speed * BUCKETS))
    return s


@inner
def _journey(F, W, link, tail, sub, m, dist, slow):
    """What comes after a day on a link at one of its two speeds: (days until something happens, the state it leads to), 1 = today.

    m: km done today before; dist: days on it before (only where people walk by chance, who are asked again every day).
    """
    v = F.walk if slow else F.link_km[link, SPEED]
    length = F.link_km[link, KM]
    done = (dist & (SLOW - 1)) * F.link_km[link, SPEED] + (dist >> 12) * F.walk + v
    if done > length:
        return 1, _arrival(F, W, link, tail, sub, m + v - (done - length), v)
    sub = later(F.short_stints, F.speed, sub, m + v)
    if F.link_km[link, WALK] > 0.0 and not sub & WALKER:
        return 2, state_of(W.info, W.km, W.table, W.size, ROAD, link, tail, dist + (SLOW if slow else QUICK), sub, 0.0)
    if v <= 0.0:
        return NEVER, 0
    days = 2
    while True:
        done += v  # added day by day, as Flee does: a product may differ in the last place
        if done > length:
            return days, _arrival(F, W, link, tail, sub, v - (done - length), v)
        sub = later(F.short_stints, F.speed, sub, v)
        days += 1


@inner
def _note(F, W, row, link, tail, sub, m, dist):
    """Row of `after` for those who go along a link today."""
    W.after[row, WAY] = link
    W.after[row, OUT_SLOW] = -1
    if link < 0:
        return
    W.after[row, DAYS_FAST], W.after[row, OUT_FAST] = _journey(F, W, link, tail, sub, m, dist, sub & WALKER != 0)
    if F.link_km[link, WALK] > 0.0 and not sub & WALKER:
        W.after[row, DAYS_SLOW], W.after[row, OUT_SLOW] = _journey(F, W, link, tail, sub, m, dist, True)


@within
def know(F, W, s, t):
    """The first row of `after` for a state, worked out if the ways open to it have changed."""
    if W.info[s, KNOWN] != F.day[t, 0]:
        _learn(F, W, s, t)
    return W.info[s, FIRST]


@inner
def _learn(F, W, s, t):
    """What follows from a state under the ways that are open now."""
    info, e = W.info, F.day[t, 0]
    p, tail, sub, m = info[s, WHERE], info[s, ROUTE], info[s, TRAITS], W.km[s]
    size = 1 if info[s, KIND] == ROAD or tail else F.most[p]
    if info[s, FIRST] < 0:
        if W.size[BLOCKS] + size > len(W.after):
            W.size[FAILED] = FULL
            return
        info[s, FIRST] = W.size[BLOCKS]
        W.size[BLOCKS] += size
    info[s, KNOWN] = e
    first = info[s, FIRST]
    if info[s, KIND] == ROAD:
        _note(F, W, first, p, tail, sub, 0.0, info[s, DAYS])
    elif tail:
        _note(F, W, first, _open_way(F, e, p, F.tails[tail, NEXT]), F.tails[tail, REMAINDER], sub, m, 0)
    else:
        for o in range(F.span[e, p, 0], F.span[e, p, 1]):
            _note(F, W, first + o - F.span[e, p, 0], F.option[o, LINK], F.option[o, TAIL], sub, m, 0)


@inner
def _open_way(F, e, p, q):
    """The first open link from p to q, or -1."""
    places = F.span.shape[1]
    for i in range(F.open_ptr[e * places + p], F.open_ptr[e * places + p + 1]):
        if F.link[F.open_link[i], 1] == q:
            return F.open_link[i]
    return -1


@inner
def doomed(F, W, out, link):
    """What a journey leads to whose link closes under way: back at its start, with the rest of the route."""
    info, km = W.info, W.km
    tail, sub = info[out, ROUTE], info[out, TRAITS]
    if info[out, KIND] == ROAD:
        return state_of(info, km, W.table, W.size, ROAD, link, tail, info[out, DAYS], sub | DOOMED, 0.0)
    if info[out, KIND] == STOP:
        sub = later(F.short_stints, F.speed, sub, km[out])
    return state_of(info, km, W.table, W.size, REST, F.link[link, 0], tail, 0, sub, 0.0)


# ---- capacity, weights, chances -------------------------------------------------------------------------------------------------


@within
def factor_at(capacity, buffer, n):
    """Capacity factor of a place with n people in it."""
    if capacity < 1.0 or n <= buffer * capacity:
        return 1.0
    if n >= capacity:
        return 0.0
    return 1.0 - (n - buffer * capacity) / (capacity * (1.0 - buffer))


@within
def look(F, W, t, p):
    """Notes the capacity factor of a place with those who are there now."""
    W.room[p] = factor_at(F.daily[t, p, CAPACITY], F.buffer, W.here[p])
    W.shut[p] = 1 if W.room[p] < 0.5 and F.flags[t, p, CAMP] else 0


@inner
def _rebase(F, W, t, p, group, lo, hi):
    """Weights of the options of a place without capacity factors, as long as they hold."""
    base, rule = W.base, F.rule[group]
    total = 0.0
    for o in range(lo, hi):
        q = F.option[o, END]
        s = F.daily[t, q, SCORE]
        if rule < 0:
            s = 1.0
        for _ in range(rule):
            s = s * s
        s *= F.daily[t, q, FACTOR] * F.option_factor[o, 1]
        if F.pop_power != 0.0 and not F.flags[t, q, CAMP]:
            s *= max(1.0, float(W.people[q])) ** F.pop_power
        s *= W.kin[group, q]
        near = F.option_factor[o, 0]
        if F.fixed_routes:
            # the route was weighed in the morning, when places later in the file still had yesterday's score, 1 before the first day
            before = F.daily[t, q, SCORE] if q <= p else (F.daily[t - 1, q, SCORE] if t else 1.0)
            w = (F.softening + before) * near
            base[group, o] = (w if F.power == 1.0 else w**F.power) * s
        else:
            w = (F.softening + s) * near
            base[group, o] = w if F.power == 1.0 else w**F.power
        total += base[group, o]
    W.base_sum[group, p] = total


@within
def weigh(F, W, t, p, group, lo, hi):
    """Weights of the options lo .. hi - 1 of a place as it is now into `weight`; their sum. All equal where all are 0."""
    since = F.day[t, 2]
    if W.based[group, p] != since:
        W.based[group, p] = since
        _rebase(F, W, t, p, group, lo, hi)
    base, room, weight = W.base, W.room, W.weight
    total = W.base_sum[group, p]
    full = False
    if F.fixed_routes:
        for o in range(lo, hi):
            weight[o - lo] = base[group, o]
    else:
        for o in range(lo, hi):
            k = room[F.option[o, END]]
            w = base[group, o]
            if k < 1.0:
                w *= k if F.power == 1.0 else k**F.power
                full = True
            weight[o - lo] = w
    if full or F.pruning > 0.0:
        most = 0.0
        for i in range(hi - lo):
            most = max(most, weight[i])
        total = 0.0
        for i in range(hi - lo):
            if F.pruning > 0.0 and weight[i] < most / F.pruning:
                weight[i] = 0.0
            total += weight[i]
    if total <= 0.0:
        for i in range(hi - lo):
            weight[i] = 1.0
        total = float(hi - lo)
    return total


@within
def chance(F, people, t, p, tail, forced):
    """Probability that somebody at a place tries to leave."""
    if F.day[t, 1]:
        return 0.0
    if tail or (forced and F.flags[t, p, TOWN]):
        return 1.0
    c = F.daily[t, p, MOVE]
    if F.pop_scale != 0.0:
        c *= (max(float(people[p]), F.daily[t, p, CAPACITY] / F.scaling) / F.pop_base) ** F.pop_scale
    return c


# ---- people -------------------------------------------------------------------------------------------------------------------


@within
def _blend(age, target, source, share, more):
    """Row `target` of ages becomes, or with `more` grows by, a share of row `source`."""
    s = np.float32(share)
    if more:
        for b in range(AGES):
            age[target, b] += s * age[source, b]
    else:
        for b in range(AGES):
            age[target, b] = s * age[source, b]


@within
def rest(W, side, s, n, row, share):
    """n people are in a state of rest; `share` of age row `row` is their spread."""
    count, size = W.count, W.size
    before = count[side, s]
    if size[TRACKED]:
        _blend(W.age, side * count.shape[1] + s, row, share, before != 0)
    if before == 0:
        W.active[side, size[side]] = s
        size[side] += 1
    count[side, s] = before + n


@within
def _arrive(F, W, t, to, s, n, row, share):
    """n people come to a place, for good or on the way."""
    info, count = W.info, W.count
    q = info[s, WHERE]
    W.here[q] += n
    if W.limited[q]:
        look(F, W, t, q)
    if info[s, KIND] == REST:
        rest(W, to, s, n, row, share)
        return
    before = count[to, s]
    if W.size[TRACKED]:
        _blend(W.age, to * count.shape[1] + s, row, share, before != 0)
    if before == 0:
        k = info[s, BUCKET]
        W.behind[s] = W.stops[k]
        W.stops[k] = s
        W.size[LOWEST] = min(W.size[LOWEST], k)
    count[to, s] = before + n


@within
def _set_out(F, W, t, to, link, days, out, n, row, share, evening):
    """n people go along a link: something happens to them in `days`, of which today is the first."""
    if evening and days == 1:
        _arrive(F, W, t, to, out, n, row, share)
        return
    when = t + days - 1
    if when >= len(F.day):
        return  # after the last day
    size, record = W.size, W.record
    r = size[FREE]
    if r >= 0:
        size[FREE] = record[r, FOLLOWING]
    else:
        r = size[RECORDS]
        if r >= len(record):
            size[FAILED] = FULL
            return
        size[RECORDS] = r + 1
    record[r, OUT], record[r, ON], record[r, PEOPLE], record[r, FOLLOWING] = out, link, n, W.due[when]
    W.due[when] = r
    if size[TRACKED]:
        _blend(W.age, 2 * W.count.shape[1] + r, row, share, False)


@within
def _go(F, W, t, to, a, n, row, share, evening):
    """n people do what row `a` of `after` says; some of them may walk by chance. share: of the age row, for each of them."""
    after = W.after
    walking = 0
    if after[a, OUT_SLOW] >= 0:
        walking = binomial(n, F.link_km[after[a, WAY], WALK], W.state)
        if walking:
            _set_out_apart(F, W, t, to, after[a, WAY], after[a, DAYS_SLOW], after[a, OUT_SLOW], walking, row, share * walking, evening)
    if n > walking:
        _set_out(F, W, t, to, after[a, WAY], after[a, DAYS_FAST], after[a, OUT_FAST], n - walking, row, share * (n - walking), evening)


@inner
def _set_out_apart(F, W, t, to, link, days, out, n, row, share, evening):
    """`_set_out` for the few who walk."""
    _set_out(F, W, t, to, link, days, out, n, row, share, evening)


@within
def decide(F, W, s, n, row, t, to, how, evening):
    """n people in a state of rest (in the morning) or at a stop (in the evening) decide; their ages are age row `row`, with mass n."""
    info, here, shut, weight, state = W.info, W.here, W.shut, W.weight, W.state
    p, tail, sub, m = info[s, WHERE], info[s, ROUTE], info[s, TRAITS], W.km[s]
    part = 1.0 / n
    movers = n
    if how != ADMITTED:
        forced = evening and F.short_stints and 0.5 * (sub // RECENT / GRID + m / F.speed) < 0.5
        movers = binomial(n, chance(F, W.people, t, p, tail, forced), state)
    gone = 0
    if movers:
        e = F.day[t, 0]
        first = know(F, W, s, t)
        lo, hi, total, u = F.span[e, p, 0], F.span[e, p, 1], 1.0, 0.0
        if tail:
            lo, hi = 0, 1 if W.after[first, WAY] >= 0 and not shut[F.tails[tail, LAST]] else 0
        elif hi > lo:
            total = weigh(F, W, t, p, (sub // GROUP) & 255, lo, hi)
            if how == ADMITTED:
                total = 0.0
                for o in range(lo, hi):
                    if shut[F.option[o, END]]:
                        weight[o - lo] = 0.0
                    total += weight[o - lo]
            if movers == 1:
                u = uniform(state) * total
        left, o = movers, lo
        while left and o < hi:
            k, closed = left, False
            if not tail:
                w = weight[o - lo]
                if w <= 0.0:
                    k = 0
                elif w < total * (1.0 - 1e-12):
                    if movers == 1:
                        k = 1 if u < w else 0
                        u -= w
                    else:
                        k = binomial(left, w / total, state)
                total -= w
                closed = shut[F.option[o, END]] == 1
            if k:
                left -= k
                if not closed:
                    gone += k
                    _go(F, W, t, to, first + o - lo, k, row, part, evening)
            o += 1
    if gone:
        here[p] -= gone
        if evening and W.limited[p]:
            look(F, W, t, p)
    if n > gone:
        stay = info[s, STAY]
        if stay < 0 or F.day[t, 1]:
            stay = stay_of(F, W, s, t)
        rest(W, to, stay, n - gone, row, part * (n - gone))


@inner
def decide_apart(F, W, s, n, row, t, to, how):
    """`decide` in the morning, where it is not worth being part of its caller."""
    decide(F, W, s, n, row, t, to, how, False)


@inner
def stay_of(F, W, s, t):
    """The state tomorrow morning of those who stay at a place: who has tried drops the route."""
    info = W.info
    if info[s, STAY] >= 0 and not F.day[t, 1]:
        return info[s, STAY]
    tail = info[s, ROUTE] if F.day[t, 1] else 0
    found = state_of(W.info, W.km, W.table, W.size, REST, info[s, WHERE], tail, 0, later(F.short_stints, F.speed, info[s, TRAITS], W.km[s]), 0.0)
    if not F.day[t, 1]:
        info[s, STAY] = found
    return found


@within
def land(F, W, t, to, out, n, row):
    """What is due today happens to n people, with ages of mass n."""
    if W.info[out, KIND] == ROAD:
        _go(F, W, t, to, know(F, W, out, t), n, row, 1.0 / n, True)
    else:
        _arrive(F, W, t, to, out, n, row, 1.0)


@inner
def go_on(F, W, t, to):
    """Everybody at a stop decides, and so on until nobody is at one. Those who did less come first, so that all of a kind decide as one."""
    count, stops, size = W.count, W.stops, W.size
    states = count.shape[1]
    while size[FAILED] == 0:
        while size[LOWEST] < BUCKETS and stops[size[LOWEST]] < 0:
            size[LOWEST] += 1
        if size[LOWEST] == BUCKETS:
            break
        s = stops[size[LOWEST]]
        stops[size[LOWEST]] = W.behind[s]
        n = count[to, s]
        count[to, s] = 0
        # nobody comes to this stop meanwhile: who decides here goes somewhere else, or rests
        decide(F, W, s, n, to * states + s, t, to, NORMAL, True)


# ---- who is new ---------------------------------------------------------------------------------------------------------------


@outer
def new_class(F, W, side, t):
    """The age class of those created today; older classes are merged where all are in use, those first whose order matters least."""
    size, created, age = W.size, W.created, W.age
    if size[CLASSES] == AGES:
        target, count = np.empty(AGES, np.int64), np.empty(AGES)
        for b in range(AGES):
            target[b] = b
            count[b] = 1e-3 * created[b]
        if size[TRACKED]:
            _near_full(F, W, side, t, count)
        used = AGES
        for _ in range(AGES // 4):
            best, least = 0, -1.0
            for b in range(used - 5):
                both = count[b] + count[b + 1]
                if least < 0.0 or both < least:
                    best, least = b, both
            count[best] += count[best + 1]
            created[best] += created[best + 1]
            for b in range(best + 1, used - 1):
                count[b] = count[b + 1]
                created[b] = created[b + 1]
            for b in range(AGES):
                if target[b] > best:
                    target[b] -= 1
            used -= 1
        for b in range(used, AGES):
            created[b] = 0
        size[CLASSES] = used
        if size[TRACKED]:
            states = W.count.shape[1]
            for i in range(size[side]):
                _merge(age, side * states + W.active[side, i], target)
            for r in range(size[RECORDS]):
                _merge(age, 2 * states + r, target)
    size[CLASSES] += 1
    return size[CLASSES] - 1


@inner
def _near_full(F, W, side, t, count):
    """Adds to `count` the people by class whose order may matter: in camps with a limit and next to one, more where it is nearly full."""
    base = F.day[t, 0] * F.span.shape[1]
    for p in range(len(W.leaving)):
        W.leaving[p] = 0.0
    for i in range(len(W.capped)):
        c = W.capped[i]
        matter = 1.0 if W.room[c] < 1.0 else 0.05
        W.leaving[c] = max(W.leaving[c], matter)
        for k in range(F.near_ptr[base + c], F.near_ptr[base + c + 1]):
            W.leaving[F.near[k]] = max(W.leaving[F.near[k]], matter)
    for i in range(W.size[side]):
        s = W.active[side, i]
        matter = W.leaving[W.info[s, WHERE]]
        if matter > 0.0:
            row = side * W.count.shape[1] + s
            for b in range(AGES):
                count[b] += matter * W.age[row, b]


@inner
def _merge(age, row, target):
    for b in range(AGES):
        x = age[row, b]
        age[row, b] = 0.0
        age[row, target[b]] += x


@inner
def add(F, W, group_cum, side, p, n, row):
    """n new people at a place, shared out over groups; the age row has mass 1 in their class."""
    groups = group_cum.shape[1]
    left, done = n, 0.0
    for g in range(groups):
        remaining = 1.0 - done
        k = left if g == groups - 1 or remaining <= 0.0 else binomial(left, (group_cum[p, g] - done) / remaining, W.state)
        done = group_cum[p, g]
        if k:
            add_group(F, W, side, p, g, k, row)
            left -= k


@inner
def add_group(F, W, side, p, g, n, row):
    """n new people of a group at a place."""
    s = W.home[g, p]
    if s < 0:
        s = state_of(W.info, W.km, W.table, W.size, REST, p, 0, 0, g * GROUP + (WALKER if F.on_foot else 0), 0.0)
        W.home[g, p] = s
    W.here[p] += n
    rest(W, side, s, n, row, float(n))
