# ruff: noqa: E501  (rows of a table stay on one line)
"""A small case that is valid and plays out as a rush: one builder for all tests that need a case folder.

Everything in it is invented. A flood warning on 5 March 2030 makes people of three towns leave over two crossings and by air.

- Places: origins Storby (120,000 people), Elvestad (60,000), Østvik (20,000); a transit town; one destination in each of SE, FI and IS.
- Crossings: 'Fjellpass / Skogtull' (NO;SE, 7 h from Storby): cars 400 a day that can grow by half, foot lane closed at first; a policy
  and a shock act on it. 'Elvebru / Jokisilta' (NO;FI, 5 h from Elvestad): cars 250 a day, open 6-22 h, foot 500 people a day.
- One air portal, 'air IS', with 150 seats a day.
- Two groups; 'visa' may enter FI as well. Ordinary traffic with SE through the pass, by other ways and by nobody else.
- A departure shock of 3,000 people a day out of a pool of 12,000, a believed deadline, foot access from the 8th.
- Four priors and eight claims: daily entries, a queue, a wait, a lower bound, a restatement, and one that the model cannot express.

`write_small_case(folder)` writes it; `FILES` holds the texts, so that a test can change one of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

CASE = """\
title: Invented flood warning, March 2030
origin_country: NO
start: 2030-03-01
as_of: 2030-03-09
horizon: 7
step: 1 h
step_before: 6 h
seed: 11

behaviour:
  pool: 12000
  travel_disutility: 0.1
  wait_disutility: 0.04
  slowness: 1.0

groups:
  - name: citizens
    pool_share: 0.8
    people_per_party: 2.5
    may_enter: [SE, IS]
    why: most people
  - name: visa
    pool_share: 0.2
    people_per_party: 2
    origin_weights: {Elvestad: 2}
    why: people who may enter everywhere

ordinary:
  - name: Sweden
    country: SE
    party_size: 2.5
    entries_per_day: 600
    exits_per_day: 620
    split: {Fjellpass / Skogtull: 0.7, elsewhere: 0.3}
    weekly_entries: [1, 0.9, 1, 1, 1.1, 1.2, 0.8]
    why: a quiet border with some shopping traffic

onward:
  - country: SE
    onward_share: 0.3
    onward_per_day: 0.1
    return_share: 0.5

appeal: {SE: 0.4}
mode_appeal: {air: -1}
seats: {air IS: 150}

regions:
  - name: Northern posts
    members: [Fjellpass / Skogtull, Elvebru / Jokisilta]
    alt_names: [the two posts]

sources:
  - {name: border_service, spread: 0.05, quantities: [entries_per_day, people_crossed], sources: [Border Service]}

forecast:
  - {location: Fjellpass / Skogtull, targets: [entries, exits, queue_vehicles, wait_hours_car]}
  - {location: Elvebru / Jokisilta, targets: [entries]}
  - {location: Sweden, targets: [entries, exits, stock]}
  - {location: Northern posts, targets: [entries]}

thresholds:
  - {location: Fjellpass / Skogtull, target: queue_vehicles, above: 500}
"""

PLACES = """\
name,alt_names,kind,country,lat,lon,population,provenance,note
Storby,,origin,NO,62.0,10.0,120000,invented,
Elvestad,,origin,NO,64.0,11.5,60000,invented,
Østvik,Ostvik,origin,NO,63.0,12.0,20000,invented,
Fjelldal,,transit,NO,62.5,11.5,,invented,"last town before the pass,
on the old road"
Fjellpass / Skogtull,The Pass,crossing,NO;SE,62.6,12.2,,invented,
Elvebru / Jokisilta,,crossing,NO;FI,65.0,13.0,,invented,
Sjostad,,destination,SE,62.7,14.0,,invented,
Jarvela,,destination,FI,65.1,15.0,,invented,
Hofn,Höfn,destination,IS,64.2,-15.2,,invented,
"""

LINKS = """\
from,to,mode,distance_km,typical_hours,oneway,closed,provenance,note
Storby,Elvestad,road,260,4,,,invented,
Storby,Fjelldal,road,350,6,,,invented,
Østvik,Fjelldal,road,80,1.5,,,invented,
Østvik,Elvestad,road,150,2.5,,,invented,
Fjelldal,Fjellpass / Skogtull,road,40,1,,,invented,
Fjellpass / Skogtull,Sjostad,road,110,2,,,invented,
Elvestad,Elvebru / Jokisilta,road,300,5,,,invented,
Elvebru / Jokisilta,Jarvela,road,120,2,,,invented,
Storby,Hofn,air,1350,2.5,,,invented,
"""

CROSSINGS = """\
crossing,lane,direction,capacity_per_day,growth,growth_lag_days,opens_hour,closes_hour,open,provenance,note
Fjellpass / Skogtull,car,entries,400,0.5,1,,,1,invented,
Fjellpass / Skogtull,car,exits,800,,,,,1,invented,
Fjellpass / Skogtull,foot,entries,900,,,,,0,invented,opens on the 8th
Elvebru / Jokisilta,car,entries,250,,,6,22,1,invented,
Elvebru / Jokisilta,foot,entries,500,,,6,22,1,invented,
"""

SHOCKS = """\
- name: flood warning
  kind: departures
  at: 2030-03-05T12:00
  leaving_per_day: 3000
  preparation_days: 0.4
  decay_days: 6
  why: invented warning of a dam in danger
- name: rumoured closing
  kind: deadline
  at: 2030-03-07T00:00
  until: 2030-03-10T00:00
  boost: 0.5
  after: 0.7
  why: invented rumour
- name: foot access at the pass
  kind: changes
  at: 2030-03-08T06:00
  changes:
    - {attribute: "open[Fjellpass / Skogtull; foot]", to: {fixed: 1}}
  why: invented
"""

POLICIES = """\
- name: Sweden asks for papers
  probability: 0.3
  dates: [2030-03-10, 2030-03-13]
  changes:
    - {attribute: "entries_factor[SE]", to: {uniform: [0.4, 0.9]}}
    - {attribute: "capacity_factor[Fjellpass / Skogtull; *]", to: {fixed: 0.8}, after_days: 1}
  why: invented announcement
"""

PRIORS = """\
- name: leaving
  dist: {lognormal: [3000, 0.6]}
  sets: ["leaving_per_day[flood warning]"]
  why: invented
- name: pool
  dist: {lognormal: [12000, 0.5]}
  sets: [pool]
  why: invented
- name: sweden_appeal
  dist: {normal: [0.4, 0.8]}
  sets: ["appeal[SE]"]
  why: invented
- name: car_capacity
  dist: {lognormal: [1, 0.2]}
  scales: ["capacity[*; car]"]
  why: invented
"""

CLAIMS = """\
claim_id,as_of,window_start,window_end,quantity_kind,value_low,value_high,hedge,unit,flow,direction,mode,who,place_text,place_canonical,country,source_attribution,provenance,reference,confidence,note,quote,duplicate_of,editor
C1,2030-03-03,2030-03-02,2030-03-02,entries_per_day,690,690,,people/day,flow,entries,,citizens,Sweden,Sweden,SE,Border Service,invented,,high,,,,ab
C2,2030-03-06,2030-03-05,2030-03-05,entries_per_day,1000,1000,about,people/day,flow,entries,,citizens,Sweden,Sweden,SE,Border Service,invented,,high,,,,ab
C3,2030-03-07,2030-03-06,2030-03-06,entries_per_day,1600,1600,,people/day,flow,entries,,citizens,Sweden,Sweden,SE,Border Service,invented,,high,,,,ab
C4,2030-03-07,2030-03-07T18:00,2030-03-07T18:00,vehicles_queued,600,900,range,vehicles,queue,exits_from_NO,car,all,The Pass,Fjellpass / Skogtull,NO;SE,police,invented,,medium,,"a line of 600 to 900 cars,
said the police",,
C5,2030-03-08,2030-03-07,2030-03-07,waiting_time,20,,more than,hours,duration,exits_from_NO,car,,The Pass,The Pass,NO;SE,traveller,invented,,low,,,,
C6,2030-03-09,2030-03-05,2030-03-08,people_crossed,5000,6000,,people,cumulative,entries,,citizens,both,Northern posts,SE;FI,Border Service,invented,,medium,,,,
C7,2030-03-09,2030-03-06,2030-03-06,entries_per_day,1600,1600,,people/day,flow,entries,,citizens,Sweden,Sweden,SE,a newspaper,invented,,medium,,,C3,
C8,2030-03-08,2030-03-08,,ticket_price,900,900,,EUR,price,,air,,Storby to Hofn,Storby-Hofn,IS,a newspaper,invented,,low,,,,
"""

FILES: dict[str, str] = {
    "case.yaml": CASE,
    "places.csv": PLACES,
    "links.csv": LINKS,
    "crossings.csv": CROSSINGS,
    "shocks.yaml": SHOCKS,
    "policies.yaml": POLICIES,
    "priors.yaml": PRIORS,
    "claims.csv": CLAIMS,
}


def write_small_case(folder: Path, files: Mapping[str, str | bytes | None] | None = None) -> Path:
    """Writes the case into a folder; `files` replaces texts by name, or leaves out those that are None. Returns the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in {**FILES, **(files or {})}.items():
        if content is not None:
            (folder / name).write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return folder


def changed(name: str, old: str, new: str) -> dict[str, str]:
    """One file of the case with a text replaced (which must be there), for `write_small_case`."""
    assert old in FILES[name], f"{old!r} is not in {name}"
    return {name: FILES[name].replace(old, new, 1)}
