"""What a number in a sentence counts: people moving or waiting, vehicles, kilometres, hours, a ratio, a share; or something else.

Everything here looks at one sentence (and the line that leads in a list). Places, windows and sources are found in `extract`.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Sequence
from operator import attrgetter
from typing import NamedTuple

from borderflow.evidence.doubt import hedged_after
from borderflow.evidence.language import NO_TAGS
from borderflow.evidence.mention import Mention
from borderflow.evidence.sentence import (
    DURATIONS,
    LENGTHS,
    MOVES,
    NOT_UNITS,
    OTHERS,
    PERSONS,
    REACH,
    VEHICLES,
    Kinds,
    View,
    Word,
    cue_of,
    cues,
    forecast,
    has_own_day,
    kind_of,
    lead_of,
    move_of_column,
    noun_of,
    per,
    subject_of,
    unit_of,
    unit_tag,
)

_ELSE = frozenset({*OTHERS, "thing", "money"})
_SUFFERED = frozenset({"harm", "arrest"})
_MILITARY = re.compile(r"0\d{3}|0\d\.\d\d|0(?: \d+)+")
"""'0830', '07.00', and numbers of telephones."""
_PHONE = re.compile(r" \d\d(?: \d\d)*(?![\d%.,]|\s*[^\W\d_])")
_PHONE_LINE = re.compile(
    r"(?:\bhot ?line|\bhelp ?line|\btoll[- ]free(?: line| number)?|\btelephone|\bphone|\btel\.|телефон\w*|тел\.|горяч\w+ лини\w+)"
    r"(?: number| line| [а-я]+)?:?[\d ()+-]*$"
)
_PHONE_BEFORE = re.compile(r"(?<!\d)\d{1,3}(?: \d{2,3}){1,3} $")
_CURRENCY = re.compile(
    r" ?(?:[₽€$£¥₴₱₹₦₪৳₺₸₾֏]|(?:amd|usd|eur|gbp|uah|rub|kzt|gel|pkr|inr|bdt|xaf|fcfa|cfa|pln|ron|huf|ugx|kes|etb|ngn|cop|mxn|"
    r"ssp|afn|irr|iqd|syp|lbp|jod|egp|sdg|thb|mmk|cny|php|brl|pen|clp|htg)\b)|"
    r" (?:[a-z]+ ){0,2}(?:pounds|dollars|francs|shillings|rupees|dinars|pesos|roubles|rubles|liras?|birr|kyats?|"
    r"bol[ií]var(?:e?s)?|reais|rials|riyals|"
    r"takas?|yuan|yen|baht|hryvnias?|zlotys?|forints?|euros?|drams?|manats?|somoni|tenges?|afghanis|kwachas?|nairas?|quetzal(?:e?s)?|lempiras?|gourdes)\b"
)
_HUMANITY = 8.5e9
_UNDER = re.compile(r"\bunder\s*$")
_CLOCK = re.compile(r"[0-2]?\d\.[0-5]\d\s")
_CLOCKS = re.compile(r"[0-2]?\d\.[0-5]\d ?[-–] ?[0-2]?\d\.[0-5]\d(?!\d| ?(?:million|thousand|billion|mln|bn|m\b|k\b|тыс|млн|км|km|%))")
_YEAR = re.compile(r"(?:19|20)\d\d")
_PER = re.compile(r" (?:per|a|each|every|в) (?:day|week|month|hour|день|сутки|неделю|час)")
_IN = re.compile(r"(?:\bin|\bof|\bsince|\bfor|(?<![а-я])в|(?<![а-я])за) $")
_LONG_WORD = re.compile(r"\s[^\W\d_]{4,}")
_DIGIT_BEFORE = re.compile(r"\d\s$")
_AFTER_COMMA = re.compile(r", $")
_LABEL = re.compile(r"[^.;,():]*: ?$")


class Reading(NamedTuple):
    """What a number counts. `what` is empty where it is not displacement; `why` then says what it is."""

    mention: Mention
    what: str = ""
    """people, families, vehicles, lorries, buses, km, hours, ratio, share"""
    cue: str = ""
    """The move that the number is about: enter, cross, leave, wait, stay …"""
    cue_at: int = -1
    stop: int = 0
    """End of the noun."""
    factor: float = 1.0
    rate: bool = False
    noun: str = ""
    """Tag of the noun; empty where it was inherited."""
    of_them: bool = False
    mode: str = ""
    men: bool = False
    forecast: str = ""
    context: bool = False
    why: str = ""
    rule: str = ""
    inherited: bool = False
    capacity: bool = False
    """What could pass, not what does."""
    sure: bool = False
    """Whether the rules are sure of it, whatever the weights say."""


def read(v: View, m: Mention, before: Reading | None, far: Reading | None = None) -> Reading:
    """What one number counts, with the words of doubt after its noun: see `_read`."""
    r = _read(v, m, before, far)
    if not r.what or r.stop <= m.end:
        return r
    mention, stop = hedged_after(r.mention, v.low, r.stop, v.language)
    return r if stop == r.stop else r._replace(mention=mention, stop=stop)


def _read(v: View, m: Mention, before: Reading | None, far: Reading | None) -> Reading:
    """What one number counts; `before` is the last reading that counted something in this sentence or the one before, `far` that of a
    paragraph before: an answer or a list may say no more than a number and a day."""
    reading = _refused(v, m)
    if reading is not None:
        return reading
    if m.form == "ratio":
        return _ratio(v, m, before)
    if m.form in ("percent", "share"):
        return _share(v, m, before)
    noun = None if _PER.match(v.low, m.end) else noun_of(v, m)
    if noun is None and "respectively" in v.part and (following := _AND_NUMBER.match(v.low, m.end, v.end)):
        noun = noun_of(v, m._replace(end=following.end()))  # '430 and 710 lorries respectively'
        noun = noun and (noun[0], m.end)
    if noun is None:
        return _bare_number(v, m, before, far)
    tag, stop = noun
    if tag in NOT_UNITS:
        money = tag == "money"
        return Reading(m, stop=stop, context=True, why="counts money" if money else "counts things", rule="money" if money else "noun-other")
    if (
        tag in LENGTHS
        and v.low[max(v.start, m.begin - 1) : m.begin] == "("
        and any(w.tags & LENGTHS.keys() for w in v.between(m.begin - 60, m.begin) if 0 <= m.begin - w.end <= 3)
    ):
        return Reading(m, stop=stop, context=True, why="the same length in another unit", rule="conversion")
    if tag in LENGTHS:
        return _length(v, m, tag, stop)
    if tag in DURATIONS:
        return _duration(v, m, tag, stop, before)
    if tag in ("month", "year"):
        return Reading(m, stop=stop, context=True, why="a time", rule="time")
    return _count(v, m, tag, stop, before, far)


def _refused(v: View, m: Mention) -> Reading | None:
    """Numbers that their neighbours give away: money, ages, capacities, populations, numbers of articles."""
    patterns, low = v.language.patterns, v.low
    before = low[max(v.start, m.begin - 60) : m.begin]
    inner = low[max(v.start, m.start - 60) : m.start] if m.start != m.begin else before
    if m.form == "amount":
        return None
    if m.form == "count" and (m.low or m.high or 0.0) > _HUMANITY:
        return Reading(m, context=True, why="more than there are people", rule="currency")
    if m.form == "count" and _CURRENCY.match(low, m.end):
        return Reading(m, context=True, why="money", rule="currency")
    hour = (m.high or 0) <= _HOURS or (m.end - m.start <= 4 and low[m.start : m.end].isdigit() and (m.high or 0) <= 100 * _HOURS)
    if m.form == "count" and hour and (clock := patterns["clock_after"].match(low, m.end)) and ((m.high or 0) <= _HOURS or "this" not in clock[0]):
        return Reading(m, context=True, why="a time of day", rule="clock")
    if v.memo.get("correction") and patterns["taken_back"].search(low, max(v.start, m.begin - 120), m.begin):
        return Reading(m, context=True, why="withdrawn in the same text", rule="withdrawn")
    if m.form == "count" and (
        (_PHONE_LINE.search(before) and "," not in low[m.start : m.end])
        or _PHONE.match(low, m.end)
        or (before[-2:-1].isdigit() and _PHONE_BEFORE.search(before))
    ):
        return Reading(m, context=True, why="a telephone number", rule="phone")
    if m.form == "count" and (m.high or 0) <= _MOST_AGES and _AGES_BEFORE.search(before):
        return Reading(m, context=True, why="an age", rule="age")
    if (m.high or m.low or 0) >= _OLDEST and "under" in inner and _UNDER.search(inner):  # no age
        inner = before = ""
    if inner.endswith((" per ", " на каждые ")) and m.form == "count":
        return Reading(m, context=True, why="what a rate is counted by", rule="rate-part")
    if patterns["not_counted"].search(inner, max(0, len(inner) - 30)) or (inner != before and patterns["not_counted"].search(before)):
        return Reading(m, context=True, why="money, an age or a number of something", rule="sign-before")
    if m.form == "count" and "ages" in v.part and patterns["ages"].match(low[m.end : min(v.end, m.end + 16)]):
        return Reading(m, context=True, why="an age", rule="age")
    if (
        m.form == "count"
        and m.unit == ""
        and "capacity" in v.part
        and (patterns["capacity"].search(before) or (inner != before and patterns["capacity"].search(inner)))
    ):
        return Reading(m, context=True, why="a capacity or a population", rule="capacity")
    if m.form == "count" and "called_up" in v.part and patterns["called_up"].search(before):
        return Reading(m, context=True, why="about draft", rule="called-up")
    if m.form == "count" and (
        _CLOCKS.match(low, m.start)
        or _CLOCKS.match(low, max(0, m.start - 6))
        or (low[m.start] == "0" and _MILITARY.fullmatch(low[m.start : m.end]))
        or (m.start == v.start and _CLOCK.match(low[m.start : m.start + 6]))
    ):
        return Reading(m, context=True, why="a time of day", rule="clock")
    if m.form == "count" and _CLOCK.fullmatch(low[m.start : m.end] + " ") and _CLOCK_AFTER.search(before):  # 'Tue 16 Nov, 20.00'
        return Reading(m, context=True, why="a time of day", rule="clock")
    if m.form == "count" and v.row and low[v.start : m.begin].strip(" |") == "all" and not low[m.start].isdigit():  # 'All four | 86,010'
        return Reading(m, context=True, why="part of a label", rule="label-number")
    if m.form == "count" and m.end - m.begin <= 2 and low[v.start : m.begin].strip() == "(" and low[m.end : m.end + 1] == ")":  # '(1) New arrivals'
        return Reading(m, context=True, why="part of a label", rule="label-number")
    if m.form == "count" and _a_year(low, m) and not patterns["part_of"].search(before) and not patterns["day_dash"].search(before):
        return Reading(m, context=True, why="a year", rule="year")
    follows = low[m.end : m.end + 1] if m.form == "count" and m.end - m.begin <= 2 and _AFTER_COMMA.search(before) else ""
    if follows == "," or (follows in (".", ";") and patterns["said_before"].search(before)):
        return Reading(m, context=True, why="an age", rule="age")
    return None


def _a_year(low: str, m: Mention) -> bool:
    written = low[m.start : m.end]
    named = not _LONG_WORD.match(low[m.end : m.end + 8]) or low.endswith((" the ", " a "), max(0, m.start - 5), m.start)  # 'the 2016 agreement'
    return (
        len(written) == 4
        and bool(_YEAR.fullmatch(written))
        and named
        and m.begin == m.start
        and not (_PER.match(low, m.end) and not _IN.search(low, max(0, m.start - 7), m.start))
    )


_MOVES = Kinds(*MOVES)
_OTHERS = Kinds(*OTHERS)
_LENGTH_CUES = Kinds("queue_noun", "walk", "wait", "travel")
_MODE_CUES = Kinds("walk", "by_lorry", "by_bus", "by_car", "by_air", "by_rail")
_TIME_CUES = Kinds("wait", "walk", "travel", "queue_noun", "stay", "process", "cross", "aid")
_RATIO_CUES = Kinds("money", "thing", "traffic", "queue_noun", "wait", *MOVES, "people", "moving", "car", "vehicle")
_SHARE_CUES = Kinds(*MOVES, "walk", "by_bus", "by_air", "men")
_SHARE_OTHERS = Kinds("money", "thing", "harm", "protest", "draft", "aid")
_BARE_CUES = Kinds(*MOVES, *OTHERS, "money", "traffic")


# ---- counts, lengths, durations -------------------------------------------------------------------------------------


def _count(v: View, m: Mention, tag: str, stop: int, before: Reading | None, far: Reading | None) -> Reading:
    """A number of people, families or vehicles."""
    what = kind_of(tag)
    rate, factor = per(v, m, stop)
    mode = {"car": "car", "lorry": "lorry", "bus": "bus"}.get(tag, "")
    men = what == "people" and any("men" in w.tags for w in v.between(m.end, stop))
    capacity = rate and bool(v.language.patterns["throughput"].search(v.low[v.start : m.begin]))
    base = Reading(m, what, stop=stop, noun=tag, rate=rate, factor=factor, mode=mode, men=men, rule=f"count-{tag}", capacity=capacity)
    positive = cues(v, m.begin, stop, _MOVES)
    negative = [c for c in cues(v, m.begin, stop, _OTHERS) if not _describes(v, c[2])]
    if what in ("people", "families"):
        return _people(v, base, tag, positive, negative, before, far)
    return _vehicles(v, base, positive, negative)


def _describes(v: View, word: Word) -> bool:
    """Whether a word of harm only describes people who move: 'wounded Palestinians crossed', '21 wounded left'."""
    if "harm" not in word.tags:
        return False
    following = v.following(word.end)
    return v.language.patterns["carried_out"].match(v.low, word.start - 1, v.end) is not None or (
        following is not None and following.start - word.end == 1 and bool(following.tags & (PERSONS | {"demonym", "demonym?"}))
    )


def _moves(positive: Sequence[tuple[float, str, Word]], cues: Collection[str]) -> bool:
    """Whether inhabitants are counted because they move, as one of some cues says."""
    return bool(positive) and positive[0][1] in cues and positive[0][0] <= 60


def _people(
    v: View,
    base: Reading,
    tag: str,
    positive: list[tuple[float, str, Word]],
    negative: list[tuple[float, str, Word]],
    before: Reading | None,
    far: Reading | None,
) -> Reading:
    if v.language.patterns["per_trip"].match(v.low, base.stop, v.end):
        return base._replace(context=True, what="", why="a load", rule="capacity")
    if v.language.patterns["is_given"].match(v.low, base.stop, v.end):
        return base._replace(context=True, what="", why="about aid", rule="is-given")
    outer = [c for c in positive if not base.mention.end <= c[2].start < base.stop]
    if outer and outer[0][0] <= 60:  # of 'displaced people had entered' the verb counts
        positive = outer
    if base.mention.high == 1 and not v.low[base.mention.start].isdigit():
        return base._replace(context=True, what="", why="a single one", rule="small")
    if negative and (not positive or negative[0][0] < positive[0][0]):
        worst = negative[0][1]
        if not (worst == "aid" and tag == "moving"):
            return base._replace(context=True, what="", why=f"about {worst}", rule="cue-other")
    settled = "inhabitants_of" in v.part and v.language.patterns["inhabitants_of"].search(v.low, max(v.start, base.mention.begin - 40), base.stop)
    if settled and settled.groupdict().get("many") and (base.mention.low or 0) < _POPULATION:  # those of a camp
        settled = None
    if settled and settled.end() > base.mention.end and not _moves(positive, ("leave", "displace", "evacuate", "return")):
        return base._replace(context=True, what="", why="a population", rule="population")
    if any(v.language.patterns["inhabitants"].match(w.text) for w in v.between(base.mention.end, base.stop)) and not _moves(
        positive, ("leave", "displace", "evacuate", "return", "enter")
    ):
        return base._replace(context=True, what="", why="a population", rule="population")
    there = v.language.patterns["lived_there"].match(v.low, base.stop, v.end) if tag == "people" else None
    large = tag == "people" and (base.mention.low or 0) >= _POPULATION
    before_that = large and v.language.patterns["lived_before"].search(v.low, v.start, min(v.end, base.stop + 40))
    if before_that or (there and (large or there[0].endswith("used to live"))):
        return base._replace(context=True, what="", why="a population", rule="population")
    if tag == "movement" and (base.mention.high or base.mention.low or 0) < 10:  # 'five crossings' are places
        return base._replace(context=True, what="", why="crossings of a border", rule="small")
    if tag == "force" and not (positive and positive[0][1] in ("cross", "enter", "leave", "return") and positive[0][0] <= 70):
        return base._replace(context=True, what="", why="forces", rule="noun-force")
    if positive:
        kind, w = _better(v, base, positive)
        if kind == "stay" and tag == "moving" and any(v.language.patterns["arrivals"].match(x.text) for x in v.between(base.mention.end, base.stop)):
            kind = "enter"
        if _counts_returnees(v, base) and kind != "leave":
            kind = "return"
        return base._replace(cue=kind, cue_at=w.start, forecast=forecast(v, base.mention, w.start, base.stop))
    if tag in ("moving", "movement"):
        lead = _lead_cue(v)
        cue = "return" if _counts_returnees(v, base) else lead or ("cross" if tag == "movement" else "present")
        return base._replace(cue=cue, forecast=forecast(v, base.mention, -1, base.stop), rule=f"noun-{tag}")
    lead = _lead_cue(v)
    if not lead and v.row and (v.lead or v.column):
        lead = "stay"
    if base.rate:
        return base._replace(cue=lead or "cross", inherited=True, rule="rate")
    if lead:
        return base._replace(cue=lead, inherited=True, rule="lead-in")
    if before is not None and before.what in ("people", "families") and before.cue and v.separators(before.stop, base.mention.begin) <= 4:
        return base._replace(cue=before.cue, cue_at=before.cue_at, inherited=True, forecast=before.forecast, rule="like-before")
    if any(p.entry.kind == "crossing" and p.role == "place" for p in v.places):
        return base._replace(cue="cross", inherited=True, rule="at-crossing")
    if far is not None and far.what in ("people", "families") and not far.forecast and not _speaks_of_else(v):
        return base._replace(cue=far.cue, inherited=True, rule="far")
    return base._replace(context=True, what="", why="no movement, wait or shelter named", rule="no-cue")


_HOURS = 24
_CLOCK_AFTER = re.compile(
    r"(?:\b(?:jan|feb|mar|apr|may|jun|jul|aug|sep|sept|oct|nov|dec)[a-z]*\.?|\b(?:19|20)\d\d|(?:mon|tues|wednes|thurs|fri|satur|sun)day|"
    r"январ\w|феврал\w|марта|апрел\w|мая|июн\w|июл\w|август\w|сентябр\w|октябр\w|ноябр\w|декабр\w),? $"
)
"""A day before a time of day."""
_MOST_AGES = 100
_AGES_BEFORE = re.compile(
    r"(?:\b(?:men|women|males|females|boys|girls|children) (?:of|between|aged|from)|(?:мужчин|женщин|дет)\w* (?:от|в возрасте(?: от)?)) $"
)
_OLDEST = 130
"""Nobody is so old."""
_MILITARY_HOUR = re.compile(r"(?:[01]\d|2[0-4])[0-5]\d")
_AND_NUMBER = re.compile(r" (?:and|и) \d[\d ,.]*")
_POPULATION = 50_000
"""Fewer people who live somewhere may be those who were displaced there."""


def _speaks_of_else(v: View) -> bool:
    """Whether a sentence names things, money, harm, arrests or help."""
    return any(w.tags & _ELSE for w in v.words)


def _counts_returnees(v: View, base: Reading) -> bool:
    return any(v.language.patterns["returnees"].match(w.text) for w in v.between(base.mention.end, base.stop))


def _better(v: View, base: Reading, positive: list[tuple[float, str, Word]]) -> tuple[str, Word]:
    """Among cues about as near as the nearest, the one that says most: 'left and entered', 'waiting to cross'."""
    nearest = positive[0]
    near = [c for c in positive if c[0] <= nearest[0] + 14]
    kinds = {c[1]: c for c in reversed(near)}
    if "wait" in kinds and nearest[1] in ("cross", "enter", "leave"):
        return "wait", kinds["wait"][2]
    if "return" in kinds and nearest[1] in ("leave", "enter", "cross"):
        return "return", kinds["return"][2]
    return nearest[1], nearest[2]


def _lead_cue(v: View) -> str:
    return lead_of(v)[0]


def _vehicles(v: View, base: Reading, positive: list[tuple[float, str, Word]], negative: list[tuple[float, str, Word]]) -> Reading:
    if base.mention.high == 1 and not v.low[base.mention.start].isdigit():
        return base._replace(context=True, what="", why="a single one", rule="small")
    if negative and (not positive or negative[0][0] < positive[0][0]) and negative[0][1] != "aid":
        return base._replace(context=True, what="", why=f"about {negative[0][1]}", rule="cue-other")
    if not base.rate and v.language.patterns["in_front"].match(v.low, base.stop, v.end):
        return base._replace(cue="wait", rule="queue-noun")
    if positive:
        kind, w = _better(v, base, positive)
        cost = positive[0][0]
        if kind in ("stay", "displace"):
            kind = "wait"
        if cost <= 90:
            return base._replace(cue=kind, cue_at=w.start, forecast=forecast(v, base.mention, w.start, base.stop))
    if any("queue_noun" in w.tags for w in (*v.words, *v.lead)):
        return base._replace(cue="wait", rule="queue-noun")
    if base.rate:
        return base._replace(cue="cross")
    if any(p.entry.kind == "crossing" for p in v.places) or v.end - v.start < 90:
        since = v.language.patterns["since"].search(v.low, base.stop, min(v.end, base.stop + 30))
        return base._replace(
            cue="cross" if since else "wait", rule="vehicles-alone", inherited=True, forecast=forecast(v, base.mention, -1, base.stop)
        )
    return base._replace(context=True, what="", why="vehicles that neither move nor wait", rule="no-cue")


def _length(v: View, m: Mention, tag: str, stop: int) -> Reading:
    """Kilometres of a queue or of a way; distances between places are context."""
    after = v.low[stop : min(v.end, stop + 24)]
    near = cues(v, m.begin, stop, _LENGTH_CUES)
    base = Reading(m, "km", stop=stop, noun=tag, factor=LENGTHS[tag], rule="length")
    walk = next((c for c in near if c[1] == "walk"), None)
    first = near[0] if near else None
    if walk and (first is None or walk[0] <= first[0] + 12):
        return base._replace(cue="walk", mode="foot", cue_at=walk[2].start)
    if v.language.patterns["apart"].match(after):
        return base._replace(context=True, what="", why="a distance between places", rule="distance")
    if tag in ("metre",) and m.high is not None and m.high < 20:
        return base._replace(context=True, what="", why="a length", rule="distance")
    if first and first[1] in ("queue_noun", "wait") and first[0] <= 110:
        return base._replace(cue="queue", mode=_mode(v, m, stop), sure=first[0] < _NEAR_QUEUE)
    if first and first[1] == "travel" and first[0] <= 40:
        return base._replace(cue="travel")
    if tag == "km" and (v.end - v.start < 90 or any("queue_noun" in w.tags for w in v.lead)) and any(w.tags & VEHICLES for w in (*v.words, *v.lead)):
        return base._replace(cue="queue", mode=_mode(v, m, stop), inherited=True)
    return base._replace(context=True, what="", why="a distance", rule="distance")


def _mode(v: View, m: Mention, stop: int) -> str:
    """How people travel, by the nearest word that says so."""
    near = cues(v, m.begin, stop, _MODE_CUES)
    if not near or near[0][0] > 75:
        return ""
    return {"walk": "foot", "by_lorry": "lorry", "by_bus": "bus", "by_car": "car", "by_air": "air", "by_rail": "rail"}[near[0][1]]


_NEAR_QUEUE = 60
"""Characters between a length and a word of queueing, with prices for borders, within which the length is the queue's."""
_RIGHT_BEFORE = 12
"""Characters between a word of waiting and how long it took, with prices for borders, within which it is a wait."""


def _duration(v: View, m: Mention, tag: str, stop: int, before: Reading | None) -> Reading:
    """Hours of waiting or of a journey; other times are context."""
    base = Reading(m, "hours", stop=stop, noun=tag, factor=DURATIONS[tag], rule="duration")
    if (m.form == "amount" and not v.low[m.start].isdigit()) and (
        any(w.tags & (VEHICLES | PERSONS) for w in v.between(m.begin - 60, m.begin) if 0 < m.begin - w.end <= 2)
        or _DIGIT_BEFORE.search(v.low[max(v.start, m.begin - 2) : m.begin])
        or any(w.text in v.language.number_words or w.text in v.language.multipliers for w in v.words if w.end == m.begin - 1)
    ):
        return base._replace(context=True, what="", why="part of a rate", rule="rate-part")
    half = v.language.patterns["half_more"].match(v.low, stop)
    if half and m.form != "amount":
        base = base._replace(
            mention=m._replace(low=None if m.low is None else m.low + 0.5, high=None if m.high is None else m.high + 0.5), stop=half.end()
        )
    if (
        tag in ("day", "month")
        and "permitted" in v.part
        and v.language.patterns["permitted"].search(v.low, v.start, v.end)
        and not any("wait" in w.tags for w in v.tagged)
    ):
        return base._replace(context=True, what="", why="a permitted stay", rule="permitted")
    if v.language.patterns["span_before"].search(v.low[max(v.start, m.begin - 32) : m.begin]):
        return base._replace(context=True, what="", why="a time", rule="time")
    if tag == "hour" and m.end - m.start == 4 and _MILITARY_HOUR.fullmatch(v.low[m.start : m.end]):  # '1700 hrs'
        return base._replace(context=True, what="", why="a time of day", rule="clock")
    if tag == "hour" and m.low == _HOURS and v.language.patterns["open_hours"].search(v.low, max(v.start, m.begin - 20), m.begin):
        return base._replace(context=True, what="", why="opening hours", rule="opening")
    after = v.low[stop : min(v.end, stop + 24)]
    if v.language.patterns["around_the_clock"].match(after):
        return base._replace(context=True, what="", why="opening hours", rule="time")
    if (before is None or before.mention.start < v.start) and v.language.patterns["passed_in"].search(v.low, max(v.start, m.begin - 8), m.begin):
        ahead = v.between(v.start, m.begin)
        if any(w.tags & VEHICLES for w in ahead) and any("cross" in w.tags for w in ahead):  # 'Buses pass in four hours.'
            return base._replace(cue="wait", mode=_mode(v, m, stop), sure=True)
    if v.language.patterns["stands_for"].search(v.low, v.start, m.begin):
        return base._replace(cue="wait", mode=_mode(v, m, stop), sure=True)
    near = cues(v, m.begin, stop, _TIME_CUES)
    firm = [c for c in near if c[1] in ("wait", "queue_noun", "walk", "travel", "process") or (c[1] in ("stay", "cross") and c[0] <= 25)]
    if not firm or (firm[0][0] > 110 and firm[0][1] not in ("wait", "queue_noun")):
        lead = any(w.tags & {"wait", "queue_noun"} for w in v.lead)
        if before is not None and before.what == "hours" and v.end - v.start < 70:  # 'Normally it is 45 minutes.'
            return base._replace(cue=before.cue, mode=before.mode, inherited=True)
        if not lead and not (_mode(v, m, stop) in ("car", "foot") and v.end - v.start < 70):
            return base._replace(context=True, what="", why="a time", rule="time")
        return base._replace(cue="wait", mode=_mode(v, m, stop), inherited=True)
    if firm[0][1] == "wait" and firm[0][0] < _RIGHT_BEFORE and firm[0][2].end <= m.begin:
        return base._replace(cue="wait", mode=_mode(v, m, stop), cue_at=firm[0][2].start, sure=True)
    waits = [c for c in firm if c[1] in ("wait", "queue_noun", "process")]
    travels = [c for c in firm if c[1] in ("walk", "travel")]
    kind = "travel" if travels and (not waits or travels[0][0] + 10 < waits[0][0]) else "wait"
    if kind == "travel" and v.language.patterns["in_queue"].search(v.low[v.start : v.end]):
        kind = "wait"
    return base._replace(cue=kind, mode=_mode(v, m, stop), cue_at=firm[0][2].start)


# ---- ratios, shares, numbers without a noun -------------------------------------------------------------------------


def _ratio(v: View, m: Mention, before: Reading | None) -> Reading:
    """A change of flows, queues or waits; of prices and other things it is context."""
    base = Reading(m, "ratio", stop=m.end, noun="ratio", rule="ratio")
    near = cues(v, m.begin, m.end, _RATIO_CUES)
    good = [c for c in near if c[1] not in ("money", "thing")]
    if not good:  # far away, but in the same sentence
        kinds = ("traffic", "queue_noun", "wait", *MOVES)
        good = [(float(REACH), next(k for k in kinds if k in w.tags), w) for w in v.words if w.tags & set(kinds)][:1]
    bad = [c for c in near if c[1] in ("money", "thing")]
    if not good:
        if before is not None and before.mention.start >= v.start and before.what in ("people", "families", "vehicles") and not bad:
            return base._replace(cue=before.cue, inherited=True)
        if v.end - v.start < 40 and not bad:  # 'Then doubled.'
            return base._replace(cue="enter", inherited=True)
        return base._replace(context=True, what="", why="a change of something else", rule="ratio-other")
    if bad and bad[0][0] + 6 < good[0][0]:
        return base._replace(context=True, what="", why="a change of something else", rule="ratio-other")
    waiting = next((c for c in good if c[1] in ("wait", "queue_noun") and c[0] <= 70), None)
    moving = next((c for c in good if c[1] in MOVES and c[1] not in ("wait",)), None)
    if waiting and (not moving or waiting[0] < moving[0]):
        return base._replace(cue="wait", cue_at=waiting[2].start)
    return base._replace(cue=moving[1] if moving else "enter", cue_at=moving[2].start if moving else -1)


_TELLS = re.compile(r" [^\W\d]")


def _share(v: View, m: Mention, before: Reading | None) -> Reading:
    """A share of those who move, where it is said of them."""
    stop = m.end
    base = Reading(m, "share", stop=stop, noun="share", rule="share")
    if "poll" in v.part:
        return base._replace(context=True, what="", why="a share of those asked", rule="poll")
    if _TELLS.match(v.low, m.end) and v.language.patterns["says"].match(v.low, m.end + 1):  # 'and a third said: …'
        return base._replace(context=True, what="", why="a person", rule="share-other")
    of_them = v.language.patterns["of_them"].match(v.low, m.end) or v.language.patterns["of_before"].search(v.low[v.start : m.begin])
    after = [w for w in v.between(m.end, m.end + 44) if not v.separators(m.end, w.start)]
    people = next((w for w in after if w.tags & {"people", "moving", "movement", "family", "demonym"}), None)
    inner = [w for w in v.between(m.start, m.end) if w.tags & {"people", "moving", "family"}]
    near = cues(v, m.begin, stop, _SHARE_CUES)
    bad = cues(v, m.begin, stop, _SHARE_OTHERS)
    chained = before is not None and before.what == "share" and before.mention.start >= v.start
    if (
        chained and before is not None and not people and (not near or near[0][0] > 40) and not (bad and bad[0][0] < 40)
    ):  # '70 per cent are women and 30 per cent men'
        return base._replace(cue=before.cue, of_them=True, rule="share-chain")
    if bad and bad[0][0] < 40 and not (of_them or people) and (not near or bad[0][0] <= near[0][0]):
        return base._replace(context=True, what="", why="a share of something else", rule="share-other")
    if unit_of(v.column):
        return base._replace(cue=cue_of(v.column) or lead_of(v)[0], of_them=True, rule="row")
    if not (of_them or people or inner or (near and near[0][0] <= 70)):
        return base._replace(context=True, what="", why="a share of something else", rule="share-other")
    if not near and people:  # far away, but in the same sentence
        near = [(float(REACH), next(k for k in MOVES if k in w.tags), w) for w in v.words if w.tags & set(MOVES)][:1]
    if not of_them and not near and not (before and before.what) and not inner:
        return base._replace(context=True, what="", why="a share of something else", rule="share-other")
    kind = near[0][1] if near else before.cue if before else ""
    men = any("men" in w.tags for w in after)
    cue = next((c[1] for c in near if c[1] in MOVES), before.cue if before else "")
    mode = {"walk": "foot", "by_bus": "bus", "by_air": "air"}.get(kind, "")
    return base._replace(cue=cue, mode=mode, men=men, of_them=bool(of_them) or not people, rule="share")


def _bare_number(v: View, m: Mention, before: Reading | None, far: Reading | None) -> Reading:
    """A number without a noun: 'another 40 thousand to Armenia', 'hosts 9,000', 'Poland: 2,645,877', '8,572 on Saturday'."""
    of_them = v.language.patterns["of_them"].match(v.low, m.end)
    stop = of_them.end() if of_them else m.end
    if not of_them and "of_before" in v.part and not any(w.tags & VEHICLES for w in v.between(m.begin - 24, m.begin)):  # 'of these, 182,000'
        of_them = v.language.patterns["of_before"].search(v.low[max(v.start, m.begin - 40) : m.begin])
    rate, factor = per(v, m, m.end)
    base = Reading(m, stop=stop, of_them=bool(of_them), rate=rate, factor=factor, inherited=True, rule="bare")
    nearby = cues(v, m.begin, stop, _BARE_CUES)
    following = v.following(m.end)
    if v.language.patterns["carried_out"].match(v.low, m.end, v.end):
        return base._replace(what="people", cue=next((c[1] for c in nearby if c[1] in MOVES), "cross"), rule="wounded")
    if following is not None and following.start - m.end <= 2 and following.tags & _SUFFERED and not of_them:
        return base._replace(context=True, why="about harm", rule="cue-other")
    above = before or far
    if (
        v.row
        and not v.column
        and not of_them
        and above is not None
        and above.what in _GO_ON
        and above.mention.end <= v.start
        and not _label_tells(v, m)
        and not _WORD_AFTER.search(v.low, m.end, v.end)
    ):
        return base._replace(what=above.what, cue=above.cue, mode=above.mode, rate=above.rate or rate, rule="row")  # 'Krakovets: 620'
    if (headed := _headed(v, base)) is not None:
        return headed
    if m.small and not of_them:
        return base._replace(context=True, why="a small number without a noun", rule="small")
    if _labelled_else(v, m) or _thing_before(v, m):
        return base._replace(context=True, why="counts things", rule="label-other")
    if nearby and nearby[0][1] in (*OTHERS, "money") and nearby[0][0] < 60:
        return base._replace(context=True, why=f"about {nearby[0][1]}", rule="cue-other")
    moves = [c for c in nearby if c[1] in MOVES]
    subject = subject_of(v, m)
    if (m.high or m.low or 0) >= 10 and not rate and v.language.patterns["present_after"].match(v.low[m.end : min(v.end, m.end + 70)]):
        return base._replace(what="people", cue="stay", rule="bare-present")
    if (
        (m.high or m.low or 0) >= 10
        and "present_before" in v.part
        and v.language.patterns["present_before"].search(v.low[max(v.start, m.begin - 50) : m.begin])
    ):
        return base._replace(what="people", cue="stay", rule="bare-present")
    if of_them and (m.high or m.low or 0) >= 100 and v.language.patterns["there_are"].search(v.low, max(v.start, m.begin - 24), m.begin):
        return base._replace(what="people", cue="stay", rule="bare-present")
    takes = "takes_in" in v.part and v.language.patterns["takes_in"].search(v.low[max(v.start, m.begin - 16) : m.begin])
    if takes and any(p.entry.kind != "crossing" for p in v.places):
        return base._replace(what="people", cue="enter", rule="bare-verb")
    if (
        before is not None
        and before.what in ("people", "families")
        and v.language.patterns["still"].search(v.low[stop : min(v.end, stop + 18)])
        and (not moves or moves[0][0] > 20 or moves[0][1] == "stay")
    ):
        return base._replace(what=before.what, cue="stay", rule="bare-still")
    if (
        before is not None
        and before.what in ("people", "families", "vehicles", "lorries", "buses")
        and (of_them or v.separators(before.stop, m.begin) <= 5)
    ):
        what = subject if subject in ("vehicles", "lorries", "buses") and not of_them else before.what
        if what in ("vehicles", "lorries", "buses") and before.mention.start >= v.start and unit_of(v.between(before.stop, m.begin)) == "people":
            what = "people"
        what = "people" if rate and what == "families" else what
        cue, at = (moves[0][1], moves[0][2].start) if moves and moves[0][0] <= 60 else (before.cue, before.cue_at)
        goes_on = before.rate and before.mention.start >= v.start and v.separators(before.stop, m.begin) <= 1
        goes_on = goes_on and not rate and not has_own_day(v, m, before.stop)
        return base._replace(
            what=what,
            cue=cue,
            cue_at=at,
            mode=before.mode,
            rate=rate or goes_on,
            factor=before.factor if goes_on and before.factor < 1 else factor,  # '900 a week in Tanzania, 450 in Uganda'
            forecast=forecast(v, m, at if moves else -1, stop) or before.forecast,
            rule="bare-like-before",
        )
    if subject and moves:
        cue = "wait" if subject != "people" and moves[0][1] == "stay" else moves[0][1]
        return base._replace(what=subject, cue=cue, cue_at=moves[0][2].start, forecast=forecast(v, m, moves[0][2].start, stop), rule="bare-subject")
    if moves and moves[0][0] <= 45 and (m.high or m.low or 0) >= 10:
        if far is not None and far.what in ("vehicles", "lorries", "buses") and moves[0][1] in ("stay", "wait", "present"):  # further rows of a queue
            return base._replace(what=far.what, cue="wait", cue_at=moves[0][2].start, mode=far.mode, rule="bare-like-before")
        return base._replace(
            what="people", cue=moves[0][1], cue_at=moves[0][2].start, forecast=forecast(v, m, moves[0][2].start, stop), rule="bare-verb"
        )
    lead = _lead_cue(v)
    if lead:
        return base._replace(what=_lead_unit(v), cue=lead, rule="bare-list")
    ahead = forecast(v, m, -1, stop)
    if ahead and not m.small and (m.low or 0) >= 100:
        return base._replace(what=subject or "people", cue="enter", forecast=ahead, rule="bare-forecast")
    if rate and not m.small and (m.high or m.low or 0) >= 10:
        return base._replace(what=subject or "people", cue="cross", rule="bare-rate")
    if subject and any("traffic" in w.tags for w in v.words):
        return base._replace(what=subject, cue="enter", rule="bare-traffic")
    value = m.high or m.low or 0
    if far is not None and value >= 100 and far.what in ("people", "families") and not far.forecast and not _speaks_of_else(v):
        return base._replace(what="people", cue=far.cue, rule="bare-far")
    return base._replace(context=True, why="a number without a noun", rule="bare")


def _headed(v: View, base: Reading) -> Reading | None:
    """A number in a row, by the head of its column or the line that leads in the list; None where these say nothing."""
    heads = [words for words in (v.column, v.lead if v.row and not base.mention.small else ()) if words]
    if not heads or any(w.tags & _SUFFERED for w in v.tagged if w.end <= base.mention.begin):
        return None
    for words in heads:
        unit = unit_of(words)
        if words is v.column and (measured := _measure_of(words)) is not None:
            return base._replace(what=measured[0], factor=measured[1], cue="wait" if measured[0] == "hours" else "queue", rule="row")
        if not unit and words is v.column and move_of_column(v):
            unit = lead_of(v)[1] or "people"
        cue = cue_of(words) or lead_of(v)[0]
        if words is v.column and not unit and any(w.tags & NOT_UNITS for w in words) and not cue_of(words):
            return base._replace(context=True, why="counts things", rule="column-other")
        if unit or (words is v.lead and cue):
            cue = cue or ("wait" if unit in ("vehicles", "lorries", "buses") else "stay")
            return base._replace(what=unit or "people", cue=cue, rule="row")
    return None


def _measure_of(words: Sequence[Word]) -> tuple[str, float] | None:
    """The unit of a column of waits or of lengths, and what one is: 'Wait, hours', 'Queue, km'; None where the head says none."""
    tags = NO_TAGS.union(*[w.tags for w in words])
    if "hour" in tags or "minute" in tags:
        return ("hours", 1.0 if "hour" in tags else 1 / 60) if tags & {"wait", "queue_noun"} else None
    return ("km", 1.0) if "km" in tags and tags & {"wait", "queue_noun"} else None


def _labelled_else(v: View, m: Mention) -> bool:
    """Whether the label before a number names things: 'Sites in capital: 96'."""
    label = _LABEL.search(v.low[max(v.start, m.begin - 60) : m.begin])
    if label is None:
        return False
    words = v.between(m.begin - len(label[0]), m.begin)
    return any(w.tags & NOT_UNITS for w in words) and not any(unit_tag(w.tags) in (PERSONS | VEHICLES) or w.tags & set(MOVES) for w in words)


_WORDS_OF_LABEL = 5
_WORD_AFTER = re.compile(r"[^\W\d_]{2,}")
_GO_ON = ("vehicles", "lorries", "buses")
"""What further rows of a list count without saying so."""


def _label_tells(v: View, m: Mention) -> bool:
    """Whether the words before a number in a row say more than a place and a day."""
    words = v.between(v.start, m.begin)
    return len(words) > _WORDS_OF_LABEL or any(not w.tags.isdisjoint(_TELLING) for w in words)


_TELLING = frozenset({*MOVES, *OTHERS, *NOT_UNITS, *PERSONS, *VEHICLES, "family", "men", "women", "children", "hour", "day", "km"})


def _thing_before(v: View, m: Mention) -> bool:
    """Whether the word right before a number is the thing that it counts: '(beds: 8,300)', 'кроватей 3 200'."""
    i = bisect_right(v.words, m.begin, key=attrgetter("end"))
    w = v.words[i - 1] if i else None
    if w is None or w.tags.isdisjoint(NOT_UNITS) or not w.tags.isdisjoint(MOVES):
        return False
    between = v.low[w.end : m.begin]
    label = between.strip() == ":" and v.low[v.start : w.start].rstrip()[-1:] in ("", "(")
    return label or (v.language.noun_may_lead and between == " " and not w.text.endswith(v.language.instrument))


def _lead_unit(v: View) -> str:
    return lead_of(v)[1] or "people"
