"""Runs of ours have the distribution of Flee's own runs on every recorded series; wrong engines are found by the same test.

False alarms: `flee_equal` says how they are bounded at 1 % over everything. Power: the same test against a chain with every move chance 3 % lower
and a chain with half the variance, once against Flee itself and in replicates in which right runs stand for Flee's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from flee_equal import SHARED, Outcome, Verdict, columns, compare, load_series, series_names, together

from borderflow.flee.agents import simulate_agents
from borderflow.flee.arrays import Plan, compile_instance
from borderflow.flee.engine import simulate
from borderflow.flee.read import read_instance

pytestmark = [
    pytest.mark.verification,
    pytest.mark.skipif(not SHARED.is_dir(), reason="the published instances and Flee's own runs are not part of borderflow (../shared/flee)"),
]

N_AGENTS = 60
N_CHAIN = 400
"""Flee's seeds are 12 to 20, so that they limit the comparison."""
N_POWER = 200
PERMUTATIONS = 19_999
REPLICATES = 10
SEED = 11
MOVE_OFF = 0.97

Runs = np.ndarray
Engine = Callable[[str, int, int], Runs]
"""(series, runs, seed) -> columns on the recorded days, (runs, days, columns)."""


@cache
def plan_of(name: str) -> Plan:
    series = load_series(name)
    return compile_instance(read_instance(series.folder, series.settings))


def recorded(name: str, counts: Runs, total: Runs) -> Runs:
    days = list(load_series(name).days)
    return columns(counts[:, days].astype(float), total[:, days].astype(float))


def chain(name: str, runs: int, seed: int) -> Runs:
    result = simulate(plan_of(name), runs, seed)
    return recorded(name, result.counts, result.total)


def agents(name: str, runs: int, seed: int) -> Runs:
    return recorded(name, *simulate_agents(plan_of(name).instance, runs, seed))


def slower(name: str, runs: int, seed: int) -> Runs:
    """Wrong: every move chance 3 % lower."""
    plan = plan_of(name)
    result = simulate(replace(plan, arrays=plan.arrays._replace(move=plan.arrays.move * MOVE_OFF)), runs, seed)
    return recorded(name, result.counts, result.total)


def half_the_variance(name: str, runs: int, seed: int) -> Runs:
    """Wrong: the mean of two independent runs, which has the right mean and half the variance of everything."""
    both = chain(name, 2 * runs, seed)
    return 0.5 * (both[:runs] + both[runs:])


def against_flee(engine: Engine, runs: int, permutations: int) -> Verdict:
    outcomes = []
    for i, name in enumerate(series_names()):
        series = load_series(name)
        flee = columns(series.counts, series.total)
        outcomes.append(compare(name, series.camps, series.days, flee, engine(name, runs, SEED + i), permutations, SEED + i))
    return together(outcomes)


def show(verdict: Verdict) -> None:
    for o in verdict.outcomes:
        least = min(o.p_kinds, key=o.p_kinds.__getitem__)
        print(
            f"{o.name:26} largest z {o.largest_z:6.2f} ({o.where}), rms z {o.rms_z:.2f}, variance ratio {o.variance_ratio:.2f}, p {o.p:.4f} ({least})"
        )
    print(f"all series together: p {verdict.p_together:.4f} ({verdict.kind_together}); threshold of each {verdict.threshold:.5f}")
    print(f"rejected: {', '.join(verdict.rejected) or 'none'}")


def exactly_known(name: str, ours: Runs) -> None:
    """Where the number of everyone is the same in all of Flee's runs, it is the same in ours."""
    series = load_series(name)
    certain = np.ptp(series.total, axis=0) == 0
    assert (ours[:, certain, -1] == series.total[0, certain]).all()


@pytest.mark.parametrize(("engine", "runs"), [(agents, N_AGENTS), (chain, N_CHAIN)], ids=["agents", "chain"])
def test_same_distribution_as_flee(engine: Engine, runs: int) -> None:
    seen: list[str] = []

    def checked(name: str, n: int, seed: int) -> Runs:
        ours = engine(name, n, seed)
        exactly_known(name, ours)
        seen.append(name)
        return ours

    verdict = against_flee(checked, runs, PERMUTATIONS)
    show(verdict)
    assert len(seen) >= 20
    assert not verdict.rejected


@pytest.mark.parametrize("wrong", [slower, half_the_variance])
def test_wrong_engines_are_rejected_against_flee(wrong: Engine) -> None:
    verdict = against_flee(wrong, N_POWER, PERMUTATIONS)
    show(verdict)
    print(f"{wrong.__name__}: {len([n for n in verdict.rejected if n != 'together'])} of {len(verdict.outcomes)} series reject alone")
    assert verdict.rejected


def replicate(second: dict[str, Runs], k: int) -> Verdict:
    """Right runs, as many as Flee's seeds, in the place of Flee's; against `second`, the same of all replicates."""
    outcomes: list[Outcome] = []
    for i, name in enumerate(series_names()):
        series = load_series(name)
        first = chain(name, len(series.counts), 10_000 + 100 * k + i)
        outcomes.append(compare(name, series.camps, series.days, first, second[name], PERMUTATIONS, k))
    return together(outcomes)


@pytest.mark.parametrize(("engine", "least", "most"), [(slower, 9, 10), (half_the_variance, 9, 10), (chain, 0, 1)])
def test_power_and_false_alarms(engine: Engine, least: int, most: int) -> None:
    """Rejections of 10 replicates. For the right engine two or more happen with probability 0.4 % at the stated level, were they independent."""
    second = {name: engine(name, N_POWER, 20_000 + i) for i, name in enumerate(series_names())}
    verdicts = [replicate(second, k) for k in range(REPLICATES)]
    alone = np.mean([len([n for n in v.rejected if n != "together"]) for v in verdicts])
    rejected = sum(bool(v.rejected) for v in verdicts)
    print(f"{engine.__name__}: {rejected} of {REPLICATES} replicates rejected, {alone:.1f} of {len(series_names())} series alone")
    assert least <= rejected <= most
