"""One run of the simulator Flee itself (release 3.1) on an instance: prints CPU seconds of its day loop and people in camps at the end, as JSON.

Run by `bench.py --flee PYTHON` with the interpreter of an environment that has it (`pip install flee==3.1`): flee_peer.py FOLDER HASTEN DAYS.
Shares nothing with borderflow.
"""

import contextlib
import io
import json
import os
import sys
import tempfile
import time

from flee import InputGeography, flee, spawning
from flee.datamanager import handle_refugee_data, read_period
from flee.SimulationSettings import SimulationSettings


def main(folder: str, hasten: int, days: int) -> None:
    """Reads the instance, runs its days and prints what it took."""
    with open(os.path.join(folder, "simsetting.yml"), encoding="utf-8") as file:
        lines = file.read().splitlines()
    lines = [f"  hasten: {hasten}" if line.strip().startswith("hasten") else line for line in lines]
    with tempfile.TemporaryDirectory() as work, contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        settings = os.path.join(work, "simsetting.yml")
        with open(settings, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
        os.chdir(work)
        inputs, source = os.path.join(folder, "input_csv"), os.path.join(folder, "source_data")
        SimulationSettings.ReadFromYML(settings)
        SimulationSettings.ConflictInputFile = os.path.join(inputs, "conflicts.csv")
        start, length = read_period.read_conflict_period(os.path.join(inputs, "sim_period.csv"))
        e = flee.Ecosystem()
        geography = InputGeography.InputGeography()
        geography.ReadConflictInputCSV(SimulationSettings.ConflictInputFile)
        geography.ReadLocationsFromCSV(os.path.join(inputs, "locations.csv"))
        geography.ReadLinksFromCSV(os.path.join(inputs, "routes.csv"))
        geography.ReadClosuresFromCSV(os.path.join(inputs, "closures.csv"))
        e, places = geography.StoreInputGeographyInEcosystem(e)
        data = handle_refugee_data.RefugeeTable(
            csvformat="generic", data_directory=source, start_date=start, data_layout="data_layout.csv", population_scaledown_factor=hasten
        )
        data.ReadL1Corrections(os.path.join(inputs, "registration_corrections.csv"))
        for place in places.values():
            if place.camp:
                spawning.add_initial_refugees(e, data, place)
        began, end = time.process_time(), min(days, length)
        for t in range(end):
            geography.AddNewConflictZones(e, t)
            spawning.refresh_spawn_weights(e)
            spawning.spawn_daily_displaced(e, t, data)
            e.enact_border_closures(t)
            e.evolve()
        spent = time.process_time() - began
        camps = sum(place.numAgents for place in places.values() if place.camp)
    print(json.dumps({"cpu_seconds": spent, "days": end, "agents": len(e.agents), "in_camps": camps}))


if __name__ == "__main__":
    main(os.path.abspath(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
