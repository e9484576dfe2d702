"""Baselines: what each expects, when each is silent, and that nothing stated later leaks in."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from borderflow.evidence.claim import Claim
from borderflow.forecast import baselines as b
from borderflow.forecast.scores import QUANTILES

START = date(2030, 5, 1)
MEDIAN = 11


def claim(
    day: int, low: float | None, high: float | None = -1.0, *, kind: str = "entries_per_day", flow: str = "flow", until: int | None = None, **more
):
    """A claim about day `day` (1 = 1 May) up to `until`, stated the day after unless `stated` says so; high -1 = equal to low."""
    first, last = day - 1, until or day
    window = datetime(2030, 5, 1) + timedelta(days=first), datetime(2030, 5, 1) + timedelta(days=last)
    stated = datetime(2030, 5, 1) + timedelta(days=more.pop("stated", last + 1) - 1)
    high = low if high == -1.0 else high
    return Claim(f"{kind}-{day}", stated, kind, low, high, "", flow, more.pop("place", "Avland"), *window, **more)


def day(n: int) -> date:
    return START + timedelta(days=n - 1)


def one_day(n: float) -> b.TargetWindow:
    return b.TargetWindow(n, 1.0, False)


def test_daily_and_total_claims_form_one_series():
    keys = {
        b.series_key(claim(1, 10, direction="entries")),
        b.series_key(claim(1, 10, kind="arrivals_per_day", flow="rate")),
        b.series_key(claim(1, 10, kind="people_crossed", flow="cumulative", until=3, direction="entries", mode="all")),
    }
    assert len(keys) == 1
    assert b.series_key(claim(1, 10, kind="exits_per_day")) not in keys
    assert b.series_key(claim(1, 10, who="men")) not in keys
    assert b.series_key(claim(1, 10, place="Beland")) not in keys
    foot, car = (b.series_key(claim(1, 3, kind="waiting_time", flow="duration", mode=m)) for m in ("foot", "car"))
    assert foot != car


def test_history_has_daily_values_at_the_middle_of_windows():
    claims = [claim(5, 100, 400), claim(1, 300, kind="people_crossed", flow="cumulative", until=3, direction="entries")]
    key = b.series_key(claims[0])
    assert b.history(claims, key, day(9), START) == [(1.5, 100.0), (4.5, pytest.approx(200.0))]


def test_history_leaves_out_what_is_later_one_sided_restated_or_superseded():
    claims = [
        claim(1, 10, source="A"), claim(1, 12, source="A", stated=3), claim(2, 50), claim(3, 99, stated=30), claim(4, 70, None),
        claim(5, 80, 80, hedge="more than"), claim(6, 90, duplicate_of=("x",)),
        claim(1, 5000, kind="people_crossed", flow="cumulative", until=4, direction="entries"),
    ]  # fmt: skip
    assert b.history(claims, b.series_key(claims[0]), day(10), START) == [(0.5, 12.0), (1.5, 50.0)]


def test_two_sources_for_one_window_are_averaged():
    claims = [claim(1, 9, source="A"), claim(1, 39, source="B")]
    assert b.history(claims, b.series_key(claims[0]), day(5), START) == [(0.5, pytest.approx(19.0))]


def test_last_value_expects_the_last_value_and_widens_with_the_horizon():
    past = [(0.5, 100.0), (1.5, 110.0)]
    near, far = b.last_value(past, one_day(2.5)), b.last_value(past, one_day(9.5))
    assert near[MEDIAN] == pytest.approx(110)
    assert far[MEDIAN] == pytest.approx(110)
    assert near.shape == (23,)
    assert far[-1] > near[-1]
    assert far[0] < near[0]
    sd = (math.log1p(far[-1]) - math.log1p(110)) / b._Z[-1]
    error = math.log(111 / 101)
    assert sd == pytest.approx(math.sqrt((b.PRIOR_SD**2 + error**2) / 2) * math.sqrt(8))


def test_total_over_days_is_the_sum():
    past = [(0.5, 100.0), (1.5, 100.0)]
    assert b.last_value(past, b.TargetWindow(3.5, 3.0, True))[MEDIAN] == pytest.approx(300)
    assert b.last_value(past, b.TargetWindow(3.5, 3.0, False))[MEDIAN] == pytest.approx(100)


def test_days_of_a_total_that_are_known_are_not_forecast():
    past = [(0.5, 10.0), (1.5, 20.0), (2.5, 60.0)]
    assert b.last_value(past, b.TargetWindow(2.0, 4.0, True))[MEDIAN] == pytest.approx(10 + 20 + 60 + 60)


def test_weekly_naive_needs_the_same_weekday():
    past = [(0.5, 10.0), (1.5, 20.0), (2.5, 30.0)]
    assert b.weekly_naive(past, one_day(8.5))[MEDIAN] == pytest.approx(20)
    assert b.weekly_naive(past, one_day(15.5))[MEDIAN] == pytest.approx(20)
    assert b.weekly_naive(past, one_day(5.5)) is None


def test_decay_fit_continues_an_exponential():
    past = [(d + 0.5, math.expm1(8 - 0.1 * d)) for d in range(6)]
    assert b.decay_fit(past, one_day(9.5))[MEDIAN] == pytest.approx(math.expm1(8 - 0.9))
    assert b.decay_fit(past[:2], one_day(9.5)) is None


def test_queue_grows_at_its_recent_rate_and_ends_at_zero():
    growing, falling = [(0.0, 100.0), (1.0, 300.0)], [(0.0, 300.0), (1.0, 100.0)]
    assert b.queue_at_constant_rate(growing, one_day(3.0))[MEDIAN] == pytest.approx(700)
    assert b.queue_at_constant_rate(falling, one_day(3.0))[MEDIAN] == 0
    assert b.queue_at_constant_rate(growing[:1], one_day(3.0)) is None


def test_wait_changes_in_proportion_to_the_queue():
    queue = [(0.0, 100.0), (1.0, 300.0)]
    assert b.queue_at_constant_rate(queue, one_day(3.0), [(1.0, 6.0)])[MEDIAN] == pytest.approx(14)
    assert b.queue_at_constant_rate(queue, one_day(3.0), []) is None


def test_silent_when_nothing_negative_or_stale():
    for baseline in (b.last_value, b.weekly_naive, b.decay_fit, b.queue_at_constant_rate):
        assert baseline([], one_day(3)) is None
    assert b.last_value([(0.5, -5.0)], one_day(3)) is None
    assert b.last_value([(0.5, 5.0)], one_day(60)) is None


def test_all_four_for_a_queue_and_a_wait():
    claims = [claim(d, 100.0 * d, kind="vehicles_queued", flow="queue", direction="exits_from_RU") for d in range(1, 9)]
    claims += [claim(d, 2.0 * d, kind="waiting_time", flow="duration", direction="exits_from_RU", mode="car") for d in range(1, 9)]
    target = claim(10, 1000, kind="waiting_time", flow="duration", direction="exits_from_RU", mode="car")
    found = b.baseline_quantiles(target, claims, day(9), START)
    assert tuple(found) == b.NAMES
    assert all(q is not None for q in found.values())
    assert found["queue_at_constant_rate"][MEDIAN] == pytest.approx(20)
    assert found["last_value"][MEDIAN] == pytest.approx(16)
    assert found["weekly_naive"][MEDIAN] == pytest.approx(6)
    foot = b.baseline_quantiles(claim(10, 1, kind="waiting_time", flow="duration", mode="foot"), claims, day(9), START)
    assert set(foot.values()) == {None}


def test_a_flow_has_no_queue_baseline():
    claims = [claim(d, 100.0) for d in range(1, 9)]
    assert b.baseline_quantiles(claim(10, 1), claims, day(9), START)["queue_at_constant_rate"] is None


def test_claims_stated_after_as_of_change_nothing():
    known = [claim(d, 100.0 + d) for d in range(1, 8)]
    later = [claim(d, 1e6) for d in range(8, 12)]
    target = claim(12, 50)
    with_later = b.baseline_quantiles(target, known + later, day(8), START)
    for name, q in b.baseline_quantiles(target, known, day(8), START).items():
        assert (q is None and with_later[name] is None) or np.array_equal(q, with_later[name])


def test_decay_fit_does_not_explode():
    past = [(0.0, 0.0), (0.4, 1e6), (0.8, 1e9)]
    assert np.all(np.isfinite(b.decay_fit(past, one_day(25.0))))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=12), st.floats(0.1, 14))
def test_quantiles_rise_and_are_never_negative(values, ahead):
    past = [(k + 0.5, v) for k, v in enumerate(values)]
    for baseline in (b.last_value, b.weekly_naive, b.decay_fit, b.queue_at_constant_rate):
        q = baseline(past, one_day(len(values) + ahead))
        assert q is None or (q.shape == (len(QUANTILES),) and np.all(np.isfinite(q)) and np.all(q >= 0) and np.all(np.diff(q) >= 0))
