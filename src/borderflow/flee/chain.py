"""The law of Flee as a chain of counts, compiled: people in the same state are one number.

An entry is a state with a count: where (a place, or a directed link), rest of the route, days done on the link, and traits (walking until the
first arrival, link closed under way, group, recent travel distance). Beside the count stands how it is spread over classes of age, because
decisions are taken in order of creation: that matters only near full camps, and there `order` uses it.

Whoever decides, rides or arrives is a task on a stack; `work_off` is the one place where that happens. Arrays are few and wide, because
compiled functions hand each of them over piece by piece.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numba import njit

from borderflow.flee.arrays import Arrays
from borderflow.kernels.stream import binomial, uniform

_BARE: dict[str, Any] = {"cache": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}  # numba takes these flags, its stubs do not know them
inner = njit(**(_BARE | {"_nrt": False}))
"""Called from compiled code only and allocates nothing: neither wrappers nor counts of references, which took most of the time to compile."""
outer = njit(**_BARE)
"""The same for functions that allocate. Neither copies one array into another by slices: the messages for wrong shapes take seconds to compile."""

AGES = 32
"""Classes of age, oldest first; merged as days go by, the youngest days stay apart."""
GRID = 64
"""Steps per 1 of the recent travel distance."""
WALKER, DOOMED, GROUP, RECENT = 1, 2, 4, 1024
"""Traits: bits 0 and 1, eight bits of group, the rest recent travel distance."""
QUICK, SLOW = 1, 4096
"""Days on a link: at its speed in the low twelve bits, on foot above."""
BUCKETS = 64
"""Of the pool of those who may go on today, by km done."""
FULL_ENTRIES, FULL_STACK = 1, 2
DECIDE, RIDE, ARRIVE = 0, 1, 2
NORMAL, ADMITTED, RIDER = 0, 1, 2
"""How a task is done: by chance; those who are known to leave for somewhere that admits them; those known not to walk today."""
SCORE, FACTOR, MOVE, CAPACITY = range(4)
TOWN, CAMP = range(2)
END, LINK, TAIL = range(3)
KM, SPEED, WALK = range(3)
NEXT, REST = range(2)


class Fixed(NamedTuple):
    """What is read: the arrays of a plan, packed."""

    daily: Any  # (t, p, 4) SCORE, FACTOR, MOVE, CAPACITY
    flags: Any  # (t, p, 2) TOWN, CAMP
    epoch: Any
    still: Any
    option: Any  # (o, 3) END, LINK, TAIL
    option_factor: Any  # (o, 2) nearness, closeness
    span: Any  # (e, p, 2) options of a place
    link: Any  # (l, 2) from, to
    link_km: Any  # (l, 3) KM, SPEED, WALK
    tails: Any  # (s, 3) NEXT, REST, END
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


class Work(NamedTuple):
    """What changes. Rows of `age`: entries of one day, entries of the next, stack, waiting, pool, one spare."""

    entry: Any  # (2, entries, 3): where and tail, days and traits, count
    size: Any  # (2,) entries in use; [2] the number of the table's filling
    age: Any
    table: Any
    here: Any  # (p,)
    people: Any  # (p,)
    room: Any  # (p,) capacity factor
    shut: Any  # (p,) a camp whose factor is below one half
    base: Any  # (g, o) weights without capacity factors
    based: Any  # (g, p) the day they hold for
    weight: Any
    created: Any  # by age class; the last element: classes in use
    task: Any  # (stack, 8): kind, place or link, tail, days, traits, count, age row (-1: its own), how
    task_km: Any  # (stack, 3): km done today, share of the age row, speed on arrival
    wait: Any  # like task
    wait_km: Any
    pool: Any  # (stack, 5): place, route, traits, count, the next in its bucket
    pool_km: Any
    bucket: Any
    level: Any  # (4,): tasks on the stack, tasks waiting, failure, whether it is morning
    state: Any
    capped: Any  # places that may have a limit
    leaving: Any  # (p,) how many are expected to leave a place today
    critical: Any  # (p,) its factor changes much today
    arriving: Any  # (p,)
    onward: Any  # (p,)
    kin: Any  # (g, p) factor of a group's score for a place, from who is there in the morning


def contiguous(A: Arrays) -> Arrays:
    """The same with every array in C order: any other order is a type of its own, for which everything would be compiled again."""
    ordered: dict[str, Any] = {name: np.ascontiguousarray(x) for name, x in A._asdict().items() if isinstance(x, np.ndarray)}
    return A._replace(**ordered)


def pack(A: Arrays) -> Fixed:
    """The arrays of a plan as the engine reads them."""
    A = contiguous(A)
    return Fixed(
        daily=np.ascontiguousarray(np.stack([A.score, A.factor, A.move, A.capacity], axis=2)),
        flags=np.ascontiguousarray(np.stack([A.town, A.camp], axis=2)),
        epoch=A.epoch,
        still=A.still,
        option=np.ascontiguousarray(np.stack([A.option_to, A.option_link, A.option_tail], axis=1)),
        option_factor=np.ascontiguousarray(np.stack([A.option_near, A.option_factor], axis=1)),
        span=np.ascontiguousarray(np.stack([A.option_lo, A.option_hi], axis=2)),
        link=np.ascontiguousarray(np.stack([A.link_from, A.link_to], axis=1)),
        link_km=np.ascontiguousarray(np.stack([A.link_km, A.link_speed, A.link_walk], axis=1)),
        tails=np.ascontiguousarray(np.stack([A.tail_next, A.tail_rest, A.tail_end], axis=1)),
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
    )


def make_work(A: Arrays, entries: int, stack: int) -> Work:
    """Room for one run."""
    places, groups = len(A.population), len(A.group_rule)
    capped = np.flatnonzero((A.capacity >= 1.0).any(axis=0)).astype(np.int64)
    return Work(
        entry=np.zeros((2, entries, 3), np.int64),
        size=np.zeros(3, np.int64),
        age=np.zeros((2 * entries + 3 * stack + 1, AGES), np.float32),
        table=np.zeros(1 << (2 * entries - 1).bit_length(), np.int64),
        here=np.zeros(places, np.int64),
        people=np.zeros(places, np.int64),
        room=np.ones(places),
        shut=np.zeros(places, np.int8),
        base=np.zeros((groups, len(A.option_to))),
        based=np.full((groups, places), -1, np.int64),
        weight=np.zeros(int((A.option_hi - A.option_lo).max(initial=0)) + 1),
        created=np.zeros(AGES + 1, np.int64),
        task=np.zeros((stack, 8), np.int64),
        task_km=np.zeros((stack, 3)),
        wait=np.zeros((stack, 8), np.int64),
        wait_km=np.zeros((stack, 3)),
        pool=np.zeros((stack, 5), np.int64),
        pool_km=np.zeros(stack),
        bucket=np.zeros(BUCKETS, np.int64),
        level=np.zeros(4, np.int64),
        state=np.zeros(4, np.uint64),
        capped=capped,
        leaving=np.zeros(places),
        critical=np.zeros(places, np.int8),
        arriving=np.zeros(places, np.int64),
        onward=np.zeros(places, np.int64),
        kin=np.ones((groups, places)),
    )


@inner
def put(entry, size, age, table, level, side, where, tail, dist, sub, n, row, scale):
    """Adds n people to the entry of a state; `scale` times age row `row` is their spread."""
    k1 = (where << 32) | tail
    k2 = (dist << 32) | sub
    h = np.uint64(k1) * np.uint64(0x9E3779B97F4A7C15) ^ np.uint64(k2) * np.uint64(0xC2B2AE3D27D4EB4F)
    h ^= h >> np.uint64(32)
    h *= np.uint64(0xD6E8FEB86659FD93)
    mask = len(table) - 1
    i = np.int64(h >> np.uint64(32)) & mask
    entries = entry.shape[1]
    s = np.float32(scale)
    while table[i] >> 24 == size[2]:
        j = table[i] & 0xFFFFFF
        if entry[side, j, 0] == k1 and entry[side, j, 1] == k2:
            entry[side, j, 2] += n
            at = side * entries + j
            for b in range(AGES):
                age[at, b] += s * age[row, b]
            return
        i = (i + 1) & mask
    j = size[side]
    if j >= entries:
        level[2] = FULL_ENTRIES
        return
    table[i] = (size[2] << 24) | j
    entry[side, j, 0] = k1
    entry[side, j, 1] = k2
    entry[side, j, 2] = n
    at = side * entries + j
    for b in range(AGES):
        age[at, b] = s * age[row, b]
    size[side] = j + 1


@inner
def later(short_stints, speed, sub, m):
    """Traits after a day on which m km were done: the recent travel distance, on its grid, goes half-way to today's."""
    if not short_stints:
        return sub
    recent = sub // RECENT
    return sub - recent * RECENT + np.int64(np.rint(0.5 * (recent + GRID * m / speed))) * RECENT


@inner
def factor_at(capacity, buffer, n):
    """Capacity factor of a place with n people in it."""
    if capacity < 1.0 or n <= buffer * capacity:
        return 1.0
    if n >= capacity:
        return 0.0
    return 1.0 - (n - buffer * capacity) / (capacity * (1.0 - buffer))


@inner
def look(daily, flags, here, room, shut, buffer, t, p):
    """Notes the capacity factor of a place with those who are there now."""
    capacity = daily[t, p, CAPACITY]
    room[p] = factor_at(capacity, buffer, here[p])
    shut[p] = 1 if room[p] < 0.5 and flags[t, p, CAMP] else 0


@inner
def weigh(F, base, based, weight, room, people, kin, t, p, group, lo, hi):
    """Weights of the options lo .. hi - 1 of a place as it is now into `weight`; their sum. All equal where all are 0."""
    if based[group, p] != t:
        based[group, p] = t
        rule = F.rule[group]
        for o in range(lo, hi):
            q = F.option[o, END]
            s = F.daily[t, q, SCORE]
            if rule < 0:
                s = 1.0
            for _ in range(rule):
                s = s * s
            s *= F.daily[t, q, FACTOR] * F.option_factor[o, 1]
            if F.pop_power != 0.0 and not F.flags[t, q, CAMP]:
                s *= max(1.0, float(people[q])) ** F.pop_power
            s *= kin[group, q]
            near = F.option_factor[o, 0]
            if F.fixed_routes:
                # the route was weighed in the morning, when places later in the file still had yesterday's score, 1 before the first day
                before = F.daily[t, q, SCORE] if q <= p else (F.daily[t - 1, q, SCORE] if t else 1.0)
                w = (F.softening + before) * near
                base[group, o] = (w if F.power == 1.0 else w**F.power) * s
            else:
                w = (F.softening + s) * near
                base[group, o] = w if F.power == 1.0 else w**F.power
    total, most = 0.0, 0.0
    for o in range(lo, hi):
        w = base[group, o]
        k = 1.0 if F.fixed_routes else room[F.option[o, END]]
        if k < 1.0:
            w *= k if F.power == 1.0 else k**F.power
        weight[o - lo] = w
        total += w
        most = max(most, w)
    if F.pruning > 0.0:
        total = 0.0
        for i in range(hi - lo):
            if weight[i] < most / F.pruning:
                weight[i] = 0.0
            total += weight[i]
    if total <= 0.0:
        for i in range(hi - lo):
            weight[i] = 1.0
        total = float(hi - lo)
    return total


@inner
def chance(F, people, t, p, tail, forced):
    """Probability that somebody at a place tries to leave."""
    if F.still[t]:
        return 0.0
    if tail or (forced and F.flags[t, p, TOWN]):
        return 1.0
    c = F.daily[t, p, MOVE]
    if F.pop_scale != 0.0:
        c *= (max(float(people[p]), F.daily[t, p, CAPACITY]) / F.pop_base) ** F.pop_scale
    return c


@inner
def open_way(F, e, p, q):
    """The first open link from p to q, or -1."""
    places = F.span.shape[1]
    for i in range(F.open_ptr[e * places + p], F.open_ptr[e * places + p + 1]):
        if F.link[F.open_link[i], 1] == q:
            return F.open_link[i]
    return -1


@inner
def work_off(F, W, side, t):
    """Does every task on the stack and all that follow from them.

    In the morning (level[3]) arrivals wait (`W.wait`), and nobody's leaving is seen by others.

    Those who may go on today gather in a pool, sorted by the km they have done, so that all who are at one place after the same way decide as
    one number.
    """
    option, link_km = F.option, F.link_km
    entry, size, age, table, level = W.entry, W.size, W.age, W.table, W.level
    here, room, shut, weight, state = W.here, W.room, W.shut, W.weight, W.state
    task, task_km, wait, wait_km, pool, pool_km = W.task, W.task_km, W.wait, W.wait_km, W.pool, W.pool_km
    places = F.span.shape[1]
    stack = task.shape[0]
    task_rows = 2 * entry.shape[1]
    wait_rows = task_rows + stack
    pool_rows = wait_rows + stack
    e = F.epoch[t]
    to = 1 - side
    hold = level[3] == 1
    top = level[0]
    W.bucket[:] = -1
    free, used, lowest = -1, 0, BUCKETS
    while level[2] == 0:
        item = -1
        if top > 0:
            top -= 1
            kind, at, tail, dist, sub, n, row, how = (
                task[top, 0], task[top, 1], task[top, 2], task[top, 3], task[top, 4], task[top, 5], task[top, 6], task[top, 7],
            )  # fmt: skip
            m, share = task_km[top, 0], task_km[top, 1]
            if row < 0:
                row = task_rows + top
        else:
            while lowest < BUCKETS and W.bucket[lowest] < 0:
                lowest += 1
            if lowest >= BUCKETS:
                break
            item = W.bucket[lowest]
            W.bucket[lowest] = pool[item, 4]
            kind, at, tail, dist, sub, n, row, how = DECIDE, pool[item, 0], pool[item, 1], 0, pool[item, 2], pool[item, 3], pool_rows + item, NORMAL
            m, share = pool_km[item], 1.0
        stay, p = 0, at
        lo, hi = 0, 1
        total, part, left, alone = 1.0, share / n, n, False
        way, rest, arrived, v, m_u = at, tail, False, 0.0, 0.0
        if kind == DECIDE:
            movers = n
            if how != ADMITTED:
                forced = item >= 0 and F.short_stints and 0.5 * (sub // RECENT / GRID + m / F.speed) < 0.5
                movers = binomial(n, chance(F, W.people, t, p, tail, forced), state)
            stay = n - movers
            left = movers
            dist = 0
            if movers == 0:
                hi = 0
            elif tail:
                way = open_way(F, e, p, F.tails[tail, NEXT])
                rest = F.tails[tail, REST]
                if way < 0 or shut[F.tails[tail, 2]]:
                    hi = 0
            else:
                lo, hi = F.span[e, p, 0], F.span[e, p, 1]
                if hi > lo:
                    total = weigh(F, W.base, W.based, weight, room, W.people, W.kin, t, p, (sub // GROUP) & 255, lo, hi)
                if how == ADMITTED:
                    total = 0.0
                    for o in range(lo, hi):
                        if shut[option[o, END]]:
                            weight[o - lo] = 0.0
                        total += weight[o - lo]
                alone = movers == 1
                if alone:
                    m_u = uniform(state) * total
        elif kind == ARRIVE:
            hi = 0
            arrived = True
            v = task_km[top, 2]
        gone = 0
        o = lo
        while o < hi or arrived:
            k = left
            if not arrived:
                if kind == DECIDE and tail == 0:
                    w = weight[o - lo]
                    o += 1
                    if w <= 0.0:
                        continue
                    if alone:
                        m_u -= w
                        k = 1 if m_u < 0.0 or w >= total * (1.0 - 1e-12) else 0
                    else:
                        k = left if w >= total * (1.0 - 1e-12) else binomial(left, w / total, state)
                    total -= w
                    if k == 0:
                        continue
                    left -= k
                    if left == 0:
                        hi = 0
                    if shut[option[o - 1, END]]:
                        continue
                    way, rest = option[o - 1, LINK], option[o - 1, TAIL]
                else:
                    o += 1
                gone += k
                # how far today: some may walk
                v, step = link_km[way, SPEED], QUICK
                if sub & WALKER:
                    v, step = F.walk, SLOW
                elif link_km[way, WALK] > 0.0 and how != RIDER:
                    walking = binomial(k, link_km[way, WALK], state)
                    if walking == k:
                        v, step = F.walk, SLOW
                    elif walking:
                        # the walkers now, the others as a task of their own
                        if top >= stack:
                            level[2] = FULL_STACK
                            break
                        if item < 0 and row == task_rows + top:
                            for b in range(AGES):
                                age[-1, b] = age[row, b]
                            row = age.shape[0] - 1
                        s = np.float32(part * (k - walking))
                        for b in range(AGES):
                            age[task_rows + top, b] = s * age[row, b]
                        task[top, 0], task[top, 1], task[top, 2], task[top, 3] = RIDE, way, rest, dist
                        task[top, 4], task[top, 5], task[top, 6], task[top, 7] = sub, k - walking, -1, RIDER
                        task_km[top, 0], task_km[top, 1] = m, 1.0
                        top += 1
                        k = walking
                        v, step = F.walk, SLOW
                done = (dist & (SLOW - 1)) * link_km[way, SPEED] + (dist >> 12) * F.walk + v
                if done <= link_km[way, KM]:
                    put(
                        entry, size, age, table, level, to, places + way, rest, dist + step, later(F.short_stints, F.speed, sub, m + v), k, row,
                        part * k,
                    )  # fmt: skip
                    continue
                km = m + v - (done - link_km[way, KM])
                if hold:
                    i = level[1]
                    if i >= stack:
                        level[2] = FULL_STACK
                        break
                    s = np.float32(part * k)
                    for b in range(AGES):
                        age[wait_rows + i, b] = s * age[row, b]
                    wait[i, 0], wait[i, 1], wait[i, 2], wait[i, 3] = ARRIVE, way, rest, 0
                    wait[i, 4], wait[i, 5], wait[i, 6], wait[i, 7] = sub, k, -1, NORMAL
                    wait_km[i, 0], wait_km[i, 1], wait_km[i, 2] = km, 1.0, v
                    level[1] = i + 1
                    continue
            else:
                arrived = False
                km = m
            # arrival
            traits = sub & ~(WALKER | DOOMED)
            q = F.link[way, 0] if sub & DOOMED else F.link[way, 1]
            here[q] += k
            look(F.daily, F.flags, here, room, shut, F.buffer, t, q)
            if sub & DOOMED or km >= v:
                put(entry, size, age, table, level, to, q, rest, 0, later(F.short_stints, F.speed, traits, km), k, row, part * k)
                continue
            b_at = min(BUCKETS - 1, int(km / F.speed * BUCKETS))
            i = W.bucket[b_at]
            while i >= 0 and not (pool[i, 0] == q and pool_km[i] == km and pool[i, 1] == rest and pool[i, 2] == traits):
                i = pool[i, 4]
            s = np.float32(part * k)
            if i >= 0:
                pool[i, 3] += k
                for b in range(AGES):
                    age[pool_rows + i, b] += s * age[row, b]
                continue
            if free >= 0:
                i = free
                free = pool[i, 4]
            else:
                i = used
                if i >= stack:
                    level[2] = FULL_STACK
                    break
                used += 1
            pool[i, 0], pool[i, 1], pool[i, 2], pool[i, 3] = q, rest, traits, k
            pool[i, 4] = W.bucket[b_at]
            pool_km[i] = km
            W.bucket[b_at] = i
            lowest = min(lowest, b_at)
            for b in range(AGES):
                age[pool_rows + i, b] = s * age[row, b]
        if kind == DECIDE:
            if gone:
                here[p] -= gone
                if not hold:
                    look(F.daily, F.flags, here, room, shut, F.buffer, t, p)
            stay = n - gone
            if stay:
                keep = tail if F.still[t] else 0
                put(entry, size, age, table, level, to, p, keep, 0, later(F.short_stints, F.speed, sub, m), stay, row, part * stay)
        if item >= 0:
            pool[item, 4] = free
            free = item
    level[0] = 0


# ---- who is new ---------------------------------------------------------------------------------------------------


@outer
def new_class(W, side):
    """The age class of those created today; older classes are merged where all are in use."""
    if W.created[AGES] == AGES:
        target, count = np.empty(AGES, np.int64), np.empty(AGES, np.int64)
        for b in range(AGES):
            target[b] = b
            count[b] = W.created[b]
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
                if target[b] > best:
                    target[b] -= 1
            used -= 1
        for b in range(AGES):
            W.created[b] = count[b] if b < used else 0
        W.created[AGES] = used
        for j in range(W.size[side]):
            row = side * W.entry.shape[1] + j
            for b in range(AGES):
                x = W.age[row, b]
                W.age[row, b] = 0.0
                W.age[row, target[b]] += x
    W.created[AGES] += 1
    return W.created[AGES] - 1


@inner
def add(W, group_cum, on_foot, side, p, n, row):
    """n new people at a place, shared out over groups; the age row has mass 1 in their class."""
    W.here[p] += n
    groups = group_cum.shape[1]
    left, done = n, 0.0
    for g in range(groups):
        rest = 1.0 - done
        k = left if g == groups - 1 or rest <= 0.0 else binomial(left, (group_cum[p, g] - done) / rest, W.state)
        done = group_cum[p, g]
        if k:
            sub = g * GROUP + (WALKER if on_foot else 0)
            put(W.entry, W.size, W.age, W.table, W.level, side, p, 0, 0, sub, k, row, float(k))
            left -= k
