"""The law of Flee as a chain of counts, compiled: people in the same state are one number.

States and what follows from them are in `states`. Who sets out on a link is a record that falls due on the day of arrival, so that a journey of ten
days costs as much as one of a day. Beside a count stands how it is spread over classes of age, in the order of creation in which decisions are
taken. That matters only near full camps (`order`), and is kept only in runs in which some camp gets there. Arrays are few and wide, because
compiled functions hand each of them over piece by piece.
"""

from __future__ import annotations

import numpy as np

from borderflow.flee.states import (
    ADMITTED,
    AGES,
    BUCKET,
    BUCKETS,
    CAMP,
    CAPACITY,
    CLASSES,
    DAYS_FAST,
    DAYS_SLOW,
    DUE,
    END,
    FACTOR,
    FAILED,
    FOLLOWING,
    FREE,
    FULL,
    GRID,
    GROUP,
    KIND,
    LAST,
    LOWEST,
    MOVE,
    NORMAL,
    ON,
    OUT,
    OUT_FAST,
    OUT_SLOW,
    PEOPLE,
    RECENT,
    RECORDS,
    REST,
    ROAD,
    ROUTE,
    SCORE,
    STAY,
    TOWN,
    TRACKED,
    TRAITS,
    WALK,
    WALKER,
    WAY,
    WHERE,
    inner,
    know,
    later,
    state_of,
    within,
)  # fmt: skip
from borderflow.kernels.stream import binomial, uniform

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
def fresh(F, W, t, p, group, lo, hi):
    """Sees to it that the weights of the options of a place without capacity factors are those of the day; their sum."""
    since = F.day[t, 2]
    if W.based[group, p] != since:
        W.based[group, p] = since
        _rebase(F, W, t, p, group, lo, hi)
    return W.base_sum[group, p]


@within
def plain(F, W, lo, hi):
    """Whether the options lo .. hi - 1 weigh what they weigh without capacity factors."""
    if F.pruning > 0.0:
        return False
    if not F.fixed_routes:
        for o in range(lo, hi):
            if W.room[F.option[o, END]] < 1.0:
                return False
    return True


@within
def weigh(F, W, t, p, group, lo, hi):
    """Weights of the options lo .. hi - 1 of a place as it is now into `weight`; their sum. All equal where all are 0."""
    total = fresh(F, W, t, p, group, lo, hi)
    base, room, weight = W.base, W.room, W.weight
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
    # not AGES: loops of known length are unrolled before they could become vectors
    if more:
        for b in range(age.shape[1]):
            age[target, b] += s * age[source, b]
    else:
        for b in range(age.shape[1]):
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
    r = W.latest[out]
    if record[r, OUT] == out and record[r, DUE] == when and record[r, ON] == link:
        record[r, PEOPLE] += n
        if size[TRACKED]:
            _blend(W.age, 2 * W.count.shape[1] + r, row, share, True)
        return
    r = size[FREE]
    if r >= 0:
        size[FREE] = record[r, FOLLOWING]
    else:
        r = size[RECORDS]
        if r >= len(record):
            size[FAILED] = FULL
            return
        size[RECORDS] = r + 1
    record[r, OUT], record[r, ON], record[r, PEOPLE], record[r, FOLLOWING], record[r, DUE] = out, link, n, W.due[when], when
    W.due[when] = r
    W.latest[out] = r
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
    info, here, shut, base, weight, state = W.info, W.here, W.shut, W.base, W.weight, W.state
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
        lo, hi, total, u, group, bare = F.span[e, p, 0], F.span[e, p, 1], 1.0, 0.0, np.int64(0), False
        if tail:
            lo, hi = 0, 1 if W.after[first, WAY] >= 0 and not shut[F.tails[tail, LAST]] else 0
        elif hi > lo:
            group = (sub // GROUP) & 255
            total = fresh(F, W, t, p, group, lo, hi)
            bare = how != ADMITTED and total > 0.0 and plain(F, W, lo, hi)
            if not bare:
                total = weigh(F, W, t, p, group, lo, hi)
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
                w = base[group, o] if bare else weight[o - lo]
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


@inner
def new_class(F, W, side, t):
    """The age class of those created today; older classes are merged where all are in use, those first whose order matters least."""
    size, created, age = W.size, W.created, W.age
    if size[CLASSES] == AGES:
        target, count = W.target, W.by_class
        for b in range(AGES):
            target[b] = b
            count[0, b] = 1e-3 * created[b]
        if size[TRACKED]:
            _near_full(F, W, side, t)
        used = AGES
        for _ in range(AGES // 4):
            best, least = 0, -1.0
            for b in range(used - 5):
                both = count[0, b] + count[0, b + 1]
                if least < 0.0 or both < least:
                    best, least = b, both
            count[0, best] += count[0, best + 1]
            created[best] += created[best + 1]
            for b in range(best + 1, used - 1):
                count[0, b] = count[0, b + 1]
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
def _near_full(F, W, side, t):
    """Adds to `by_class` the people by class whose order may matter: in camps with a limit and next to one, more where it is nearly full."""
    count, base = W.by_class, F.day[t, 0] * F.span.shape[1]
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
                count[0, b] += matter * W.age[row, b]


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
