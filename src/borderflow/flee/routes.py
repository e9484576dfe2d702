"""Which links are open when, and every path that people may choose."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from borderflow.flee.calendar import Calendar
from borderflow.flee.instance import Instance

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Routes:
    """Links, epochs of days with the same open links, and the options of every place in every epoch; axes as in `arrays.Arrays`."""

    link_row: Ints
    link_from: Ints
    link_to: Ints
    link_km: npt.NDArray[np.float64]
    epoch: Ints
    closing: npt.NDArray[np.int8]
    close_ptr: Ints
    close_link: Ints
    option_lo: Ints
    option_hi: Ints
    option_from: Ints
    option_to: Ints
    option_km: npt.NDArray[np.float64]
    option_link: Ints
    option_tail: Ints
    tail_next: Ints
    tail_rest: Ints
    tail_end: Ints
    open_ptr: Ints
    open_link: Ints
    near_ptr: Ints
    near: Ints


class _Network:
    """Directed links and which of them are open, in the order in which Flee looks through them."""

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.ends: list[tuple[int, int]] = []
        self.row: list[int] = []
        self.km: list[float] = []
        self.open: list[list[int]] = [[] for _ in instance.locations]
        self.closed: list[list[int]] = [[] for _ in instance.locations]
        for r, link in enumerate(instance.links):
            for _ in range(2 if link.redirection == 1 and "redirection" not in instance.fixes else 1):
                for a, b in ((link.a, link.b), (link.b, link.a)):
                    self.open[a].append(len(self.ends))
                    self.ends.append((a, b))
                    self.row.append(r)
                    self.km.append(link.km)

    def act(self, day: int) -> list[int]:
        """Closures that start or end on a day, in file order; the links that close."""
        closed: list[int] = []
        for c in self.instance.closures:
            if c.kind not in ("country", "location") and not (c.kind == "link" and "link-closures" in self.instance.fixes):
                continue
            if c.start == day:
                closed += self._move(self.open, self.closed, c.kind, c.name1, c.name2)
            if c.end == day:
                self._move(self.closed, self.open, c.kind, c.name1, c.name2)
        return closed

    def _move(self, source: list[list[int]], target: list[list[int]], kind: str, name1: str, name2: str) -> list[int]:
        places = self.instance.locations
        moved: list[int] = []
        for p in range(len(places)):
            kept = []
            for link in source[p]:
                a, b = (places[end] for end in self.ends[link])
                if kind == "country":
                    hit = (a.country, b.country) in ((name1, name2), (name2, name1))
                elif kind == "location":
                    hit = name1 in (a.name, b.name)
                else:
                    hit = (a.name, b.name) == (name2, name1)
                if hit:
                    target[p].append(link)
                    moved.append(link)
                else:
                    kept.append(link)
            source[p][:] = kept
        return moved


def routes_of(instance: Instance, calendar: Calendar) -> Routes:
    """Everything about ways through the first days of an instance."""
    network = _Network(instance)
    days = len(calendar.camp)
    table = _Table(instance, network)
    epoch = np.zeros(days, dtype=np.int64)
    closes: list[list[int]] = [[] for _ in range(days)]
    busy = {d for c in instance.closures for d in (c.start, c.end)}
    marker_changes = set((np.flatnonzero((calendar.marker[1:] != calendar.marker[:-1]).any(axis=1)) + 1).tolist())
    seen: dict[tuple[object, ...], int] = {}
    for day in range(days):
        if day in busy:
            closes[day] = network.act(day)
        if day == 0 or day in busy or day in marker_changes:
            marker = calendar.marker[day]
            key = (tuple(map(tuple, network.open)), marker.tobytes())
            if key not in seen:
                seen[key] = len(seen)
                table.add_epoch(marker)
            epoch[day] = seen[key]
        else:
            epoch[day] = epoch[day - 1]
    ends = np.array(network.ends, dtype=np.int64).reshape(-1, 2)
    return Routes(
        link_row=np.array(network.row, dtype=np.int64),
        link_from=ends[:, 0].copy(),
        link_to=ends[:, 1].copy(),
        link_km=np.array(network.km),
        epoch=epoch,
        closing=np.array([bool(c) for c in closes], dtype=np.int8),
        close_ptr=np.cumsum([0, *(len(c) for c in closes)], dtype=np.int64),
        close_link=np.array([link for c in closes for link in c], dtype=np.int64),
        **table.arrays(),
    )


class _Table:
    """Options of all epochs; places whose surroundings do not change between epochs share theirs."""

    def __init__(self, instance: Instance, network: _Network) -> None:
        self.network = network
        self.awareness = instance.settings.awareness_level
        self.fixed = instance.settings.fixed_routes
        self.major_routes = (*instance.major_routes, *(chain[::-1] for chain in instance.major_routes))
        self.n = len(instance.locations)
        self.tails: dict[tuple[int, ...], int] = {(): 0}
        self.options: list[tuple[int, int, float, int, int]] = []
        self.lo: list[list[int]] = []
        self.hi: list[list[int]] = []
        self.open: list[int] = []
        self.open_ptr: list[int] = [0]
        self.near: list[int] = []
        self.near_ptr: list[int] = [0]
        self.known: dict[tuple[object, ...], tuple[int, int]] = {}

    def add_epoch(self, marker: npt.NDArray[np.bool_]) -> None:
        """Options under the links open now."""
        lo, hi = [], []
        for p in range(self.n):
            found = list(self._paths(p, marker))
            if self.fixed:
                found = self._shortest(found + self._major(p, marker))
            key = (p, tuple(found))
            if key not in self.known:
                begin = len(self.options)
                for path, km in found:
                    self.options.append((p, path[-1], km, self._first_link(p, path[1]), self._tail(path[2:])))
                self.known[key] = (begin, len(self.options))
            lo.append(self.known[key][0])
            hi.append(self.known[key][1])
            self.open += self.network.open[p]
            self.open_ptr.append(len(self.open))
        origins: list[list[int]] = [[] for _ in range(self.n)]
        for p in range(self.n):
            for q in sorted({option[1] for option in self.options[lo[p] : hi[p]]}):
                origins[q].append(p)
        for found_at in origins:
            self.near += found_at
            self.near_ptr.append(len(self.near))
        self.lo.append(lo)
        self.hi.append(hi)

    def _shortest(self, paths: list[tuple[tuple[int, ...], float]]) -> list[tuple[tuple[int, ...], float]]:
        """One path a destination: the shortest, of equal ones the first."""
        best: dict[int, tuple[tuple[int, ...], float]] = {}
        for path, km in paths:
            if path[-1] not in best or km < best[path[-1]][1]:
                best[path[-1]] = (path, km)
        return list(best.values())

    def _major(self, p: int, marker: npt.NDArray[np.bool_]) -> list[tuple[tuple[int, ...], float]]:
        """Ways along major routes from p to every later place on them, with a quarter of their distance."""
        found: list[tuple[tuple[int, ...], float]] = []
        for chain in self.major_routes:
            if p not in chain or marker[p]:
                continue
            km = 0.0
            path: tuple[int, ...] = (p,)
            for a, b in pairwise(chain[chain.index(p) :]):
                links = [link for link in self.network.open[a] if self.network.ends[link][1] == b]
                if not links or b in path:
                    break
                km, path = km + self.network.km[links[0]], (*path, b)
                if not marker[b]:
                    found.append((path, km / 4.0))
        return found

    def _first_link(self, p: int, q: int) -> int:
        return next(link for link in self.network.open[p] if self.network.ends[link][1] == q)

    def _tail(self, path: tuple[int, ...]) -> int:
        for begin in range(len(path) - 1, -1, -1):
            self.tails.setdefault(path[begin:], len(self.tails))
        return self.tails[path]

    def _paths(self, start: int, marker: npt.NDArray[np.bool_]) -> Iterator[tuple[tuple[int, ...], float]]:
        """(places from start to end, km) of every option; a marker is passed without counting as a step."""
        if self.awareness == 0:
            return
        through = self.awareness > 0
        stack: list[tuple[tuple[int, ...], float, int]] = [((start,), 0.0, max(self.awareness, 1))]
        while stack:
            path, km, steps = stack.pop()
            if path[1:] and (not marker[path[-1]] or not through):
                yield path, km
            if steps == 0:
                continue
            more = []
            for link in self.network.open[path[-1]]:
                q = self.network.ends[link][1]
                if q not in path[:-1]:
                    more.append(((*path, q), km + self.network.km[link], steps if marker[q] and through else steps - 1))
            stack += reversed(more)

    def arrays(self) -> dict[str, Any]:
        """The fields of `Routes` that this table holds."""
        columns = [list(c) for c in zip(*self.options, strict=True)] or [[], [], [], [], []]
        tails = list(self.tails)
        ints = {
            "option_from": columns[0],
            "option_to": columns[1],
            "option_link": columns[3],
            "option_tail": columns[4],
            "open_link": self.open,
            "near": self.near,
        }
        ints |= {"option_lo": self.lo, "option_hi": self.hi, "open_ptr": self.open_ptr, "near_ptr": self.near_ptr}
        ints |= {"tail_next": [t[0] if t else -1 for t in tails], "tail_end": [t[-1] if t else -1 for t in tails]}
        ints |= {"tail_rest": [self.tails[t[1:]] if t else 0 for t in tails]}
        found: dict[str, Any] = {name: np.array(values, dtype=np.int64) for name, values in ints.items()}
        return found | {"option_km": np.array(columns[2], dtype=np.float64)}
