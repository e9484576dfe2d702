"""Whether a number is a claim, and of what: what the rules say of it, and what else it may be, weighed by named features.

The weights are learned from annotated reports (`tools/learn_counts.py`); without them the rules decide alone.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple, Protocol, overload

from borderflow.evidence.language import Language
from borderflow.evidence.mention import Mention
from borderflow.evidence.ranking import Bundle, Sums, bundle
from borderflow.evidence.reading import Reading
from borderflow.evidence.sentence import (
    DURATIONS,
    LENGTHS,
    MOVES,
    NOT_UNITS,
    OTHERS,
    PERSONS,
    UNIT_TAGS,
    VEHICLES,
    Kinds,
    View,
    Word,
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
)

GROUPS = ("bare", "people", "vehicles", "hours", "km", "share", "ratio")
COUNTED = ("people", "families", "vehicles", "lorries", "buses")
SURE = frozenset(
    {
        "year",
        "phone",
        "conversion",
        "clock",
        "age",
        "rate-part",
        "withdrawn",
        "currency",
        "money",
        "permitted",
        "capacity",
        "column-other",
        "called-up",
        "opening",
        "label-number",
        "label-other",
        "population",
        "poll",
    }
)
"""Rules for numbers that are nothing else, whatever stands around them."""
_MOVE = Kinds(*MOVES)
_ELSE = Kinds(*OTHERS, "thing", "money")
_WAIT = Kinds("wait", "queue_noun", "walk", "travel", "process", "stay")
_WAY = Kinds("walk", "travel")
_SORTS = Kinds("harm", "arrest", "draft", "protest", "aid", "money", "thing", *UNIT_TAGS, *sorted(NOT_UNITS), *MOVES)
NOTHING = bundle()
_LED = bundle("lead:move"), bundle("lead:unit"), bundle("lead:other")
_AFTER = re.compile(r"(\s*)([^\w\s]?)\s*([^\W\d_]+|\d)?")


class Surroundings(NamedTuple):
    """What is known around a number: the last reading in its sentence or just before, one from further up, numbers of the sentence so far."""

    before: Reading | None
    far: Reading | None
    claims: int
    others: int
    sentence: Bundle
    """Features of the whole sentence: see `sentence_features`."""
    usual: tuple[str, ...]
    """Those that speak for counts a day."""
    last_unit: str = ""
    """What the sentence before speaks of, in the same paragraph."""
    known: Mapping[float, bool] = {}
    """Values that the text had before, and whether they were claims."""
    frame: tuple[str, bool] | None = None
    """The word after the last number of the sentence, and whether that was a claim."""


class Option(NamedTuple):
    """Features of one thing that a number may count, each of which weighs by itself and within its group."""

    group: str
    """The sort of number: bare, people, vehicles, hours, km, share, ratio; empty for no claim."""
    shared: Sequence[Bundle]
    """Features of the number, the same for all that it may count."""
    own: Sequence[Bundle]


NO_CLAIM = Option("", (), ())


class Chooser(Protocol):
    """Chooses among what a number may count: the index of the best option."""

    def __call__(self, options: Sequence[Option], readings: Sequence[Reading], /) -> int: ...


class Weights:
    """The linear model: a conditional logit with weights by feature, in log-odds; a feature that is not in the table weighs nothing."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        """weights: of a `name` wherever it stands, and of a `group:name`."""
        self.weights = weights
        of: dict[str, dict[str, float]] = {g: {} for g in GROUPS}
        for name, weight in weights.items():
            group, colon, rest = name.partition(":")
            if colon and group in of:
                of[group][rest] = of[group].get(rest, 0.0) + weight
            else:
                for table in of.values():
                    table[name] = table.get(name, 0.0) + weight
        self._of = {group: Sums(table) for group, table in of.items()}

    def __call__(self, options: Sequence[Option], readings: Sequence[Reading]) -> int:
        """The first of the best; no claim weighs 0."""
        best, top, shared = 0, 0.0, None
        for i, option in enumerate(options):
            if not option.group:
                continue
            weights = self._of[option.group]
            if shared is None:
                shared = sum([weights[b] for b in option.shared])
            score = shared + sum([weights[b] for b in option.own])
            if score > top:
                best, top = i, score
        return best


def choose(chooser: Chooser, v: View, m: Mention, rule: Reading, around: Surroundings) -> Reading:
    """What a number counts, by what the rules made of it and by learned weights."""
    # the head of its column says what it counts
    headed = rule.rule == "row" and rule.what and (unit_of(v.column) or move_of_column(v) or rule.what in ("hours", "km"))
    if headed or rule.sure or (rule.context and rule.rule in SURE):
        return rule
    a_rate = rule.rate or (around.before is not None and around.before.rate)
    if a_rate and _queues(v, m, rule.stop):  # it is none, though the last number was one
        before = around.before._replace(rate=False) if around.before is not None else None
        rule, around = rule._replace(rate=False, factor=1.0, capacity=False, cue="wait"), around._replace(before=before, usual=())
    readings, options = weigh(v, m, rule, around)
    return readings[chooser(options, readings)]


_QUEUE_NEAR = 28
"""Characters between a number and the words of a queue that it stands in."""


def _queues(v: View, m: Mention, stop: int) -> bool:
    """Whether those counted stand in a queue, as words beside a number say: '300 cars a day; in the queue there are 1,200'."""
    in_queue = v.language.patterns["in_queue"]
    at = max(stop, m.end)
    if found := in_queue.search(v.low, max(v.start, m.begin - _QUEUE_NEAR), m.begin):
        return not any(c.isdigit() for c in v.low[found.end() : m.begin])
    found = in_queue.search(v.low, at, min(v.end, at + _QUEUE_NEAR))
    return found is not None and not any(c in ",;:(—–" for c in v.low[at : found.start()])


def weigh(v: View, m: Mention, rule: Reading, around: Surroundings) -> tuple[Sequence[Reading], list[Option]]:
    """Readings of a number with their features: first that it is no claim."""
    noun = noun_of(v, m) if m.form in ("count", "amount") else None
    tag, stop = noun if noun is not None else ("", m.end)
    group, stop = _group(m, tag), max(stop, m.end)
    whats: list[tuple[str, bool, bool]] = []
    options = [NO_CLAIM]
    shared = _shared(v, m, group, tag, stop, rule, around)
    usual = around.usual
    if around.before is not None and around.before.rate:
        here = around.before.mention.start >= v.start
        usual = (*usual, "as-before-here" if here else "as-before")
        if has_own_day(v, m, around.before.stop if here else v.start):
            usual = (*usual, "own-day")
    named = _named_units(v, m) if group == "bare" else None
    for what in _whats(v, m, group, tag, rule, around):
        given = rule.what == what and not rule.context
        said = rule.rate if given else _said_rate(v, m, what, tag, max(stop, rule.stop), around)
        own = _of_unit(v, m, what, rule, around, named) if named is not None else []
        for rate in (said, not said) if what in COUNTED and (said or usual) else (said,):
            whats.append((what, given, rate == said))
            options.append(Option(group, shared, [*own, _of_rate("rate" if rate else "count", said, usual)] if said or usual else own))
    return _Readings(v, m, tag, max(stop, rule.stop), rule, around, whats), options


class _Readings(Sequence[Reading]):
    """The readings of a number, each made when it is asked for: of most numbers only the one that is chosen is needed."""

    def __init__(
        self, v: View, m: Mention, tag: str, stop: int, rule: Reading, around: Surroundings, whats: Sequence[tuple[str, bool, bool]]
    ) -> None:
        """whats: what it counts, whether the rules say so, and whether it is the rate or count that the words say."""
        self._v, self._m, self._tag, self._stop, self._rule, self._around, self._whats = v, m, tag, stop, rule, around, whats

    def __len__(self) -> int:
        return len(self._whats) + 1

    @overload
    def __getitem__(self, i: int) -> Reading: ...
    @overload
    def __getitem__(self, i: slice) -> list[Reading]: ...
    def __getitem__(self, i: int | slice) -> Reading | list[Reading]:
        if isinstance(i, slice):
            return [self[k] for k in range(len(self))[i]]
        rule = self._rule
        if i == 0:
            return rule if rule.context or not rule.what else rule._replace(context=True, what="", why="hardly displacement", rule="learned")
        what, given, said = self._whats[i - 1]
        claim = rule if given else _claim(self._v, self._m, what, self._tag, self._stop, rule, self._around)
        return claim if said else claim._replace(rate=not claim.rate, factor=1.0)


def _said_rate(v: View, m: Mention, what: str, tag: str, stop: int, around: Surroundings) -> bool:
    """Whether a reading that the rules did not offer is a rate by its words: see `_claim`."""
    last = around.before or around.far
    return per(v, m, stop)[0] if what in COUNTED else what in ("hours", "km") and not tag and last is not None and last.rate


def sentence_features(v: View, dated: bool, led: bool) -> tuple[Bundle, tuple[str, ...]]:
    """What a sentence says for all of its numbers, and names of what in it speaks for counts a day.

    dated: it names a time. led: a line leads in the list that it belongs to.
    """
    names = ["dated"] if dated else []
    if v.places:
        names.append("placed")
        if any(p.entry.kind == "crossing" for p in v.places):
            names.append("at-crossing")
    if v.row:
        names.append("row/led" if led else "row")
    elif led:
        names.append("led")
    names.append("short" if v.end - v.start < 60 else "middle" if v.end - v.start < 160 else "long")
    if v.memo.get("correction"):
        names.append("correction")
    usual = [name for name in ("habitual", "daily", "average") if name in v.part and v.language.patterns[name].search(v.low, v.start, v.end)]
    if "habitual" in usual:
        names.append("habitual")
    return bundle(*names), tuple([*usual, "dated"] if usual and dated else usual)


def _group(m: Mention, tag: str) -> str:
    if m.form in ("percent", "share"):
        return "share"
    if m.form == "ratio":
        return "ratio"
    if tag in DURATIONS:
        return "hours"
    if tag in LENGTHS:
        return "km"
    if tag in PERSONS or tag == "family":
        return "people"
    return "vehicles" if tag in VEHICLES else "bare"


def _whats(v: View, m: Mention, group: str, tag: str, rule: Reading, around: Surroundings) -> list[str]:
    """What a number may count."""
    if group in ("share", "ratio", "hours", "km"):
        return [group]
    if group in ("people", "vehicles"):
        return [rule.what or kind_of(tag)]
    if headed := unit_of(v.column):
        return [headed]
    if _goes_on(v, m, rule, around):
        return [rule.what]
    said = (rule.what, around.before.what if around.before else "", unit_of(v.column), lead_of(v)[1], unit_of(v.tagged), around.last_unit, "people")
    going_on = [around.before.what] if around.before and around.before.what in ("hours", "km") and (m.high or m.low or 0) < 100 else []
    return [*dict.fromkeys(what for what in said if what in COUNTED), *going_on]


def _goes_on(v: View, m: Mention, rule: Reading, around: Surroundings) -> bool:
    """Whether a number counts vehicles as the last one of its sentence does, with nothing else named between: hands hardly ever mean people."""
    b = around.before
    return b is not None and b.mention.start >= v.start and rule.what == b.what and _sort_of(b.what) == "vehicle" and subject_of(v, m) == b.what


def _sort_of(what: str) -> str:
    return "vehicle" if what in ("vehicles", "lorries", "buses") else what


def _claim(v: View, m: Mention, what: str, tag: str, stop: int, rule: Reading, around: Surroundings) -> Reading:
    """A reading that the rules did not offer."""
    near = cues(v, m.begin, stop, _MOVE)
    last = around.before or around.far
    usual = {"hours": "wait", "km": "queue", "vehicles": "wait", "lorries": "wait", "buses": "wait"}.get(what, "stay")
    cue, at = (near[0][1], near[0][2].start) if near else (last.cue if last and last.cue and last.what == what else usual, -1)
    if what in ("hours", "km") and not tag and last is not None:  # 'three hours, at Imatra barely one'
        return last._replace(mention=m, stop=stop, cue_at=-1, inherited=True, rule="learned")
    if what in ("hours", "km"):
        if half := v.language.patterns["half_more"].match(v.low, stop, v.end):  # 'one hour and a half'
            m, stop = m._replace(low=m.low and m.low + 0.5, high=m.high and m.high + 0.5), half.end()
        walked = any(x[0] < 60 for x in cues(v, m.begin, stop, _WAY))
        return Reading(
            m, what, "travel" if walked else usual, at, stop, {**DURATIONS, **LENGTHS}.get(tag, 1.0), noun=tag, inherited=True, rule="learned"
        )
    if what in ("share", "ratio"):
        return Reading(m, what, cue, at, stop, noun=what, of_them=what == "share", inherited=True, rule="learned")
    rate, factor = per(v, m, stop)
    return Reading(
        m,
        what,
        cue,
        at,
        stop,
        factor,
        rate,
        tag,
        rule.of_them,
        last.mode if last and not tag else "",
        forecast=forecast(v, m, at, stop),
        inherited=True,
        rule="learned",
    )


# ---- features -------------------------------------------------------------------------------------------------------


@cache
def _of_rate(kind: str, said: bool, usual: tuple[str, ...]) -> Bundle:
    """Features of a count or a rate; these functions spell a few names that are met again and again."""
    return bundle(*([f"{kind}/said"] if said else []), *[f"{kind}/{name}" for name in usual])


@cache
def _of_rule(rule: str, yes: str, size: str, tag: str, inhabitants: bool) -> Bundle:
    names = ["any", f"rule:{rule}/{yes}", f"rules:{yes}", f"size:{size}", *([f"noun:{tag}"] if tag else [])]
    return bundle(*names, "inhabitants") if inhabitants else bundle(*names)


@cache
def _of_neighbours(next_: str, previous: str, written: str, hedge: bool) -> Bundle:
    names = [f"next:{next_}", f"prev:{previous}", f"written:{written}"]
    return bundle(*names, "hedge") if hedge else bundle(*names)


@cache
def _of_cues(sort: str, distance: str, kind: str) -> Bundle:
    return bundle(f"{sort}:{distance}", *([f"{sort}:{kind}"] if kind else []))


@cache
def _of_before(what: str, where: str, far: bool, again: bool | None, others: bool, claims: bool) -> Bundle:
    names = [f"before:{what}", f"before:{where}"] if what else ["before:none", *(["far"] if far else [])]
    if again is not None:
        names.append("again/claim" if again else "again/none")
    return bundle(*names, *(["others-here"] if others else []), *(["claims-here"] if claims else []))


def _shared(v: View, m: Mention, group: str, tag: str, stop: int, rule: Reading, around: Surroundings) -> list[Bundle]:
    """What speaks for or against a claim, whatever its unit."""
    value = m.high if m.high is not None else m.low or 0.0
    patterns, first, b = v.language.patterns, v.low[m.start], around.before
    inhabitants = bool(tag) and bool(patterns["inhabitants"].search(v.low, m.end, stop))
    written = "words" if first.isalpha() else "grouped" if m.end - m.start > 4 else "digits"
    again = around.known.get(value) if value >= 20 else None
    where = "" if b is None else "here" if b.mention.start >= v.start else "sentence"
    near, away = cues(v, m.begin, stop, _MOVE), cues(v, m.begin, stop, _ELSE)
    next_, previous = _next(v, stop), _previous(v, m.begin)
    names = [
        around.sentence,
        _of_rule(rule.rule, "claim" if rule.what and not rule.context else "none", _SIZES[bisect_right(_BOUNDS, value)], tag, inhabitants),
        _of_neighbours(next_, previous, written, bool(m.hedge)),
        bundle(f"{rule.rule}>{next_}"),
        bundle(f"{previous}>{rule.rule}"),
        bundle(f"{previous}>>{next_}"),
        _of_cues("move", _distance(near), near[0][1] if near else ""),
        _of_cues("else", _distance(away), away[0][1] if away else ""),
        _of_before(b.what if b is not None else "", where, around.far is not None, again, around.others > 0, around.claims > 0),
    ]
    if around.frame is not None and around.frame[0] and around.frame[0] == word_after(v, stop):
        names.append(_FRAMED[around.frame[1]])
    if near and away and away[0][0] < near[0][0]:
        names.append(_ELSE_NEARER)
    if group in ("hours", "km"):
        waits = cues(v, m.begin, stop, _WAIT)
        names.append(_of_cues("wait", _distance(waits), waits[0][1] if waits else ""))
        names += [bundle(f"lead:{k}") for k in _WAIT.kinds if any(k in w.tags for w in v.lead)]
    elif group == "share":
        names.append(bundle(f"of:{unit_of(v.between(m.end, m.end + 44)) or 'none'}"))
        if patterns["of_them"].match(v.low, m.end):
            names.append(_OF_THEM)
    elif v.lead:
        names.append(_LED[0] if lead_of(v)[0] else _LED[1] if lead_of(v)[1] else _LED[2])
    if "capacity_word" in v.part or "figure_word" in v.part:
        part = v.low[max(v.start, m.begin - 60) : m.begin]
        if "capacity_word" in v.part and patterns["capacity_word"].search(part):
            names.append(_CAPACITY[patterns["capacity_word"].search(part, max(0, len(part) - 26)) is not None])
        if "figure_word" in v.part and patterns["figure_word"].search(part):
            names.append(_FIGURE)
    return names


_BOUNDS = (1, 5, 10, 50, 100, 1000, 10_000, 1_000_000)
_SIZES = (*[f"<{b}" for b in _BOUNDS], "large")
_ELSE_NEARER, _OF_THEM, _FIGURE = bundle("else-nearer"), bundle("of-them"), bundle("figure-word")
_FRAMED = bundle("framed/none"), bundle("framed/claim")
_CAPACITY = bundle("capacity-word"), bundle("capacity-word", "capacity-near")


@cache
def _of_size(what: str, sort: str, size: str, cue: str) -> Bundle:
    return bundle(f"is:{what}", f"is:{sort}/{size}", *([f"is:{sort}/{cue}"] if cue else []))


@cache
def _of_likeness(sort: str, rule: bool, before: str, column: bool, lead: bool, last: bool, subject: bool, noun: bool, of_them: bool | None) -> Bundle:
    """Features of a unit that other numbers or words here have too. before: '', here or sentence."""
    names = ["as-rule"] if rule else []
    if before:
        names += ["as-before-here" if before == "here" else "as-before", f"as-before/{sort}"]
    names += [name for name, holds in (("as-column", column), ("as-lead", lead), ("as-last-sentence", last)) if holds]
    if subject:
        names += ["as-subject", f"as-subject/{sort}"]
        if before == "here":
            names += ["going-on", f"going-on/{sort}"]  # no other unit is named between the two
    if noun:
        names.append("as-noun-after")
    return bundle(*names, *([f"of-them:{of_them}"] if of_them is not None else []))


class _NamedUnits(NamedTuple):
    """Units that the words around a number speak of, and its nearest move."""

    cue: str
    column: str
    lead: str
    subject: str
    after: str


def _named_units(v: View, m: Mention) -> _NamedUnits:
    near = cues(v, m.begin, m.end, _MOVE)
    after = unit_of(v.between(m.end, m.end + 60))
    return _NamedUnits(near[0][1] if near else "", unit_of(v.column), lead_of(v)[1], subject_of(v, m), after)


def _of_unit(v: View, m: Mention, what: str, rule: Reading, around: Surroundings, named: _NamedUnits) -> list[Bundle]:
    """What speaks for one unit of a number without a noun."""
    value = m.high if m.high is not None else m.low or 0.0
    sort = _sort_of(what)
    size = "<20" if value < 20 else "<500" if value < 500 else "<2000" if value < 2000 else "more"
    b = around.before
    return [
        _of_size(what, sort, size, named.cue),
        _of_likeness(
            sort,
            what == rule.what and not rule.context,
            "" if b is None or b.what != what else "here" if b.mention.start >= v.start else "sentence",
            named.column == what,
            named.lead == what,
            around.last_unit == what,
            named.subject == what,
            named.after == what,
            what == "people" if rule.of_them else None,
        ),
    ]


def _distance(found: Sequence[tuple[float, str, Word]]) -> str:
    if not found:
        return "none"
    cost = found[0][0]
    return "<12" if cost < 12 else "<30" if cost < 30 else "<60" if cost < 60 else "far"


def _next(v: View, at: int) -> str:
    """What comes right after a number and its noun."""
    found = _AFTER.match(v.low, at, v.end)
    space, sign, word = found.groups() if found else ("", "", None)
    if sign and sign not in "\"“”«»'‘’[*":
        return {".": "stop", ",": "comma", ";": "stop", "!": "stop", "?": "stop", ":": "colon", "(": "(", ")": ")"}.get(sign, "sign")
    if word is None:
        return "stop"
    if word.isdigit():
        return "digit"
    w = v.following(at)
    if w is not None and ("demonym" in w.tags or "demonym?" in w.tags) and w.start <= at + len(space) + len(sign):
        return "people-of"
    return _sort(v, word, at + len(space) + len(sign), bool(space))


def word_after(v: View, at: int) -> str:
    """The word right after a number and its noun, of small letters; '' where there is none."""
    m = _WORD_AFTER.match(v.low, at, v.end)
    return m[1] if m is not None and not v.text[m.start(1)].isupper() else ""


_WORD_AFTER = re.compile(r" ([^\W\d_]+)")


def _previous(v: View, at: int) -> str:
    """What stands right before it."""
    part = v.low[v.start : at].rstrip()
    if not part:
        return "start"
    last = part[-1]
    if not last.isalnum():
        return {":": "colon", "(": "(", ",": "comma", "-": "dash", "–": "dash", "—": "dash"}.get(last, "sign")
    i = v.after(at)
    while i and v.words[i - 1].end > at:
        i -= 1
    if not i or v.words[i - 1].end != v.start + len(part):
        return "digit"
    w = v.words[i - 1]
    return "people-of" if "demonym" in w.tags or "demonym?" in w.tags else _sort(v, w.text, w.start, True)


def _sort(v: View, text: str, start: int, apart: bool) -> str:
    """A word by its tags, or itself where it is a small word, or by its ending."""
    if not apart:
        return "joined"
    if tag := _SORTS[v.language.lexicon[text]]:
        return tag
    if text in _small_words(v.language):
        return text
    if v.text[start : start + 1].isupper():
        return "Name"
    return "word" + next((e for e in v.language.endings if text.endswith(e)), "") if len(text) > 3 else "short-word"


@lru_cache(maxsize=8)
def _small_words(language: Language) -> frozenset[str]:
    return frozenset((language.stop + " " + language.small_words).split())
