"""What changed from one forecast to the next, and which claims did it: tables and a short page from two run folders."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from borderflow.errors import InputError, Problem
from borderflow.forecast.bridge import bridge
from borderflow.forecast.fit import reports
from borderflow.io.case import read_case
from borderflow.io.claims import read_claims
from borderflow.observe.operator import build_operator, scale_bound
from borderflow.observe.select import judge
from borderflow.publish import tables
from borderflow.publish.runfolder import Fit, RunFolder, Series, read_run
from borderflow.publish.store import read_draws, read_json, read_posterior
from borderflow.simulate.compile import compile_case

Floats = NDArray[np.float64]
CHANGE_COLUMNS = ("location", "target", "date", "then_q10", "then_q50", "then_q90", "now_q10", "now_q50", "now_q90", "change", "surprise")
CLAIM_COLUMNS = ("change", "claim_id", "status_then", "status_now", "low_then", "high_then", "low_now", "high_now")
PART_COLUMNS = ("location", "target", "date", "claim_id", "part")
TOTAL_COLUMNS = ("location", "target", "date", "then_mean", "now_mean", "change", "bridge", "reweighted", "rest")
LEAST_ESS = 50.0
"""Draws that reweighting must be worth to check the bridge."""
MARKER = "changes.csv"


@dataclass
class Comparison:
    """Two run folders and what was found between them."""

    then: RunFolder
    now: RunFolder
    changes: list[dict[str, Any]] = field(default_factory=list)
    claims: dict[str, list[str]] = field(default_factory=dict)
    """new, changed, withdrawn → claim ids"""
    parts: list[dict[str, Any]] = field(default_factory=list)
    totals: list[dict[str, Any]] = field(default_factory=list)
    ess: float | None = None
    n_draws: int = 0
    others: list[tuple[str, str, str]] = field(default_factory=list)
    """What else differs: name, before, after; before and after are empty for a file"""

    @property
    def thin(self) -> bool:
        """Whether reweighting is worth too little to check the bridge."""
        return self.ess is not None and self.ess < LEAST_ESS


def summary_of(found: Comparison) -> dict[str, Any]:
    """What a command prints of a comparison."""
    largest = sorted(found.changes, key=lambda c: c["surprise"])[:5]
    return {
        **{f"claims_{kind}": ids for kind, ids in found.claims.items()},
        "figures_compared": len(found.changes),
        "most_surprising": [{k: c[k] for k in ("location", "target", "date", "then_q50", "now_q50", "surprise")} for c in largest],
        "ess_of_reweighting": found.ess,
        "attribution": "none" if found.ess is None else "directions only" if found.thin else "checked by reweighting",
    }


def comparison_files(found: Comparison) -> dict[str, bytes]:
    """Name → content of the tables of a comparison."""
    return {
        MARKER: tables.dicts_to_csv(CHANGE_COLUMNS, found.changes),
        "claim_changes.csv": tables.dicts_to_csv(CLAIM_COLUMNS, claim_rows(found)),
        "attribution.csv": tables.dicts_to_csv(PART_COLUMNS, found.parts),
        "attribution_totals.csv": tables.dicts_to_csv(TOTAL_COLUMNS, found.totals),
    }


def compared(then: Path, now: Path) -> Comparison:
    """What changed between two run folders. Raises InputError where one is none, or where they are the wrong way round."""
    problems = [
        Problem(str(f), 0, "is not a run folder: it has no run.json with forecast.csv", "give a folder that `borderflow run` left")
        for f in (then, now)
        if not (f / "run.json").is_file() or not (f / "forecast.csv").is_file()
    ]
    if problems:
        raise InputError(problems)
    found = Comparison(read_run(then), read_run(now))
    a, b = found.then.reference, found.now.reference
    assert a is not None
    assert b is not None
    if a > b:
        what = f"is a forecast of {a}, later than {b} of the other"
        raise InputError([Problem(str(then), 0, what, "give the earlier forecast first")])
    found.claims = _claims_between(found.then, found.now)
    draws = {folder: read_draws(folder) for folder in (then, now)}
    found.changes = list(_changes(found, draws[then]))
    found.others = list(_others(found.then, found.now))
    _attribute(found, then, now, draws[then], draws[now])
    return found


# ---- claims ---------------------------------------------------------------------------------------------------------


def _claims_between(then: RunFolder, now: RunFolder) -> dict[str, list[str]]:
    """Ids of claims that came into use, are read otherwise, or went out of use."""
    old, new = ({f.row["claim_id"]: f for f in folder.fits} for folder in (then, now))
    came = [k for k, f in new.items() if f.status != "unused" and (k not in old or old[k].status == "unused")]
    went = [k for k, f in old.items() if f.status != "unused" and (k not in new or new[k].status == "unused")]
    other = [k for k, f in new.items() if f.status != "unused" and k in old and old[k].status != "unused" and _read(f) != _read(old[k])]
    return {"new": came, "changed": other, "withdrawn": went}


def _read(fit: Fit) -> tuple[Any, ...]:
    """What a claim is read as."""
    return fit.status, fit.low, fit.high, *(fit.row.get(k, "") for k in ("place", "quantity_kind", "window_start", "window_end"))


def claim_rows(found: Comparison) -> Iterator[dict[str, Any]]:
    """Rows of claim_changes.csv."""
    old, new = ({f.row["claim_id"]: f for f in folder.fits} for folder in (found.then, found.now))
    for kind, ids in found.claims.items():
        for name in ids:
            a, b = old.get(name), new.get(name)
            row: dict[str, Any] = {"change": kind, "claim_id": name}
            if a is not None:
                row |= {"status_then": a.status, "low_then": a.low, "high_then": a.high}
            if b is not None:
                row |= {"status_now": b.status, "low_now": b.low, "high_now": b.high}
            yield row


# ---- figures --------------------------------------------------------------------------------------------------------


def common_days(found: Comparison) -> list[date]:
    """Days that are shown: those of the later forecast that the earlier one reaches, and the last day of both."""
    assert found.then.reference is not None
    assert found.now.reference is not None
    ends = [f.reference + timedelta(days=max(f.horizons)) for f in (found.then, found.now) if f.horizons and f.reference]
    if len(ends) < 2:
        return []
    last = min(ends)
    days = [found.now.reference + timedelta(days=h) for h in found.now.shown_horizons()]
    days = [d for d in days if d <= last]
    return sorted({*days, last}) if last > found.now.reference else []


def _changes(found: Comparison, draws: dict[str, Any]) -> Iterator[dict[str, Any]]:
    a, b = found.then.reference, found.now.reference
    assert a is not None
    assert b is not None
    for series, fan in found.now.forecast.items():
        for day in common_days(found):
            before, after = found.then.forecast.get(series, {}).get((day - a).days), fan.get((day - b).days)
            if before is None or after is None:
                continue
            row: dict[str, Any] = {"location": series[0], "target": series[1], "date": day}
            row |= {f"then_q{q}": before[q / 100] for q in (10, 50, 90)} | {f"now_q{q}": after[q / 100] for q in (10, 50, 90)}
            x = _draws_of(draws, series, day)
            x = x[np.isfinite(x)]
            tail = min(float((x <= after[0.5]).mean()), float((x >= after[0.5]).mean())) if len(x) else 0.5
            yield row | {"change": after[0.5] - before[0.5], "surprise": min(1.0, 2.0 * tail)}


def _draws_of(draws: dict[str, Any], series: Series, day: date) -> Floats:
    """Draws (n,) of one figure."""
    i, j = list(draws["locations"]).index(series[0]), list(draws["targets"]).index(series[1])
    return np.asarray(draws["draws"][:, (day - date.fromisoformat(str(draws["first_day"]))).days, i, j], dtype=np.float64)


def _others(then: RunFolder, now: RunFolder) -> Iterator[tuple[str, str, str]]:
    """Versions, settings and files of the case that differ; claims.csv has its own list."""
    for key in ("version", "seed", "horizon", "policies"):
        if then.run.get(key) != now.run.get(key):
            yield key, json.dumps(then.run.get(key)), json.dumps(now.run.get(key))
    old, new = (folder.run.get("settings") or {} for folder in (then, now))
    for key in sorted(old.keys() | new.keys()):
        if old.get(key) != new.get(key):
            yield key, json.dumps(old.get(key)), json.dumps(new.get(key))
    before, after = (folder.run.get("inputs") or {} for folder in (then, now))
    for name in sorted(before.keys() | after.keys()):
        if name != "claims.csv" and before.get(name) != after.get(name):
            yield name, "", ""


# ---- attribution ----------------------------------------------------------------------------------------------------


def _attribute(found: Comparison, then: Path, now: Path, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Fills parts and totals: what the new claims do to the draws of the earlier forecast, against what the later one says."""
    run = read_json(then / "run.json", "as_of", "horizon", "seed")
    case = read_case(then / "case").model_copy(update={"as_of": date.fromisoformat(run["as_of"]), "horizon": run["horizon"]})
    path = now / "case" / "claims.csv"
    if not path.is_file():
        return
    model, saved = compile_case(case), read_posterior(then)
    wanted = {name for name in found.claims["new"] if any(f.row["claim_id"] == name and f.status == "used" for f in found.now.fits)}
    judged = [j for j in judge(read_claims(path, case).claims, model, date.max) if j.claim.claim_id in wanted and j.observable is not None]
    keys = [(c["location"], c["target"], c["date"]) for c in found.changes]
    if not judged or not keys:
        return
    operator = build_operator([j.observable for j in judged if j.observable], model, 1, recorded=old["recorded_rows"])
    values = operator.values(old["recorded"].astype(np.float64))
    centre, spread = reports(judged, operator, values, saved.sources, old["draw_of"], int(run["seed"]))
    low, high = (np.array([scale_bound(j.interval[k], j.observable) for j in judged if j.observable]) for k in (0, 1))
    before = np.stack([_filled(_draws_of(old, (loc, target), day)) for loc, target, day in keys], axis=1)
    result = bridge(centre, spread, low, high, before)
    found.ess, found.n_draws = result.ess, len(before)
    for i, (location, target, day) in enumerate(keys):
        here = {"location": location, "target": target, "date": day}
        found.parts += [here | {"claim_id": j.claim.claim_id, "part": float(p)} for j, p in zip(judged, result.parts[i], strict=True)]
        after = float(np.nanmean(_draws_of(new, (location, target), day)))
        mean = float(before[:, i].mean())
        moved = float(result.parts[i].sum())
        reweighted = float(before[:, i] @ result.weights) - mean
        found.totals.append(
            here
            | {"then_mean": mean, "now_mean": after, "change": after - mean, "bridge": moved, "reweighted": reweighted, "rest": after - mean - moved}
        )


def _filled(x: Floats) -> Floats:
    """Draws in which a figure is not defined take its mean: they say nothing of it."""
    return np.where(np.isfinite(x), x, np.nanmean(x) if np.isfinite(x).any() else 0.0)
