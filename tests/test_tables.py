"""The contract's tables: columns, order, formats, and the same bytes for the same numbers."""

from __future__ import annotations

import csv
import io
import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderflow.forecast.scores import QUANTILES
from borderflow.publish import tables

DAY = date(2030, 5, 20)


def read(data: bytes) -> list[dict[str, str]]:
    text = data.decode("utf-8")
    assert "\r" not in text
    assert text.endswith("\n")
    return list(csv.DictReader(io.StringIO(text)))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), (math.nan, ""), (np.float64("nan"), ""), (True, "1"), (np.bool_(False), "0"), (3, "3"), (np.int64(7), "7"), (2.0, "2"),
        (-0.0, "0"), (1666123.0, "1666123"), (12345.678, "12345.7"), (1234567.8, "1234570"), (0.1 + 0.2, "0.3"), (1e-7, "1e-07"),
        (date(2030, 5, 1), "2030-05-01"),
        ("a, b", "a, b"),
    ],
)  # fmt: skip
def test_number(value, text):
    assert tables.number(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_number_reads_back_to_six_digits(x):
    assert float(tables.number(x)) == pytest.approx(x, rel=1e-5)


def test_to_csv_quotes_and_checks_width():
    assert tables.to_csv(("a", "b"), [("x,y", 'say "hi"')]) == b'a,b\n"x,y","say ""hi"""\n'
    with pytest.raises(ValueError, match="does not fit the 2 columns"):
        tables.to_csv(("a", "b"), [(1,)])


def test_forecast_has_the_hub_columns_and_23_quantiles_a_day():
    draws = np.tile(np.arange(101.0)[:, None], (1, 2)) * [1, 10]
    rows = read(tables.forecast_rows(DAY, {("Avland", "entries"): draws}))
    assert tuple(rows[0]) == ("reference_date", "target", "horizon", "location", "target_end_date", "output_type", "output_type_id", "value")
    assert len(rows) == 46
    assert {r["output_type"] for r in rows} == {"quantile"}
    assert [float(r["output_type_id"]) for r in rows[:23]] == list(QUANTILES)
    assert [float(r["value"]) for r in rows[:23]] == pytest.approx([100 * q for q in QUANTILES])
    assert (rows[23]["horizon"], rows[23]["target_end_date"], rows[23]["reference_date"]) == ("2", "2030-05-22", "2030-05-20")
    assert float(rows[23 + 11]["value"]) == 500


def test_undefined_draws_are_left_out_and_days_without_any_have_no_rows():
    draws = np.array([[1.0, math.nan], [math.nan, math.nan], [3.0, math.nan]])
    rows = read(tables.forecast_rows(DAY, {("Gate", "wait_hours_car"): draws}))
    assert len(rows) == 23
    assert rows[11]["value"] == "2"


def test_draws_must_be_two_dimensional():
    with pytest.raises(ValueError, match=r"\(n_draws, n_days\)"):
        tables.forecast_rows(DAY, {("Gate", "entries"): np.zeros(3)})


def test_the_same_numbers_give_the_same_bytes():
    make = lambda: {("Avland", "entries"): np.random.default_rng(1).gamma(3, 1000, size=(200, 14))}  # noqa: E731
    assert tables.forecast_rows(DAY, make()) == tables.forecast_rows(DAY, make())


def test_differences_are_paired_by_draw():
    base = np.random.default_rng(2).gamma(3, 1000, size=(50, 3))
    rows = read(tables.difference_rows(DAY, {"closed": {("Avland", "entries"): base - 7}}, {("Avland", "entries"): base}))
    assert next(iter(rows[0])) == "scenario"
    assert rows[0]["scenario"] == "closed"
    assert [float(r["value"]) for r in rows] == pytest.approx([-7] * 69, rel=1e-5)
    with pytest.raises(ValueError, match="do not pair"):
        tables.difference_rows(DAY, {"closed": {("Avland", "entries"): base[:3]}}, {("Avland", "entries"): base})


def test_the_headline_compared_with_itself_differs_by_nothing():
    base = {("Avland", "entries"): np.random.default_rng(3).gamma(3, 1000, size=(50, 3))}
    assert {r["value"] for r in read(tables.difference_rows(DAY, {"same": base}, base))} == {"0"}


def test_scenarios_have_the_same_columns_after_scenario():
    data = tables.scenario_rows(DAY, {"a": {("X", "entries"): np.ones((4, 1))}, "b": {("X", "entries"): np.zeros((4, 1))}})
    assert data.splitlines()[0] == b"scenario,reference_date,target,horizon,location,target_end_date,output_type,output_type_id,value"
    assert len(read(data)) == 46


def test_names_with_commas_and_quotes_are_quoted_in_hub_rows():
    rows = read(tables.scenario_rows(DAY, {'six, "more"': {("A, B", "entries"): np.ones((2, 1))}}))
    assert (rows[0]["scenario"], rows[0]["location"], rows[0]["output_type_id"]) == ('six, "more"', "A, B", "0.01")


def test_exceedance_on_the_day_and_by_then():
    draws = np.array([[5.0, 1.0], [1.0, 5.0], [1.0, math.nan], [1.0, 1.0]])
    rows = read(tables.exceedance_rows(DAY, [("X", "entries", 4.0), ("Y", "entries", 1.0)], {("X", "entries"): draws}))
    assert [(r["date"], r["probability"], r["probability_by_then"]) for r in rows] == [("2030-05-21", "0.25", "0.25"), ("2030-05-22", "0.25", "0.5")]


def test_history_posterior_and_conservation():
    history = read(tables.history_rows(DAY, {("X", "entries"): np.arange(101.0)[:, None]}))
    assert history == [
        {
            "location": "X",
            "target": "entries",
            "date": "2030-05-20",
            "q05": "5",
            "q10": "10",
            "q25": "25",
            "q50": "50",
            "q75": "75",
            "q90": "90",
            "q95": "95",
        }
    ]
    posterior = read(tables.posterior_rows(["pool"], np.array([[1.5], [2.5]])))
    assert posterior[1] == {"draw": "1", "weight": "0.5", "pool": "2.5"}
    kept = read(tables.conservation_rows(DAY, {"at_home": np.array([9.0, 8.0]), "crossed": np.array([1.0, 1.0])}, np.array([10.0, 10.0])))
    assert [r["gap"] for r in kept] == ["0", "-1"]


def test_claims_fit_starts_with_the_contract_and_refuses_unknown_keys():
    data = tables.claims_fit_rows([{"claim_id": "c1", "status": "unused", "why": "not expressible", "quote": "line\nbreak"}])
    assert data.startswith(b"claim_id,status,why,observed_low,observed_high,q025,q05,q25,q50,q75,q95,q975,pit,p_true,source,")
    assert read(data)[0]["quote"] == "line\nbreak"
    with pytest.raises(ValueError, match="unknown columns oops"):
        tables.claims_fit_rows([{"oops": 1}])


def test_scores_have_exactly_the_columns_of_the_contract():
    header = tables.scores_rows([]).decode().strip().split(",")
    assert [c for c in header if c.startswith("wis_")] == ["wis_last_value", "wis_weekly_naive", "wis_decay_fit", "wis_queue_at_constant_rate"]
    assert header[:5] == ["claim_id", "status", "why", "observed_low", "observed_high"]
    assert header[13:19] == ["p_true", "in50", "in80", "in95", "crps", "wis"]
