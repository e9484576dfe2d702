"""Order near full camps: decisions are taken one after another in order of creation, and that matters only where a capacity factor changes
much, or crosses one half, within a day.

In the morning, residents leave: a closed camp opens to all who come later in the order. The position of the leaver who opens it is drawn first
(how many residents of each age class leave, then an order statistic within the class); everybody who might go there then decides in the
stretches between such positions. In the evening, arrivals fill camps one by one: those who travel are halved by age, and halved again, until
within a piece nothing can change that matters.

An age is a class and a place within it, uniform in the class: that is the only approximation.
"""

from __future__ import annotations

import math

import numpy as np

from borderflow.flee.chain import (
    ADMITTED,
    AGES,
    CAMP,
    CAPACITY,
    DECIDE,
    DOOMED,
    END,
    FULL_STACK,
    GRID,
    GROUP,
    NEXT,
    NORMAL,
    RECENT,
    RIDE,
    TOWN,
    chance,
    factor_at,
    inner,
    later,
    look,
    open_way,
    outer,
    put,
    weigh,
    work_off,
)  # fmt: skip
from borderflow.kernels.stream import binomial, order_statistic, uniform

FEW = 0.1
"""A piece is small enough where fewer than this are expected to choose a camp that may close meanwhile."""
MOST_SPLITS = 500
"""Pieces of an evening at most: the younger half of a piece gains no depth, so that depth alone does not end it."""
SECOND = 0.05
"""Taken for the share of those two choices away who get to a camp today."""
STEP = 0.05
"""A capacity factor that changes by less than this within a stretch counts as constant."""
SURE = 4.0
"""Standard deviations beyond which a change is not expected."""


@inner
def threshold(capacity, buffer):
    """The most people with which the capacity factor is not below one half."""
    n = math.floor(capacity * (0.5 + 0.5 * buffer))
    while factor_at(capacity, buffer, n + 1.0) >= 0.5:
        n += 1.0
    while n > 0.0 and factor_at(capacity, buffer, n) < 0.5:
        n -= 1.0
    return np.int64(n)


@inner
def _need(F, W, t, p):
    """How many leavers change the capacity factor of p enough to matter."""
    capacity = F.daily[t, p, CAPACITY]
    step = max(1, int(STEP * capacity * (1.0 - F.buffer)))
    if W.room[p] >= 1.0:
        return 1 << 40
    need = step if W.here[p] < capacity else W.here[p] - int(capacity) + step
    if W.shut[p]:
        need = min(need, W.here[p] - threshold(capacity, F.buffer))
    return need


@outer
def morning(F, W, side, t):
    """Everybody at a place decides; those on links are put to ride. Arrivals wait."""
    places, entries = F.span.shape[1], W.entry.shape[1]
    W.level[3] = 1
    hot = 0
    for i in range(len(W.capped)):
        p = W.capped[i]
        look(F.daily, F.flags, W.here, W.room, W.shut, F.buffer, t, p)
        W.leaving[p] = 0.0
        if W.room[p] < 1.0:
            hot += 1
    critical = 0
    if hot:
        for j in range(W.size[side]):
            p = W.entry[side, j, 0] >> 32
            if p < places and W.room[p] < 1.0:
                W.leaving[p] += W.entry[side, j, 2] * chance(F, W.people, t, p, W.entry[side, j, 0] & 0xFFFFFFFF, False)
        for i in range(len(W.capped)):
            p = W.capped[i]
            W.critical[p] = 0
            mean = W.leaving[p]
            if W.room[p] < 1.0 and mean > 0.0:
                if mean + SURE * math.sqrt(mean) + 2.0 >= _need(F, W, t, p):
                    W.critical[p] = 1
                    critical += 1
                else:
                    # one factor for all: that of the middle of the morning
                    W.room[p] = factor_at(F.daily[t, p, CAPACITY], F.buffer, W.here[p] - 0.5 * mean)
    affected = np.empty(W.size[side] if critical else 0, np.int64)
    n_affected, top = 0, 0
    for j in range(W.size[side]):
        n = W.entry[side, j, 2]
        if n == 0:
            continue
        if critical and _affected(F, W, t, W.entry[side, j, 0]):
            affected[n_affected] = j
            n_affected += 1
            continue
        if top >= W.task.shape[0]:
            W.level[2] = FULL_STACK
            return
        _push(W, top, side, j, places, n, side * entries + j)
        top += 1
    W.level[0] = top
    work_off(F, W, side, t)
    if n_affected:
        _in_stretches(F, W, side, t, affected[:n_affected])
    for i in range(len(W.capped)):
        p = W.capped[i]
        W.critical[p] = 0
        look(F.daily, F.flags, W.here, W.room, W.shut, F.buffer, t, p)


@inner
def _push(W, top, side, j, places, n, row):
    """Entry j, or n of it, as a task."""
    k1, k2 = W.entry[side, j, 0], W.entry[side, j, 1]
    where = k1 >> 32
    task = W.task
    task[top, 0] = DECIDE if where < places else RIDE
    task[top, 1] = where if where < places else where - places
    task[top, 2] = k1 & 0xFFFFFFFF
    task[top, 3] = k2 >> 32
    task[top, 4] = k2 & 0xFFFFFFFF
    task[top, 5] = n
    task[top, 6] = row
    task[top, 7] = NORMAL
    W.task_km[top, 0] = 0.0
    W.task_km[top, 1] = 1.0


@inner
def _affected(F, W, t, k1):
    """Whether people of an entry live in a critical place or might go to one."""
    p, tail = k1 >> 32, k1 & 0xFFFFFFFF
    if p >= F.span.shape[1]:
        return False
    if W.critical[p]:
        return True
    if tail:
        return W.critical[F.tails[tail, 2]] == 1
    e = F.epoch[t]
    for o in range(F.span[e, p, 0], F.span[e, p, 1]):
        if W.critical[F.option[o, END]]:
            return True
    return False


@inner
def _success(F, W, t, p, tail, sub):
    """Probability that somebody at p leaves it, as camps are now."""
    c = chance(F, W.people, t, p, tail, False)
    e = F.epoch[t]
    if tail:
        return c if open_way(F, e, p, F.tails[tail, NEXT]) >= 0 and not W.shut[F.tails[tail, 2]] else 0.0
    lo, hi = F.span[e, p, 0], F.span[e, p, 1]
    if lo == hi:
        return 0.0
    total = weigh(F, W.base, W.based, W.weight, W.room, W.people, W.kin, t, p, (sub // GROUP) & 255, lo, hi)
    good = 0.0
    for o in range(lo, hi):
        if not W.shut[F.option[o, END]]:
            good += W.weight[o - lo]
    return c * good / total


@inner
def _mass(age, row, y0, y1):
    """How much of an age row lies between two ages (class + place within it)."""
    total = 0.0
    for b in range(int(y0), min(AGES, int(math.ceil(y1)))):
        total += age[row, b] * (min(y1, b + 1.0) - max(y0, float(b)))
    return total


@inner
def _mask(age, target, row, y0, y1, n):
    """age[target] = the part of a row between two ages, with mass n."""
    total = _mass(age, row, y0, y1)
    for b in range(AGES):
        share = max(0.0, min(y1, b + 1.0) - max(y0, float(b)))
        if total > 0.0:
            age[target, b] = np.float32(age[row, b] * share * n / total)
        else:
            age[target, b] = np.float32(share * n / (y1 - y0))


@inner
def _part(age, row, n, y0, y1, y2, state):
    """How many of n people with ages from y0 to y2 are younger in the order than y1."""
    if y1 >= y2:
        return n
    whole = _mass(age, row, y0, y2)
    p = _mass(age, row, y0, y1) / whole if whole > 0.0 else (y1 - y0) / (y2 - y0)
    return binomial(n, min(1.0, p), state)


@outer
def _in_stretches(F, W, side, t, affected):
    """The affected entries decide in order of age, stretch by stretch, each ended by the leaver who changes a critical place."""
    places, entries = F.span.shape[1], W.entry.shape[1]
    age, state = W.age, W.state
    end = float(W.created[AGES])
    count = len(affected)
    left, home, leave = np.empty(count, np.int64), np.empty(count, np.int64), np.zeros(count, np.int64)
    for a in range(count):
        home[a] = -1
        left[a] = W.entry[side, affected[a], 2]
        p = W.entry[side, affected[a], 0] >> 32
        if W.critical[p]:
            home[a] = p
    y = 0.0
    while y < end:
        # how many residents would leave from here on, if nothing changed
        for a in range(count):
            if home[a] >= 0:
                j = affected[a]
                q = _success(F, W, t, home[a], W.entry[side, j, 0] & 0xFFFFFFFF, W.entry[side, j, 1] & 0xFFFFFFFF)
                leave[a] = binomial(left[a], q, state)
        # the first of them who changes something
        stop, first, mine = end, -1, 0
        for i in range(len(W.capped)):
            p = W.capped[i]
            if W.critical[p]:
                need, total = _need(F, W, t, p), 0
                for a in range(count):
                    if home[a] == p:
                        total += leave[a]
                if total >= need:
                    at = _position(W, side, affected, home, leave, p, need, total, y, end)
                    if at < stop:
                        stop, first, mine = at, p, need
        others = 0
        if first >= 0:
            for a in range(count):
                if home[a] == first:
                    others += leave[a]
        # everybody up to there decides
        top = 0
        for a in range(count):
            j = affected[a]
            row = side * entries + j
            if home[a] < 0:
                n = _part(age, row, left[a], y, stop, end, state)
                if n:
                    _push_part(W, top, side, j, places, n, row, y, stop, end, NORMAL)
                    top += 1
                left[a] -= n
                continue
            gone = leave[a]
            if first >= 0:
                if home[a] == first:
                    gone = _without_replacement(leave[a], others, mine, state)
                    others -= leave[a]
                    mine -= gone
                else:
                    gone = _part(age, row, leave[a], y, stop, end, state)
            stay = _part(age, row, left[a] - leave[a], y, stop, end, state)
            if stay:
                rows = 2 * entries + top
                _mask(age, rows, row, y, stop, stay)
                sub = later(F.short_stints, F.speed, W.entry[side, j, 1] & 0xFFFFFFFF, 0.0)
                tail = (W.entry[side, j, 0] & 0xFFFFFFFF) if F.still[t] else 0
                put(W.entry, W.size, age, W.table, W.level, 1 - side, home[a], tail, 0, sub, stay, rows, 1.0)
            if gone:
                _push_part(W, top, side, j, places, gone, row, y, stop, end, ADMITTED)
                top += 1
            left[a] -= gone + stay
            if top + 2 >= W.task.shape[0]:
                W.level[2] = FULL_STACK
                return
        W.level[0] = top
        work_off(F, W, side, t)
        if W.level[2]:
            return
        for i in range(len(W.capped)):
            if W.critical[W.capped[i]]:
                look(F.daily, F.flags, W.here, W.room, W.shut, F.buffer, t, W.capped[i])
        y = stop


@outer
def _position(W, side, affected, home, leave, p, need, total, y, end):
    """The age of the leaver number `need` of `total` from place p; their ages are those of the entries they come from."""
    rest, before, entries = total, need, W.entry.shape[1]
    by_entry, whole = np.zeros(len(affected), np.int64), np.empty(len(affected))
    for a in range(len(affected)):
        if home[a] == p:
            by_entry[a] = leave[a]
        whole[a] = _mass(W.age, side * entries + affected[a], y, end) if by_entry[a] else 0.0
    for b in range(int(y), int(end)):
        low = max(y, float(b))
        k = 0
        for a in range(len(affected)):
            if by_entry[a]:
                part = _mass(W.age, side * entries + affected[a], low, b + 1.0)
                some = by_entry[a] if b + 1 >= int(end) or part >= whole[a] else binomial(by_entry[a], part / whole[a], W.state)
                whole[a] -= part
                by_entry[a] -= some
                k += some
        if k >= before:
            return low + (b + 1.0 - low) * order_statistic(before, k, W.state)
        before -= k
        rest -= k
    return end


@inner
def _without_replacement(marked, total, taken, state):
    """How many of `taken` drawn from `total` are among the `marked` ones, one draw after another."""
    if marked >= total:
        return taken
    found = 0
    for i in range(taken):
        if uniform(state) * (total - i) < marked - found:
            found += 1
    return found


@inner
def _push_part(W, top, side, j, places, n, row, y0, y1, end, how):
    """n people of entry j, with ages between y0 and y1, as a task."""
    whole = y0 == 0.0 and y1 >= end
    _push(W, top, side, j, places, n, row if whole else -1)
    W.task[top, 7] = how
    if whole:
        W.task_km[top, 1] = n / W.entry[side, j, 2]
    else:
        _mask(W.age, 2 * W.entry.shape[1] + top, row, y0, y1, n)


# ---- evening ------------------------------------------------------------------------------------------------------


@inner
def _take(W, top, i):
    """The task waiting at i onto the stack."""
    for k in range(W.task.shape[1]):
        W.task[top, k] = W.wait[i, k]
    for k in range(W.task_km.shape[1]):
        W.task_km[top, k] = W.wait_km[i, k]


@outer
def evening(F, W, side, t):
    """All who wait arrive and go on; in order of age where that may matter."""
    rows, stack = 2 * W.entry.shape[1], W.task.shape[0]
    W.level[3] = 0
    waiting = W.level[1]
    n_critical = _evening_critical(F, W, t, waiting)
    if n_critical == 0:
        for i in range(waiting):
            _take(W, i, i)
            W.task[i, 6] = rows + stack + i
        W.level[0] = waiting
        work_off(F, W, side, t)
        return
    spots = np.empty(n_critical, np.int64)
    n_critical = 0
    for i in range(len(W.capped)):
        if W.critical[W.capped[i]]:
            spots[n_critical] = W.capped[i]
            n_critical += 1
            W.critical[W.capped[i]] = 0
    pull = np.zeros((waiting, n_critical))
    kept = np.empty(waiting, np.int64)
    n_kept, top = 0, 0
    for i in range(waiting):
        matters = False
        for c in range(n_critical):
            pull[i, c] = _pull(F, W, t, i, spots[c])
            if pull[i, c] == 0.0 and _second(F, W, t, i, spots[c]):
                pull[i, c] = SECOND
            matters = matters or pull[i, c] > 0.0
        if matters:
            kept[n_kept] = i
            n_kept += 1
        else:
            _take(W, top, i)
            W.task[top, 6] = rows + stack + i
            top += 1
    W.level[0] = top
    work_off(F, W, side, t)
    _halve(F, W, side, t, kept[:n_kept], pull, spots)


@inner
def _evening_critical(F, W, t, waiting):
    """Marks the places whose capacity factor may change much, or cross one half, while others decide; how many."""
    W.arriving[:] = 0
    W.onward[:] = 0
    any_onward = False
    for i in range(waiting):
        if not W.wait[i, 4] & DOOMED:
            p = F.link[W.wait[i, 1], 1]
            W.arriving[p] += W.wait[i, 5]
            if W.wait_km[i, 0] < W.wait_km[i, 2] and not F.flags[t, p, CAMP]:
                W.onward[p] += W.wait[i, 5]
                any_onward = True
    if not any_onward:
        return 0
    found, base = 0, F.epoch[t] * F.span.shape[1]
    for i in range(len(W.capped)):
        c = W.capped[i]
        capacity = F.daily[t, c, CAPACITY]
        if capacity < 1.0 or W.here[c] >= capacity:
            continue
        direct, onward, further = W.arriving[c], 0, 0
        for k in range(F.near_ptr[base + c], F.near_ptr[base + c + 1]):
            p = F.near[k]
            onward += W.onward[p]
            if not F.flags[t, p, CAMP]:
                for i2 in range(F.near_ptr[base + p], F.near_ptr[base + p + 1]):
                    further += W.onward[F.near[i2]]
        onward += further
        if onward == 0 or W.here[c] + direct + onward <= F.buffer * capacity:
            continue
        width = capacity * (1.0 - F.buffer)
        if W.shut[c]:
            mark = direct > 4.0 * STEP * width
        else:
            more = SECOND * further
            for k in range(F.near_ptr[base + c], F.near_ptr[base + c + 1]):
                p = F.near[k]
                if W.onward[p]:
                    go = 1.0 if F.short_stints and F.flags[t, p, TOWN] else chance(F, W.people, t, p, 0, False)
                    more += W.onward[p] * go * _share(F, W, t, p, c, 0)
            reach = W.here[c] + direct + 1.5 * more + SURE * math.sqrt(more) + 2.0
            mark = reach > threshold(capacity, F.buffer) or (direct + more > 4.0 * STEP * width and reach > F.buffer * capacity)
        if mark:
            W.critical[c] = 1
            found += 1
    return found


@inner
def _share(F, W, t, p, c, sub):
    """Share of those who leave p and choose c, as camps are now."""
    e = F.epoch[t]
    lo, hi = F.span[e, p, 0], F.span[e, p, 1]
    total = weigh(F, W.base, W.based, W.weight, W.room, W.people, W.kin, t, p, (sub // GROUP) & 255, lo, hi)
    share = 0.0
    for o in range(lo, hi):
        if F.option[o, END] == c:
            share += W.weight[o - lo]
    return share / total


@inner
def _pull(F, W, t, i, c):
    """Expected number of people of place c that one of those waiting in item i becomes today."""
    link, tail, sub = W.wait[i, 1], W.wait[i, 2], W.wait[i, 4]
    if sub & DOOMED:
        return 0.0
    p = F.link[link, 1]
    if p == c:
        return 1.0
    m = W.wait_km[i, 0]
    if m >= W.wait_km[i, 2]:
        return 0.0
    forced = F.short_stints and 0.5 * (sub // RECENT / GRID + m / F.speed) < 0.5
    go = chance(F, W.people, t, p, tail, forced)
    if tail:
        return go if F.tails[tail, 2] == c else 0.0
    base = F.epoch[t] * F.span.shape[1] + c
    for k in range(F.near_ptr[base], F.near_ptr[base + 1]):
        if F.near[k] == p:
            return go * _share(F, W, t, p, c, sub)
    return 0.0


@inner
def _second(F, W, t, i, c):
    """Whether those waiting in item i could choose, today, a place from which they could choose c."""
    p = F.link[W.wait[i, 1], 1]
    if W.wait[i, 4] & DOOMED or W.wait_km[i, 0] >= W.wait_km[i, 2] or F.flags[t, p, CAMP]:
        return False
    base = F.epoch[t] * F.span.shape[1]
    for k in range(F.near_ptr[base + c], F.near_ptr[base + c + 1]):
        q = F.near[k]
        for j in range(F.near_ptr[base + q], F.near_ptr[base + q + 1]):
            if F.near[j] == p:
                return True
    return False


@outer
def _halve(F, W, side, t, kept, pull, spots):
    """Those waiting in the items `kept` arrive in order of age, in pieces within which no place of `spots` changes much."""
    rows, stack = 2 * W.entry.shape[1], W.task.shape[0]
    count, deep = len(kept), 24
    low, high = np.empty(deep + 2), np.empty(deep + 2)
    people = np.empty((deep + 2, count), np.int64)
    low[0], high[0] = 0.0, float(W.created[AGES])
    for a in range(count):
        people[0, a] = W.wait[kept[a], 5]
    d, splits = 0, 0
    while d >= 0:
        y0, y1 = low[d], high[d]
        whole = d >= deep or splits >= MOST_SPLITS
        if not whole:
            whole = True
            for c in range(len(spots)):
                p = spots[c]
                capacity = F.daily[t, p, CAPACITY]
                change, deciders = 0.0, 0.0
                for a in range(count):
                    change += people[d, a] * pull[kept[a], c]
                    if pull[kept[a], c] < 1.0:
                        deciders += people[d, a] * pull[kept[a], c]
                if deciders <= FEW or W.here[p] >= capacity or W.here[p] + 2.0 * change + 2.0 <= F.buffer * capacity:
                    continue
                if change > max(1.0, 2.0 * STEP * capacity * (1.0 - F.buffer)) or (
                    not W.shut[p] and W.here[p] + 2.0 * change + 2.0 > threshold(capacity, F.buffer)
                ):
                    whole = False
        if whole:
            top = 0
            for a in range(count):
                n = people[d, a]
                if n:
                    i = kept[a]
                    _take(W, top, i)
                    W.task[top, 5] = n
                    W.task[top, 6] = -1
                    _mask(W.age, rows + top, rows + stack + i, y0, y1, n)
                    top += 1
            W.level[0] = top
            work_off(F, W, side, t)
            if W.level[2]:
                return
            d -= 1
            continue
        middle = _middle(W, kept, people, d, rows + stack, y0, y1)
        splits += 1
        # the younger half waits below the older one on this stack
        low[d], high[d] = middle, y1
        low[d + 1], high[d + 1] = y0, middle
        for a in range(count):
            older = _part(W.age, rows + stack + kept[a], people[d, a], y0, middle, y1, W.state)
            people[d + 1, a] = older
            people[d, a] -= older
        d += 1


@outer
def _middle(W, kept, people, d, base, y0, y1):
    """The age that has half of those in a piece on each side."""
    first, last = int(y0), min(AGES, int(math.ceil(y1)))
    if last - first <= 1:
        return 0.5 * (y0 + y1)
    mass = np.zeros(last - first)
    for a in range(len(kept)):
        if people[d, a]:
            whole = _mass(W.age, base + kept[a], y0, y1)
            if whole > 0.0:
                for b in range(first, last):
                    mass[b - first] += people[d, a] / whole * W.age[base + kept[a], b] * (min(y1, b + 1.0) - max(y0, float(b)))
    half = 0.0
    for b in range(last - first):
        half += 0.5 * mass[b]
    for b in range(first, last):
        if half <= mass[b - first] and mass[b - first] > 0.0:
            lo = max(y0, float(b))
            y = lo + half / mass[b - first] * (min(y1, b + 1.0) - lo)
            return min(max(y, y0 + 1e-3 * (y1 - y0)), y1 - 1e-3 * (y1 - y0))
        half -= mass[b - first]
    return 0.5 * (y0 + y1)
