"""The annotated reports written by another hand are well formed: every quote stands in the text that is read, every cell means something."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest

from borderflow.io.document import text_of
from corpus_reader import FOLDER, Report, read_reports, span_of

PARTS = ("other_dev", "other_test")
REPORTS = [report for part in PARTS for report in read_reports(part)]
UNITS = {"people", "people/day", "families", "vehicles", "vehicles/day", "lorries", "buses", "km", "hours", "ratio", "share"}
FLOWS = {"flow", "rate", "cumulative", "stock", "queue", "duration", "distance", "share"}
DIRECTIONS = {"", "entries", "exits", "both", "net", "returns"}
WHOLE = {"value_low", "value_high", "unit", "flow", "quantity_kind", "direction", "place_canonical", "country", "window_start", "window_end"}
OTHER = {"hedge", "mode", "who", "dup"}


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_quotes_stand_in_the_text(report: Report) -> None:
    text = text_of(report.body.encode(), f"x.{report.form}").text
    spans = sorted(span_of(note, text) for note in report.claims)
    assert all(end <= start for (_, end), (start, _) in pairwise(spans)), "two claims share words"


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.name)
def test_cells_are_known(report: Report) -> None:
    date.fromisoformat(report.published)
    assert report.form in {"text", "html"}
    assert report.language in {"en", "ru"}
    assert 4 <= len(report.claims) <= 16
    for note in report.claims:
        cells = note.cells
        assert WHOLE <= set(cells) <= WHOLE | OTHER, note.quote
        for name, known in (("unit", UNITS), ("flow", FLOWS), ("direction", DIRECTIONS)):
            assert cells[name] in known, (note.quote, name)
        values = [float(v) for v in (cells["value_low"], cells["value_high"]) if v]
        days = [date.fromisoformat(d) for d in (cells["window_start"], cells["window_end"]) if d]
        assert values, note.quote
        assert values == sorted(values), note.quote
        assert days == sorted(days), note.quote
        assert all(len(code) == 2 and code.isupper() for code in cells["country"].split(";")), note.quote
        assert cells["place_canonical"], note.quote
        assert cells["quantity_kind"], note.quote


def test_the_parts_share_no_report() -> None:
    names = [report.name for path in sorted(FOLDER.glob("*.txt")) for report in read_reports(path.stem)]
    assert len(names) == len(set(names))
    for part in PARTS:
        own = read_reports(part)
        assert [report.name for report in own] == sorted(report.name for report in own)
        assert len(own) == 20
        assert sum(report.language == "ru" for report in own) == 7
