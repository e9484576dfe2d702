"""What a text says twice: figures of the title that its story gives exactly, and amounts that are stated again."""

from __future__ import annotations

from collections.abc import Sequence

from borderflow.evidence.proposal import Proposal, replace
from borderflow.evidence.scene import Scene


def marked(found: Sequence[Proposal], scene: Scene) -> list[Proposal]:
    """Repeats marked: the same amount at the same place is stated once."""
    result: list[Proposal] = []
    seen: dict[tuple[object, ...], list[Proposal]] = {}
    for p in _as_the_story_says(found, scene):
        if p.status == "candidate" and p.unit not in ("ratio", "share"):  # which repeat nothing
            value = (p.unit, p.value_low if p.value_low is not None else p.value_high)
            first = next((q for q in seen.get(value, []) if _restates(p, q)), None)
            if first is not None:
                p = replace(p, duplicate_of=first.claim_id)
            else:
                seen.setdefault(value, []).append(p)
        result.append(p)
    return result


_ROUNDED = 0.05
"""A title may round what its story says by this share."""


def _as_the_story_says(found: Sequence[Proposal], scene: Scene) -> list[Proposal]:
    """All proposals; one of the title that says no time of its own has the window and the flow that its story gives the figure."""
    end = scene.title[1]
    return [_as_restated(p, found, scene) if p.start < end and p.status == "candidate" else p for p in found]


def _as_restated(p: Proposal, found: Sequence[Proposal], scene: Scene) -> Proposal:
    if any(w.last is not None and not w.spoken for w in scene.whens(scene.at(p.start))):
        return p
    later = (q for q in found if q.start > scene.title[1] and q.unit == p.unit and q.status == "candidate" and _like(p, q))
    q = next(later, None)
    return p if q is None else replace(p, window_start=q.window_start, window_end=q.window_end, flow=q.flow)


def _like(p: Proposal, q: Proposal) -> bool:
    """Whether two proposals give one amount, as far as titles are exact, in places that do not speak against it."""
    a, b = (next((x for x in (r.value_low, r.value_high) if x is not None), 0.0) for r in (p, q))
    return abs(a - b) <= _ROUNDED * max(a, b) and (p.place == q.place or not p.country or bool(set(p.country) & set(q.country)))


def _restates(p: Proposal, q: Proposal) -> bool:
    """Whether a later claim repeats an earlier one: the same amount of the same kind where places and windows do not speak against it."""
    if p.sentence == q.sentence or (p.flow in ("rate",) and p.flow != q.flow):
        return False
    small = (p.value_low or p.value_high or 0) < 100
    same_place = p.place == q.place or bool(set(p.country) & set(q.country))
    if small and (p.place != q.place or p.quantity_kind != q.quantity_kind or (p.mode and q.mode and p.mode != q.mode)):
        return False
    kinds = {p.flow, q.flow}
    if "queue" in kinds and len(kinds) > 1:
        return False
    apart = p.window_start is not None and q.window_start is not None and p.window_start != q.window_start and p.window_end != q.window_end
    return same_place and not apart
