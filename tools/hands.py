"""Who wrote the annotated reports that weights are learned from: parts of tests/corpus by hand, and what a claim of each weighs."""

from __future__ import annotations

from collections.abc import Mapping

OWN = ("dev", "test", "more", "heldout", "fresh", "second")
OTHER = ("other_dev", "other_test")
SINGLE = (
    *("third_a", "third_b", "third_c", "third_e", "fourth_h", "fourth_i", "fourth_j", "fourth_k", "fourth_l", "fourth_n", "fourth_p"),
    *(f"seventh_{hand}" for hand in "abcdefghijklmnopqrstuvwxy"),
)
"""Parts that are a hand's only one."""
PAGES = (
    *("fifth_q", "fifth_r", "fifth_s", "fifth_t", "fifth_x", "fifth_y", "fifth_z"),
    *("sixth_a", "sixth_b", "sixth_c", "sixth_d", "sixth_e", "sixth_f", "sixth_g", "sixth_h", "sixth_i", "sixth_j"),
    *("sixth_k", "sixth_l", "sixth_m", "sixth_n", "sixth_o", "sixth_p", "sixth_q", "sixth_r"),
    *("sixth_s", "sixth_t", "sixth_u", "sixth_v", "sixth_w", "sixth_x", "sixth_y", "sixth_z"),
)
"""Those of hands that followed real pages, sentence by sentence, with other figures and words."""
Hands = Mapping[str, Mapping[str, float]]


def hands(own: float, other_dev: float, pages: float) -> Hands:
    """Weights of parts by hand, 1 but for our own six, `other_dev` and those after real pages.

    Rules that were mended on a part look better there than they are; what follows real pages is nearer to what is read than what was made up.
    """
    other = dict(zip(OTHER, (other_dev, 1.0), strict=True))
    single = {part.replace("_", " "): {part: pages if part in PAGES else 1.0} for part in (*SINGLE, *PAGES)}
    return {"own": dict.fromkeys(OWN, own), "other": other, **single}
