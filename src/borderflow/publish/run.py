"""The commands' work: read, calibrate, forecast, and write the contract's files, all or nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from borderflow import __version__
from borderflow.calibrate.calibrate import Posterior, Settings, calibrate
from borderflow.calibrate.diagnostics import diagnose
from borderflow.calibrate.unknowns import attributes_of, fixed_base, limits_of, unknowns_of, values_of
from borderflow.errors import InputError, Problem
from borderflow.evidence.claim import Claim
from borderflow.forecast.baselines import baseline_quantiles
from borderflow.forecast.fit import fit_row, learn_sources, said
from borderflow.forecast.forecast import NOTHING_NEW, Forecast, predict
from borderflow.forecast.scores import QUANTILES, coverage, interval_midpoint, score_row, skill, wis
from borderflow.forecast.targets import Reader
from borderflow.io.case import inspect_case, read_case
from borderflow.io.claims import read_claims
from borderflow.io.write import atomic_directory, atomic_write
from borderflow.observe.likelihood import Evidence, build_evidence
from borderflow.observe.operator import build_operator
from borderflow.observe.select import Judged, judge
from borderflow.publish import tables
from borderflow.publish.compare import MARKER as COMPARISON
from borderflow.publish.compare import compared, comparison_files, summary_of
from borderflow.publish.extras import extra_files
from borderflow.publish.page.compare import render_comparison
from borderflow.publish.report import write_page
from borderflow.publish.runfolder import shown_horizons
from borderflow.publish.store import (
    Saved,
    digests,
    draws_file,
    load_state,
    posterior_file,
    read_draws,
    read_json,
    read_posterior,
    save_state,
)
from borderflow.publish.tiny import tiny_case, tiny_claims
from borderflow.simulate.agents import n_parties
from borderflow.simulate.compile import Model, compile_case
from borderflow.simulate.run import dated_changes, run_agents, run_chain, run_mean
from borderflow.simulate.series import COMPARTMENTS
from borderflow.world.model import Case
from borderflow.world.names import Locations, expand, locations_of, nearest, parse_reference

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
BINS_PER_DAY = 4
"""Resolution of claims in a calibration: quarters of a day."""
MOST_AGENTS = 2_000_000
"""Parties that the agents engine follows in one run at most."""
SECONDS_AN_AGENT = 2e-5
"""What one party costs the agents engine, about."""
MEMBERS = 360
"""Posterior draws that are run through the chain for predictions."""
MARKER = "run.json"
LONE = frozenset({"runs.csv", "scores.csv", "check.json"})
"""Files that simulate, score and check leave in --out, without a run.json beside them."""


def run_case(
    folder: Path, out: Path, *, seed: int | None, progress: Progress, ledger: dict[str, Any] | None = None, language: str = "en"
) -> dict[str, Any]:
    """The main job: calibrate on claims stated up to as_of, forecast, publish. Returns a summary.

    ledger: where claims came from, for run.json.
    """
    began = time.perf_counter()
    case, claims = _read(folder)
    seed = case.seed if seed is None else seed
    with atomic_directory(out, marker=_marker_of(out)) as work:
        fitted = _calibrated(case, claims, seed, None, progress)
        _write_calibration(work, folder, fitted, seed)
        forecast = _forecast(case, fitted.saved, seed, None, None, progress)
        _write_forecast(work, case, forecast, fitted.saved)
        extra = {"claims": fitted.diagnostics["claims"], **({"ledger": ledger} if ledger else {})}
        summary = _finish(work, folder, case, fitted.diagnostics, seed, began, extra, language)
    return {"out": out, "report": out / "report.html", **summary}


def calibrate_case(folder: Path, out: Path, *, seed: int | None, until: date | None, resume: bool, progress: Progress) -> dict[str, Any]:
    """Fits the unknowns; leaves posterior, diagnostics and the fit of every claim. Returns a summary."""
    began = time.perf_counter()
    case, claims = _read(folder)
    if until is not None:
        if until < case.start:
            raise InputError([Problem("--until", 0, f"{until} is before the case's start {case.start}", "give a later day")])
        case = case.model_copy(update={"as_of": until})
    seed = case.seed if seed is None else seed
    checkpoint = out.resolve().parent / f".{out.resolve().name}.checkpoint.npz"
    key = hashlib.sha256(json.dumps([__version__, seed, str(until), _plain(Settings()), digests(folder)], default=str).encode()).hexdigest()
    with atomic_directory(out, marker=_marker_of(out)) as work:
        fitted = _calibrated(case, claims, seed, (checkpoint, key, resume), progress)
        _write_calibration(work, folder, fitted, seed)
        summary = _finish(work, folder, case, fitted.diagnostics, seed, began, {"claims": fitted.diagnostics["claims"]}, None)
    checkpoint.unlink(missing_ok=True)
    return {"out": out, **summary}


def forecast_case(
    folder: Path,
    out: Path,
    *,
    posterior: Path,
    policies: list[str],
    horizon: int | None,
    seed: int | None,
    progress: Progress,
    language: str = "en",
) -> dict[str, Any]:
    """Forecasts from a posterior; with policies, those take effect for certain in the headline. Returns a summary."""
    began = time.perf_counter()
    case, _ = _read(folder)
    _known_policies(case, policies)
    saved = read_posterior(posterior)
    before = read_json(posterior / "diagnostics.json")
    case = case.model_copy(update={"as_of": date.fromisoformat(read_json(posterior / MARKER, "as_of")["as_of"])})
    if horizon is not None:
        case = case.model_copy(update={"horizon": horizon})
    if saved.names != tuple(u.name for u in unknowns_of(compile_case(case))):
        raise InputError([Problem(str(posterior), 0, "the unknowns of the posterior are not those of the case", "calibrate this case again")])
    seed = case.seed if seed is None else seed
    kept = {n: (posterior / n).read_bytes() for n in ("posterior.csv", "posterior.npz", "claims_fit.csv") if (posterior / n).is_file()}
    with atomic_directory(out, marker=_marker_of(out)) as work:
        for name, data in kept.items():
            (work / name).write_bytes(data)
        forecast = _forecast(case, saved, seed, policies or None, horizon, progress)
        _write_forecast(work, case, forecast, saved)
        _copy_case(folder, work)
        summary = _finish(work, folder, case, before, seed, began, {"policies": policies} if policies else {}, language)
    return {"out": out, "report": out / "report.html", **summary}


def simulate_case(
    folder: Path, out: Path | None, *, runs: int, engine: str, scale: float, sets: dict[str, float], policies: list[str], seed: int | None,
    progress: Progress,
) -> dict[str, Any]:  # fmt: skip
    """Runs the simulation from the attributes as the case gives them; leaves runs.csv. Returns a summary."""
    case, _ = _read(folder)
    _known_policies(case, policies)
    if engine not in ("chain", "mean", "agents"):
        raise InputError([Problem("--engine", 0, f"engine '{engine}' is not in this version", "choose chain, mean or agents")])
    seed = case.seed if seed is None else seed
    model = compile_case(case)
    base = _with_settings(model, sets, scale)
    if engine == "agents":
        _small_enough(n_parties(model, base))
    reader = Reader(model)
    values, seconds = np.empty((runs, len(reader.series), model.n_days)), 0.0
    batch = 1 if engine == "agents" else 32  # so that a slow engine shows how far it is
    for first in range(0, runs, batch):
        numbers = np.arange(first, min(first + batch, runs), dtype=np.int64)
        a = np.repeat(base[None], len(numbers), axis=0)
        changes = dated_changes(model, a, seed, numbers, {p: np.ones(len(numbers), dtype=bool) for p in policies})
        began = time.perf_counter()
        if engine == "mean":
            recorded = run_mean(model, a, reader.operator, seed, changes)
        elif engine == "agents":
            recorded, _ = run_agents(model, a, reader.operator, seed, numbers, changes)
        else:
            recorded, _ = run_chain(model, a, reader.operator, seed, numbers, changes)
        seconds += time.perf_counter() - began
        values[first : first + len(numbers)] = reader(recorded)
        progress("simulation", first + len(numbers), runs)
    rows = (
        (r, s.target, s.location, case.start + timedelta(days=d), float(values[r, i, d]))
        for r in range(runs)
        for i, s in enumerate(reader.series)
        for d in range(model.n_days)
    )
    if out is not None:
        atomic_write(out / "runs.csv", tables.to_csv(("run", "target", "location", "date", "value"), rows))
    ordinary = sum(base[model.slots[name, (b.name,)]] for b in case.ordinary for name in ("entries_per_day", "exits_per_day"))
    people = float(base[model.slots["pool", ()]] if case.groups else 0.0) + float(ordinary) * model.n_days
    return {
        "out": out,
        "engine": engine,
        "runs": runs,
        "people": round(people),
        "days": model.n_days,
        "seconds_per_run": seconds / runs,
        "seed": seed,
    }


def _small_enough(parties: float) -> None:
    """Raises InputError where a run of agents would follow too many parties, with an estimate of its time."""
    if parties > MOST_AGENTS:
        minutes = parties * SECONDS_AN_AGENT / 60.0
        raise InputError(
            [
                Problem(
                    "--engine", 0, f"agents would follow {parties:,.0f} parties one by one, about {minutes:,.0f} minutes a run",
                    f"use the chain, which has the same distribution, or --scale {MOST_AGENTS / parties:.1g} for at most {MOST_AGENTS:,.0f} parties",
                )
            ]
        )  # fmt: skip


def score_run(run_dir: Path, against: Path, out: Path | None, seed: int | None = None) -> dict[str, Any]:
    """Scores the forecast of a run folder against claims that it did not know; leaves scores.csv. Returns coverage and skill."""
    draws, saved = read_draws(run_dir), read_posterior(run_dir)
    settled = read_json(run_dir / MARKER, "as_of", "horizon", "seed")
    case = read_case(run_dir / "case").model_copy(update={"as_of": date.fromisoformat(settled["as_of"]), "horizon": settled["horizon"]})
    known = {c.claim_id: c for c in _claims(run_dir / "case", case) if c.as_of.date() <= case.as_of}
    later = read_claims(against, case).claims
    model = compile_case(case)
    judged = [_judge_later(j, known) for j in judge(later, model, date.max)]
    expressed = [j for j in judged if j.status == "used"]
    operator = build_operator([j.observable for j in expressed if j.observable], model, 1, recorded=draws["recorded_rows"])
    values = operator.values(draws["recorded"].astype(np.float64))
    samples = said(expressed, operator, values, saved.sources, draws["draw_of"], settled["seed"] if seed is None else seed)
    rows, pairs = [], {name: ([], []) for name in ("last_value", "weekly_naive", "decay_fit", "queue_at_constant_rate")}  # type: ignore[var-annotated]
    scored = []
    at = 0
    for item in judged:
        row: dict[str, Any] = {"claim_id": item.claim.claim_id, "status": "unused", "why": item.why}
        if item.status == "used":
            low, high = item.interval
            result = score_row(samples[:, at], None if low == -np.inf else low, None if high == np.inf else high)
            row |= {"status": "scored", "why": "", **result._asdict()}
            at += 1
            if result.wis is not None:
                scored.append((result, samples[:, at - 1]))
                _baselines(item.claim, list(known.values()), case, result, samples[:, at - 1], row, pairs)
        rows.append(row)
    atomic_write((out or run_dir) / "scores.csv", tables.scores_rows(rows))
    summary: dict[str, Any] = {"scores": (out or run_dir) / "scores.csv", "scored": len(expressed), "unused": len(rows) - len(expressed)}
    cover = coverage([r for r, _ in scored])
    summary["two_sided"] = cover.n
    if cover.n:
        summary |= {"coverage_50": cover.in50, "coverage_80": cover.in80, "coverage_95": cover.in95}
    for name, (model_q, base_q) in pairs.items():
        if model_q:
            y = np.array([v for _, v in model_q])
            ratio = skill(np.stack([q for q, _ in model_q]), base_q, y.tolist())
            summary[f"skill_against_{name}"] = ratio._asdict()
    return summary


def compare_runs(then: Path, now: Path, out: Path, language: str = "en") -> dict[str, Any]:
    """Compares two run folders; leaves changes.csv, claim_changes.csv, attribution*.csv and compare.html. Returns a summary."""
    found = compared(then, now)
    with atomic_directory(out, marker=COMPARISON) as work:
        for name, data in comparison_files(found).items():
            (work / name).write_bytes(data)
        (work / "compare.html").write_text(render_comparison(found, language), "utf-8")
    return {"out": out, "page": out / "compare.html", **summary_of(found)}


def warm_up(progress: Progress) -> dict[str, Any]:
    """Compiles every kernel into the cache by running a very small case once."""
    began = time.perf_counter()
    case, claims = tiny_case(), tiny_claims()
    small = Settings(particles=32, start_members=24, start_steps=2, plans=1, process_runs=8, least_sweeps=2, most_sweeps=2, window=1, least_ess=1.0)
    quiet: Progress = lambda stage, done, total: None  # noqa: E731
    progress("compiling", 0, 3)
    fitted = _calibrated(case, claims, 1, None, quiet, small)
    progress("compiling", 2, 3)
    _fit_rows(fitted, 1)
    _forecast(case, fitted.saved, 1, None, None, quiet)
    progress("compiling", 3, 3)
    return {"compiled": True, "seconds": round(time.perf_counter() - began, 2)}


# ---- reading ---------------------------------------------------------------------------------------------------------


def _read(folder: Path) -> tuple[Case, list[Claim]]:
    """Case and claims of a folder; raises InputError with every problem."""
    found = inspect_case(folder)
    if found.problems:
        raise InputError(found.problems)
    case = read_case(folder)
    return case, _claims(folder, case)


def _claims(folder: Path, case: Case) -> list[Claim]:
    path = folder / "claims.csv"
    return list(read_claims(path, case).claims) if path.is_file() else []


def _marker_of(out: Path) -> str:
    """The file by which a folder is known as ours, so that it may be replaced; all commands may share one --out."""
    names = {p.name for p in out.iterdir()} if out.is_dir() else set()
    return min(names) if names and names <= LONE else MARKER


def _known_policies(case: Case, policies: list[str]) -> None:
    names = [p.name for p in case.policies]
    wrong = [p for p in policies if p not in names]
    if wrong:
        raise InputError([Problem("--policy", 0, f"unknown policy '{p}'", nearest(p, names)) for p in wrong])


def _with_settings(model: Model, sets: dict[str, float], scale: float) -> Floats:
    """The attribute vector with --set and --scale applied."""
    base = fixed_base(model)
    problems = []
    for name, value in sets.items():
        try:
            slots = [model.slots[key] for key in expand(parse_reference(name), model.case) if key in model.slots]
            if not slots:
                raise ValueError("matches nothing in the case")
            low, high = (limit[slots] for limit in limits_of(model))
            if not ((value >= low) & (value <= high)).all():
                raise ValueError(f"value {value:g} must be between {low.max():g} and {high.min():g}")
            base[slots] = value
        except ValueError as error:
            known = sorted({key[0] for key in model.slots})
            problems.append(Problem("--set", 0, f"attribute '{name}' {error}", nearest(name.split("[")[0], known)))
    if problems:
        raise InputError(problems)
    if scale != 1.0:
        scaled = {
            "pool",
            "leaving_per_day",
            "capacity",
            "entries_per_day",
            "exits_per_day",
            "initial_stock",
            "entry_capacity",
            "room",
            "booths",
            "reception_cap",
        }
        for (name, _), slot in model.slots.items():
            if name in scaled and base[slot] < 1e9:
                base[slot] = min(base[slot] * scale, 1e12)
    return base


# ---- calibration ----------------------------------------------------------------------------------------------------


class Fitted:
    """A calibration with what is written of it."""

    def __init__(
        self, case: Case, model: Model, judged: list[Judged], evidence: Evidence, posterior: Posterior, seed: int, settings: Settings
    ) -> None:
        self.case, self.model, self.judged, self.posterior = case, model, judged, posterior
        self.diagnostics = diagnose(posterior, settings)
        self.sources = learn_sources(evidence, posterior.process, posterior.x, posterior.w, seed)
        self.names = tuple(u.name for u in posterior.unknowns)
        self.saved = Saved(self.names, posterior.z, self.sources, float(str(self.diagnostics["ess"])))
        self.counts = {s: sum(j.status == s for j in judged) for s in ("used", "checked", "unused")}
        self.settings = settings


def _calibrated(
    case: Case, claims: list[Claim], seed: int, checkpoint: tuple[Path, str, bool] | None, progress: Progress, settings: Settings | None = None
) -> Fitted:
    settings = settings or Settings()
    model = compile_case(case, (case.as_of - case.start).days + 1, policies=False)
    judged = judge(claims, model, case.as_of)
    evidence = build_evidence(judged, model, BINS_PER_DAY)
    state, save = None, None
    if checkpoint is not None:
        path, key, resume = checkpoint
        state = load_state(path, key) if resume else None
        save = lambda s: save_state(path, s, key)  # noqa: E731
    posterior = calibrate(model, evidence, seed, settings, progress, state, save)
    return Fitted(case, model, judged, evidence, posterior, seed, settings)


def members_of(n_draws: int) -> NDArray[np.int64]:
    """Which posterior draws are run through the chain: evenly spread over all, in an order that any first part shares."""
    chosen = np.linspace(0, n_draws - 1, min(MEMBERS, n_draws)).astype(np.int64)
    order = np.argsort((np.arange(len(chosen)) * 0.6180339887498949) % 1.0, kind="stable")
    return chosen[order]


def _fit_rows(fitted: Fitted, seed: int) -> list[dict[str, Any]]:
    """Rows of claims_fit.csv: chain runs at posterior draws, said by the sources."""
    predicted = [j for j in fitted.judged if j.status != "unused" and j.observable is not None]
    samples = np.zeros((0, 0))
    if predicted:
        draws = members_of(len(fitted.posterior.z))
        operator = build_operator([j.observable for j in predicted if j.observable], fitted.model, BINS_PER_DAY)
        a = attributes_of(fixed_base(fitted.model), unknowns_of(fitted.model), fitted.posterior.z[draws], limits_of(fitted.model))
        out, _ = run_chain(fitted.model, a, operator, seed, np.arange(len(draws), dtype=np.int64))
        samples = said(predicted, operator, operator.values(out), fitted.sources, draws, seed)
    place = {j.claim.claim_id: i for i, j in enumerate(predicted)}
    rows = []
    locations = locations_of(fitted.case)
    for item in fitted.judged:
        i = place.get(item.claim.claim_id)
        row = fit_row(item, None if i is None else samples[:, i])
        rows.append(row | _described(item, fitted.case, locations))
    return rows


def _described(item: Judged, case: Case, locations: Locations) -> dict[str, Any]:
    """What the page needs of a claim beyond the contract's columns."""
    c = item.claim
    end = c.window_end
    if end is not None and end.hour == end.minute == 0:
        end_text: Any = (end - timedelta(days=1)).date()
    else:
        end_text = end
    start: Any = c.window_start.date() if c.window_start is not None and c.window_start.hour == c.window_start.minute == 0 else c.window_start
    location, target = _series_of(item, case, locations)
    return {
        "source": c.source, "quantity_kind": c.quantity_kind, "place": c.place, "window_start": start, "window_end": end_text,
        "quote": c.quote or c.note,
        "reference": c.reference, "direction": c.direction, "mode": c.mode, "who": c.who, "unit": c.unit, "flow": c.flow,
        "location": location, "target": target,
    }  # fmt: skip


def _series_of(item: Judged, case: Case, locations: Locations) -> tuple[str, str]:
    """The forecast series that a claim can be drawn on: same place, same quantity, a day or a rate."""
    o = item.observable
    if o is None or (o.bottom and o.what != "wait") or o.spread > 0:
        return "", ""
    c = item.claim
    if o.what == "people":
        if not (c.flow in ("rate", "flow") or c.quantity_kind.endswith("_per_day")) or o.scale == "signed" or c.mode == "air":
            return "", ""
        target = "exits" if c.direction in ("exits", "returns") else "entries" if c.direction != "both" else ""
    elif o.what == "queue":
        target = "queue_people" if c.quantity_kind == "people_waiting" else "queue_vehicles"
    elif o.what == "wait" and c.quantity_kind == "waiting_time":
        target = "wait_hours_foot" if c.mode == "foot" else "wait_hours_car"
    elif o.what == "stock":
        target = "stock"
    else:
        return "", ""
    where = locations.resolve(c.place)
    for t in case.forecast:
        if where is not None and locations.resolve(t.location) == where and target in t.targets:
            if o.what == "people" and (c.who == "all") != (t.who == "all"):
                continue
            return t.location, target
    return "", ""


def _write_calibration(work: Path, folder: Path, fitted: Fitted, seed: int) -> None:
    p = fitted.posterior
    (work / "posterior.csv").write_bytes(tables.posterior_rows(list(fitted.names), values_of(list(p.unknowns), p.z)))
    (work / "posterior.npz").write_bytes(posterior_file(fitted.names, p.z, fitted.sources, fitted.saved.ess))
    rows = _fit_rows(fitted, seed)
    (work / "claims_fit.csv").write_bytes(tables.claims_fit_rows(rows))
    fitted.diagnostics["claims"] = fitted.counts | _coverage_of(rows)
    _copy_case(folder, work)


def _coverage_of(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """How many used two-sided claims lie in their 50 and 90 % predictive bands."""
    pits = [r["pit"] for r in rows if r["status"] == "used" and r.get("pit") is not None]
    return {
        "used_two_sided": len(pits),
        "in_50": sum(0.25 <= p <= 0.75 for p in pits),
        "in_90": sum(0.05 <= p <= 0.95 for p in pits),
    }


def _copy_case(folder: Path, work: Path) -> None:
    (work / "case").mkdir(exist_ok=True)
    for name in digests(folder):
        shutil.copyfile(folder / name, work / "case" / name)


# ---- forecast -------------------------------------------------------------------------------------------------------


def _forecast(
    case: Case, saved: Saved, seed: int, policies: list[str] | None, horizon: int | None, progress: Progress
) -> tuple[Model, Forecast, Any]:
    model = compile_case(case if horizon is None else case.model_copy(update={"horizon": horizon}))
    draws = members_of(len(saved.z))
    return model, predict(model, saved.z[draws], seed, policies, True, progress), draws


def _write_forecast(work: Path, case: Case, made: tuple[Model, Forecast, Any], saved: Saved) -> None:
    model, forecast, draws = made
    today = (case.as_of - case.start).days + 1
    keys = [(s.location, s.target) for s in forecast.series]

    def ahead(values: Floats) -> dict[tuple[str, str], Floats]:
        return {key: values[:, i, today:] for i, key in enumerate(keys)}

    headline = ahead(forecast.headline)
    alone = {name: ahead(v) for name, v in forecast.scenarios.items()}
    first = {key: v[: len(next(iter(forecast.scenarios.values())))] for key, v in headline.items()} if alone else {}
    thresholds = [(t.location, t.target, t.above) for t in case.thresholds]
    history = {key: forecast.headline[:, i, :today] for i, key in enumerate(keys)}
    (work / "forecast.csv").write_bytes(tables.forecast_rows(case.as_of, headline))
    (work / "scenarios.csv").write_bytes(tables.scenario_rows(case.as_of, alone))
    (work / "differences.csv").write_bytes(tables.difference_rows(case.as_of, alone, first))
    if NOTHING_NEW in alone:
        shown = shown_horizons(list(range(1, model.n_days - today + 1)))
        policies = {name: v for name, v in alone.items() if name != NOTHING_NEW}
        (work / "effects.csv").write_bytes(tables.effect_rows(case.as_of, policies, alone[NOTHING_NEW], shown))
    (work / "exceedance.csv").write_bytes(tables.exceedance_rows(case.as_of, thresholds, headline))
    (work / "history.csv").write_bytes(tables.history_rows(case.start, history))
    (work / "draws.npz").write_bytes(draws_file(model, forecast, draws))
    everyone = np.full(len(forecast.people), forecast.people_total)
    parts = {name: forecast.people[:, i] for i, name in enumerate(COMPARTMENTS)}
    (work / "conservation.csv").write_bytes(tables.conservation_rows(case.start, parts, everyone))


def _finish(
    work: Path, folder: Path, case: Case, diagnostics: dict[str, Any], seed: int, began: float, more: dict[str, Any],
    language: str | None,
) -> dict[str, Any]:  # fmt: skip
    """Writes diagnostics, provenance and, in a language, the page; returns the summary."""
    (work / "diagnostics.json").write_text(json.dumps(diagnostics, indent=1, ensure_ascii=False) + "\n", "utf-8")
    run = {
        "title": case.title, "as_of": case.as_of.isoformat(), "horizon": case.horizon, "version": __version__, "seed": seed,
        "inputs": digests(folder), "settings": {"members": MEMBERS, **_plain(Settings())}, **more,
    }  # fmt: skip
    (work / MARKER).write_text(json.dumps(run, indent=1, ensure_ascii=False) + "\n", "utf-8")
    if language is not None:
        for name, data in extra_files(work).items():
            (work / name).write_bytes(data)
        write_page(work, language)
    seconds = round(time.perf_counter() - began, 2)
    # the only line of a result that two equal runs do not share
    (work / MARKER).write_text(json.dumps(run | {"wall_seconds": seconds}, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return {"good": diagnostics.get("good"), "why": diagnostics.get("why"), "ess": diagnostics.get("ess"), "seconds": seconds, "seed": seed, **more}


def _plain(settings: Settings) -> dict[str, Any]:
    return dict(vars(settings))


# ---- scores ---------------------------------------------------------------------------------------------------------


def _judge_later(item: Judged, known: dict[str, Claim]) -> Judged:
    """A claim is scored unless the calibration knew it or it restates another."""
    mine = known.get(item.claim.claim_id)
    if item.status == "unused" or item.observable is None:
        return item
    if mine is not None and (mine.value_low, mine.value_high, mine.as_of) == (item.claim.value_low, item.claim.value_high, item.claim.as_of):
        return replace(item, status="unused", why="known to the calibration")
    return item if item.status == "used" else replace(item, status="unused")


def _baselines(claim: Claim, known: list[Claim], case: Case, result: Any, samples: Floats, row: dict[str, Any], pairs: dict[str, Any]) -> None:
    """Adds the WIS of each baseline that can speak to a row, and the pair to the skill."""
    y = interval_midpoint(result.observed_low, result.observed_high)
    mine = np.quantile(samples, QUANTILES)
    for name, quantiles in baseline_quantiles(claim, known, case.as_of, case.start).items():
        if quantiles is not None:
            row[f"wis_{name}"] = float(wis(quantiles, QUANTILES, y))
            pairs[name][0].append((mine, y))
            pairs[name][1].append(quantiles)
