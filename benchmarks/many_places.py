"""Writes a case of very many places: a grid of towns, a fiftieth of them origins, with five roads from each, and crossings along one side."""

from __future__ import annotations

from pathlib import Path

CASE = """\
title: Many places
origin_country: NO
start: 2030-03-01
as_of: 2030-03-03
horizon: 88
step: 1 h
seed: 1
behaviour: {pool: 1000000, travel_disutility: 0.1, wait_disutility: 0.04}
groups:
  - {name: citizens, pool_share: 0.8, people_per_party: 2.5, may_enter: [SE], why: most}
  - {name: others, pool_share: 0.2, people_per_party: 2, may_enter: [SE], why: the rest}
forecast:
  - {location: Sweden, targets: [entries]}
"""
SHOCKS = "- {name: flood, kind: departures, at: 2030-03-02, leaving_per_day: 60000, decay_days: 20, why: invented}\n"
ROADS = ((0, 1), (1, 0), (1, 1), (1, -1), (0, 2))


def write_case(folder: Path, places: int) -> tuple[int, int]:
    """A case folder of about so many places, 90 days by the hour; (places, links) as they came out."""
    side, crossings = int((0.98 * places) ** 0.5), places // 100
    every = side * side // (places // 50)
    place, link, lane = (
        ["name,kind,country,lat,lon,population"],
        ["from,to,mode,distance_km,typical_hours"],
        ["crossing,lane,direction,capacity_per_day"],
    )
    for i in range(side):
        for j in range(side):
            origin = (i * side + j) % every == 0
            place.append(f"P{i}x{j},{'origin' if origin else 'transit'},NO,{60 + 5 * i / side:.4f},{5 + 20 * j / side:.4f},{50000 if origin else ''}")
            for down, right in ROADS:
                if 0 <= i + down < side and 0 <= j + right < side:
                    km = 10 * (abs(down) + abs(right)) + (7 * i + 3 * j) % 5
                    link.append(f"P{i}x{j},P{i + down}x{j + right},road,{km},{km / 60:.3f}")
    for k in range(crossings):
        row, gate = k * side // crossings, f"Gate {k} / Port {k}"
        lat = 60 + 5 * row / side
        place += [f"{gate},crossing,NO;SE,{lat:.4f},26,", f"Far {k},destination,SE,{lat:.4f},27,"]
        link += [f"P{row}x{side - 1},{gate},road,20,0.4", f"{gate},Far {k},road,20,0.4"]
        lane += [f"{gate},{kind},entries,300" for kind in ("car", "foot")]
    folder.mkdir(parents=True)
    texts = {"places.csv": place, "links.csv": link, "crossings.csv": lane}
    for name, rows in texts.items():
        (folder / name).write_text("\n".join(rows) + "\n", "utf-8")
    (folder / "case.yaml").write_text(CASE, "utf-8")
    (folder / "shocks.yaml").write_text(SHOCKS, "utf-8")
    return len(place) - 1, len(link) - 1
