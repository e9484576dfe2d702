"""Candidate places of a claim and their features: what stands in its sentence, before it, in headings and title, what the last claim had.

The rule's own choice (`places.choose_place`) is one of the candidates; so is 'no place'.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from borderflow.evidence.gazetteer import PlaceEntry, PlaceMention, key
from borderflow.evidence.mention import Mention
from borderflow.evidence.passages import Sentence
from borderflow.evidence.place_features import (
    Around,
    Claim,
    PlaceOption,
    Told,
    in_home,
    of_earlier,
    of_home,
    of_inside,
    of_kind,
    of_last,
    of_lifted,
    of_part,
    of_rule,
    told_by,
)
from borderflow.evidence.place_uses import PLACING, Use, plain
from borderflow.evidence.places import Place, is_nationality, role_of, score_of
from borderflow.evidence.ranking import Bundle, bundle
from borderflow.evidence.reading import Reading
from borderflow.evidence.scene import Known, Scene, known_as, no_name
from borderflow.evidence.sentence import View
from borderflow.evidence.windows import Window, near

_BESIDE = 12
"""Mentions before and after a number in its sentence that are looked at."""
_BACK = 40
"""Mentions before a sentence that are looked at."""
_ROW_LABEL = re.compile(
    r"[^\w\n]{0,6}([A-ZÀ-ÞА-ЯЁ][\w'’-]+(?: [A-ZÀ-ÞА-ЯЁ][\w'’-]*| (?:el|al|de|del|da|la) [A-ZÀ-Þ][\w'’-]+){0,4})(?:[ .]+|\s*[:|(–—-]\s*|\s+)"
)
_BESIDE_NUMBER = re.compile(r"(?:[,;:•▪\n–—-]\s*)([A-ZÀ-ÞА-ЯЁ][\w'’-]+(?: [A-ZÀ-ÞА-ЯЁ][\w'’-]+){0,3}),? [(:–—-]?\s?$")
"""A name between a separator and a number: 'Marib City 344, Al Wadi 267'."""
_LABELLED = bundle("label:beside")
"""Nothing but signs stands between a label and its number."""
_CLAIMED, _WHOLE_TEXT, _AT_HOME = bundle("claimed"), bundle("whole text"), bundle("at home")
_AND = re.compile(r",?\s(?:and|or|и|или|as well as|а также)\s(?:in |at |the |в |на )?[«\"]?|, ?(?:the )?[«\"]?|[»\"] и [«\"]?")
"""What stands between places of a list."""
_TO = re.compile(r"[»\"]?\s(?:to|until|and|до|в|и)\s(?:the )?[«\"]?")
"""What stands between both ends of a way."""
_LEADERS = re.compile(r"(?:\. ?){3,}\s*$")
"""Dots between a label and its number."""
_LABEL = 60
"""A longer beginning of a line is no label."""
_ADJACENT = 3
"""Mentions before and after a place among which are those that touch it: names do not overlap, but one may be read in two ways."""
_SORTS = frozenset({"Governorate", "Region", "Province", "State", "County", "District"})
_REPEATED = frozenset({"site", "gate"})
"""Uses in which a noun stands beside a name that may be repeated without it."""
_MEANT = (("crossing", "the_crossing"), ("town", "the_town"), ("region", "the_region"))
_FROM = frozenset({"from", "between", "из", "от"})
_WHITHER = frozenset({"to", "toward"})
_OTHER_END = {"enter": frozenset({"from"}), "return": frozenset({"from"}), "leave": _WHITHER}
"""Uses of a place that say where a move begins, where it counts as an entry, or where it ends, where it counts as a departure."""
_ABOVE = 160
"""Characters above a row in which its heading is looked for."""
_AT_HEAD = 12
"""Characters from the beginning of a row in which its label begins."""
_NAMES = 10
"""Different names before a sentence that become candidates."""


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
    alike: Place | None = None
    """The last place of claims that are placed alike."""
    most: str = ""
    """The place of most claims so far."""
    given: Mapping[int, Place] = field(default_factory=dict)
    """Those of all earlier claims by the offset of their number."""


def group_of(r: Reading) -> str:
    """Claims that are placed alike."""
    people = r.what in ("people", "families", "share", "ratio")
    if r.what in ("km", "hours") and r.cue in ("walk", "travel", "move"):
        return "way"
    if r.cue in ("wait", "queue") or not people:
        return "gate"
    if r.cue in ("enter", "cross", "process", "refuse"):
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
    rank = {"continent": 3, "country": 2, "region": 1}
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
        """Sides of the number on which places stand in the sentence."""
        self.state = "open"
        """The same of places that say where people are, go or come from: close where one stands in the same clause, weak where others do, end where
        they say no more than the other end of the move: 'came in from Sudan' leaves open where to."""
        self.settled: PlaceOption | None = None
        """The only candidate, where a structure leaves no other."""
        self.fresh = 0
        self.begin = self._line_start()
        """Where the sentence begins, with the label of a row that dots part from its number."""
        if "meant again" not in v.memo:
            self._look()
        self.meant: tuple[str, ...] = v.memo["meant again"]
        """Kinds of places that are meant but not named again: 'the centre'."""
        self.total: bool = v.memo["in all"]
        """Whether the sentence adds up."""
        self.office: str = v.memo["office"]
        """Whose figures these are: local, national, both or ''."""
        self.vehicle: bool = v.memo["vehicle"] and r.what in ("people", "families", "vehicles", "buses")
        """Whether people are taken somewhere, so that they are counted where they leave."""
        self.country = self.scene.gazetteer.country

    def _look(self) -> None:
        """What the sentence says of places without naming them."""
        v, patterns = self.v, self.v.language.patterns

        def says(name: str) -> bool:
            return patterns[name].search(v.low, v.start, v.end) is not None

        v.memo["meant again"] = tuple(kind for kind, name in _MEANT if (name == "the_region" or name in v.part) and says(name))
        v.memo["border"] = patterns["border_between"].search(v.low, v.start, v.end) if "border_between" in v.part else None
        v.memo["in all"] = says("in_all")
        v.memo["nationwide"] = patterns["nationwide"].search(v.low, v.start, v.end)
        v.memo["vehicle"] = says("by_vehicle")
        local, national = says("local_office"), says("national_office")
        v.memo["office"] = "both" if local and national else "local" if local else "national" if national else ""

    def _line_start(self) -> int:
        v = self.v
        if not v.row or v.text[v.start - 1 : v.start] in ("", "\n"):
            return v.start
        line = v.text.rfind("\n", 0, v.start) + 1
        return line if v.start - line <= _LABEL and _LEADERS.search(v.text, line, v.start) else v.start

    def all(self) -> list[PlaceOption]:
        tier = self.rule.notes[-1].split(":")[0] if self.rule.notes else "sentence"
        tier = tier if not tier.startswith("'") else "named"
        self._put(self.rule, of_rule(self.rule.sure, tier, self.group))
        theirs = "; " in self.rule.name and "their_country" in self.v.part
        if ("respectively" in self.v.part or theirs) and self.rule.sure and self.rule.text:
            return list(self.options.values())
        if tier == "place taken from what was said before" and self.rule.kind in self.meant:
            self._add(self.rule, f"rule:meant {self.rule.kind}")
        self.ruled = list(self.options[self.rule.name].bundles)
        self._label()
        self._beside_number()
        self._inside()
        self._earlier()
        if self.settled is not None:
            return [self.settled]
        self._claims()
        self._twins()
        self._lifted()
        self._whole_text()
        self._add(Place(notes=("no place named",), sure=False), "none", f"none/{self.group}")
        if self._nationwide():
            self.options = {name: o for name, o in self.options.items() if o.place.kind == "country"} or self.options
        listed = set(self.rule.name.split("; ")) if "; " in self.rule.name else set()
        w, r = self.window, self.r
        span = "stock" if w.stock else "open" if w.first is None else "day" if w.last is not None and (w.last - w.first).days <= 1 else "long"
        claim = Claim(self.group, r.what, span, "rate" if r.rate else "amount", self.office, self.total, self.meant, self.spoken_of)
        for option in self.options.values():
            place = option.place
            if listed and place.name != self.rule.name:
                option.bundles.append(bundle("one listed" if place.name in listed else "none listed"))
            option.bundles.append(of_kind(self._sort(place) or "none", claim))
            if self.vehicle:
                option.bundles.append(bundle(f"vehicle:{option.stands}", f"vehicle:{option.stands}/{self.group}"))
        return list(self.options.values())

    def _nationwide(self) -> bool:
        """Whether the sentence says before the number, or beside it, that it counts for a country: 'Nationwide, 24,100 came in'."""
        m, a, b = self.v.memo["nationwide"], self.r.mention.begin, max(self.r.stop, self.r.mention.end)
        if m is None or self.state == "close":
            return False
        return m.end() <= a or (b <= m.start() and not self.v.separators(b, m.start()) and not self._crossed(b, m.start()))

    def _sort(self, place: Place | PlaceEntry) -> str:
        """Kind of a place, where a capital is no town: it may stand for its country."""
        return "capital" if place.kind == "town" and place.name in self.scene.gazetteer.capitals else place.kind

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
        first, last = bisect_left(scene.named_starts, self.begin), bisect_left(scene.named_starts, v.end)
        at = bisect_left(scene.named_starts, a)
        first, last = max(first, at - _BESIDE), min(last, at + _BESIDE)
        inside, uses = scene.named[first:last], scene.uses[first:last]
        nationality = [p for p in inside if is_nationality(v, r, p) or (p.role == "adjective" and 0 <= p.start - r.mention.end <= 1)]
        nearest: dict[str, int] = {}
        placing: dict[str, int] = {}
        others, other_end = _WHITHER if self.vehicle and r.cue != "enter" else _OTHER_END.get(self.group, frozenset()), False
        close = bool(self.options.keys() - {self.rule.name})
        for p, use in zip(inside, uses, strict=True):
            if p.role == "place" and p not in nationality and use.use != "dateline":
                side, left, right = ("b", p.end, a) if p.end <= a else ("a", b, p.start)
                nearest[side] = min(nearest.get(side, 10**6), right - left)
                if use.use in others:
                    other_end = True
                elif use.use in PLACING:
                    placing[side] = min(placing.get(side, 10**6), right - left)
                    close = close or (not v.separators(left, right) and not self._crossed(left, right))
        by_nation = self._by_nation(inside)
        if by_nation:
            nearest, placing, close, other_end = {}, {}, False, False
        self.spoken_of = "both" if len(nearest) == 2 else next(iter(nearest), "open")
        self.state = "close" if close else ("b" if "b" in placing else "") + ("a" if "a" in placing else "")
        self.state = self.state or ("end" if other_end else "weak" if nearest else "open")
        best: dict[str, float] = {}
        for j, p in enumerate(inside):
            if p in nationality or (p.role != "place" and 0 <= p.start - r.mention.end <= 1) or (by_nation and p.entry.kind == "country"):
                continue
            side = "b" if p.end <= a else "a" if p.start >= b else "i"
            left, right = (p.end, a) if side == "b" else (b, p.start)
            clauses = v.separators(left, right) if side != "i" else 0
            crossed = side != "i" and self._crossed(left, right)
            told = self._told(p, uses[j], inside[max(0, j - _ADJACENT) : j + _ADJACENT + 1])
            near_by = self.spoken_of if p.role == "place" and side != "i" and right - left == nearest.get(side) else ""
            placed = self.state if uses[j].use in PLACING and right - left == placing.get(side) else ""
            later = side == "a" and any(m.begin > p.start and v.separators(b, p.start) >= max(1, v.separators(p.end, m.begin)) for m in self.found)
            named = of_inside(told, side, min(clauses, 2), crossed, self.group, near_by, placed, later)
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
                option.stands = uses[j].use if uses[j].next != "site" else "site"
                option.inside, option.apart, option.score = True, side != "i", min(max(score, -3.0), 2.0)
                self._other_side(p, entry, side, told.role, named)
        self._joined(inside, uses)

    def _by_nation(self, inside: Sequence[PlaceMention]) -> bool:
        """Whether the label of a row is where people are from, as what stands above the rows says."""
        p = next((p for p in inside if p.start - self.begin < _AT_HEAD), None)
        if p is None or p.entry.kind != "country" or not (self.v.row or self.s.bullet or p.end >= self.r.mention.begin - 3):
            return False
        above = self._lead() if self.s.lead >= 0 else (max(0, self.v.start - _ABOVE), self.v.start)
        return self.v.language.patterns["by_nation"].search(self.scene.passages.low, *above) is not None

    def _crossed(self, left: int, right: int) -> bool:
        """Whether another number stands between."""
        return any(left <= m.begin and m.end <= right for m in self.found)

    def _told(self, p: PlaceMention, use: Use, around: Sequence[PlaceMention]) -> Told:
        """What the words around a place say of it. around: mentions before and after it."""
        next_to = next((q for q in around if q is not p and (abs(q.start - p.end) <= 3 or abs(p.start - q.end) <= 3)), None)
        unknown = "similar" if p.similar else "" if p.known else "unknown"
        return told_by(role_of(self.v, p), unknown, f"beside:{_wider(p, next_to)}" if next_to is not None else "", use)

    def _joined(self, inside: Sequence[PlaceMention], uses: Sequence[Use]) -> None:
        """Places that are listed ('Homs and Hama'), and both ends of a way ('from Goma to Sake')."""
        low, run = self.v.low, inside[:1]
        for i in range(1, len(inside) + 1):
            p, q = inside[i - 1], inside[i] if i < len(inside) else None
            if q is not None and p.role == q.role == "place" and uses[i].use != "qualifier" and _AND.fullmatch(low, p.end, q.start):
                run = [*run, q]
                continue
            if len(run) > 1:
                self._list(run, uses[i - len(run)].use)
            run = [q] if q is not None else []
            way = self.r.what in ("km", "hours") and q is not None and p.role == q.role == "place" and uses[i - 1].prep in _FROM
            if way and q is not None and _TO.fullmatch(low, p.end, q.start):
                self._list([p, q], "way")

    def _list(self, places: Sequence[PlaceMention], use: str) -> None:
        names = list(dict.fromkeys(p.entry.name for p in places))
        if len(names) < 2 or len({p.entry.kind == "crossing" for p in places}) > 1:
            return
        words = self.v.text[places[0].start : places[-1].end]
        codes = tuple(dict.fromkeys(c for p in places for c in p.entry.countries))
        known = all(p.known and not p.similar for p in places)
        first = self.options.get(names[0])
        option = self._add(Place("; ".join(names), words, codes, "at", known, (), places[0].entry.kind), f"joined:{use}")
        option.inside = True
        if first is not None:
            option.score = first.score if option.score is None else option.score
            option.bundles += [x for x in first.bundles if x not in self.ruled and x not in option.bundles]

    def _label(self) -> None:
        """The label of a row that no table knows: 'Ban Mae Kon Ken 389'."""
        v, scene = self.v, self.scene
        i = bisect_left(scene.named_starts, self.begin)
        if not v.row or any(p.role == "place" and p.start - self.begin < _AT_HEAD for p in scene.named[i : i + 2]):
            return
        label = _ROW_LABEL.match(v.text, self.begin, min(v.end, self.r.mention.begin + 1))
        words = label[1].split() if label else []
        times = {*v.language.weekdays, *v.language.months}
        told = any(v.language.lexicon[w] or any(w.lower().startswith(t[:3]) for t in times) for w in words)
        if label and not told and not no_name([w.lower() for w in words]):
            option = self._unknown(label[1], label.start(1), "label")
            if not v.text[label.end() : self.r.mention.begin].strip(" .:|(–—-\t\u00a0"):
                option.bundles.append(_LABELLED)

    def _beside_number(self) -> None:
        """A name that no table knows just before the number, as in a list: 'Marib City 344, Al Wadi 267'."""
        v, at = self.v, self.r.mention.begin
        m = _BESIDE_NUMBER.search(v.text, max(0, v.start - 2, at - 60), at)
        if m is None or m[1] in self.options or any(v.language.lexicon[w] for w in m[1].split()) or no_name(m[1].lower().split()):
            return
        if any(p.start <= m.start(1) and m.end(1) <= p.end for p in v.places):
            return
        option = self._unknown(m[1], m.start(1), "in:beside number")
        option.inside = option.apart = True

    def _unknown(self, words: str, at: int, name: str) -> PlaceOption:
        note = f"'{words}' is not in the gazetteer"
        return self._add(Place(plain(words), words, self.scene.country_near(at), "at", False, (note,), "town"), name)

    def _other_side(self, p: PlaceMention, entry: PlaceEntry, side: str, role: str, named: Bundle) -> None:
        """The town of half a crossing's name, and the crossing at a town."""
        words = self.v.text[p.start : p.end]
        halves = entry.name.split(" / ")
        if entry.kind == "crossing" and len(halves) == 2 and words in halves:
            other, how = PlaceEntry(words, "town", entry.countries[halves.index(words) :][:1]), "half"
        elif entry.kind == "town" and (gate := self.scene.gazetteer.gates.get(entry.name)) is not None:
            other, how = gate, "gate of"
        elif entry.kind == "region" and (seat := self._seat(entry)) is not None:
            other, how = seat, "seat"
        else:
            return
        option = self._add(self._named(p, other, ""), how, f"{how}/{self.group}")
        if how == "gate of" and role == "at" and other.name == self.rule.name and self.group == "enter":
            self.settled = option  # 'crossed into Rwanda at Gisenyi'
        option.bundles.append(named)
        option.inside, option.apart = True, option.apart or side != "i"

    def _seat(self, region: PlaceEntry) -> PlaceEntry | None:
        """The town that a region is called by: Idlib of Idlib Governorate, which texts often call Idlib too."""
        name, _, sort = region.name.rpartition(" ")
        readings = self.scene.gazetteer.names.get((key(name),), []) if sort in _SORTS else []
        return next((e for e, role in readings if role == "place" and e.kind == "town" and e.name == name), None)

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
        i = bisect_left(scene.named_starts, self.begin)
        inside = {name for name, o in self.options.items() if o.inside}
        seen: set[str] = set()
        kinds: dict[str, int] = {}
        paragraph, end = self.s.paragraph, self.before.end
        for j in range(i - 1, max(0, i - _BACK) - 1, -1):
            p = scene.named[j]
            if p.role != "place" or p.entry.name in seen:
                continue
            if len(seen) >= _NAMES:
                break
            rank, kind = len(seen), self._sort(p.entry)
            seen.add(p.entry.name)
            kinds[kind] = of_kind = kinds.get(kind, -1) + 1
            if p.entry.name in inside:
                continue
            known, where, places = self._known(j, p)
            near = "p" if where.paragraph == paragraph else "n" if where.paragraph == paragraph - 1 else "f"
            fresh = p.start > end
            self.fresh += fresh and kind not in ("country", "capital")
            back, topic = min(at - scene.at(p.start), 3), scene.topic_of.get(where.paragraph, -1) == j
            around = Around(near, back, min(rank, 4), min(of_kind, 2), kind in self.meant and of_kind == 0, fresh, topic)
            named = of_earlier(known, kind, around, self.spoken_of, self.state, self.group)
            for place in places:
                option = self._put(place, named)
                if self.settled is None and around.meant and near == "p" and self.spoken_of == "open" and known.use in _REPEATED:
                    self.settled = option  # 'Renk transit centre: … The centre hosts …'
        own = self.s.paragraph == scene.passages.sentences[0].paragraph
        for span, label in (((0, 0) if own else scene.title, "title"), (self._span(heading), "heading"), (self._lead(), "lead")):
            j = bisect_left(scene.named_starts, span[0])
            for p in scene.named[j : bisect_left(scene.named_starts, min(span[1], v.start))]:
                if p.role in ("place", "adjective"):
                    alone = "alone" if p.end - p.start > 0.6 * (span[1] - span[0]) else "amid"
                    named = bundle(f"{label}:{alone}", f"{label}:{p.role}/{self.spoken_of}", f"{label}:{self.state}", f"{label}:{alone}/{self.state}")
                    for entry in p.entries[:2]:
                        self._put(self._named(p, entry, "", _BEFORE), named)

    def _known(self, j: int, p: PlaceMention) -> tuple[Known, Sentence, list[Place]]:
        """What the text says of a place named in it, the sentence of that, and what it may stand for later."""
        scene = self.scene
        if j not in scene.known:
            low, patterns = scene.passages.low, self.v.language.patterns
            before = low[max(0, p.start - 40) : p.start]
            role = next((role for role, name in (("from", "from_"), ("to", "to"), ("at", "at")) if patterns[name].search(before)), "")
            speaks = bool(patterns["speaks"].match(low, p.end, p.end + 50))
            known = known_as(role, scene.uses[j].use, not p.known or p.similar, speaks, scene.opens_paragraph(p))
            where = scene.passages.sentences[scene.at(p.start)]
            scene.known[j] = known, where, [self._named(p, entry, "", _BEFORE) for entry in p.entries[:2]]
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
        b, scene = self.before, self.scene
        if b.place is not None and b.place.name:
            near = "s" if b.same_sentence else "p" if b.same_paragraph else "f"
            like = f"{'u' if b.same_unit else '-'}{'c' if b.same_cue else '-'}"
            heading = scene.heading_of.get(scene.passages.sentences[scene.at(max(0, b.end - 1))].paragraph, -1)
            moved = heading != scene.heading_of.get(self.s.paragraph, -1)
            carried = any(note.startswith("place ") for note in b.place.notes)
            named = of_last(near, like, self.spoken_of, self.state, carried, moved, self.fresh > 0, self.r.of_them)
            if b.place.name in self.options:
                self.options[b.place.name].bundles.append(named)
            else:
                self._put(b.place._replace(sure=False, notes=("place of the number before" if b.same_sentence else _BEFORE,)), named)
        if b.alike is not None and b.alike.name:
            named = bundle(f"alike:{self.state}", f"alike:{self.group}")
            if b.alike.name in self.options:
                self.options[b.alike.name].bundles.append(named)
            else:
                self._put(b.alike._replace(sure=False, notes=(_BEFORE,)), named)
        if b.most in self.options:
            self.options[b.most].bundles.append(bundle("most", f"most:{self.state}"))
        for name in b.claimed:
            if name in self.options:
                self.options[name].bundles.append(_CLAIMED)

    def _twins(self) -> None:
        """What the text says elsewhere of the same figure: the place of an earlier claim, places that stand beside a later one."""
        m, scene = self.r.mention, self.scene
        here = scene.at(m.start)
        for twin in scene.again(self.r):
            same = "same" if twin.same else "round"
            given = self.before.given.get(twin.start)
            if given is not None:
                named = bundle(f"twin:{same}/{self.state}", f"twin:{same}/{self.group}")
                if given.name in self.options:
                    self.options[given.name].bundles.append(named)
                else:
                    self._put(given._replace(sure=False, notes=(_BEFORE,)), named)
            number = scene.at(twin.start)
            if twin.start < m.start or number == here:
                continue
            s = scene.passages.sentences[number]
            first, last = bisect_left(scene.named_starts, s.start), bisect_left(scene.named_starts, s.end)
            for p, use in zip(scene.named[first:last], scene.uses[first:last], strict=True):
                if p.role == "place" and use.use in PLACING:
                    named = bundle(f"later twin:{same}/{self.state}", f"later twin:{use.use}/{self.group}")
                    for entry in p.entries[:2]:
                        self._put(self._named(p, entry, "", _BEFORE), named)

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
                    named = of_lifted(label, side, self.group, place.name in gazetteer.capitals)
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
        top, homes, places_of_top, places_of_home = scene.whole
        for place in places_of_top:
            self._put(place, _WHOLE_TEXT)
        self._borders(top)
        v = self.v
        here = bool(places_of_home) and "here" in v.part and bool(v.language.patterns["here"].search(v.low, v.start, v.end))
        for rank, place in places_of_home:
            self._put(place, of_home(rank, self.group, self.spoken_of, here))
        for option in self.options.values():
            countries, kind = option.place.countries, option.place.kind
            if countries and homes and kind != "country" and homes[0] in countries:
                option.bundles.append(_AT_HOME)
            if countries and kind != "border" and countries[0] in homes:
                option.bundles.append(in_home(homes.index(countries[0]), kind, self.state))
            if countries and kind != "border":
                option.bundles.append(of_part(scene.part_of(countries[0]), kind == "country", self.group))

    def _borders(self, top: Sequence[str]) -> None:
        """The borders between the countries a text speaks of most, where the sentence or, except for who stays, the text names a border."""
        border = self.v.memo["border"]
        where = "here" if border is not None else "text" if self.scene.names_border else ""
        if not where or (where == "text" and self.group == "stay"):
            return
        words = border[0] if border is not None else ""
        for pair in combinations(top, 2):
            if codes := self.scene.gazetteer.borders.get(frozenset(pair)):
                near, far = (self.country[c].name for c in codes[:2])
                note = "the border of the countries spoken of"
                place = Place(f"{near}-{far} border", words, codes, "at", False, (note,), "border")
                self._add(place, f"border:{where}/{self.state}", *(["border total"] if self.total else []))


_BEFORE = "place taken from what was said before"
