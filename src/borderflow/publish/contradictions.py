"""Claims that cannot all be right: the same quantity of the same place at the same time, stated ranges that do not meet."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from borderflow.publish.runfolder import Fit, Row

LEAST_RATIO = {True: 1.1, False: 1.5}
"""By whether the windows are the same: stated ranges that come closer than this factor are one figure, rounded or cut off differently."""
LEAST_OVERLAP = 0.5
"""Days that two windows share, over days that either covers."""
SAME_QUANTITY = {"arrivals_per_day": "entries_per_day"}


def contradictions(fits: Sequence[Fit]) -> list[list[Fit]]:
    """Groups of claims in which each contradicts another; a group and its claims in the order of the file.

    Whether a claim was used does not matter: an unused statement may still be what a reader has heard.
    """
    group = list(range(len(fits)))

    def root(i: int) -> int:
        while group[i] != i:
            i = group[i]
        return i

    for i, a in enumerate(fits):
        for j in range(i + 1, len(fits)):
            if contradict(a, fits[j]):
                first, second = sorted((root(i), root(j)))
                group[second] = first
    members: dict[int, list[Fit]] = {}
    for i, fit in enumerate(fits):
        members.setdefault(root(i), []).append(fit)
    return [m for m in members.values() if len(m) > 1]


def contradict(a: Fit, b: Fit) -> bool:
    """Whether two claims speak of the same thing and leave no value that both allow."""
    first, second = _days(a.row), _days(b.row)
    if first is None or second is None or not _same_thing(a.row, b.row) or _overlap(first, second) < LEAST_OVERLAP:
        return False
    # totals over different windows are compared as means a day
    shares = [s[1] - s[0] + 1 if f.row.get("flow") == "cumulative" else 1 for f, s in ((a, first), (b, second))]
    ratio = LEAST_RATIO[first == second]
    return _apart(a, b, shares[0], shares[1], ratio) or _apart(b, a, shares[1], shares[0], ratio)


def _same_thing(a: Row, b: Row) -> bool:
    kinds = [SAME_QUANTITY.get(r.get("quantity_kind", ""), r.get("quantity_kind", "")) for r in (a, b)]
    if kinds[0] != kinds[1] or any(a.get(k, "") != b.get(k, "") for k in ("place", "direction", "unit")):
        return False
    # a part not stated may be any
    return all(not a.get(k) or not b.get(k) or a[k] == b[k] for k in ("mode", "who"))


def _apart(lower: Fit, higher: Fit, lower_days: int, higher_days: int, ratio: float) -> bool:
    """Whether all that one claim allows lies clearly below all that the other allows."""
    if lower.high is None or higher.low is None:
        return False
    top = lower.high / lower_days
    return higher.low / higher_days > max(top * ratio, top)


def _overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Days that both windows share over days that either covers."""
    shared = min(a[1], b[1]) - max(a[0], b[0]) + 1
    return shared / (max(a[1], b[1]) - min(a[0], b[0]) + 1) if shared > 0 else 0.0


def _days(row: Row) -> tuple[int, int] | None:
    """First and last day of a window as ordinals."""
    begin = row.get("window_start", "") or row.get("window_end", "")
    end = row.get("window_end", "") or begin
    try:
        first, last = (datetime.fromisoformat(t).toordinal() for t in (begin, end))
    except ValueError:
        return None
    return first, last
