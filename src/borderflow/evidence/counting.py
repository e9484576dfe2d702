"""Whether a number is a claim, and of what: what the rules say of it, and what else it may be, weighed by named features.

The weights are learned from annotated reports (`tools/learn_counts.py`); without them the rules decide alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple, Protocol

from borderflow.evidence.language import Language
from borderflow.evidence.numbers import Mention
from borderflow.evidence.reading import Reading
from borderflow.evidence.sentence import (
    DURATIONS,
    LENGTHS,
    MOVES,
    OTHERS,
    PERSONS,
    VEHICLES,
    Kinds,
    View,
    Word,
    cue_of,
    cues,
    forecast,
    kind_of,
    noun_of,
    per,
    subject_of,
    unit_of,
    unit_tag,
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
    }
)
"""Rules for numbers that are nothing else, whatever stands around them."""
_MOVE = Kinds(*MOVES)
_ELSE = Kinds(*OTHERS, "thing", "money")
_WAIT = Kinds("wait", "queue_noun", "walk", "travel", "process", "stay")
_WAY = Kinds("walk", "travel")
_NEAR = (12, 30, 60)
_AFTER = re.compile(r"(\s*)([^\w\s]?)\s*([^\W\d_]+|\d)?")


class Surroundings(NamedTuple):
    """What is known around a number: the last reading in its sentence or just before, one from further up, numbers of the sentence so far."""

    before: Reading | None
    far: Reading | None
    claims: int
    others: int
    sentence: tuple[str, ...]
    """Names of features of the whole sentence: see `sentence_features`."""
    usual: tuple[str, ...]
    """Those that speak for counts a day."""
    last_unit: str = ""
    """What the sentence before speaks of, in the same paragraph."""
    known: Mapping[float, bool] = {}
    """Values that the text had before, and whether they were claims."""


class Option(NamedTuple):
    """Features of one thing that a number may count: names, each of which weighs by itself and within its group."""

    group: str
    """The sort of number: bare, people, vehicles, hours, km, share, ratio; empty for no claim."""
    shared: Sequence[str]
    """Features of the number, the same for all that it may count."""
    own: Sequence[str]


NO_CLAIM = Option("", (), ())


class Chooser(Protocol):
    """Chooses among what a number may count: the index of the best option."""

    def __call__(self, options: Sequence[Option], readings: Sequence[Reading], /) -> int: ...


class Weights:
    """The linear model: a conditional logit with weights by feature, in log-odds; a feature that is not in the table weighs nothing."""

    def __init__(self, weights: Mapping[str, float]) -> None:
        """weights: of a `name` wherever it stands, and of a `group:name`."""
        self.weights = weights
        self._of: dict[str, dict[str, float]] = {g: {} for g in GROUPS}
        for name, weight in weights.items():
            group, colon, rest = name.partition(":")
            if colon and group in self._of:
                self._of[group][rest] = self._of[group].get(rest, 0.0) + weight
            else:
                for table in self._of.values():
                    table[name] = table.get(name, 0.0) + weight

    def __call__(self, options: Sequence[Option], readings: Sequence[Reading]) -> int:
        """The first of the best; no claim weighs 0."""
        best, top, shared = 0, 0.0, None
        for i, option in enumerate(options):
            if not option.group:
                continue
            weight = self._of[option.group].get
            if shared is None:
                shared = sum([weight(name, 0.0) for name in option.shared])
            score = shared + sum([weight(name, 0.0) for name in option.own])
            if score > top:
                best, top = i, score
        return best


def choose(chooser: Chooser, v: View, m: Mention, rule: Reading, around: Surroundings) -> Reading:
    """What a number counts, by what the rules made of it and by learned weights."""
    if rule.context and rule.rule in SURE:
        return rule
    readings, options = weigh(v, m, rule, around)
    return readings[chooser(options, readings)]


def weigh(v: View, m: Mention, rule: Reading, around: Surroundings) -> tuple[list[Reading], list[Option]]:
    """Readings of a number with their features: first that it is no claim."""
    noun = noun_of(v, m) if m.form in ("count", "amount") else None
    tag, stop = noun if noun is not None else ("", m.end)
    group = _group(m, tag)
    readings = [rule if rule.context or not rule.what else rule._replace(context=True, what="", why="hardly displacement", rule="learned")]
    options = [NO_CLAIM]
    shared = _shared(v, m, group, tag, max(stop, m.end), rule, around)
    usual = around.usual
    if around.before is not None and around.before.rate:
        usual = (*usual, "as-before-here" if around.before.mention.start >= v.start else "as-before")
    for what in _whats(v, m, group, tag, rule, around):
        claim = rule if rule.what == what and not rule.context else _claim(v, m, what, tag, max(stop, rule.stop), rule, around)
        own = _of_unit(v, m, what, rule, around) if group == "bare" else []
        for rate in (claim.rate, not claim.rate) if what in COUNTED and (claim.rate or usual) else (claim.rate,):
            readings.append(claim if rate == claim.rate else claim._replace(rate=rate, factor=1.0))
            kind = "rate" if rate else "count"
            said = [f"{kind}/said"] if claim.rate else []
            options.append(Option(group, shared, [*own, *said, *(f"{kind}/{name}" for name in usual)]))
    return readings, options


def sentence_features(v: View, dated: bool, led: bool) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Names of what a sentence says for all of its numbers, and of what in it speaks for counts a day.

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
    return tuple(names), tuple([*usual, "dated"] if usual and dated else usual)


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
    said = (rule.what, around.before.what if around.before else "", unit_of(v.column), unit_of(v.lead), unit_of(v.words), around.last_unit, "people")
    going_on = [around.before.what] if around.before and around.before.what in ("hours", "km") and (m.high or m.low or 0) < 100 else []
    return [*dict.fromkeys(what for what in said if what in COUNTED), *going_on]


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


def _shared(v: View, m: Mention, group: str, tag: str, stop: int, rule: Reading, around: Surroundings) -> list[str]:
    """Names of what speaks for or against a claim, whatever its unit."""
    value = m.high if m.high is not None else m.low or 0.0
    size = next((f"<{b}" for b in (1, 5, 10, 50, 100, 1000, 10_000, 1_000_000) if value < b), "large")
    yes = "claim" if rule.what and not rule.context else "none"
    names = [
        *around.sentence,
        "any",
        f"rule:{rule.rule}/{yes}",
        f"rules:{yes}",
        f"size:{size}",
        f"next:{_next(v, stop)}",
        f"prev:{_previous(v, m.begin)}",
    ]
    if tag:
        names.append(f"noun:{tag}")
        if v.language.patterns["inhabitants"].search(v.low, m.end, stop):
            names.append("inhabitants")
    if group in ("hours", "km"):
        waits = cues(v, m.begin, stop, _WAIT)
        names.append(f"wait:{_distance(waits)}")
        if waits:
            names.append(f"wait:{waits[0][1]}")
        names += [f"lead:{k}" for k in _WAIT.kinds if any(k in w.tags for w in v.lead)]
    elif group == "share":
        after = unit_of(v.between(m.end, m.end + 44))
        names.append(f"of:{after}" if after else "of:none")
        if v.language.patterns["of_them"].match(v.low, m.end):
            names.append("of-them")
    elif v.lead:
        names.append("lead:move" if cue_of(v.lead) else "lead:unit" if unit_of(v.lead) else "lead:other")
    first = v.low[m.start]
    names.append("written:words" if first.isalpha() else "written:grouped" if m.end - m.start > 4 else "written:digits")
    if m.hedge:
        names.append("hedge")
    near = cues(v, m.begin, stop, _MOVE)
    names.append(f"move:{_distance(near)}")
    if near:
        names.append(f"move:{near[0][1]}")
    away = cues(v, m.begin, stop, _ELSE)
    names.append(f"else:{_distance(away)}")
    if away:
        names.append(f"else:{away[0][1]}")
        if near and away[0][0] < near[0][0]:
            names.append("else-nearer")
    b = around.before
    if b is not None:
        names.append(f"before:{b.what}")
    names.append("before:none" if b is None else "before:here" if b.mention.start >= v.start else "before:sentence")
    if b is None and around.far is not None:
        names.append("far")
    if (again := around.known.get(value)) is not None and value >= 20:
        names.append("again/claim" if again else "again/none")
    if around.others:
        names.append("others-here")
    if around.claims:
        names.append("claims-here")
    patterns, part = v.language.patterns, v.low[max(v.start, m.begin - 60) : m.begin]
    if "capacity_word" in v.part and patterns["capacity_word"].search(part):
        names.append("capacity-word")
        if patterns["capacity_word"].search(part, max(0, len(part) - 26)):
            names.append("capacity-near")
    if "figure_word" in v.part and patterns["figure_word"].search(part):
        names.append("figure-word")
    return names


def _of_unit(v: View, m: Mention, what: str, rule: Reading, around: Surroundings) -> list[str]:
    """Names of what speaks for one unit of a number without a noun."""
    value = m.high if m.high is not None else m.low or 0.0
    sort = "vehicle" if what in ("vehicles", "lorries", "buses") else what
    size = "<20" if value < 20 else "<500" if value < 500 else "<2000" if value < 2000 else "more"
    names = [f"is:{what}", f"is:{sort}/{size}"]
    near = cues(v, m.begin, m.end, _MOVE)
    if near:
        names.append(f"is:{sort}/{near[0][1]}")
    if what == rule.what and not rule.context:
        names.append("as-rule")
    if around.before is not None and around.before.what == what:
        names += ["as-before-here" if around.before.mention.start >= v.start else "as-before", f"as-before/{sort}"]
    if unit_of(v.column) == what:
        names.append("as-column")
    if unit_of(v.lead) == what:
        names.append("as-lead")
    if around.last_unit == what:
        names.append("as-last-sentence")
    if subject_of(v, m) == what:
        names += ["as-subject", f"as-subject/{sort}"]
    after = v.between(m.end, m.end + 60)
    if unit_of(after) == what:
        names.append("as-noun-after")
    if rule.of_them:
        names.append(f"of-them:{what == 'people'}")
    return names


def _distance(found: Sequence[tuple[float, str, Word]]) -> str:
    return next((f"<{b}" for b in _NEAR if found[0][0] < b), "far") if found else "none"


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


def _previous(v: View, at: int) -> str:
    """What stands right before it."""
    part = v.low[v.start : at].rstrip()
    if not part:
        return "start"
    last = part[-1]
    if not last.isalnum():
        return {":": "colon", "(": "(", ",": "comma", "-": "dash", "–": "dash", "—": "dash"}.get(last, "sign")
    w = next((w for w in reversed(v.words[: v.after(at)]) if w.end <= at), None)
    if w is None or w.end != v.start + len(part):
        return "digit"
    return "people-of" if "demonym" in w.tags or "demonym?" in w.tags else _sort(v, w.text, w.start, True)


def _sort(v: View, text: str, start: int, apart: bool) -> str:
    """A word by its tags, or itself where it is a small word, or by its ending."""
    if not apart:
        return "joined"
    tags = v.language.lexicon[text]
    tag = next((k for k in ("harm", "arrest", "draft", "protest", "aid", "money", "thing") if k in tags), "") or unit_tag(tags)
    tag = tag or next((k for k in MOVES if k in tags), "")
    if tag:
        return tag
    if text in _small_words(v.language):
        return text
    if v.text[start : start + 1].isupper():
        return "Name"
    return "word" + next((e for e in v.language.endings if text.endswith(e)), "") if len(text) > 3 else "short-word"


@lru_cache(maxsize=8)
def _small_words(language: Language) -> frozenset[str]:
    return frozenset((language.stop + " " + language.small_words).split())
