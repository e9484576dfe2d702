"""The commands' work on the small case, with a calibration that is far too short to be good: what is written, when, and whether it repeats."""

from __future__ import annotations

import csv
import functools
import io
import json
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numba
import numpy as np
import pytest

from borderflow.calibrate.calibrate import Settings
from borderflow.errors import InputError
from borderflow.forecast.scores import QUANTILES
from borderflow.publish import run, store
from small_case import CASE, CLAIMS, changed, write_small_case

SHORT = functools.partial(
    Settings, particles=48, start_members=32, plans=1, process_runs=16, least_sweeps=2, most_sweeps=3, window=1, least_ess=1.0
)  # fmt: skip
AS_OF, HORIZON, DAYS = date(2030, 3, 9), 7, 9
SERIES = [
    ("Fjellpass / Skogtull", "entries"), ("Fjellpass / Skogtull", "exits"), ("Fjellpass / Skogtull", "queue_vehicles"),
    ("Fjellpass / Skogtull", "wait_hours_car"), ("Elvebru / Jokisilta", "entries"), ("Sweden", "entries"), ("Sweden", "exits"), ("Sweden", "stock"),
    ("Northern posts", "entries"),
]  # fmt: skip
CALIBRATION = {"posterior.csv", "posterior.npz", "claims_fit.csv", "diagnostics.json", "run.json"}
FORECAST = {"forecast.csv", "scenarios.csv", "differences.csv", "exceedance.csv", "history.csv", "draws.npz", "conservation.csv", "report.html"}
FORECAST |= {"map.csv", "drivers.csv", "contradictions.csv", "planning.csv", "effects.csv"}
SCORES = [
    "claim_id", "status", "why", "observed_low", "observed_high", "q025", "q10", "q25", "q50", "q75", "q90", "q975", "pit", "p_true",
    "in50", "in80", "in95", "crps", "wis", "wis_last_value", "wis_weekly_naive", "wis_decay_fit", "wis_queue_at_constant_rate",
]  # fmt: skip
POLICY = "Sweden asks for papers"


def quiet(stage: str, done: int, total: int) -> None:
    """Progress that nobody looks at."""


@pytest.fixture(autouse=True, scope="module")
def _short() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "Settings", SHORT)
        patch.setattr(run, "MEMBERS", 24)
        yield


def forecast_of(folder: Path, out: Path, seed: int | None = None) -> Path:
    run.run_case(folder, out, seed=seed, progress=quiet)
    return out


def calibration_of(folder: Path, out: Path, *, seed: int | None = None, until: date | None = None, resume: bool = False) -> Path:
    run.calibrate_case(folder, out, seed=seed, until=until, resume=resume, progress=quiet)
    return out


def from_posterior(folder: Path, out: Path, posterior: Path, *policies: str, horizon: int | None = None, seed: int | None = None) -> Path:
    run.forecast_case(folder, out, posterior=posterior, policies=list(policies), horizon=horizon, seed=seed, progress=quiet)
    return out


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_case(tmp_path_factory.mktemp("cases") / "small")


@pytest.fixture(scope="module")
def done(case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of `run`; tests must not change it."""
    return forecast_of(case, tmp_path_factory.mktemp("done") / "out")


@pytest.fixture(scope="module")
def fitted(case: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of `calibrate`; tests must not change it."""
    return calibration_of(case, tmp_path_factory.mktemp("fitted") / "out")


def files(folder: Path) -> dict[str, bytes]:
    """Every file of a folder by its name in it; of run.json all but the line of the wall time."""
    found = {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
    lines = found.get("run.json", b"").splitlines()
    if lines:
        found["run.json"] = b"\n".join(line for line in lines if b'"wall_seconds"' not in line)
    return found


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8"))))


def header(path: Path) -> list[str]:
    return path.read_text("utf-8").split("\n", 1)[0].split(",")


def refused(work: Callable[[], Any]) -> str:
    with pytest.raises(InputError) as error:
        work()
    return str(error.value)


# ---- what is written ------------------------------------------------------------------------------------------------


def test_run_leaves_the_files_of_the_contract(case: Path, done: Path):
    assert {n for n in files(done) if "/" not in n} == CALIBRATION | FORECAST
    assert {n.partition("/")[0] for n in files(done) if "/" in n} == {"case", "charts"}
    assert {n for n in files(done) if n.startswith("case/")} == {f"case/{p.name}" for p in case.iterdir()}
    assert all((done / "case" / p.name).read_bytes() == p.read_bytes() for p in case.iterdir())
    assert [p.name for p in done.parent.iterdir()] == ["out"]


def test_the_files_have_the_columns_of_the_contract(done: Path):
    hub = ["reference_date", "target", "horizon", "location", "target_end_date", "output_type", "output_type_id", "value"]
    assert header(done / "forecast.csv") == hub
    assert header(done / "scenarios.csv") == ["scenario", *hub]
    assert header(done / "differences.csv") == ["scenario", *hub]
    fit = ["claim_id", "status", "why", "observed_low", "observed_high", "q025", "q05", "q25", "q50", "q75", "q95", "q975", "pit", "p_true"]
    assert header(done / "claims_fit.csv")[: len(fit)] == fit
    assert header(done / "posterior.csv") == ["draw", "weight", "leaving", "pool", "sweden_appeal", "car_capacity"]
    assert sum(float(r["weight"]) for r in rows(done / "posterior.csv")) == pytest.approx(1, abs=1e-4)


def test_the_forecast_is_in_hub_form(done: Path):
    found: dict[tuple[str, str, int], list[dict[str, str]]] = {}
    for r in rows(done / "forecast.csv"):
        assert (r["reference_date"], r["output_type"]) == ("2030-03-09", "quantile")
        assert r["target_end_date"] == (AS_OF + timedelta(days=int(r["horizon"]))).isoformat()
        found.setdefault((r["location"], r["target"], int(r["horizon"])), []).append(r)
    assert set(found) == {(*s, h) for s in SERIES for h in range(1, HORIZON + 1)}
    for group in found.values():
        assert [float(r["output_type_id"]) for r in group] == list(QUANTILES)
        values = [float(r["value"]) for r in group]
        assert len(values) == 23
        assert values == sorted(values)


def test_scenarios_are_the_policies_and_nothing_new(done: Path):
    for name in ("scenarios.csv", "differences.csv"):
        assert list(dict.fromkeys(r["scenario"] for r in rows(done / name))) == ["nothing new happens", POLICY]


def test_every_claim_has_a_row_with_its_fate(done: Path):
    found = {r["claim_id"]: r for r in rows(done / "claims_fit.csv")}
    assert [f"C{i}" for i in range(1, 9)] == list(found)
    assert {k: r["status"] for k, r in found.items()} == {**dict.fromkeys(found, "used"), "C7": "checked", "C8": "unused"}
    assert "C3" in found["C7"]["why"]
    assert found["C8"]["why"]
    assert (found["C5"]["pit"], found["C5"]["observed_high"]) == ("", "")
    assert 0 <= float(found["C5"]["p_true"]) <= 1
    assert (found["C1"]["p_true"], found["C8"]["q50"]) == ("", "")
    assert 0 <= float(found["C1"]["pit"]) <= 1


def test_nobody_is_lost(done: Path):
    found = rows(done / "conservation.csv")
    assert len(found) == DAYS + HORIZON
    assert all(abs(float(r["gap"])) < 1e-6 for r in found)
    assert len({r["everyone"] for r in found}) == 1
    assert float(found[0]["everyone"]) > 0


def test_a_probability_of_any_day_never_falls(done: Path):
    found = rows(done / "exceedance.csv")
    assert [r["date"] for r in found] == [(AS_OF + timedelta(days=h)).isoformat() for h in range(1, HORIZON + 1)]
    by_then = [float(r["probability_by_then"]) for r in found]
    assert by_then == sorted(by_then)
    assert all(float(r["probability"]) <= float(r["probability_by_then"]) <= 1 for r in found)


def test_provenance_is_complete(case: Path, done: Path):
    said = json.loads((done / "run.json").read_text("utf-8"))
    assert {"version", "seed", "inputs", "settings", "wall_seconds", "title", "as_of", "horizon"} <= said.keys()
    assert (said["seed"], said["as_of"], said["horizon"]) == (11, "2030-03-09", HORIZON)
    assert said["inputs"] == store.digests(case)
    diagnostics = json.loads((done / "diagnostics.json").read_text("utf-8"))
    assert diagnostics["good"] is False
    assert diagnostics["why"]
    assert diagnostics["what_to_do"]
    assert diagnostics["claims"]["used"] == 6
    assert "Do not rely on these figures yet" in (done / "report.html").read_text("utf-8")


def test_draws_cover_every_series(done: Path):
    with np.load(done / "draws.npz") as d:
        assert d["draws"].shape == (24, DAYS + HORIZON, 4, 5)
        i, j = list(d["locations"]).index("Sweden"), list(d["targets"]).index("entries")
        median = np.median(d["draws"][:, DAYS, i, j])
    wanted = [
        r for r in rows(done / "forecast.csv") if (r["location"], r["target"], r["horizon"], r["output_type_id"]) == ("Sweden", "entries", "1", "0.5")
    ]
    assert float(wanted[0]["value"]) == pytest.approx(float(median), rel=1e-4)


# ---- the same seed gives the same bytes -----------------------------------------------------------------------------


@pytest.mark.parametrize("threads", [1, 2])
def test_the_same_seed_gives_the_same_bytes(case: Path, done: Path, tmp_path: Path, threads: int):
    before = numba.get_num_threads()
    numba.set_num_threads(min(threads, numba.config.NUMBA_NUM_THREADS))
    try:
        assert files(forecast_of(case, tmp_path / "out")) == files(done)
    finally:
        numba.set_num_threads(before)


def test_another_seed_gives_other_figures(case: Path, done: Path, tmp_path: Path):
    first, second = files(done), files(forecast_of(case, tmp_path / "out", seed=12))
    assert {n for n in first if first[n] == second[n]} & {"forecast.csv", "posterior.csv", "claims_fit.csv", "scenarios.csv"} == set()
    assert b'"seed": 12,' in second["run.json"]


def test_a_claim_stated_after_as_of_never_reaches_the_calibration(case: Path, done: Path, tmp_path: Path):
    late = (
        CLAIMS.splitlines(keepends=True)[1]
        .replace("C1,2030-03-03,2030-03-02,2030-03-02", "L1,2030-03-10,2030-03-08,2030-03-08")
        .replace("690", "9000")
    )
    other = write_small_case(tmp_path / "small", {"claims.csv": CLAIMS + late})
    found = files(forecast_of(other, tmp_path / "out"))
    same = ("posterior.csv", "posterior.npz", "forecast.csv", "scenarios.csv", "draws.npz")
    assert [n for n in same if found[n] != files(done)[n]] == []
    row = rows(tmp_path / "out" / "claims_fit.csv")[-1]
    assert (row["claim_id"], row["status"], row["why"]) == ("L1", "unused", "stated after 2030-03-09")


def test_until_is_as_good_as_another_as_of(tmp_path: Path):
    early = calibration_of(write_small_case(tmp_path / "a", changed("case.yaml", "as_of: 2030-03-09", "as_of: 2030-03-07")), tmp_path / "early")
    until = calibration_of(write_small_case(tmp_path / "b"), tmp_path / "until", until=date(2030, 3, 7))
    for name in ("posterior.csv", "posterior.npz", "claims_fit.csv", "diagnostics.json"):
        assert files(early)[name] == files(until)[name]
    assert json.loads((until / "run.json").read_text())["as_of"] == "2030-03-07"
    ahead = rows(from_posterior(tmp_path / "b", tmp_path / "ahead", until) / "forecast.csv")
    assert {r["reference_date"] for r in ahead} == {"2030-03-07"}


def test_until_before_the_start_is_refused(case: Path, tmp_path: Path):
    assert "before the case's start" in refused(lambda: calibration_of(case, tmp_path / "out", until=date(2030, 2, 1)))
    assert list(tmp_path.iterdir()) == []


# ---- all or nothing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("step", ["predict", "calibrate", "write_page", "learn_sources"])
def test_what_goes_wrong_in_the_middle_leaves_the_old_result(
    case: Path, done: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException], step: str
):
    for name, data in files(done).items():
        (tmp_path / "out" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "out" / name).write_bytes(data)

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise error

    monkeypatch.setattr(run, step, fail)
    with pytest.raises(error):
        forecast_of(case, tmp_path / "out", seed=99)
    with pytest.raises(error):
        forecast_of(case, tmp_path / "new", seed=99)
    assert files(tmp_path / "out") == files(done)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_folder_of_other_files_is_never_replaced(case: Path, tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("years of work")
    (tmp_path / "runs.csv").write_text("not ours alone")
    before = files(tmp_path)
    for work in (forecast_of, calibration_of):
        assert "was not written by borderflow" in refused(lambda work=work: work(case, tmp_path))
    assert files(tmp_path) == before


def test_the_commands_may_share_one_folder(case: Path, tmp_path: Path):
    """Without --out all of them write to out/<case>."""
    out = tmp_path / "out"
    simulated(case, out)
    calibration_of(case, out)
    from_posterior(case, out, out)
    assert set(files(out)) >= CALIBRATION | FORECAST
    simulated(case, out)
    forecast_of(case, out)
    assert {n for n in files(out) if "/" not in n} == CALIBRATION | FORECAST


# ---- interrupted and resumed ----------------------------------------------------------------------------------------


def interrupt(case: Path, out: Path, saves: int) -> None:
    """A calibration that is interrupted after some of its checkpoints."""
    left = [saves]

    def save(*args: Any) -> None:
        store.save_state(*args)
        left[0] -= 1
        if left[0] == 0:
            raise KeyboardInterrupt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "save_state", save)
        with pytest.raises(KeyboardInterrupt):
            calibration_of(case, out)
    assert left == [0]
    assert not out.exists()


@pytest.mark.parametrize("saves", [1, 2, 3, 4])
def test_a_resumed_calibration_gives_the_same_bytes(case: Path, fitted: Path, tmp_path: Path, saves: int):
    interrupt(case, tmp_path / "out", saves)
    assert [p.name for p in tmp_path.iterdir()] == [".out.checkpoint.npz"]
    assert files(calibration_of(case, tmp_path / "out", resume=True)) == files(fitted)
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize(
    "change",
    [
        changed("claims.csv", ",690,690,", ",700,700,"),
        changed("priors.yaml", "[3000, 0.6]", "[3000, 0.7]"),
        changed("case.yaml", "seed: 11", "seed: 12"),
    ],
)
def test_a_changed_case_is_not_resumed(tmp_path: Path, change: dict[str, str]):
    interrupt(write_small_case(tmp_path / "small"), tmp_path / "out", 2)
    write_small_case(tmp_path / "small", change)
    assert "belongs to another case, seed or version; leave --resume out" in refused(
        lambda: calibration_of(tmp_path / "small", tmp_path / "out", resume=True)
    )
    assert sorted(p.name for p in tmp_path.iterdir()) == [".out.checkpoint.npz", "small"]


def test_nothing_to_resume_and_a_broken_checkpoint(case: Path, tmp_path: Path):
    assert "there is no interrupted calibration to resume" in refused(lambda: calibration_of(case, tmp_path / "out", resume=True))
    for broken in (b"", b"PK\x03\x04 cut off", b"text", store.to_npz({"z": np.zeros(3)})):
        (tmp_path / ".out.checkpoint.npz").write_bytes(broken)
        assert "cannot be read" in refused(lambda: calibration_of(case, tmp_path / "out", resume=True))


# ---- forecast -------------------------------------------------------------------------------------------------------


def test_a_forecast_from_a_posterior_is_that_of_run(case: Path, done: Path, fitted: Path, tmp_path: Path):
    found = files(from_posterior(case, tmp_path / "out", fitted))
    assert [n for n in files(done) if found.get(n) != files(done)[n] and n not in ("run.json", "report.html")] == []
    assert set(found) == set(files(done))


def test_a_policy_takes_effect_for_certain(case: Path, fitted: Path, tmp_path: Path):
    out = from_posterior(case, tmp_path / "out", fitted, POLICY)
    headline = {tuple(r[k] for k in ("location", "target", "horizon", "output_type_id")): r["value"] for r in rows(out / "forecast.csv")}
    alone = {
        tuple(r[k] for k in ("location", "target", "horizon", "output_type_id")): r["value"]
        for r in rows(out / "scenarios.csv")
        if r["scenario"] == POLICY
    }
    assert headline == alone
    assert {float(r["value"]) for r in rows(out / "differences.csv") if r["scenario"] == POLICY} == {0.0}
    assert json.loads((out / "run.json").read_text())["policies"] == [POLICY]


def test_an_unknown_policy_is_refused_with_the_nearest_name(case: Path, fitted: Path, tmp_path: Path):
    for work in (
        lambda: from_posterior(case, tmp_path / "out", fitted, "Sweden asks for paper"),
        lambda: simulated(case, tmp_path / "out", policies=["Sweden asks for paper"]),
    ):
        said = refused(work)
        assert "unknown policy 'Sweden asks for paper'" in said
        assert POLICY in said.replace("'Sweden asks for paper'", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("horizon", [1, 3, 12])
def test_another_horizon(case: Path, done: Path, fitted: Path, tmp_path: Path, horizon: int):
    out = from_posterior(case, tmp_path / "out", fitted, horizon=horizon)
    found = rows(out / "forecast.csv")
    assert sorted({int(r["horizon"]) for r in found}) == list(range(1, horizon + 1))
    assert json.loads((out / "run.json").read_text())["horizon"] == horizon
    both = [r for r in rows(done / "forecast.csv") if int(r["horizon"]) <= horizon]
    assert [r for r in found if int(r["horizon"]) <= HORIZON] == both


def test_a_posterior_of_another_case_or_a_broken_one_is_refused(fitted: Path, tmp_path: Path):
    one = write_small_case(tmp_path / "small", changed("priors.yaml", "name: leaving", "name: going"))
    assert "the unknowns of the posterior are not those of the case" in refused(lambda: from_posterior(one, tmp_path / "out", fitted))
    assert "posterior.npz: does not exist" in refused(lambda: from_posterior(one, tmp_path / "out", tmp_path))
    for broken in (b"", b"PK\x03\x04 cut off", store.to_npz({"z": np.zeros(3)})):
        (tmp_path / "posterior.npz").write_bytes(broken)
        assert "cannot be read" in refused(lambda: from_posterior(one, tmp_path / "out", tmp_path))
    assert not (tmp_path / "out").exists()


# ---- simulate -------------------------------------------------------------------------------------------------------


def simulated(case: Path, out: Path | None, **options: Any) -> dict[str, Any]:
    given = {"runs": 3, "engine": "chain", "scale": 1.0, "sets": {}, "policies": [], "seed": None} | options
    return run.simulate_case(case, out, **given, progress=quiet)


def values(out: Path, target: str = "entries", location: str = "Sweden") -> np.ndarray:
    """(n_runs, n_days)"""
    found = [r for r in rows(out / "runs.csv") if (r["target"], r["location"]) == (target, location)]
    return np.array([float(r["value"]) for r in found]).reshape(-1, DAYS + HORIZON)


@pytest.mark.parametrize("engine", ["chain", "mean"])
def test_simulate_leaves_runs(case: Path, tmp_path: Path, engine: str):
    summary = simulated(case, tmp_path / "out", engine=engine)
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["runs.csv"]
    assert header(tmp_path / "out" / "runs.csv") == ["run", "target", "location", "date", "value"]
    found = rows(tmp_path / "out" / "runs.csv")
    assert {(r["location"], r["target"]) for r in found} == set(SERIES)
    assert [r["run"] for r in found if (r["location"], r["target"], r["date"]) == ("Sweden", "stock", "2030-03-16")] == ["0", "1", "2"]
    assert len(found) == 3 * len(SERIES) * (DAYS + HORIZON)
    assert (summary["runs"], summary["days"]) == (3, DAYS + HORIZON)
    assert summary["people"] > 12000
    assert summary["seconds_per_run"] > 0
    if engine == "chain":
        halves = 2 * values(tmp_path / "out")  # parties of 2, 2.5 and 2.5 people
        assert (halves == np.round(halves)).all()


def test_runs_do_not_depend_on_their_number_and_repeat(case: Path, tmp_path: Path):
    for name, runs in (("a", 3), ("b", 3), ("c", 35)):
        simulated(case, tmp_path / name, runs=runs)
    assert (tmp_path / "a" / "runs.csv").read_bytes() == (tmp_path / "b" / "runs.csv").read_bytes()
    assert (values(tmp_path / "c")[:3] == values(tmp_path / "a")).all()
    assert len({v.tobytes() for v in values(tmp_path / "c")}) == 35
    simulated(case, tmp_path / "d", seed=5)
    assert (values(tmp_path / "d") != values(tmp_path / "a")).any()


def test_settings_and_scale(case: Path, tmp_path: Path):
    plain = simulated(case, tmp_path / "a", engine="mean", runs=1)
    double = simulated(case, tmp_path / "b", engine="mean", runs=1, scale=2.0)
    nobody = simulated(case, tmp_path / "c", engine="mean", runs=1, sets={"pool": 0.0, "entries_per_day[*]": 0.0})
    # the pool is a whole number of parties
    assert double["people"] == pytest.approx(2 * plain["people"], rel=1e-6)
    np.testing.assert_allclose(values(tmp_path / "b"), 2 * values(tmp_path / "a"), rtol=0.02)
    assert nobody["people"] < plain["people"]
    assert values(tmp_path / "c").sum() == 0


def test_a_policy_changes_what_comes_after_it(case: Path, tmp_path: Path):
    simulated(case, tmp_path / "a")
    simulated(case, tmp_path / "b", policies=[POLICY])
    a, b = values(tmp_path / "a"), values(tmp_path / "b")
    assert (a[:, :DAYS] == b[:, :DAYS]).all()
    assert b[:, DAYS + 4 :].sum() < a[:, DAYS + 4 :].sum()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"sets": {"pol": 3.0, "capacity[Nowhere; car]": 1.0}}, ["attribute 'pol'", "did you mean 'pool'", "capacity[Nowhere; car]"]),
        ({"sets": {"put_off": 7.0}}, ["attribute 'put_off' value 7 must be between 0 and 1"]),
        ({"engine": "agents", "scale": 1e4}, ["agents would follow", "parties one by one", "use the chain"]),
    ],
)
def test_simulate_refuses(case: Path, tmp_path: Path, options: dict[str, Any], said: list[str]):
    message = refused(lambda: simulated(case, tmp_path / "out", **options))
    assert [s for s in said if s not in message] == []
    assert list(tmp_path.iterdir()) == []


# ---- score ----------------------------------------------------------------------------------------------------------

STATED_LATER = """\
C3,2030-03-07,2030-03-06,2030-03-06,entries_per_day,1600,1600,,people/day,flow,entries,,citizens,Sweden,Sweden,SE,Border Service,invented,,high,,,,ab
S1,2030-03-11,2030-03-10,2030-03-10,entries_per_day,1500,1500,,people/day,flow,entries,,citizens,Sweden,Sweden,SE,Border Service,invented,,high,,,,
S2,2030-03-12,2030-03-11,2030-03-11,entries_per_day,1400,1450,,people/day,flow,entries,,citizens,Sweden,Sweden,SE,Border Service,invented,,high,,,,
S3,2030-03-12,2030-03-11T18:00,2030-03-11T18:00,vehicles_queued,300,,more than,vehicles,queue,exits_from_NO,car,all,The Pass,Fjellpass / Skogtull,NO;SE,police,invented,,medium,,,,
S4,2030-03-13,2030-03-11,2030-03-11,entries_per_day,1400,1400,,people/day,flow,entries,,citizens,Sweden,Sweden,SE,a newspaper,invented,,low,,,S2,
S5,2030-03-12,2030-03-11,,ticket_price,900,900,,EUR,price,,air,,Storby to Hofn,Storby-Hofn,IS,a newspaper,invented,,low,,,,
S6,2030-04-20,2030-04-19,2030-04-19,entries_per_day,1400,1400,,people/day,flow,entries,,citizens,Sweden,Sweden,SE,Border Service,invented,,low,,,,
S7,2030-03-13,2030-03-12T12:00,2030-03-12T12:00,vehicles_queued,300,500,,vehicles,queue,exits_from_NO,car,all,The Pass,Fjellpass / Skogtull,NO;SE,police,invented,,medium,,,,
"""  # noqa: E501


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("later") / "later.csv"
    path.write_text(CLAIMS.splitlines(keepends=True)[0] + STATED_LATER, "utf-8")
    return path


def test_score_has_the_columns_of_the_contract(done: Path, later: Path, tmp_path: Path):
    before = files(done)
    summary = run.score_run(done, later, tmp_path)
    assert files(done) == before
    assert header(tmp_path / "scores.csv") == SCORES
    found = {r["claim_id"]: r for r in rows(tmp_path / "scores.csv")}
    assert list(found) == ["C3", "S1", "S2", "S3", "S4", "S5", "S6", "S7"]
    assert {k for k, r in found.items() if r["status"] == "scored"} == {"S1", "S2", "S3", "S7"}
    assert {r["status"] for r in found.values()} == {"scored", "unused"}
    assert found["C3"]["why"] == "known to the calibration"
    assert "S2" in found["S4"]["why"]
    assert all(found[k]["why"] for k in ("S5", "S6"))
    one = found["S3"]
    assert 0 <= float(one["p_true"]) <= 1
    assert (one["observed_low"], one["observed_high"]) == ("300", "")
    assert [k for k in ("pit", "in50", "in80", "in95", "crps", "wis", "wis_last_value") if one[k]] == []
    for k in ("S1", "S2", "S7"):
        assert [c for c in ("q025", "q50", "q975", "pit", "in50", "in80", "in95", "crps", "wis") if not found[k][c]] == []
        assert found[k]["p_true"] == ""
    assert found["S1"]["wis_last_value"]
    assert (summary["scored"], summary["unused"], summary["two_sided"]) == (4, 4, 3)
    assert {"coverage_50", "coverage_80", "coverage_95", "skill_against_last_value"} <= summary.keys()


def test_score_repeats_and_takes_a_seed(done: Path, later: Path, tmp_path: Path):
    for name, seed in (("a", None), ("b", 11), ("c", 5)):
        run.score_run(done, later, tmp_path / name, seed)
    scores = {n: (tmp_path / n / "scores.csv").read_bytes() for n in "abc"}
    assert scores["a"] == scores["b"] != scores["c"]


def test_score_needs_a_forecast(fitted: Path, done: Path, later: Path, tmp_path: Path):
    assert "draws.npz: does not exist" in refused(lambda: run.score_run(fitted, later, tmp_path))
    for name in ("draws.npz", "posterior.npz"):
        (tmp_path / name).write_bytes((done / name).read_bytes())
    assert "run.json: does not exist" in refused(lambda: run.score_run(tmp_path, later, None))


def test_score_of_nothing_new(done: Path, case: Path, tmp_path: Path):
    summary = run.score_run(done, case / "claims.csv", tmp_path)
    assert (summary["scored"], summary["unused"], summary["two_sided"]) == (0, 8, 0)


# ---- cases that leave things out ------------------------------------------------------------------------------------


def test_without_claims_the_forecast_is_that_of_the_priors(tmp_path: Path):
    out = forecast_of(write_small_case(tmp_path / "small", {"claims.csv": None}), tmp_path / "out")
    assert {n for n in files(out) if "/" not in n} == CALIBRATION | FORECAST
    assert rows(out / "claims_fit.csv") == []
    assert len(rows(out / "posterior.csv")) == 48
    assert {(r["location"], r["target"]) for r in rows(out / "forecast.csv")} == set(SERIES)
    assert files(from_posterior(tmp_path / "small", tmp_path / "again", out))["forecast.csv"] == files(out)["forecast.csv"]


def without(text: str, *blocks: str) -> str:
    """case.yaml without some of its blocks."""
    parts = text.split("\n\n")
    kept = [p for p in parts if not p.startswith(blocks)]
    assert len(parts) - len(kept) == len(blocks)
    return "\n\n".join(kept)


def test_ordinary_traffic_alone(tmp_path: Path):
    """No groups, no shocks, no policies, no priors: a quiet border."""
    gone = dict.fromkeys(("shocks.yaml", "policies.yaml", "priors.yaml"), None)
    quiet_case = write_small_case(tmp_path / "small", {**gone, "case.yaml": without(CASE, "groups:", "onward:")})
    out = forecast_of(quiet_case, tmp_path / "out")
    assert {n for n in files(out) if "/" not in n} == CALIBRATION | FORECAST
    assert all(abs(float(r["gap"])) < 1e-9 for r in rows(out / "conservation.csv"))
    entries = [
        float(r["value"]) for r in rows(out / "forecast.csv") if (r["location"], r["target"], r["output_type_id"]) == ("Sweden", "entries", "0.5")
    ]
    assert all(400 < v < 900 for v in entries)
    assert simulated(quiet_case, tmp_path / "runs")["people"] == (600 + 620) * (DAYS + HORIZON)


def test_a_case_without_series_or_crossings(tmp_path: Path):
    """Only the air portal is left: valid, and every file is there."""
    bare = without(CASE, "ordinary:", "regions:", "forecast:", "thresholds:")
    folder = write_small_case(tmp_path / "small", {"case.yaml": bare, "claims.csv": None})
    out = forecast_of(folder, tmp_path / "out")
    assert {n for n in files(out) if "/" not in n} == CALIBRATION | FORECAST
    assert rows(out / "forecast.csv") == []


def test_every_problem_of_the_case_is_told_and_nothing_written(tmp_path: Path):
    bad = write_small_case(tmp_path / "small", {"places.csv": "name,kind\nx,castle\n", "claims.csv": "claim_id\n1\n"})
    for work in (forecast_of, calibration_of, simulated):
        assert "places.csv" in refused(lambda work=work: work(bad, tmp_path / "out"))
    assert [p.name for p in tmp_path.iterdir()] == ["small"]


def test_warm_up_compiles():
    stages: list[str] = []
    summary = run.warm_up(lambda stage, done, total: stages.append(stage))
    assert summary["compiled"] is True
    assert set(stages) == {"compiling"}
