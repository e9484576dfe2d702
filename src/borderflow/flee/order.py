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
    DAYS_FAST,
    END,
    FAILED,
    FOLLOWING,
    FREE,
    FROM,
    GRID,
    GROUP,
    HOME,
    ITEM,
    KIND,
    LAST,
    LEAVE,
    LEFT,
    NEEDS_AGES,
    NORMAL,
    OUT,
    OUT_FAST,
    PEOPLE,
    RECENT,
    REST,
    ROAD,
    ROUTE,
    STOP,
    TRACKED,
    TRAITS,
    WAY,
    WHERE,
    inner,
    know,
    within,
)  # fmt: skip
from borderflow.kernels.stream import binomial, order_statistic, uniform

GRAIN = 0.03
"""A batch of the evening brings a camp that may close about this many standard deviations of a count of its size, if more than one person."""
SMALLEST = 1.0 / 512
"""Share of all ages that a batch is at least, so that an evening ends."""
FEW = 0.01
"""Fewer people expected than this count as none."""
SECOND = 0.05
"""Taken for the share of those three choices away who get to a camp today, if they can."""
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


@inner
def morning(F, W, side, t):
    """Everybody at rest decides. Who sets out is on the way until the evening."""
    states, to = W.count.shape[1], 1 - side
    critical = _morning_critical(F, W, side, t)
    if critical and not W.size[TRACKED]:
        W.size[FAILED] = NEEDS_AGES
        return
    listed, affected = W.listed, np.int64(0)  # a literal 0 would be a type of its own, and everything that takes it compiled twice
    for i in range(W.size[side]):
        s = W.active[side, i]
        n = W.count[side, s]
        W.count[side, s] = 0
        if n == 0:
            continue
        if critical and _affected(F, W, t, s):
            W.count[side, s] = n
            listed[affected, ITEM] = s
            affected += 1
        else:
            decide(F, W, s, n, side * states + s, t, to, NORMAL, False)
    if affected:
        _in_stretches(F, W, side, t, affected)
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


@inner
def _in_stretches(F, W, side, t, count):
    """The first `count` states of `listed` decide in order of age, in stretches, each ended by the leaver who changes a critical place."""
    states, to = W.count.shape[1], 1 - side
    age, state, spare = W.age, W.state, len(W.age) - 1
    end = float(W.size[CLASSES])
    listed = W.listed
    for a in range(count):
        s = listed[a, ITEM]
        listed[a, LEFT], listed[a, LEAVE] = W.count[side, s], 0
        W.count[side, s] = 0
        listed[a, HOME] = W.info[s, WHERE] if W.critical[W.info[s, WHERE]] else -1
    y = 0.0
    while y < end and W.size[FAILED] == 0:
        # how many residents would leave from here on, if nothing changed
        for a in range(count):
            if listed[a, HOME] >= 0:
                listed[a, LEAVE] = binomial(listed[a, LEFT], _success(F, W, t, listed[a, ITEM]), state)
        # the first of them who changes something
        stop, first, mine = end, -1, np.int64(0)
        for i in range(len(W.capped)):
            p = W.capped[i]
            if W.critical[p]:
                need, total = _need(F, W, t, p), 0
                for a in range(count):
                    if listed[a, HOME] == p:
                        total += listed[a, LEAVE]
                if total >= need:
                    at = _position(W, side, count, p, need, y, end)
                    if at < stop:
                        stop, first, mine = at, p, need
        others = np.int64(0)
        if first >= 0:
            for a in range(count):
                if listed[a, HOME] == first:
                    others += listed[a, LEAVE]
        # everybody up to there decides
        for a in range(count):
            s = listed[a, ITEM]
            row = side * states + s
            if listed[a, HOME] < 0:
                n = _part(age, row, listed[a, LEFT], y, stop, end, state)
                listed[a, LEFT] -= n
                if n:
                    _mask(age, spare, row, y, stop, n)
                    decide_apart(F, W, s, n, spare, t, to, NORMAL)
                continue
            gone = listed[a, LEAVE]
            if first >= 0:
                if listed[a, HOME] == first:
                    gone = _without_replacement(listed[a, LEAVE], others, mine, state)
                    others -= listed[a, LEAVE]
                    mine -= gone
                else:
                    gone = _part(age, row, listed[a, LEAVE], y, stop, end, state)
            stay = _part(age, row, listed[a, LEFT] - listed[a, LEAVE], y, stop, end, state)
            listed[a, LEFT] -= gone + stay
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


@inner
def _position(W, side, count, p, need, y, end):
    """The age of leaver number `need` from place p; their ages are those of the states they come from."""
    before, states, listed, mass = need, W.count.shape[1], W.listed, W.mass
    for a in range(count):
        listed[a, FROM] = listed[a, LEAVE] if listed[a, HOME] == p else 0
        mass[a] = _mass(W.age, side * states + listed[a, ITEM], y, end) if listed[a, FROM] else 0.0
    for b in range(int(y), int(end)):
        low = max(y, float(b))
        k = 0
        for a in range(count):
            if listed[a, FROM]:
                part = _mass(W.age, side * states + listed[a, ITEM], low, b + 1.0)
                some = listed[a, FROM] if b + 1 >= int(end) or part >= mass[a] else binomial(listed[a, FROM], part / mass[a], W.state)
                mass[a] -= part
                listed[a, FROM] -= some
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


@inner
def evening(F, W, side, t):
    """All who are due arrive and go on; in order of age where that may matter."""
    to = 1 - side
    record, rows, size = W.record, 2 * W.count.shape[1], W.size
    pull, choice, spots, listed = W.pull, W.choice, W.spots, W.listed
    kept, found = np.int64(0), np.int64(0)  # as in the morning
    if _near_full(F, W, t):
        for i in range(len(W.capped)):
            if W.critical[W.capped[i]]:
                W.critical[W.capped[i]] = 0
                if _pulls(F, W, t, W.capped[i], found):
                    spots[found] = W.capped[i]
                    found += 1
                else:
                    _hold(F, W, t, W.capped[i], 0.5 * W.leaving[W.capped[i]])
        if size[FAILED]:
            return
        if found and not size[TRACKED]:
            size[FAILED] = NEEDS_AGES
            return
    i, r = 0, W.due[t]
    W.due[t] = -1
    while r >= 0:
        following = record[r, FOLLOWING]
        expected = 0.0
        for c in range(found):
            expected += record[r, PEOPLE] * (pull[i, c] + choice[i, c])
        if expected > FEW:
            for c in range(found):
                pull[kept, c], choice[kept, c] = pull[i, c], choice[i, c]
            listed[kept, ITEM], listed[kept, LEFT] = r, record[r, PEOPLE]
            kept += 1
        else:
            land(F, W, t, to, record[r, OUT], record[r, PEOPLE], rows + r)
            record[r, FOLLOWING] = size[FREE]
            size[FREE] = r
        i += 1
        r = following
    go_on(F, W, t, to)
    if kept:
        _in_batches(F, W, t, to, kept, found)
    for i in range(len(W.capped)):
        _release(F, W, t, W.capped[i])


@inner
def _hold(F, W, t, c, more):
    """One capacity factor of a place for all who decide for a while: as with `more` people in it. Whether it is shut stays as it is."""
    W.room[c] = factor_at(F.daily[t, c, CAPACITY], F.buffer, W.here[c] + more)
    W.limited[c] = 0


@inner
def _release(F, W, t, c):
    """The capacity factor of a place follows those who are there."""
    W.limited[c] = 1
    look(F, W, t, c)


@inner
def _near_full(F, W, t):
    """Marks the places that are nearly full, or would be if all came who may get there today, and some of those decide; how many."""
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
    found = 0
    for i in range(len(W.capped)):
        c = W.capped[i]
        capacity = F.daily[t, c, CAPACITY]
        if capacity < 1.0 or W.here[c] >= capacity:
            continue
        direct, more = arriving[c, 0], 0
        for p in range(len(arriving)):
            if F.far[p, c] < F.fastest:
                more += arriving[p, 1]
        if W.shut[c]:
            mark = more > 0 and direct > 4.0 * STEP * capacity * (1.0 - F.buffer)
            if not mark:
                _hold(F, W, t, c, 0.5 * direct)
        else:
            mark = more > 0 and W.here[c] + direct + more > F.buffer * capacity
        if mark:
            W.critical[c] = 1
            found += 1
    return found


@inner
def _pulls(F, W, t, c, k):
    """How many of place c each one due today becomes, expected, and how many choices of it that is, into column k of `pull` and `choice`; all
    together into `leaving`. Returns whether its capacity factor may change much, or cross one half, while some choose.
    """
    record, pull, choice, capacity = W.record, W.pull, W.choice, F.daily[t, c, CAPACITY]
    i, direct, deciding, choosing = 0, 0.0, 0.0, 0.0
    r = W.due[t]
    while r >= 0:
        pull[i, k], choice[i, k] = _pull(F, W, t, record[r, OUT], c)
        choosing += record[r, PEOPLE] * choice[i, k]
        if pull[i, k] == 1.0:
            direct += record[r, PEOPLE]
        else:
            deciding += record[r, PEOPLE] * pull[i, k]
        i += 1
        r = record[r, FOLLOWING]
    width = capacity * (1.0 - F.buffer)
    W.leaving[c] = direct + deciding
    if choosing < FEW:
        return False
    if W.shut[c]:
        return direct > 4.0 * STEP * width
    reach = W.here[c] + direct + 1.5 * deciding + SURE * math.sqrt(deciding) + 2.0
    return reach > threshold(capacity, F.buffer) or (direct + deciding > 4.0 * STEP * width and reach > F.buffer * capacity)


@within
def _go_chance(F, W, t, s):
    """Chance that somebody at a stop tries to go on."""
    p, tail, sub = W.info[s, WHERE], W.info[s, ROUTE], W.info[s, TRAITS]
    forced = F.short_stints and 0.5 * (sub // RECENT / GRID + W.km[s] / F.speed) < 0.5
    return chance(F, W.people, t, p, tail, forced)


@within
def _arrives(F, W, t, row, c):
    """Whether those who set out by a row of `after` are at place c today, on the way to which they are."""
    if W.after[row, WAY] < 0 or W.after[row, DAYS_FAST] > 1:
        return False
    out = W.after[row, OUT_FAST]
    return W.info[out, WHERE] == c or (W.info[out, KIND] == STOP and W.after[know(F, W, out, t), DAYS_FAST] == 1)


@within
def _pull_on(F, W, t, s, c):
    """`_pull` for a stop that was itself a choice away: the next choice is weighed, any further one guessed."""
    p, tail, sub = W.info[s, WHERE], W.info[s, ROUTE], W.info[s, TRAITS]
    first, go, e = know(F, W, s, t), _go_chance(F, W, t, s), F.day[t, 0]
    lo, hi = F.span[e, p, 0], F.span[e, p, 1]
    if tail:
        choose = go if F.tails[tail, LAST] == c else go * SECOND
        return (choose if _arrives(F, W, t, first, c) else 0.0), choose
    if lo == hi:
        return 0.0, 0.0
    total = weigh(F, W, t, p, (sub // GROUP) & 255, lo, hi)
    come, choose = 0.0, 0.0
    for o in range(lo, hi):
        if F.option[o, END] == c:
            choose += W.weight[o - lo]
            if _arrives(F, W, t, first + o - lo, c):
                come += W.weight[o - lo]
    return go * (come / total + SECOND), go * (choose / total + SECOND)


@within
def _pull(F, W, t, s, c):
    """Expected number of people of place c that one of those for whom state s is due becomes today, and of choices of it that one makes; 0 only if
    none can.
    """
    info = W.info
    kind, p, tail, sub = info[s, KIND], info[s, WHERE], info[s, ROUTE], info[s, TRAITS]
    if kind == ROAD:
        p = F.link[p, 1]
    if p == c:
        return 1.0, 0.0
    if kind == REST or W.km[s] + F.far[p, c] >= F.fastest:
        return 0.0, 0.0
    if kind == ROAD:
        return SECOND, SECOND
    first, go, e = know(F, W, s, t), _go_chance(F, W, t, s), F.day[t, 0]
    lo, hi = F.span[e, p, 0], F.span[e, p, 1]
    come, choose = 0.0, 0.0
    if tail:
        choose = 0.99 * go if F.tails[tail, LAST] == c else go * SECOND
        return (choose if _arrives(F, W, t, first, c) else 0.0), choose
    if lo == hi:
        return 0.0, 0.0
    group = (sub // GROUP) & 255
    total = weigh(F, W, t, p, group, lo, hi)
    for o in range(lo, hi):
        row, q = first + o - lo, F.option[o, END]
        # not from `weight`, which looking one choice further overwrites
        w = W.base[group, o] * (W.room[q] if F.power == 1.0 else W.room[q] ** F.power)
        if q == c:
            choose += w
            if not W.shut[c] and _arrives(F, W, t, row, c):
                come += w
        elif not W.shut[q] and W.after[row, WAY] >= 0 and W.after[row, DAYS_FAST] == 1:
            out = W.after[row, OUT_FAST]
            if info[out, KIND] == STOP and W.km[out] + F.far[info[out, WHERE], c] < F.fastest:
                a, b = _pull_on(F, W, t, out, c)
                come += w * a
                choose += w * b
    return min(0.99, go * come / total), go * choose / total


@inner
def _batch(F, W, t, count, found):
    """The share of those left of `listed` who may arrive at once without changing any of the `found` places of `spots` much; all who will come to
    each into `leaving`.
    """
    share, listed, pull, choice = 1.0, W.listed, W.pull, W.choice
    for c in range(found):
        p = W.spots[c]
        capacity = F.daily[t, p, CAPACITY]
        flow, choosing = 0.0, 0.0
        for a in range(count):
            flow += listed[a, LEFT] * pull[a, c]
            choosing += listed[a, LEFT] * choice[a, c]
        W.leaving[p] = flow
        if choosing < FEW or flow == 0.0 or W.here[p] >= capacity:
            continue
        reach, most = W.here[p] + flow + SURE * math.sqrt(flow) + 2.0, threshold(capacity, F.buffer)
        grain = max(1.0, GRAIN * math.sqrt(capacity))
        if reach > F.buffer * capacity:
            share = min(share, max(grain, 2.0 * STEP * capacity * (1.0 - F.buffer)) / flow)
        if not W.shut[p] and W.here[p] <= most and reach > most:
            # half-way, or as many as stay below it with three standard deviations
            room = float(most - W.here[p])
            share = min(share, max(grain, 0.5 * room, room + 4.5 - 3.0 * math.sqrt(room + 2.25)) / flow)
    return share


@inner
def _in_batches(F, W, t, to, count, found):
    """The records in the first `count` rows of `listed` fall due in order of age, in stretches of age so short that each changes no place much."""
    record, age, state, rows, size = W.record, W.age, W.state, 2 * W.count.shape[1], W.size
    listed, whole, end, spare = W.listed, W.mass, float(size[CLASSES]), len(W.age) - 2
    flow = W.by_class  # of all places together
    for b in range(AGES):
        flow[0, b] = 0.0
    for a in range(count):
        row = rows + listed[a, ITEM]
        whole[a] = _mass(age, row, 0.0, end)
        weight = 0.0
        for c in range(found):
            weight += W.pull[a, c]
        if whole[a] > 0.0:
            weight *= listed[a, LEFT] / whole[a]
            for b in range(AGES):
                flow[0, b] += weight * age[row, b]
    y = 0.0
    while y < end and size[FAILED] == 0:
        share = _batch(F, W, t, count, found)
        stop = end if share >= 1.0 else min(end, max(y + SMALLEST * end, _age_of(flow, y, end, share)))
        for c in range(found):
            p = W.spots[c]
            come, most = share * W.leaving[p], threshold(F.daily[t, p, CAPACITY], F.buffer)
            if W.here[p] > most or W.here[p] + come + SURE * math.sqrt(come) + 2.0 < most:
                _hold(F, W, t, p, 0.5 * come)
        for a in range(count):
            n = listed[a, LEFT]
            row = rows + listed[a, ITEM]
            if n and stop < end:
                part = _mass(age, row, y, stop)
                n = binomial(n, min(1.0, part / whole[a] if whole[a] > 0.0 else (stop - y) / (end - y)), state)
                whole[a] = max(0.0, whole[a] - part)
            if n:
                listed[a, LEFT] -= n
                if y > 0.0 or stop < end:
                    _mask(age, spare, row, y, stop, n)
                    row = spare
                land(F, W, t, to, record[listed[a, ITEM], OUT], n, row)
        go_on(F, W, t, to)
        for c in range(found):
            _release(F, W, t, W.spots[c])
        y = stop
    for a in range(count):
        record[listed[a, ITEM], FOLLOWING] = size[FREE]
        size[FREE] = listed[a, ITEM]


@inner
def _age_of(flow, y, end, share):
    """The age below which a share lies of what flows from age y on."""
    total = 0.0
    for b in range(int(y), int(end)):
        total += flow[0, b] * (b + 1.0 - max(y, float(b)))
    left = share * total
    for b in range(int(y), int(end)):
        low = max(y, float(b))
        part = flow[0, b] * (b + 1.0 - low)
        if part > left:
            return low + (b + 1.0 - low) * left / part
        left -= part
    return end
