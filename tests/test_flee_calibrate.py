"""Calibration of small instances: what is known is found again, nothing later is used, a forecast begins at the last reports."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from borderflow.cli.main import app
from borderflow.flee import calibrate as c
from borderflow.flee.arrays import compile_instance, retune
from borderflow.flee.engine import simulate
from borderflow.flee.page import page
from borderflow.flee.score import report_days
from flee_tiny import tiny

DAYS, UNTIL = 30, 20
PLACES = ["A,home,conflict,100000", "C,home,camp,0", "D,home,camp,0", "E,home,camp,0"]
ROUTES = ["A,C,100,0", "A,D,100,0", "A,E,100,0"]
TRUTH = {"C": 3.0, "D": 1.0, "E": 0.5}


def instance_of(folder: Path):
    """An instance whose data are a run with the attractiveness of TRUTH."""
    total = [300 * (t + 1) for t in range(DAYS)]
    first = tiny(folder, PLACES, ROUTES, days=DAYS, each_day=None, data={"C": total})
    counts = simulate(retune(compile_instance(first), TRUTH), 1, 3).counts[0]
    share = {name: counts[:, k].tolist() for k, name in enumerate("CDE")}
    return tiny(folder, PLACES, ROUTES, days=DAYS, each_day=None, data=share)


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory):
    return compile_instance(instance_of(tmp_path_factory.mktemp("flee")))


@pytest.fixture(scope="module")
def posterior(plan):
    return c.calibrate(plan, report_days(plan.instance), UNTIL, seed=1, members=64)


def test_attractiveness_is_found_again(posterior) -> None:
    """Up to a common factor; drawn towards 1, so that the order and half of the distance are asked for."""
    log = np.log(posterior.values[:, :3]).mean(axis=0)
    assert log[0] - log[1] > 0.5 * np.log(3.0)
    assert log[1] - log[2] > 0.5 * np.log(2.0)


def test_members_begin_at_the_own_settings(plan, posterior) -> None:
    s = plan.instance.settings
    own = dict(zip(posterior.names, posterior.first_guess, strict=True))
    assert own["attractiveness of C"] == 1.0
    assert own["softening"] == pytest.approx(s.softening)
    assert own["default_movechance"] == pytest.approx(s.default_movechance)
    assert "camp_movechance" not in own  # at an end of its range: 0


def test_nothing_after_until_is_used(plan, posterior) -> None:
    later = plan.data.copy()
    later[UNTIL + 1 :] = later[UNTIL + 1 :, ::-1]
    again = c.calibrate(replace(plan, data=later), report_days(plan.instance), UNTIL, seed=1, members=64)
    assert np.array_equal(again.z, posterior.z)


def test_a_forecast_begins_at_the_last_reports_and_keeps_the_total(plan, posterior) -> None:
    samples = c.forecast(plan, posterior, report_days(plan.instance), seed=1)
    data = plan.data.astype(float)
    assert samples.shape == (64, DAYS, 3)
    assert np.allclose(samples[:, UNTIL], data[UNTIL])
    assert np.allclose(samples.sum(axis=2)[:, UNTIL:], data.sum(axis=1)[UNTIL:])
    middle = np.median(samples, axis=0)
    assert np.abs(middle[-1] - data[-1]).sum() < 0.1 * data[-1].sum()


def test_no_reports_is_an_error(plan) -> None:
    with pytest.raises(ValueError, match="no camp has a report"):
        c.calibrate(plan, [[], [], []], UNTIL, seed=1)


def test_the_page_shows_every_camp(plan) -> None:
    counts = simulate(plan, 8, 1).counts.astype(float)
    text = page(plan, counts, None, ["eight <runs>"])
    assert text.count("<figure>") == 3
    assert "eight &lt;runs&gt;" in text
    assert "http" not in text.replace("http://www.w3.org", "")


def test_the_command_writes_forecast_posterior_and_page(tmp_path: Path) -> None:
    instance_of(tmp_path / "case")
    out, shown = tmp_path / "f.csv", tmp_path / "f.html"
    args = ["flee", str(tmp_path / "case"), "--calibrate", "--until", str(UNTIL), "--out", str(out), "--page", str(shown), "--json"]
    result = CliRunner().invoke(app, args)
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout.splitlines()[-1])
    assert summary["error_after_calibrated"]["relative"] < summary["error_after_flee"]["relative"]
    assert len(out.read_text().splitlines()) == 1 + 3 * (DAYS - UNTIL - 1)
    assert (tmp_path / "f-posterior.csv").is_file()
    assert shown.is_file()


@pytest.mark.parametrize("until", [[], ["--until", "29"], ["--until", "400"]])
def test_calibrating_needs_a_day_inside(tmp_path: Path, until: list[str]) -> None:
    instance_of(tmp_path / "case")
    result = CliRunner().invoke(app, ["flee", str(tmp_path / "case"), "--calibrate", *until, "--out", str(tmp_path / "f.csv")])
    assert result.exit_code == 2
    assert not (tmp_path / "f.csv").exists()


def test_scores_of_the_command(tmp_path: Path) -> None:
    instance_of(tmp_path / "case")
    result = CliRunner().invoke(app, ["flee", str(tmp_path / "case"), "--score", "--out", str(tmp_path / "o.csv"), "--json"])
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout.splitlines()[-1])
    assert set(summary["flee_error"]) == {"total", "relative", "rescaled"}
    assert summary["runs_scored"] == 100
