"""Choosing one of several candidates by a linear model of named features: a conditional logit, whose weights were learned from annotated reports.

Nothing here knows what is chosen. Features are words such as 'heading' or 'kind:crossing/gate'; a weight that is not in the table is 0.
Those that stand together come in a bundle, which is made once, so that a text with many candidates does not spell and weigh them again and again.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from typing import Protocol

Features = Mapping[str, float]
_MOST = 100_000
"""Sums that are remembered, whatever is read."""


class Bundle:
    """Names of features that hold of a candidate together, each with the value 1. Told apart by identity: see `bundle`."""

    __slots__ = ("names",)

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names


@cache
def bundle(*names: str) -> Bundle:
    """The bundle of some names, always the same one; names must be of a bounded number."""
    return Bundle(names)


def features(bundles: Sequence[Bundle], measures: Features | None = None) -> dict[str, float]:
    """The features of one candidate by name: those of its bundles, each once, and those that are measured."""
    result = dict.fromkeys(chain.from_iterable([b.names for b in bundles]), 1.0)
    return result | dict(measures) if measures else result


class Sums(dict[Bundle, float]):
    """What bundles weigh; remembered by bundle."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        self._weights = weights

    def __missing__(self, named: Bundle) -> float:
        weight = sum([self._weights.get(name, 0.0) for name in named.names])
        if len(self) < _MOST:
            self[named] = weight
        return weight


class Chooser(Protocol):
    """Chooses among candidates: `task` is place or window; `candidates` are names, or pairs of days, in the order of their bundles.

    measures: features of some candidates, by their number, that are not 0 or 1. Returns the index of the best and its probability in [0, 1].
    """

    def __call__(
        self, task: str, options: Sequence[Sequence[Bundle]], candidates: Sequence[object], measures: Mapping[int, Features], /
    ) -> tuple[int, float]: ...


@dataclass(frozen=True)
class Ranker:
    """The linear model. weights: by task, feature -> weight in log-odds."""

    weights: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    _sums: dict[str, dict[tuple[Bundle, ...], float]] = field(default_factory=dict, init=False, repr=False, compare=False)
    """By task, bundles that were met together -> the sum of their weights."""

    def __call__(
        self, task: str, options: Sequence[Sequence[Bundle]], candidates: Sequence[object], measures: Mapping[int, Features]
    ) -> tuple[int, float]:
        """The first of the best options and its share of exp(score) over all."""
        scores = self.scores(task, options, measures)
        top = max(scores)
        return scores.index(top), 1.0 / sum([math.exp(s - top) for s in scores])

    def shares(self, task: str, options: Sequence[Sequence[Bundle]], measures: Mapping[int, Features]) -> list[float]:
        """The probability of every option, in their order; they add up to 1."""
        scores = self.scores(task, options, measures)
        top = max(scores)
        shares = [math.exp(s - top) for s in scores]
        total = sum(shares)
        return [s / total for s in shares]

    def scores(self, task: str, options: Sequence[Sequence[Bundle]], measures: Mapping[int, Features]) -> list[float]:
        """The score of every option, in log-odds."""
        sums, weights = self._sums.setdefault(task, {}), self.weights.get(task, {})
        scores = []
        for bundles in options:
            met = tuple(bundles)
            score = sums.get(met)
            if score is None:  # weights are added in one order: sums that differ in the last digit only would part what is even
                score = sum([weights.get(name, 0.0) for name in features(bundles)])
                if len(sums) < _MOST:
                    sums[met] = score
            scores.append(score)
        for i, measured in measures.items():
            scores[i] += sum([weights.get(name, 0.0) * value for name, value in measured.items()])
        return scores
