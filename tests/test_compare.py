"""The page of a real run and the comparison of two: a short calibration of the small case as known on two days."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from borderflow.cli.main import app
from borderflow.errors import InputError
from borderflow.publish import compare, run
from borderflow.publish.extras import extra_files
from borderflow.publish.page.compare import render_comparison
from borderflow.publish.report import render_report
from borderflow.publish.runfolder import Fit
from page_reader import check_numbers, read, untagged
from small_case import CASE, write_small_case
from test_run import _short, forecast_of, refused

__all__ = ["_short"]
POLICY = "Sweden asks for papers"


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Forecasts of the same case of 8 and of 9 March; tests must not change them."""
    folder = tmp_path_factory.mktemp("two")
    earlier = write_small_case(folder / "before", {"case.yaml": CASE.replace("as_of: 2030-03-09", "as_of: 2030-03-08")})
    later = write_small_case(folder / "after")
    return forecast_of(earlier, folder / "then"), forecast_of(later, folder / "now")


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


# ---- the page of a run ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_number_of_a_real_page_is_the_one_in_the_files(runs: tuple[Path, Path], tmp_path: Path, language: str):
    reader = read(render_report(runs[1], language))
    assert check_numbers(runs[1], reader, language) > 250
    assert any(r.startswith("case/claims.csv") for r, _, _ in reader.numbers)
    assert POLICY in reader.text


def test_the_map_shows_the_crossings_of_the_case(runs: tuple[Path, Path]):
    found = rows(runs[1] / "map.csv")
    assert {r["location"] for r in found if r["kind"] == "crossing"} == {"Fjellpass / Skogtull", "Elvebru / Jokisilta"}
    assert {r["kind"] for r in found} == {"crossing", "air"}
    by_forecast = {
        (r["location"], r["target"], r["horizon"]): float(r["value"]) for r in rows(runs[1] / "forecast.csv") if r["output_type_id"] == "0.5"
    }
    shared = [(r, by_forecast[key]) for r in found if (key := (r["location"], r["quantity"], r["horizon"])) in by_forecast]
    assert len(shared) > 5
    assert all(float(r["q50"]) == pytest.approx(v, rel=1e-4, abs=1e-4) for r, v in shared)


def test_drivers_name_unknowns_policies_and_swings(runs: tuple[Path, Path], tmp_path: Path):
    """24 members are too few to name drivers, so the small run has none; with the draws of the run repeated there are enough."""
    assert rows(runs[1] / "drivers.csv") == []
    folder = shutil.copytree(runs[1], tmp_path / "more")
    with np.load(folder / "draws.npz") as d:
        arrays = {k: np.concatenate([d[k]] * 3) if k in ("draws", "recorded", "draw_of") else d[k] for k in d.files}
    np.savez(folder / "draws.npz", **arrays)
    found = list(csv.DictReader(io.StringIO(extra_files(folder)["drivers.csv"].decode())))
    assert {r["kind"] for r in found} <= {"unknown", "decision", "swing", "rest"}
    for key in {(r["location"], r["target"]) for r in found}:
        assert sum(float(r["share"]) for r in found if (r["location"], r["target"]) == key) == pytest.approx(1.0, abs=1e-4)


def test_effects_are_paired_with_a_world_without_news(runs: tuple[Path, Path]):
    found = rows(runs[1] / "effects.csv")
    assert {r["scenario"] for r in found} == {POLICY}
    assert all(float(r["q10"]) <= float(r["q50"]) <= float(r["q90"]) for r in found)
    assert {r["q50"] for r in found if r["location"] == "Northern posts"} != {""}


# ---- comparison -----------------------------------------------------------------------------------------------------


def test_new_claims_and_changes_are_told(runs: tuple[Path, Path], tmp_path: Path):
    said = run.compare_runs(*runs, tmp_path / "out")
    names = {p.name for p in (tmp_path / "out").iterdir()}
    assert names == {"changes.csv", "claim_changes.csv", "attribution.csv", "attribution_totals.csv", "compare.html"}
    assert said["claims_new"] == ["C6", "C7"]  # those stated on the 9th
    assert said["claims_changed"] == said["claims_withdrawn"] == []
    assert {r["claim_id"] for r in rows(tmp_path / "out" / "claim_changes.csv")} == set(said["claims_new"])
    changes = rows(tmp_path / "out" / "changes.csv")
    assert said["figures_compared"] == len(changes) > 10
    now = {(r["location"], r["target"], r["target_end_date"]): r["value"] for r in rows(runs[1] / "forecast.csv") if r["output_type_id"] == "0.5"}
    assert all(r["now_q50"] == now[r["location"], r["target"], r["date"]] for r in changes)
    assert all(0 <= float(r["surprise"]) <= 1 for r in changes)
    assert max(r["date"] for r in changes) == "2030-03-15"  # the last day of the earlier forecast


def test_parts_and_rest_add_up(runs: tuple[Path, Path], tmp_path: Path):
    run.compare_runs(*runs, tmp_path / "out")
    parts = rows(tmp_path / "out" / "attribution.csv")
    totals = rows(tmp_path / "out" / "attribution_totals.csv")
    assert parts
    for t in totals:
        mine = [float(p["part"]) for p in parts if all(p[k] == t[k] for k in ("location", "target", "date"))]
        assert sum(mine) == pytest.approx(float(t["bridge"]), rel=1e-3, abs=1e-3)
        assert float(t["bridge"]) + float(t["rest"]) == pytest.approx(float(t["change"]), rel=1e-3, abs=1e-3)


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_page_of_a_comparison(runs: tuple[Path, Path], tmp_path: Path, language: str):
    run.compare_runs(*runs, tmp_path / "out", language)
    reader = read((tmp_path / "out" / "compare.html").read_text("utf-8"))
    assert check_numbers(tmp_path / "out", reader, language) > 60
    assert [t for t in untagged(reader) if t.strip() and not any(c.isalpha() for c in t)] == []
    assert not reader.tags & {"script", "img", "link", "iframe"}
    assert "C8" not in reader.text  # unused in both


def test_a_forecast_beside_itself(runs: tuple[Path, Path], tmp_path: Path):
    said = run.compare_runs(runs[1], runs[1], tmp_path / "out")
    assert said["claims_new"] == said["claims_changed"] == said["claims_withdrawn"] == []
    assert said["attribution"] == "none"
    assert {r["change"] for r in rows(tmp_path / "out" / "changes.csv")} == {"0"}
    assert "No new claim speaks" in (tmp_path / "out" / "compare.html").read_text("utf-8")


def test_the_same_folders_give_the_same_bytes(runs: tuple[Path, Path], tmp_path: Path):
    for name in "ab":
        run.compare_runs(*runs, tmp_path / name)
    for path in sorted((tmp_path / "a").iterdir()):
        assert path.read_bytes() == (tmp_path / "b" / path.name).read_bytes()


def test_changed_and_withdrawn_claims(runs: tuple[Path, Path], tmp_path: Path):
    found = compare.compared(*runs)
    then = [f for f in found.now.fits if f.status != "unused"]
    now = [then[0]._replace(low=1.0), *then[2:]]
    changed = found.now.__class__(**(vars(found.now) | {"fits": now}))
    before = found.now.__class__(**(vars(found.now) | {"fits": then}))
    names = compare._claims_between(before, changed)
    assert names == {"new": [], "changed": [then[0].row["claim_id"]], "withdrawn": [then[1].row["claim_id"]]}
    assert all(isinstance(f, Fit) for f in now)
    pair = compare.Comparison(before, changed, claims=names)
    text = read(render_comparison(pair)).text
    assert "1 changed, 1 were withdrawn" in text
    assert "→" in text


def test_what_is_no_run_or_the_wrong_way_round_is_refused(runs: tuple[Path, Path], tmp_path: Path):
    (tmp_path / "empty").mkdir()
    said = refused(lambda: run.compare_runs(tmp_path / "empty", tmp_path / "none", tmp_path / "out"))
    assert said.count("is not a run folder") == 2
    assert "give the earlier forecast first" in refused(lambda: run.compare_runs(runs[1], runs[0], tmp_path / "out"))
    assert not (tmp_path / "out").exists()
    with pytest.raises(InputError):
        run.compare_runs(runs[1], runs[0], tmp_path / "out")


def test_what_else_changed_is_told(runs: tuple[Path, Path]):
    found = compare.compared(*runs)
    assert ("case.yaml", "", "") in found.others
    assert found.then.reference == date(2030, 3, 8)


# ---- the commands ---------------------------------------------------------------------------------------------------


def test_compare_prints_json(runs: tuple[Path, Path], tmp_path: Path):
    result = CliRunner().invoke(app, ["compare", str(runs[0]), str(runs[1]), "--out", str(tmp_path / "out"), "--json", "--lang", "ru"])
    assert result.exit_code == 0
    said = json.loads(result.stdout)
    assert {"claims_new", "claims_changed", "claims_withdrawn", "most_surprising", "attribution"} <= said.keys()
    assert '<html lang="ru">' in (tmp_path / "out" / "compare.html").read_text("utf-8")


def test_an_unknown_language_is_bad_input(runs: tuple[Path, Path], tmp_path: Path):
    for args in (("compare", str(runs[0]), str(runs[1])), ("run", str(tmp_path))):
        assert CliRunner().invoke(app, [*args, "--out", str(tmp_path / "out"), "--lang", "xx"]).exit_code == 2
    assert not (tmp_path / "out").exists()
