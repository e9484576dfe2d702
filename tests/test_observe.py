"""From claims to likelihood: words of doubt, observables, sparse sums, which claims count, and the likelihood against scipy."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import product

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.special import log_ndtr

from borderflow.calibrate.unknowns import attributes_of, fixed_base, limits_of, unknowns_of, values_of
from borderflow.evidence.claim import Claim
from borderflow.evidence.kinds import KINDS
from borderflow.observe.express import KM_OFFSET, NO_MODEL, QUEUE_OFFSET, WAIT_OFFSET, Observable, Term, Unused, express, ordinary_days, window_of
from borderflow.observe.hedges import bound_of, interval, rounding_unit
from borderflow.observe.likelihood import SPREAD_OF_SPREAD, build_evidence, log_likelihood, log_probability, source_name
from borderflow.observe.operator import SIGNED_UNIT, SMALLEST, build_operator, scale_bound
from borderflow.observe.select import class_of, judge
from borderflow.simulate.compile import compile_case
from borderflow.simulate.series import INDEX, SERIES
from borderflow.world.model import Change, Dist, Ordinary, Prior, Region, Shock, SourceClass
from borderflow.world.names import locations_of
from runs import AIR, BRU, PASS, chain, change, mean, small

INF = math.inf
UNTIL = date(2030, 3, 9)


def claim(kind="entries_per_day", low=1000.0, high=1000.0, start="2030-03-05", end="2030-03-06", place="SE", **fields):
    """A claim; `end` is exclusive, as in `Claim`."""
    when = {"window_start": start and datetime.fromisoformat(start), "window_end": end and datetime.fromisoformat(end)}
    given = {"claim_id": "C", "as_of": datetime(2030, 3, 9), "unit": "people", "flow": "flow", "source": "Border Service", **when, **fields}
    return Claim(quantity_kind=kind, value_low=low, value_high=high, place=place, **given)


@pytest.fixture(scope="module")
def model():
    return compile_case(small())


# ---- words of doubt --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hedge", ["more than", "over", "at least", "No fewer than", "not less than", "no less than", "above", "exceeding", "about / more than"]
)
def test_lower_bounds(hedge):
    assert interval(claim(hedge=hedge)) == (1000.0, INF)
    assert interval(claim(hedge=hedge, low=900.0, high=1100.0)) == (900.0, INF)
    assert interval(claim(hedge=hedge, high=None)) == (1000.0, INF)


@pytest.mark.parametrize(
    "hedge", ["up to", "less than", "fewer than", "at most", "no more than", "not more than", "under", "below", "not over", "not exceeding"]
)
def test_upper_bounds(hedge):
    assert interval(claim(hedge=hedge)) == (-INF, 1000.0)
    assert interval(claim(hedge=hedge, low=900.0, high=1100.0)) == (-INF, 1100.0)
    assert interval(claim(hedge=hedge, low=None)) == (-INF, 1000.0)


@pytest.mark.parametrize("hedge", ["almost", "nearly", "close to", "just under"])
def test_nearly(hedge):
    assert interval(claim(hedge=hedge)) == (900.0, 1000.0)
    assert interval(claim(hedge=hedge, low=-1000.0, high=-1000.0)) == (-1000.0, -900.0)


@pytest.mark.parametrize("hedge", ["about", "some", "roughly", "around", "approximately", "circa", "estimated", "~"])
def test_about_doubles_the_rounding(hedge):
    assert interval(claim(hedge=hedge)) == (900.0, 1100.0)
    assert interval(claim()) == (950.0, 1050.0)


def test_ranges_and_no_words_stay_as_they_stand():
    assert interval(claim(low=600.0, high=900.0, hedge="range")) == (600.0, 900.0)
    assert interval(claim(low=600.0, high=900.0, hedge="at least; up to")) == (600.0, 900.0)
    assert interval(claim(low=600.0, high=None)) == (600.0, INF)
    assert interval(claim(low=None, high=900.0)) == (-INF, 900.0)
    assert interval(claim(low=600.0, high=None)).one_sided
    assert not interval(claim()).one_sided
    assert bound_of("overall") == bound_of("") == bound_of("several hundred") == ""


@pytest.mark.parametrize(
    ("value", "flow", "unit"),
    [
        (10000, "flow", 1000), (98000, "cumulative", 1000), (98765, "cumulative", 1), (5500, "queue", 100), (-3000, "flow", 100), (0, "flow", 1),
        (7, "queue", 1), (20, "queue", 1), (100, "queue", 10), (1.5, "distance", 0.1), (0.35, "share", 0.01), (3, "ratio", 1), (2.5, "ratio", 0.1),
        (48, "duration", 12), (24, "duration", 6), (12, "duration", 3), (6, "duration", 1), (5, "duration", 1), (1, "duration", 0.5),
    ],
)  # fmt: skip
def test_rounding_units(value, flow, unit):
    assert rounding_unit(value, flow) == pytest.approx(unit)


def test_a_ratio_is_recognised_by_its_unit_and_about_does_not_widen_it():
    assert interval(claim(low=3.0, high=3.0, unit="ratio", hedge="about")) == (2.5, 3.5)


@given(st.floats(-1e7, 1e7).filter(lambda x: abs(x) > 1e-3), st.sampled_from(["flow", "duration", "ratio", "share", "queue"]))
def test_a_number_lies_in_its_rounding_interval(value, flow):
    low, high = interval(claim(low=value, high=value, flow=flow))
    assert low < value < high
    assert high - low <= max(0.5 * abs(value), 1.0) + 1e-9


# ---- observables -----------------------------------------------------------------------------------------------------


DIRECTIONS = ("", "entries", "exits", "both", "net", "returns", "stock", "exits_from_NO")


def terms(observable):
    """Terms as {(location, series): weight}, which must share one window."""
    assert isinstance(observable, Observable)
    return {(t.location, t.series): t.weight for t in observable.top}


def why(found):
    assert isinstance(found, Unused)
    return found.why


def test_windows(model):
    assert window_of(claim(), model) == (4.0, 5.0)
    assert window_of(claim(start="2030-03-05T18:00", end="2030-03-06T06:00"), model) == (4.75, 5.25)
    assert window_of(claim(start=None, end=None), model) == (8.0, 9.0)  # the day stated
    assert window_of(claim(start="2030-03-05", end=None), model) == (4.0, 9.0)
    assert window_of(claim(start=None), model) == (4.0, 5.0)
    hour = window_of(claim(start="2030-03-05T18:00", end="2030-03-05T18:00"), model)  # one moment
    assert hour == pytest.approx((4.75, 4.75 + 1 / 24))


def test_entries_of_a_country_are_those_of_its_gates_and_of_other_ways(model):
    found = express(claim(), model)
    assert terms(found) == {(PASS, "entries_citizens"): 1.0, ("elsewhere SE", "entries_citizens"): 1.0}
    assert (found.what, found.days, found.scale) == ("people", (4.0, 5.0), "log")
    assert set(terms(express(claim(who="all"), model))) == {(x, s) for x in (PASS, "elsewhere SE") for s in ("entries_citizens", "entries_others")}
    assert set(terms(express(claim(place="Northern posts"), model))) == {(PASS, "entries_citizens"), (BRU, "entries_citizens")}


def test_rates_divide_by_the_window_and_counts_do_not(model):
    week = {"start": "2030-03-02", "end": "2030-03-09", "place": PASS}
    assert terms(express(claim("people_crossed", flow="cumulative", **week), model)) == {(PASS, "entries_citizens"): 1.0}
    assert terms(express(claim("people_crossed", flow="rate", **week), model)) == {(PASS, "entries_citizens"): pytest.approx(1 / 7)}
    assert terms(express(claim("entries_per_day", flow="rate", **week), model)) == {(PASS, "entries_citizens"): pytest.approx(1 / 7)}
    night = {"start": "2030-03-05T18:00", "end": "2030-03-06T06:00", "place": PASS}
    assert terms(express(claim("people_crossed", flow="flow", **night), model)) == {(PASS, "entries_citizens"): 1.0}
    assert terms(express(claim("people_crossed", flow="rate", **night), model)) == {(PASS, "entries_citizens"): 2.0}


def test_directions(model):
    assert set(terms(express(claim("exits_per_day", place=PASS), model))) == {(PASS, "exits_citizens")}
    assert set(terms(express(claim(place=PASS, direction="exits_from_NO"), model))) == {(PASS, "entries_citizens")}
    assert set(terms(express(claim(place=PASS, direction="returns"), model))) == {(PASS, "exits_citizens")}
    assert terms(express(claim(place=PASS, direction="both"), model)) == {(PASS, "entries_citizens"): 1.0, (PASS, "exits_citizens"): 1.0}
    net = express(claim("net_migration", flow="cumulative", place=PASS), model)
    assert (terms(net), net.scale) == ({(PASS, "entries_citizens"): 1.0, (PASS, "exits_citizens"): -1.0}, "signed")
    assert "direction 'sideways'" in why(express(claim(direction="sideways"), model))
    assert "direction 'exits_from_SE'" in why(express(claim(direction="exits_from_SE"), model))


def test_a_window_that_begins_before_the_start_is_filled_with_ordinary_days(model):
    assert ordinary_days(model) == 4.0  # the shock falls on the fifth day
    found = express(claim("people_crossed", flow="cumulative", start="2030-02-25", end="2030-03-03", place=PASS), model)
    assert [(t.start, t.end, t.weight) for t in found.top] == [(0.0, 2.0, 1.0), (0.0, 4.0, 1.0)]  # four days lie before the start
    assert found.spread == pytest.approx(0.3 * 4 / 6)
    assert "before the start" in why(express(claim(start="2030-02-20", end="2030-02-25"), model))
    assert "net" in why(express(claim("net_migration", start="2030-02-20", end="2030-03-02"), model))
    calm = compile_case(small(shocks=()))
    assert ordinary_days(calm) == 14.0
    assert ordinary_days(compile_case(small(shocks=()), last_day=10)) == 10.0


def test_peaks_are_whole_counts_of_days(model):
    found = express(claim("entries_per_day_peak", start="2030-02-27", end="2030-03-09", place=PASS), model)
    assert found.peak
    assert [(t.start, t.end, t.weight) for t in found.top] == [(0.0, 8.0, 1.0)]


def test_by_air_and_rail(model):
    flown = express(claim("people_flown_out", direction="exits", place="IS", mode="air"), model)
    assert set(terms(flown)) == {("elsewhere IS", "exits_air"), (AIR, "exits_citizens")}
    assert terms(express(claim("exits_per_day", place=AIR), model)) == terms(flown)
    both = Region(name="both", members=("IS", "SE"))
    wide = compile_case(small(regions=(*small().regions, both)))
    assert set(terms(express(claim("exits_per_day", place="both", mode="air"), wide))) == {*terms(flown), ("elsewhere SE", "exits_air")}
    assert "countries only" in why(express(claim("exits_per_day", place=PASS, mode="air"), model))
    assert set(terms(express(claim(place="IS", mode="air"), model))) == {(AIR, "entries_citizens")}
    assert "no air" in why(express(claim(place="SE", mode="air"), model))
    assert "no rail" in why(express(claim(place="IS", mode="rail"), model))
    assert "not told apart" in why(express(claim("net_migration", place="IS", mode="air"), model))


@pytest.mark.parametrize(
    ("kind", "mode", "series"),
    [
        ("vehicles_queued", "", {"queue_cars", "queue_lorries"}), ("vehicles_queued", "car", {"queue_cars"}),
        ("vehicles_queued", "lorry", {"queue_lorries"}),
        ("trucks_queued", "", {"queue_lorries"}), ("queue_length", "", {"queue_km"}), ("people_waiting", "", {"queue_people"}),
        ("people_waiting", "foot", {"queue_foot"}),
    ],
)  # fmt: skip
def test_queues(model, kind, mode, series):
    found = express(claim(kind, place=PASS, mode=mode, direction="exits_from_NO", flow="queue"), model)
    assert set(terms(found)) == {(PASS, s) for s in series}
    assert found.offset == (KM_OFFSET if kind == "queue_length" else QUEUE_OFFSET)
    assert "far side" in why(express(claim(kind, place=PASS, direction="exits"), model))
    assert "not to a country" in why(express(claim(kind, place="SE"), model))
    assert "no crossing" in why(express(claim(kind, place="Storby"), model))


def test_waits(model):
    car = express(claim("waiting_time", place=PASS, flow="duration"), model)
    assert [(t.series, t.weight) for t in (*car.top, *car.bottom, *car.fallback)] == [("wait_car_sum", 1.0), ("wait_car_n", 1.0), ("head_age", 1.0)]
    assert car.offset == WAIT_OFFSET
    foot = express(claim("waiting_time", place="Northern posts", mode="foot"), model)
    assert {(t.location, t.series) for t in foot.bottom} == {(PASS, "wait_foot_n"), (BRU, "wait_foot_n")}
    assert [(t.series, t.weight) for t in foot.fallback] == [("head_age_foot", 0.5), ("head_age_foot", 0.5)]
    for mode in ("lorry", "air", "rail"):
        assert mode in why(express(claim("waiting_time", place=PASS, mode=mode), model))
    assert "belongs to a crossing" in why(express(claim("waiting_time", place="SE"), model))
    assert "belongs to a crossing" in why(express(claim("waiting_time", place="Storby"), model))


def test_journeys(model):
    to_town = express(claim("journey_time", place="Sjostad"), model)
    assert {(t.location, t.series) for t in to_town.top} == {(PASS, "journey_sum")}
    assert {(t.location, t.series) for t in express(claim("journey_time", place="SE"), model).bottom} == {(PASS, "journey_n")}
    assert "no crossing" in why(express(claim("journey_time", place="Hofn"), model))


def test_capacities_and_vehicles(model):
    assert terms(express(claim("capacity_people_per_day", place=PASS), model)) == {(PASS, "capacity_people"): 1.0}
    assert set(terms(express(claim("capacity_vehicles_per_day", place=PASS, direction="both"), model)).values()) == {2.0}
    old = express(claim("capacity_trucks_per_day", place=PASS, start="2029-01-01", end="2029-12-01"), model)
    assert (old.spread, old.days, set(terms(old))) == (0.35, (0.0, 1.0), {(PASS, "capacity_lorries")})
    assert "no crossing" in why(express(claim("capacity_people_per_day", place="Storby"), model))
    assert set(terms(express(claim("cars_out_per_day", place="SE"), model))) == {(PASS, "cars_out")}
    assert set(terms(express(claim("cars_out_per_day", place=PASS, direction="exits"), model))) == {(PASS, "cars_in")}
    assert set(terms(express(claim("trucks_processed", place=PASS, direction="both"), model))) == {(PASS, "lorries_out"), (PASS, "lorries_in")}
    assert "no crossing" in why(express(claim("trucks_processed", place="Storby"), model))


def test_ratios_and_shares(model):
    ratio = express(claim("arrivals_rate_ratio", place=PASS, flow="ratio", start="2030-03-06", end="2030-03-08"), model)
    assert [(t.start, t.end, t.weight) for t in (*ratio.top, *ratio.bottom)] == [(5.0, 7.0, 0.5), (0.0, 4.0, 0.25)]
    growth = express(claim("vehicle_flow_change", place=PASS, flow="ratio"), model)
    assert (growth.shift, {t.series for t in growth.top}) == (1.0, {"cars_out"})
    assert "before the shock" in why(express(claim("arrivals_rate_ratio", place=PASS, start="2030-03-02", end="2030-03-03"), model))
    assert "no crossing" in why(express(claim("arrivals_rate_ratio", place="Storby"), model))
    share = express(claim("exit_share", place="SE", flow="share"), model)
    assert {t.series for t in share.top} == {"exits_citizens"}
    assert {t.series for t in share.bottom} == {"entries_citizens"}
    assert "no crossing" in why(express(claim("exit_share", place="Storby"), model))


def test_stocks(model):
    assert terms(express(claim("people_present", place="SE", flow="stock"), model)) == {("elsewhere SE", "stock"): 1.0}
    assert "by country" in why(express(claim("people_present", place=PASS), model))
    assert "no way into" in why(express(claim("people_present", place="TR"), model))


def test_what_the_model_cannot_express(model):
    assert "prices" in why(express(claim("ticket_price"), model))
    assert "'shoe_size' is not known" in why(express(claim("shoe_size"), model))
    assert "'Atlantis' is not in the case" in why(express(claim(place="Atlantis"), model))
    assert "after the last day" in why(express(claim(start="2030-03-16", end="2030-03-18"), model))
    assert "one town" in why(express(claim(place="Storby"), model))
    assert "by car alone" in why(express(claim(place=PASS, mode="car"), model))
    assert "no crossing" in why(express(claim(place="TR"), model))
    assert not KINDS & set(NO_MODEL) - {"people_refused", "trips"}


@pytest.mark.parametrize("place", [PASS, AIR, "SE", "NO", "TR", "Northern posts", "Storby", "Sjostad"])
def test_every_kind_at_every_place_is_expressed_or_says_why(model, place):
    locations = locations_of(model.case)
    observables = []
    for kind, direction, mode in product(sorted(KINDS), DIRECTIONS, ("", "car", "lorry", "foot", "air", "rail", "all")):
        found = express(claim(kind, place=place, direction=direction, mode=mode), model, locations)
        if isinstance(found, Observable):
            assert found.top
            observables.append(found)
        else:
            assert found.why
    build_operator(observables, model, 1)  # every term exists


# ---- sparse sums -----------------------------------------------------------------------------------------------------


def plain_value(observable, run, bins_per_day):
    """An observable of the first run by a plain sum over bins."""

    def total(items):
        value = 0.0
        for t in items:
            series = run[t.series, t.location][0]
            level = SERIES[INDEX[t.series]].kind == "level"
            for i, x in enumerate(series):
                inside = max(0.0, min(t.end, (i + 1) / bins_per_day) - max(t.start, i / bins_per_day))
                value += t.weight * x * (inside / (t.end - t.start) if level else inside * bins_per_day)
        return value

    if observable.peak:
        days = range(run.model.n_days)
        return max(
            total([replace(t, start=max(t.start, d), end=min(t.end, d + 1)) for t in observable.top if t.start < d + 1 and t.end > d]) for d in days
        )
    if observable.bottom:
        below = total(observable.bottom)
        return total(observable.top) / below if below > 1e-6 else total(observable.fallback)
    return total(observable.top)


CLAIMS = [
    claim(),
    claim("people_crossed", flow="cumulative", start="2030-02-20", end="2030-03-07T10:00"),
    claim("people_crossed", flow="flow", start="2030-03-05T18:00", end="2030-03-06T06:00", place=PASS),
    claim("entries_per_day_peak", start="2030-03-02", end="2030-03-09", place="Northern posts"),
    claim("net_migration", flow="cumulative", start="2030-03-02", end="2030-03-09"),
    claim("vehicles_queued", flow="queue", start="2030-03-08T18:00", end="2030-03-08T18:00", place=PASS),
    claim("queue_length", flow="queue", start="2030-03-06", end="2030-03-09", place=PASS),
    claim("waiting_time", flow="duration", start="2030-03-07", end="2030-03-08", place=PASS),
    claim("waiting_time", flow="duration", start="2030-03-02", end="2030-03-03", place=BRU, mode="foot"),
    claim("journey_time", flow="duration", start="2030-03-06", end="2030-03-08", place="Sjostad"),
    claim("arrivals_rate_ratio", flow="ratio", start="2030-03-06", end="2030-03-08", place=PASS),
    claim("people_present", flow="stock", start="2030-03-08", end="2030-03-09"),
    claim("capacity_people_per_day", flow="rate", place=PASS),
]


@pytest.mark.parametrize("bins_per_day", [1, 4, 24])
@pytest.mark.parametrize("step_before", [None, 6.0])
def test_operator_against_a_plain_sum(bins_per_day, step_before):
    case = small(step_before=step_before)
    run = chain(case, bins_per_day=bins_per_day)
    observables = [express(c, run.model) for c in CLAIMS]
    operator = build_operator(observables, run.model, bins_per_day)
    picked = np.zeros((1, operator.n_rows, operator.n_bins))
    for i, j in zip(*np.nonzero(operator.rows >= 0), strict=True):
        picked[0, operator.rows[i, j]] = run.out[0, run.operator.rows[i, j]]
    found = operator.values(picked)[0]
    if step_before is None or bins_per_day <= 4:
        np.testing.assert_allclose(found, [plain_value(o, run, bins_per_day) for o in observables], rtol=1e-9, atol=1e-9)
    everything = build_operator(observables, run.model, bins_per_day, everything=True)
    np.testing.assert_allclose(everything.values(run.out)[0], found, rtol=1e-12)


@pytest.mark.parametrize("bins_per_day", [2, 4, 8, 24])
def test_bins_finer_than_steps_spread_what_happens_in_a_step(bins_per_day):
    # capacities and even traffic do not depend on how time is cut
    case = small(step_before=12.0, step=12.0)
    run = mean(case, {"hour_peak": 1.0, "leaving_per_day[*]": 0.0, "weekly_strength[*]": 0.0}, bins_per_day=bins_per_day)
    claims = [
        claim("people_crossed", flow="flow", start="2030-03-02T03:00", end="2030-03-02T09:00", place=PASS),
        claim("entries_per_day_peak", start="2030-03-02", end="2030-03-05", place=PASS),
        claim("people_present", flow="stock", start="2030-03-02T03:00", end="2030-03-02T06:00"),
        claim("capacity_vehicles_per_day", flow="rate", start="2030-03-02T03:00", end="2030-03-02T06:00", place=PASS),
    ]
    operator = build_operator([express(c, run.model) for c in claims], run.model, bins_per_day, everything=True)
    people, peak, stock, capacity = operator.values(run.out)[0]
    assert people == pytest.approx(420 / 4)
    assert peak == pytest.approx(420.0)
    assert stock == pytest.approx(-20 * 1.5, abs=11.0)
    assert capacity == pytest.approx(400.0)


def test_a_clock_time_is_the_exclusive_end(model):
    run = mean(small(step_before=None), bins_per_day=24)
    to_six = build_operator([express(claim("people_crossed", end="2030-03-05T06:00", place=PASS), run.model)], run.model, 24, everything=True)
    assert to_six.values(run.out)[0, 0] == pytest.approx(run["entries_citizens", PASS][0, 4 * 24 : 4 * 24 + 6].sum())


def test_a_wait_where_nobody_crosses_is_the_age_of_the_queue():
    lanes = change(small().lanes, {"crossing": PASS, "lane": "car", "direction": "entries"}, open=False)
    run = mean(small(lanes=lanes, shocks=small().shocks[:1]), bins_per_day=24)
    found = express(claim("waiting_time", start="2030-03-08T12:00", end="2030-03-08T13:00", place=PASS, flow="duration"), run.model)
    value = build_operator([found], run.model, 24, everything=True).values(run.out)[0, 0]
    assert value == pytest.approx(run["head_age", PASS][0, 7 * 24 + 12])
    assert value == pytest.approx(7.5 * 24, abs=24.0)


def test_scales_and_back(model):
    observables = [
        Observable((Term(PASS, "entries_citizens", 0, 1),)), Observable((Term(PASS, "queue_cars", 0, 1),), offset=5.0),
        Observable((Term(PASS, "entries_citizens", 0, 1),), scale="signed"), Observable((Term(PASS, "cars_out", 0, 1),), shift=1.0),
    ]  # fmt: skip
    operator = build_operator(observables, model, 1)
    values = np.array([[250.0, 20.0, -3000.0, 1.4]])
    scaled = operator.scaled(values)
    np.testing.assert_allclose(scaled, [[math.log(250), math.log(25), math.asinh(-3000 / SIGNED_UNIT), math.log(1.4)]])
    np.testing.assert_allclose(operator.unscaled(scaled), [[250.0, 20.0, -3000.0, 0.4]])
    assert operator.scaled(np.zeros(4))[0] == math.log(SMALLEST)
    stated = [250.0, 20.0, -3000.0, 0.4]  # a change of +40 % is a ratio of 1.4
    np.testing.assert_allclose([scale_bound(v, o) for v, o in zip(stated, observables, strict=True)], scaled[0])
    assert scale_bound(0.0, observables[0]) == scale_bound(-INF, observables[0]) == -INF
    assert scale_bound(INF, observables[0]) == scale_bound(INF, observables[2]) == INF


# ---- which claims count ----------------------------------------------------------------------------------------------


def statuses(claims, model, until=UNTIL):
    return {j.claim.claim_id: (j.status, j.why) for j in judge(claims, model, until)}


def test_statuses(model):
    found = statuses(
        [
            claim(claim_id="A", place=PASS),
            claim(claim_id="B", place=PASS, source="a newspaper", duplicate_of=("A",)),
            claim(claim_id="C", place=PASS, source="a newspaper", duplicate_of=("unknown",)),
            claim("ticket_price", claim_id="D"),
            claim(claim_id="E", as_of=datetime(2030, 3, 10), source="late"),
            claim(claim_id="F", status="rejected"),
            claim(claim_id="G", status="candidate"),
            claim(claim_id="H", status="accepted", source="other"),
        ],
        model,
    )
    assert {k: v[0] for k, v in found.items()} == {
        "A": "used", "B": "checked", "C": "used", "D": "unused", "E": "unused", "F": "unused", "G": "unused", "H": "used",
    }  # fmt: skip
    assert found["B"][1] == "restates A"
    assert found["E"][1] == "stated after 2030-03-09"
    assert "'rejected'" in found["F"][1]


def test_a_restatement_of_what_is_not_known_yet_counts(model):
    original = claim(claim_id="A", as_of=datetime(2030, 3, 12))
    assert statuses([original, claim(claim_id="B", duplicate_of=("A",))], model)["B"][0] == "used"


def test_a_later_figure_of_the_same_source_supersedes(model):
    first, later = claim(claim_id="A", as_of=datetime(2030, 3, 7)), claim(claim_id="B", low=1100.0, high=1100.0)
    assert statuses([first, later], model) == {"A": ("checked", "superseded by B"), "B": ("used", "")}
    assert statuses([later, first], model)["A"][0] == "checked"  # whatever the order of rows
    assert statuses([first, later], model, date(2030, 3, 8))["A"][0] == "used"  # not yet known
    for other in (
        replace(later, source="someone else"), replace(later, source=""), replace(later, window_start=datetime(2030, 3, 4)),
        replace(later, place="FI"),        replace(later, direction="exits"), replace(later, as_of=first.as_of),
    ):  # fmt: skip
        assert statuses([first, other], model)["A"][0] == "used"


def test_only_a_used_claim_supersedes(model):
    first, later = claim(claim_id="A", as_of=datetime(2030, 3, 7)), claim(claim_id="B")
    assert statuses([first, replace(later, status="rejected")], model)["A"][0] == "used"
    # the same source repeats itself and says so: one of the two counts
    assert sorted(x[0] for x in statuses([first, replace(later, duplicate_of=("A",))], model).values()) == ["checked", "used"]


def test_days_stated_without_a_window_are_different_windows(model):
    queue = [
        claim("vehicles_queued", claim_id=f"Q{d}", place=PASS, flow="queue", start=None, end=None, as_of=datetime(2030, 3, d)) for d in (6, 7, 8)
    ]
    assert {v[0] for v in statuses(queue, model).values()} == {"used"}
    since = [claim("people_crossed", claim_id=f"S{d}", flow="cumulative", end=None, as_of=datetime(2030, 3, d)) for d in (7, 8)]
    assert {v[0] for v in statuses(since, model).values()} == {"used"}


def days(first, last, **fields):
    start = datetime(2030, 3, 1)
    return [
        claim(claim_id=f"D{d}", start=str(start + timedelta(days=d)), end=str(start + timedelta(days=d + 1)), **{"source": f"s{d}", **fields})
        for d in range(first, last)
    ]


def test_sums_of_used_counts_are_checked(model):
    total = claim("people_crossed", claim_id="T", flow="cumulative", start="2030-03-03", end="2030-03-06")
    assert statuses([total, *days(2, 5)], model)["T"] == ("checked", "sum of D2, D3, D4")
    assert statuses([total, *days(2, 4)], model)["T"][0] == "used"  # a day is missing
    assert statuses([total, *days(2, 5, place="FI")], model)["T"][0] == "used"
    assert statuses([total, *days(2, 5, high=None)], model)["T"][0] == "used"  # bounds do not add up
    assert statuses([total, *days(2, 5, kind="entries_per_day_peak")], model)["T"][0] == "used"  # nor do peaks
    assert statuses([total, *days(2, 5, status="rejected")], model)["T"][0] == "used"
    assert all(statuses([total, *days(2, 5)], model)[f"D{d}"][0] == "used" for d in (2, 3, 4))
    # counts of who or which way else are not parts
    assert statuses([replace(total, direction="exits"), *days(2, 5)], model)["T"][0] == "used"


def test_source_classes():
    officials = SourceClass(name="officials", spread=0.05, quantities=("entries_per_day",), sources=("border service",))
    anyone = SourceClass(name="anyone", spread=0.2)
    assert class_of(claim(), (officials, anyone)) == officials
    assert class_of(claim("waiting_time"), (officials, anyone)) == anyone
    assert class_of(claim(source="a newspaper"), (officials, anyone)) == anyone
    assert class_of(claim(source=""), (officials,)).name == "any_source"


# ---- likelihood ------------------------------------------------------------------------------------------------------

SOURCES = (
    SourceClass(name="officials", spread=0.06, bias=(0.02, 0.05), sources=("Border Service",)),
    SourceClass(name="others", spread=0.25, bias=(-0.1, 0.15)),
)
MIXED = [
    claim(claim_id="wide", low=600.0, high=3000.0, start="2030-03-08", end="2030-03-09"),
    claim(claim_id="a", low=1234.0, high=1234.0),
    claim(claim_id="b", low=995.0, high=1005.0, start="2030-03-06", end="2030-03-07"),
    claim(claim_id="c", source="paper", low=1000.0, high=1100.0, start="2030-03-07", end="2030-03-08"),
    claim("vehicles_queued", claim_id="d", source="paper", place=PASS, low=123.0, high=125.0, flow="queue"),
    claim("net_migration", claim_id="e", place="FI", low=2440.0, high=2450.0, flow="cumulative"),
    claim(claim_id="over", hedge="more than", source="paper", start="2030-03-04", end="2030-03-05"),
    claim(claim_id="under", hedge="up to", start="2030-03-03", end="2030-03-04", place="FI", source="paper"),
]


def given_things(evidence, seed=3):
    rng = np.random.default_rng(seed)
    n = len(evidence.judged)
    root = rng.normal(size=(n, n)) * 0.05
    x = evidence.middle + rng.normal(size=(4, n)) * 0.2
    return x, rng.normal(size=(4, evidence.n_sources)), rng.normal(size=n) * 0.05, root @ root.T


def covariance(evidence, w, process_cov):
    """Covariance of reports, written out claim by claim."""
    n = len(evidence.judged)
    cov = process_cov.copy()
    for i, a in enumerate(evidence.judged):
        for j, b in enumerate(evidence.judged):
            if source_name(a) == source_name(b) and a.observable.what == b.observable.what:
                cov[i, j] += a.source_class.bias[1] * b.source_class.bias[1]
        cov[i, i] += (a.source_class.spread * math.exp(SPREAD_OF_SPREAD * w[evidence.sources.index(source_name(a))])) ** 2 + 1e-6
        cov[i, i] += a.observable.spread**2
        if i < evidence.n_narrow:
            cov[i, i] += (scale_bound(a.interval.high, a.observable) - scale_bound(a.interval.low, a.observable)) ** 2 / 12
    assert cov.shape == (n, n)
    return cov


def evidence_of(claims):
    model = compile_case(small(sources=SOURCES))
    return build_evidence(judge(claims, model, UNTIL), model, 4)


def test_narrow_claims_come_first():
    evidence = evidence_of(MIXED)
    assert [j.claim.claim_id for j in evidence.judged] == ["a", "b", "c", "d", "e", "wide", "over", "under"]
    assert evidence.n_narrow == 5
    assert len(evidence.sources) == 2


def test_narrow_claims_are_a_normal_density():
    evidence = evidence_of(MIXED[1:6])
    assert evidence.n_narrow == 5
    x, w, bias, cov = given_things(evidence)
    found = log_likelihood(evidence, x, w, bias, cov)
    for i in range(4):
        means = x[i] + bias + [j.source_class.bias[0] for j in evidence.judged]
        middle = [0.5 * (scale_bound(j.interval.low, j.observable) + scale_bound(j.interval.high, j.observable)) for j in evidence.judged]
        density = stats.multivariate_normal(means, covariance(evidence, w[i], cov)).logpdf(middle)
        assert found[i] == pytest.approx(density + 2.5 * math.log(2 * math.pi), rel=1e-9)  # the constant is left out


def test_wide_claims_are_probabilities_given_the_narrow_ones():
    evidence = evidence_of(MIXED)
    x, w, bias, cov = given_things(evidence)
    found = log_likelihood(evidence, x, w, bias, cov)
    k = evidence.n_narrow
    for i in range(4):
        means = x[i] + bias + np.array([j.source_class.bias[0] for j in evidence.judged])
        full = covariance(evidence, w[i], cov)
        residual = evidence.middle[:k] - means[:k]
        expected = stats.multivariate_normal(np.zeros(k), full[:k, :k]).logpdf(residual) + 0.5 * k * math.log(2 * math.pi)
        for j in range(k, len(evidence.judged)):
            gain = np.linalg.solve(full[:k, :k], full[:k, j])
            law = stats.norm(means[j] + gain @ residual, math.sqrt(full[j, j] - gain @ full[:k, j]))
            item = evidence.judged[j]
            low, high = (scale_bound(v, item.observable) for v in item.interval)
            expected += math.log(law.cdf(high) - law.cdf(low))
        assert found[i] == pytest.approx(expected, rel=1e-9)


def test_no_claims_say_nothing():
    evidence = evidence_of([])
    assert log_likelihood(evidence, np.zeros((3, 0)), np.zeros((3, 0)), np.zeros(0), np.zeros((0, 0))).tolist() == [0.0, 0.0, 0.0]


def exact(a, b):
    """log P(a <= Z <= b) from scipy's logarithm of the distribution function, on the side where it does not cancel."""
    if a > 0:
        a, b = -b, -a
    top, bottom = log_ndtr(b), log_ndtr(a)
    return top + np.log1p(-np.exp(bottom - top))


@settings(deadline=None, derandomize=True)
@given(st.floats(-60.0, 60.0), st.floats(1e-3, 50.0))
@example(-30.0, 2.0**-9)  # across the seam between erfc and its series
def test_log_probability_in_the_tails(a, width):
    assert log_probability(a, a + width) == pytest.approx(float(exact(a, a + width)), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("t", [-300.0, -31.0, -30.0, -29.0, -8.0, -1.0, 0.0, 3.0, 9.0])
def test_log_probability_of_bounds(t):
    assert log_probability(-INF, t) == pytest.approx(float(log_ndtr(t)), rel=1e-7, abs=1e-16)
    assert log_probability(-t, INF) == pytest.approx(float(log_ndtr(t)), rel=1e-7, abs=1e-16)
    assert log_probability(-INF, INF) == 0.0


# ---- unknowns --------------------------------------------------------------------------------------------------------


def prior(name, dist, sets=(), scales=()):
    return Prior(name=name, dist=Dist(**dist), sets=sets, scales=scales, why="test")


def vectors(case, z=None):
    """Model, unknowns and attribute vectors at z (default: one row of zeros)."""
    model = compile_case(case)
    unknowns = unknowns_of(model)
    z = np.zeros((1, len(unknowns))) if z is None else np.array(z, dtype=float)
    return model, unknowns, attributes_of(fixed_base(model), unknowns, z, limits_of(model))


def test_unknowns_set_before_they_scale():
    scale = prior("scale", {"lognormal": (2.0, 0.5)}, scales=("pool",))
    level = prior("level", {"normal": (1000.0, 100.0)}, sets=("pool",))
    for priors in ((scale, level), (level, scale)):
        model, unknowns, a = vectors(small(priors=priors), [[0.0, 0.0], [1.0, 1.0]])
        np.testing.assert_allclose(a[:, model.slots_of("pool")[0]], [2000.0, 2 * math.exp(0.5) * 1100.0])
        assert values_of(unknowns, np.zeros((1, 2))).sum() == 1002.0


def test_wildcards_reach_all_lanes_of_one_direction():
    model, unknowns, a = vectors(small(), [[0.0, 0.0, 0.0, 1.0]])
    assert [u.name for u in unknowns] == ["leaving", "pool", "sweden_appeal", "car_capacity"]
    f = math.exp(0.2)
    for lane, expected in ((f"{PASS}; car", 400 * f), (f"{BRU}; car", 250 * f), (f"{PASS}; foot", 900), (f"{PASS}; car; exits", 800)):
        assert a[0, model.slots_of(f"capacity[{lane}]")[0]] == pytest.approx(expected)
    assert unknowns[3].scales == tuple(model.slots_of("capacity[*; car]"))
    assert len(unknowns[3].scales) == 2


def test_fixed_priors_are_no_unknowns_and_keep_the_same_order():
    half = prior("half", {"fixed": 0.5}, scales=("pool", "capacity[*; car]"))
    level = prior("level", {"fixed": 5000.0}, sets=("pool",))
    for priors in ((half, level), (level, half)):
        model, unknowns, a = vectors(small(priors=priors))
        assert unknowns == []
        assert a[0, model.slots_of("pool")[0]] == 2500.0
        assert a[0, model.slots_of(f"capacity[{PASS}; car]")[0]] == 200.0
    # an unknown that sets the attribute does not undo the fixed factor
    model, unknowns, a = vectors(small(priors=(half, prior("pool", {"lognormal": (8000.0, 0.5)}, sets=("pool",)))))
    assert a[0, model.slots_of("pool")[0]] == 4000.0


def test_attributes_stay_in_their_range():
    model, _, a = vectors(small(priors=(prior("share", {"normal": (0.5, 1.0)}, sets=("put_off",)),)), [[3.0], [-3.0], [0.1]])
    np.testing.assert_allclose(a[:, model.slots_of("put_off")[0]], [1.0, 0.0, 0.6])


def test_distributions_by_their_quantiles():
    dists = {"a": {"lognormal": (3.0, 0.4)}, "b": {"normal": (-1.0, 2.0)}, "c": {"uniform": (2.0, 6.0)}}
    priors = tuple(prior(k, v, sets=("hour_peak",)) for k, v in dists.items())
    _, unknowns, _ = vectors(small(priors=priors))
    z = stats.norm.ppf([[0.1], [0.5], [0.99]]) * np.ones(3)
    laws = (stats.lognorm(0.4, scale=3.0), stats.norm(-1.0, 2.0), stats.uniform(2.0, 4.0))
    np.testing.assert_allclose(values_of(unknowns, z), np.array([law.ppf([0.1, 0.5, 0.99]) for law in laws]).T)


def test_sizes_of_past_shocks_are_unknowns_also_where_a_policy_has_the_same_name():
    name = small().policies[0].name
    sized = Shock(
        name=name, kind="changes", at=datetime(2030, 3, 6), changes=(Change(attribute="entries_factor[*]", to=Dist(uniform=(0.2, 0.8))),), why="t"
    )
    model, unknowns, a = vectors(small(priors=(), shocks=(*small().shocks, sized)), [[-20.0], [0.0]])
    assert [u.name for u in unknowns] == [f"size of {name} (1)"]
    np.testing.assert_allclose(a[:, unknowns[0].sets[0]], [0.2, 0.5])
    slots = {c.slot for c in model.shock_changes} | {c.slot for p in model.policies for c in p.changes}
    assert len(slots) == 4  # one for each change of the case, though one acts on three countries


def test_a_block_that_splits_by_air_stands_at_the_portal():
    block = Ordinary(name="Iceland", country="IS", entries_per_day=100, split={"air": 0.4, "elsewhere": 0.6})
    run = mean(small(ordinary=(block,), shocks=()), bins_per_day=1)
    assert run.days("entries_citizens", AIR)[0, 0] == pytest.approx(40.0)
    assert run.model.slots_of("share[Iceland; air IS]")
