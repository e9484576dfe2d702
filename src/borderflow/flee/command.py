"""What `borderflow flee` does: read, compile, run, write, and say what was ignored."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from borderflow.errors import InputError, Problem
from borderflow.flee.arrays import compile_instance
from borderflow.flee.instance import FIXES
from borderflow.flee.read import read_instance
from borderflow.io.write import atomic_write

LEAST_SCORED = 100
"""Runs that scores rest on at least: with fewer asked for, as many are run for the scores alone."""


def run_flee(
    folder: Path,
    out: Path,
    settings: Path | None = None,
    runs: int = 1,
    until: int | None = None,
    fixes: Sequence[str] = (),
    seed: int = 0,
    score: bool = False,
    page: Path | None = None,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> dict[str, Any]:
    """Runs an instance and leaves out.csv; the summary of the command. Raises InputError with every problem of the instance."""
    progress("reading", 0, 0)
    instance = read_instance(folder, settings, frozenset(fixes))
    if until is not None and not 1 <= until <= instance.days:
        raise InputError([Problem("--until", 0, f"{until} must be between 1 and {instance.days}", "the period of the instance ends there")])
    plan = compile_instance(instance, until)
    progress("loading the compiled law (without `borderflow warm` it is compiled first, about a minute)", 0, 0)
    from borderflow.flee import out as table
    from borderflow.flee.engine import simulate

    progress("running", 0, runs)
    began, cpu = time.perf_counter(), time.process_time()
    block = max(1, min(runs, 100))
    parts = []
    for first in range(0, runs, block):
        parts.append(simulate(plan, min(block, runs - first), seed, first))
        progress("running", min(runs, first + block), runs)
    result = parts[0] if len(parts) == 1 else joined(parts)
    seconds, cpu = time.perf_counter() - began, time.process_time() - cpu
    found: dict[str, Any] = {}
    if score:
        from borderflow.flee import judge

        scored = result if runs >= LEAST_SCORED else simulate(plan, LEAST_SCORED, seed)
        found = judge.of_runs(plan, scored.counts) | {"runs_scored": len(scored.counts)}
    text = table.text(plan, result)
    if page is not None:
        from borderflow.flee.page import page as page_of

        what = f"{runs} runs of {plan.days} days, seed {seed}, settings as in the instance."
        atomic_write(page, page_of(plan, result.counts.astype(float), None, [what]))
        found["page"] = page
    atomic_write(out, text)
    last = result.counts[:, -1]
    spread = [[float(x) for x in sorted(last[:, c])] for c in range(len(plan.camps))]
    camps = {
        name: {"low": s[int(0.05 * (runs - 1))], "middle": s[(runs - 1) // 2], "high": s[int(0.95 * (runs - 1) + 0.5)]} if runs > 1 else s[0]
        for name, s in zip(plan.camps, spread, strict=True)
    }
    return {
        "instance": instance.name,
        "days": plan.days,
        "runs": runs,
        "seed": seed,
        "agents": int(result.total[:, -1].mean()),
        "persons_per_agent": instance.settings.hasten,
        "camps_on_the_last_day": camps,
        "seconds": seconds,
        "cpu_seconds_per_run": cpu / runs,
        "runs_per_second": runs / seconds if seconds > 0 else 0.0,
        "fixes": {name: FIXES[name] for name in sorted(instance.fixes)} if 0 < len(instance.fixes) < len(FIXES) else sorted(instance.fixes),
        "ignored": list(instance.notices),
        **found,
        "out": out,
    }


def joined(parts: Sequence[Any]) -> Any:
    """Results of consecutive blocks of runs as one."""
    import numpy as np

    from borderflow.flee.engine import Result

    return Result(np.concatenate([p.counts for p in parts]), np.concatenate([p.total for p in parts]), parts[0].first_run, parts[0].seed)
