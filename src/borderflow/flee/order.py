"""Order near full camps: decisions are taken one after another in order of creation, and that matters only where a capacity factor changes
much, or crosses one half, within a day.

In the morning, residents leave: a closed camp opens to all who come later in the order. The position of the leaver who opens it is drawn first
(how many residents of each age class leave, then an order statistic within the class); everybody who might go there then decides in the
stretches between such positions. In the evening, arrivals fill camps one by one: those who travel come in batches, oldest first, so small that
nothing that matters changes within one.

An age is a class and a place within it, uniform in the class: that is the only approximation.
"""

from __future__ import annotations

import math

import numpy as np

from borderflow.flee.chain import chance, decide, decide_apart, factor_at, go_on, land, look, rest, stay_of, weigh
from borderflow.flee.states import (
    ADMITTED,
    AGES,
    CAMP,
    CAPACITY,
    CLASSES,
    END,
    FAILED,
    FOLLOWING,
    FREE,
    GRID,
    GROUP,
    KIND,
    LAST,
    NEEDS_AGES,
    NORMAL,
    OUT,
    PEOPLE,
    RECENT,
    REST,
    ROAD,
    ROUTE,
    STOP,
    TOWN,
    TRACKED,
    TRAITS,
    WAY,
    WHERE,
    inner,
    know,
    outer,
)  # fmt: skip
from borderflow.kernels.stream import binomial, order_statistic, uniform

GRAIN = 0.03
"""A batch of the evening brings a camp that may close about this many standard deviations of a count of its size, if more than one person."""
SMALLEST = 1.0 / 256
"""Share of an age class that a batch is at least, so that an evening ends."""
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


# ---- morning --------------------------------------------------------------------------------------------------------------------


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


@inner
def _morning_critical(F, W, side, t):
    """Marks the places whose capacity factor may change much, or cross one half, while residents leave; how many."""
    hot = 0
    for i in range(len(W.capped)):
        p = W.capped[i]
        look(F, W, t, p)
        W.leaving[p] = 0.0
        if W.room[p] < 1.0:
            hot += 1
    if hot == 0:
        return 0
    for i in range(W.size[side]):
        s = W.active[side, i]
        p = W.info[s, WHERE]
        if W.room[p] < 1.0:
            W.leaving[p] += W.count[side, s] * chance(F, W.people, t, p, W.info[s, ROUTE], False)
    critical = 0
    for i in range(len(W.capped)):
        p = W.capped[i]
        mean = W.leaving[p]
        if W.room[p] < 1.0 and mean > 0.0:
            if mean + SURE * math.sqrt(mean) + 2.0 >= _need(F, W, t, p):
                W.critical[p] = 1
                critical += 1
            else:
                # one factor for all: that of the middle of the morning
                W.room[p] = factor_at(F.daily[t, p, CAPACITY], F.buffer, W.here[p] - 0.5 * mean)
    return critical


@outer
def morning(F, W, side, t):
    """Everybody at rest decides. Who sets out is on the way until the evening."""
    states, to = W.count.shape[1], 1 - side
    critical = _morning_critical(F, W, side, t)
    if critical and not W.size[TRACKED]:
        W.size[FAILED] = NEEDS_AGES
        return
    affected = np.empty(W.size[side] if critical else 0, np.int64)
    n_affected = 0
    for i in range(W.size[side]):
        s = W.active[side, i]
        n = W.count[side, s]
        W.count[side, s] = 0
        if n == 0:
            continue
        if critical and _affected(F, W, t, s):
            W.count[side, s] = n
            affected[n_affected] = s
            n_affected += 1
        else:
            decide(F, W, s, n, side * states + s, t, to, NORMAL, False)
    if n_affected:
        _in_stretches(F, W, side, t, affected[:n_affected])
    for i in range(len(W.capped)):
        W.critical[W.capped[i]] = 0
        look(F, W, t, W.capped[i])


@inner
def _affected(F, W, t, s):
    """Whether people in a state live in a critical place or might go to one."""
    p, tail = W.info[s, WHERE], W.info[s, ROUTE]
    if W.critical[p]:
        return True
    if tail:
        return W.critical[F.tails[tail, LAST]] == 1
    e = F.day[t, 0]
    for o in range(F.span[e, p, 0], F.span[e, p, 1]):
        if W.critical[F.option[o, END]]:
            return True
    return False


@inner
def _success(F, W, t, s):
    """Probability that somebody in a state of rest leaves the place, as camps are now."""
    p, tail, sub = W.info[s, WHERE], W.info[s, ROUTE], W.info[s, TRAITS]
    c = chance(F, W.people, t, p, tail, False)
    if tail:
        return c if W.after[know(F, W, s, t), WAY] >= 0 and not W.shut[F.tails[tail, LAST]] else 0.0
    e = F.day[t, 0]
    lo, hi = F.span[e, p, 0], F.span[e, p, 1]
    if lo == hi:
        return 0.0
    total = weigh(F, W, t, p, (sub // GROUP) & 255, lo, hi)
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
    """How many of n people with ages from y0 to y2 are older than y1."""
    if y1 >= y2:
        return n
    whole = _mass(age, row, y0, y2)
    p = _mass(age, row, y0, y1) / whole if whole > 0.0 else (y1 - y0) / (y2 - y0)
    return binomial(n, min(1.0, p), state)


@outer
def _in_stretches(F, W, side, t, affected):
    """The affected states decide in order of age, stretch by stretch, each ended by the leaver who changes a critical place."""
    states, to = W.count.shape[1], 1 - side
    age, state, spare = W.age, W.state, len(W.age) - 1
    end = float(W.size[CLASSES])
    count = len(affected)
    left, home, leave = np.empty(count, np.int64), np.empty(count, np.int64), np.zeros(count, np.int64)
    for a in range(count):
        s = affected[a]
        left[a] = W.count[side, s]
        W.count[side, s] = 0
        home[a] = W.info[s, WHERE] if W.critical[W.info[s, WHERE]] else -1
    y = 0.0
    while y < end and W.size[FAILED] == 0:
        # how many residents would leave from here on, if nothing changed
        for a in range(count):
            if home[a] >= 0:
                leave[a] = binomial(left[a], _success(F, W, t, affected[a]), state)
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
                    at = _position(W, side, affected, home, leave, p, need, y, end)
                    if at < stop:
                        stop, first, mine = at, p, need
        others = 0
        if first >= 0:
            for a in range(count):
                if home[a] == first:
                    others += leave[a]
        # everybody up to there decides
        for a in range(count):
            s = affected[a]
            row = side * states + s
            if home[a] < 0:
                n = _part(age, row, left[a], y, stop, end, state)
                left[a] -= n
                if n:
                    _mask(age, spare, row, y, stop, n)
                    decide_apart(F, W, s, n, spare, t, to, NORMAL)
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
            left[a] -= gone + stay
            if stay:
                _mask(age, spare, row, y, stop, stay)
                rest(W, to, stay_of(F, W, s, t), stay, spare, 1.0)
            if gone:
                _mask(age, spare, row, y, stop, gone)
                decide_apart(F, W, s, gone, spare, t, to, ADMITTED)
        for i in range(len(W.capped)):
            if W.critical[W.capped[i]]:
                look(F, W, t, W.capped[i])
        y = stop


@outer
def _position(W, side, affected, home, leave, p, need, y, end):
    """The age of leaver number `need` from place p; their ages are those of the states they come from."""
    before, states = need, W.count.shape[1]
    by_state, whole = np.zeros(len(affected), np.int64), np.empty(len(affected))
    for a in range(len(affected)):
        if home[a] == p:
            by_state[a] = leave[a]
        whole[a] = _mass(W.age, side * states + affected[a], y, end) if by_state[a] else 0.0
    for b in range(int(y), int(end)):
        low = max(y, float(b))
        k = 0
        for a in range(len(affected)):
            if by_state[a]:
                part = _mass(W.age, side * states + affected[a], low, b + 1.0)
                some = by_state[a] if b + 1 >= int(end) or part >= whole[a] else binomial(by_state[a], part / whole[a], W.state)
                whole[a] -= part
                by_state[a] -= some
                k += some
        if k >= before:
            return low + (b + 1.0 - low) * order_statistic(before, k, W.state)
        before -= k
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


# ---- evening --------------------------------------------------------------------------------------------------------------------


@outer
def evening(F, W, side, t):
    """All who are due arrive and go on; in order of age where that may matter."""
    to = 1 - side
    n_critical = _evening_critical(F, W, t)
    if n_critical and not W.size[TRACKED]:
        W.size[FAILED] = NEEDS_AGES
        return
    record, rows, size = W.record, 2 * W.count.shape[1], W.size
    kept, n_kept, waiting = np.empty(0, np.int64), 0, 0
    pull, spots = np.empty((0, 0)), np.empty(n_critical, np.int64)
    if n_critical:
        r = W.due[t]
        while r >= 0:
            waiting += 1
            r = record[r, FOLLOWING]
        kept, pull = np.empty(waiting, np.int64), np.zeros((waiting, n_critical))
        found = 0
        for i in range(len(W.capped)):
            if W.critical[W.capped[i]]:
                spots[found] = W.capped[i]
                found += 1
                W.critical[W.capped[i]] = 0
    r = W.due[t]
    W.due[t] = -1
    while r >= 0:
        following = record[r, FOLLOWING]
        matters = False
        for c in range(n_critical):
            pull[n_kept, c] = _pull(F, W, t, record[r, OUT], spots[c])
            matters = matters or pull[n_kept, c] > 0.0
        if matters:
            kept[n_kept] = r
            n_kept += 1
        else:
            land(F, W, t, to, record[r, OUT], record[r, PEOPLE], rows + r)
            record[r, FOLLOWING] = size[FREE]
            size[FREE] = r
        r = following
    go_on(F, W, t, to)
    if n_kept:
        _in_batches(F, W, t, to, kept[:n_kept], pull, spots)


@inner
def _evening_critical(F, W, t):
    """Marks the places whose capacity factor may change much, or cross one half, while others decide; how many."""
    arriving, coming, record, info = W.arriving, 0, W.record, W.info
    r = W.due[t]
    while r >= 0:
        coming += record[r, PEOPLE]
        r = record[r, FOLLOWING]
    near = False
    for i in range(len(W.capped)):
        c = W.capped[i]
        capacity = F.daily[t, c, CAPACITY]
        if capacity >= 1.0 and W.here[c] < capacity and W.here[c] + coming > F.buffer * capacity:
            near = True
    if not near:
        return 0
    for p in range(len(arriving)):
        arriving[p, 0] = 0
        arriving[p, 1] = 0
    onward = 0
    r = W.due[t]
    while r >= 0:
        s, n = record[r, OUT], record[r, PEOPLE]
        kind = info[s, KIND]
        p = F.link[info[s, WHERE], 1] if kind == ROAD else info[s, WHERE]
        arriving[p, 0] += n
        if kind != REST and not F.flags[t, p, CAMP]:
            arriving[p, 1] += n
            onward += n
        r = record[r, FOLLOWING]
    if onward == 0:
        return 0
    found, base = 0, F.day[t, 0] * F.span.shape[1]
    for i in range(len(W.capped)):
        c = W.capped[i]
        capacity = F.daily[t, c, CAPACITY]
        if capacity < 1.0 or W.here[c] >= capacity:
            continue
        direct, first, second = arriving[c, 0], 0, 0
        for k in range(F.near_ptr[base + c], F.near_ptr[base + c + 1]):
            p = F.near[k]
            first += arriving[p, 1]
            if not F.flags[t, p, CAMP]:
                for j in range(F.near_ptr[base + p], F.near_ptr[base + p + 1]):
                    second += arriving[F.near[j], 1]
        if first + second == 0 or W.here[c] + direct + first + second <= F.buffer * capacity:
            continue
        width = capacity * (1.0 - F.buffer)
        if W.shut[c]:
            mark = direct > 4.0 * STEP * width
        else:
            more = SECOND * second
            for k in range(F.near_ptr[base + c], F.near_ptr[base + c + 1]):
                p = F.near[k]
                if arriving[p, 1]:
                    go = 1.0 if F.short_stints and F.flags[t, p, TOWN] else chance(F, W.people, t, p, 0, False)
                    more += arriving[p, 1] * go * _share(F, W, t, p, c, 0)
            reach = W.here[c] + direct + 1.5 * more + SURE * math.sqrt(more) + 2.0
            mark = reach > threshold(capacity, F.buffer) or (direct + more > 4.0 * STEP * width and reach > F.buffer * capacity)
        if mark:
            W.critical[c] = 1
            found += 1
    return found


@inner
def _share(F, W, t, p, c, sub):
    """Share of those who leave p and choose c, as camps are now."""
    e = F.day[t, 0]
    lo, hi = F.span[e, p, 0], F.span[e, p, 1]
    total = weigh(F, W, t, p, (sub // GROUP) & 255, lo, hi)
    share = 0.0
    for o in range(lo, hi):
        if F.option[o, END] == c:
            share += W.weight[o - lo]
    return share / total


@inner
def _pull(F, W, t, s, c):
    """Expected number of people of place c that one of those for whom state s is due becomes today."""
    kind, p, tail, sub, m = W.info[s, KIND], W.info[s, WHERE], W.info[s, ROUTE], W.info[s, TRAITS], W.km[s]
    if kind == ROAD:
        p = F.link[p, 1]
    if p == c:
        return 1.0
    if kind == REST:
        return 0.0
    base = F.day[t, 0] * F.span.shape[1]
    if kind == STOP:
        forced = F.short_stints and 0.5 * (sub // RECENT / GRID + m / F.speed) < 0.5
        go = chance(F, W.people, t, p, tail, forced)
        if tail:
            if F.tails[tail, LAST] == c:
                return go
        else:
            for k in range(F.near_ptr[base + c], F.near_ptr[base + c + 1]):
                if F.near[k] == p:
                    return go * _share(F, W, t, p, c, sub)
    if F.flags[t, p, CAMP]:
        return 0.0
    # two choices away?
    for k in range(F.near_ptr[base + c], F.near_ptr[base + c + 1]):
        q = F.near[k]
        if q == p:
            return SECOND
        for j in range(F.near_ptr[base + q], F.near_ptr[base + q + 1]):
            if F.near[j] == p:
                return SECOND
    return 0.0


@inner
def _batch(F, W, t, kept, people, pull, spots):
    """The share of `people` who may arrive at once without changing any place of `spots` much."""
    share = 1.0
    for c in range(len(spots)):
        p = spots[c]
        capacity = F.daily[t, p, CAPACITY]
        flow, deciders = 0.0, 0.0
        for a in range(len(kept)):
            x = people[a] * pull[a, c]
            flow += x
            if pull[a, c] < 1.0:
                deciders += x
        if deciders == 0.0 or W.here[p] >= capacity:
            continue
        reach = W.here[p] + flow + SURE * math.sqrt(flow) + 2.0
        grain = max(1.0, GRAIN * math.sqrt(capacity))
        if not W.shut[p] and W.here[p] <= threshold(capacity, F.buffer) and reach > threshold(capacity, F.buffer):
            room = max(grain, 0.5 * (threshold(capacity, F.buffer) - W.here[p]))
            share = min(share, room / flow)
        elif reach > F.buffer * capacity:
            share = min(share, max(grain, 2.0 * STEP * capacity * (1.0 - F.buffer)) / flow)
    return share


@outer
def _in_batches(F, W, t, to, kept, pull, spots):
    """The records `kept` fall due in order of age: all at once where nothing changes any more, else class by class, and those in batches."""
    record, age, state, rows, size = W.record, W.age, W.state, 2 * W.count.shape[1], W.size
    count, classes, spare = len(kept), size[CLASSES], len(W.age) - 2
    left, now = np.empty(count, np.int64), np.zeros(count, np.int64)
    for a in range(count):
        left[a] = record[kept[a], PEOPLE]
    b = -1
    waiting = 0
    while size[FAILED] == 0:
        if waiting == 0:
            # everybody who is still to come, or those of the next class
            b += 1
            total = 0
            for a in range(count):
                total += left[a]
            if total == 0:
                break
            if b == classes - 1 or _batch(F, W, t, kept, left, pull, spots) >= 1.0:
                low, high = float(b), float(classes)
                for a in range(count):
                    now[a] = left[a]
            else:
                low, high = float(b), b + 1.0
                for a in range(count):
                    now[a] = _part(age, rows + kept[a], left[a], low, high, float(classes), state)
            for a in range(count):
                left[a] -= now[a]
                waiting += now[a]
            if waiting == 0:
                continue
        share = max(SMALLEST, _batch(F, W, t, kept, now, pull, spots))
        for a in range(count):
            n = now[a] if share >= 1.0 else binomial(now[a], share, state)
            if n:
                now[a] -= n
                waiting -= n
                _mask(age, spare, rows + kept[a], low, high, n)
                land(F, W, t, to, record[kept[a], OUT], n, spare)
        go_on(F, W, t, to)
    for a in range(count):
        record[kept[a], FOLLOWING] = size[FREE]
        size[FREE] = kept[a]
