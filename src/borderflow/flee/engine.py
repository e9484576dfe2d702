"""Many runs of a plan: the loop over days, and what out.csv needs of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, NamedTuple

import numba
import numpy as np
import numpy.typing as npt
from numba import njit

from borderflow.flee.arrays import Arrays, Plan
from borderflow.flee.chain import DOOMED, FULL_ENTRIES, add, make_work, new_class, pack
from borderflow.flee.order import evening, morning
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
    deplete: bool
    sink: Any
    recorded: Any
    closing: Any
    close_ptr: Any
    close_link: Any


def _influx(A: Arrays) -> Influx:
    return Influx(
        A.spawn_n, A.spawn_factor, A.spawn_fixed, A.spawn_rate, A.spawn_mean, A.population, A.initial, A.group_cum, bool(A.deplete), A.sink,
        A.recorded, A.closing, A.close_ptr, A.close_link,
    )  # fmt: skip


def simulate(plan: Plan, runs: int = 1, seed: int = 0, first_run: int = 0, threads: int | None = None) -> Result:
    """Runs first_run .. first_run + runs - 1 of a plan; the same bytes whatever the number of threads."""
    counts = np.zeros((runs, plan.days, len(plan.camps)), np.int64)
    total = np.zeros((runs, plan.days), np.int64)
    if plan.days == 0 or runs == 0:
        return Result(counts, total, first_run, seed)
    fixed, influx = pack(plan.arrays), _influx(plan.arrays)
    workers = max(1, min(threads or numba.config.NUMBA_NUM_THREADS, runs))
    entries, stack = 1024, 512
    while True:
        works = [make_work(plan.arrays, entries, stack) for _ in range(workers)]
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
        entries, stack = (2 * entries, stack) if (failed == FULL_ENTRIES).any() else (entries, 2 * stack)


@njit(cache=True, nogil=True)
def run_range(F, I, W, seed, first_run, lo, hi, counts, total, failed):
    """Runs lo .. hi - 1 of a batch, one after the other."""
    for i in range(lo, hi):
        W.level[:] = 0
        _run(F, I, W, seed, first_run + i, counts[i], total[i])
        failed[i] = W.level[2]
        if failed[i]:
            return


@njit(cache=True)
def _run(F, I, W, seed, run, counts, total):
    entries = W.entry.shape[1]
    spare = W.age.shape[0] - 1
    places = len(I.population)
    W.size[:2] = 0
    W.here[:] = 0
    W.people[:] = I.population
    W.room[:] = 1.0
    W.shut[:] = 0
    W.based[:] = -1
    W.created[:] = 0
    side, everyone = 0, 0
    for t in range(len(total)):
        begin(W.state, seed, run, FLEE, t)
        if t == 0:
            W.size[2] += 1
            born = new_class(W, side)
            W.age[spare, :] = 0.0
            W.age[spare, born] = 1.0
            for p in range(places):
                if I.initial[p]:
                    add(W, I.group_cum, F.on_foot, side, p, I.initial[p], spare)
                    everyone += I.initial[p]
                    W.created[born] += I.initial[p]
        if I.closing[t]:
            _close(I, W, side, t)
        everyone += _spawn(F, I, W, side, t, spare)
        W.size[2] += 1
        W.size[1 - side] = 0
        W.level[1] = 0
        morning(F, W, side, t)
        evening(F, W, side, t)
        if W.level[2]:
            return
        side = 1 - side
        for c in range(len(I.recorded)):
            counts[t, c] = W.here[I.recorded[c]]
        total[t] = everyone


@njit(cache=True)
def _close(I, W, side, t):
    """Those on links that close today will find them closed at their end."""
    places = len(I.population)
    for i in range(I.close_ptr[t], I.close_ptr[t + 1]):
        for j in range(W.size[side]):
            if W.entry[side, j, 0] >> 32 == places + I.close_link[i]:
                W.entry[side, j, 1] |= DOOMED


@njit(cache=True)
def _spawn(F, I, W, side, t, row):
    """Those created today; how many."""
    places = len(I.population)
    born, new = -1, 0
    left, weight = I.n[t], 0.0
    if left:
        for p in range(places):
            weight += I.factor[t, p] * W.people[p]
    for p in range(places):
        n = I.fixed[t, p]
        if I.mean[t, p] > 0.0:
            n += poisson(I.mean[t, p], W.state)
        if I.rate[t, p] > 0.0:
            n += int(I.rate[t, p] * W.people[p])
        if left and I.factor[t, p] > 0.0 and W.people[p] > 0:
            w = I.factor[t, p] * W.people[p]
            k = left if w >= weight * (1.0 - 1e-12) else binomial(left, w / weight, W.state)
            weight -= w
            left -= k
            n += k
        if n:
            if born < 0:
                born = new_class(W, side)
                W.age[row, :] = 0.0
                W.age[row, born] = 1.0
            add(W, I.group_cum, F.on_foot, side, p, n, row)
            new += n
            if I.deplete:
                W.people[p] = max(0, W.people[p] - n)
    if born >= 0:
        W.created[born] += new
    return new
