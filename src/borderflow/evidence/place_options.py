"""Candidate places of a claim and their features: what stands in its sentence, before it, in headings and title, what the last claim had.

The rule's own choice (`places.choose_place`) is one of the candidates; so is 'no place'.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from borderflow.evidence.gazetteer import PlaceEntry, PlaceMention
from borderflow.evidence.numbers import Mention
from borderflow.evidence.passages import Sentence
from borderflow.evidence.places import Place, is_nationality, role_of, score_of
from borderflow.evidence.ranking import Bundle, bundle
from borderflow.evidence.reading import Reading
from borderflow.evidence.scene import NO_NAMES, Known, Scene, known_as
from borderflow.evidence.sentence import View
from borderflow.evidence.windows import Window, near

_BASES = (
    ("rule", "rule"), ("none", "none"), ("in:", "sentence"), ("label", "row"), ("heading", "heading"), ("lead", "list"), ("last", "claim before"),
    ("e:", "sentence before"), ("lift", "country of a place"), ("home", "country of an office"), ("title", "title"),
)  # fmt: skip
_BESIDE = 12
"""Mentions before and after a number in its sentence that are looked at."""
_BACK = 40
"""Mentions before a sentence that are looked at."""
_ROW_LABEL = re.compile(
    r"[^\w\n]{0,6}([A-ZÀ-ÞА-ЯЁ][\w'’-]+(?: [A-ZÀ-ÞА-ЯЁ][\w'’-]*| (?:el|al|de|del|da|la) [A-ZÀ-Þ][\w'’-]+){0,4})(?:[ .]+|\s*[:|(–—-]\s*|\s+)"
)
_CAPITAL = re.compile(r" [A-Z][a-z]+")
_BESIDE_NUMBER = re.compile(r"(?:[,;:•▪\n–—-]\s*)([A-ZÀ-ÞА-ЯЁ][\w'’-]+(?: [A-ZÀ-ÞА-ЯЁ][\w'’-]+){0,3}),? [(:–—-]?\s?$")
"""A name between a separator and a number: 'Marib City 344, Al Wadi 267'."""
_AFTER_LABEL = re.compile(r"\s?(?:[:—–|(]|- )")
_RUN_IN = re.compile(r"\s?[.:—–-]")
_AND_EARLIER, _CLAIMED, _WHOLE_TEXT = bundle("and earlier"), bundle("claimed"), bundle("whole text")
_AT_HOME, _ABROAD = bundle("at home"), bundle("abroad")
_ABOUT_TOP, _ABOUT_SECOND, _ABOUT_NO = bundle("about:top"), bundle("about:second"), bundle("about:no")
_ADJACENT = 3
"""Mentions before and after a place among which are those that touch it: names do not overlap, but one may be read in two ways."""
_NAMES = 10
"""Different names before a sentence that become candidates."""


class PlaceOption:
    """One candidate and its features."""

    __slots__ = ("apart", "bundles", "inside", "place", "score")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.bundles: list[Bundle] = []
        self.score: float | None = None
        """How well it suits by rule, where it stands in the sentence."""
        self.inside = self.apart = False
        """Whether it stands in the sentence, and there before or after the number."""

    @property
    def measures(self) -> dict[str, float]:
        """Features that are measured."""
        return {} if self.score is None else {"score": self.score}

    @property
    def basis(self) -> str:
        """What speaks for it first of all."""
        first = min(map(_basis, self.bundles))
        return _BASES[first][1] if first < len(_BASES) else "text"


@dataclass(frozen=True)
class Before:
    """What the claims before this one were given: the last, all of this paragraph, and how the last stands to this one."""

    place: Place | None = None
    same_sentence: bool = False
    same_paragraph: bool = False
    same_unit: bool = False
    same_cue: bool = False
    claimed: tuple[str, ...] = ()
    end: int = -1
    """Where the last claim ends; -1 = none."""


@cache
def _basis(named: Bundle) -> int:
    """The first of the bases that a bundle speaks of."""
    return next((i for i, (mark, _) in enumerate(_BASES) if any(name.startswith(mark) for name in named.names)), len(_BASES))


@cache
def _of_rule(sure: bool, tier: str, group: str) -> Bundle:
    """Features of the rule's own choice; these functions spell a few names that are met again and again."""
    return Bundle(("rule", f"rule:{sure}", f"rule:{tier}", f"rule:{tier}/{group}"))


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the words around a place of a sentence say of it, whichever number is read; told apart by identity: see `_told_by`."""

    role: str
    sort: str
    """place, adjective or people."""
    unknown: str
    names: tuple[str, ...]


_told_by = cache(Told)


@cache
def _of_inside(told: Told, side: str, where: str, group: str, nearest: str, next_number: bool) -> tuple[Bundle, Bundle]:
    """Features of a place in the sentence, and those of them that hold of the other side of a crossing too."""
    names = [f"in:{where}", f"in:{side}/{group}", f"role:{told.role}/{group}", f"type:{told.sort}"]
    if told.unknown:
        names.append(told.unknown)
    if nearest:
        names += [f"nearest:{side}", f"nearest:{side}/{nearest}"]
    names += told.names
    if next_number:
        names.append("next number's")
    return bundle(*names), bundle(*[name for name in names if "/" not in name])


@cache
def _of_earlier(
    known: Known, near: str, back: int, open_: str, rank: int, of_kind: int, group: str, meant: bool, fresh: bool, run_in: bool
) -> Bundle:
    """Features of a place named before the sentence."""
    names = [f"e:{near}{back}", f"e:{near}/{open_}", f"recent:{rank}", f"recent:{known.kind}{of_kind}/{group}", f"erole:{known.role}"]
    if meant:
        names.append(f"meant:{known.kind}")
    if known.unknown:
        names.append("e unknown")
    if fresh:
        names += [f"fresh:{known.kind}", f"fresh:{open_}"]
    if known.speaks:
        names.append("e speaks")
    if known.dateline:
        names += ["dateline", f"dateline/{known.kind}"]
    if run_in:
        names.append("run-in")
    return bundle(*names)


@cache
def _of_last(near: str, like: str, open_: str, stale: bool, of_them: bool) -> Bundle:
    """Features of the last claim's place."""
    names = [f"last:{near}", f"last:{near}{like}", f"last:{near}/{open_}"]
    return bundle(*names, *([f"last:stale/{near}"] if stale else []), *(["last:of them"] if of_them else []))


@cache
def _of_lifted(label: str, side: str, group: str) -> Bundle:
    """Features of the country of a town or crossing."""
    return Bundle((f"lift:{label}", f"lift:{label}/{side}/{group}"))


@cache
def _of_home(rank: int, group: str, open_: str, here: bool) -> Bundle:
    """Features of a country whose offices speak."""
    return Bundle((f"home:{rank}/{group}", f"home:{rank}/{open_}", *([f"home:{rank}/here"] if here else [])))


@cache
def _of_kind(kind: str, group: str, what: str, span: str, rate: bool) -> Bundle:
    """Features of a place of one kind for claims of one sort."""
    return Bundle(tuple([f"kind:{kind}/{name}" for name in (group, what, span, "rate" if rate else "amount", f"{span}/{group}")]))


def group_of(r: Reading) -> str:
    """Claims that are placed alike."""
    if r.cue in ("wait", "queue", "process", "refuse") or r.what in ("vehicles", "lorries", "buses", "km", "hours"):
        return "gate"
    if r.cue in ("enter", "cross"):
        return "enter"
    return r.cue if r.cue in ("leave", "return") else "stay" if r.cue else "none"


def place_options(
    scene: Scene, v: View, r: Reading, found: Sequence[Mention], s: Sentence, before: Before, rule: Place, window: Window
) -> list[PlaceOption]:
    """Candidates in a fixed order, the rule's own first; features are those of `tests/corpus` that the weights were learned on."""
    return _Options(scene, v, r, found, s, before, rule, window).all()


def _wider(p: PlaceMention, q: PlaceMention) -> str:
    """Whether a place that stands beside another of its country holds it or lies in it."""
    if not set(p.entry.countries) & set(q.entry.countries):
        return "other"
    rank = {"country": 2, "region": 1}
    a, b = rank.get(p.entry.kind, 0), rank.get(q.entry.kind, 0)
    return "holds" if a > b else "held" if a < b else "same"


class _Options:
    def __init__(self, scene: Scene, v: View, r: Reading, found: Sequence[Mention], s: Sentence, before: Before, rule: Place, window: Window) -> None:
        self.scene, self.v, self.r, self.found, self.s, self.before, self.rule, self.window = scene, v, r, near(found, r), s, before, rule, window
        self.group = group_of(r)
        self.ruled: list[Bundle] = []
        """Features of the rule's choice as such."""
        self.options: dict[str, PlaceOption] = {}
        self.spoken_of = "open"
        self.nations: set[str] = set()
        self.fresh = 0
        named = (("crossing", "the_crossing"), ("town", "the_town"))
        if "named again" not in v.memo:
            v.memo["named again"] = [k for k, name in named if name in v.part and v.language.patterns[name].search(v.low, v.start, v.end)]
            v.memo["border"] = v.language.patterns["border_between"].search(v.low, v.start, v.end) if "border_between" in v.part else None
        self.meant: list[str] = v.memo["named again"]
        """Kinds of places that are meant but not named again: 'the centre'."""

    def all(self) -> list[PlaceOption]:
        tier = self.rule.notes[-1].split(":")[0] if self.rule.notes else "sentence"
        tier = tier if not tier.startswith("'") else "named"
        self._put(self.rule, _of_rule(self.rule.sure, tier, self.group))
        if tier == "place taken from what was said before" and self.rule.kind in self.meant:
            self._add(self.rule, f"rule:meant {self.rule.kind}")
        self.ruled = list(self.options[self.rule.name].bundles)
        self._inside()
        self._label()
        self._beside_number()
        self._earlier()
        self._claims()
        self._lifted()
        self._whole_text()
        self._add(Place(notes=("no place named",), sure=False), "none", f"none/{self.group}")
        listed = set(self.rule.name.split("; ")) if "; " in self.rule.name else set()
        for option in self.options.values():
            if listed:
                name = option.place.name
                option.bundles.append(bundle("all listed" if name == self.rule.name else "one listed" if name in listed else "none listed"))
            self._kind(option)
        return list(self.options.values())

    def _add(self, place: Place, *names: str) -> PlaceOption:
        return self._put(place, bundle(*names))

    def _put(self, place: Place, named: Bundle) -> PlaceOption:
        option = self.options.get(place.name)
        if option is None:
            option = self.options[place.name] = PlaceOption(place)
        option.bundles.append(named)
        return option

    # ---- its own sentence -------------------------------------------------------------------------------------------

    def _inside(self) -> None:
        scene, v, r = self.scene, self.v, self.r
        a, b = r.mention.begin, max(r.stop, r.mention.end)
        first, last = bisect_left(scene.named_starts, v.start), bisect_left(scene.named_starts, v.end)
        at = bisect_left(scene.named_starts, a)
        inside = scene.named[max(first, at - _BESIDE) : min(last, at + _BESIDE)]
        nationality = [p for p in inside if is_nationality(v, r, p) or (p.role == "adjective" and 0 <= p.start - r.mention.end <= 1)]
        nearest: dict[str, int] = {}
        for p in inside:
            if p.role == "place" and p not in nationality:
                side = "b" if p.end <= a else "a"
                gap = a - p.end if side == "b" else p.start - b
                nearest[side] = min(nearest.get(side, 10**6), gap)
        self.spoken_of = "both" if len(nearest) == 2 else next(iter(nearest), "open")
        best: dict[str, float] = {}
        for j, p in enumerate(inside):
            if p in nationality or (p.role != "place" and 0 <= p.start - r.mention.end <= 1):
                self.nations.add(p.entry.name)
                continue
            side = "b" if p.end <= a else "a" if p.start >= b else "i"
            left, right = (p.end, a) if side == "b" else (b, p.start)
            clauses = min(v.separators(left, right), 3) if side != "i" else 0
            crossed = side != "i" and any(left <= m.begin and m.end <= right for m in self.found)
            where = f"{side}{clauses}{'x' if crossed else ''}"
            told = self._told(p, inside[max(0, j - _ADJACENT) : j + _ADJACENT + 1])
            near_by = self.spoken_of if p.role == "place" and side != "i" and right - left == nearest.get(side) else ""
            later = side == "a" and any(m.begin > p.start and v.separators(b, p.start) >= max(1, v.separators(p.end, m.begin)) for m in self.found)
            named, of_both = _of_inside(told, side, where, self.group, near_by, later)
            score = score_of(v, r, p, self.found) / 30
            for entry in p.entries[:3]:
                if best.get(entry.name, -99.0) >= score:
                    continue
                best[entry.name] = score
                option = self.options.get(entry.name)
                if option is None:
                    option = self.options[entry.name] = PlaceOption(self._named(p, entry, told.role if side != "i" else ""))
                elif option.bundles != self.ruled:
                    option.bundles = [x for x in option.bundles if x in self.ruled]
                option.bundles.append(named)
                option.inside, option.apart, option.score = True, side != "i", min(max(score, -3.0), 2.0)
                self._other_side(p, entry, side, of_both)

    def _told(self, p: PlaceMention, around: Sequence[PlaceMention]) -> Told:
        """What the words around a place say of it. around: mentions before and after it."""
        v = self.v
        next_to = next((q for q in around if q is not p and (abs(q.start - p.end) <= 3 or abs(p.start - q.end) <= 3)), None)
        beside = f"beside:{_wider(p, next_to)}" if next_to is not None else ""
        at = "told", p.start, p.end, p.known, beside
        if at not in v.memo:
            opens, patterns = p.start - v.start, v.language.patterns
            names = (
                (opens < 8, "opens"),
                (_CAPITAL.match(v.text, p.end), f"modifier:{p.role}"),
                (beside, beside),
                (p.role in ("adjective", "place") and patterns["side"].match(v.low[p.end : p.end + 16]), "side"),
                ("via" in v.part and v.language.via_pattern.search(v.low[max(v.start, p.start - 20) : p.start]), "via"),
                (patterns["speaks"].match(v.low, p.end, min(v.end, p.end + 50)), "speaks"),
                (opens < 4 and _AFTER_LABEL.match(v.low, p.end, p.end + 3), "row"),
            )
            unknown = "similar" if p.similar else "" if p.known else "unknown"
            v.memo[at] = _told_by(role_of(v, p), p.role, unknown, tuple([name for holds, name in names if holds]))
        told: Told = v.memo[at]
        return told

    def _label(self) -> None:
        """The label of a row that no table knows: 'Ban Mae Kon Ken 389'."""
        v = self.v
        if not v.row or any(p.role == "place" and p.start - v.start < 12 for p in v.places):
            return
        label = _ROW_LABEL.match(v.text, v.start, min(v.end, self.r.mention.begin + 1))
        words = label[1].split() if label else []
        times = {*v.language.weekdays, *v.language.months}
        if label and not any(v.language.lexicon[w] or w.lower() in NO_NAMES or any(w.lower().startswith(t[:3]) for t in times) for w in words[:5]):
            country = self.scene.country_near(label.start(1))
            self._add(Place(label[1], label[1], country, "at", False, (f"'{label[1]}' is not in the gazetteer",), "town"), "label")

    def _beside_number(self) -> None:
        """A name that no table knows just before the number, as in a list: 'Marib City 344, Al Wadi 267'."""
        v, at = self.v, self.r.mention.begin
        m = _BESIDE_NUMBER.search(v.text, max(0, v.start - 2, at - 60), at)
        if m is None or m[1] in self.options or any(v.language.lexicon[w] or w.lower() in NO_NAMES for w in m[1].split()):
            return
        if any(p.start <= m.start(1) and m.end(1) <= p.end for p in v.places):
            return
        country = self.scene.country_near(m.start(1))
        option = self._add(Place(m[1], m[1], country, "at", False, (f"'{m[1]}' is not in the gazetteer",), "town"), "in:beside number")
        option.inside = option.apart = True

    def _other_side(self, p: PlaceMention, entry: PlaceEntry, side: str, named: Bundle) -> None:
        """The town of half a crossing's name, and the crossing at a town."""
        words = self.v.text[p.start : p.end]
        halves = entry.name.split(" / ")
        if entry.kind == "crossing" and len(halves) == 2 and words in halves:
            other, how = PlaceEntry(words, "town", entry.countries[halves.index(words) :][:1]), "half"
        elif entry.kind == "town" and (gate := self.scene.gazetteer.gates.get(entry.name)) is not None:
            other, how = gate, "gate of"
        else:
            return
        option = self._add(self._named(p, other, ""), how, f"{how}/{self.group}")
        option.bundles.append(named)
        option.inside, option.apart = True, option.apart or side != "i"

    def _named(self, p: PlaceMention, entry: PlaceEntry, role: str, note: str = "") -> Place:
        words = self.scene.passages.text[p.start : p.end]
        notes = [f"'{words}' read as {entry.name}: a similar spelling"] if p.similar else [] if p.known else [f"'{words}' is not in the gazetteer"]
        return Place(
            entry.name, words, entry.countries, role, p.known and not p.similar and not note, tuple([*notes, note] if note else notes), entry.kind
        )

    # ---- before it --------------------------------------------------------------------------------------------------

    def _earlier(self) -> None:
        scene, v = self.scene, self.v
        at = scene.at(self.s.start)
        heading = scene.heading_of.get(self.s.paragraph, -1)
        i = bisect_left(scene.named_starts, v.start)
        inside = {name for name, o in self.options.items() if o.inside}
        seen: set[str] = set()
        kinds: dict[str, int] = {}
        paragraph, end, open_ = self.s.paragraph, self.before.end, self.spoken_of
        for j in range(i - 1, max(0, i - _BACK) - 1, -1):
            p = scene.named[j]
            if p.role != "place" or p.entry.name in seen:
                continue
            if len(seen) >= _NAMES:
                break
            rank, kind = len(seen), p.entry.kind
            seen.add(p.entry.name)
            kinds[kind] = of_kind = kinds.get(kind, -1) + 1
            if p.entry.name in inside:
                self.options[p.entry.name].bundles.append(_AND_EARLIER)
                continue
            known, where, run_in, places = self._known(j, p)
            near = "p" if where.paragraph == paragraph else "n" if where.paragraph == paragraph - 1 else "f"
            fresh = p.start > end
            self.fresh += fresh and kind != "country"
            meant = kind in self.meant and of_kind == 0
            back = min(at - scene.at(p.start), 3)
            named = _of_earlier(known, near, back, open_, min(rank, 4), min(of_kind, 2), self.group, meant, fresh, near == "p" and run_in)
            for place in places:
                self._put(place, named)
        for span, label in ((scene.title, "title"), (self._span(heading), "heading"), (self._lead(), "lead")):
            j = bisect_left(scene.named_starts, span[0])
            for p in scene.named[j : bisect_left(scene.named_starts, min(span[1], v.start))]:
                if p.role in ("place", "adjective"):
                    alone = "alone" if p.end - p.start > 0.6 * (span[1] - span[0]) else "amid"
                    for entry in p.entries[:2]:
                        self._add(self._named(p, entry, "", _BEFORE), f"{label}:{alone}", f"{label}:{p.role}/{self.spoken_of}")

    def _known(self, j: int, p: PlaceMention) -> tuple[Known, Sentence, bool, list[Place]]:
        """What the text says of a place named in it, the sentence of that, whether it heads its paragraph, and what it may stand for later."""
        scene = self.scene
        if j not in scene.known:
            text, low, patterns = scene.passages.text, scene.passages.low, self.v.language.patterns
            before = low[max(0, p.start - 40) : p.start]
            role = next((role for role, name in (("from", "from_"), ("to", "to"), ("at", "at")) if patterns[name].search(before)), "")
            speaks = bool(patterns["speaks"].match(low, p.end, p.end + 50))
            known = known_as(p.entry.kind, role, not p.known or p.similar, speaks, scene.opens_paragraph(p))
            where = scene.passages.sentences[scene.at(p.start)]
            run_in = where.first and p.start - where.start < 3 and bool(_RUN_IN.match(text[p.end : p.end + 2]))
            scene.known[j] = known, where, run_in, [self._named(p, entry, "", _BEFORE) for entry in p.entries[:2]]
        return scene.known[j]

    def _span(self, number: int) -> tuple[int, int]:
        if number < 0:
            return 0, 0
        s = self.scene.passages.sentences[number]
        return s.start, s.end

    def _lead(self) -> tuple[int, int]:
        return self._span(self.scene.paragraphs.get(self.s.lead, -1)) if self.s.lead >= 0 else (0, 0)

    # ---- what claims before it had ----------------------------------------------------------------------------------

    def _claims(self) -> None:
        b = self.before
        if b.place is not None and b.place.name:
            near = "s" if b.same_sentence else "p" if b.same_paragraph else "f"
            like = f"{'u' if b.same_unit else '-'}{'c' if b.same_cue else '-'}"
            named = _of_last(near, like, self.spoken_of, self.fresh > 0, self.r.of_them)
            if b.place.name in self.options:
                self.options[b.place.name].bundles.append(named)
            else:
                self._put(b.place._replace(sure=False, notes=("place of the number before" if b.same_sentence else _BEFORE,)), named)
        for name in b.claimed:
            if name in self.options:
                self.options[name].bundles.append(_CLAIMED)

    # ---- countries of what is named ---------------------------------------------------------------------------------

    def _lifted(self) -> None:
        """The countries of towns and crossings: a report from a gate may count for the whole country."""
        gazetteer = self.scene.gazetteer
        sources = [("last", self.before.place), ("rule", self.rule)]
        sources += [("named", o.place) for o in self.options.values() if o.apart]
        for label, place in sources:
            if place is None or place.kind in ("", "country"):
                continue
            for i, code in enumerate(place.countries[:2]):
                if code in gazetteer.country:
                    entry = gazetteer.country[code]
                    side = ("far" if i else "near") if len(place.countries) > 1 else "only"
                    named = _of_lifted(label, side, self.group)
                    if entry.name in self.options:
                        self.options[entry.name].bundles.append(named)
                    else:
                        self._put(Place(entry.name, place.text, (code,), "", False, (f"the country of {place.name}",), "country"), named)
        border = next((p for p in (self.rule, self.before.place) if p is not None and p.kind == "crossing" and len(p.countries) == 2), None)
        m = self.v.memo["border"]
        if border is not None and m is not None:
            names = [gazetteer.country[c].name for c in border.countries if c in gazetteer.country]
            if len(names) == 2:
                self._add(
                    Place(f"{names[0]}-{names[1]} border", m[0], border.countries, "at", False, (f"the border of {border.name}",), "border"),
                    "lift:border",
                )

    def _whole_text(self) -> None:
        scene = self.scene
        top, homes, of_top, of_home = scene.whole
        for place in of_top:
            self._put(place, _WHOLE_TEXT)
        self._borders(top)
        v = self.v
        here = bool(of_home) and "here" in v.part and bool(v.language.patterns["here"].search(v.low, v.start, v.end))
        for rank, place in of_home:
            self._put(place, _of_home(rank, self.group, self.spoken_of, here))
        for option in self.options.values():
            name, countries, bundles = option.place.name, option.place.countries, option.bundles
            if name in self.nations:
                bundles.append(bundle(f"nation/{self.group}"))
            if countries and homes and option.place.kind != "country":
                bundles.append(_AT_HOME if homes[0] in countries else _ABROAD)
            if countries and top:
                bundles.append(_ABOUT_TOP if top[0] in countries else _ABOUT_SECOND if any(c in countries for c in top) else _ABOUT_NO)

    def _borders(self, top: Sequence[str]) -> None:
        """The borders between the countries a text speaks of most, where the sentence names a border."""
        gazetteer, v = self.scene.gazetteer, self.v
        border = v.memo["border"]
        for pair in combinations(top, 2):
            if border is not None and (codes := gazetteer.borders.get(frozenset(pair))):
                near, far = (gazetteer.country[c].name for c in codes[:2])
                self._add(
                    Place(f"{near}-{far} border", border[0], codes, "at", False, ("the border of the countries spoken of",), "border"),
                    f"a border/{self.group}",
                )

    def _kind(self, option: PlaceOption) -> None:
        kind, r, w = option.place.kind or "none", self.r, self.window
        span = "stock" if w.stock else "open" if w.first is None else "day" if w.last is not None and (w.last - w.first).days <= 1 else "long"
        option.bundles.append(_of_kind(kind, self.group, r.what, span, r.rate))
        if self.meant:
            option.bundles.append(bundle(f"{'meant' if kind in self.meant else 'not meant'}/{self.spoken_of}"))


_BEFORE = "place taken from what was said before"
