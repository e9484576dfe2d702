"""Choosing one of several candidates by a linear model of named features: a conditional logit, whose weights were learned from annotated reports.

Nothing here knows what is chosen. Features are words such as 'heading' or 'kind:crossing/gate'; a weight that is not in the table is 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Features = Mapping[str, float]


class Chooser(Protocol):
    """Chooses among candidates: `task` is place or window; `candidates` are names, or pairs of days, in the order of their features.

    Returns the index of the best and its probability in [0, 1].
    """

    def __call__(self, task: str, options: Sequence[Features], candidates: Sequence[object]) -> tuple[int, float]: ...


@dataclass(frozen=True)
class Ranker:
    """The linear model. weights: by task, feature -> weight in log-odds."""

    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def __call__(self, task: str, options: Sequence[Features], candidates: Sequence[object]) -> tuple[int, float]:
        """The first of the best options and its share of exp(score) over all."""
        weight = self.weights.get(task, {}).get
        scores = []
        for option in options:
            score = 0.0
            for name, value in option.items():
                score += weight(name, 0.0) * value
            scores.append(score)
        top = max(scores)
        return scores.index(top), 1.0 / sum(math.exp(s - top) for s in scores)
