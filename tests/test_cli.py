"""The command line: what is passed on, what is printed where, and which status comes back.

The functions behind the commands are replaced by recorders here; tests of the rooms below judge what they do.
"""

from __future__ import annotations

import json
import subprocess
import sys
import types
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from borderflow import __version__
from borderflow.cli import main as cli
from borderflow.cli import screen
from borderflow.errors import InputError, Problem

COMMANDS = ["run", "check", "simulate", "calibrate", "forecast", "score", "compare", "warm", "schema"]
Result = tuple[int, str, str]


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Callable[..., Result]:
    """Run `borderflow ARGS` in an empty folder that holds the folder `case`; gives status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "case").mkdir()

    def run(*args: str) -> Result:
        monkeypatch.setattr(sys, "argv", ["borderflow", *args])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        printed = capsys.readouterr()
        return ended.value.code if isinstance(ended.value.code, int) else 0, printed.out, printed.err

    return run


@pytest.fixture
def behind(monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Replace one function of a module behind the command line; what it was called with comes back in a dictionary."""

    def replace(module: str, name: str, answer: Any) -> dict[str, Any]:
        got: dict[str, Any] = {}

        def recorder(*args: Any, **kwargs: Any) -> Any:
            got.update(kwargs, args=args)
            if isinstance(answer, BaseException):
                raise answer
            return answer

        stand_in = types.ModuleType(module)
        setattr(stand_in, name, recorder)
        monkeypatch.setitem(sys.modules, module, stand_in)
        return got

    return replace


class Checked(NamedTuple):
    """What inspect_case answers, as far as the command line reads it."""

    problems: list[Problem]
    warnings: list[Problem]
    counts: dict[str, int]


RUN, CASE = "borderflow.publish.run", "borderflow.io.case"


# help


def test_help_names_every_command(call: Callable[..., Result]) -> None:
    status, out, _ = call("--help")
    assert status == 0
    assert all(f"  {name} " in out for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_has_help(call: Callable[..., Result], command: str) -> None:
    status, out, _ = call(command, "--help")
    assert status == 0
    assert f"borderflow {command}" in out


def test_version(call: Callable[..., Result]) -> None:
    assert call("--version") == (0, f"borderflow {__version__}\n", "")


def test_help_loads_no_heavy_library() -> None:
    """What makes the command line quick: the import alone loads nothing that only the work needs."""
    code = "import sys, borderflow.cli.main; print(sorted({'numba', 'numpy', 'pydantic', 'ruamel', 'scipy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


# bad input: status 2, every problem on stderr, nothing written


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["run", "nowhere"], "nowhere: does not exist; give the folder that holds case.yaml"),
        (["check", "nowhere"], "nowhere: does not exist"),
        (["simulate", "nowhere"], "nowhere: does not exist"),
        (["calibrate", "nowhere"], "nowhere: does not exist"),
        (["forecast", "nowhere", "--posterior", "case"], "nowhere: does not exist"),
        (["forecast", "case", "--posterior", "nowhere"], "nowhere: is not a folder; give the folder that `borderflow calibrate` left"),
        (["forecast", "case"], "--posterior"),
        (["score", "nowhere", "--against", "nofile"], "2 problems; nothing was written"),
        (["run"], "CASE"),
        (["run", "case", "--sed", "1"], "No such option: --sed"),
        (["run", "case", "--seed", "-1"], "--seed"),
        (["run", "case", "--seed", "one"], "--seed"),
        (["run", "case", "--ledger", "l.db"], "l.db: there is no such ledger"),
        (["simulate", "case", "--engine", "steam"], "'steam' is not one of 'chain', 'mean', 'agents'"),
        (["simulate", "case", "--runs", "0"], "--runs"),
        (["simulate", "case", "--scale", "0"], "--scale: 0 must be above 0"),
        (["simulate", "case", "--scale", "nan"], "--scale: nan must be above 0"),
        (["simulate", "case", "--set", "pool"], "--set: 'pool' must be NAME=VALUE with a number"),
        (["simulate", "case", "--set", "pool=many"], "--set: 'pool=many' must be NAME=VALUE with a number"),
        (["simulate", "case", "--set", "=3"], "--set: '=3' must be NAME=VALUE with a number"),
        (["simulate", "case", "--set", "pool=nan"], "--set: 'pool=nan' must be NAME=VALUE with a number"),
        (["calibrate", "case", "--until", "27.9.2022"], "--until"),
        (["forecast", "case", "--posterior", "case", "--horizon", "0"], "--horizon"),
        (["score", "case", "--against", "case", "--seed", "-1"], "--seed"),
        (["check", "case", "--seed", "x"], "--seed"),
        (["fly", "case"], "No such command 'fly'"),
    ],
)
def test_bad_input(call: Callable[..., Result], tmp_path: Path, args: list[str], said: str) -> None:
    status, out, err = call(*args)
    assert (status, out) == (2, "")
    assert said in err
    assert [p.name for p in tmp_path.rglob("*")] == ["case"]


def test_a_file_instead_of_a_folder_names_the_folder(call: Callable[..., Result], tmp_path: Path) -> None:
    (tmp_path / "case" / "case.yaml").touch()
    status, _, err = call("run", "case/case.yaml")
    assert status == 2
    assert "case/case.yaml: is not a folder; give its folder case" in err


def test_every_problem_of_the_input_is_reported(call: Callable[..., Result], behind: Callable[..., Any]) -> None:
    problems = [Problem("links.csv", 3, "link to 'Nowhere' leads to no place"), Problem("case.yaml", 0, "is missing", "make one")]
    behind(RUN, "run_case", InputError(problems))
    status, out, err = call("run", "case")
    assert (status, out) == (2, "")
    assert err.splitlines() == [
        "case.yaml: is missing; make one",
        "links.csv line 3: link to 'Nowhere' leads to no place",
        "2 problems; nothing was written",
    ]


# what is passed on


def test_run_passes_its_options(call: Callable[..., Result], behind: Callable[..., Any]) -> None:
    got = behind(RUN, "run_case", {"good": True, "report": Path("there/report.html"), "seconds": 12.3456})
    status, out, _ = call("run", "case", "--out", "there", "--seed", "7")
    assert status == 0
    assert got["args"] == (Path("case"), Path("there"))
    assert got["seed"] == 7
    assert out.splitlines() == ["good     yes", "report   there/report.html", "seconds  12.3"]


def test_results_go_to_a_folder_named_after_the_case(
    call: Callable[..., Result], behind: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    got = behind(RUN, "run_case", {})
    assert call("run", "case")[0] == 0
    assert got["args"] == (Path("case"), Path("out/case"))
    assert got["seed"] is None
    monkeypatch.chdir("case")
    assert call("run", ".")[0] == 0
    assert got["args"] == (Path("."), Path("out/case"))


def test_simulate_passes_its_options(call: Callable[..., Result], behind: Callable[..., Any]) -> None:
    got = behind(RUN, "simulate_case", {"people": 3, "seconds_per_run": 0.01})
    options = ["--runs=5", "--engine=mean", "--scale=10", "--set=capacity[*;car]=2e3", "--set=pool=1", "--policy=Visa", "--policy=Ban", "--seed=2"]
    assert call("simulate", "case", *options)[0] == 0
    expected = {"runs": 5, "engine": "mean", "scale": 10.0, "sets": {"capacity[*;car]": 2000.0, "pool": 1.0}, "policies": ["Visa", "Ban"], "seed": 2}
    assert {k: got[k] for k in expected} == expected


def test_calibrate_passes_its_options(call: Callable[..., Result], behind: Callable[..., Any]) -> None:
    got = behind(RUN, "calibrate_case", {"good": True})
    assert call("calibrate", "case", "--until", "2022-09-25", "--resume")[0] == 0
    assert (got["until"], got["resume"], got["seed"]) == (date(2022, 9, 25), True, None)
    assert type(got["until"]) is date


def test_forecast_passes_its_options(call: Callable[..., Result], behind: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "fit").mkdir()
    got = behind(RUN, "forecast_case", {})
    assert call("forecast", "case", "--posterior", "fit", "--policy", "Visa", "--horizon", "3")[0] == 0
    assert (got["posterior"], got["policies"], got["horizon"]) == (Path("fit"), ["Visa"], 3)


def test_score_passes_its_options(call: Callable[..., Result], behind: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "later.csv").touch()
    got = behind(RUN, "score_run", {"scored": 12})
    assert call("score", "case", "--against", "later.csv")[0] == 0
    assert got["args"] == (Path("case"), Path("later.csv"), None, None)
    assert call("score", "case", "--against", "later.csv", "--out", "there", "--seed", "4")[0] == 0
    assert got["args"] == (Path("case"), Path("later.csv"), Path("there"), 4)


# what is printed


def test_json_is_one_object_and_alone_on_stdout(call: Callable[..., Result], behind: Callable[..., Any]) -> None:
    behind(RUN, "run_case", {"good": True, "out": Path("there"), "ess": float("nan"), "claims": {"used": 89}, "as_of": date(2022, 9, 27)})
    status, out, _ = call("run", "case", "--json")
    assert status == 0
    assert json.loads(out) == {"good": True, "out": "there", "ess": None, "claims": {"used": 89}, "as_of": "2022-09-27"}


def test_progress_is_one_line_a_stage_where_no_terminal_listens(call: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    def warm_up(progress: screen.ProgressCall) -> dict[str, Any]:
        for i in range(3):
            progress("compile", i, 3)
        progress("check", 1, 1)
        return {"seconds": 0.5}

    stand_in = types.ModuleType(RUN)
    stand_in.warm_up = warm_up  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, RUN, stand_in)
    assert call("warm") == (0, "seconds  0.5\n", "compile ...\ncheck ...\n")


def test_a_bar_is_drawn_on_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    with screen._bar() as report:
        report("calibrate", 0, 0)
        report("calibrate", 2, 2)
    assert "calibrate" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (12345.6, "12,300"),
        (0.0123456, "0.0123"),
        (1.0, "1"),
        (0.0, "0"),
        (-2.5, "-2.5"),
        (123456, "123,456"),
        (True, "yes"),
        (float("nan"), "-"),
        (1e-9, "0.000000001"),
    ],
)
def test_numbers_are_rounded_for_people(value: float, text: str) -> None:
    assert screen.rounded(value) == text


def test_long_lists_take_a_line_each(capsys: pytest.CaptureFixture[str]) -> None:
    screen.show({"why": ["a" * 60, "b" * 60], "few": ["x", "y"], "none": [], "inner": {"a_b": 1}, "rows": [{"k": 1.0}]}, as_json=False)
    lines = [line.split(None, 1) for line in capsys.readouterr().out.splitlines()]
    assert lines == [["why", "a" * 60], ["b" * 60], ["few", "x, y"], ["none", "none"], ["inner", "a b  1"], ["rows", "k 1"]]


# check


def test_check_of_a_good_case(call: Callable[..., Result], behind: Callable[..., Any]) -> None:
    warnings = [Problem("claims.csv", 7, "claim 'A7' speaks of an unknown place", "the claim is kept as unused")]
    behind(CASE, "inspect_case", Checked([], warnings, {"places": 3, "claims": 2}))
    status, out, err = call("check", "case")
    assert status == 0
    assert err == "warning: claims.csv line 7: claim 'A7' speaks of an unknown place; the claim is kept as unused\n"
    assert out.splitlines() == ["case      case", "places    3", "claims    2", "warnings  1", "problems  none"]


def test_check_writes_what_it_found_where_it_is_told_to(call: Callable[..., Result], behind: Callable[..., Any], tmp_path: Path) -> None:
    behind(CASE, "inspect_case", Checked([], [Problem("claims.csv", 7, "claim 'Ä7' is odd")], {"places": 3}))
    status, out, _ = call("check", "case", "--out", "there", "--seed", "3", "--json")
    assert status == 0
    assert [p.name for p in (tmp_path / "there").iterdir()] == ["check.json"]
    written = json.loads((tmp_path / "there" / "check.json").read_text("utf-8"))
    assert written == json.loads(out)
    assert written["good"] is True
    assert written["warnings"] == [{"file": "claims.csv", "line": 7, "what": "claim 'Ä7' is odd", "remedy": ""}]
    assert written["counts"] == {"places": 3}


def test_check_of_a_bad_case_writes_nothing(call: Callable[..., Result], behind: Callable[..., Any], tmp_path: Path) -> None:
    behind(CASE, "inspect_case", Checked([Problem("places.csv", 2, "lat 99 must be at most 90")], [], {}))
    assert call("check", "case", "--out", "there")[0] == 2
    assert [p.name for p in tmp_path.rglob("*")] == ["case"]


def test_check_of_a_bad_case(call: Callable[..., Result], behind: Callable[..., Any]) -> None:
    behind(CASE, "inspect_case", Checked([Problem("places.csv", 2, "lat 99 must be at most 90")], [], {"places": 3}))
    status, out, err = call("check", "case", "--json")
    assert status == 2
    assert json.loads(out) == {
        "good": False,
        "problems": [{"file": "places.csv", "line": 2, "what": "lat 99 must be at most 90", "remedy": ""}],
        "warnings": [],
        "counts": {"places": 3},
    }
    assert err.splitlines() == ["places.csv line 2: lat 99 must be at most 90", "1 problem; nothing was written"]


def test_check_reads_a_real_folder(call: Callable[..., Result], tmp_path: Path) -> None:
    """An empty folder: every missing file is a problem, each said once."""
    status, _, err = call("check", "case")
    assert status == 2
    assert "case.yaml" in err
    assert err.splitlines()[-1].endswith("nothing was written")
    assert list((tmp_path / "case").iterdir()) == []


# statuses


@pytest.mark.parametrize(("good", "strict", "status"), [(True, True, 0), (False, False, 0), (False, True, 3)])
@pytest.mark.parametrize(("command", "function"), [("run", "run_case"), ("calibrate", "calibrate_case")])
def test_strict(call: Callable[..., Result], behind: Callable[..., Any], good: bool, strict: bool, status: int, command: str, function: str) -> None:
    behind(RUN, function, {"good": good, "why": ["ess 12 is below 400"]})
    assert call(command, "case", *(["--strict"] if strict else []))[0] == status


@pytest.mark.parametrize(("strict", "status"), [(False, 0), (True, 3)])
def test_strict_forecast(call: Callable[..., Result], behind: Callable[..., Any], strict: bool, status: int) -> None:
    """A forecast is as good as the calibration that its posterior comes from."""
    behind(RUN, "forecast_case", {"good": False, "why": ["ess 12 is below 400"]})
    assert call("forecast", "case", "--posterior", "case", *(["--strict"] if strict else []))[0] == status


def test_an_interruption_is_said_shortly(call: Callable[..., Result], behind: Callable[..., Any]) -> None:
    behind(RUN, "run_case", KeyboardInterrupt())
    assert call("run", "case") == (130, "", "interrupted\n")


def test_a_defect_is_said_shortly(call: Callable[..., Result], behind: Callable[..., Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BORDERFLOW_DEBUG", raising=False)
    behind(RUN, "run_case", ZeroDivisionError("by zero"))
    status, out, err = call("run", "case")
    assert (status, out) == (1, "")
    assert err == "borderflow failed: ZeroDivisionError: by zero (set BORDERFLOW_DEBUG=1 to see where)\n"


def test_a_defect_shows_its_trace_on_request(behind: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BORDERFLOW_DEBUG", "1")
    monkeypatch.setattr(sys, "argv", ["borderflow", "run", str(tmp_path)])
    behind(RUN, "run_case", ZeroDivisionError("by zero"))
    with pytest.raises(ZeroDivisionError, match="by zero"):
        cli.main()
