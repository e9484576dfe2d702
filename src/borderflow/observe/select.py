"""Which claims enter the likelihood: used, checked (they restate others) or unused, each with the reason."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from borderflow.evidence.claim import Claim
from borderflow.observe.express import Observable, Unused, express, window_dates
from borderflow.observe.hedges import Interval, interval
from borderflow.simulate.compile import Model
from borderflow.world.model import SourceClass
from borderflow.world.names import locations_of

DEFAULT_CLASS = SourceClass(name="any_source", spread=0.3, bias=(0.0, 0.1), why="no class of the case fits")


@dataclass(frozen=True)
class Judged:
    """A claim with what the observation model makes of it."""

    claim: Claim
    status: str
    """used, checked or unused"""
    why: str
    observable: Observable | None
    interval: Interval
    source_class: SourceClass


def class_of(claim: Claim, classes: tuple[SourceClass, ...]) -> SourceClass:
    """The first source class that fits a claim's attribution and quantity."""
    text = claim.source.casefold()
    for item in classes:
        right_kind = not item.quantities or claim.quantity_kind in item.quantities
        if right_kind and (not item.sources or any(word.casefold() in text for word in item.sources)):
            return item
    return DEFAULT_CLASS


def judge(claims: list[Claim], model: Model, until: date) -> list[Judged]:
    """Status of every claim for a calibration that knows what was stated up to and including `until`."""
    judged: list[Judged] = []
    locations = locations_of(model.case)
    known = {c.claim_id for c in claims if c.as_of.date() <= until}
    for claim in claims:
        observable = express(claim, model, locations)
        status, why = "used", ""
        if isinstance(observable, Unused):
            status, why, found = "unused", observable.why, None
        else:
            found = observable
            restated = [d for d in claim.duplicate_of if d in known]
            if claim.as_of.date() > until:
                status, why = "unused", f"stated after {until}"
            elif claim.status in ("rejected", "superseded", "candidate", "context"):
                status, why = "unused", f"status '{claim.status}' in the ledger"
            elif restated:
                status, why = "checked", f"restates {', '.join(restated)}"
        judged.append(Judged(claim, status, why, found, interval(claim), class_of(claim, model.case.sources)))
    return _covered(_superseded(judged))


def _series(claim: Claim) -> tuple[object, ...]:
    return (claim.place, claim.quantity_kind, claim.direction, claim.mode, claim.who, *window_dates(claim), claim.source)


def _superseded(judged: list[Judged]) -> list[Judged]:
    """Used claims that the same source restated later for the same window, in a claim that is used itself, are checked instead."""
    last: dict[tuple[object, ...], Claim] = {}
    later: dict[str, str] = {}
    for claim in sorted((j.claim for j in judged if j.status == "used"), key=lambda c: (c.as_of, c.line)):
        key = _series(claim)
        if claim.source and key in last and last[key].as_of < claim.as_of:
            later[last[key].claim_id] = claim.claim_id
        last[key] = claim
    return [replace(j, status="checked", why=f"superseded by {later[j.claim.claim_id]}") if j.claim.claim_id in later else j for j in judged]


def _covered(judged: list[Judged]) -> list[Judged]:
    """Sums whose whole window is covered by shorter used counts of the same thing are checked, not used."""
    result = []
    for item in judged:
        parts = _parts(item, judged) if item.status == "used" and item.observable and item.observable.what == "people" else []
        if parts:
            item = replace(item, status="checked", why=f"sum of {', '.join(parts)}")
        result.append(item)
    return result


def _parts(item: Judged, judged: list[Judged]) -> list[str]:
    assert item.observable is not None
    start, end = item.observable.days
    if end - start <= 1.0:
        return []
    names = _counted(item)
    parts = []
    for other in judged:
        if other is item or other.status != "used" or other.observable is None or other.observable.peak or other.interval.one_sided:
            continue
        a, b = other.observable.days
        if _counted(other) == names and start <= a and b <= end and b - a < end - start:
            parts.append((a, b, other.claim.claim_id))
    at = start
    for a, b, _ in sorted(parts):
        if a > at + 1e-9:
            return []
        at = max(at, b)
    return [x[2] for x in sorted(parts)] if at >= end - 1e-9 else []


def _counted(item: Judged) -> tuple[object, ...]:
    assert item.observable is not None
    return tuple(sorted({(t.location, t.series, t.weight > 0) for t in item.observable.top}))
