"""The commands: they read arguments, call one function of a room below, and turn its outcome into text and an exit status.

0 success, 1 a defect of borderflow itself, 2 bad input (every problem on stderr, nothing written), 3 with `--strict` when diagnostics fail,
130 interrupted. numba, numpy and pydantic are imported inside the commands, so that `--help` is quick.
"""

from __future__ import annotations

import gc
import math
import os
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from typer.core import TyperGroup

from borderflow import __version__
from borderflow.cli import screen
from borderflow.cli.claims import add_commands
from borderflow.errors import BorderflowError, InputError, Problem

DEFECT, BAD_INPUT, NOT_GOOD, INTERRUPTED = 1, 2, 3, 130


class Guarded(TyperGroup):
    """Turns what a command raises into a message and an exit status, in one place for all commands."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except InputError as error:
            screen.report_problems(error.problems)
            raise typer.Exit(BAD_INPUT) from error
        except BorderflowError as error:
            screen.say(str(error))
            raise typer.Exit(BAD_INPUT) from error
        except KeyboardInterrupt as error:
            screen.say("interrupted")
            raise typer.Exit(INTERRUPTED) from error


app = typer.Typer(
    cls=Guarded,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="From reports about people fleeing to a calibrated simulation and an honest forecast.",
)

CaseArg = Annotated[Path, typer.Argument(metavar="CASE", help="Folder of the case (it holds case.yaml).", show_default=False)]
OutOpt = Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where results go.  [default: out/<name of the case>]", show_default=False)]
SeedOpt = Annotated[
    int | None,
    typer.Option("--seed", metavar="N", min=0, max=2**63 - 1, help="Seed of all luck.  [default: the seed of the case]", show_default=False),
]
JsonOpt = Annotated[bool, typer.Option("--json", help="Print the summary as one JSON object on stdout.")]
StrictOpt = Annotated[bool, typer.Option("--strict", help="Exit with status 3 when the diagnostics are not good.")]
LangOpt = Annotated[Literal["en", "ru"], typer.Option("--lang", metavar="LANG", help="Language of the page: en or ru.")]
PolicyOpt = Annotated[
    list[str] | None,
    typer.Option("--policy", metavar="NAME", help="A policy of the case that takes effect; may be given several times.", show_default=False),
]


def _version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"borderflow {__version__}\n")
        raise typer.Exit


@app.callback()
def _root(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")] = False) -> None:
    pass


@app.command()
def run(
    case: CaseArg,
    out: OutOpt = None,
    ledger: Annotated[
        Path | None, typer.Option("--ledger", metavar="FILE", help="Accepted claims of a ledger join those of the case.", show_default=False)
    ] = None,
    lang: LangOpt = "en",
    seed: SeedOpt = None,
    strict: StrictOpt = False,
    json: JsonOpt = False,
) -> None:
    """Forecast a case from its claims.

    The main job: checks the case, calibrates it on claims stated up to as_of, forecasts and publishes the page and its tables.
    """
    folder = _case_folder(case)
    from borderflow.publish.claims import case_with_ledger, ledger_state
    from borderflow.publish.run import run_case

    with case_with_ledger(folder, ledger) as work, screen.progress() as progress:
        state = ledger_state(ledger) if ledger else None
        summary = run_case(work, out or _default_out(folder), seed=seed, progress=progress, ledger=state, language=lang)
    _finish(summary, json, strict)


@app.command()
def check(
    case: CaseArg,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Where check.json goes, if there are no problems.  [default: print only]", show_default=False),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", metavar="N", min=0, max=2**63 - 1, help="Changes nothing here: a check has no luck.", show_default=False)
    ] = None,
    json: JsonOpt = False,
) -> None:
    """Report every problem of a case at once.

    Each with file, line, value, expectation and remedy. Nothing is written without --out, or when there are problems.
    """
    folder = _case_folder(case)
    from borderflow.io.case import inspect_case

    found = inspect_case(folder)
    lists = {"problems": [_as_dict(p) for p in found.problems], "warnings": [_as_dict(p) for p in found.warnings]}
    report = {"good": not found.problems, **lists, "counts": found.counts}
    if json:
        screen.show(report, as_json=True)
    for warning in found.warnings:
        screen.say(f"warning: {warning}")
    if found.problems:
        raise InputError(found.problems)
    if out is not None:
        from borderflow.io.write import atomic_write

        atomic_write(out / "check.json", screen.to_json(report))
    if not json:
        screen.show({"case": folder, **found.counts, "warnings": len(found.warnings), "problems": "none"}, as_json=False)


@app.command()
def simulate(
    case: CaseArg,
    runs: Annotated[int, typer.Option("--runs", metavar="N", min=1, help="How many runs, each with its own luck.")] = 1,
    engine: Annotated[
        Literal["chain", "mean", "agents"],
        typer.Option("--engine", metavar="chain|mean|agents", help="chain: integer counts; mean: expected flows; agents: one by one."),
    ] = "chain",
    scale: Annotated[float, typer.Option("--scale", metavar="K", help="Multiplies people and capacities alike.")] = 1.0,
    set_: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="Set an attribute, e.g. 'capacity[*; car]=2000'; may be given several times.", show_default=False
        ),
    ] = None,
    policy: PolicyOpt = None,
    out: OutOpt = None,
    seed: SeedOpt = None,
    json: JsonOpt = False,
) -> None:
    """Run the simulation alone.

    Without calibration, from the attributes as the case gives them; leaves runs.csv (run, target, location, date, value).
    """
    folder, sets = _case_folder(case), _settings(set_ or [])
    if not 0 < scale < float("inf"):
        raise InputError([Problem("--scale", 0, f"{scale:g} must be above 0", "give the factor on people and capacities, such as 10")])
    from borderflow.publish.run import simulate_case

    with screen.progress() as progress:
        summary = simulate_case(
            folder,
            out or _default_out(folder),
            runs=runs,
            engine=engine,
            scale=scale,
            sets=sets,
            policies=policy or [],
            seed=seed,
            progress=progress,
        )
    _finish(summary, json)


@app.command()
def calibrate(
    case: CaseArg,
    until: Annotated[
        datetime | None,
        typer.Option("--until", formats=["%Y-%m-%d"], metavar="DATE", help="Use claims stated up to this day.  [default: as_of of the case]"),
    ] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted calibration in --out stopped.")] = False,
    out: OutOpt = None,
    seed: SeedOpt = None,
    strict: StrictOpt = False,
    json: JsonOpt = False,
) -> None:
    """Fit the unknowns of a case to its claims.

    Leaves the posterior and its diagnostics; `borderflow forecast` goes on from there.
    """
    folder = _case_folder(case)
    from borderflow.publish.run import calibrate_case

    with screen.progress() as progress:
        summary = calibrate_case(
            folder, out or _default_out(folder), seed=seed, until=until.date() if until else None, resume=resume, progress=progress
        )
    _finish(summary, json, strict)


@app.command()
def forecast(
    case: CaseArg,
    posterior: Annotated[Path, typer.Option("--posterior", metavar="DIR", help="Folder that calibrate or run left.", show_default=False)],
    policy: PolicyOpt = None,
    horizon: Annotated[int | None, typer.Option("--horizon", min=1, max=365, metavar="DAYS", help="Days ahead.  [default: that of the case]")] = None,
    out: OutOpt = None,
    lang: LangOpt = "en",
    seed: SeedOpt = None,
    strict: StrictOpt = False,
    json: JsonOpt = False,
) -> None:
    """Forecast from a posterior.

    The headline mixes over the policies of the case; with --policy, those named take effect. The diagnostics are those of the posterior.
    """
    folder = _case_folder(case)
    if not posterior.is_dir():
        raise InputError([Problem(str(posterior), 0, "is not a folder", "give the folder that `borderflow calibrate` left")])
    from borderflow.publish.run import forecast_case

    with screen.progress() as progress:
        summary = forecast_case(
            folder,
            out or _default_out(folder),
            posterior=posterior,
            policies=policy or [],
            horizon=horizon,
            seed=seed,
            progress=progress,
            language=lang,
        )
    _finish(summary, json, strict)


@app.command()
def score(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN_DIR", help="Folder that run left.", show_default=False)],
    against: Annotated[Path, typer.Option("--against", metavar="FILE", help="claims.csv with what was stated later.", show_default=False)],
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Where scores.csv goes.  [default: RUN_DIR]", show_default=False)] = None,
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", metavar="N", min=0, max=2**63 - 1, help="Seed of what sources would say.  [default: the seed of the run]", show_default=False
        ),
    ] = None,
    json: JsonOpt = False,
) -> None:
    """Score a forecast against later claims.

    Leaves scores.csv: intervals, probabilities, CRPS and WIS of every claim, beside the baselines.
    """
    problems = []
    if not run_dir.is_dir():
        problems.append(Problem(str(run_dir), 0, "is not a folder", "give the folder that `borderflow run` left"))
    if not against.is_file():
        problems.append(Problem(str(against), 0, "is not a file", "give a claims.csv"))
    if problems:
        raise InputError(problems)
    from borderflow.publish.run import score_run

    _finish(score_run(run_dir, against, out, seed), json)


@app.command()
def compare(
    then: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the earlier forecast.", show_default=False)],
    now: Annotated[Path, typer.Argument(metavar="RUN", help="Folder of the later forecast.", show_default=False)],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Where the tables and the page go.")] = Path("out/compare"),
    lang: LangOpt = "en",
    seed: Annotated[
        int | None,
        typer.Option("--seed", metavar="N", min=0, max=2**63 - 1, help="Changes nothing here: a comparison has no luck.", show_default=False),
    ] = None,
    json: JsonOpt = False,
) -> None:
    """Say what changed between two forecasts.

    Lists new, changed and withdrawn claims beside the changes of the figures that they speak about, and which new claims account for them.
    """
    from borderflow.publish.run import compare_runs

    _finish(compare_runs(then, now, out, lang), json)


@app.command()
def flee(
    instance: Annotated[
        Path, typer.Argument(metavar="INSTANCE", help="Folder of a Flee instance (input_csv, source_data, simsetting.yml).", show_default=False)
    ],
    settings: Annotated[
        Path | None, typer.Option("--settings", metavar="FILE", help="Settings.  [default: simsetting.yml of the instance]", show_default=False)
    ] = None,
    runs: Annotated[int, typer.Option("--runs", metavar="N", min=1, help="How many runs, each with its own luck.")] = 1,
    until: Annotated[
        int | None, typer.Option("--until", metavar="DAY", min=1, help="How many days.  [default: all of the period]", show_default=False)
    ] = None,
    fix: Annotated[
        list[str] | None,
        typer.Option("--fix", metavar="NAME|all", help="Correct a defect of Flee or of the files; may be given several times.", show_default=False),
    ] = None,
    score: Annotated[bool, typer.Option("--score", help="Print Flee's error measures, and scores of daily flows beside baselines.")] = False,
    calibrate: Annotated[
        bool, typer.Option("--calibrate", help="Fit movement and camps to the data up to --until and forecast the rest; --out gets the forecast.")
    ] = False,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the result goes, with Flee's columns.")] = Path("out.csv"),
    page: Annotated[
        Path | None, typer.Option("--page", metavar="FILE", help="Also write a page with a map and a chart of each camp.", show_default=False)
    ] = None,
    seed: Annotated[int, typer.Option("--seed", metavar="N", min=0, max=2**63 - 1, help="Seed of all luck.")] = 0,
    json: JsonOpt = False,
) -> None:
    """Run an instance of Flee, unmodified.

    The same law, quirks included, as a chain of counts; out.csv has Flee's columns, with `run` before them when there are several runs.
    """
    with screen.progress() as progress:
        if calibrate:
            from borderflow.flee.forecast import calibrate_flee

            summary = calibrate_flee(instance, out, until, settings, fixes=fix or [], seed=seed, page=page, progress=progress)
        else:
            from borderflow.flee.command import run_flee

            summary = run_flee(instance, out, settings, runs=runs, until=until, fixes=fix or [], seed=seed, score=score, page=page, progress=progress)
    _finish(summary, json)


@app.command()
def warm(json: JsonOpt = False) -> None:
    """Compile the kernels into the cache, once.

    Later commands then start at once; done by `make setup`.
    """
    from borderflow.compiled import forget_stale
    from borderflow.flee.warm import warm_up as warm_up_flee
    from borderflow.publish.run import warm_up

    forget_stale()
    with screen.progress() as progress:
        summary = warm_up(progress)
        progress("compiling the law of Flee", 0, 1)
        summary = summary | {"seconds": round(summary["seconds"] + warm_up_flee(), 2)}
        progress("compiling the law of Flee", 1, 1)
    _finish(summary, json)


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Write one file each here.  [default: print]", show_default=False)] = None,
) -> None:
    """Write JSON Schemas for editors.

    One for each file of a case folder; of a table, the schema of one row.
    """
    import json

    from borderflow.io.schema import schemas, write_schemas

    if out is None:
        sys.stdout.write(json.dumps(schemas(), indent=2, ensure_ascii=False) + "\n")
    else:
        for path in write_schemas(out):
            sys.stdout.write(f"{path}\n")


add_commands(app)


def _case_folder(case: Path) -> Path:
    """The folder, if it is one; its content is judged by io.case."""
    if case.is_dir():
        return case
    remedy = f"give its folder {case.parent}" if case.is_file() else "give the folder that holds case.yaml"
    raise InputError([Problem(str(case), 0, "is not a folder" if case.exists() else "does not exist", remedy)])


def _default_out(folder: Path) -> Path:
    return Path("out") / folder.resolve().name


def _settings(texts: list[str]) -> dict[str, float]:
    """`name=value` texts as a dictionary; names are judged where the case is known."""
    settings = [(text, *_setting(text)) for text in texts]
    bad = [text for text, name, value in settings if not name or math.isnan(value)]
    if bad:
        raise InputError([Problem("--set", 0, f"'{t}' must be NAME=VALUE with a number", "write e.g. --set 'capacity[*; car]=2000'") for t in bad])
    return {name: value for _, name, value in settings}


def _setting(text: str) -> tuple[str, float]:
    """(name, value) of one text; the value is NaN where there is no number."""
    name, _, value = text.rpartition("=")
    try:
        return name.strip(), float(value)
    except ValueError:
        return name.strip(), math.nan


def _as_dict(problem: Problem) -> dict[str, Any]:
    return {"file": problem.file, "line": problem.line, "what": problem.what, "remedy": problem.remedy}


def _finish(summary: Mapping[str, Any], as_json: bool, strict: bool = False) -> None:
    """Print the summary; with `strict`, fail when its diagnostics are not good."""
    screen.show(summary, as_json)
    if strict and not summary.get("good", True):
        screen.say("diagnostics are not good (--strict)")
        raise typer.Exit(NOT_GOOD)


def main() -> None:
    """Entry point of the console script."""
    gc.set_threshold(100_000, 50, 50)  # imports and compiled code bring objects by the hundred thousand that stay
    try:
        app(prog_name="borderflow")
    except Exception as error:  # the last line of defence: a defect becomes a message and a status, with the trace on request
        if "BORDERFLOW_DEBUG" in os.environ:
            raise
        screen.say(f"borderflow failed: {type(error).__name__}: {error} (set BORDERFLOW_DEBUG=1 to see where)")
        sys.exit(DEFECT)
    finally:
        gc.freeze()  # at its end Python looks for garbage among all of them: a quarter of a short command


if __name__ == "__main__":
    main()
