"""How well reports are read: precision and recall per field on the annotated parts, printed; floors that a change must not fall below."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1]))

from borderflow.evidence.extract import extract
from borderflow.evidence.model import SCHEMA, from_model
from borderflow.evidence.proposal import Proposal, cells
from borderflow.io.document import text_of
from borderflow.io.gazetteer import shipped
from corpus_reader import FIELDS, Annotation, Tally, read_again, read_asked, read_reports, same_value, span_of, tally

pytestmark = pytest.mark.verification

TESTS = ("value+unit+span", "with place and window", "with country and window", *FIELDS)
FLOORS = {
    "dev": (0.96, 0.66),
    "more": (0.97, 0.53),
    "test": (0.95, 0.59),
    "heldout": (0.94, 0.53),
    "fresh": (0.93, 0.63),
    "second": (0.98, 0.78),
    "other_dev": (0.92, 0.66),
    "other_test": (0.90, 0.57),
    "third_a": (0.91, 0.59),
    "third_b": (0.91, 0.52),
    "third_c": (0.91, 0.52),
    "third_e": (0.88, 0.47),
    "fourth_h": (0.91, 0.55),
    "fourth_i": (0.91, 0.53),
    "fourth_j": (0.92, 0.60),
    "fourth_k": (0.90, 0.52),
    "fourth_l": (0.89, 0.53),
    "fourth_n": (0.90, 0.53),
    "fourth_p": (0.88, 0.52),
    "fifth_q": (0.91, 0.48),
    "fifth_r": (0.91, 0.36),
    "fifth_s": (0.93, 0.56),
    "fifth_t": (0.90, 0.46),
    "fifth_x": (0.90, 0.39),
    "fifth_y": (0.90, 0.48),
    "fifth_z": (0.90, 0.51),
    "sixth_a": (0.85, 0.34),
    "sixth_b": (0.90, 0.34),
    "sixth_c": (0.91, 0.33),
    "sixth_d": (0.87, 0.50),
    "sixth_e": (0.87, 0.28),
    "sixth_f": (0.89, 0.27),
    "sixth_g": (0.92, 0.43),
    "sixth_h": (0.89, 0.40),
    "sixth_i": (0.91, 0.48),
    "sixth_j": (0.84, 0.53),
    "sixth_k": (0.93, 0.38),
    "sixth_l": (0.91, 0.25),
    "sixth_m": (0.88, 0.39),
    "sixth_n": (0.89, 0.45),
    "sixth_o": (0.89, 0.51),
    "sixth_p": (0.93, 0.45),
    "sixth_q": (0.92, 0.35),
    "sixth_r": (0.96, 0.34),
    "sixth_s": (0.89, 0.29),
    "sixth_t": (0.90, 0.41),
    "sixth_u": (0.92, 0.39),
    "sixth_v": (0.96, 0.40),
    "sixth_w": (0.93, 0.33),
    "sixth_x": (0.88, 0.43),
    "sixth_y": (0.93, 0.36),
    "sixth_z": (0.93, 0.60),
    "seventh_a": (0.94, 0.42),
    "seventh_b": (0.93, 0.42),
    "seventh_c": (0.93, 0.54),
    "seventh_d": (0.94, 0.52),
    "seventh_e": (0.93, 0.45),
    "seventh_f": (0.92, 0.59),
    "seventh_g": (0.95, 0.46),
    "seventh_h": (0.90, 0.44),
    "seventh_i": (0.90, 0.49),
    "seventh_j": (0.95, 0.52),
    "seventh_k": (0.95, 0.51),
    "seventh_l": (0.89, 0.44),
    "seventh_m": (0.93, 0.54),
    "seventh_n": (0.93, 0.51),
    "seventh_o": (0.93, 0.39),
    "seventh_p": (0.97, 0.55),
    "seventh_q": (0.92, 0.43),
    "seventh_r": (0.95, 0.55),
    "seventh_s": (0.93, 0.46),
    "seventh_t": (0.97, 0.57),
    "seventh_u": (0.90, 0.38),
    "seventh_v": (0.88, 0.43),
    "seventh_w": (0.94, 0.55),
    "seventh_x": (0.93, 0.46),
    "seventh_y": (0.94, 0.50),
    "blind_d": (0.85, 0.37),
    "blind_f": (0.84, 0.51),
    "blind_g": (0.89, 0.44),
    "blind_m": (0.89, 0.47),
    "blind_v": (0.92, 0.33),
    "blind_w": (0.87, 0.40),
    "blind_x": (0.88, 0.32),
    "blind_y": (0.86, 0.45),
}
"""By part, a little below what was measured. Other hands wrote all from third_a on; weights are learned on all, our own hand's counting less (0025).
F1 of value, unit and span; and with place and window right too."""


def agreement(part: str) -> Tally:
    total = Tally()
    for report in read_reports(part):
        text = text_of(report.body.encode(), f"x.{report.form}").text
        found = extract(text, published=date.fromisoformat(report.published), gazetteer=shipped())
        tally(report, text, [_row(p) for p in found if p.status == "candidate"], total)
    return total


@pytest.mark.parametrize("part", list(FLOORS))
def test_reports_are_read(part: str) -> None:
    total = agreement(part)
    print(f"\n{part}: {total.found} claims read, {total.noted} annotated\n{'':26}precision  recall    F1")
    for name in TESTS:
        print("{:26}{:9.3f}{:8.3f}{:6.3f}".format(name, *total.rates(name)))
    value, whole = FLOORS[part]
    assert total.rates("value+unit+span")[2] >= value
    assert total.rates("with place and window")[2] >= whole


BLIND = pytest.mark.parametrize(
    "parts",
    [("blind_d", "blind_f", "blind_g", "blind_m"), ("blind_v", "blind_w", "blind_x", "blind_y")],
    ids=["made up", "after real pages"],
)
"""Reports that no weight was learned on."""


@BLIND
def test_confidence_tells_right_from_wrong(parts: tuple[str, ...]) -> None:
    """How many claims of each confidence have figure, place and window all right."""
    right: dict[str, list[bool]] = {"high": [], "medium": [], "low": []}
    for report in (report for part in parts for report in read_reports(part)):
        text = text_of(report.body.encode(), f"x.{report.form}").text
        notes = [(*span_of(note, text), note.cells) for note in report.claims]
        for p in extract(text, published=date.fromisoformat(report.published), gazetteer=shipped()):
            row = _row(p)
            fits = (c for start, end, c in notes if p.start < end and start < p.end and same_value(row, c))
            right[p.confidence].append(any(FIELDS["place"](row, c) and FIELDS["window"](row, c) for c in fits))
    shares = {k: sum(x) / len(x) for k, x in right.items()}
    print(f"\n{' and '.join(parts)}: all right, by confidence:", *(f"{k} {shares[k]:.2f} of {len(x)}" for k, x in right.items()))
    assert shares["high"] >= 0.7
    assert shares["high"] >= shares["medium"] + 0.05  # of some 75 claims after real pages: one standard error
    assert shares["medium"] >= shares["low"] + 0.1


@BLIND
def test_a_review_offers_what_is_right(parts: tuple[str, ...]) -> None:
    """F1 where a person picks among the place and days that were read and the three others of each that `claims review` offers."""
    counts = dict.fromkeys(("found", "noted", "as read", "place", "window", "both"), 0)
    for report in (report for part in parts for report in read_reports(part)):
        text = text_of(report.body.encode(), f"x.{report.form}").text
        proposals = extract(text, published=date.fromisoformat(report.published), gazetteer=shipped(), others=3)
        left = [p for p in proposals if p.status == "candidate"]
        counts["found"] += len(left)
        counts["noted"] += len(report.claims)
        for note in report.claims:
            start, end = span_of(note, text)
            fits = (p for p in left if p.start < end and start < p.end and same_value(_row(p), note.cells))
            p = next(fits, None)
            if p is None:
                continue
            left.remove(p)
            read = [FIELDS[name](_row(p), note.cells) for name in ("place", "window")]
            place = read[0] or any(FIELDS["place"](dict(o.cells), note.cells) for o in p.other_places)
            window = read[1] or any(FIELDS["window"](dict(o.cells), note.cells) for o in p.other_windows)
            for name, right in (("as read", all(read)), ("place", place), ("window", window), ("both", place and window)):
                counts[name] += right
    rates = {name: 2 * counts[name] / (counts["found"] + counts["noted"]) for name in ("as read", "place", "window", "both")}
    print(f"\n{' and '.join(parts)}: F1 as read and among what is offered:", *(f"{k} {v:.2f}" for k, v in rates.items()))
    assert rates["both"] >= rates["as read"] + 0.15


@pytest.mark.parametrize(
    "part", ["third_a", "third_b", "third_e", "fifth_q", *(f"sixth_{hand}" for hand in "klnpruwy"), "blind_d", "blind_g", "blind_v", "blind_w"]
)
def test_two_readers_agree(part: str) -> None:
    """What can be hoped for: a second reader fills in the cells of the annotated figures, from the rules of again/README.md alone."""
    again = read_again(part)
    shares: dict[str, list[bool]] = {}
    for report in read_reports(part):
        second = {(note.quote, note.occurrence): note for note in again.get(report.name, [])}
        for note in report.claims:
            other = second.get((note.quote, note.occurrence))
            agree = {name: other is not None and test(other.cells, note.cells) for name, test in FIELDS.items()}
            agree["place and window"] = agree["place"] and agree["window"]
            for name, right in agree.items():
                shares.setdefault(name, []).append(right)
    print(f"\n{part}: two readers agree on", *(f"{name} {sum(x) / len(x):.3f}" for name, x in shares.items()))
    assert sum(shares["place and window"]) / len(shares["place and window"]) >= 0.6


@pytest.mark.parametrize(
    "part",
    [
        "third_a",
        "third_b",
        "third_e",
        "fifth_q",
        *(f"sixth_{hand}" for hand in "klnpruwy"),
        "blind_d",
        "blind_g",
        "blind_v",
        "blind_w",
        "blind_f",
        "blind_m",
    ],
)
def test_with_a_language_model(part: str) -> None:
    """What a language model adds that says where and when the figures hold that the rules have found.

    Of blind_f and blind_m its answers were recorded: a language model was asked our own question, once a report. Of the other parts they are what
    the second reader wrote.
    """
    recorded, rules, total = part in ("blind_f", "blind_m"), Tally(), Tally()
    said = read_asked(part) if recorded else {name: [(n, _where(n)) for n in notes] for name, notes in read_again(part).items()}
    agreed: dict[str, list[bool]] = {"high": [], "low": []}
    for report in read_reports(part):
        text, published = text_of(report.body.encode(), f"x.{report.form}").text, date.fromisoformat(report.published)
        known = extract(text, published=published, gazetteer=shipped())
        notes = [(*span_of(note, text), cells) for note, cells in said.get(report.name, [])]

        def answer(asked: str, schema: dict[str, Any], known: list[Proposal] = known, notes: list[Any] = notes) -> str:
            if schema is SCHEMA:
                return '{"claims": []}'
            claims = []
            for p in known:
                note = next((cells for start, end, cells in notes if p.start < end and start < p.end), None)
                if note is not None:
                    claims.append({"id": p.claim_id, **note})
            return json.dumps({"claims": claims})

        found = from_model(text, published=published, known=known, model=answer, gazetteer=shipped())
        tally(report, text, [_row(p) for p in known if p.status == "candidate"], rules)
        tally(report, text, [_row(p) for p in found if p.status == "candidate"], total)
        for note in report.claims:
            start, end = span_of(note, text)
            p = next((p for p in found if p.start < end and start < p.end and same_value(_row(p), note.cells)), None)
            if p is not None and p.confidence in agreed:
                agreed[p.confidence].append(FIELDS["place"](_row(p), note.cells) and FIELDS["window"](_row(p), note.cells))
    before, after = (t.rates("with place and window")[2] for t in (rules, total))
    who = "a model asked" if recorded else "a model that reads as the second reader did"
    print(f"\n{part}: value, unit, span, place and window: rules {before:.3f}, with {who} {after:.3f}")
    print("   right where both agree / differ:", *(f"{k} {sum(x) / max(len(x), 1):.3f} of {len(x)}" for k, x in agreed.items()))
    assert after > before + 0.1


def _where(note: Annotation) -> dict[str, str]:
    return {"place": note.cells["place_canonical"], **{k: note.cells[k] for k in ("country", "window_start", "window_end")}}


def _row(p: Proposal) -> dict[str, str]:
    return {k: "" if v is None else str(v) for k, v in cells(p).items()}


def test_the_parts_share_no_report() -> None:
    names = [report.name for part in FLOORS for report in read_reports(part)]
    assert len(names) == len(set(names)) >= 40
