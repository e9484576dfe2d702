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
from borderflow.flee.score import Known, report_days
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
    assert samples.shape == (4 * 64, DAYS, 3)
    assert np.allclose(samples[:, UNTIL], data[UNTIL])
    assert np.allclose(samples.sum(axis=2)[:, UNTIL:], data.sum(axis=1)[UNTIL:])
    middle = np.median(samples, axis=0)
    assert np.abs(middle[-1] - data[-1]).sum() < 0.1 * data[-1].sum()


def test_errors_of_flows_follow_the_flow_of_all(monkeypatch) -> None:
    """None up to the origin; a day's is the share of the camp of what comes on an average day around it, and lasts."""
    monkeypatch.setattr(c, "LEVEL_NOISE", 0.0)
    total, reported = np.arange(200) * 40.0, Known(np.array([10.0, 30.0]), np.array([0, 0]))
    noise = c.flow_noise(np.array([0.1, 0.0]), reported, total, 4000, 60, np.random.default_rng(1))
    assert not noise[:, :61].any()
    assert not noise[:, :, 1].any()
    assert noise[:, 61, 0].std() == pytest.approx(4.0, rel=0.05)
    assert 0.9 * 10.0 * 4.0 < (noise[:, 71, 0] - noise[:, 61, 0]).std() < 10.0 * 4.0


def test_camps_without_anybody_yet_are_left_to_the_simulation() -> None:
    """30 of 100 go to the new camp by simulation; the others share 70 as the view has it, 3 to 1."""
    reported = Known(np.array([60.0, 20.0, 0.0]), np.array([0, 0, 0]))
    view, simulated = np.array([[75.0, 25.0, 0.0]]), np.array([[50.0, 20.0, 30.0]])
    assert c.with_newcomers(view, simulated, reported, np.array([100.0])) == pytest.approx(np.array([[52.5, 17.5, 30.0]]))


def test_changes_are_counted_from_the_report_of_each_camp() -> None:
    """Camp 1 reported 10 on day 0, camp 2 reported 5 on day 1; by simulation they gain 4 and 2 since then: 14 and 7 of 21, scaled to 42."""
    counts = np.array([[[1.0, 9.0], [3.0, 10.0], [5.0, 12.0]]])
    out = c.from_last_reports(counts, Known(np.array([10.0, 5.0]), np.array([0, 1])), np.array([15.0, 20.0, 42.0]))
    assert out[0, 2] == pytest.approx([28.0, 14.0])


def test_plain_views_by_hand() -> None:
    """30 and 10 of 40 on day 1, before that 10 and 10; on day 2 there are 60: shares 45 and 15, newcomers all to the first, 50 and 10."""
    total = np.array([20.0, 40.0, 60.0])
    now, before = Known(np.array([30.0, 10.0]), np.array([1, 1])), Known(np.array([10.0, 10.0]), np.array([0, 0]))
    frozen, lately = c.shared_out(now, before, total)
    assert frozen[2] == pytest.approx([45.0, 15.0])
    assert lately[2] == pytest.approx([50.0, 10.0])


def test_no_reports_is_an_error(plan) -> None:
    with pytest.raises(ValueError, match="no camp has a report"):
        c.calibrate(plan, [[], [], []], UNTIL, seed=1)


def test_the_page_shows_every_camp(plan) -> None:
    counts = simulate(plan, 8, 1).counts.astype(float)
    text = page(plan, counts, None, ["eight <runs>"])
    assert text.count("<figure>") == 3
    assert "eight &lt;runs&gt;" in text
    assert "http" not in text.replace("http://www.w3.org", "").replace("http-equiv", "")
    assert "default-src 'none'" in text
    assert all(name in text for name in plan.camps)


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
