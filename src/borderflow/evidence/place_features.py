"""Features of candidate places, by name, in bundles that are made once: what `place_options` says of each.

Names must be of a bounded number. Whoever lets one depend on something more adds it to the arguments that it is kept under (decision 0040).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

from borderflow.evidence.place_uses import PLACING, Use
from borderflow.evidence.places import Place
from borderflow.evidence.ranking import Bundle, bundle
from borderflow.evidence.scene import Known

_BASES = (
    ("rule", "rule"), ("none", "none"), ("in:", "sentence"), ("label", "row"), ("heading", "heading"), ("lead", "list"), ("last", "claim before"),
    ("e:", "sentence before"), ("lift", "country of a place"), ("home", "country of an office"), ("title", "title"),
)  # fmt: skip


class PlaceOption:
    """One candidate and its features."""

    __slots__ = ("apart", "bundles", "inside", "place", "score", "stands")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.bundles: list[Bundle] = []
        self.score: float | None = None
        """How well it suits by rule, where it stands in the sentence."""
        self.stands = "elsewhere"
        """Its use in the sentence, or that it stands elsewhere."""
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


@cache
def _basis(named: Bundle) -> int:
    """The first of the bases that a bundle speaks of."""
    return next((i for i, (mark, _) in enumerate(_BASES) if any(name.startswith(mark) for name in named.names)), len(_BASES))


@cache
def of_rule(sure: bool, tier: str, group: str) -> Bundle:
    """Features of the rule's own choice; these functions spell a few names that are met again and again."""
    return Bundle(("rule", f"rule:{sure}", f"rule:{tier}", f"rule:{tier}/{group}"))


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the words around a place of a sentence say of it, whichever number is read; told apart by identity: see `told_by`."""

    role: str
    unknown: str
    beside: str
    use: Use


told_by = cache(Told)


@cache
def of_inside(told: Told, side: str, clauses: int, crossed: bool, group: str, nearest: str, placing: str, next_number: bool) -> Bundle:
    """Features of a place in the sentence, which hold of the other side of a crossing too."""
    use = told.use
    if use.use == "dateline":
        return bundle("in:dateline", f"in:dateline/{group}", f"role:{told.role}/{group}", *([told.unknown] if told.unknown else []))
    names = [f"in:{side}/{group}", f"role:{told.role}/{group}", f"prep:{use.prep}", f"head:{use.head}", f"next:{use.next}"]
    if told.unknown:
        names.append(told.unknown)
    if told.beside:
        names.append(told.beside)
    if nearest:
        names.append(f"nearest:{side}/{nearest}")
    if use.use in PLACING and not crossed:
        names.append(f"at:{side}{min(clauses, 2)}/{use.use}")
    if placing:
        names += [f"placing:{side}", f"placing:{side}/{placing}"]
    if next_number:
        names.append("next number's")
    return bundle(*names)


class Around(NamedTuple):
    """How a place before the sentence stands to it."""

    near: str
    """p in its paragraph, n in the one before, f farther."""
    back: int
    rank: int
    of_kind: int
    meant: bool
    fresh: bool
    topic: bool


@cache
def of_earlier(known: Known, kind: str, around: Around, open_: str, state: str, group: str) -> Bundle:
    """Features of a place named before the sentence."""
    near, use = around.near, known.use
    names = [f"e:{near}{around.back}", f"e:{near}/{open_}", f"e:{near}/{state}", f"recent:{around.rank}", f"recent:{kind}{around.of_kind}/{group}"]
    names += [f"erole:{known.role}", f"euse:{use}", f"euse:{use}/{near}"]
    if around.topic:
        names.append(f"topic:{near}/{state}")
    if around.meant:
        names.append(f"meant:{kind}")
    if known.unknown:
        names.append("e unknown")
    if around.fresh:
        names += [f"fresh:{kind}", f"fresh:{open_}", f"fresh:{use}", f"fresh:{state}"]
    if known.speaks:
        names.append("e speaks")
    if known.dateline:
        names.append("dateline")
    return bundle(*names)


@cache
def of_last(near: str, like: str, open_: str, state: str, carried: bool, moved: bool, stale: bool, of_them: bool) -> Bundle:
    """Features of the last claim's place."""
    how = "carried" if carried else "named"
    names = [f"last:{near}", f"last:{near}{like}", f"last:{near}/{open_}", f"last:{near}/{state}"]
    names += [f"last:{how}", f"last:{how}/{near}", f"last:{how}/{state}"]
    if moved:
        names += ["last:other section", f"last:other section/{state}"]
    return bundle(*names, *([f"last:stale/{near}"] if stale else []), *(["last:of them"] if of_them else []))


@cache
def of_lifted(label: str, side: str, group: str, capital: bool) -> Bundle:
    """Features of the country of a town or crossing."""
    return bundle(f"lift:{label}", f"lift:{label}/{side}/{group}", *(["lift:capital", f"lift:capital/{label}"] if capital else []))


@cache
def of_home(rank: int, group: str, open_: str, here: bool) -> Bundle:
    """Features of a country whose offices speak."""
    return Bundle((f"home:{rank}/{group}", f"home:{rank}/{open_}", *([f"home:{rank}/here"] if here else [])))


@cache
def in_home(rank: int, kind: str, state: str) -> Bundle:
    """Features of a place in a country whose offices speak, or of that country itself."""
    return Bundle((f"home:{rank}/{kind}/{state}",))


class Claim(NamedTuple):
    """What a claim is like, whatever its place."""

    group: str
    what: str
    span: str
    amount: str
    office: str
    total: bool
    meant: tuple[str, ...]
    open_: str


@cache
def of_kind(kind: str, claim: Claim) -> Bundle:
    """Features of a place of one kind for claims of one sort."""
    group, span = claim.group, claim.span
    names = [f"kind:{kind}/{name}" for name in (group, claim.what, span, claim.amount, f"{span}/{group}")]
    if claim.office:
        names.append(f"office:{claim.office}/{kind}")
    if claim.total:
        names.append(f"total/{kind}")
    if claim.meant:
        names.append(f"{'meant' if kind in claim.meant else 'not meant'}/{claim.open_}")
    return Bundle(tuple(names))


@cache
def of_part(part: str, country: bool, group: str) -> Bundle:
    """Features of a place in a country that people leave, or come to."""
    return Bundle((f"part:{part}/{group}", *([f"part:{part}/country/{group}"] if country else [])))
