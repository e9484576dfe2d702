"""Compiles the law of Flee into the cache by running a very small instance, so that the first run of a user starts at once."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from borderflow.flee.arrays import compile_instance
from borderflow.flee.read import read_instance

FILES = {
    "input_csv/locations.csv": (
        "#name,region,country,lat,lon,location_type,conflict_date,population\nHome,r,a,0,0,conflict_zone,0,1000\nCamp,r,b,1,1,camp,,100\n"
    ),
    "input_csv/routes.csv": "#name1,name2,distance,forced_redirection\nHome,Camp,100,0\n",
    "input_csv/closures.csv": "#closure_type,name1,name2,closure_start,closure_end\n",
    "input_csv/conflicts.csv": "#Day,Home\n0,1\n1,1\n",
    "input_csv/registration_corrections.csv": "",
    "input_csv/sim_period.csv": "StartDate,2020-01-01\nLength,2\n",
    "source_data/data_layout.csv": "total,refugees.csv\nCamp,camp.csv\n",
    "source_data/refugees.csv": "2020-01-01,50\n2020-01-02,120\n",
    "source_data/camp.csv": "2020-01-01,50\n2020-01-02,120\n",
    "simsetting.yml": "spawn_rules:\n  sum_from_camps: false\n",
}
"""One zone, one camp, two days: signatures depend on types only, so everything is compiled whatever happens in it."""


def warm_up() -> float:
    """Seconds that it took; little where the cache is filled."""
    from borderflow.flee.engine import simulate

    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        for name, text in FILES.items():
            path = Path(folder) / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        simulate(compile_instance(read_instance(Path(folder))), 1)
    return time.perf_counter() - began
