"""Many runs of a plan: the loop over days, and what out.csv needs of it."""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import numpy.typing as npt
from numba import njit

from borderflow.flee.arrays import Plan
from borderflow.flee.chain import (
    DOOMED, FULL_ENTRIES, add, clear, decide, go, look, make_work, new_class, settle,
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


def simulate(plan: Plan, runs: int = 1, seed: int = 0, first_run: int = 0, threads: int | None = None) -> Result:
    """Runs first_run .. first_run + runs - 1 of a plan; the same bytes whatever the number of threads."""
    A = plan.arrays
    counts = np.zeros((runs, plan.days, len(plan.camps)), np.int64)
    total = np.zeros((runs, plan.days), np.int64)
    if plan.days == 0 or runs == 0:
        return Result(counts, total, first_run, seed)
    shape = (len(A.population), len(A.link_to), len(A.option_to), len(A.group_rule), int((A.option_hi - A.option_lo).max(initial=0)))
    workers = max(1, min(threads or numba.config.NUMBA_NUM_THREADS, numba.config.NUMBA_NUM_THREADS, runs))
    entries, queue = 2048, 1024
    while True:
        works = [make_work(*shape, entries, queue) for _ in range(workers)]
        failed = np.zeros(runs, np.int64)
        if workers == 1:
            run_range(A, works[0], seed, first_run, 0, runs, counts, total, failed)
        else:
            _in_parallel(A, works, seed, first_run, runs, counts, total, failed, workers)
        if not failed.any():
            return Result(counts, total, first_run, seed)
        entries, queue = (2 * entries, queue) if (failed == FULL_ENTRIES).any() else (entries, 2 * queue)


def _in_parallel(A, works, seed, first_run, runs, counts, total, failed, workers):
    """Blocks of runs on threads of their own; the compiled loop holds no lock."""
    from concurrent.futures import ThreadPoolExecutor

    size = max(1, min(16, runs // (4 * workers)))
    starts = iter(range(0, runs, size))

    def work(W):
        for lo in starts:
            run_range(A, W, seed, first_run, lo, min(lo + size, runs), counts, total, failed)

    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(work, works))


@njit(cache=True, nogil=True)
def run_range(A, W, seed, first_run, lo, hi, counts, total, failed):
    """Runs lo .. hi - 1 of a batch, one after the other."""
    for i in range(lo, hi):
        clear(W)
        _run(A, W, seed, first_run + i, counts[i], total[i])
        failed[i] = W.failed[0]
        if failed[i]:
            return


@njit(cache=True)
def _run(A, W, seed, run, counts, total):
    spare = W.age.shape[0] - 1
    places = len(A.population)
    W.people[:] = A.population
    W.room[:] = 1.0
    W.shut[:] = 0
    side, everyone = 0, 0
    for t in range(len(total)):
        begin(W.state, seed, run, FLEE, t)
        if t == 0:
            W.tick[0] = 1
            born = new_class(W, side)
            W.age[spare, :] = 0.0
            W.age[spare, born] = 1.0
            for p in range(places):
                if A.initial[p]:
                    add(A, W, side, p, A.initial[p], spare)
                    everyone += A.initial[p]
                    W.created[born] += A.initial[p]
        if A.closing[t]:
            _close(A, W, side, t)
        everyone += _spawn(A, W, side, t, spare)
        W.tick[0] += 1
        W.size[1 - side] = 0
        W.q_size[0] = 0
        for p in range(places):
            look(A, W, t, p)
        _decide_all(A, W, side, t)
        for p in range(places):
            look(A, W, t, p)
        _travel_all(A, W, side, t)
        if W.failed[0]:
            return
        side = 1 - side
        for c in range(len(A.recorded)):
            counts[t, c] = W.here[A.recorded[c]]
        total[t] = everyone


@njit(cache=True)
def _close(A, W, side, t):
    """Those on links that close today will find them closed at their end."""
    places = len(A.population)
    for i in range(A.close_ptr[t], A.close_ptr[t + 1]):
        for j in range(W.size[side]):
            if W.where[side, j] == places + A.close_link[i]:
                W.sub[side, j] |= DOOMED


@njit(cache=True)
def _spawn(A, W, side, t, spare):
    """Those created today; how many."""
    places = len(A.population)
    born, new = -1, 0
    left, weight = A.spawn_n[t], 0.0
    if left:
        for p in range(places):
            weight += A.spawn_factor[t, p] * W.people[p]
    for p in range(places):
        n = A.spawn_fixed[t, p]
        if A.spawn_mean[t, p] > 0.0:
            n += poisson(A.spawn_mean[t, p], W.state)
        if A.spawn_rate[t, p] > 0.0:
            n += int(A.spawn_rate[t, p] * W.people[p])
        if left and A.spawn_factor[t, p] > 0.0 and W.people[p] > 0:
            w = A.spawn_factor[t, p] * W.people[p]
            k = left if w >= weight * (1.0 - 1e-12) else binomial(left, w / weight, W.state)
            weight -= w
            left -= k
            n += k
        if n:
            if born < 0:
                born = new_class(W, side)
                W.age[spare, :] = 0.0
                W.age[spare, born] = 1.0
            add(A, W, side, p, n, spare)
            new += n
            if A.deplete:
                W.people[p] = max(0, W.people[p] - n)
    if born >= 0:
        W.created[born] += new
    return new


@njit(cache=True)
def _decide_all(A, W, side, t):
    """Everybody at a place decides."""
    places, entries = len(A.population), W.where.shape[1]
    for j in range(W.size[side]):
        p = W.where[side, j]
        if p < places and W.n[side, j]:
            decide(A, W, side, t, p, W.tail[side, j], W.sub[side, j], W.n[side, j], 0.0, side * entries + j, 1.0, False)


@njit(cache=True)
def _travel_all(A, W, side, t):
    """Everybody on a link travels, those who set out today among them."""
    places, entries = len(A.population), W.where.shape[1]
    for j in range(W.size[side]):
        link = W.where[side, j] - places
        if link >= 0:
            go(A, W, side, link, W.tail[side, j], W.dist[side, j], W.sub[side, j], W.n[side, j], 0.0, side * entries + j, 1.0)
    settle(A, W, side, t, 0)
