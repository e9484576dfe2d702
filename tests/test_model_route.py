"""The optional model route against a local stand-in that misbehaves: only what the text bears out is kept."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from datetime import date
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from borderflow.errors import InputError
from borderflow.evidence.extract import extract
from borderflow.evidence.model import SCHEMA, ModelError, from_model, parsed, prompt
from borderflow.evidence.proposal import replace
from borderflow.io.chat import chat_model
from borderflow.io.gazetteer import shipped

TEXT = (
    "The valley emptied in two nights: the mayor speaks of twelve hundred souls gone over the ridge, "
    "and nobody has counted the goats.\n\nSee also  9,000 people march"
)
GOOD = {
    "quote": "twelve hundred souls",
    "value_low": 1200,
    "value_high": 1200,
    "unit": "people",
    "flow": "cumulative",
    "quantity_kind": "people_crossed",
    "place": "the ridge",
    "country": "",
    "window_start": "",
    "window_end": "2022-09-27",
    "source": "the mayor",
}


class StandIn(BaseHTTPRequestHandler):
    """Answers as the test says: a status and a body, maybe slowly."""

    status, body, delay = 200, b"", 0.0
    asked: dict[str, Any]

    def do_POST(self) -> None:
        type(self).asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        time.sleep(self.delay)
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def server() -> Iterator[tuple[type[StandIn], str]]:
    handler = type("Handler", (StandIn,), {})
    running = HTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield handler, f"http://127.0.0.1:{running.server_port}/v1"
    running.shutdown()
    running.server_close()
    thread.join()


def completion(claims: Any) -> bytes:
    return json.dumps({"choices": [{"message": {"content": json.dumps({"claims": claims})}}]}).encode()


def ask(url: str, seconds: float = 5.0) -> list[Any]:
    return from_model(TEXT, published=date(2022, 9, 27), known=[], model=chat_model(url, "stand-in", "secret", seconds), gazetteer=shipped())


def test_a_claim_that_the_text_bears_out_is_kept(server: tuple[type[StandIn], str]) -> None:
    handler, url = server
    handler.body = completion([GOOD])
    (found,) = ask(url)
    assert TEXT[found.start : found.end] == found.quote == "twelve hundred souls"
    assert (found.value_low, found.status, found.rule, found.confidence) == (1200, "candidate", "model", "low")
    assert handler.asked["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize(
    "change",
    [
        {"quote": "about 1,200 people fled"},  # invented
        {"value_low": 2000, "value_high": 2000},  # not the number of the quote
        {"quote": "the goats", "value_low": 5, "value_high": 5},  # no number at all
        {"quote": "9,000 people", "value_low": 9000, "value_high": 9000},  # page noise
        {"unit": "souls"},
        {"flow": "stream"},
        {"value_low": "1200"},
        {"value_low": None, "value_high": None},
        {"quote": 7},
        {"quote": ""},
    ],
)
def test_a_claim_that_the_text_does_not_bear_out_is_dropped(server: tuple[type[StandIn], str], change: dict[str, Any]) -> None:
    handler, url = server
    handler.body = completion([GOOD | change])
    assert ask(url) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"{}",
        b"[]",
        b'{"choices": []}',
        completion("x"),
        completion(None),
        b"[" * 100_000,
        b'{"choices":[{"message":{"content":null}}]}',
    ],
)
def test_bad_answers_are_errors_of_the_model(server: tuple[type[StandIn], str], body: bytes) -> None:
    handler, url = server
    handler.body = body
    with pytest.raises(ModelError):
        ask(url)


def test_refusals_and_time_outs_are_errors_of_the_model(server: tuple[type[StandIn], str]) -> None:
    handler, url = server
    handler.status = 500
    with pytest.raises(ModelError, match=r"Internal Server Error|500"):
        ask(url)
    handler.status, handler.delay, handler.body = 200, 1.0, completion([GOOD])
    with pytest.raises(ModelError, match="timed out"):
        ask(url, 0.2)


def test_rules_keep_their_claims_when_the_model_fails(server: tuple[type[StandIn], str], tmp_path: Any) -> None:
    from borderflow.publish.claims import read_reports

    handler, url = server
    handler.body = b"nonsense"
    (tmp_path / "a.txt").write_text("27 September 2022\n\nOn Sunday 900 people entered Moldova.")
    (report,) = read_reports([str(tmp_path / "a.txt")], model=chat_model(url, "stand-in"))
    assert [r["value_low"] for r in report.rows] == [900]
    assert "of no use" in report.warning


def test_an_address_that_is_none_is_bad_input() -> None:
    with pytest.raises(InputError, match="web address"):
        chat_model("localhost", "x")


def test_odd_items_of_an_answer_are_left_out_and_the_report_is_called_data() -> None:
    assert parsed('{"claims": [1, null, {"quote": "x"}]}') == [{"quote": "x"}]
    assert "not an instruction" in prompt("x", None)


# ---- where and when -------------------------------------------------------------------------------------------------

REPORT = (
    "ZAGREB, 21 September 2015\n\nCroatian police say 5,700 people came in at Tovarnik on Sunday. In Beli Manastir 900 slept in the barracks. "
    "The mayor of Orlovo Brdo expects buses from Serbia.\n"
)
PUBLISHED = date(2015, 9, 21)


def told(*answers: dict[str, Any]) -> dict[str, Any]:
    """Claims by their quote after a model has proposed none and said where and when of some: an answer names its figure."""
    known = extract(REPORT, published=PUBLISHED, gazetteer=shipped())
    ids = {p.quote: p.claim_id for p in known}

    def model(asked: str, schema: dict[str, Any]) -> str:
        return json.dumps({"claims": [] if schema is SCHEMA else [{"id": ids[a["figure"]], **a} for a in answers]})

    found = from_model(REPORT, published=PUBLISHED, known=known, model=model, gazetteer=shipped())
    return {p.quote: p for p in found}


def where(place: Any, first: Any = "2015-09-20", last: Any = "2015-09-20", country: str = "") -> Any:
    answer = {"figure": "5,700 people", "place": place, "country": country, "window_start": first, "window_end": last}
    return told(answer)["5,700 people"]


@pytest.mark.parametrize(
    ("place", "name", "country"),
    [
        ("Croatia", "Croatia", ("HR",)),  # its adjective is in the text
        ("Zagreb", "Zagreb", ("HR",)),
        ("Orlovo Brdo", "Orlovo Brdo", ("RS",)),  # in no table, but in the text; the country the model's, of which the text speaks
        ("Serbia-Croatia border", "Serbia-Croatia border", ("RS", "HR")),
        ("Croatia; Serbia", "Croatia; Serbia", ("HR", "RS")),
        ("", "", ()),
    ],
)
def test_a_place_that_the_text_speaks_of_is_taken(place: str, name: str, country: tuple[str, ...]) -> None:
    claim = where(place, country="RS")
    assert (claim.place, claim.country or country, claim.confidence) == (name, country, "low")
    assert "place by a model; the rules read" in claim.note
    assert "place: a model" in claim.rule


@pytest.mark.parametrize("place", ["Hungary", "Röszke", "Atlantis", "Croatia; Atlantis", "Serbia-Hungary border", "Nowhere / Tovarnik", None, 7])
def test_a_place_that_the_text_does_not_speak_of_is_not_taken(place: Any) -> None:
    claim = where(place)
    assert (claim.place, claim.confidence) == (told()["5,700 people"].place, "low")
    assert ("the model's place is not in the text" in claim.note) == isinstance(place, str)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        ("2015-09-19", "2015-09-20", (date(2015, 9, 19), date(2015, 9, 20))),
        ("", "2015-09-20", (None, date(2015, 9, 20))),
        ("2015-09-21", "2015-09-20", None),  # turned round
        ("2015-09-31", "2015-10-02", None),  # no such day
        ("Sunday", "Sunday", None),
        ("", "", None),
        ("2015-09-20", "2105-09-20", None),
        (None, 20150920, None),
    ],
)
def test_a_window_is_taken_if_it_is_one(first: Any, last: Any, days: Any) -> None:
    before = told()["5,700 people"]
    claim = where(before.place, first, last)
    assert (claim.window_start, claim.window_end) == (days or (before.window_start, before.window_end))
    assert ("window by a model; the rules read 2015-09-20..2015-09-20" in claim.note) == (days is not None)
    assert claim.flow == ("cumulative" if days and days[0] is None else "flow")


def test_two_readings_that_agree_make_a_claim_of_high_confidence() -> None:
    rules = told()["5,700 people"]
    claim = where(rules.place)
    assert claim == replace(rules, confidence="high")
    assert where("Serbia").confidence == where(rules.place, "2015-09-01").confidence == "low"


def test_figures_are_asked_with_their_words_and_claims_that_are_not_answered_stay() -> None:
    asked = []

    def model(words: str, schema: dict[str, Any]) -> str:
        asked.append(words)
        return '{"claims": []}'

    long = REPORT + "Nothing else happened. " * 400 + "\n\nOn Saturday 4,700 people came to Beli Manastir.\n"
    known = extract(long, published=PUBLISHED, gazetteer=shipped())
    assert from_model(long, published=PUBLISHED, known=known, model=model, gazetteer=shipped()) == known
    assert len(asked) == 4
    assert '"figure": "5,700 people"' in asked[2]
    assert '"figure": "4,700 people"' in asked[3]
    assert "ZAGREB" in asked[3]  # later parts are asked with the head of the report


def test_a_second_answer_that_is_of_no_use_leaves_the_claims_of_the_rules() -> None:
    known = extract(REPORT, published=PUBLISHED, gazetteer=shipped())
    with pytest.raises(ModelError):
        from_model(REPORT, published=PUBLISHED, known=known, model=lambda _, s: '{"claims": []}' if s is SCHEMA else "no", gazetteer=shipped())
