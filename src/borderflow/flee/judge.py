"""Scores of runs and of calibrated forecasts of an instance, as summaries: numbers by name, Flee's beside the baselines'."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from borderflow.flee import score
from borderflow.flee.arrays import Plan

Floats = NDArray[np.float64]


def of_runs(plan: Plan, counts: NDArray[Any]) -> dict[str, Any]:
    """Flee's own measures of runs (means over runs), and daily flows at rolling origins. counts: (n_runs, n_days, n_camps)."""
    data, days = plan.data.astype(float), score.report_days(plan.instance)
    measured = {"flee_error": _means(score.flee_errors(counts.astype(float), data, plan.raw.astype(float)))}
    origins = score.origins_of(plan.days)
    return measured | {"flows": _flows(plan, score.flow_scores([(t, counts) for t in origins], data, days), f"{len(origins)} rolling origins")}


def of_forecast(plan: Plan, until: int, samples: Floats, uncalibrated: NDArray[Any]) -> dict[str, Any]:
    """Flee's measures after day `until` of the uncalibrated runs, of the forecast's median and of the baselines; flows from that day."""
    data, raw, days, first = plan.data.astype(float), plan.raw.astype(float), score.report_days(plan.instance), until + 1
    reported = score.known(data, days, until)
    rivals = {
        "flee": uncalibrated.astype(float),
        "calibrated": middle(samples, data)[None],
        "frozen_shares": (data.sum(axis=1)[:, None] * reported.shares(data.sum(axis=1)))[None],
        "last_value": np.repeat(reported.level[None, None], len(data), axis=1),
    }
    found: dict[str, Any] = {f"error_after_{name}": _means(score.flee_errors(x, data, raw, first)) for name, x in rivals.items()}
    scores = score.flow_scores([(until, samples)], data, days)
    plain = score.flow_scores([(until, uncalibrated.astype(float))], data, days)
    return found | {"flows": _flows(plan, scores, f"day {until}") | {"wis_flee": plain.model * plan.instance.settings.hasten}}


def middle(samples: Floats, data: Floats) -> Floats:
    """Medians of camps, scaled to the total that is given, (n_days, n_camps)."""
    median = np.median(samples, axis=0)
    return np.asarray(median * np.divide(data.sum(axis=1), median.sum(axis=1), out=np.zeros(len(data)), where=median.sum(axis=1) > 0)[:, None])


def _means(errors: score.Errors) -> dict[str, float]:
    return {"total": float(errors.total.mean()), "relative": float(errors.relative.mean()), "rescaled": float(errors.rescaled.mean())}


def _flows(plan: Plan, scores: score.FlowScores, where: str) -> dict[str, Any]:
    """Mean WIS in persons a day."""
    persons = plan.instance.settings.hasten
    return {
        "n": scores.n,
        "from": where,
        "wis": scores.model * persons,
        "wis_frozen_shares": scores.frozen_shares * persons,
        "wis_last_value": scores.last_value * persons,
        "in50": scores.in50,
        "in90": scores.in90,
    }
