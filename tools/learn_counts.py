"""Learns from the annotated reports of tests/corpus the weights by which numbers are told apart: claims of people or vehicles, and others.

    python tools/learn_counts.py                # writes src/borderflow/evidence/data/counts.tsv
    python tools/learn_counts.py --by-author    # writes nothing: each hand's reports read with weights learned on all others'

Deterministic: the same corpus gives the same table.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "tools")]

from borderflow.evidence.counting import Option, Weights
from borderflow.evidence.extract import extract
from borderflow.evidence.proposal import Proposal, cells
from borderflow.evidence.ranking import features
from borderflow.evidence.reading import Reading
from borderflow.io.document import text_of
from borderflow.io.gazetteer import read_gazetteer
from corpus_reader import Annotation, Report, Tally, read_reports, same_number, span_of, tally
from hands import hands
from logit import Choice, learned

TABLE = ROOT / "src/borderflow/evidence/data/counts.tsv"
HANDS = hands(own=0.5, other_dev=0.5, pages=1.0)
PENALTY = 3.0
"""Half of it times each weight squared is added to the loss: weights are drawn to 0."""
ROUNDS = 2
"""What a number is given depends on what the last one was given: read, learn, read again with what was learned."""
FEWEST = 5
"""A feature that fewer candidates have is left out."""
LEAST = 0.02
"""A smaller weight is left out."""
GAZETTEER = read_gazetteer()


@dataclass
class Recorder:
    """Chooses as given, or as the rules do, and keeps what it chose among."""

    weights: Weights | None
    seen: list[tuple[Sequence[Option], Sequence[Reading]]] = field(default_factory=list)

    def __call__(self, options: Sequence[Option], readings: Sequence[Reading]) -> int:
        self.seen.append((options, readings))
        if self.weights is not None:
            return self.weights(options, readings)
        return next((i for i, o in enumerate(options) if "rules:claim" in features(o.shared) and readings[i].rule != "learned"), 0)


def read(report: Report, recorder: Recorder) -> tuple[str, list[Proposal]]:
    text = text_of(report.body.encode(), f"x.{report.form}").text
    gazetteer = replace(GAZETTEER, counting=recorder)
    return text, extract(text, published=date.fromisoformat(report.published), gazetteer=gazetteer)


def choices(part: str, weight: float, weights: Weights | None) -> list[Choice]:
    """The numbers of a part, with what is right for each; those whose value is misread are left out."""
    result = []
    for report in read_reports(part):
        recorder = Recorder(weights)
        text, _ = read(report, recorder)
        noted = [(*span_of(note, text), note) for note in report.claims]
        for options, readings in recorder.seen:
            m = readings[0].mention
            over = [note for start, end, note in noted if m.begin < end and start < m.end]
            right = [any(_is_right(r, note) for note in over) for r in readings]
            if over and not any(right):
                continue
            result.append(Choice([_features(o) for o in options], right if over else [True, *([False] * (len(readings) - 1))], weight))
    return result


def _features(option: Option) -> dict[str, float]:
    names = features([*option.shared, *option.own])
    return dict.fromkeys([*names, *(f"{option.group}:{name}" for name in names)], 1.0)


def _is_right(r: Reading, note: Annotation) -> bool:
    unit, _, per = note.cells["unit"].partition("/")
    bounds = ((r.mention.low, "value_low"), (r.mention.high, "value_high"))
    values = [("" if x is None else str(x * r.factor), note.cells[k]) for x, k in bounds]
    return not r.context and r.what == unit and r.rate == bool(per) and all(same_number(*pair) for pair in values)


def learn(hands: Sequence[str]) -> Weights:
    """Weights learned on the reports of some hands."""
    weights: Weights | None = None
    for _ in range(ROUNDS):
        given = [c for hand in hands for part, weight in HANDS[hand].items() for c in choices(part, weight, weights)]
        weights = Weights(learned(given, PENALTY, FEWEST, LEAST))
    assert weights is not None
    return weights


def agreement(part: str, weights: Weights | None) -> Tally:
    total = Tally()
    for report in read_reports(part):
        text, found = read(report, Recorder(weights))
        rows = [{k: "" if v is None else str(v) for k, v in cells(p).items()} for p in found if p.status == "candidate"]
        tally(report, text, rows, total)
    return total


def possible(part: str, weights: Weights) -> float:
    """The share of the annotated claims that are among what a number may count."""
    right = noted = 0
    for report in read_reports(part):
        recorder = Recorder(weights)
        text, _ = read(report, recorder)
        noted += len(report.claims)
        for note in report.claims:
            start, end = span_of(note, text)
            near = (r for _, readings in recorder.seen for r in readings if r.mention.begin < end and start < r.mention.end)
            right += any(_is_right(r, note) for r in near)
    return right / max(noted, 1)


def show(part: str, weights: Weights) -> None:
    rules, both = (agreement(part, w).rates("value+unit+span") for w in (None, weights))
    line = "{:12}  rules alone: P {:.3f} R {:.3f} F1 {:.3f}   with weights: P {:.3f} R {:.3f} F1 {:.3f}   among options {:.3f}"
    print(line.format(part, *rules, *both, possible(part, weights)), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--by-author", action="store_true", help="leave one hand out at a time")
    if parser.parse_args().by_author:
        for hand in HANDS:
            weights = learn([h for h in HANDS if h != hand])
            for part in HANDS[hand]:
                show(part, weights)
        return
    weights = learn(list(HANDS))
    lines = ["# feature\tweight (log-odds); made by tools/learn_counts.py from tests/corpus"]
    lines += [f"{name}\t{weight:g}" for name, weight in sorted(weights.weights.items())]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    for part in (part for hand in HANDS.values() for part in hand):
        show(part, weights)


if __name__ == "__main__":
    main()
