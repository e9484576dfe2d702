"""Which place a number belongs to: a crossing for queues and waits, the country entered for entries, the place left for departures.

Names that are only similar to known ones, and places inferred from the context, say so in a note.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from operator import attrgetter
from typing import NamedTuple

from borderflow.evidence.gazetteer import Gazetteer, PlaceEntry, PlaceMention
from borderflow.evidence.mention import Mention
from borderflow.evidence.passages import Passages, Sentence
from borderflow.evidence.place_uses import plain
from borderflow.evidence.reading import Reading
from borderflow.evidence.sentence import View

_paragraph = attrgetter("paragraph")
_start = attrgetter("start")


def _start_of_first(pair: tuple[PlaceMention, PlaceMention]) -> int:
    return pair[0].start


_PER_SEPARATOR = 22
_BESIDE_NOUN = 10
"""Characters of ' from the ' between a noun and the country of the people it counts."""
_NEAR = 12
"""Places on either side of a number that are weighed: a sentence with more of them is a list, or garbled text without stops."""
_MOST = 90
"""What a place costs at most for being far."""
_TOO_FAR = -70
"""A place after a number that scores less belongs to something else."""
_AT_BORDERS = ("cross", "enter", "leave", "wait", "queue", "process", "refuse")
_OF = re.compile(r"\s?(?:(?:of|from) )?(?:the )?")
_SIDE = re.compile(r" side\b")
_HEADING = re.compile(r"\s?[:—–,.-]|\s(?:live|сейчас)")
_SAID = re.compile(r"\s?(?:said|says|announced|reported|сообщ|заяв)")
_HALF_NAME = re.compile(r"([A-ZА-Я][\w-]+) $")
_WITH = re.compile(r"\s*(?:with|с|со)\s+")


class Place(NamedTuple):
    """A resolved place: canonical name, its words in the text, countries, and the role it has ('to', 'from', 'at', '')."""

    name: str = ""
    text: str = ""
    countries: tuple[str, ...] = ()
    role: str = ""
    sure: bool = True
    notes: tuple[str, ...] = ()
    kind: str = ""
    national: bool = False
    """Whether the people counted are named by their country."""


def choose_place(
    v: View,
    r: Reading,
    found: Sequence[Mention],
    places: Sequence[PlaceMention],
    gazetteer: Gazetteer,
    countries: Counter[str],
    last: Place | None,
    same_sentence: bool,
    passages: Passages,
    s: Sentence,
) -> Place:
    """The place of one reading: from its sentence, else from what stands before it in the text."""
    if r.of_them and last is not None and last.name and not any(p.role == "place" for p in v.places):
        return Place(last.name, last.text, last.countries, last.role, last.sure, (), last.kind)
    text = passages.text
    nationality = [p for p in v.places if r.mention.start <= p.start <= r.stop + _BESIDE_NOUN and is_nationality(v, r, p)]
    if "meant" not in v.memo:
        sides = [p for p in v.places if p.role in ("place", "adjective") and not _is_side(v, p)]
        sides = [p for p in sides if not (p.entry.kind in ("town", "region") and _speaks(v, p) and _in_paragraph(p, places, passages, s))]
        v.memo["meant"] = [(p, _metonym(v, p, gazetteer)) for p in sides]
        v.memo["unknown"] = _unknown_names(v, text, places, gazetteer, countries)
    i = bisect_left(v.memo["meant"], r.mention.begin, key=_start_of_first)
    near = v.memo["meant"][max(0, i - _NEAR) : i + _NEAR]
    mine = [_gate(r, meant, gazetteer) for p, meant in near if p not in nationality]
    mine = [_town(r, p, text[p.start : p.end]) for p in _respectively(v, r, mine, found) or mine]
    i = bisect_left(v.memo["unknown"], r.mention.begin, key=_start)
    unknown = v.memo["unknown"][max(0, i - _NEAR) : i + _NEAR]
    candidates = [(score_of(v, r, p, found), p) for p in mine] + [(score_of(v, r, p, found) - 6, p) for p in unknown]
    national = bool(nationality)
    i = bisect_left(places, v.start, key=_start)
    border = _border(v, r, gazetteer, mine, places[max(0, i - 8) : i], countries)
    usable = [(score, p) for score, p in candidates if _WANTED.get(r.cue, {}).get(role_of(v, p), 0) > -12 or p.entry.kind == "crossing"]
    best = max(usable, key=lambda c: c[0], default=None)
    if border is not None and (best is None or best[1].entry.kind == "country" or best[1].role == "adjective" or best[0] < 5):
        return border._replace(national=national)
    if r.what in ("people", "families") and "neighbours" in v.part and (around := v.language.patterns["neighbours"].search(v.low[v.start : v.end])):
        people = next((p for p in v.places if p.role in ("people", "both")), None)
        if people is not None and (best is None or best[0] < 20):
            words = text[v.start + around.start() : v.start + around.end()]
            return Place(f"countries bordering {people.entry.name} (all)", words, (), "to", True, (), "region", True)
    if best is not None and best[1].role == "adjective":  # better a town that people leave than the adjective of an office
        left = [c for c in candidates if c[1].role == "place" and c[1].entry.kind in ("town", "region", "crossing")]
        best = max(left, key=lambda c: c[0], default=best)
    here = _here(v, r, places, text, passages, countries)
    meant = _meant(v, r, places, text, passages)
    if (
        meant is not None
        and best is not None
        and (r.cue in ("wait", "queue") or (meant.kind == "crossing" and v.language.patterns["via_crossing"].search(v.low[v.start : v.end])))
        and best[1].entry.kind != "crossing"
        and role_of(v, best[1]) in ("to", "from")
    ):
        return meant._replace(national=national)
    if here is not None and (best is None or best[0] < 20 or best[1].role == "adjective"):
        return here._replace(national=national)
    onward = best is not None and r.cue in ("wait", "queue") and best[1].entry.kind in ("country", "region") and role_of(v, best[1]) == "to"
    if best is not None and (best[1].role == "adjective" or onward) and _crossing_before(v, r, places, passages):
        best = None
    if best is not None and (best[0] > _TOO_FAR or r.what in ("hours", "km") or best[1].end <= r.mention.begin):
        near = [p for _, p in candidates if p.role == "place"]
        return _resolved(v, r, best[1], text, places, gazetteer, near, countries)._replace(national=national)
    if r.cue in ("leave", "return") and r.what in ("people", "families"):
        origin = next((p for p in v.places if p.role in ("people", "both") and r.mention.begin <= p.start < r.stop + 1), None)
        if origin is not None and (not candidates or r.cue == "return"):
            role = "to" if r.cue == "return" else "from"
            words = text[origin.start : origin.end]
            return Place(origin.entry.name, words, origin.entry.countries, role, False, ("the country of the people counted",), "country", True)
    if meant is not None:
        return meant._replace(national=national)
    if same_sentence and last is not None and last.name:
        return last._replace(sure=False, notes=("place of the number before",), national=national)
    earlier = _earlier(v, r, places, text, passages, s, gazetteer)
    if earlier is not None:
        return earlier._replace(national=national)
    if last is not None and last.name:
        return Place(
            last.name,
            last.text,
            last.countries,
            last.role if r.inherited else "",
            False,
            ("place taken from what was said before",),
            last.kind,
            national,
        )
    if candidates:
        return _resolved(v, r, max(candidates, key=lambda c: c[0])[1], text, places, gazetteer, [], countries)
    return _most_spoken_of(countries, places, gazetteer)


def is_nationality(v: View, r: Reading, p: PlaceMention) -> bool:
    """'citizens of the Russian Federation', 'граждан России', 'Ukrainian citizens': the country of the people counted, not a place."""
    if p.role == "adjective" and r.mention.start <= p.start < r.stop:
        return True
    if p.entry.kind not in ("country", "region") or r.what not in ("people", "families") or r.noun not in ("people", "moving"):
        return False
    return bool(_OF.fullmatch(v.low[r.stop : p.start])) and p.start >= r.stop and (v.low[r.stop : p.start].strip() != "from")


def _is_side(v: View, p: PlaceMention) -> bool:
    """'on the Russian side' names a side, 'Russia's invasion' an event, not a place."""
    if p.entry.kind == "crossing" and _SIDE.match(v.low[p.end : p.end + 6]) and role_of(v, p) == "from":
        return True
    return (p.role == "adjective" or p.entry.kind == "country") and bool(v.language.patterns["side"].match(v.low[p.end : p.end + 16]))


def _speaks(v: View, p: PlaceMention) -> bool:
    """'the police chief of Suceava said' names who speaks, not where people are."""
    return bool(v.language.patterns["speaks"].match(v.low[p.end : min(v.end, p.end + 50)]))


def _speaker(v: View, p: PlaceMention, passages: Passages) -> bool:
    """The same of a town or region named earlier."""
    return p.entry.kind in ("town", "region") and bool(v.language.patterns["speaks"].match(passages.low[p.end : p.end + 50]))


def _in_paragraph(p: PlaceMention, places: Sequence[PlaceMention], passages: Passages, s: Sentence) -> bool:
    """Whether a town or crossing stands before a place in the same paragraph."""
    i = bisect_left(passages.sentences, s.paragraph, key=_paragraph)
    first = passages.sentences[i].start
    i = bisect_left(places, p.start, key=_start)
    return any(q.start >= first and q.role == "place" and q.entry.kind in ("town", "crossing") for q in places[max(0, i - 8) : i])


def _meant(v: View, r: Reading, places: Sequence[PlaceMention], text: str, passages: Passages) -> Place | None:
    """'the centre', 'the checkpoint': the last town or crossing named."""
    if "the_crossing" not in v.part and "the_town" not in v.part:
        return None
    i = bisect_left(places, v.start, key=_start)
    for kind in ("crossing", "town"):
        name = f"the_{kind}"
        if name not in v.part:
            continue
        if name not in v.memo:
            v.memo[name] = [m.start() + v.start for m in v.language.patterns[name].finditer(v.low[v.start : v.end])]
        j = bisect_left(v.memo[name], r.mention.begin - 110)
        if j < len(v.memo[name]) and v.memo[name][j] <= r.mention.begin + 110:
            for p in reversed(places[max(0, i - 12) : i]):
                if p.entry.kind == kind and p.role == "place" and not _in_noise(passages, p) and not _speaker(v, p, passages):
                    return _from_before(p, text)
    return None


def _crossing_before(v: View, r: Reading, places: Sequence[PlaceMention], passages: Passages) -> bool:
    """Whether a queue or wait can be placed at a crossing named shortly before."""
    if not (r.cue in ("wait", "queue", "process", "walk") or r.what in ("vehicles", "lorries", "buses", "hours", "km")):
        return False
    i = bisect_left(places, v.start, key=_start)
    return any(p.entry.kind == "crossing" and not _in_noise(passages, p) for p in places[max(0, i - 8) : i])


def _here(v: View, r: Reading, places: Sequence[PlaceMention], text: str, passages: Passages, countries: Counter[str]) -> Place | None:
    """'the country': the country whose authority speaks in the sentence, else the last one named that people do not come from."""
    m = v.language.patterns["here"].search(v.low, v.start, v.end) if "here" in v.part else None
    if m is None or r.cue in ("wait", "queue") or abs(m.start() - r.mention.begin) > 120:
        return None
    i = bisect_left(places, m.start(), key=_start)
    for p in reversed(places[max(0, i - 12) : i]):
        if p.entry.kind != "country" or p.role not in ("place", "adjective") or _in_noise(passages, p):
            continue
        before = text[max(0, p.start - 60) : p.start].lower()
        if v.language.via_pattern.search(before):
            continue
        if v.language.patterns["from_"].search(before) or (v.language.patterns["to"].search(before) and p.start > v.start and r.cue == "leave"):
            continue
        if (
            is_nationality(v, r, p)
            or v.language.patterns["people_of"].search(before)
            or v.language.patterns["side"].match(text[p.end : p.end + 16].lower())
        ):
            continue
        role = "from" if v.language.patterns["from_"].search(v.low[max(v.start, m.start() - 24) : m.start()]) else "to"
        joined = _together(v, p, [q for q in places[max(0, i - 4) : i] if q.role == "place"], text)
        entries = [q.entry for q in joined] or [p.entry]
        codes = tuple(dict.fromkeys(c for e in entries for c in e.countries))
        return Place(
            "; ".join(e.name for e in entries),
            m[0].strip(),
            codes,
            role,
            p.start >= v.start,
            ("'" + m[0].strip() + "' is " + entries[0].name,),
            "country",
        )
    return None


# ---- roles and scores -----------------------------------------------------------------------------------------------


def role_of(v: View, p: PlaceMention) -> str:
    if p.start not in v.roles:
        v.roles[p.start] = _role_from_words(v, p)
    return v.roles[p.start]


def _role_from_words(v: View, p: PlaceMention) -> str:
    before = v.low[max(v.start, p.start - 60) : p.start]
    patterns = v.language.patterns
    if patterns["from_"].search(before):
        return "from"
    if patterns["to"].search(before):
        return "to"
    return "at" if patterns["at"].search(before) else ""


_OPENING = re.compile(r"[;:—] (?:at|in|near|on|в|на|у) (?:the )?$")
_BESIDE = re.compile(r"\b(?:in|at|near|to|from|в|во|на|у|из) $")
_NEXT_CLAUSE = re.compile(r"(?:,| and| while| but| и| а) (?:at|in|near|on|в|на|у) (?:the )?$")
_WANTED = {
    "enter": {"to": 30, "at": 22, "from": -34}, "cross": {"to": 26, "at": 24, "from": -26}, "leave": {"to": 22, "at": 4, "from": 26},
    "return": {"to": 30, "at": 18, "from": -14}, "wait": {"to": -4, "at": 26, "from": -20}, "stay": {"to": 4, "at": 30, "from": -26},
    "present": {"to": 10, "at": 30, "from": -20}, "displace": {"to": 14, "at": 28, "from": 14}, "evacuate": {"to": 4, "at": 18, "from": 26},
    "relocate": {"to": 10, "at": 16, "from": 12}, "refuse": {"to": 16, "at": 22, "from": -10}, "process": {"to": 6, "at": 26, "from": -6},
    "queue": {"to": -2, "at": 26, "from": -20}, "walk": {"to": 10, "at": 16, "from": -20}, "travel": {"to": 20, "at": 14, "from": -20},
}  # fmt: skip


def score_of(v: View, r: Reading, p: PlaceMention, found: Sequence[Mention]) -> float:
    """How well a place suits a reading: its role, its kind, and how near it stands."""
    a, b = r.mention.begin, max(r.stop, r.mention.end)
    if p.end <= a and (a - p.end) * 0.35 >= _MOST:
        cost = float(_MOST)
    elif p.end <= a:
        between = v.separators(p.end, a)
        opens = p.start - v.start < 8 or _OPENING.search(v.low[max(v.start, p.start - 12) : p.start])
        if opens and ";" not in v.low[p.end : a]:  # 'At Medyka, the busiest crossing, …': what the sentence is about
            between = min(between, 1)
        cost = (a - p.end) * 0.35 + _PER_SEPARATOR * between
    else:
        cost = max(0, p.start - b) * 0.30 + _PER_SEPARATOR * 0.8 * v.separators(b, p.start)
        if cost >= _MOST:
            pass
        elif (later := next((m for m in found if m.begin > p.start), None)) is not None and v.separators(b, p.start) >= max(
            1, v.separators(p.end, later.begin)
        ):
            cost += 36  # it belongs to the number that follows it
        within = found[bisect_left(found, b, key=_start) : bisect_right(found, p.start, key=_start)] if cost < _MOST else ()
        if any(b <= m.begin and m.end <= p.start and v.separators(b, m.begin) and m.form != "ratio" for m in within):
            cost += 40  # it belongs to a number between
        if cost >= _MOST:
            pass
        elif ";" in v.low[b : p.start]:
            cost += 40
        elif p.role == "place" and _NEXT_CLAUSE.search(v.low[b : p.start]):
            cost += 40  # 'three hours and at Imatra barely one'
    role = role_of(v, p)
    score = float(_WANTED.get(r.cue, {}).get(role, 0)) - min(cost, _MOST)
    kind = p.entry.kind
    if kind == "crossing":
        score += 12 if r.what in ("people", "families") and role == "at" else 0
        score += (
            30
            if r.cue in ("wait", "queue", "process", "cross", "enter", "leave", "return", "walk", "refuse")
            or r.what in ("vehicles", "lorries", "buses", "hours", "km")
            else 6
        )
    if kind == "country" and (r.cue in ("wait", "queue") or r.what in ("km", "hours")):
        score -= 10
    if kind in ("town", "region") and (r.cue in ("stay", "present", "displace", "evacuate") or (r.cue == "leave" and role == "at")):
        score += 10
    if p.role == "adjective":
        score -= 26
    if kind == "country" and "via" in v.part and v.language.via_pattern.search(v.low[max(v.start, p.start - 20) : p.start]):
        score -= 34
    if role == "" and p.role == "place":
        heading = p.start - v.start < 3 and _HEADING.match(v.low[p.end : p.end + 8])
        score += 24 if heading and not v.text[p.start : p.end].isupper() else 2 if p.start < r.mention.begin else -4
    if _SAID.match(v.low[p.end : p.end + 14]):
        score += 4
    return score


def _respectively(v: View, r: Reading, mine: Sequence[PlaceMention], found: Sequence[Mention]) -> list[PlaceMention]:
    """Of 'Dadu and Khairpur report 71,200 and 58,900 respectively' the place that stands where the number does; empty where it is not so."""
    if "respectively" not in v.part or not v.language.patterns["respectively"].search(v.low[v.start : v.end]):
        return []
    places = [p for p in mine if p.role == "place"]
    counts = [m for m in found if m.form == "count"]
    at = next((i for i, m in enumerate(counts) if m.start == r.mention.start), -1)
    first = last = at
    while first > 0 and _LISTED.fullmatch(v.text[counts[first - 1].end : counts[first].begin]):
        first -= 1
    while 0 <= last < len(counts) - 1 and _LISTED.fullmatch(v.text[counts[last].end : counts[last + 1].begin]):
        last += 1
    counts = counts[first : last + 1] if at >= 0 else []
    runs = (places[i : i + len(counts)] for i in range(len(places) - len(counts) + 1))
    places = next((run for run in runs if all(_LISTED.fullmatch(v.text[a.end : b.start]) for a, b in pairwise(run))), [])
    if len(counts) < 2 or not places or r.mention.start not in [m.start for m in counts]:
        return []
    return [places[[m.start for m in counts].index(r.mention.start)]]


# ---- places in this sentence ----------------------------------------------------------------------------------------


def _resolved(
    v: View,
    r: Reading,
    p: PlaceMention,
    text: str,
    places: Sequence[PlaceMention],
    gazetteer: Gazetteer,
    near: Sequence[PlaceMention],
    countries: Counter[str],
) -> Place:
    entry = _reading_of(p, countries)
    role = role_of(v, p)
    words = text[p.start : p.end]
    notes: list[str] = []
    sure = p.role == "place" and p.known
    if p.similar:
        notes.append(f"'{words}' read as {entry.name}: a similar spelling")
        sure = False
    elif not p.known:
        notes.append(f"'{words}' is not in the gazetteer")
    before = _HALF_NAME.search(text[max(v.start, p.start - 24) : p.start])
    if p.known and entry.kind == "crossing" and before and " " not in words and before.start() > 0 and before[1].lower() in v.language.half_names:
        notes.append(f"'{before[1]} {words}' read as {entry.name}: a similar spelling")
        sure = False
    together = _together(v, p, near, text)
    if together:
        entries = [_reading_of(q, countries) for q in together]
        codes = tuple(dict.fromkeys(c for e in entries for c in e.countries))
        names = list(dict.fromkeys(e.name for e in entries))
        return Place("; ".join(names), text[together[0].start : together[-1].end], codes, role, sure, tuple(notes), entries[0].kind)
    return Place(entry.name, words, entry.countries, role, sure, tuple(notes), entry.kind)


def _reading_of(p: PlaceMention, countries: Counter[str]) -> PlaceEntry:
    """Of several places of one name the one in a country that the text speaks of most."""
    return max(p.entries, key=lambda e: max((countries[c] for c in e.countries), default=0))


def _together(v: View, p: PlaceMention, near: Sequence[PlaceMention], text: str) -> list[PlaceMention]:
    """Places listed with this one: 'Georgia and Kazakhstan'."""
    same = sorted((q for q in near if q.entry.kind == p.entry.kind or {q.entry.kind, p.entry.kind} <= {"town", "region"}), key=lambda q: q.start)
    if p not in same or len(same) < 2:
        return []
    i = j = same.index(p)
    while i > 0 and _LISTED.fullmatch(text[same[i - 1].end : same[i].start]):
        i -= 1
    while j + 1 < len(same) and _LISTED.fullmatch(text[same[j].end : same[j + 1].start]):
        j += 1
    return same[i : j + 1] if j > i else []


_LISTED = re.compile(r",?\s(?:and|и|as well as)\s(?:the )?(?:its neighbou?r )?(?:кпп )?[«\"]?|,\s(?:the )?[«\"]?|[»\"]? и [«\"]?|; ")


def _border(
    v: View, r: Reading, gazetteer: Gazetteer, mine: Sequence[PlaceMention], earlier: Sequence[PlaceMention], countries: Counter[str]
) -> Place | None:
    """'the Russian-Kazakh border': both countries, or the only open crossing between them."""
    if r.cue not in ("cross", "wait", "queue", "process", "walk") and r.what not in ("vehicles", "lorries", "buses", "hours", "km"):
        return None
    if "border_between" not in v.part:
        return None
    for m in v.language.patterns["border_between"].finditer(v.low, v.start, v.end):
        near = [p for p in mine if p.entry.kind == "country" and -46 < p.start - m.end() < 30 and m.start() - p.end < 26]
        codes = list(dict.fromkeys(p.entry.countries[0] for p in near))
        if len(codes) == 1 and any(p.entry.kind == "crossing" for p in v.places):
            return None
        if len(codes) == 1 and near[0].role == "place" and _WITH.fullmatch(v.low[m.end() : near[0].start]):  # 'the border with Uzbekistan'
            recent = [p.entry.countries[0] for p in reversed(earlier) if p.role == "place" and p.entry.countries] + [
                c for c, _ in countries.most_common(4)
            ]
            codes = [*(c for c in recent if c not in codes)][:1] + codes
        if (
            len(codes) == 1
            and near[0].role == "adjective"
            and abs(near[0].end - m.start()) <= 1
            and r.cue == "cross"
            and codes[0] in gazetteer.country
            and not any(p.entry.kind in ("crossing", "town", "region") and p.role == "place" for p in v.places)
        ):  # 'crossed the Tajik border'
            words = v.low[near[0].start : m.end()]
            return Place(gazetteer.country[codes[0]].name, words, (codes[0],), "to", True, (), "country")
        if len(codes) == 2 and not any(p.entry.kind == "crossing" and p.role == "place" for p in v.places):
            return border_place(codes, gazetteer, v.low[near[0].start : max(near[-1].end, m.end())], r)
    return None


def border_place(codes: Sequence[str], gazetteer: Gazetteer, words: str, r: Reading) -> Place:
    """The border of two countries as a place; its only open crossing where queues and waits are meant."""
    only = gazetteer.only_crossing.get(frozenset(codes))
    if only is not None and r.cue in ("wait", "queue", "process", "walk"):
        return Place(
            only.name, words, only.countries, "at", False, ("inferred: the only crossing of this border that is open to travellers",), "crossing"
        )
    known = gazetteer.borders.get(frozenset(codes))
    codes = list(known or codes)
    names = [gazetteer.country[c].name if c in gazetteer.country else c for c in codes]
    return Place(f"{names[0]}-{names[1]} border", words, tuple(codes), "at", True, (), "border")


_NAME = re.compile(r"[A-ZÀ-ÞĀ-Ž][\w'’-]{2,}(?: (?:el-|al-|de |del |da )?[A-ZÀ-ÞĀ-Ž][\w'’-]+){0,2}|[А-ЯЁ][а-яё-]{2,}(?: [А-ЯЁ][а-яё-]+)?")


def _unknown_names(v: View, text: str, places: Sequence[PlaceMention], gazetteer: Gazetteer, countries: Counter[str]) -> list[PlaceMention]:
    """Capitalised words after a preposition of place that no table knows: read by similar spelling near a word for crossing, else left open."""
    found = []
    for m in _NAME.finditer(text, v.start, v.end):
        i = bisect_left(v.places, m.end(), key=_start)  # places do not overlap
        if i and m.start() < v.places[i - 1].end:
            continue
        low = m[0].lower()
        if low in v.language.half_names or v.language.patterns["not_places"].search(low) or v.language.lexicon[m[0].split()[0]]:
            continue
        before = v.low[max(v.start, m.start() - 50) : m.start()]
        around = v.low[max(v.start, m.start() - 26) : min(v.end, m.end() + 26)]
        gate = v.language.patterns["gate_words"].search(around)
        patterns = v.language.patterns
        if not gate and not (patterns["at"].search(before) or patterns["to"].search(before) or patterns["from_"].search(before)):
            continue
        if v.language.patterns["not_before_places"].search(before):
            continue
        similar_entry = gazetteer.resolve_similar(m[0], countries)
        if similar_entry is not None and (gate or similar_entry.kind != "country"):
            found.append(PlaceMention(m.start(), m.end(), (similar_entry,), "place", similar=True))
        elif gate or _BESIDE.search(v.low, max(v.start, m.start() - 6), m.start()):
            code = _country_around(v, m.start(), places, countries)
            found.append(
                PlaceMention(m.start(), m.end(), (PlaceEntry(plain(m[0], before), "crossing" if gate else "town", code),), "place", known=False)
            )
    return found


def _country_around(v: View, at: int, places: Sequence[PlaceMention], countries: Counter[str]) -> tuple[str, ...]:
    """The country of a place that is not known: the one named nearest in its sentence, before it in the text, or most."""
    inside = [p for p in v.places if p.role in ("place", "adjective") and p.entry.countries]
    if inside:
        return min(inside, key=lambda p: abs(p.start - at)).entry.countries[-1:]
    i = bisect_left(places, at, key=_start)
    for p in reversed(places[max(0, i - 6) : i]):
        if p.role == "place" and p.entry.countries:
            return p.entry.countries[-1:]
    return (countries.most_common(1)[0][0],) if countries else ()


# ---- places before this sentence ------------------------------------------------------------------------------------


def _earlier(v: View, r: Reading, places: Sequence[PlaceMention], text: str, passages: Passages, s: Sentence, gazetteer: Gazetteer) -> Place | None:
    """The last place of a suitable kind before the sentence; 'the country' is the last country that people come to."""
    queueing = r.cue in ("wait", "queue", "process", "walk") or r.what in ("vehicles", "lorries", "buses", "hours", "km")
    i = bisect_left(places, v.start, key=_start)
    recent = [p for p in reversed(places[max(0, i - 30) : i]) if p.role == "place" and not _in_noise(passages, p)]
    if queueing:
        for p in recent[:8]:
            if p.entry.kind == "crossing" and text[p.end : p.end + 5] != " side":
                return _from_before(p, text)
    for p in recent:
        if p.entry.kind == "crossing" and not queueing and r.cue not in ("cross", "enter"):
            continue
        if r.cue not in ("leave", "displace", "evacuate") and (
            _role_at(text, p, v) == "from" or (p.entry.kind == "country" and _of_people(text, p, v))
        ):
            continue
        if v.language.patterns["side"].match(text[p.end : p.end + 16].lower()) or (p.entry.kind == "crossing" and text[p.end : p.end + 5] == " side"):
            continue
        if _speaker(v, p, passages):
            continue
        if (
            p.entry.name in gazetteer.capitals
            and text[p.start : p.end].isupper()
            and r.cue in _AT_BORDERS
            and p.entry.countries[0] in gazetteer.country
        ):
            return _from_before(p.read_as(gazetteer.country[p.entry.countries[0]]), text)  # a dateline
        return _from_before(_first_of_chain(p, places, text), text)
    return _from_before(recent[0], text) if recent else None


def _role_at(text: str, p: PlaceMention, v: View) -> str:
    before = text[max(0, p.start - 50) : p.start].lower()
    return "from" if v.language.patterns["from_"].search(before) else ""


def _of_people(text: str, p: PlaceMention, v: View) -> bool:
    return bool(v.language.patterns["people_of"].search(text[max(0, p.start - 40) : p.start].lower()))


def _in_noise(passages: Passages, p: PlaceMention) -> bool:
    i = bisect_right(passages.noise, (p.start, len(passages.text)))
    return i > 0 and p.start < passages.noise[i - 1][1]


def _first_of_chain(p: PlaceMention, places: Sequence[PlaceMention], text: str) -> PlaceMention:
    """Of 'Chiúre, Cabo Delgado, Mozambique' the first: it says most."""
    i = bisect_left(places, p.start, key=_start)
    while i > 0 and text[places[i - 1].end : places[i].start] == ", " and set(places[i - 1].entry.countries) & set(p.entry.countries):
        i -= 1
    return places[i] if i < len(places) and places[i].role == "place" else p


def _gate(r: Reading, p: PlaceMention, gazetteer: Gazetteer) -> PlaceMention:
    """A name of a town and of its crossing is the crossing where people cross or wait."""
    if p.entry.kind == "town" and p.role == "place" and r.cue in ("cross", "enter", "leave") and p.entry.name in gazetteer.gates:
        return p.read_as(gazetteer.gates[p.entry.name])
    gates = tuple(e for e in p.entries if e.kind == "crossing") if r.cue in _AT_BORDERS else ()
    return p.read_as(*gates) if gates and len(gates) < len(p.entries) else p


def _town(r: Reading, p: PlaceMention, words: str) -> PlaceMention:
    """Half of a crossing's name is the town of that side where people stay: 'in Piedras Negras 800 were camped'."""
    halves = p.entry.name.split(" / ")
    if p.entry.kind != "crossing" or r.cue not in ("stay", "present", "displace", "evacuate") or len(halves) != 2 or words not in halves:
        return p
    return p.read_as(PlaceEntry(words, "town", p.entry.countries[halves.index(words) :][:1]))


def _metonym(v: View, p: PlaceMention, gazetteer: Gazetteer) -> PlaceMention:
    """'the ministry in Astana says' speaks of its country."""
    if p.entry.kind != "town" or p.role != "place" or not v.language.patterns["says_next"].match(v.low[p.end : p.end + 24]):
        return p
    country = gazetteer.country.get(p.entry.countries[0]) if p.entry.countries else None
    return p.read_as(country) if country else p


def _from_before(p: PlaceMention, text: str) -> Place:
    return Place(p.entry.name, text[p.start : p.end], p.entry.countries, "", False, ("place taken from what was said before",), p.entry.kind)


def _most_spoken_of(countries: Counter[str], places: Sequence[PlaceMention], gazetteer: Gazetteer) -> Place:
    """The country that a text speaks of most, as a last resort; nothing where it speaks of none."""
    for code, _ in countries.most_common(1):
        if code in gazetteer.country:
            return Place(gazetteer.country[code].name, "", (code,), "", False, ("place taken from the whole text",), "country")
    return Place("", "", (), "", False, ("no place named",), "")
