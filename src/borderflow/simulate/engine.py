"""The step of the model: one source for the chain (whole counts, draws) and the mean (expected flows).

Counts are parties per cell (group x origin, group x gate, type x cohort of a lane). People = parties x people per party.
The order within a step, and what exactly happens in it, is written down in docs/explanation/law.md.
"""

from __future__ import annotations

import math

import numpy as np

from borderflow.compiled import njit, prange
from borderflow.kernels.random import AFTER, GATE_MODE, ORDINARY, TRAVEL, binomials, poisson
from borderflow.simulate import layout as attr
from borderflow.simulate.choice import bus_share, by_hour, hazard_of, leave_home, share_of_hours, way_weights
from borderflow.simulate.layout import BUS, CAR, FOOT, LORRY, NO_BUS, SEAT
from borderflow.simulate.queues import (
    CITIZEN,
    MOST_BOOTHS,
    N_ORDINARY_TYPES,
    OTHER,
    age_of_first,
    budget_of,
    draw,
    join_lanes,
    leave_queue,
    serve_lane,
    services_ended,
)
from borderflow.simulate.series import ROW

LONGEST_JOURNEY_HOURS = 240.0
"""Journeys to a gate are cut here, delays of preparation included."""
LONGEST_WAIT_HOURS = 240.0
"""Believed waits are capped here: nobody distinguishes ten days from twenty."""
PUT_OFF_HALF_HOURS = 12.0
"""Believed wait at which half of those who would put off an ordinary journey do so."""


@njit(cache=True, inline="always", error_model="numpy")
def add(out, row, bin_, value):
    """Adds to a recorded series, if it is recorded."""
    if row >= 0:
        out[row, bin_] += value


@njit(cache=True, error_model="numpy")
def people_of(home, a, o_party):
    """People at home, all groups together; home: (n_groups, n_origins) parties."""
    people = 0.0
    for g in range(home.shape[0]):
        people += home[g].sum() * a[o_party + g]
    return people


@njit(cache=True, error_model="numpy")
def count_parties(comp, home, due, stage1, stage2, queued, stay, mover, moved_on, returned, turned, gave_up):
    """Fills comp, (n_groups, n_compartments), with the parties of each group by compartment."""
    for g in range(comp.shape[0]):
        comp[g, 0] = home[g].sum()
        comp[g, 1] = stage1[:, g].sum() + stage2[:, g].sum() + due[:, :, g].sum()
        comp[g, 2] = queued[:, N_ORDINARY_TYPES + g].sum()
        comp[g, 3] = stay[:, g].sum()
        comp[g, 4] = mover[:, g].sum()
        comp[g, 5] = moved_on[g]
        comp[g, 6] = returned[g]
        comp[g, 7] = turned[g]
        comp[g, 8] = gave_up[g]


@njit(cache=True, error_model="numpy")
def simulate(
    chain,
    m,
    a,
    change_value,
    change_start,
    change_end,
    hazard_luck,
    arrival_luck,
    service_luck,
    rows,
    bin_of,
    out,
    comp,
    due,
    queue,
    between,
    seed,
    run,
):
    """One run. Fills `out` and, unless it is empty, `comp`.

    a: attribute vector. change_*: (n_changes,) value, first and last day of each dated change. hazard_luck: (n_days,);
    arrival_luck: (n_countries, 2, n_days) for entries and exits; service_luck: (n_gates, n_days); all means 1.
    rows: (n_locations, n_series) row of `out` or -1. bin_of: (n_steps,) bin of a step. out: (n_rows, n_bins), zeroed here.
    comp: (n_bins, n_groups, n_compartments) parties by compartment at the end of each bin, or of length 0.
    due: (longest journey in steps, n_gates, n_groups), a ring, queue: (n_lanes, n_steps, n_types) and between: (n_stations, n_steps, n_types),
    those between the two stations of a lane, are work space.
    """
    n_steps = m.dt.shape[0]
    n_groups = m.n_groups
    n_gates = m.n_gates
    n_lanes = m.n_lanes
    n_types = N_ORDINARY_TYPES + n_groups
    n_origins = m.way_start.shape[0] - 1
    one = m.o_one
    out[:] = 0.0

    # --- constants of the run
    bin_days = np.zeros(out.shape[1])
    end_hours = np.zeros(n_steps + 1)
    for t in range(n_steps):
        bin_days[bin_of[t]] += m.dt[t]
        end_hours[t + 1] = end_hours[t] + 24.0 * m.dt[t]
    home = np.zeros((n_groups, n_origins))
    total_share = 0.0
    for g in range(n_groups):
        total_share += a[m.o_group_share + g]
    for g in range(n_groups):
        for o in range(n_origins):
            n = a[one + attr.POOL] * a[m.o_group_share + g] / max(total_share, 1e-12) * m.home_weight[g, o] / a[m.o_party + g]
            home[g, o] = math.floor(n + 0.5) if chain else n
    n_ways = m.way_gate.shape[0]
    way_utility = np.zeros(n_ways)
    way_weight = np.zeros(n_ways)
    way_lag = np.zeros(n_ways, np.int64)
    way_time = np.zeros(n_ways)
    for w in range(n_ways):
        k = m.way_gate[w]
        hours = m.way_hours[w] * a[one + attr.SLOWNESS]
        hours += a[one + attr.REST] * max(0.0, hours / 14.0 - 1.0) + m.way_fixed_hours[w]
        u = -a[one + attr.TRAVEL_DISUTILITY] * hours + a[m.o_appeal + m.gate_country[k]] + a[m.o_gate_appeal + k]
        if m.way_mode[w] > 0:
            u += a[m.o_mode_appeal + m.way_mode[w] - 1]
        way_utility[w] = u
        hours = min((1.0 + a[one + attr.LONG_DELAY]) * hours, LONGEST_JOURNEY_HOURS)
        way_time[w] = hours + a[one + attr.SPREAD]
        way_lag[w] = min(int(math.floor(hours / m.fine_hours + 0.5)), due.shape[0] - 2)
    # a logit subtracts its largest utility: once for all ways where it is not nested and no weight can underflow then, else at each choice
    best = way_utility.max() if n_ways > 0 else 0.0
    apart = best - way_utility.min() + a[one + attr.WAIT_DISUTILITY] * LONGEST_WAIT_HOURS if n_ways > 0 else 0.0
    plain = a[one + attr.SIMILARITY] >= 1.0 and apart < 600.0
    for w in range(n_ways):
        way_weight[w] = math.exp(way_utility[w] - best) if plain else 0.0
    likeliest = np.arange(n_ways)  # ways of each origin by falling utility: few parties are left for the many that hardly anybody takes
    if chain:
        for o in range(n_origins):
            for i in range(m.way_start[o] + 1, m.way_start[o + 1]):
                for j in range(i, m.way_start[o], -1):
                    if way_utility[likeliest[j]] <= way_utility[likeliest[j - 1]]:
                        break
                    likeliest[j - 1], likeliest[j] = likeliest[j], likeliest[j - 1]
    n_rows = m.row_block.shape[0]
    row_in = np.zeros(n_rows)  # vehicles a day
    row_out = np.zeros(n_rows)
    day_in = np.zeros(n_rows)
    day_out = np.zeros(n_rows)
    n_blocks = m.block_week_in.shape[0]
    block_sum = np.zeros(n_blocks)
    for r in range(n_rows):
        block_sum[m.row_block[r]] += a[m.o_share + r]
    party_in_row = np.zeros(n_rows)
    for r in range(n_rows):
        b = m.o_block + 4 * m.row_block[r]
        share = a[m.o_share + r] / max(block_sum[m.row_block[r]], 1e-12)
        party_in_row[r] = a[b + 3]
        row_in[r] = a[b] * share / a[b + 3]
        row_out[r] = a[b + 1] * share / a[b + 3]
    # people per party by lane and type; ordinary types take the mean party of the blocks that use the lane
    size = np.ones((n_lanes, n_types))
    vehicles = np.zeros((n_lanes, N_ORDINARY_TYPES))
    for r in range(n_rows):
        for lane, per_day in ((m.row_in_lane[r], row_in[r]), (m.row_out_lane[r], row_out[r])):
            if lane >= 0:
                kind = m.row_kind[r]
                vehicles[lane, kind] += per_day + 1e-12
                size[lane, kind] += (party_in_row[r] - size[lane, kind]) * (per_day + 1e-12) / vehicles[lane, kind]
    weight = np.ones((n_lanes, n_types))
    for lane in range(n_lanes):
        for g in range(n_groups):
            size[lane, N_ORDINARY_TYPES + g] = a[m.o_party + g]
        if m.lane_class[lane] == FOOT or m.lane_class[lane] == SEAT:
            for k in range(n_types):
                weight[lane, k] = size[lane, k]
        elif m.lane_class[lane] == BUS:
            for g in range(n_groups):
                weight[lane, N_ORDINARY_TYPES + g] = a[m.o_party + g] / a[one + attr.BUS_SEATS]
    return_weight = np.zeros(n_rows)  # how returns spread over the ways out of a country
    return_sum = np.zeros(m.n_countries)
    for r in range(n_rows):
        if m.row_kind[r] == CITIZEN and m.row_class[r] != LORRY:
            return_weight[r] = row_out[r]
            return_sum[m.row_country[r]] += row_out[r]
    first_return = np.zeros(m.n_countries + 1, np.int64)  # rows by which people return, country by country
    return_row = np.zeros(n_rows, np.int64)
    n_returns = 0
    for c in range(m.n_countries):
        for r in range(n_rows):
            if m.row_country[r] == c and return_weight[r] > 0.0:
                return_row[n_returns] = r
                n_returns += 1
        first_return[c + 1] = n_returns

    # --- what is switched on
    by_group = 1 if m.f_admitted >= 0 else 0  # whether gates admit groups differently: index of a group among the rules of a gate is g * by_group
    announcing = m.f_announced >= 0 and a[one + attr.ANNOUNCED] > 0.0
    capped = m.f_cap >= 0
    sheltering = False
    for c in range(m.n_countries):
        capped = capped or a[m.o_country + attr.N_COUNTRY * c + attr.RECEPTION_CAP] < 1e9
        sheltering = sheltering or a[m.o_country + attr.N_COUNTRY * c + attr.SHELTER_NEED] > 0.0
    takes_bus = np.zeros(n_groups, np.int64)
    for g in range(n_groups):
        takes_bus[g] = 1 if a[m.o_bus + g] > NO_BUS else 0
    gate_bus = m.gate_bus.copy()  # bus lanes that somebody who fled may take
    if n_groups == 0 or takes_bus.max() == 0:
        gate_bus[:] = -1
    buses_or_balking = a[one + attr.BALKING] > 0.0 or (n_gates > 0 and gate_bus.max() >= 0)
    service_law = np.zeros(n_lanes, np.int64)
    for lane in range(n_lanes):
        o = m.o_lane + attr.N_LANE * lane
        if a[o + attr.BOOTHS] > 0.0 or a[o + attr.SERVICE_CV] > 0.0:
            service_law[lane] = 1
            # fixed services that last a step or longer are followed booth by booth
            if (
                chain
                and a[o + attr.SERVICE_CV] <= 0.0
                and 0.5 <= a[o + attr.BOOTHS] < MOST_BOOTHS + 0.5
                and a[o + attr.BOOTHS] * 24.0 >= a[o] * m.fine_hours
            ):
                service_law[lane] = 2

    # --- state
    due[:] = 0.0  # parties whose planned journey ends in a step
    stage1 = np.zeros((n_gates, n_groups))
    stage2 = np.zeros((n_gates, n_groups))
    flow = np.zeros(n_gates)  # parties who set out for a gate so far, and the hours of their journeys
    flow_hours = np.zeros(n_gates)
    gate_appeal = np.zeros((n_gates, n_groups))  # weight of a gate for those who may enter, and for those who are also admitted
    gate_open = np.zeros((n_gates, n_groups))
    gone = np.zeros(n_groups)
    may = np.zeros((n_gates, n_groups))
    for k in range(n_gates):
        for g in range(n_groups):
            may[k, g] = m.may_enter[g, m.gate_country[k]]
            if m.gate_car[k] >= 0 and m.lane_class[m.gate_car[k]] == SEAT and a[m.o_lane + attr.N_LANE * m.gate_car[k] + attr.CAPACITY] <= 0.0:
                may[k, g] = 0.0  # a portal without seats is no way
            if m.gate_car[k] < 0 and m.gate_foot[k] < 0 and takes_bus[g] == 0:
                may[k, g] = 0.0
    n_due = due.shape[0]
    leaving = np.zeros(n_groups)
    total = np.zeros(n_groups)
    finite = np.zeros(n_lanes, np.int64)
    for lane in range(n_lanes):
        if (
            a[m.o_lane + attr.N_LANE * lane] < 1e8
            or m.lane_station[lane] >= 0
            or m.lane_open0[lane] == 0
            or m.lane_opens[lane] > 0.0
            or m.lane_closes[lane] < 24.0
        ):
            finite[lane] = 1
    for i in range(m.change_factor.shape[0]):  # a lane without a limit can still be closed
        if m.f_capacity <= m.change_factor[i] < m.f_capacity + 2 * n_lanes:
            finite[(m.change_factor[i] - m.f_capacity) % n_lanes] = 1
    n_leaving = 0  # lanes whose queue those who fled may leave
    leaving_lane = np.zeros(n_lanes, np.int64)
    for lane in range(n_lanes):
        k = m.lane_gate[lane]
        to_foot = lane == m.gate_car[k] and m.gate_foot[k] >= 0 and a[one + attr.SWITCH_RATE] > 0.0
        if m.lane_exits[lane] == 0 and finite[lane] == 1 and (to_foot or a[one + attr.RENEGING] > 0.0):
            leaving_lane[n_leaving] = lane
            n_leaving += 1
    queued = np.zeros((n_lanes, n_types))  # in front of the lane's first station and between its stations
    head = np.zeros(n_lanes, np.int64)
    credit = np.zeros(n_lanes)
    alive = np.ones(n_lanes)
    in_queue = np.zeros(n_lanes)
    at_booths = np.zeros((n_lanes if n_lanes > 0 and service_law.max() == 2 else 0, MOST_BOOTHS))  # of a service still to be done
    growth_mix = np.zeros(n_lanes)
    onward_mix = np.zeros(m.n_countries)
    recorded = np.zeros(n_gates, np.int64)
    for k in range(n_gates):
        for j in range(rows.shape[1]):
            if rows[k, j] >= 0:
                recorded[k] = 1
    belief_mix = 0.0
    pressure = np.zeros(n_lanes)
    belief = np.zeros(n_lanes)  # what is learnt of true waits
    believed = np.zeros(n_lanes) if announcing else belief  # the same mixed with what is announced
    n_stations = between.shape[0]
    inside = np.zeros((n_stations, n_types))  # parties between the two stations of a lane
    head2 = np.zeros(n_stations, np.int64)
    credit2 = np.zeros(n_stations)
    waiting = np.zeros(n_types)
    switched = np.zeros(n_groups)
    given_up = np.zeros(n_groups)
    gave_up = np.zeros(n_groups)
    nest_best = np.zeros(3 * m.n_countries)
    nest_sum = np.zeros(3 * m.n_countries)
    full = np.zeros(m.n_countries, np.int64)  # 1 while a country has more newcomers than it receives
    left_lately = 0.0  # share of the pool that left within about contagion_lag_days
    arrive = np.zeros((n_lanes, n_types))
    factor = np.ones(m.n_factors)
    known = np.ones((n_gates, max(1, n_groups * by_group)))  # the rule that people on the road knew when they left
    passes = np.ones(known.shape[1])  # share of those who arrive whom a new rule does not turn back
    gate_weight = np.ones(n_gates)
    gate_utility = np.zeros(n_gates)
    gate_wait = np.zeros(n_gates)
    admitted = np.ones(known.shape)
    stay = np.zeros((m.n_countries, n_groups))
    mover = np.zeros((m.n_countries, n_groups))
    stock = np.zeros(m.n_countries)
    for c in range(m.n_countries):
        stock[c] = a[m.o_country + attr.N_COUNTRY * c + attr.INITIAL_STOCK]
    moved_on = np.zeros(n_groups)
    returned = np.zeros(n_groups)
    turned = np.zeros(n_groups)
    newcomer = np.zeros((m.n_countries, n_groups))
    served = np.zeros(n_types)
    age_sum = np.zeros(1)
    n_changes = m.change_factor.shape[0]
    by_way = np.zeros(n_gates)
    p_leave = np.zeros(n_groups)
    n_many = 2 * n_groups * max(n_gates, m.n_countries) if chain else 0  # draws made at once
    many_n = np.empty(n_many)
    many_p = np.empty(n_many)
    many_site = np.empty(n_many, np.int64)
    many = np.empty(n_many)
    many_u = np.empty(n_many)
    many_v = np.empty(n_many)
    next_one = 0

    for t in range(n_steps):
        dt = m.dt[t]
        middle = m.start_day[t] + 0.5 * dt
        day = m.day[t]
        b = bin_of[t]
        turn = t % n_due
        level = dt / bin_days[b]
        hourly = by_hour(a[one + attr.HOUR_PEAK], m.hour[t], dt)

        # dated changes
        factor[:] = 1.0
        factor[0] = a[one + attr.HAZARD_FACTOR]
        for lane in range(n_lanes):
            factor[m.f_open + lane] = m.lane_open0[lane]
        if m.f_announced >= 0:
            factor[m.f_announced : m.f_announced + n_gates] = -1.0
        if m.f_cap >= 0:
            for c in range(m.n_countries):
                factor[m.f_cap + c] = a[m.o_country + attr.N_COUNTRY * c + attr.RECEPTION_CAP]
        for i in range(n_changes):
            if change_start[i] <= middle < change_end[i]:
                share = 1.0
                if m.change_from[i] > 0.0 or m.change_to[i] < 24.0:
                    share = share_of_hours(m.hour[t], dt, m.change_from[i], m.change_to[i])
                if not m.change_sets[i]:
                    factor[m.change_factor[i]] *= change_value[i] if share >= 1.0 else 1.0 + share * (change_value[i] - 1.0)
                elif share >= 0.5:
                    factor[m.change_factor[i]] = change_value[i]
        mix = 1.0 - math.exp(-dt)
        for k in range(n_gates):
            rule = factor[m.f_arrivals + k] * factor[m.f_entries + m.gate_country[k]]
            admitted[k, 0] = min(1.0, rule)
            if by_group == 1:
                for g in range(n_groups):
                    admitted[k, g] = min(1.0, rule * factor[m.f_admitted + k * n_groups + g])
        if capped:
            for c in range(m.n_countries):
                cap = factor[m.f_cap + c] if m.f_cap >= 0 else a[m.o_country + attr.N_COUNTRY * c + attr.RECEPTION_CAP]
                present = 0.0
                for g in range(n_groups):
                    present += (stay[c, g] + mover[c, g]) * a[m.o_party + g]
                full[c] = 1 if present > cap else 0
            for k in range(n_gates):
                if full[m.gate_country[k]] == 1:
                    admitted[k] = 0.0

        # departures, choice of gate
        if n_groups > 0 and m.choice_days[t] > 0.0 and m.start_day[t] + m.choice_days[t] > m.first_departure - 10.0:
            for k in range(n_gates):
                gate_utility[k] = -a[one + attr.WAIT_DISUTILITY] * gate_wait[k]
                gate_weight[k] = math.exp(gate_utility[k]) * arrival_luck[m.gate_country[k], 0, day]
                for g in range(n_groups):
                    gate_appeal[k, g] = gate_weight[k] * may[k, g]
                    gate_open[k, g] = gate_appeal[k, g] * admitted[k, g * by_group]
                if not plain:
                    gate_utility[k] += math.log(arrival_luck[m.gate_country[k], 0, day])
            at = m.start_day[t] + 0.5 * m.choice_days[t]
            rush = by_hour(a[one + attr.HOUR_PEAK], 24.0 * at, m.choice_days[t])
            for g in range(n_groups):
                h = hazard_of(m, a, at, g) * factor[0] * hazard_luck[day] * rush * (1.0 + a[one + attr.CONTAGION] * left_lately)
                p_leave[g] = 1.0 - math.exp(-h * m.choice_days[t]) if h > 0.0 else 0.0
            before = people_of(home, a, m.o_party) if a[one + attr.CONTAGION] > 0.0 else 0.0
            if chain:
                leave_home(
                    m, home, p_leave, plain, a[one + attr.SIMILARITY], way_weight, way_utility, likeliest, way_lag, way_time,
                    gate_weight, gate_utility, may, admitted, turn, due, flow, flow_hours, seed, run, t,
                )  # fmt: skip
            for o in range(0 if chain else n_origins):
                someone = 0.0
                for g in range(n_groups):
                    total[g] = 1e-300
                    leaving[g] = 0.0
                    if home[g, o] > 0.0 and p_leave[g] > 0.0:
                        leaving[g] = home[g, o] * min(p_leave[g], 1.0)
                        someone += leaving[g]
                if someone <= 0.0:
                    continue
                w0 = m.way_start[o]
                w1 = m.way_start[o + 1]
                if plain:
                    for w in range(w0, w1):
                        x = way_weight[w]
                        k = m.way_gate[w]
                        for g in range(n_groups):
                            total[g] += x * gate_appeal[k, g]
                # those whose way is shut stay at home and may choose again
                if not plain:
                    for g in range(n_groups):
                        if leaving[g] <= 0.0:
                            continue
                        total[g] = way_weights(
                            m.way_gate, m.way_nest, w0, w1, way_utility, gate_utility, may[:, g], a[one + attr.SIMILARITY],
                            nest_best, nest_sum, by_way,
                        )  # fmt: skip
                        for w in range(w0, w1):
                            k = m.way_gate[w]
                            n = by_way[w - w0] / total[g] * admitted[k, g * by_group] * leaving[g]
                            home[g, o] -= n
                            flow[k] += n
                            flow_hours[k] += n * way_time[w]
                            due[(turn + way_lag[w]) % n_due, k, g] += n
                else:
                    for g in range(n_groups):
                        leaving[g] = leaving[g] / total[g] if total[g] > 0.0 else 0.0
                        gone[g] = 0.0
                    for w in range(w0, w1):
                        k = m.way_gate[w]
                        at = turn + way_lag[w]
                        if at >= n_due:
                            at -= n_due
                        x = way_weight[w]
                        all_groups = 0.0
                        for g in range(n_groups):
                            n = x * gate_open[k, g] * leaving[g]
                            due[at, k, g] += n
                            gone[g] += n
                            all_groups += n
                        flow[k] += all_groups
                        flow_hours[k] += all_groups * way_time[w]
                    for g in range(n_groups):
                        home[g, o] -= gone[g]
            if a[one + attr.CONTAGION] > 0.0:
                left_lately *= math.exp(-m.choice_days[t] / a[one + attr.CONTAGION_LAG])
                left_lately += (before - people_of(home, a, m.o_party)) / max(a[one + attr.POOL], 1.0)
        # travel and arrival at the gate
        arrive[:] = 0.0
        p_move = 1.0 - math.exp(-2.0 * 24.0 * dt / a[one + attr.SPREAD])
        if chain:
            count = 0
            for k in range(n_gates):
                for g in range(n_groups):
                    stage1[k, g] += due[turn, k, g]
                    due[turn, k, g] = 0.0
                    for i in range(2):
                        waits = stage1[k, g] if i == 0 else stage2[k, g]
                        if waits > 0.0:
                            many_n[count] = waits
                            many_p[count] = p_move
                            many_site[count] = 2 * (k * n_groups + g) + i
                            count += 1
            binomials(count, many_n, many_p, seed, run, TRAVEL, t, many_site, many, many_u, many_v)
            next_one = 0
        for k in range(n_gates):
            for j in range(passes.shape[0]):
                passes[j] = admitted[k, j] / known[k, j] if known[k, j] > 1e-9 else 1.0
                known[k, j] += (admitted[k, j] - known[k, j]) * mix
            car = m.gate_car[k]
            foot = m.gate_foot[k]
            bus = gate_bus[k]
            walks = foot >= 0 and factor[m.f_open + foot] > 0.0
            drives = car >= 0 and factor[m.f_open + car] > 0.0
            walk = 1.0 if walks or car < 0 else 0.0  # at a gate for those on foot that is shut now they wait there
            if walks and drives:
                u = a[one + attr.WALK_APPEAL] - a[one + attr.WAIT_DISUTILITY] * (believed[foot] - believed[car])
                walk = 1.0 / (1.0 + math.exp(-u))
            for g in range(n_groups):
                if not chain:
                    stage1[k, g] += due[turn, k, g]
                    due[turn, k, g] = 0.0
                if stage1[k, g] <= 0.0 and stage2[k, g] <= 0.0:
                    continue
                site = k * n_groups + g
                if chain:
                    x1 = 0.0
                    x2 = 0.0
                    if stage1[k, g] > 0.0:
                        x1 = many[next_one]
                        next_one += 1
                    if stage2[k, g] > 0.0:
                        x2 = many[next_one]
                        next_one += 1
                else:
                    x1 = stage1[k, g] * p_move
                    x2 = stage2[k, g] * p_move
                stage1[k, g] -= x1
                stage2[k, g] += x1 - x2
                n = x2
                people = a[m.o_party + g]
                add(out, rows[k, ROW.demand], b, n * people)
                if passes[g * by_group] < 1.0:
                    n = draw(chain, x2, passes[g * by_group], seed, run, GATE_MODE, t, 2 * site)
                    turned[g] += x2 - n
                    add(out, rows[k, ROW.turned_back], b, (x2 - n) * people)
                kind = N_ORDINARY_TYPES + g
                if buses_or_balking:
                    loss = a[one + attr.WAIT_DISUTILITY]
                    by_bus = 0.0
                    if bus >= 0 and takes_bus[g] == 1:
                        by_bus = bus_share(
                            a[m.o_bus + g] - loss * believed[bus] if factor[m.f_open + bus] > 0.0 or (car < 0 and foot < 0) else -math.inf,
                            -loss * believed[car] if drives else -math.inf,
                            a[one + attr.WALK_APPEAL] - loss * believed[foot] if walks else -math.inf,
                        )
                    x = join_lanes(chain, n, by_bus, walk, bus, foot, car, kind, arrive, a[one + attr.BALKING], believed, seed, run, t, site)
                    gave_up[g] += x
                    add(out, rows[k, ROW.gave_up], b, x * people)
                    continue
                if walk > 0.0:
                    x = draw(chain, n, walk, seed, run, GATE_MODE, t, 2 * site + 1)
                    n -= x
                    arrive[foot, kind] += x
                if n > 0.0:
                    arrive[car, kind] += n

        # ordinary traffic; on ways that are not listed it passes at once
        surge = m.start_day[t] >= m.first_departure
        for r in range(n_rows):
            blk = m.row_block[r]
            c = m.row_country[r]
            loc = m.row_loc[r]
            citizen = m.row_kind[r] == CITIZEN
            if t == 0 or m.day[t - 1] != day:
                strength = a[m.o_block + 4 * blk + 2]
                day_in[r] = row_in[r] * max(0.0, 1.0 + strength * (m.block_week_in[blk, m.weekday[t]] - 1.0)) * arrival_luck[c, 0, day]
                day_out[r] = row_out[r] * max(0.0, 1.0 + strength * (m.block_week_out[blk, m.weekday[t]] - 1.0)) * arrival_luck[c, 1, day]
            rate = day_in[r] * hourly * dt
            back = day_out[r] * hourly * dt
            if citizen:
                rate *= factor[m.f_entries + c]
                if surge:
                    rate *= 1.0 - a[one + attr.GIVEN_UP]
                    back *= 1.0 - a[m.o_country + attr.N_COUNTRY * c + attr.EXITS_GIVEN_UP]
            back *= factor[m.f_exits + c]
            lane_in = m.row_in_lane[r]
            lane_out = m.row_out_lane[r]
            if lane_in >= 0 and m.row_class[r] != LORRY:
                rate *= 1.0 - a[one + attr.PUT_OFF] * believed[lane_in] / (believed[lane_in] + PUT_OFF_HALF_HOURS)
            if chain:
                rate = poisson(rate, seed, run, ORDINARY, t, 2 * r)
                back = poisson(back, seed, run, ORDINARY, t, 2 * r + 1)
            if lane_in >= 0:
                arrive[lane_in, m.row_kind[r]] += rate
            else:
                people = rate * party_in_row[r]
                if m.row_class[r] < FOOT:
                    add(out, rows[loc, ROW.lorries_out if m.row_class[r] == LORRY else ROW.cars_out], b, rate)
                add(out, rows[loc, ROW.entries_citizens if citizen else ROW.entries_others], b, people)
                if citizen:
                    stock[c] += people
            if lane_out >= 0 and finite[lane_out] == 1:
                arrive[lane_out, m.row_kind[r]] += back
            else:
                people = back * party_in_row[r]
                if m.row_class[r] < FOOT:
                    add(out, rows[loc, ROW.lorries_in if m.row_class[r] == LORRY else ROW.cars_in], b, back)
                add(out, rows[loc, ROW.exits_citizens if citizen else ROW.exits_others], b, people)
                if citizen:
                    stock[c] -= people

        # leaving the queue: for the foot lane, or for good
        for i in range(n_leaving):
            lane = leaving_lane[i]
            k = m.lane_gate[lane]
            foot = m.gate_foot[k]
            by_foot = 0.0
            if lane == m.gate_car[k] and foot >= 0 and factor[m.f_open + foot] > 0.0 and believed[foot] < believed[lane]:
                by_foot = a[one + attr.SWITCH_RATE]
            if by_foot + a[one + attr.RENEGING] <= 0.0:
                continue
            station = m.lane_station[lane]
            parties = 0.0
            for j in range(n_types):
                waiting[j] = queued[lane, j] - (inside[station, j] if station >= 0 else 0.0)
                parties += waiting[j]
            # who is at a booth stays
            rate = by_foot + a[one + attr.RENEGING] * max(0.0, 1.0 - a[m.o_lane + attr.N_LANE * lane + attr.BOOTHS] / max(parties, 1e-12))
            if rate <= 0.0:
                continue
            alive[lane] = leave_queue(
                chain, queue, lane, head[lane], t, waiting, alive[lane], rate, by_foot / rate, dt, switched, given_up, seed, run, n_gates, k
            )
            for g in range(n_groups):
                kind = N_ORDINARY_TYPES + g
                queued[lane, kind] = waiting[kind] + (inside[station, kind] if station >= 0 else 0.0)
                if given_up[g] > 0.0:
                    gave_up[g] += given_up[g]
                    add(out, rows[k, ROW.gave_up], b, given_up[g] * a[m.o_party + g])
                if switched[g] > 0.0:
                    arrive[foot, kind] += switched[g]
                    add(out, rows[k, ROW.cars_left], b, switched[g])

        # service
        newcomer[:] = 0.0
        if t == 0 or m.dt[t - 1] != dt:
            belief_mix = 1.0 - math.exp(-dt / a[one + attr.BELIEF_LAG])
            for c in range(m.n_countries):
                onward_mix[c] = 1.0 - math.exp(-a[m.o_country + attr.N_COUNTRY * c + attr.ONWARD_RATE] * dt)
            for lane in range(n_lanes):
                growth_mix[lane] = 1.0 - math.exp(-dt / a[m.o_lane + attr.N_LANE * lane + attr.GROWTH_LAG])
        for lane in range(n_lanes):
            if m.lane_exits[lane] == 1 and finite[lane] == 0:
                continue
            k = m.lane_gate[lane]
            c = m.gate_country[k]
            cls = m.lane_class[lane]
            back = m.lane_exits[lane] == 1
            age_sum[0] = 0.0
            if finite[lane] == 0:
                for j in range(n_types):
                    served[j] = arrive[lane, j]
            else:
                o = m.o_lane + attr.N_LANE * lane
                station = m.lane_station[lane]
                per_day = a[o] * (1.0 + a[o + attr.GROWTH] * pressure[lane]) * factor[m.f_capacity + lane] * service_luck[k, day]
                hours = min(m.hour[t] + 12.0 * dt, m.lane_closes[lane]) - max(m.hour[t] - 12.0 * dt, m.lane_opens[lane])
                if factor[m.f_open + lane] <= 0.0:
                    per_day = 0.0
                if per_day > 0.0 and hours > 1e-9:
                    budget = per_day * hours / (m.lane_closes[lane] - m.lane_opens[lane])
                    if service_law[lane] > 0:
                        parties = in_queue[lane]
                        for j in range(n_types):
                            parties += arrive[lane, j] - (inside[station, j] if station >= 0 else 0.0)
                        if service_law[lane] == 2:
                            budget = services_ended(at_booths[lane], int(a[o + attr.BOOTHS] + 0.5), parties, budget / a[o + attr.BOOTHS])
                        else:
                            budget = budget_of(chain, budget, parties, a[o + attr.BOOTHS], a[o + attr.SERVICE_CV], seed, run, t, lane)
                    credit[lane] += budget
                else:  # a closed lane passes nobody, not even on what it saved
                    credit[lane] = min(credit[lane], 0.0)
                need = 0.0
                for j in range(n_types):
                    need += arrive[lane, j] * weight[lane, j]
                at_once = in_queue[lane] <= 0.0 and need <= credit[lane]  # nobody waits and all pass at once
                smaller = a[o]
                per_day2 = per_day
                if station >= 0:
                    o2 = m.o_station + 2 * station
                    smaller = min(smaller, a[o2])
                    per_day2 = a[o2] * (1.0 + a[o + attr.GROWTH] * pressure[lane]) * factor[m.f_station + station] * service_luck[k, day]
                    if factor[m.f_open + lane] <= 0.0:
                        per_day2 = 0.0
                    if per_day2 > 0.0 and hours > 1e-9:
                        budget = per_day2 * hours / (m.lane_closes[lane] - m.lane_opens[lane])
                        credit2[station] += budget_of(chain, budget, 0.0, 0.0, a[o + attr.SERVICE_CV], seed, run, t, n_lanes + station)
                    else:
                        credit2[station] = min(credit2[station], 0.0)
                    at_once = at_once and need <= credit2[station]
                left = 0.0
                load = 0.0
                load2 = 0.0  # of it, between the stations
                if at_once:
                    for j in range(n_types):
                        served[j] = arrive[lane, j]
                        queued[lane, j] = 0.0
                    credit[lane] -= need
                    head[lane] = t + 1
                    alive[lane] = 1.0
                    if station >= 0:
                        credit2[station] -= need
                        head2[station] = t + 1
                else:
                    for j in range(n_types):
                        queue[lane, t, j] = arrive[lane, j] / alive[lane] if j >= N_ORDINARY_TYPES else arrive[lane, j]
                    budget = credit[lane]
                    if station >= 0:
                        between[station, t] = 0.0
                        for j in range(n_types):
                            load2 += inside[station, j] * weight[lane, j]
                        budget = min(budget, a[o2 + 1] - load2 + max(credit2[station], 0.0))
                    head[lane], used = serve_lane(
                        chain, queue, lane, head[lane], t, t, weight, lane, alive[lane], budget, served, end_hours, age_sum, seed, run,
                        lane, between, station,
                    )  # fmt: skip
                    credit[lane] -= used
                    if station >= 0:
                        for j in range(n_types):
                            inside[station, j] += served[j]
                        # the rest of a cohort may still stand in front of the first station: the second must not go beyond it
                        head2[station], used = serve_lane(
                            chain, between, station, head2[station], min(head[lane], t), t, weight, lane, 1.0, credit2[station], served,
                            end_hours, age_sum, seed, run, n_lanes + station, between, -1,
                        )  # fmt: skip
                        credit2[station] -= used
                        load2 = 0.0
                        for j in range(n_types):
                            inside[station, j] = max(inside[station, j] - served[j], 0.0)
                            load2 += inside[station, j] * weight[lane, j]
                    for j in range(n_types):
                        queued[lane, j] = max(queued[lane, j] + arrive[lane, j] - served[j], 0.0)
                        left += queued[lane, j]
                        load += queued[lane, j] * weight[lane, j]
                in_queue[lane] = left
                most = 1.0
                if left < 0.5:
                    # an idle lane does not save up its capacity, but at whole parties a started one is finished: at most one party's worth is
                    # kept, without which a lane that is just busy would lose the rest of each step
                    if service_law[lane] > 0:
                        most = 0.0
                else:
                    for j in range(n_types):
                        most = max(most, weight[lane, j])
                credit[lane] = min(credit[lane], most)
                if station >= 0:
                    credit2[station] = min(credit2[station], most if load2 >= 0.5 else 0.0 if service_law[lane] > 0 else 1.0)
                join = LONGEST_WAIT_HOURS
                if per_day > 0.0 and per_day2 > 0.0:
                    join = 0.0
                    if load > 0.0 or service_law[lane] > 0:
                        join = min(24.0 * max(load - load2, a[o + attr.BOOTHS]) / per_day, LONGEST_WAIT_HOURS)
                        if station >= 0:
                            join = min(max(join, 24.0 * load / per_day2), LONGEST_WAIT_HOURS)
                towards = load / (load + 0.5 * smaller + 1e-9) if load > 0.0 else 0.0
                pressure[lane] += (towards - pressure[lane]) * growth_mix[lane]
                belief[lane] += (join - belief[lane]) * belief_mix
                # what is seen at the lane
                if not back and recorded[k] == 1:
                    people = 0.0
                    for j in range(n_types):
                        people += queued[lane, j] * size[lane, j]
                    add(out, rows[k, ROW.queue_people], b, people * level)
                    per_day = min(per_day, per_day2)
                    if cls == CAR or cls == BUS:
                        add(out, rows[k, ROW.queue_cars], b, load * level)
                        add(out, rows[k, ROW.queue_km], b, load * level * a[one + attr.SPACING] * 1e-3)
                        add(out, rows[k, ROW.capacity_cars], b, per_day * level)
                        add(out, rows[k, ROW.capacity_people], b, per_day * size[lane, CITIZEN] * level)
                        if cls == CAR:
                            add(out, rows[k, ROW.join_wait_car], b, join * level)
                            if left > 0.0 and rows[k, ROW.head_age] >= 0:
                                out[rows[k, ROW.head_age], b] += level * age_of_first(
                                    queue, lane, head, between, station if load2 > 0.0 else -1, head2, t, end_hours
                                )
                    elif cls == LORRY:
                        add(out, rows[k, ROW.queue_lorries], b, left * level)
                        add(out, rows[k, ROW.queue_km], b, left * level * a[one + attr.SPACING] * 1e-3)
                        add(out, rows[k, ROW.capacity_lorries], b, per_day * level)
                    else:
                        add(out, rows[k, ROW.queue_foot], b, people * level)
                        add(out, rows[k, ROW.join_wait_foot], b, join * level)
                        if left > 0.0 and rows[k, ROW.head_age_foot] >= 0:
                            out[rows[k, ROW.head_age_foot], b] += level * age_of_first(
                                queue, lane, head, between, station if load2 > 0.0 else -1, head2, t, end_hours
                            )
                        if cls == FOOT:
                            add(out, rows[k, ROW.capacity_people], b, per_day * level)
            # those who cross
            people_c = served[CITIZEN] * size[lane, CITIZEN]
            people_o = served[OTHER] * size[lane, OTHER]
            surge_parties = 0.0
            for g in range(n_groups):
                n = served[N_ORDINARY_TYPES + g]
                if n > 0.0:
                    surge_parties += n
                    newcomer[c, g] += n
                    people_c += n * a[m.o_party + g]
                    add(out, rows[k, ROW.newcomers], b, n * a[m.o_party + g])
            parties = served[CITIZEN] + served[OTHER] + surge_parties
            if parties <= 0.0:
                continue
            cars = parties
            if cls == BUS:
                for g in range(n_groups):
                    cars -= served[N_ORDINARY_TYPES + g] * (1.0 - weight[lane, N_ORDINARY_TYPES + g])
            if back:
                add(out, rows[k, ROW.exits_citizens], b, people_c)
                add(out, rows[k, ROW.exits_others], b, people_o)
                stock[c] -= people_c
                if cls == LORRY:
                    add(out, rows[k, ROW.lorries_in], b, parties)
                elif cls == CAR or cls == BUS:
                    add(out, rows[k, ROW.cars_in], b, cars)
            else:
                add(out, rows[k, ROW.entries_citizens], b, people_c)
                add(out, rows[k, ROW.entries_others], b, people_o)
                stock[c] += people_c
                if cls == LORRY:
                    add(out, rows[k, ROW.lorries_out], b, parties)
                elif cls == CAR or cls == BUS:
                    add(out, rows[k, ROW.cars_out], b, cars)
                    add(out, rows[k, ROW.wait_car_sum], b, age_sum[0])
                    add(out, rows[k, ROW.wait_car_n], b, parties)
                elif cls == FOOT:
                    add(out, rows[k, ROW.wait_foot_sum], b, age_sum[0])
                    add(out, rows[k, ROW.wait_foot_n], b, parties)
                add(out, rows[k, ROW.journey_sum], b, surge_parties * (flow_hours[k] / max(flow[k], 1e-12) + age_sum[0] / parties))
                add(out, rows[k, ROW.journey_n], b, surge_parties)

        # what people at home believe of a gate: the best of its lanes
        if announcing:
            for lane in range(n_lanes):
                said = factor[m.f_announced + m.lane_gate[lane]]
                believed[lane] = belief[lane]
                if said >= 0.0 and m.lane_exits[lane] == 0:
                    believed[lane] += a[one + attr.ANNOUNCED] * (said - belief[lane])
        for k in range(n_gates):
            shorter = LONGEST_WAIT_HOURS
            if m.gate_car[k] >= 0:
                shorter = min(shorter, believed[m.gate_car[k]])
            if m.gate_foot[k] >= 0 and factor[m.f_open + m.gate_foot[k]] > 0.0:
                shorter = min(shorter, believed[m.gate_foot[k]])
            if gate_bus[k] >= 0 and factor[m.f_open + gate_bus[k]] > 0.0:
                shorter = min(shorter, believed[gate_bus[k]])
            gate_wait[k] = shorter

        # onward and return; newcomers of this step join afterwards
        if chain:
            count = 0
            for c in range(m.n_countries):
                for g in range(n_groups):
                    for i in range(2):
                        asked = mover[c, g] if i == 0 else newcomer[c, g]
                        if asked > 0.0:
                            many_n[count] = asked
                            many_p[count] = onward_mix[c] if i == 0 else a[m.o_country + attr.N_COUNTRY * c + attr.ONWARD_SHARE]
                            many_site[count] = 4 * (c * n_groups + g) + 3 * i
                            count += 1
            binomials(count, many_n, many_p, seed, run, AFTER, t, many_site, many, many_u, many_v)
            next_one = 0
        for c in range(m.n_countries):
            o = m.o_country + attr.N_COUNTRY * c
            for g in range(n_groups):
                site = c * n_groups + g
                people = a[m.o_party + g]
                if mover[c, g] > 0.0:
                    if chain:
                        departed = many[next_one]
                        next_one += 1
                    else:
                        departed = mover[c, g] * onward_mix[c]
                    if departed > 0.0:
                        back_home = draw(chain, departed, a[o + attr.RETURN_SHARE], seed, run, AFTER, t, 4 * site + 1)
                        onward = departed - back_home
                        mover[c, g] -= departed
                        returned[g] += back_home
                        moved_on[g] += onward
                        stock[c] -= departed * people
                        add(out, rows[n_gates + c, ROW.exits_citizens], b, onward * people)
                        if m.air_share[c] > 0.0:
                            flown = draw(chain, onward, m.air_share[c], seed, run, AFTER, t, 4 * site + 2)
                            add(out, rows[n_gates + c, ROW.exits_air], b, flown * people)
                        if return_sum[c] > 0.0:
                            for i in range(first_return[c], first_return[c + 1]):
                                r = return_row[i]
                                share = return_weight[r] / return_sum[c]
                                add(out, rows[m.row_loc[r], ROW.exits_citizens], b, back_home * share * people)
                        else:
                            add(out, rows[n_gates + c, ROW.exits_citizens], b, back_home * people)
                if newcomer[c, g] > 0.0:
                    if chain:
                        n = many[next_one]
                        next_one += 1
                    else:
                        n = newcomer[c, g] * a[o + attr.ONWARD_SHARE]
                    mover[c, g] += n
                    stay[c, g] += newcomer[c, g] - n
            add(out, rows[n_gates + c, ROW.stock], b, stock[c] * level)
            if sheltering:
                people = 0.0
                for g in range(n_groups):
                    people += (stay[c, g] + mover[c, g]) * a[m.o_party + g]
                people *= a[o + attr.SHELTER_NEED]
                add(out, rows[n_gates + c, ROW.places_needed], b, people * level)
                add(out, rows[n_gates + c, ROW.places_short], b, max(people - m.shelter_places[c], 0.0) * level)

        if comp.shape[0] > 0:
            count_parties(comp[b], home, due, stage1, stage2, queued, stay, mover, moved_on, returned, turned, gave_up)


@njit(parallel=True, cache=True, error_model="numpy")
def simulate_many(chain, m, a, change_value, change_start, change_end, hazard_luck, arrival_luck, service_luck, rows, bin_of, out, comp, seed, runs):
    """`simulate` for every row of `a`; out: (n_runs, n_rows, n_bins). Luck has one entry a run, or one for all."""
    n = a.shape[0]
    n_chunks = min(n, 64)  # fixed, so that results do not depend on threads; work space is made once a chunk
    for chunk in prange(n_chunks):
        due = np.empty((int(LONGEST_JOURNEY_HOURS / m.fine_hours) + 2, m.n_gates, m.n_groups))
        queue = np.empty((m.n_lanes, m.dt.shape[0], N_ORDINARY_TYPES + m.n_groups))
        between = np.empty((m.n_stations, m.dt.shape[0], N_ORDINARY_TYPES + m.n_groups))
        for i in range(np.int64(chunk) * n // n_chunks, (np.int64(chunk) + 1) * n // n_chunks):
            j = i if hazard_luck.shape[0] > 1 else 0
            at = i if comp.shape[0] > 1 else 0
            simulate(
                chain, m, a[i], change_value[i], change_start[i], change_end[i], hazard_luck[j], arrival_luck[j], service_luck[j],
                rows, bin_of, out[i], comp[at], due, queue, between, seed, runs[i],
            )  # fmt: skip
