"""The posterior predictive of the shipped case: how it explains the claims it was fitted to, and how sharply.

A fit sees the claims that it predicts, so its bands hold more than they name; the test only objects when they hold significantly less.
Nothing here leaves a claim out: those outside the 90 % band are listed.
"""

from __future__ import annotations

import csv
import math
from collections import Counter

import numpy as np
import pytest
from scipy import stats
from shipped import run_folder

from borderflow.io.case import read_case

pytestmark = pytest.mark.verification

SHARP = 0.5
"""Largest admissible (q95 - q05) / q50 of a daily row."""
SHARP_PLACES = ("Georgia", "Finland (land border)", "Vaalimaa; Nuijamaa; Imatra (South-East Finland)")
LEVEL = 0.001
"""Probability of calling bands too narrow that hold what they name."""
Row = dict[str, str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    """claims_fit.csv of a run of the shipped case."""
    from synthetic import SHIPPED

    with (run_folder(read_case(SHIPPED).seed) / "claims_fit.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_bands_hold_the_used_claims(rows: list[Row]) -> None:
    print(f"\nclaims: {', '.join(f'{n} {status}' for status, n in Counter(r['status'] for r in rows).items())}")
    for why, n in Counter(r["why"] for r in rows if r["status"] == "unused").most_common():
        print(f"  unused {n:>3}: {why}")
    used = [r for r in rows if r["status"] == "used"]
    two_sided = [r for r in used if r["observed_low"] and r["observed_high"]]
    for level, low, high in ((0.5, "q25", "q75"), (0.9, "q05", "q95")):
        hits = sum(float(r[low]) <= middle(r) <= float(r[high]) for r in two_sided)
        ci = stats.binomtest(hits, len(two_sided)).proportion_ci(0.95)
        text = (
            f"{hits} of {len(two_sided)} used two-sided claims in their {level:.0%} band: {hits / len(two_sided):.2f} [{ci.low:.2f}, {ci.high:.2f}]"
        )
        print(text)
        assert stats.binomtest(hits, len(two_sided), level, alternative="less").pvalue > LEVEL, text
    bounds = [r for r in used if r not in two_sided]
    print(f"{len(bounds)} used bounds; expected to hold {sum(float(r['p_true']) for r in bounds):.1f}")
    outside = [r for r in two_sided if not float(r["q05"]) <= middle(r) <= float(r["q95"])]
    outside += [r for r in bounds if float(r["p_true"]) < 0.05]
    print(f"outside their 90 % band (bounds: probability below 5 %): {len(outside)}")
    for r in outside:
        said = f"{r['observed_low'] or '-'} to {r['observed_high'] or '-'}"
        print(f"  {r['claim_id']} {r.get('place', '')}, {r.get('quantity_kind', '')} {r.get('window_start', '')}: said {said}, "
              f"expected {float(r['q05']):.6g} to {float(r['q95']):.6g}; {r.get('source', '')}")  # fmt: skip


def test_daily_rows_are_sharp(rows: list[Row]) -> None:
    width = {}
    for r in rows:
        if (
            r["status"] == "used"
            and r["quantity_kind"] == "entries_per_day"
            and r["place"] in SHARP_PLACES
            and r["observed_low"]
            and r["observed_high"]
        ):
            width[f"{r['claim_id']} {r['place']} {r['window_start'][:10]}"] = (float(r["q95"]) - float(r["q05"])) / float(r["q50"])
    assert width, f"no daily rows of {', '.join(SHARP_PLACES)} in claims_fit.csv: {sorted({r['place'] for r in rows})}"
    widest = max(width, key=lambda k: width[k])
    print(f"\n(q95 - q05) / q50 of {len(width)} daily rows: median {np.median(list(width.values())):.2f}, largest {width[widest]:.2f} ({widest})")
    assert width[widest] <= SHARP, "\n".join(f"{k}: {v:.2f}" for k, v in width.items() if v > SHARP)


def middle(row: Row) -> float:
    """Midpoint of what a claim states, geometric where it is positive."""
    low, high = float(row["observed_low"]), float(row["observed_high"])
    return math.sqrt(low * high) if low > 0 else 0.5 * (low + high)
