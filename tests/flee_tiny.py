"""Hand-made Flee instances as folders of files, so that tests of the law go through the reader."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from borderflow.flee.agents import simulate_agents
from borderflow.flee.arrays import compile_instance
from borderflow.flee.engine import simulate
from borderflow.flee.instance import Instance
from borderflow.flee.read import read_instance

START = date(2020, 1, 1)
SPAWN = {
    *("take_from_population", "insert_day0", "empty_camps_on_day0", "conflict_zone_spawning_only", "flood_zone_spawning_only", "sum_from_camps"),
    *("camps_are_sicks", "camps_are_sinks", "conflict_driven_spawning", "flood_driven_spawn_mode", "conflict_spawn_decay"),
    *("conflict_spawn_decay_interval", "starvation_driven_spawning"),
}

Engine = Callable[[Instance, int, int], tuple[np.ndarray, np.ndarray]]
"""(instance, runs, seed) -> agents in each camp (runs, days, camps), everyone (runs, days)."""


def agents(instance: Instance, runs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    return simulate_agents(instance, runs, seed)


def chain(instance: Instance, runs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    result = simulate(compile_instance(instance), runs, seed)
    return result.counts, result.total


def tiny(
    folder: Path,
    places: Sequence[str],
    routes: Sequence[str],
    days: int = 3,
    each_day: int | None = 100,
    conflicts: Mapping[str, Sequence[float]] | None = None,
    data: Mapping[str, Sequence[int]] | None = None,
    closures: Sequence[str] = (),
    files: Mapping[str, str] | None = None,
    header: str = "",
    route_header: str = "",
    fixes: Sequence[str] = (),
    **settings: Any,
) -> Instance:
    """An instance with `each_day` people from each conflict zone a day, or spawned by data when that is None.

    places: `name,country,type,population or capacity[,attributes]`, the first in the home country; conflict zones begin on day 0 unless
    `conflicts` (intensity by day) says otherwise. routes: rows of routes.csv. data: counts by day of camps (default 0 for ever).
    """
    rows = [p.split(",") for p in places]
    zones = {r[0]: [1.0] * days for r in rows if r[2] == "conflict"} if conflicts is None else dict(conflicts)
    camps = [r[0] for r in rows if "camp" in r[2]]
    series = {name: [0] * days for name in camps} | dict(data or {})
    rules = {"max_move_speed": 200.0, "camp_movechance": 0.0, "conflict_weight": 0.0, "capacity_buffer": 0.9} | settings
    if each_day is not None:
        rules["conflict_driven_spawning"] = {"spawn_mode": "constant", "displaced_per_conflict_day": each_day}
    written = {
        "input_csv/locations.csv": f"#name,region,country,x,y,type,date,pop{header}\n"
        + "".join(f"{r[0]},region,{r[1]},{i},{2 * i},{r[2]},{0 if r[2] == 'conflict' else ''},{','.join(r[3:])}\n" for i, r in enumerate(rows)),
        "input_csv/routes.csv": f"#a,b,km,forced{route_header}\n" + "".join(f"{r}\n" for r in routes),
        "input_csv/closures.csv": "#type,a,b,start,end\n" + "".join(f"{c}\n" for c in closures),
        "input_csv/conflicts.csv": "#Day,"
        + ",".join(zones)
        + "\n"
        + "".join(f"{t}," + ",".join(str(v[t]) for v in zones.values()) + "\n" for t in range(days)),
        "input_csv/registration_corrections.csv": "",
        "input_csv/sim_period.csv": f"StartDate,{START}\nLength,{days}\n",
        "source_data/data_layout.csv": "total,refugees.csv\n" + "".join(f"{name},{name}.csv\n" for name in series),
        "source_data/refugees.csv": _series([sum(v[t] for v in series.values()) for t in range(days)]),
        "simsetting.yml": _yaml(rules),
    } | {f"source_data/{name}.csv": _series(v) for name, v in series.items()}
    for name, text in (written | dict(files or {})).items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return read_instance(folder, fixes=frozenset(fixes))


def _series(counts: Sequence[int]) -> str:
    return "".join(f"{START + timedelta(days=t)},{n}\n" for t, n in enumerate(counts))


def _yaml(rules: Mapping[str, Any]) -> str:
    text = ""
    for section in ("spawn_rules", "move_rules", "optimisations"):
        mine = {k: v for k, v in rules.items() if section == ("optimisations" if k == "hasten" else "spawn_rules" if k in SPAWN else "move_rules")}
        text += f"{section}:\n" + "".join(_line(k, v, "  ") for k, v in mine.items()) if mine else ""
    return text


def _line(key: str, value: Any, indent: str) -> str:
    if isinstance(value, Mapping):
        return f"{indent}{key}:\n" + "".join(_line(k, v, indent + "  ") for k, v in value.items())
    return f"{indent}{key}: {list(value) if isinstance(value, tuple) else value}\n"
