"""A claim: what, where, which window, how many, in which words of doubt, who says so."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Claim:
    """One row of claims.csv. Instants are local; `window_end` is exclusive (a date means the end of that day).

    value_low / value_high: None = no bound on that side. `unit` and `flow` as in the contract.
    """

    claim_id: str
    as_of: datetime
    """Day stated (midnight at its start)."""
    quantity_kind: str
    value_low: float | None
    value_high: float | None
    unit: str
    flow: str
    place: str
    """place_canonical"""
    window_start: datetime | None = None
    window_end: datetime | None = None
    """None = the day stated is its end."""
    hedge: str = ""
    direction: str = ""
    mode: str = ""
    who: str = ""
    place_text: str = ""
    country: tuple[str, ...] = ()
    source: str = ""
    """source_attribution"""
    provenance: str = ""
    reference: str = ""
    confidence: str = ""
    note: str = ""
    quote: str = ""
    status: str = ""
    duplicate_of: tuple[str, ...] = ()
    """Claims that this one restates; it is then checked, not used."""
    extra: dict[str, str] = field(default_factory=dict, hash=False)
    line: int = 0
    """Line of claims.csv, for reports."""
