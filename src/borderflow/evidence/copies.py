"""Near copies of texts: wire stories reprinted with other headlines, found by MinHash over runs of words.

Pure functions of texts; hashes are BLAKE2b, so signatures are the same on every machine.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b

SHINGLE = 5
"""Words in a run."""
HASHES = 96
COPY = 0.55
"""Texts that share this part of their runs of words are copies of one another: a reprint loses a headline and gains a caption."""
_PRIME = (1 << 61) - 1
_WORDS = re.compile(r"\w+")
_MOST = 40_000
"""Words of a text that are looked at."""


def _multipliers() -> tuple[tuple[int, int], ...]:
    pairs = []
    for i in range(HASHES):
        digest = blake2b(f"minhash {i}".encode(), digest_size=16).digest()
        pairs.append((int.from_bytes(digest[:8], "big") % (_PRIME - 1) + 1, int.from_bytes(digest[8:], "big") % _PRIME))
    return tuple(pairs)


_PAIRS = _multipliers()


def signature(text: str) -> tuple[int, ...]:
    """MinHash signature of a text: HASHES numbers below 2^61; of two texts the share of equal places estimates their likeness."""
    words = [w.lower() for w in _WORDS.findall(text[: _MOST * 8])[:_MOST]]
    runs = {" ".join(words[i : i + SHINGLE]) for i in range(max(1, len(words) - SHINGLE + 1))}
    values = [int.from_bytes(blake2b(run.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big") % _PRIME for run in runs]
    return tuple(min((a * v + b) % _PRIME for v in values) for a, b in _PAIRS)


def likeness(a: Sequence[int], b: Sequence[int]) -> float:
    """Estimated share of runs of words that two texts have in common (Jaccard), 0 to 1."""
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a)
