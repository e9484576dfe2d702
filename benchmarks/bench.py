"""The numbers to reach, measured here: goal, measured, met or missed by how much. Run by `make bench`; never part of the tests.

Each measurement runs in a process of its own. The parent imports nothing heavy: on Linux a child's peak memory counts its parent's too.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
CASE = ROOT / "cases" / "russia-2022"
INSTANCES = ROOT.parent / "shared" / "flee" / "instances"
"""Public instances of Flee; not part of borderflow, and the section says so where they are absent."""
FLEE_CPU = {"mali2012": 98.0, "ethiopia2020": 12.0, "burundi2015": 240.0, "car2013": 720.0, "ssudan2013": 500.0}
"""CPU seconds of Flee itself for one run of all days with `hasten: 1`, +-30 %, recorded beside the instances; of a range the lower end."""
PEER_DAYS = {"mali2012": 300, "ethiopia2020": 146, "burundi2015": 100, "car2013": 60, "ssudan2013": 100}
"""Days of each instance that Flee itself is run for where `--flee PYTHON` has it: all of the first two, of the others what it does in a minute or
two. Release 3.1 takes people from another column than the head that the recorded seconds are of, in mali2012 half as many
again, in ethiopia2020 twenty times as many: what it prints there says little of the law that the chain follows.
"""
BATCH = 8
"""Runs of the chain at a time; what is learnt of states in the first serves the others, as in any ensemble."""
BINS_PER_DAY = 4
REPEATS = 5
COMMAND = (sys.executable, "-m", "borderflow.cli.main")
KB_PER_GB = 1024.0**2


class Line(NamedTuple):
    """One line of the table; goal None: for information."""

    what: str
    measured: float
    unit: str
    goal: float | None = None
    more_is_better: bool = False

    @property
    def verdict(self) -> str:
        """Met, or by how much it is missed."""
        if self.goal is None:
            return ""
        ratio = self.measured / self.goal
        if (ratio >= 1.0) if self.more_is_better else (ratio <= 1.0):
            return "met"
        return f"MISSED, {self.goal / self.measured:.2f} x too little" if self.more_is_better else f"MISSED, {ratio:.2f} x too much"

    def cells(self) -> tuple[str, str, str, str]:
        """The line as text."""
        sign = ">=" if self.more_is_better else "<="
        return self.what, "" if self.goal is None else f"{sign} {self.goal:g} {self.unit}", f"{self.measured:.3g} {self.unit}", self.verdict


# ---------------------------------------------------------------- in the parent: commands as a user gives them


class Finished(NamedTuple):
    """A command that has ended well."""

    seconds: float
    peak_gb: float
    out: str
    cpu: float
    """CPU seconds of the process and of those that it started"""


def command(arguments: Sequence[str], environment: dict[str, str] | None = None) -> Finished:
    """Runs a command of borderflow in a new process; raises CalledProcessError with its stderr shown."""
    return process([*COMMAND, *arguments], environment)


def process(words: Sequence[str], environment: dict[str, str] | None = None) -> Finished:
    """Runs a program in a new process, with wall time and peak memory."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        child = subprocess.Popen(words, stdout=out, stderr=err, env={**os.environ, **(environment or {})}, cwd=ROOT)
        _, status, usage = os.wait4(child.pid, 0)
        seconds = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if child.returncode:
            sys.stderr.write(err.read().decode(errors="replace"))
            raise subprocess.CalledProcessError(child.returncode, list(words))
        peak = usage.ru_maxrss / KB_PER_GB / (1024.0 if sys.platform == "darwin" else 1.0)
        return Finished(seconds, peak, out.read().decode(), usage.ru_utime + usage.ru_stime)


def middle(values: Sequence[float]) -> float:
    """Median."""
    ordered = sorted(values)
    n = len(ordered)
    return 0.5 * (ordered[(n - 1) // 2] + ordered[n // 2])


def command_lines() -> list[Line]:
    """Wall times of commands with a filled cache, and the main job with its memory and effective sample size."""
    command(["warm"])
    with tempfile.TemporaryDirectory() as folder:
        command(["simulate", str(CASE), "--out", folder])  # fills what `warm` does not reach, if anything
        simulate = [command(["simulate", str(CASE), "--out", folder]).seconds for _ in range(3)]
    check = [command(["check", str(CASE)]).seconds for _ in range(3)]
    help_ = [command(["--help"]).seconds for _ in range(REPEATS)]
    with tempfile.TemporaryDirectory() as folder:
        done = command(["run", str(CASE), "--out", f"{folder}/run", "--json"])
        diagnostics = json.loads((Path(folder) / "run" / "diagnostics.json").read_text("utf-8"))
    return [
        Line("calibrate + forecast of the shipped case (`run`), new process", done.seconds, "s", 60.0),
        Line("  peak memory", done.peak_gb, "GB", 1.0),
        Line("  effective sample size", float(diagnostics["ess"]), "draws", 400.0, more_is_better=True),
        Line("  effective draws per second", float(diagnostics["ess"]) / done.seconds, "1/s"),
        Line("`check` of the shipped case, new process", middle(check), "s", 5.0),
        Line("`simulate`, one chain run, new process, compiled", middle(simulate), "s", 5.0),
        Line("`--help`", middle(help_), "s", 0.5),
    ]


def page_lines() -> list[Line]:
    """Size of the page of the shipped case, seconds to make it from its folder, and to open it in Chromium where there is one."""
    with tempfile.TemporaryDirectory() as folder:
        run = ROOT / "out" / "demo"
        if not (run / "report.html").is_file():
            run = Path(folder) / "run"
            command(["run", str(CASE), "--out", str(run)])
        copy = Path(shutil.copytree(run, Path(folder) / "copy"))
        found = process([sys.executable, str(Path(__file__).resolve()), "--as-json", "page", "--folder", str(copy)]).out
        lines = [Line(*cells) for cells in json.loads(found)]
        browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        if browser is None:
            return [*lines, Line("  opening it: no Chromium here, not measured", math.nan, "s")]
        (copy / "empty.html").write_text("<!doctype html><title>empty</title>", "utf-8")
        quiet = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync")
        words = [browser, *quiet, "--no-first-run", f"--user-data-dir={folder}/profile", "--dump-dom"]
        process([*words, str(copy / "empty.html")])  # fills the profile
        seconds = [min(process([*words, (copy / name).as_uri()]).cpu for _ in range(3)) for name in ("report.html", "empty.html")]
    return [*lines, Line("  opening it in Chromium, beyond an empty page", seconds[0] - seconds[1], "s CPU", 1.0)]


def page(folder: Path) -> list[Line]:
    """Size of a page and CPU seconds to make it, all pictures included."""
    from borderflow.publish.extras import extra_files
    from borderflow.publish.report import write_page

    extra_files(folder)  # compiles and caches what is cached
    began = time.process_time()
    extra_files(folder)
    middle_ = time.process_time()
    write_page(folder)
    ended = time.process_time()
    return [
        Line("page of the shipped case", (folder / "report.html").stat().st_size / 1e6, "MB", 3.0),
        Line("  making it from its run folder, with all pictures", ended - middle_, "s CPU", 2.0),
        Line("  making the tables it needs beyond the contract's", middle_ - began, "s CPU"),
    ]


def first_compile() -> list[Line]:
    """Seconds of `warm` with an empty cache."""
    with tempfile.TemporaryDirectory() as folder:
        return [Line("first compile of everything (`warm`, empty cache)", command(["warm"], {"NUMBA_CACHE_DIR": folder}).seconds, "s")]


# ---------------------------------------------------------------- in a child: engines


def engines() -> list[Line]:
    """Milliseconds a run of both engines on one core, what a thousand times the people cost, and what the second core brings."""
    import numba
    import numpy as np

    from borderflow.calibrate.unknowns import attributes_of, fixed_base, limits_of, unknowns_of
    from borderflow.io.case import read_case
    from borderflow.io.claims import read_claims
    from borderflow.observe.likelihood import build_evidence
    from borderflow.observe.operator import build_operator
    from borderflow.observe.select import judge
    from borderflow.simulate.compile import compile_case
    from borderflow.simulate.run import run_chain, run_mean

    case = read_case(CASE)
    window = compile_case(case, (case.as_of - case.start).days + 1, policies=False)
    whole = compile_case(case)
    claims = build_evidence(judge(read_claims(CASE / "claims.csv", case).claims, window, case.as_of), window, BINS_PER_DAY).operator
    everything = build_operator([], whole, 1, everything=True)
    z = np.random.default_rng(1).standard_normal((64, len(unknowns_of(window))))
    a_window = attributes_of(fixed_base(window), unknowns_of(window), z, limits_of(window))
    a_whole = attributes_of(fixed_base(whole), unknowns_of(whole), z, limits_of(whole))

    def mean_ms(clock: Callable[[], float], n: int = 64) -> float:
        run_mean(window, a_window[:2], claims)
        return 1e3 / n * best(lambda: run_mean(window, a_window[:n], claims), clock)

    def chain_ms(a: np.ndarray, clock: Callable[[], float], n: int = 32) -> float:
        run_chain(whole, a[:2], everything, 1, np.arange(2))
        return 1e3 / n * best(lambda: run_chain(whole, a[:n], everything, 1, np.arange(n)), clock)

    def scaled(factor: float) -> np.ndarray:
        """One run, the case as given, with people and capacities multiplied; capacities without a limit stay so."""
        a = np.repeat(fixed_base(whole)[None], 32, axis=0)
        for (name, _), slot in whole.slots.items():
            if name in ("pool", "leaving_per_day", "entries_per_day", "exits_per_day", "initial_stock", "capacity"):
                a[:, slot] = np.where(a[:, slot] < 1e9, np.minimum(a[:, slot] * factor, 1e12), a[:, slot])
        return a

    numba.set_num_threads(1)
    cpu, wall = time.process_time, time.perf_counter
    ten, thousand = chain_ms(scaled(10.0), cpu), chain_ms(scaled(1000.0), cpu)
    lines = [
        Line("mean engine, calibration window, one core, a run", mean_ms(cpu), "ms CPU", 3.0),
        Line("chain engine, whole horizon, one core, a run", chain_ms(a_whole, cpu), "ms CPU", 50.0),
        Line("chain engine, 1000 x people over 10 x people, CPU time", thousand / ten, "x", 1.2),
    ]
    if numba.config.NUMBA_NUM_THREADS > 1:
        mean, chain = mean_ms(wall), chain_ms(a_whole, wall)
        numba.set_num_threads(2)
        lines.append(Line("mean engine, two threads over one, speed", mean / mean_ms(wall), "x"))
        lines.append(Line("chain engine, two threads over one, speed", chain / chain_ms(a_whole, wall), "x"))
    return lines


def crossing() -> list[Line]:
    """One crossing, a million travellers with arrivals by hour and reneging: the chain against SimPy, which runs a tenth and is scaled."""
    sys.path.insert(0, str(ROOT / "tests" / "verification"))
    from one_crossing import speed

    found = speed()
    return [
        Line("one crossing, a million travellers, chain, steps of 15 min", 1e3 * found.chain_seconds, "ms"),
        Line(f"  SimPy, scaled from {found.simulated:,} travellers", found.simpy_seconds, "s"),
        Line("  speed, chain over SimPy", found.ratio, "x", 1000.0, more_is_better=True),
    ]


def flee(only: str | None = None, days: int | None = None) -> list[Line]:
    """Day loop of Flee's instances at full head-count, one thread, and the ratio to what Flee itself was recorded to take."""
    from dataclasses import replace

    from borderflow.flee.arrays import Plan, compile_instance
    from borderflow.flee.engine import simulate
    from borderflow.flee.read import read_instance

    if not INSTANCES.is_dir():
        return [Line("Flee's instances are not beside this checkout (../shared/flee): not measured", math.nan, "")]

    def seconds(plan: Plan) -> float:
        simulate(plan, 1, threads=1)  # compiles and touches everything
        spent = []
        for repeat in range(REPEATS):
            began = time.process_time()
            simulate(plan, BATCH, seed=repeat, threads=1)
            spent.append((time.process_time() - began) / BATCH)
        return min(spent)

    lines, ratios = [], []
    for name, theirs in FLEE_CPU.items():
        if only not in (None, name):
            continue
        instance = read_instance(INSTANCES / name)
        instance = replace(instance, settings=replace(instance.settings, hasten=1))
        ours = seconds(compile_instance(instance, days))
        if days is not None:
            return [Line(f"Flee's {name}, hasten 1, first {days} days, day loop of a run, CPU", 1e3 * ours, "ms")]
        ratios.append(theirs / ours)
        lines.append(Line(f"Flee's {name}, hasten 1, day loop of a run, CPU", 1e3 * ours, "ms"))
        lines.append(Line(f"  Flee's recorded {theirs:g} s over it", theirs / ours, "x", 3000.0, more_is_better=True))
        if name == "mali2012":
            short = replace(instance, settings=replace(instance.settings, avoid_short_stints=True))
            spent = seconds(compile_instance(short))
            lines.append(Line("  the same with avoid_short_stints, CPU", 1e3 * spent, "ms"))
            lines.append(Line("  Flee's seconds without it over that", theirs / spent, "x", 1000.0, more_is_better=True))
            lines += ensemble(instance)
    mean = math.exp(sum(math.log(r) for r in ratios) / len(ratios))
    return [*lines, Line("Flee's instances, geometric mean of the ratios", mean, "x", 10_000.0, more_is_better=True)]


def ensemble(instance: Any) -> list[Line]:
    """A thousand runs of an instance on all cores."""
    from borderflow.flee.arrays import compile_instance
    from borderflow.flee.engine import simulate

    began = time.perf_counter()
    simulate(compile_instance(instance), 1000)
    return [Line(f"  1,000 runs on {os.cpu_count()} cores, runs a second", 1000 / (time.perf_counter() - began), "1/s")]


def flee_peer(python: str) -> list[Line]:
    """Flee itself (release 3.1) beside the chain, in this very run, both at full head-count, over the same days."""
    lines, ratios = [], []
    for name, days in PEER_DAYS.items():
        theirs = json.loads(process([python, str(ROOT / "benchmarks" / "flee_peer.py"), str(INSTANCES / name), "1", str(days)]).out)
        own = [sys.executable, str(Path(__file__).resolve()), "--as-json", "flee", "--instance", name, "--days", str(days)]
        ours = json.loads(process(own).out)[0][1] / 1e3
        ratios.append(theirs["cpu_seconds"] / ours)
        lines.append(Line(f"Flee 3.1 on {name}, hasten 1, {theirs['days']} days, {theirs['agents']:,} agents, CPU", theirs["cpu_seconds"], "s"))
        lines.append(Line("  the chain over the same days, CPU", 1e3 * ours, "ms"))
        lines.append(Line("  speed, chain over Flee 3.1, same run", ratios[-1], "x", 3000.0, more_is_better=True))
    mean = math.exp(sum(math.log(r) for r in ratios) / len(ratios))
    return [*lines, Line("Flee 3.1 in the same run, geometric mean of the ratios", mean, "x", 10_000.0, more_is_better=True)]


def scale() -> list[Line]:
    """A case of 10,000 places and 50,000 links, 90 days by the hour, read and simulated; how memory grows on the way there."""
    from many_places import write_case

    lines, found = [], []
    with tempfile.TemporaryDirectory() as folder:
        for size in (1_000, 5_000, 10_200):
            places, links = write_case(Path(folder) / str(size), size)
            done = command(["simulate", f"{folder}/{size}", "--out", f"{folder}/out{size}"])
            found.append((places, 1e3 * done.peak_gb))
            lines.append(Line(f"simulate {places:,} places, {links:,} links, 90 days by the hour, new process", done.seconds, "s", 60.0))
            lines.append(Line("  peak memory", 1e3 * done.peak_gb, "MB"))
    (a, low), (b, middle), (c, high) = found
    lines.append(Line("memory for one more place, from 1,000 to 5,000", 1e3 * (middle - low) / (b - a), "kB"))
    lines.append(Line("  from 5,000 to 10,000, over that (1 = linear)", (high - middle) / (c - b) / ((middle - low) / (b - a)), "x", 1.5))
    return lines


def flee_command() -> list[Line]:
    """A whole process of `borderflow flee`, cache filled."""
    if not INSTANCES.is_dir():
        return []
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for name in FLEE_CPU:
            done = [command(["flee", str(INSTANCES / name), "--out", f"{folder}/out.csv"]) for _ in range(3)]
            lines.append(Line(f"`flee` on {name}, new process, CPU", min(d.cpu for d in done), "s", 1.0))
            lines.append(Line("  peak memory", 1e3 * max(d.peak_gb for d in done), "MB", 300.0))
    return lines


def best(work, clock=time.perf_counter) -> float:  # type: ignore[no-untyped-def]
    """Least seconds of a few repetitions: other processes only add. On one thread the clock of the process leaves out what others take."""
    seconds = []
    for _ in range(REPEATS):
        began = clock()
        work()
        seconds.append(clock() - began)
    return min(seconds)


# ---------------------------------------------------------------- reading and the ledger


def read() -> list[Line]:
    """Text read on one core, in CPU time: the annotated reports of tests/corpus between paragraphs without figures, as news has them."""
    from datetime import date

    from borderflow.evidence.extract import extract
    from borderflow.io.gazetteer import shipped

    sys.path.insert(0, str(ROOT / "tests"))
    from corpus_reader import read_reports

    filler = (ROOT / "docs" / "explanation" / "model.md").read_text(encoding="utf-8")
    texts = [r.body + "\n\n" + filler[i * 97 % 4000 :][: 3 * len(r.body)] for i, r in enumerate(read_reports("dev")) if r.form == "text"]
    dense = [r.body for r in read_reports("dev") if r.form == "text"]
    new = [r.body for part in ("third_a", "third_b", "third_c", "third_e") for r in read_reports(part) if r.form == "text"]

    def speed(parts: list[str], repeats: int = REPEATS) -> float:
        extract(dense[0], published=date(2022, 9, 27), gazetteer=shipped())
        seconds = []
        for _ in range(repeats):
            began = time.process_time()
            for text in parts:
                extract(text, published=date(2022, 9, 27), gazetteer=shipped())
            seconds.append(time.process_time() - began)
        return sum(len(t.encode()) for t in parts) / 1e6 / min(seconds)

    return [
        Line("text read, a quarter of it reports dense with figures, one core", speed(texts), "MB/s", 1.0, more_is_better=True),
        Line("the same, nothing but reports dense with figures", speed(dense), "MB/s"),
        Line("other such reports, read for the first time", speed(new, 1), "MB/s"),
    ]


def ledger() -> list[Line]:
    """A ledger of 100,000 claims: a page of the list, what was stated by a day, the ledger as it stood earlier, a search; CPU time."""
    import tempfile

    from borderflow.io.ledger import open_ledger

    base = {"quantity_kind": "people_crossed", "unit": "people", "flow": "cumulative", "country": "GE", "source_attribution": "ministry"}
    rows = [
        base
        | {
            "claim_id": f"c{i}",
            "as_of": f"2022-09-{1 + i % 27:02d}",
            "value_low": str(i),
            "value_high": str(i),
            "quote": f"{i} people",
            "place_canonical": f"Place {i % 300}",
        }
        for i in range(100_000)
    ]
    with tempfile.TemporaryDirectory() as folder, open_ledger(Path(folder) / "l.db", create=True) as opened:
        opened.import_rows(rows[:50_000], "bench", "")
        between = opened.history("c0")[0].at
        opened.import_rows(rows[50_000:], "bench", "")

        def spent(**asked: object) -> float:
            seconds = []
            for _ in range(REPEATS):
                began = time.process_time()
                opened.listed(limit=50, **asked)  # type: ignore[arg-type]
                seconds.append(time.process_time() - began)
            return min(seconds) * 1000

        return [
            Line("100,000 claims: list, first page and total", spent(), "ms", 200.0),
            Line("100,000 claims: stated by a day", spent(stated_to="2022-09-10"), "ms", 200.0),
            Line("100,000 claims: the ledger as it stood earlier", spent(at=between), "ms", 200.0),
            Line("100,000 claims: full-text search", spent(words="777"), "ms", 200.0),
        ]


PARTS = {"engines": engines, "crossing": crossing, "read": read, "ledger": ledger, "flee": flee}
"""Parts that are measured in a process of their own."""


# ---------------------------------------------------------------- the table


def table(lines: Sequence[Line]) -> str:
    """Lines in columns under a header."""
    rows = [("what", "goal", "measured", ""), *(line.cells() for line in lines)]
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows)


def machine() -> str:
    """What the numbers were measured on."""
    packages = ", ".join(f"{name} {version(name)}" for name in ("borderflow", "numba", "numpy"))
    return f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}; Python {platform.python_version()}, {packages}"


def main() -> None:
    """Measures and prints; `--only` takes a part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--only", choices=("engines", "crossing", "commands", "page", "compile", "read", "ledger", "flee", "scale"), help="measure one part"
    )
    parser.add_argument("--as-json", choices=(*PARTS, "page"), help=argparse.SUPPRESS)
    parser.add_argument("--flee", metavar="PYTHON", help="an interpreter with Flee itself (pip install flee==3.1), to be run side by side")
    parser.add_argument("--instance", help=argparse.SUPPRESS)
    parser.add_argument("--days", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.as_json:
        if options.as_json == "flee":
            print(json.dumps(flee(options.instance, options.days)))
        else:
            print(json.dumps(page(options.folder) if options.as_json == "page" else PARTS[options.as_json]()))
        return
    print(machine())
    lines: list[Line] = []
    for part in PARTS:
        if options.only in (None, part):
            print(f"{part} …", file=sys.stderr)
            found = process([sys.executable, str(Path(__file__).resolve()), "--as-json", part]).out
            lines += [Line(*cells) for cells in json.loads(found)]
    if options.only in (None, "flee"):
        lines += flee_command()
        lines += flee_peer(options.flee) if options.flee and INSTANCES.is_dir() else []
    if options.only in (None, "scale"):
        print("scale …", file=sys.stderr)
        lines += scale()
    if options.only in (None, "commands"):
        print("commands …", file=sys.stderr)
        lines += command_lines()
    if options.only in (None, "page"):
        print("page …", file=sys.stderr)
        lines += page_lines()
    if options.only in (None, "compile"):
        print("compilation from scratch …", file=sys.stderr)
        lines += first_compile()
    print(table(lines))
    missed = sum(line.verdict.startswith("MISSED") for line in lines)
    print(f"{sum(line.verdict == 'met' for line in lines)} goals met, {missed} missed")


if __name__ == "__main__":
    main()
