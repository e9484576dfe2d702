"""What each mechanism is worth on the shipped case: calibrations that leave one out, judged on claims stated after earlier origins.

For each origin the case is calibrated on claims stated by then; the chain goes on to the case's own `as_of` with drift, and claims stated
after the origin about days after it are scored (CRPS of log(1 + x), what sources would say). Nothing later than the case's `as_of` is
used. A mechanism is left out by holding its unknowns at the value that switches it off.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
import pytest
from numpy.typing import NDArray
from synthetic import BINS_PER_DAY, SHIPPED

from borderflow.calibrate.calibrate import Settings, Simulator, calibrate
from borderflow.forecast.fit import learn_sources, said
from borderflow.forecast.scores import crps_sample, interval_midpoint
from borderflow.io.case import read_case
from borderflow.io.claims import read_claims
from borderflow.observe.likelihood import build_evidence
from borderflow.observe.operator import build_operator
from borderflow.observe.select import Judged, judge
from borderflow.simulate.compile import compile_case, day_of
from borderflow.simulate.luck import draw_luck
from borderflow.simulate.run import run_chain
from borderflow.world.model import Case, Dist

pytestmark = pytest.mark.verification

ORIGINS = (date(2022, 9, 24), date(2022, 9, 26))
OFF: dict[str, dict[str, float]] = {
    "nothing left out": {},
    "service does not grow under pressure": {"lars_growth": 0.0, "kz_growth": 0.0},
    "no deadline": {"deadline_boost": 0.0, "deadline_after": 1.0},
    "nobody walks": {"walk_appeal": -40.0, "switch_per_day": 0.0},
    "nobody leaves the car on the way": {"switch_per_day": 0.0},
    "waits do not repel": {"wait_disutility": 0.0, "put_off": 0.0},
    "no delay for long journeys": {"long_journey_delay": 0.0},
    "arrivals flat over the day": {"hour_peak": 1.0},
    "nobody moves on": {"onward_georgia": 0.0, "onward_kazakhstan": 0.0, "onward_finland": 0.0},
}
PARTICLES = 256
MEMBERS = 256
SEED = 77


def without(case: Case, off: dict[str, float]) -> Case:
    """The case with some priors fixed."""
    missing = set(off) - {p.name for p in case.priors}
    assert not missing, f"the case has no priors {missing}"
    return case.model_copy(
        update={"priors": tuple(p.model_copy(update={"dist": Dist(fixed=off[p.name])}) if p.name in off else p for p in case.priors)}
    )


def scores(case: Case, origin: date) -> tuple[dict[str, float], dict[str, float]]:
    """CRPS of log(1 + x) by claim: of those that the calibration used, and of later ones about later days."""
    model = compile_case(case, (case.as_of - case.start).days + 1, policies=False)
    claims = read_claims(SHIPPED / "claims.csv", case).claims
    evidence = build_evidence(judge(claims, model, origin), model, BINS_PER_DAY)
    posterior = calibrate(model, evidence, SEED, Settings(particles=PARTICLES, least_ess=0.0))
    end = day_of(case, datetime.combine(origin + timedelta(days=1), time()))
    known = {j.claim.claim_id for j in evidence.judged}
    later = [j for j in judge(claims, model, case.as_of) if j.status == "used" and j.claim.claim_id not in known and _is_new(j, end)]
    items = [*evidence.judged, *later]
    operator = build_operator([j.observable for j in items if j.observable], model, BINS_PER_DAY)
    a = Simulator(model, evidence).attributes(posterior.z[:MEMBERS])
    runs = np.arange(len(a), dtype=np.int64)
    out, _ = run_chain(model, a, operator, SEED, runs, luck=draw_luck(model, a, SEED, runs, end))
    sources = learn_sources(evidence, posterior.process, posterior.x, posterior.w, SEED)
    samples = said(items, operator, operator.values(out), sources, runs, SEED)
    found = [(j, _score(j, samples[:, i])) for i, j in enumerate(items)]
    return (
        {j.claim.claim_id: s for j, s in found[: len(known)] if s is not None},
        {j.claim.claim_id: s for j, s in found[len(known) :] if s is not None},
    )


def _is_new(item: Judged, end: float) -> bool:
    return item.observable is not None and item.observable.days[1] > end


def _score(item: Judged, samples: NDArray[np.float64]) -> float | None:
    if item.interval.one_sided:
        return None
    y = interval_midpoint(item.interval.low, item.interval.high)
    return crps_sample(np.log1p(np.maximum(samples, 0.0)), float(np.log1p(max(y, 0.0))))


def test_each_mechanism_is_worth_what_is_printed() -> None:
    """Leaving a mechanism out must not make later claims significantly better forecast (paired t below 3 over all origins)."""
    case = read_case(SHIPPED)
    fits: dict[str, dict[str, float]] = {}
    ahead: dict[str, dict[str, float]] = {}
    for name, off in OFF.items():
        variant = without(case, off)
        fits[name], ahead[name] = {}, {}
        for origin in (*ORIGINS, case.as_of):
            used, later = scores(variant, origin)
            if origin == case.as_of:
                fits[name] = used
            ahead[name] |= {f"{origin} {k}": v for k, v in later.items()}
        print(f"  {name}: fit {np.mean(list(fits[name].values())):.4f}, ahead {np.mean(list(ahead[name].values())):.4f}", flush=True)
    full = "nothing left out"
    print(
        f"\nmean CRPS of log(1 + x): {len(fits[full])} claims used on {case.as_of}; {len(ahead[full])} claims ahead of {', '.join(map(str, ORIGINS))}"
    )
    print("left out | fit | change, t | ahead | change, t")
    worst = 0.0
    for name in OFF:
        cells = []
        for table in (fits, ahead):
            d = np.array([table[name][k] - table[full][k] for k in table[full]])
            t = float(d.mean() / (d.std(ddof=1) / np.sqrt(len(d)))) if name != full else 0.0
            cells.append(f"{np.mean(list(table[name].values())):.4f} | {d.mean():+.4f}, {t:+.1f}")
        worst = min(worst, t)
        print(f"{name} | {' | '.join(cells)}")
    assert worst > -3.0
