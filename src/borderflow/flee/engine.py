"""Many runs of a plan: the loop over days, and what out.csv needs of it."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt

from borderflow.compiled import njit
from borderflow.flee.arrays import Arrays, Plan
from borderflow.flee.chain import add, add_group, new_class
from borderflow.flee.order import evening, morning
from borderflow.flee.states import (
    ACTIVE0,
    AGES,
    BUCKETS,
    CLASSES,
    DUE,
    FAILED,
    FOLLOWING,
    FREE,
    GROUP,
    LOWEST,
    NEEDS_AGES,
    ON,
    OUT,
    RECORDS,
    TRACKED,
    TRAITS,
    WHERE,
    contiguous,
    doomed,
    inner,
    make_work,
    pack,
)  # fmt: skip
from borderflow.kernels.random import FLEE
from borderflow.kernels.stream import begin, binomial, poisson


@dataclass(frozen=True)
class Result:
    """What happened, in agents (an agent stands for `hasten` persons)."""

    counts: npt.NDArray[np.int64]
    """(runs, days, camps): people present after each day's step."""
    total: npt.NDArray[np.int64]
    """(runs, days): everyone."""
    first_run: int
    seed: int


class Influx(NamedTuple):
    """What is read of a plan where people are created."""

    n: Any
    factor: Any
    fixed: Any
    rate: Any
    mean: Any
    population: Any
    initial: Any
    group_cum: Any
    group_initial: Any
    group_same: Any
    group_native: Any
    match: Any
    matching: bool
    one_by_one: bool
    sinks: bool
    deplete: bool
    sink: Any
    recorded: Any
    closing: Any
    close_ptr: Any
    close_link: Any


def _influx(A: Arrays) -> Influx:
    A = contiguous(A)
    return Influx(
        A.spawn_n, A.spawn_factor, A.spawn_fixed, A.spawn_rate, A.spawn_mean, A.population, A.initial, A.group_cum, A.group_initial, A.group_same,
        A.group_native, A.match, bool(A.match.any()), not A.spawn_n.any(), bool(A.sink.any()), bool(A.deplete), A.sink, A.recorded, A.closing,
        A.close_ptr, A.close_link,
    )  # fmt: skip


def simulate(plan: Plan, runs: int = 1, seed: int = 0, first_run: int = 0, threads: int | None = None) -> Result:
    """Runs first_run .. first_run + runs - 1 of a plan; the same bytes whatever the number of threads."""
    counts = np.zeros((runs, plan.days, len(plan.camps)), np.int64)
    total = np.zeros((runs, plan.days), np.int64)
    if plan.days == 0 or runs == 0:
        return Result(counts, total, first_run, seed)
    fixed, influx = pack(plan.arrays), _influx(plan.arrays)
    workers = max(1, min(threads or numba.get_num_threads(), runs))
    states = 2048
    while True:
        works = [make_work(plan.arrays, states) for _ in range(workers)]
        failed = np.zeros(runs, np.int64)
        size = max(1, min(16, runs // (4 * workers)))
        blocks = iter([(lo, min(lo + size, runs)) for lo in range(0, runs, size)])

        def one_thread(work: Any, blocks: Any = blocks, failed: Any = failed) -> None:
            for lo, hi in blocks:  # an iterator of a list hands out each block once, whoever asks
                run_range(fixed, influx, work, seed, first_run, lo, hi, counts, total, failed)

        if workers == 1:
            one_thread(works[0])
        else:
            with ThreadPoolExecutor(workers) as pool:
                list(pool.map(one_thread, works))
        if not failed.any():
            return Result(counts, total, first_run, seed)
        states *= 4


@njit(cache=True, nogil=True)
def run_range(F, X, W, seed, first_run, lo, hi, counts, total, failed):
    """Runs lo .. hi - 1 of a batch, one after the other. Ages are kept from the first run on in which they matter; they cost no luck."""
    for i in range(lo, hi):
        while True:
            _run(F, X, W, seed, first_run, i, counts, total)
            if W.size[FAILED] != NEEDS_AGES:
                break
            W.size[TRACKED] = 1
        failed[i] = W.size[FAILED]
        if failed[i]:
            return


@inner
def _clear(X, W):
    """Nobody anywhere; what is known of states stays known."""
    size = W.size
    for side in range(2):
        for i in range(size[ACTIVE0 + side]):
            W.count[side, W.active[side, i]] = 0
        size[ACTIVE0 + side] = 0
    for r in range(size[RECORDS]):
        W.record[r, DUE] = -1
    size[RECORDS], size[FREE], size[LOWEST], size[FAILED], size[CLASSES] = 0, -1, BUCKETS, 0, 0
    for t in range(len(W.due)):
        W.due[t] = -1
    for k in range(BUCKETS):
        W.stops[k] = -1
    for p in range(len(X.population)):
        W.people[p] = X.population[p]
        W.here[p], W.room[p], W.shut[p], W.critical[p] = 0, 1.0, 0, 0
        for g in range(len(W.based)):
            W.based[g, p] = -1
    for i in range(len(W.capped)):
        W.limited[W.capped[i]] = 1
    for b in range(AGES):
        W.created[b] = 0


@inner
def _one_class(W, row, born):
    for b in range(AGES):
        W.age[row, b] = 1.0 if b == born else 0.0


@inner
def _run(F, X, W, seed, first_run, i, counts, total):
    """Run i of a batch into its rows of `counts` and `total`."""
    spare = len(W.age) - 1
    _clear(X, W)
    side, everyone = np.int64(0), 0  # a literal 0 would be a type of its own, and everything compiled twice
    for t in range(total.shape[1]):
        begin(W.state, seed, first_run + i, FLEE, t)
        if t == 0:
            everyone += _settle(F, X, W, side, t, spare)
        if X.closing[t]:
            _close(F, X, W, t)
        everyone += _spawn(F, X, W, side, t, spare)
        if X.matching:
            _match(X, W, side, t)
        morning(F, W, side, t)
        if W.size[FAILED]:
            return
        W.size[ACTIVE0 + side] = 0
        evening(F, W, side, t)
        if W.size[FAILED]:
            return
        side = 1 - side
        if X.sinks:
            _sink(X, W, side)
        for c in range(len(X.recorded)):
            counts[i, t, c] = W.here[X.recorded[c]]
        total[i, t] = everyone


@inner
def _settle(F, X, W, side, t, row):
    """Those who are there before day 0; how many. Created place by place, so that those of a later camp decide later for ever."""
    places, camps, everyone = len(X.population), 0, 0
    there = W.arriving
    for p in range(places):
        there[p, 0] = X.initial[p]
        for g in range(X.group_initial.shape[1]):
            there[p, 0] += X.group_initial[p, g]
        everyone += there[p, 0]
        camps += there[p, 0] > 0
    size = everyone / max(1, AGES - 6 - camps)
    for p in range(places):
        n = there[p, 0]
        if n == 0:
            continue
        parts = max(1, math.ceil(n / size)) if camps < AGES - 6 else 1
        for _ in range(parts):
            born = new_class(F, W, side, t)
            W.created[born] = n // parts
        for b in range(AGES):
            W.age[row, b] = np.float32(1.0 / parts) if born - parts < b <= born else np.float32(0.0)
        if X.initial[p]:
            add(F, W, X.group_cum, side, p, X.initial[p], row)
        for g in range(X.group_initial.shape[1]):
            if X.group_initial[p, g]:
                add_group(F, W, side, p, g, X.group_initial[p, g], row)
    return everyone


@inner
def _close(F, X, W, t):
    """Those on links that close today will find them closed at their end."""
    for i in range(X.close_ptr[t], X.close_ptr[t + 1]):
        link = X.close_link[i]
        for day in range(t, len(F.day)):
            r = W.due[day]
            while r >= 0:
                if W.record[r, ON] == link:
                    W.record[r, OUT] = doomed(F, W, W.record[r, OUT], link)
                r = W.record[r, FOLLOWING]


@inner
def _spawn(F, X, W, side, t, row):
    """Those created today; how many."""
    places = len(X.population)
    born, new = -1, 0
    left, weight = X.n[t], 0.0
    if left:
        for p in range(places):
            weight += X.factor[t, p] * W.people[p]
    for p in range(places):
        n = X.fixed[t, p]
        if X.mean[t, p] > 0.0:
            n += poisson(X.mean[t, p], W.state)
        if X.rate[t, p] > 0.0:
            n += int(X.rate[t, p] * W.people[p])
        if left and X.factor[t, p] > 0.0 and W.people[p] > 0:
            w = X.factor[t, p] * W.people[p]
            k = left if w >= weight * (1.0 - 1e-12) else binomial(left, w / weight, W.state)
            weight -= w
            left -= k
            n += k
        if n:
            if born < 0 or X.one_by_one:  # numbers by place are created place by place, those drawn from data at random
                born = new_class(F, W, side, t)
                _one_class(W, row, born)
            add(F, W, X.group_cum, side, p, n, row)
            W.created[born] += n
            new += n
            if X.deplete:
                W.people[p] = max(0, W.people[p] - n)
    return new


@inner
def _match(X, W, side, t):
    """Factors of matching rules from who is where in the morning: the share of the own group, where a camp counts as huge."""
    places, groups = len(X.population), X.group_cum.shape[1]
    there = W.there
    for g in range(groups):
        for p in range(places):
            there[g, p] = 0.0
    for i in range(W.size[ACTIVE0 + side]):
        s = W.active[side, i]
        there[W.info[s, TRAITS] // GROUP & 255, W.info[s, WHERE]] += W.count[side, s]
    for p in range(places):
        people = float(W.people[p]) if W.people[p] >= 1 else 1e8
        for g in range(groups):
            W.kin[g, p] = 1.0
            for k in range(2):
                if X.match[t, p, k] > 0.0:
                    like = X.group_native[k, g, p]
                    for h in range(groups):
                        if X.group_same[k, g, h]:
                            like += there[h, p]
                    W.kin[g, p] *= like / people * X.match[t, p, k]


@inner
def _sink(X, W, side):
    """Some of those in a camp stop for good: counted there, but nothing moves them."""
    states = W.count.shape[1]
    for i in range(W.size[ACTIVE0 + side]):
        s = W.active[side, i]
        p, n = W.info[s, WHERE], W.count[side, s]
        if n and X.sink[p] > 0.0:
            k = binomial(n, X.sink[p], W.state)
            W.count[side, s] = n - k
            if W.size[TRACKED]:
                share = np.float32((n - k) / n)
                for b in range(AGES):
                    W.age[side * states + s, b] *= share
