"""One lane alone against queueing theory and against SimPy.

Theory holds in continuous time; the model acts once a step. The bias at steps of an hour, half an hour and a quarter is printed, and must
vanish as the step goes to zero: a line through the three biases meets zero within TOLERANCE and 4.5 standard errors (false alarm 1e-5 a comparison).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest
from one_crossing import Crossing, birth_and_death, chain_runs, fixed_service, simpy_visits, speed

pytestmark = pytest.mark.verification

STEPS = (1.0, 0.5, 0.25)
DAYS, WARM_UP, RUNS = 200, 20, 300
TOLERANCE = 0.02
"""Admissible relative bias at step zero: what a line leaves of the curvature."""
SIGMAS = 4.5
AT_STEP_ZERO = np.linalg.pinv(np.stack([np.ones(3), STEPS], axis=1))[0]
"""Weights of three biases in the least-squares line's value at step 0."""


class Model(NamedTuple):
    """A textbook model; service 4 hours, so that the steps are 1/4, 1/8 and 1/16 of it."""

    name: str
    crossing: Crossing


MODELS = (
    Model("M/M/1, load 0.7", Crossing(0.7 / 4, 4.0, 1)),
    Model("M/M/3, load 0.8", Crossing(0.8 * 3 / 4, 4.0, 3)),
    Model("M/M/10, load 0.9", Crossing(0.9 * 10 / 4, 4.0, 10)),
    Model("M/D/1, load 0.8", Crossing(0.8 / 4, 4.0, 1, cv=0.0)),
    Model("M/D/3, load 0.8", Crossing(0.8 * 3 / 4, 4.0, 3, cv=0.0)),
    Model("M/D/10, load 0.9", Crossing(0.9 * 10 / 4, 4.0, 10, cv=0.0)),
    Model("Erlang-A, 3 booths, load 1.1, patience 8 h", Crossing(1.1 * 3 / 4, 4.0, 3, patience=8.0)),
    Model("Erlang-A, 10 booths, load 0.95, patience 6 h", Crossing(0.95 * 10 / 4, 4.0, 10, patience=6.0)),
)


class Bias(NamedTuple):
    """Relative bias of a mean at each step with its standard error."""

    bias: np.ndarray
    error: np.ndarray

    def at_zero(self) -> tuple[float, float]:
        """Bias at step 0 and its standard error."""
        return float(AT_STEP_ZERO @ self.bias), float(np.sqrt(AT_STEP_ZERO**2 @ self.error**2))

    def __str__(self) -> str:
        zero, error = self.at_zero()
        steps = ", ".join(f"{s:g} h {b:+.1%}" for s, b in zip(STEPS, self.bias, strict=True))
        return f"{steps} (each ± {self.error.max():.1%}); at step 0 {zero:+.1%} ± {error:.1%}"


def biases(x: Crossing) -> dict[str, Bias]:
    """Bias of the parties in the system, the hours in it, and the share who give up."""
    found: dict[str, list[tuple[float, float]]] = {}
    for step in STEPS:
        r = chain_runs(x, step, DAYS, RUNS, seed=3)
        n = r.demand[:, WARM_UP:].sum(axis=1)
        # theory at the rate that was drawn, which takes off some of the noise
        seen = x._replace(rate=float(n.mean()) / (DAYS - WARM_UP) / 24.0)
        theory = fixed_service(seen) if x.cv == 0.0 else birth_and_death(seen)
        numbers = {"parties": r.queue[:, WARM_UP:].mean(axis=1) / theory.parties}
        if math.isinf(x.patience):
            numbers["hours"] = r.wait_sum[:, WARM_UP:].sum(axis=1) / r.crossed[:, WARM_UP:].sum(axis=1) / theory.hours
        else:
            numbers["gave up"] = r.gave_up[:, WARM_UP:].sum(axis=1) / n / theory.gave_up
        for name, value in numbers.items():
            found.setdefault(name, []).append((float(value.mean()) - 1.0, float(value.std() / math.sqrt(RUNS))))
    return {name: Bias(*np.array(values).T) for name, values in found.items()}


@pytest.mark.parametrize("model", MODELS, ids=lambda m: m.name)
def test_a_lane_alone_tends_to_theory(model: Model) -> None:
    for name, bias in biases(model.crossing).items():
        print(f"\n{model.name}: {name}, bias at {bias}")
        zero, error = bias.at_zero()
        assert abs(zero) <= TOLERANCE + SIGMAS * error
        noise = SIGMAS * float(bias.error.max())
        assert abs(bias.bias[2]) <= abs(bias.bias[0]) + noise


RUSH = Crossing(rate=0.95, service=4.0, booths=4, patience=24.0, peak=1.7)
"""Arrivals 0.3 to 1.7 times their mean by hour of the day at load 0.95, and people who give up."""
HOURS = (3, 9, 15, 21)
MOST_DISTANCE = 0.06
"""Admissible distance between distribution functions of chain and SimPy, at a step of a sixteenth of a service."""
MOST_GAP = 0.05
"""Admissible relative difference of means."""
SIMPY_RUNS, SIMPY_DAYS = 40, 40


def distance(a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Kolmogorov-Smirnov distance and the part of it that two samples of the same law exceed with probability 1e-3."""
    at = np.unique(np.concatenate([a, b]))
    f, g = (np.searchsorted(np.sort(x), at, side="right") / len(x) for x in (a, b))
    return float(np.abs(f - g).max()), 1.95 * math.sqrt(1.0 / len(a) + 1.0 / len(b))


def test_a_rush_by_hour_with_reneging_as_in_simpy() -> None:
    """Lengths at hours of the day and mean waits of days, in distribution; days of one run are a little dependent, runs are not."""
    days = range(3, SIMPY_DAYS - 2)
    r = chain_runs(RUSH, 0.25, SIMPY_DAYS, 200, seed=4, bins_per_day=96)
    lengths = {h: np.array([r.queue[:, 96 * d + 4 * h - 1] for d in days]).ravel() for h in HOURS}
    a, b = 96 * days[0], 96 * (days[-1] + 1)
    by_day = [x[:, a:b].reshape(len(x), len(days), 96).sum(axis=2).ravel() for x in (r.wait_sum, r.crossed, r.gave_up, r.demand)]
    waits, gave_up = by_day[0] / by_day[1], by_day[2].sum() / by_day[3].sum()

    simpy_lengths: dict[int, list[int]] = {h: [] for h in HOURS}
    simpy_waits: list[float] = []
    left = came = 0
    for seed in range(SIMPY_RUNS):
        v = simpy_visits(RUSH, 24.0 * SIMPY_DAYS, seed)
        for h in HOURS:
            simpy_lengths[h] += [int(((v.joined <= 24 * d + h) & (v.joined + v.stayed > 24 * d + h)).sum()) for d in days]
        day = np.floor((v.joined + v.stayed) / 24.0)
        simpy_waits += [float(v.stayed[v.served & (day == d)].mean()) for d in days]
        left, came = left + int((~v.served).sum()), came + len(v.served)
    print(f"\n{RUSH}\n  gave up: chain {gave_up:.4f}, SimPy {left / came:.4f}")
    assert gave_up == pytest.approx(left / came, rel=MOST_GAP)
    pairs = [(f"length at {h} h", lengths[h], np.array(simpy_lengths[h])) for h in HOURS]
    for name, x, y in [*pairs, ("mean wait of a day", waits, np.array(simpy_waits))]:
        apart, chance = distance(x, y)
        print(
            f"  {name}: chain {x.mean():.2f}, sd {x.std():.2f}; SimPy {y.mean():.2f}, sd {y.std():.2f}; distance {apart:.3f} (by chance {chance:.3f})"
        )
        assert apart <= MOST_DISTANCE + chance
        assert x.mean() == pytest.approx(y.mean(), rel=MOST_GAP)


def test_the_chain_is_a_thousand_times_as_fast_as_simpy() -> None:
    s = speed(share=0.02)
    print(
        f"\n{s.travellers:,.0f} travellers: chain {s.chain_seconds * 1e3:.1f} ms, SimPy {s.simpy_seconds:.0f} s (scaled from {s.simulated:,}), "
        f"{s.ratio:,.0f} times as fast"
    )
    assert s.ratio >= 1000.0
