"""Learns the weights by which places and windows are chosen from the annotated reports of tests/corpus; prints what to expect of another hand.

    python tools/learn_choices.py                # writes src/borderflow/evidence/data/choices.tsv
    python tools/learn_choices.py --by-author    # writes nothing: each hand's reports read with weights learned on all others', an hour or more
    python tools/learn_choices.py --folds        # writes nothing: choices on a fifth of the hands with weights learned on the others', a minute

Deterministic: the same corpus gives the same table.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "src"), str(ROOT / "tests"), str(ROOT / "tools")]

from borderflow.evidence.extract import extract
from borderflow.evidence.gazetteer import Gazetteer
from borderflow.evidence.proposal import Proposal, cells
from borderflow.evidence.ranking import Bundle, Features, Ranker, features
from borderflow.io.document import text_of
from borderflow.io.gazetteer import shipped
from corpus_reader import Annotation, Report, Tally, read_reports, same_place, same_value, same_window, span_of, tally
from hands import OWN, PAGES, hands
from learn_counts import learn as learn_counts
from logit import Choice, learned

TABLE = ROOT / "src/borderflow/evidence/data/choices.tsv"
HANDS = hands(own=0.4, other_dev=1.0, pages=1.0)
PENALTY: Mapping[str, float] = {"place": 8.0, "window": 5.0}
"""Half of it times each weight squared is added to the loss: weights are drawn to 0."""
ROUNDS = 2
"""What a claim is given depends on what the last one was given: read, learn, read again with what was learned."""
FEWEST = 8
"""A feature that fewer candidates have is left out."""
LEAST = 0.05
"""A smaller weight is left out."""
FOLDS = 5
TESTS = ("value+unit+span", "place", "window", "with place and window")


@dataclass
class Recorder:
    """Chooses as a ranker does and keeps what it chose among, and which names or days the candidates were."""

    ranker: Ranker
    gazetteer: Gazetteer
    seen: list[tuple[str, Sequence[Features], Sequence[object]]] = field(default_factory=list)

    def __call__(
        self, task: str, options: Sequence[Sequence[Bundle]], candidates: Sequence[object], measures: Mapping[int, Features]
    ) -> tuple[int, float]:
        self.seen.append((task, [features(bundles, measures.get(i)) for i, bundles in enumerate(options)], candidates))
        return self.ranker(task, options, candidates, measures)


def read(report: Report, chooser: Recorder) -> tuple[str, list[Proposal]]:
    text = text_of(report.body.encode(), f"x.{report.form}").text
    return text, extract(text, published=date.fromisoformat(report.published), gazetteer=chooser.gazetteer, choose=chooser)


def rows(found: Sequence[Proposal]) -> list[dict[str, str]]:
    return [{k: "" if v is None else str(v) for k, v in cells(p).items()} for p in found]


def choices(part: str, weight: float, ranker: Ranker, gazetteer: Gazetteer) -> dict[str, list[Choice]]:
    """What was chosen among for every claim of a part whose value, unit and span are right."""
    result: dict[str, list[Choice]] = {"place": [], "window": []}
    for report in read_reports(part):
        recorder = Recorder(ranker, gazetteer)
        text, found = read(report, recorder)
        asked: list[list[tuple[str, Sequence[Features], Sequence[object]]]] = []
        for seen in recorder.seen:  # windows first; a window that is firm is not chosen
            if seen[0] == "window" or not asked or asked[-1][-1][0] == "place":
                asked.append([])
            asked[-1].append(seen)
        table = rows(found)
        free = set(range(len(table)))
        for note in report.claims:
            i = _match(note, text, table, free)
            if i is None:
                continue
            free.discard(i)
            for task, options, candidates in asked[i]:
                right = [_is_right(task, c, note) for c in candidates]
                result[task].append(Choice(options, right, weight))
    return result


def _match(note: Annotation, text: str, table: Sequence[Mapping[str, str]], free: set[int]) -> int | None:
    start, end = span_of(note, text)
    fit = (i for i in sorted(free) if int(table[i]["start"]) < end and start < int(table[i]["end"]) and same_value(table[i], note.cells))
    return next(fit, None)


def _is_right(task: str, candidate: object, note: Annotation) -> bool:
    if task == "place":
        return same_place({"place_canonical": str(candidate)}, note.cells)
    first, last = candidate  # type: ignore[misc]
    return same_window({"window_start": str(first or ""), "window_end": str(last or "")}, note.cells)


def learn(hands: Sequence[str], gazetteer: Gazetteer) -> Ranker:
    """A ranker learned on the reports of some hands; `gazetteer` with the weights by which numbers are told apart."""
    ranker = Ranker()
    for _ in range(ROUNDS):
        given: dict[str, list[Choice]] = {"place": [], "window": []}
        for hand in hands:
            for part, weight in HANDS[hand].items():
                for task, some in choices(part, weight, ranker, gazetteer).items():
                    given[task] += some
        ranker = Ranker({task: learned(some, PENALTY[task], FEWEST, LEAST) for task, some in given.items()})
    return ranker


def agreement(part: str, ranker: Ranker, gazetteer: Gazetteer) -> Tally:
    total = Tally()
    for report in read_reports(part):
        text, found = read(report, Recorder(ranker, gazetteer))
        tally(report, text, rows([p for p in found if p.status == "candidate"]), total)
    return total


def show(part: str, total: Tally, possible: Mapping[str, float]) -> None:
    print(
        f"{part:12}"
        + "".join(f"  {name} {total.rates(name)[2]:.3f}" for name in TESTS)
        + "".join(f"  {t} among candidates {x:.2f}" for t, x in possible.items())
    )


def possible(part: str, gazetteer: Gazetteer) -> dict[str, float]:
    """How often the right answer is among the candidates, and how often the rules alone are right."""
    result = {}
    for task, given in choices(part, 1.0, Ranker(), gazetteer).items():
        result[task] = sum(any(c.right) for c in given) / max(len(given), 1)
        result[f"{task} by rule"] = sum(c.right[0] for c in given) / max(len(given), 1)
    return result


def by_folds(ranker: Ranker, gazetteer: Gazetteer) -> None:
    """Prints which share of choices is right on hands left out, a fifth at a time; what came before each claim is as the present weights read it."""
    given = {part: choices(part, weight, ranker, gazetteer) for hand in HANDS.values() for part, weight in hand.items()}
    right: dict[str, dict[str, list[bool]]] = {}
    for k in range(FOLDS):
        out = {part for hand in list(HANDS)[k::FOLDS] for part in HANDS[hand]}
        rest = [some for part, some in given.items() if part not in out]
        learnt = Ranker({task: learned([c for some in rest for c in some[task]], PENALTY[task], FEWEST, LEAST) for task in PENALTY})
        for part in out:
            sort = "after pages" if part in PAGES else "our own" if part in OWN else "made up"
            shares = right.setdefault(sort, {task: [] for task in (*PENALTY, "both")})
            found = {task: [c.right[_best(learnt, task, c)] for c in given[part][task]] for task in PENALTY}
            for task, some in found.items():
                shares[task] += some
            shares["both"] += [a and b for a, b in zip(found["place"], found["window"], strict=True)]
    for sort, shares in sorted(right.items()):
        print(f"{sort:12}  {len(shares['both'])} claims read" + "".join(f"  {task} {sum(x) / len(x):.3f}" for task, x in shares.items()))


def _best(ranker: Ranker, task: str, choice: Choice) -> int:
    weights = ranker.weights[task]
    scores = [sum(weights.get(name, 0.0) * value for name, value in o.items()) for o in choice.options]
    return scores.index(max(scores))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--by-author", action="store_true", help="leave one hand out at a time")
    parser.add_argument("--folds", action="store_true", help="leave a fifth of the hands out at a time, quickly")
    arguments = parser.parse_args()
    if arguments.folds:
        by_folds(shipped().ranker, shipped())
        return
    if arguments.by_author:
        for hand in HANDS:
            others = [h for h in HANDS if h != hand]
            gazetteer = replace(shipped(), counting=learn_counts(others))
            ranker = learn(others, gazetteer)
            for part in HANDS[hand]:
                show(part, agreement(part, ranker, gazetteer), possible(part, gazetteer))
        return
    ranker = learn(list(HANDS), shipped())
    for part in (part for hand in HANDS.values() for part in hand):
        show(part, agreement(part, ranker, shipped()), {})
    lines = ["# task\tfeature\tweight (log-odds); made by tools/learn_choices.py from tests/corpus"]
    lines += [f"{task}\t{name}\t{weight:g}" for task, weights in sorted(ranker.weights.items()) for name, weight in sorted(weights.items())]
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
