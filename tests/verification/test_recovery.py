"""The calibration recovers known parameters of the shipped case; the same check fails when the likelihood leaves process spread out.

False alarms: a right calibration fails a check with probability at most 4 x 0.1 % = 0.4 % (two levels, all and informed unknowns; each
is compared with an interval of 99.9 %). If the first check fails and that of the sampler alone holds, the process is described wrongly; if
both fail, the sampler has not found the posterior. Seeds are fixed, so an unchanged program that passed passes again.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from ranks import INFORMED, Coverage, coverage, histogram, uniformity
from scipy import stats
from synthetic import SHIPPED, Recovery, Setup, prepare, recover_all

from borderflow.calibrate.calibrate import Settings

pytestmark = pytest.mark.verification

N_DATA_SETS = 40
N_SAMPLER = 12
LEVELS = (0.5, 0.9)
CONFIDENCE = 0.999


def verdicts(found: Sequence[Recovery], title: str) -> dict[str, list[Coverage]]:
    """Coverage at each level over all unknowns and over those that the data inform; prints them."""
    everything = [np.array(r.rank) for r in found]
    informed = [np.array(r.rank)[np.array(r.sd) < INFORMED] for r in found]
    print(f"\n{title}: {len(found)} data sets, {np.mean([r.seconds for r in found]):.0f} s each")
    result = {}
    for name, ranks in (("all unknowns", everything), (f"informed (posterior sd < {INFORMED})", informed)):
        result[name.split()[0]] = [coverage(ranks, level, CONFIDENCE) for level in LEVELS]
        print(f"  {name}")
        for item in result[name.split()[0]]:
            print(f"    {item}")
        p = uniformity(ranks)
        print(f"    ranks by tenths (1 = uniform): {histogram(ranks)}")
        print(
            f"    p that ranks are uniform: {p['hotelling']:.3g} over data sets; as if independent KS {p['ks']:.3g}, chi-square {p['chi_square']:.3g}"
        )
    return result


def agree(result: dict[str, list[Coverage]]) -> None:
    """Fails with every coverage that is not the nominal one."""
    wrong = [f"{name}: {item}" for name, items in result.items() for item in items if not item.holds]
    assert not wrong, "\n".join(wrong)


@pytest.fixture(scope="module")
def setup() -> Setup:
    """The shipped case with the settings of a forecast, but that it stops at 20 sweeps if the log-posterior is flat: a harder test, and quicker."""
    return prepare(SHIPPED, Settings(least_sweeps=20, least_ess=0.0))


def test_intervals_hold_the_truth_as_often_as_they_say(setup: Setup) -> None:
    agree(verdicts(recover_all(setup, N_DATA_SETS, "chain"), "data from the chain"))


def test_the_sampler_alone_is_right(setup: Setup) -> None:
    agree(verdicts(recover_all(setup, N_SAMPLER, "sampler"), "data from the likelihood itself"))


def test_the_check_fails_without_process_spread(setup: Setup) -> None:
    """The very check that the full likelihood passes on the same data sets; and a paired loss of coverage (false alarm 1 %)."""
    without = recover_all(setup, N_DATA_SETS, "without-process")
    result = verdicts(without, "data from the chain, WITHOUT process spread (must be too low)")
    full = recover_all(setup, N_DATA_SETS, "chain")
    loss = np.array([share(a) - share(b) for a, b in zip(full, without, strict=True)])
    t = float(loss.mean() / (loss.std(ddof=1) / np.sqrt(len(loss))))
    print(f"  90 % intervals hold the truth less often than with process spread by {loss.mean():.3f} (t = {t:.1f}, {len(loss)} data sets)")
    with pytest.raises(AssertionError):
        agree(result)
    assert t > stats.t.ppf(0.99, len(loss) - 1), "leaving process spread out of the likelihood cost no coverage"


def share(found: Recovery) -> float:
    """Share of unknowns of one data set whose truth lies in the 90 % interval."""
    return float((np.abs(np.array(found.rank) - 0.5) < 0.45).mean())
