"""What a claim says of its number: which kind of quantity, whether a flow, a stock or a queue, in which direction.

The rules' answer is one feature among others (verbs and nouns nearby, what the window is like, the place, lines that lead); learned weights
choose among the answers that were seen in learning for its unit. Without weights the rules' answer stands.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from operator import itemgetter
from typing import NamedTuple, Protocol

from borderflow.evidence.kinds import kind_named
from borderflow.evidence.language import Tags
from borderflow.evidence.places import Place, role_of
from borderflow.evidence.reading import Reading
from borderflow.evidence.scene import shape_of
from borderflow.evidence.sentence import MOVES, OTHERS, REACH, View, Word
from borderflow.evidence.windows import Window

MOVING = "moving"
"""Flow of those who move until their window is looked at; the answers that were learned have it."""
_AGAINST = {"entries": "exits", "exits": "entries"}
_BEFORE_ITS = re.compile(r"[\d;.]")
_AFTER_ITS = re.compile(r"[\d;.,:—–]")
"""Where words before and after a number belong to another."""
_ROOF = frozenset({"roof near", "roof mid"})
_WHOSE = frozenset({"women", "children", "men"})
_BESIDE = 3
"""Characters between a number and the word right beside it."""
_STEM = 70
"""Words farther than this (characters and costs) from a number say nothing by their beginning."""
_LETTERS = 6
_PER_SEPARATOR = 28
_SORTS = {"families": "people", "lorries": "vehicles", "buses": "vehicles"}
"""Units that are answered for like others; `kind_named` then says 'trucks' or 'buses'."""
_WORDS = frozenset(
    {
        *MOVES,
        *OTHERS,
        "queue_noun",
        "travel",
        "walk",
        "traffic",
        "movement",
        "moving",
        "thing",
        "roof",
        "by_car",
        "by_bus",
        "by_air",
        "by_rail",
        "by_lorry",
    }
)


class Quantity(NamedTuple):
    """One answer: three columns of claims.csv."""

    kind: str
    flow: str
    direction: str


def flow_of_days(first: date | None, last: date | None) -> str:
    """What people or vehicles that move are counted as: a flow in a day, or one across midnight; cumulative in more days, or since an unknown one."""
    return "flow" if first is not None and last is not None and (last - first).days <= 1 else "cumulative"


def spanned(q: Quantity, window: Window) -> Quantity:
    """An answer with the flow that its window makes it."""
    return q._replace(flow=flow_of_days(window.first, window.last)) if q.flow == MOVING else q


def turned(v: View, r: Reading, q: Quantity, last: str) -> Quantity:
    """An answer for a number that its words set against the last: 'in the opposite direction 3,260'. `last`: direction of the claim before."""
    other = _AGAINST.get(last)
    if other is None or q.flow not in (MOVING, "rate"):
        return q
    pattern = v.language.patterns["opposite"]
    before = _BEFORE_ITS.split(v.low[max(v.start, r.mention.begin - 70) : r.mention.begin])[-1]
    after = _AFTER_ITS.split(v.low[max(r.stop, r.mention.end) : min(v.end, max(r.stop, r.mention.end) + 45)])[0]
    if not (pattern.search(before) or pattern.search(after)):
        return q
    return q._replace(kind=f"{other}_per_day" if q.kind == f"{last}_per_day" else q.kind, direction=other)


def present(q: Quantity, place: Place, names: Sequence[str]) -> Quantity:
    """An answer for people sheltered: those of a country, where no shelter is named, are the people present in it, the stock that the model knows."""
    if q.kind != "people_sheltered" or q.flow != "stock" or place.kind != "country" or not _ROOF.isdisjoint(names):
        return q
    return q._replace(kind="people_present")


def share_of(v: View, r: Reading, q: Quantity) -> Quantity:
    """An answer for a share, whose kind is said by the words after it, or in its clause before: children, women and children, men."""
    if not q.kind.endswith("share"):
        return q
    a, b = r.mention.begin, max(r.stop, r.mention.end)
    after = [w for w in v.between(b, b + 60) if v.separators(b, w.start) <= 1]
    tags = {tag for w in after for tag in w.tags}
    if not tags & _WHOSE:
        tags |= {tag for w in v.between(a - 60, a) if not v.separators(w.end, a) for tag in w.tags}
    whose = "women_children" if {"women", "children"} <= tags else next((k for k in ("children", "women", "men") if k in tags), "")
    return q._replace(kind=f"share_{whose}") if whose else q


class Chooser(Protocol):
    """Chooses what a claim of a unit says, by the names of its features; `rule` is the rules' answer. Returns its probability in [0, 1] too."""

    def __call__(self, unit: str, names: Sequence[str], rule: Quantity, /) -> tuple[Quantity, float]: ...


class Weights:
    """The linear model: an answer scores the weights of its three parts with each feature, and a weight of its own."""

    def __init__(self, rows: Iterable[tuple[str, str, float]]) -> None:
        """rows: feature, part of an answer ('kind=people_crossed'), weight in log-odds; or 'unit=people', 'kind/flow/direction', the answer's own."""
        of: dict[str, dict[str, float]] = {}
        answers: dict[str, dict[Quantity, float]] = {}
        for feature, answer, weight in rows:
            if "=" in answer:
                of.setdefault(feature, {})[answer] = weight
            else:
                answers.setdefault(feature.removeprefix("unit="), {})[Quantity(*answer.split("/"))] = weight
        self._answers = {unit: tuple(given) for unit, given in answers.items()}
        self._rows: dict[str, dict[str, tuple[float, ...]]] = {}
        """By unit and feature the weight of each answer; by unit and '' its own."""
        for unit, given in answers.items():
            parts = [(f"kind={q.kind}", f"flow={q.flow}", f"direction={q.direction}") for q in given]
            table = {name: tuple([sum(w.get(p, 0.0) for p in three) for three in parts]) for name, w in of.items()}
            self._rows[unit] = {"": tuple(given.values())} | {name: row for name, row in table.items() if any(row)}

    def __call__(self, unit: str, names: Sequence[str], rule: Quantity) -> tuple[Quantity, float]:
        """The best answer of the most probable flow and its share of exp(score) over all; the rules' answer where the unit is not known."""
        sort = _SORTS.get(unit, unit)
        rows = self._rows.get(sort)
        if rows is None:
            return rule, 1.0
        score = [sum(column) for column in zip(rows[""], *[rows[name] for name in names if name in rows], strict=True)]
        top = max(score)
        answers, odds = self._answers[sort], [math.exp(s - top) for s in score]
        flows: dict[str, float] = {}
        for q, x in zip(answers, odds, strict=True):
            flows[q.flow] = flows.get(q.flow, 0.0) + x
        flow = max(flows, key=flows.__getitem__)
        x, best = max(((x, q) for x, q in zip(odds, answers, strict=True) if q.flow == flow), key=_first)
        return best._replace(kind=kind_named(best.kind, unit)), x / sum(odds)


_first = itemgetter(0)


@cache
def _told(tags: Tags) -> tuple[str, ...]:
    return tuple(sorted(tags & _WORDS))


def features(v: View, r: Reading, place: Place, window: Window, day: date, rule: Quantity, title: Sequence[str] = ()) -> list[str]:
    """Names of what speaks for one answer or another; `title`: see `tags_of`."""
    what = _SORTS.get(r.what, r.what)
    names = [
        f"{what}/day" if r.rate else what,
        f"is {r.what}",
        f"rule {rule.kind}",
        f"rule {rule.flow}",
        f"rule {rule.direction}",
        f"rule {rule.kind} {rule.flow} {rule.direction}",
        f"cue {r.cue}",
        f"noun {r.noun}",
        f"window {shape_of(window.first, window.last, day)}",
        f"place {place.kind}",
        f"role {place.role}",
        f"made {r.rule}",
    ]
    if window.since:
        names.append("since")
    if window.stock:
        names.append("window of a stock")
    if r.forecast:
        names.append(f"ahead {r.forecast}")
    if r.inherited:
        names.append("inherited")
    if r.capacity:
        names.append("capacity")
    if r.of_them:
        names.append("of them")
    if r.men:
        names.append("men")
    if v.row:
        names.append("row")
    names += _from_words(v, r)
    names += _from_places(v, r, place)
    if v.lead:
        if "lead speaks" not in v.memo:
            v.memo["lead speaks"] = tags_of("lead", v.lead)
        names += v.memo["lead speaks"]
    if v.column:
        names += tags_of("column", v.column)
    names += title
    return list(dict.fromkeys(names))


def tags_of(label: str, words: Sequence[Word]) -> list[str]:
    """Names of what the words of a line speak of."""
    return [f"{label} {tag}" for tag in sorted({tag for w in words for tag in _told(w.tags)})]


def _from_words(v: View, r: Reading) -> list[str]:
    """The words around a number: how near the nearest of each meaning is, and how those in its clause begin."""
    a, b = r.mention.begin, max(r.stop, r.mention.end)
    borders, words = v.borders, v.words
    first, last = bisect_left(borders, a), bisect_left(borders, b)
    nearest: dict[str, float] = {}
    names = []
    for w in words[v.after(a - REACH) : v.after(b + REACH)]:
        start, end, text, tags = w
        told = _told(tags) if tags else ()
        if end <= a:
            cost = a - end
            if told or cost <= _STEM:
                cost += _PER_SEPARATOR * (first - bisect_left(borders, end))
        elif start >= b:
            cost = start - b
            if told or cost <= _STEM:
                cost += _PER_SEPARATOR * (bisect_left(borders, start) - last)
        else:
            cost = 0
        for tag in told:
            if cost < nearest.get(tag, REACH):
                nearest[tag] = cost
        if cost <= _BESIDE and told:
            names += [f"{'before' if end <= a else 'after'} {tag}" for tag in told]
        if cost <= _STEM and len(text) > 2 and not v.text[start].isupper():  # names tell of one text only
            names.append("w " + text[:_LETTERS])
    names += [tag + (" near" if cost < 25 else " mid" if cost < 70 else " far") for tag, cost in nearest.items()]
    return names


def _from_places(v: View, r: Reading, place: Place) -> list[str]:
    """Where else the sentence says that people go to or come from, and whose people they are."""
    mine = set(place.countries)
    names = []
    for p in v.places:
        if p.role == "place":
            role = role_of(v, p)
            if role in ("to", "from") and p.entry.name != place.name:
                codes = p.entry.countries
                same = "same" if mine & set(codes) else "other"
                if place.kind == "crossing" and same == "same" and len(place.countries) == 2 and len(codes) == 1:
                    same = "near" if codes[0] == place.countries[0] else "far"
                names.append(f"{role} {same}")
        elif p.role in ("people", "both", "adjective") and r.mention.begin <= p.start <= r.stop + 3:
            same = "own" if mine & set(p.entry.countries) else "foreign"
            if place.kind == "crossing" and len(place.countries) == 2 and same == "own":
                same = "near" if p.entry.countries[0] == place.countries[0] else "far"
            names.append(f"people {same}")
    return names
