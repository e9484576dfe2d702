"""Learns the weights by which kind, flow and direction of a claim are chosen, from the annotated reports of tests/corpus.

    python tools/learn_kinds.py                # writes src/borderflow/evidence/data/kinds.tsv
    python tools/learn_kinds.py --by-author    # writes nothing: each hand's reports read with weights learned on all others'

Deterministic: the same corpus gives the same table.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from threadpoolctl import threadpool_limits

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "tools")]

from borderflow.evidence.gazetteer import Gazetteer
from borderflow.evidence.kinds import kind_named
from borderflow.evidence.quantities import MOVING, Quantity, Weights
from borderflow.io.gazetteer import shipped
from corpus_reader import FIELDS, Annotation, read_reports, same_value, span_of
from learn_choices import HANDS, Recorder, read, rows
from learn_choices import learn as learn_choices
from learn_counts import learn as learn_counts

TABLE = ROOT / "src/borderflow/evidence/data/kinds.tsv"
PENALTY = 6.0
"""Half of it times each weight squared is added to the loss: weights are drawn to 0."""
FEWEST = 5
"""A feature that fewer claims have is left out."""
FEWEST_ANSWERS = 3
"""An answer that fewer claims have is left out."""
LEAST = 0.1
"""A smaller weight is left out."""
UNITS = {"families": "people", "lorries": "vehicles", "buses": "vehicles"}
"""Units that are learned together with others."""
THIRDS = 3
LEARNED = frozenset({"people", "vehicles", "hours", "km", "ratio", "share", "people/day"})
"""Units of which there are enough claims; of others the rules' answer stands."""
TOLD = ("flow", "quantity_kind", "direction")
_GENERAL = re.compile(r"^(?:trucks|buses)_")
Row = tuple[str, str, float]


@dataclass
class Asked:
    """Chooses as given, or as the rules do, and keeps what it was asked."""

    weights: Weights | None
    seen: list[tuple[str, Sequence[str], Quantity]] = field(default_factory=list)

    def __call__(self, unit: str, names: Sequence[str], rule: Quantity) -> tuple[Quantity, float]:
        self.seen.append((unit, names, rule))
        return (rule, 1.0) if self.weights is None else self.weights(unit, names, rule)


@dataclass
class Choice:
    """One claim whose value, unit and span are right: its features, what was annotated, how much it counts."""

    unit: str
    names: Sequence[str]
    kind: str
    flow: str
    direction: str
    weight: float
    given: Mapping[str, str]
    noted: Annotation


def choices(hand: str, gazetteer: Gazetteer, weights: Weights | None) -> list[Choice]:
    """The claims of a hand's reports, read with the weights of `gazetteer` for everything else."""
    result = []
    for part, weight in HANDS[hand].items():
        for report in read_reports(part):
            asked = Asked(weights)
            text, found = read(report, Recorder(gazetteer.ranker, replace(gazetteer, quantities=asked)))
            table = rows(found)
            free = set(range(len(table)))
            for note in report.claims:
                start, end = span_of(note, text)
                near = (i for i in sorted(free) if int(table[i]["start"]) < end and start < int(table[i]["end"]))
                i = next((i for i in near if same_value(table[i], note.cells)), None)
                if i is None:
                    continue
                free.discard(i)
                cells, (unit, names, _) = note.cells, asked.seen[i]
                direction = "" if cells["direction"] == "stock" else cells["direction"]
                kind = kind_named(cells["quantity_kind"], unit, direction)
                kind = _GENERAL.sub("vehicles_", kind).replace("walked", "travelled")
                kind = ("exit_share" if direction == "exits" else "share") if unit == "share" else kind  # what of is said by the words after it
                kind = "people_sheltered" if kind == "people_present" else kind  # who of them is present is said by the place
                flow = MOVING if cells["flow"] in ("flow", "cumulative") else cells["flow"]
                result.append(Choice(UNITS.get(unit, unit), names, kind, flow, direction, weight, table[i], note))
    return result


def learned(given: Sequence[Choice]) -> list[Row]:
    """Weights that make the annotated answers most probable among those that were annotated for the same unit."""
    counts = Counter((c.unit, Quantity(c.kind, c.flow, c.direction)) for c in given)
    answers = sorted(a for a, n in counts.items() if n >= FEWEST_ANSWERS and a[0] in LEARNED and _in_contract(*a))
    parts = sorted({p for _, q in answers for p in _parts(q)})
    features = Counter(name for c in given for name in c.names)
    names = sorted(n for n, k in features.items() if k >= FEWEST)
    number = {n: i for i, n in enumerate(names)}
    right = np.array([[_fits(c, unit, q) for unit, q in answers] for c in given])
    able = right.any(axis=1)
    given, right = [c for c, ok in zip(given, able, strict=True) if ok], right[able]
    may = np.array([[c.unit == unit for unit, _ in answers] for c in given])
    weight = np.array([c.weight for c in given])
    entries = [(i, number[n]) for i, c in enumerate(given) for n in c.names if n in number]
    at, of = np.array(entries).T
    x = csr_matrix((np.ones(len(entries)), (at, of)), shape=(len(given), len(names)))
    has = np.array([[p in _parts(q) for p in parts] for _, q in answers], dtype=float)

    def loss(w: np.ndarray) -> tuple[float, np.ndarray]:
        own, shared = w[: len(answers)], w[len(answers) :].reshape(len(names), len(parts))
        score = np.where(may, (x @ shared) @ has.T + own, -np.inf)
        score -= score.max(axis=1, keepdims=True)
        e = np.exp(score)
        all_, good = e.sum(axis=1), np.maximum((e * right).sum(axis=1), 1e-300)
        pull = weight[:, None] * (e / all_[:, None] - e * right / good[:, None])
        slope = np.concatenate([pull.sum(axis=0), (x.T @ (pull @ has)).ravel()])
        return float((weight * (np.log(all_) - np.log(good))).sum() + PENALTY / 2 * (w @ w)), slope + PENALTY * w

    best = minimize(loss, np.zeros(len(answers) + len(names) * len(parts)), jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    result: list[Row] = [(f"unit={unit}", "/".join(q), round(float(w), 2)) for (unit, q), w in zip(answers, best, strict=False)]
    shared = best[len(answers) :].reshape(len(names), len(parts))
    rounded = shared.round(2)
    result += [(n, p, float(rounded[i, j])) for i, n in enumerate(names) for j, p in enumerate(parts) if abs(rounded[i, j]) >= LEAST]
    return result


def _parts(q: Quantity) -> tuple[str, ...]:
    return f"kind={q.kind}", f"flow={q.flow}", f"direction={q.direction}"


def _in_contract(unit: str, q: Quantity) -> bool:
    """Whether an answer keeps to claims.csv: people waiting are a queue, a count a day is a rate, a ratio a ratio; some hands wrote otherwise."""
    queue = q.kind in ("people_waiting", "vehicles_queued", "queue_length")
    return (q.flow == "queue") == queue and (q.flow == "rate") == (unit == "people/day") and (q.flow == "ratio") == (unit == "ratio")


def _fits(c: Choice, unit: str, q: Quantity) -> bool:
    return unit == c.unit and q.kind == c.kind and q.flow == c.flow and q.direction == c.direction


def learn(hands: Sequence[str], gazetteers: Mapping[str, Gazetteer]) -> list[Row]:
    """Rows of the table learned on the reports of some hands, each read with its gazetteer."""
    with threadpool_limits(1):  # many small products; and the same sums on every machine
        return learned([c for hand in hands for c in choices(hand, gazetteers[hand], None)])


def left_out() -> dict[str, Gazetteer]:
    """For each hand the gazetteer with all other weights learned without it, so that places and windows are as wrong as on a new text.

    Without its third of the hands, which takes a fraction of the time.
    """
    result, hands = {}, list(HANDS)
    for k in range(THIRDS):
        mine = hands[k::THIRDS]
        others = [h for h in hands if h not in mine]
        counting = replace(shipped(), counting=learn_counts(others))
        result |= dict.fromkeys(mine, replace(counting, ranker=learn_choices(others, counting)))
    return result


def show(hand: str, found: Sequence[Choice]) -> None:
    tests = {name: FIELDS[name] for name in TOLD}
    right = [[test(c.given, c.noted.cells) for test in tests.values()] for c in found]
    round_ = sum({c.given["direction"], c.direction} == {"entries", "exits"} for c in found) / len(found)
    shares = "".join(f"  {name} {sum(r[i] for r in right) / len(right):.3f}" for i, name in enumerate(tests))
    print(f"{hand:15} {len(found):4} claims{shares}  all three {sum(all(r) for r in right) / len(right):.3f}  turned round {round_:.3f}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--by-author", action="store_true", help="leave one hand out at a time")
    by_author = parser.parse_args().by_author
    gazetteers = left_out()
    if by_author:
        for hand in HANDS:
            show(f"{hand}, rules", choices(hand, gazetteers[hand], None))
            show(hand, choices(hand, gazetteers[hand], Weights(learn([h for h in HANDS if h != hand], gazetteers))))
        return
    table = learn(list(HANDS), gazetteers)
    lines = ["# feature\tpart of an answer, or an answer\tweight (log-odds); made by tools/learn_kinds.py from tests/corpus"]
    TABLE.write_text("\n".join([*lines, *(f"{n}\t{p}\t{w:g}" for n, p, w in table)]) + "\n", encoding="utf-8")
    for hand in HANDS:
        show(hand, choices(hand, gazetteers[hand], Weights(table)))


if __name__ == "__main__":
    main()
