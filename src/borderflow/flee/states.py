"""States of Flee's chain and what follows from them, compiled; and the arrays that all of it works on.

A state is where somebody is and what tells their future: at rest at a place (with the rest of a route and traits), at a stop on the way (with the
km done today), or on a link on which they may walk by chance. Each state has a number from the day it is first met; what follows from it (which link
of an option is taken, in how many days which state comes next) is worked out once and looked up from then on. What people do is in `chain`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from borderflow.compiled import njit
from borderflow.flee.arrays import Arrays

_BARE: dict[str, Any] = {
    "cache": True,
    "error_model": "numpy",
    "no_cpython_wrapper": True,
    "no_cfunc_wrapper": True,
}  # numba takes these flags, its stubs do not know them
inner = njit(**(_BARE | {"_nrt": False}))
"""Called from compiled code only and allocates nothing (what it needs for a while is in `Work`): neither wrappers, which took most of the time to
compile, nor counts of references to forty arrays, which took a tenth of a run."""
within = njit(**(_BARE | {"_nrt": False, "forceinline": True}))
"""The same, and becomes part of its caller: handing over all these arrays costs more than what the function does."""
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
OUT, ON, PEOPLE, FOLLOWING, DUE = range(5)
"""Columns of `record`."""
ITEM, LEFT, HOME, LEAVE, FROM = range(5)
"""Columns of `listed`: a state or record; people who have not decided; the critical place they live in, -1: none; how many leave; some of them."""
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
    far: Any  # (p, p) the least km from a place to one where another is an option; infinite: more than a day
    fastest: float  # km a day, at most
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
    record: Any  # (records, 5) OUT, ON, PEOPLE, FOLLOWING, DUE
    latest: Any  # (states,) the record made last of those that lead to a state; it may have been used again since
    due: Any  # (ring,) the first record of a day, -1: none
    age: Any
    size: Any
    home: Any  # (g, p) the state of those created there, -1: not yet met
    here: Any  # (p,)
    people: Any  # (p,)
    room: Any  # (p,) capacity factor
    shut: Any  # (p,) a camp whose factor is below one half
    limited: Any  # (p,) may have a limit, and its factor follows those who are there
    capped: Any  # the same as a list
    base: Any  # (g, o) weights without capacity factors
    based: Any  # (g, p) the day they hold for
    base_sum: Any  # (g, p)
    weight: Any
    created: Any  # by age class
    state: Any
    critical: Any  # (p,) its factor changes much today
    leaving: Any  # (p,) how many are expected to leave a place this morning, or to come this evening
    arriving: Any  # (p, 2) arrivals of today; those of them who may go on
    kin: Any  # (g, p) factor of a group's score for a place, from who is there in the morning
    there: Any  # (g, p) people in the morning, where somebody asks
    # scratch
    listed: Any  # (records, 5) of those who decide in order of age: ITEM, LEFT, HOME, LEAVE, FROM
    mass: Any  # (records,) of their ages
    pull: Any  # (records, places with limits) how many of a place each one due becomes, expected
    choice: Any  # the same: how many choices of it
    spots: Any  # the places with limits for which order matters
    by_class: Any  # (2, AGES)
    target: Any  # (AGES,)


def contiguous(A: Arrays) -> Arrays:
    """The same with every array in C order: any other order is a type of its own, for which everything would be compiled again."""
    ordered: dict[str, Any] = {name: np.ascontiguousarray(x) for name, x in A._asdict().items() if isinstance(x, np.ndarray)}
    return A._replace(**ordered)


def pack(A: Arrays) -> Fixed:
    """The arrays of a plan as the engine reads them."""
    A = contiguous(A)
    daily = np.ascontiguousarray(np.stack([A.score, A.factor, A.move, A.capacity], axis=2))
    flags = np.ascontiguousarray(np.stack([A.town, A.camp], axis=2))
    moving = A.fixed_routes or A.pop_power != 0.0 or A.match.any()  # weights that follow people, or yesterday's scores
    days = np.arange(len(daily))
    alike = np.zeros(len(daily), np.bool_)
    if not moving:
        alike[1:] = (daily[1:, :, :MOVE] == daily[:-1, :, :MOVE]).all(axis=(1, 2)) & (flags[1:] == flags[:-1]).all(axis=(1, 2))
        alike[1:] &= A.epoch[1:] == A.epoch[:-1]
    same = np.maximum.accumulate(np.where(alike, 0, days))[:, None]
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
        far=_far(A),
        fastest=_fastest(A),
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


def _fastest(A: Arrays) -> float:
    """Most km of a day on any link."""
    return float(A.link_speed.max(initial=A.walk))


def _far(A: Arrays) -> Any:
    """Least km from each place (rows) to one where each place (columns) is an option on any day, over links of less than a day; (p, p)."""
    places, fastest = len(A.population), _fastest(A)
    short = A.link_km < fastest
    start, end, km = A.link_from[short], A.link_to[short], A.link_km[short, None]
    far = np.full((places, places), np.inf)
    ends = np.repeat(np.arange(len(A.near_ptr.ravel()) - 1) % places, np.diff(A.near_ptr.ravel()))
    far[A.near, ends] = 0.0
    while True:
        before = far.copy()
        on = km + before[end]
        np.minimum.at(far, start, np.where(on < fastest, on, np.inf))
        if (far == before).all():
            return far


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
        record=np.full((records, 5), -1, np.int64),
        latest=np.zeros(states, np.int64),
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
        there=np.zeros((groups, places)),
        listed=np.zeros((records, 5), np.int64),
        mass=np.zeros(records),
        pull=np.zeros((records, len(capped))),
        choice=np.zeros((records, len(capped))),
        spots=np.zeros(len(capped), np.int64),
        by_class=np.zeros((2, AGES)),
        target=np.zeros(AGES, np.int64),
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
