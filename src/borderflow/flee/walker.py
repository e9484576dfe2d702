"""One day of Flee's law, one agent at a time, in order of creation: plain and slow, the reference that the chain is tested against.

What belongs here: what an agent does. What the world looks like on that day (open links, types, scores) is made by `agents`. The
law is the one described in docs/decisions/0014; no code is shared with the chain, so that a slip in one shows as a difference.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from borderflow.compiled import njit

LONGEST_ROUTE = 24
"""Places on a chosen route, markers included."""
OPEN_ENOUGH = 0.5
"""An agent does not set out for a camp whose capacity factor is below this."""


class Agents(NamedTuple):
    """Everyone so far, one entry each, in order of creation; capacity of the arrays grows by doubling."""

    place: Any
    """Index of the location, -1 on a link."""
    link: Any
    """Index of the link, -1 at a location."""
    km: Any
    """Kilometres done on the link."""
    route: Any
    """Locations still ahead, (n, LONGEST_ROUTE)."""
    route_length: Any
    travelled: Any
    """Places travelled, 1 at the start."""
    recent: Any
    """Recent travel distance r in [0, 1]."""
    moved: Any
    """Kilometres moved today."""
    kind: Any
    """Index of the combination of attributes that rules look at."""
    home: Any
    active: Any


class Today(NamedTuple):
    """The world of one day. n locations, m links, k kinds of agents."""

    chance: Any
    """Move chance by location and kind, (n, k)."""
    town: Any
    camp: Any
    capacity: Any
    """Scaled capacity, (n,); below 1 = no limit."""
    first_link: Any
    """The first open link from one location to another, -1 = none, (n, n)."""
    start: Any
    end: Any
    length: Any
    speed: Any
    walk_prob: Any
    closed: Any
    option_begin: Any
    """Options of location i are option_begin[i] .. option_begin[i + 1]."""
    option_base: Any
    """(weight_softening + score) / (softening + length) ** distance_power, (n_options, k)."""
    option_route: Any
    option_steps: Any
    weight_power: float
    prune: float
    """Options lighter than the heaviest divided by this are dropped; 0 = off."""
    routes_ignore_capacity: bool
    buffer: float
    walk_speed: float
    max_speed: float
    on_foot: bool
    no_short_stints: bool
    frozen: bool
    """Nobody can choose a route (awareness level 0)."""


@njit(cache=True)
def capacity_factor(today, present, j):
    """Share of its weight that location j keeps: 1 up to the buffer, 0 when full, linear between."""
    cap = today.capacity[j]
    if cap < 1.0 or present[j] <= today.buffer * cap:
        return 1.0
    if present[j] >= cap:
        return 0.0
    return 1.0 - (present[j] - today.buffer * cap) / (cap * (1.0 - today.buffer))


@njit(cache=True)
def choose_route(i, agents, today, present, weights, rng):
    """Gives agent i a route from where it is; False when there is no option."""
    here = agents.place[i]
    first, last = today.option_begin[here], today.option_begin[here + 1]
    n = last - first
    if n == 0 or today.frozen:
        return False
    heaviest = 0.0
    for o in range(n):
        steps = today.option_steps[first + o]
        target = today.option_route[first + o, steps - 1]
        factor = 1.0 if today.routes_ignore_capacity else capacity_factor(today, present, target)
        weights[o] = (today.option_base[first + o, agents.kind[i]] * factor) ** today.weight_power
        heaviest = max(heaviest, weights[o])
    total = 0.0
    for o in range(n):
        if today.prune > 0.0 and weights[o] < heaviest / today.prune:
            weights[o] = 0.0
        total += weights[o]
    if total <= 0.0:
        chosen = min(int(rng.random() * n), n - 1)
    else:
        u = rng.random() * total
        chosen = 0
        while chosen < n - 1 and u >= weights[chosen]:
            u -= weights[chosen]
            chosen += 1
    steps = today.option_steps[first + chosen]
    agents.route_length[i] = steps
    for s in range(steps):
        agents.route[i, s] = today.option_route[first + chosen, s]
    return True


@njit(cache=True)
def set_out(i, agents, today, present, weights, rng):
    """Agent i, at a location and willing to move, takes the first hop of its route, or stays."""
    here = agents.place[i]
    if agents.route_length[i] == 0 and not choose_route(i, agents, today, present, weights, rng):
        return
    length = agents.route_length[i]
    link = today.first_link[here, agents.route[i, 0]]
    target = agents.route[i, length - 1]
    if link < 0 or (today.camp[target] and capacity_factor(today, present, target) < OPEN_ENOUGH):
        agents.route_length[i] = 0
        return
    for s in range(1, length):
        agents.route[i, s - 1] = agents.route[i, s]
    agents.route_length[i] = length - 1
    present[here] -= 1
    agents.place[i] = -1
    agents.link[i] = link
    agents.km[i] = 0.0


@njit(cache=True)
def travel(i, agents, today, present, weights, rng):
    """Agent i, on a link, goes on for the rest of its day."""
    while agents.place[i] < 0:
        link = agents.link[i]
        v = today.speed[link]
        if today.on_foot and agents.travelled[i] == 1:
            v = today.walk_speed
        if today.walk_prob[link] > 0.0 and rng.random() < today.walk_prob[link]:
            v = today.walk_speed
        agents.km[i] += v
        agents.moved[i] += v
        if not agents.km[i] > today.length[link]:
            return
        agents.travelled[i] += 1
        agents.moved[i] -= agents.km[i] - today.length[link]
        agents.km[i] = 0.0
        agents.link[i] = -1
        if today.closed[link]:
            agents.place[i] = today.start[link]
            present[agents.place[i]] += 1
            return
        agents.place[i] = today.end[link]
        present[agents.place[i]] += 1
        if not agents.moved[i] < v:
            return
        forced = today.no_short_stints and (agents.recent[i] + agents.moved[i] / today.max_speed) / 2.0 < 0.5
        here = agents.place[i]
        chance = today.chance[here, agents.kind[i]]
        if agents.route_length[i] > 0 or (forced and today.town[here]):
            chance = 1.0
        if rng.random() < chance:
            set_out(i, agents, today, present, weights, rng)


@njit(cache=True)
def one_day(n, agents, today, present, rng):
    """All of the first n agents decide, then all travel, in order of creation. present: agents at each location, (n_locations,), changed."""
    weights = np.zeros(max(1, today.option_base.shape[0]))
    place, active, kind, route_length, recent, moved = agents.place, agents.active, agents.kind, agents.route_length, agents.recent, agents.moved
    chance, max_speed = today.chance, today.max_speed
    for i in range(n):
        if active[i] and place[i] >= 0 and (route_length[i] > 0 or rng.random() < chance[place[i], kind[i]]):
            set_out(i, agents, today, present, weights, rng)
    for i in range(n):
        if active[i] and place[i] < 0:
            travel(i, agents, today, present, weights, rng)
    for i in range(n):
        recent[i] = (recent[i] + moved[i] / max_speed) / 2.0
        moved[i] = 0.0


@njit(cache=True)
def sink(n, agents, prob, rng):
    """Deactivates agents in camps with the location's probability; they stay counted."""
    for i in range(n):
        here = agents.place[i]
        if agents.active[i] and here >= 0 and prob[here] > 0.0 and rng.random() < prob[here]:
            agents.active[i] = False
