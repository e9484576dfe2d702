"""Chain and agents have the same distribution on small randomised worlds that together cover every part of the law; wrong engines do not.

False alarms: one permutation test over all statistics of all worlds at 1 % (agreement.py), whose level is exact. Power: the same test against
engines that are wrong on purpose, over replicates with runs of their own; it must reject in 90 % of them.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from agreement import LEVEL, Columns, Verdict, columns, same_distribution, summaries, totals
from small_worlds import N_WORLDS, PARTS, World, missing_parts, parts_of_worlds, small_world

from borderflow.observe.operator import build_operator
from borderflow.simulate.agents import simulate_agents
from borderflow.simulate.luck import draw_luck
from borderflow.simulate.run import dated_changes, policy_happens, run_agents, run_chain
from borderflow.simulate.series import SERIES

pytestmark = pytest.mark.verification

N_AGENTS = 250
N_CHAIN = 1200
PERMUTATIONS = 999
POWER_WORLDS = 8
N_POWER = 600
"""Worlds of a replicate of wrong engines, and runs in each: fewer than the test has, so that its power is at least what is found."""
REPLICATES = 20
SEED = 7
DRIFT_FROM = 2.0
TELLING = ("capacity_", "join_wait")
"""Series that state the rate of service itself: an engine with another capacity would say so there, so that they are left out for power."""
CAPACITY_OFF = 1.03

Sample = np.ndarray
Engine = Callable[[World, int, int], Sample]
"""(world, first run, number of runs) -> recorded series."""


def seed_of(world: World) -> int:
    """Worlds have luck of their own: with common luck, differences that are added up over worlds would not be independent."""
    return SEED + world.number


def settings(world: World, first: int, n: int, factors: dict[str, float] | None = None):
    """What every engine needs: attributes, runs, operator, dated changes."""
    a, runs = world.attributes(n, factors), np.arange(first, first + n)
    changes = dated_changes(world.model, a, seed_of(world), runs, policy_happens(world.model, seed_of(world), runs))
    return a, runs, build_operator([], world.model, 4, everything=True), changes


def chain(world: World, first: int, n: int, factors: dict[str, float] | None = None) -> Sample:
    a, runs, operator, changes = settings(world, first, n, factors)
    return run_chain(world.model, a, operator, seed_of(world), runs, changes, drift_from=DRIFT_FROM)[0]


def agents(world: World, first: int, n: int) -> Sample:
    a, runs, operator, changes = settings(world, first, n)
    return run_agents(world.model, a, operator, seed_of(world), runs, changes, drift_from=DRIFT_FROM)[0]


def more_capacity(world: World, first: int, n: int, factor: float = CAPACITY_OFF) -> Sample:
    """Wrong: every lane with a limit passes 3 % more a day."""
    return chain(world, first, n, {"capacity[*; *]": factor})


def half_the_variance(world: World, first: int, n: int) -> Sample:
    """Wrong: the mean of two independent runs, which has the right mean and half the variance of everything."""
    both = chain(world, first, 2 * n)
    return 0.5 * (both[:n] + both[n:])


def last_come_first(world: World, first: int, n: int) -> Sample:
    """Wrong: agents whose lanes serve the latest cohort first."""
    a, runs, operator, changes = settings(world, first, n)
    luck = draw_luck(world.model, a, seed_of(world), runs, DRIFT_FROM)
    return simulate_agents(
        world.model, a, changes, luck, operator.rows, operator.bin_of, operator.n_bins, operator.n_rows, seed_of(world), runs, False,
        order=lambda cohorts: deque(reversed(cohorts)),
    )[0]  # fmt: skip


def statistics(world: World, first: Sample, second: Sample, without: tuple[str, ...] = ()) -> tuple[Columns, int]:
    """Columns of the pooled runs of two engines, but those whose names begin with certain words."""
    operator = build_operator([], world.model, 4, everything=True)
    out = np.concatenate([first, second])
    x, names = summaries(world.model, operator, out)
    keep = [not name.startswith(without) for name in names]
    everything = totals(operator, out) * [not s.name.startswith(without) for s in SERIES]
    return columns(x[:, keep], [n for n, k in zip(names, keep, strict=True) if k], everything, world.model), len(first)


def compare(
    worlds: list[World], one: Engine, two: Engine, n_one: int, n_two: int, first: int, permutations: int = PERMUTATIONS, without: tuple[str, ...] = ()
) -> Verdict:
    """The test of two engines; the second has other luck than the first."""
    found = [statistics(w, one(w, first, n_one), two(w, first + n_one, n_two), without) for w in worlds]
    return same_distribution(found, permutations, SEED, [w.number for w in worlds])


def describe(verdict: Verdict, most: int = 8) -> str:
    lines = [f"  largest difference {verdict.largest:.2f} standard errors, {LEVEL:.0%} threshold {verdict.threshold:.2f}, p = {verdict.p:.3g}"]
    lines += [f"    {z:6.2f}  {w}: {name}" for z, w, name in verdict.differences[:most]]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def worlds() -> list[World]:
    return [small_world(i) for i in range(N_WORLDS)]


def test_worlds_cover_every_part() -> None:
    counts = Counter(part for parts in parts_of_worlds() for part in parts)
    print(f"\n{N_WORLDS} worlds; worlds a part: {dict(counts)}")
    print(f"not in this version: {missing_parts()}")
    assert all(counts[part] >= 5 for part in PARTS if part not in missing_parts())


def test_chain_and_agents_agree(worlds: list[World]) -> None:
    verdict = compare(worlds, agents, chain, N_AGENTS, N_CHAIN, 0)
    print(f"\nchain against agents, {N_WORLDS} worlds, {N_AGENTS} runs of agents and {N_CHAIN} of the chain each")
    print(describe(verdict))
    assert not verdict.reject, describe(verdict, 40)


def test_agents_lose_nobody(worlds: list[World]) -> None:
    for world in worlds:
        a, runs, operator, changes = settings(world, 0, 3)
        _, comp = run_agents(world.model, a, operator, seed_of(world), runs, changes, drift_from=DRIFT_FROM, conservation=True)
        everyone = comp.sum(axis=3)
        assert comp.min() >= 0.0
        assert np.array_equal(everyone, np.broadcast_to(everyone[:1, :1], everyone.shape))


def power(worlds: list[World], wrong: Engine, replicates: int = REPLICATES) -> list[Verdict]:
    """Verdicts of replicates with runs of their own: the chain, in the place of the agents, against an engine."""
    first = [10_000 + r * (N_AGENTS + 2 * N_POWER) for r in range(replicates)]
    return [compare(worlds[:POWER_WORLDS], chain, wrong, N_AGENTS, N_POWER, at, 199, TELLING) for at in first]


def rejected(verdicts: list[Verdict]) -> float:
    return float(np.mean([v.reject for v in verdicts]))


def show(title: str | None, found: list[Verdict]) -> None:
    print(f"\n{title}\n  rejected in {rejected(found):.0%} of {len(found)} replicates; the first:")
    print(describe(found[0], 4))
    print(f"  largest differences {min(v.largest for v in found):.1f} to {max(v.largest for v in found):.1f}")


def test_the_test_is_right_when_engines_are_equal(worlds: list[World]) -> None:
    found = power(worlds, chain, 10)
    show(f"The chain against itself (must be rejected in {LEVEL:.0%})", found)
    assert sum(v.reject for v in found) <= 1  # more than one of ten: probability 0.004 at 1 %


@pytest.mark.parametrize(("wrong", "replicates"), [(more_capacity, REPLICATES), (half_the_variance, 10)])
def test_wrong_engines_are_found(worlds: list[World], wrong: Engine, replicates: int) -> None:
    found = power(worlds, wrong, replicates)
    show(wrong.__doc__, found)
    assert rejected(found) >= 0.9


def test_last_come_first_served_is_found(worlds: list[World]) -> None:
    """With 60 runs of the slow engine in each of four worlds, a fifth of what the test has."""
    few = worlds[:4]
    found = [compare(few, chain, last_come_first, N_POWER, 60, 10_000 + 5_000 * r, 199, TELLING) for r in range(5)]
    show(last_come_first.__doc__, found)
    assert rejected(found) >= 0.9


def test_smallest_detectable_difference_of_capacity(worlds: list[World]) -> None:
    """Smallest of a few factors on capacity that is found in at least 90 % of ten replicates."""
    smallest = CAPACITY_OFF - 1.0
    for more in (0.025, 0.02, 0.015):
        found = power(worlds, lambda w, first, n, more=more: more_capacity(w, first, n, 1.0 + more), replicates=10)
        print(f"\ncapacity off by {more:.2%}: rejected in {rejected(found):.0%}, largest difference {np.median([v.largest for v in found]):.1f}")
        if rejected(found) < 0.9:
            break
        smallest = more
    print(f"smallest difference of capacity found in 90 % of replicates: {smallest:.2%}")


PART_OFF: dict[str, dict[str, float]] = {
    "foot lanes": {"walk_appeal": -50.0},
    "switching": {"switch_per_day": 0.0},
    "growth": {"growth[*; *]": 0.0},
    "onward": {"onward_share[*]": 0.0},
    "put off": {"put_off": 0.0},
    "long journeys": {"long_journey_delay": 0.0},
    "drift": {"drift_sd": 0.0},
    "deadline": {"boost[*]": 0.0},
    "balking": {"balk_per_hour": 0.0},
    "reneging": {"renege_per_day": 0.0},
    "two stations": {"entry_capacity[*; *]": 1e9},
    "booths": {"booths[*; *]": 0.0},
    "random service": {"service_cv[*; *]": 0.0},
    "nests": {"nest_similarity": 1.0},
    "buses": {"bus_appeal[*]": -50.0},
    "announcements": {"announcement_weight": 0.0},
    "contagion": {"contagion": 0.0},
    "reception cap": {"reception_cap[*]": 1e9},
    "shelter": {"shelter_need[*]": 0.0},
}
"""Values of attributes that switch a part off."""


def test_every_part_is_seen() -> None:
    """A chain without a part is told from the chain in some world that has the part: no part is there without effect."""
    unseen = []
    for part, off in PART_OFF.items():
        if part in missing_parts():
            continue
        least = 1.0
        for world in (w for w in map(small_world, range(N_WORLDS)) if part in w.parts):
            without = replace(world, values={**world.values, **{k: v for k, v in off.items() if world.model.slots_of(k)}})
            verdict = compare([world], chain, lambda w, first, n, x=without: chain(x, first, n), N_AGENTS, N_POWER, 0, 199)
            least = min(least, verdict.p)
            if verdict.reject:
                break
        print(f"  {part}: {verdict.largest:.1f} standard errors in {verdict.differences[0][1]}: {verdict.differences[0][2]}")
        if least > LEVEL:
            unseen.append(part)
    assert not unseen
