"""Candidate places of a claim and their features: what stands in its sentence, before it, in headings and title, what the last claim had.

The rule's own choice (`places.choose_place`) is one of the candidates; so is 'no place'.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations

from borderflow.evidence.gazetteer import PlaceEntry, PlaceMention
from borderflow.evidence.numbers import Mention
from borderflow.evidence.passages import Sentence
from borderflow.evidence.place_uses import PLACING, Use, plain
from borderflow.evidence.places import Place, is_nationality, role_of, score_of
from borderflow.evidence.reading import Reading
from borderflow.evidence.scene import NO_NAMES, Scene
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
_AND = re.compile(r",?\s(?:and|or|и|или|as well as|а также)\s(?:in |at |the |в |на )?[«\"]?|, ?(?:the )?[«\"]?|[»\"] и [«\"]?")
_TO = re.compile(r"[»\"]?\s(?:to|until|and|до|в|и)\s(?:the )?[«\"]?")
_LEADERS = re.compile(r"(?:\. ?){3,}\s*$")
_LABEL = 60
"""A longer beginning of a line is no label."""
_NAMES = 10
"""Different names before a sentence that become candidates."""


@dataclass
class PlaceOption:
    """One candidate and its features."""

    place: Place
    features: dict[str, float] = field(default_factory=dict)

    @property
    def basis(self) -> str:
        """What speaks for it first of all."""
        return next((word for mark, word in _BASES if any(f.startswith(mark) for f in self.features)), "text")


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
def _speaking(says: str) -> re.Pattern[str]:
    """A verb of saying soon after a place: it names who speaks."""
    return re.compile(rf"[^,.;:\d]{{0,30}}(?:{says})")


@cache
def _of_kind(kind: str, group: str, what: str, span: str, rate: bool) -> dict[str, float]:
    """Features of a place of one kind for claims of one sort; made once, since there are few."""
    names = (group, what, span, "rate" if rate else "amount", f"{span}/{group}")
    return {f"kind:{kind}/{name}": 1.0 for name in names}


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
    rank = {"country": 2, "region": 1}
    a, b = rank.get(p.entry.kind, 0), rank.get(q.entry.kind, 0)
    return "holds" if a > b else "held" if a < b else "same"


class _Options:
    def __init__(self, scene: Scene, v: View, r: Reading, found: Sequence[Mention], s: Sentence, before: Before, rule: Place, window: Window) -> None:
        self.scene, self.v, self.r, self.found, self.s, self.before, self.rule, self.window = scene, v, r, near(found, r), s, before, rule, window
        self.group = group_of(r)
        self.options: dict[str, PlaceOption] = {}
        self.spoken_of = "open"
        self.state = "open"
        self.nations: set[str] = set()
        self.listed: set[str] = set()
        self.fresh = 0
        self.begin = self._line_start()
        """Where the sentence begins, with the label of a row that dots part from its number."""
        named = (("crossing", "the_crossing"), ("town", "the_town"), ("region", "the_region"))
        self.meant = [kind for kind, name in named if v.language.patterns[name].search(v.low, v.start, v.end)]
        """Kinds of places that are meant but not named again: 'the centre'."""
        self.total = bool(v.language.patterns["in_all"].search(v.low, v.start, v.end))
        """Whether the sentence adds up."""
        local, national = (v.language.patterns[name].search(v.low, v.start, v.end) is not None for name in ("local_office", "national_office"))
        self.office = "both" if local and national else "local" if local else "national" if national else ""
        """Whose figures these are."""

    def all(self) -> list[PlaceOption]:
        tier = self.rule.notes[-1].split(":")[0] if self.rule.notes else "sentence"
        tier = tier if not tier.startswith("'") else "named"
        if "respectively" in self.v.part and self.rule.name:
            self._add(self.rule, "rule:respectively")
        self._add(self.rule, "rule", f"rule:{self.rule.sure}", f"rule:{tier}", f"rule:{tier}/{self.group}")
        if tier == "place taken from what was said before" and self.rule.kind in self.meant:
            self._add(self.rule, f"rule:meant {self.rule.kind}")
        self._label()
        self._beside_number()
        self._inside()
        self._earlier()
        self._claims()
        self._lifted()
        self._whole_text()
        self._add(Place(notes=("no place named",), sure=False), "none", f"none/{self.group}")
        listed = set(self.rule.name.split("; ")) if "; " in self.rule.name else set()
        for option in self.options.values():
            if listed:
                option.features[
                    "all listed" if option.place.name == self.rule.name else "one listed" if option.place.name in listed else "none listed"
                ] = 1.0
            if option.place.name in self.listed:
                option.features["of a list"] = 1.0
            self._kind(option)
        return list(self.options.values())

    def _add(self, place: Place, *features: str) -> PlaceOption:
        option = self.options.get(place.name)
        if option is None:
            option = self.options[place.name] = PlaceOption(place)
        option.features.update(dict.fromkeys(features, 1.0))
        return option

    def _line_start(self) -> int:
        v = self.v
        if not v.row or v.text[v.start - 1 : v.start] in ("", "\n"):
            return v.start
        line = v.text.rfind("\n", 0, v.start) + 1
        return line if v.start - line <= _LABEL and _LEADERS.search(v.text, line, v.start) else v.start

    # ---- its own sentence -------------------------------------------------------------------------------------------

    def _inside(self) -> None:
        scene, v, r = self.scene, self.v, self.r
        a, b = r.mention.begin, max(r.stop, r.mention.end)
        first, last = bisect_left(scene.named_starts, self.begin), bisect_left(scene.named_starts, v.end)
        at = bisect_left(scene.named_starts, a)
        inside = scene.named[max(first, at - _BESIDE) : min(last, at + _BESIDE)]
        nationality = [p for p in inside if is_nationality(v, r, p) or (p.role == "adjective" and 0 <= p.start - r.mention.end <= 1)]
        nearest: dict[str, int] = {}
        uses = scene.uses[max(first, at - _BESIDE) : min(last, at + _BESIDE)]
        placing: dict[str, int] = {}
        close = False
        for p, use in zip(inside, uses, strict=True):
            if p.role == "place" and p not in nationality:
                side = "b" if p.end <= a else "a"
                gap = a - p.end if side == "b" else p.start - b
                nearest[side] = min(nearest.get(side, 10**6), gap)
                if use.use in PLACING:
                    placing[side] = min(placing.get(side, 10**6), gap)
                    left, right = (p.end, a) if side == "b" else (b, p.start)
                    close |= not v.separators(left, right) and not any(left <= m.begin and m.end <= right for m in self.found)
        self.state = "close" if close or self.options.keys() - {self.rule.name} else ("b" if "b" in placing else "") + ("a" if "a" in placing else "") or ("weak" if nearest else "open")
        self.spoken_of = "both" if len(nearest) == 2 else next(iter(nearest), "open")
        best: dict[str, float] = {}
        for p, use in zip(inside, uses, strict=True):
            side = "b" if p.end <= a else "a" if p.start >= b else "i"
            left, right = (p.end, a) if side == "b" else (b, p.start)
            clauses = min(v.separators(left, right), 3) if side != "i" else 0
            crossed = side != "i" and any(left <= m.begin and m.end <= right for m in self.found)
            where = f"{side}{clauses}{'x' if crossed else ''}"
            role = role_of(v, p)
            if p in nationality or (p.role != "place" and 0 <= p.start - r.mention.end <= 1):
                self.nations.add(p.entry.name)
                continue
            features = [f"in:{where}", f"in:{side}/{self.group}", f"role:{role}/{self.group}", f"type:{p.role}"]
            features += [f"use:{use.use}", f"use:{use.use}/{self.group}", f"use:{use.use}/{side}", f"prep:{use.prep}", f"prep:{use.prep}/{self.group}", f"next:{use.next}", f"head:{use.head}"]
            if use.use in PLACING and not crossed:
                features.append(f"at:{side}{min(clauses, 2)}/{use.use}")
            if use.use in PLACING and right - left == placing.get(side):
                features += [f"placing:{side}", f"placing:{side}/{self.state}"]
            if not p.known or p.similar:
                features.append("similar" if p.similar else "unknown")
            if p.role == "place" and side != "i" and right - left == nearest.get(side):
                features += [f"nearest:{side}", f"nearest:{side}/{self.spoken_of}"]
            if p.start - v.start < 8:
                features.append("opens")
            if _CAPITAL.match(v.text, p.end):
                features.append(f"modifier:{p.role}")
            if next_to := next((q for q in inside if q is not p and (abs(q.start - p.end) <= 3 or abs(p.start - q.end) <= 3)), None):
                features.append(f"beside:{_wider(p, next_to)}")
            if side == "a" and any(m.begin > p.start and v.separators(b, p.start) >= max(1, v.separators(p.end, m.begin)) for m in self.found):
                features.append("next number's")
            if p.role in ("adjective", "place") and v.language.patterns["side"].match(v.low[p.end : p.end + 16]):
                features.append("side")
            if v.language.via_pattern.search(v.low[max(v.start, p.start - 20) : p.start]):
                features.append("via")
            if _speaking(v.language.says).match(v.low, p.end, min(v.end, p.end + 50)):
                features.append("speaks")
            if p.start - self.begin < 4 and (v.row or _AFTER_LABEL.match(v.low, p.end, p.end + 3)):
                features.append("row")
            score = score_of(v, r, p, self.found) / 30
            for entry in p.entries[:3]:
                if best.get(entry.name, -99.0) >= score:
                    continue
                best[entry.name] = score
                old = self.options.get(entry.name)
                if old is not None:
                    old.features = {k: x for k, x in old.features.items() if k.startswith("rule")}
                option = self._add(self._named(p, entry, role if side != "i" else ""), *features)
                option.features["score"] = min(max(score, -3.0), 2.0)
                self._other_side(p, entry, features)
        self._joined(inside, uses)

    def _joined(self, inside: Sequence[PlaceMention], uses: Sequence[Use]) -> None:
        """Places that are listed ('Homs and Hama'), and both ends of a way ('from Goma to Sake')."""
        low, run = self.v.low, [0]
        for i in range(1, len(inside) + 1):
            p, q = inside[i - 1], inside[i] if i < len(inside) else None
            if q is not None and p.role == q.role == "place" and _AND.fullmatch(low, p.end, q.start) and uses[i].use != "qualifier":
                run.append(i)
                continue
            if len(run) > 1 and inside[run[0]].role == "place":
                self._list([inside[k] for k in run], uses[run[0]].use)
            run = [i]
        if self.r.what in ("km", "hours"):
            for i in range(1, len(inside)):
                p, q = inside[i - 1], inside[i]
                if p.role == q.role == "place" and _TO.fullmatch(low, p.end, q.start) and uses[i - 1].prep in ("from", "between", "из", "от"):
                    self._list([p, q], "way")

    def _list(self, places: Sequence[PlaceMention], use: str) -> None:
        names = list(dict.fromkeys(p.entry.name for p in places))
        if len(names) > 1 and len({p.entry.kind == "crossing" for p in places}) == 1:
            words = self.v.text[places[0].start : places[-1].end]
            codes = tuple(dict.fromkeys(c for p in places for c in p.entry.countries))
            side = "b" if places[-1].end <= self.r.mention.begin else "a"
            known = all(p.known and not p.similar for p in places)
            near = self.options[names[0]].features if names[0] in self.options else {}
            self._add(
                Place("; ".join(names), words, codes, "at", known, (), places[0].entry.kind),
                f"joined:{use}", f"joined/{side}", *(f for f in near if f.startswith(("in:", "use:", "score", "placing", "role:"))),
            )
            self.listed.update(names)

    def _label(self) -> None:
        """The label of a row that no table knows: 'Ban Mae Kon Ken 389'."""
        v = self.v
        if not v.row or any(p.role == "place" and p.start - self.begin < 12 for p in self.scene.named[bisect_left(self.scene.named_starts, self.begin) :][:2]):
            return
        label = _ROW_LABEL.match(v.text, self.begin, min(v.end, self.r.mention.begin + 1))
        words = label[1].split() if label else []
        times = {*v.language.weekdays, *v.language.months}
        if label and not any(v.language.lexicon[w] or w.lower() in NO_NAMES or any(w.lower().startswith(t[:3]) for t in times) for w in words[:5]):
            country = self.scene.country_near(label.start(1))
            self._add(Place(plain(label[1]), label[1], country, "at", False, (f"'{label[1]}' is not in the gazetteer",), "town"), "label", f"label/{self.group}")

    def _beside_number(self) -> None:
        """A name that no table knows just before the number, as in a list: 'Marib City 344, Al Wadi 267'."""
        v, at = self.v, self.r.mention.begin
        m = _BESIDE_NUMBER.search(v.text, max(0, v.start - 2, at - 60), at)
        if m is None or m[1] in self.options or any(v.language.lexicon[w] or w.lower() in NO_NAMES for w in m[1].split()):
            return
        if any(p.start <= m.start(1) and m.end(1) <= p.end for p in v.places):
            return
        country = self.scene.country_near(m.start(1))
        self._add(Place(plain(m[1]), m[1], country, "at", False, (f"'{m[1]}' is not in the gazetteer",), "town"), "in:beside number")

    def _other_side(self, p: PlaceMention, entry: PlaceEntry, features: Sequence[str]) -> None:
        """The town of half a crossing's name, and the crossing at a town."""
        words = self.v.text[p.start : p.end]
        halves = entry.name.split(" / ")
        if entry.kind == "crossing" and len(halves) == 2 and words in halves:
            town = PlaceEntry(words, "town", entry.countries[halves.index(words) :][:1])
            self._add(self._named(p, town, ""), "half", f"half/{self.group}", *(f for f in features if "/" not in f))
        elif entry.kind == "town" and (gate := self.scene.gazetteer.gates.get(entry.name)) is not None:
            self._add(self._named(p, gate, ""), "gate of", f"gate of/{self.group}", *(f for f in features if "/" not in f))

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
        inside = {name for name, o in self.options.items() if any(f.startswith("in:") for f in o.features)}
        seen: set[str] = set()
        kinds: dict[str, int] = {}
        text, speaking = scene.passages.text, _speaking(v.language.says)
        for k in range(i - 1, max(0, i - _BACK) - 1, -1):
            p, use = scene.named[k], scene.uses[k]
            if p.role != "place" or p.entry.name in seen:
                continue
            if len(seen) >= _NAMES:
                break
            rank, kind = len(seen), self._sort(p.entry.name, p.entry.kind)
            seen.add(p.entry.name)
            kinds[kind] = kinds.get(kind, -1) + 1
            if p.entry.name in inside:
                self.options[p.entry.name].features["and earlier"] = 1.0
                continue
            where = scene.passages.sentences[scene.at(p.start)]
            back = at - scene.at(p.start)
            near = "p" if where.paragraph == self.s.paragraph else "n" if where.paragraph == self.s.paragraph - 1 else "f"
            role = self._role_before(p)
            names = [
                f"e:{near}{back if back < 3 else 3}",
                f"e:{near}/{self.spoken_of}",
                f"recent:{min(rank, 4)}",
                f"recent:{kind}{min(kinds[kind], 2)}/{self.group}",
                f"erole:{role}",
                f"euse:{use.use}",
                f"euse:{use.use}/{near}",
                f"e:{near}/{self.state}",
            ]
            if scene.topic_of.get(where.paragraph, -1) == k:
                names.append(f"topic:{near}/{self.state}")
            if scene.heading_of.get(where.paragraph, -1) == heading:
                names.append(f"section/{self.state}")
            if kind in self.meant and kinds[kind] == 0:
                names.append(f"meant:{kind}")
            if not p.known or p.similar:
                names.append("e unknown")
            if p.start > self.before.end:
                names += [f"fresh:{kind}", f"fresh:{self.spoken_of}", f"fresh:{use.use}", f"fresh:{self.state}"]
                self.fresh += kind not in ("country", "capital")
            if speaking.match(scene.passages.low, p.end, p.end + 50):
                names.append("e speaks")
            if scene.opens_paragraph(p):
                names += ["dateline", f"dateline/{kind}"]
            if where.paragraph == self.s.paragraph and where.first and p.start - where.start < 3 and re.match(r"\s?[.:—–-]", text[p.end : p.end + 2]):
                names.append("run-in")
            for entry in p.entries[:2]:
                self._add(self._named(p, entry, "", _BEFORE), *names)
        for span, label in ((scene.title, "title"), (self._span(heading), "heading"), (self._lead(), "lead")):
            j = bisect_left(scene.named_starts, span[0])
            for p in scene.named[j : bisect_left(scene.named_starts, min(span[1], v.start))]:
                if p.role in ("place", "adjective"):
                    alone = "alone" if p.end - p.start > 0.6 * (span[1] - span[0]) else "amid"
                    for entry in p.entries[:2]:
                        self._add(self._named(p, entry, "", _BEFORE), f"{label}:{alone}", f"{label}:{p.role}/{self.spoken_of}", f"{label}:{self.state}", f"{label}:{alone}/{self.state}")

    def _role_before(self, p: PlaceMention) -> str:
        before = self.scene.passages.low[max(0, p.start - 40) : p.start]
        patterns = self.v.language.patterns
        return (
            "from" if patterns["from_"].search(before) else "to" if patterns["to"].search(before) else "at" if patterns["at"].search(before) else ""
        )

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
            heading_of_last = self.scene.heading_of.get(self.scene.passages.sentences[self.scene.at(max(0, b.end - 1))].paragraph, -1)
            like = f"{'u' if b.same_unit else '-'}{'c' if b.same_cue else '-'}"
            last = b.place._replace(sure=False, notes=("place of the number before" if b.same_sentence else _BEFORE,))
            self._add(last, f"last:{near}", f"last:{near}{like}", f"last:{near}/{self.spoken_of}", f"last:{near}/{self.state}")
            self.moved = heading_of_last != self.scene.heading_of.get(self.s.paragraph, -1)
            how = "carried" if any(n.startswith("place ") for n in b.place.notes) else "named"
            self._add(last, f"last:{how}", f"last:{how}/{near}", f"last:{how}/{self.state}")
            if self.moved:
                self._add(last, "last:other section", f"last:other section/{self.state}")
            if self.fresh:
                self._add(last, f"last:stale/{near}")
            if self.r.of_them:
                self._add(last, "last:of them")
        for name in b.claimed:
            if name in self.options:
                self.options[name].features["claimed"] = 1.0

    # ---- countries of what is named ---------------------------------------------------------------------------------

    def _lifted(self) -> None:
        """The countries of towns and crossings: a report from a gate may count for the whole country."""
        gazetteer = self.scene.gazetteer
        sources = [("last", self.before.place), ("rule", self.rule)]
        sources += [("named", o.place) for o in list(self.options.values()) if any(f.startswith(("in:b", "in:a")) for f in o.features)]
        for label, place in sources:
            if place is None or place.kind in ("", "country"):
                continue
            for i, code in enumerate(place.countries[:2]):
                if code in gazetteer.country:
                    entry = gazetteer.country[code]
                    side = ("far" if i else "near") if len(place.countries) > 1 else "only"
                    self._add(
                        Place(entry.name, place.text, (code,), "", False, (f"the country of {place.name}",), "country"),
                        f"lift:{label}",
                        f"lift:{label}/{side}/{self.group}",
                        *(["lift:capital", f"lift:capital/{label}"] if place.name in gazetteer.capitals else []),
                    )
        border = next((p for p in (self.rule, self.before.place) if p is not None and p.kind == "crossing" and len(p.countries) == 2), None)
        m = self.v.language.patterns["border_between"].search(self.v.low, self.v.start, self.v.end)
        if border is not None and m is not None:
            names = [gazetteer.country[c].name for c in border.countries if c in gazetteer.country]
            if len(names) == 2:
                self._add(
                    Place(f"{names[0]}-{names[1]} border", m[0], border.countries, "at", False, (f"the border of {border.name}",), "border"),
                    "lift:border",
                )

    def _whole_text(self) -> None:
        scene = self.scene
        top = [c for c, _ in scene.countries.most_common(3) if c in scene.gazetteer.country]
        for code in top:
            entry = scene.gazetteer.country[code]
            self._add(Place(entry.name, "", (code,), "", False, ("place taken from the whole text",), "country"), "whole text")
        self._borders(top)
        here = bool(self.v.language.patterns["here"].search(self.v.low, self.v.start, self.v.end))
        homes = [c for c, _ in scene.home.most_common(2)]
        for rank, code in enumerate(homes):
            if code in scene.gazetteer.country:
                entry = scene.gazetteer.country[code]
                self._add(
                    Place(entry.name, "", (code,), "", False, ("the country whose offices speak",), "country"),
                    f"home:{rank}/{self.group}",
                    f"home:{rank}/{self.spoken_of}",
                    *([f"home:{rank}/here"] if here else []),
                )
        for option in self.options.values():
            if option.place.name in self.nations:
                option.features[f"nation/{self.group}"] = 1.0
            if option.place.countries and homes and option.place.kind != "country":
                option.features["at home" if homes[0] in option.place.countries else "abroad"] = 1.0
            if option.place.countries and option.place.kind in ("country", "capital", "region", "town", "crossing"):
                part = scene.part_of(option.place.countries[0])
                option.features[f"part:{part}/{self.group}"] = 1.0
                if option.place.kind == "country":
                    option.features[f"part:{part}/country/{self.group}"] = 1.0
            if option.place.countries and top:
                option.features[
                    "about:" + ("top" if top[0] in option.place.countries else "second" if set(top) & set(option.place.countries) else "no")
                ] = 1.0

    def _borders(self, top: Sequence[str]) -> None:
        """The borders between the countries a text speaks of most, where the sentence names a border."""
        gazetteer, v = self.scene.gazetteer, self.v
        border = v.language.patterns["border_between"].search(v.low, v.start, v.end)
        where = "here" if border is not None else "text" if self.scene.names_border else ""
        if not where or (where == "text" and self.group not in ("gate", "enter", "leave", "none")):
            return
        for pair in combinations(top, 2):
            if codes := gazetteer.borders.get(frozenset(pair)):
                near, far = (gazetteer.country[c].name for c in codes[:2])
                words = border[0] if border is not None else ""
                self._add(
                    Place(f"{near}-{far} border", words, codes, "at", False, ("the border of the countries spoken of",), "border"),
                    f"a border/{self.group}",
                    f"border:{where}/{self.state}",
                    *(["border total"] if self.total else []),
                )

    def _sort(self, name: str, kind: str) -> str:
        """Kind of a place, where a capital is no town: it may stand for its country."""
        return "capital" if kind == "town" and name in self.scene.gazetteer.capitals else kind

    def _kind(self, option: PlaceOption) -> None:
        kind, r, w = self._sort(option.place.name, option.place.kind) or "none", self.r, self.window
        span = "stock" if w.stock else "open" if w.first is None else "day" if w.last is not None and (w.last - w.first).days <= 1 else "long"
        option.features.update(_of_kind(kind, self.group, r.what, span, r.rate))
        if self.office:
            option.features[f"office:{self.office}/{kind}"] = 1.0
        if self.total:
            option.features[f"total/{kind}"] = 1.0
        if self.meant:
            option.features[f"{'meant' if kind in self.meant else 'not meant'}/{self.spoken_of}"] = 1.0


_BEFORE = "place taken from what was said before"
