"""Who wrote the annotated reports that weights are learned from: parts of tests/corpus by hand, and what a claim of each weighs."""

from __future__ import annotations

from collections.abc import Mapping

OWN = ("dev", "test", "more", "heldout", "fresh", "second")
OTHER = ("other_dev", "other_test")
SINGLE = ("third_a", "third_b", "third_c", "third_e", "fourth_h", "fourth_i", "fourth_j", "fourth_k", "fourth_l", "fourth_n", "fourth_p", "fifth_q", "fifth_s", "fifth_t")
"""Parts that are a hand's only one."""
Hands = Mapping[str, Mapping[str, float]]


def hands(own: float, other_dev: float) -> Hands:
    """Weights of parts by hand, 1 but for our own six and `other_dev`: rules that were mended on a part look better there than they are."""
    other = dict(zip(OTHER, (other_dev, 1.0), strict=True))
    return {"own": dict.fromkeys(OWN, own), "other": other, **{part.replace("_", " "): {part: 1.0} for part in SINGLE}}
