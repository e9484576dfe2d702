"""The gazetteer that ships with the package, and places of a case added to it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from importlib import resources

from borderflow.evidence.counting import Weights
from borderflow.evidence.gazetteer import Gazetteer, PlaceEntry, key, plural_and_adjective
from borderflow.evidence.quantities import Weights as QuantityWeights
from borderflow.evidence.ranking import Ranker
from borderflow.evidence.times import Event
from borderflow.world.countries import COUNTRIES, country_name
from borderflow.world.model import Case


def read_gazetteer(case: Case | None = None) -> Gazetteer:
    """Countries, regions, towns and crossings of the package; with a case, its places, regions and shocks first.

    With the weights of `counting`, `ranking` and `quantities`. Source: own tables in `evidence/data`.
    """
    weights = Weights({name: float(weight) for name, weight in _rows("counts.tsv")})
    quantities = QuantityWeights((feature, part, float(weight)) for feature, part, weight in _rows("kinds.tsv"))
    gazetteer = Gazetteer(events=(*_case_events(case), *_events()), counting=weights, ranker=_ranker(), quantities=quantities)
    if case is not None:
        _add_case(gazetteer, case)
    for entry, names in _places():
        gazetteer.add(entry, names)
    _add_countries(gazetteer)
    return gazetteer


@lru_cache(maxsize=1)
def shipped() -> Gazetteer:
    """The gazetteer without a case, read once."""
    return read_gazetteer()


def _ranker() -> Ranker:
    """What `tools/learn_choices.py` learned."""
    weights: dict[str, dict[str, float]] = {}
    for task, feature, weight in _rows("choices.tsv"):
        weights.setdefault(task, {})[feature] = float(weight)
    return Ranker(weights)


def _rows(name: str) -> Iterator[list[str]]:
    """Cells of the lines of a table of the package, comments left out."""
    text = resources.files("borderflow.evidence").joinpath("data", name).read_text(encoding="utf-8")
    for line in text.splitlines():
        if line and not line.startswith("#"):
            yield line.split("\t")


def _places() -> Iterator[tuple[PlaceEntry, list[str]]]:
    for name, kind, countries, others in _rows("places.tsv"):
        first, *words = kind.split()
        entry = PlaceEntry(name, first, tuple(countries.split(";")) if countries else (), only="only" in words)
        if "closed" in words:
            entry = PlaceEntry(name, first, entry.countries)
        names = [name, *_list(others)]
        names += [n.replace("-", " ") for n in names if "-" in n]  # texts write both
        yield entry, [*names, *(case for n in names for case in _cases(n))]


def _cases(name: str) -> list[str]:
    """Russian cases of a name whose key words are not those of the name itself: 'Саратова' of 'Саратов', whose 'ов' is no ending."""
    before, space, name = name.rpartition(" ")
    if not _RUSSIAN.fullmatch(name):
        return []
    stem, last = name[:-1], name[-1]
    if last in _ENDINGS:
        forms = [stem + ending for ending in _ENDINGS[last]]
    else:
        forms = [] if last in "еёоуэю" else [name + ending for ending in ("а", "у", "ом", "ем", "е")]
    if name.endswith("ец"):  # 'Краковца', 'Ельца'
        forms.append(f"{name[:-2]}{'ь' if name[-3] == 'л' else ''}ца")
    elif name.endswith("ье"):
        forms.append(f"{stem}ю")
    elif name.endswith("цы"):
        forms.append(f"{stem}ев")
    elif m := _FLEETING.search(name):  # 'из Озинок', 'из Редек'
        forms.append(f"{name[: m.start()]}ек" if m[1] in "ьй" else f"{name[: m.end(1)]}{'ек' if m[1] in 'чшж' else 'ок'}")
    by_key = {key(form): form for form in reversed(forms)}
    return [before + space + form for k, form in by_key.items() if k != key(name)]


_RUSSIAN = re.compile("[А-ЯЁ][А-Яа-яЁё-]+")
_ENDINGS = {
    "а": ("у", "ы", "и", "е", "ой"),
    "я": ("и", "ю", "е", "ей"),
    "й": ("я", "ю", "ем", "е"),
    "ь": ("и", "я", "ю", "ем"),
    "и": ("ов", "ам", "ами", "ах"),
    "ы": ("", "ов", "ам", "ами", "ах"),
}
"""Last letter of a name -> endings that it takes in other cases."""
_FLEETING = re.compile("([бвгджзйклмнпрстфхцчшщь])ки$")


def _add_countries(gazetteer: Gazetteer) -> None:
    rows = {row[0]: row for row in _rows("countries.tsv")}
    for code in {**COUNTRIES, "EU": ()}:
        entry = PlaceEntry("European Union" if code == "EU" else country_name(code), "country", (code,))
        names = ["EU", "European Union"] if code == "EU" else [n for n in COUNTRIES[code] if len(n) > 2 or n == "UK"]
        row = rows.get(code)
        gazetteer.add(entry, names)
        if row is None:
            continue
        _, demonyms, russian, adjectives, people, capital, capital_ru = row
        gazetteer.add(entry, [*_list(russian), *(case for n in _list(russian) for case in _cases(n))])
        for word, role in plural_and_adjective(_list(demonyms)):
            gazetteer.add(entry, [word], role)
        gazetteer.add(entry, [stem + "ий" for stem in _list(adjectives)], "adjective")
        for stem in _list(people):
            gazetteer.add(entry, [stem + e for e in ("е", "", "ев", "ка", "ок")], "people")
        if capital:
            town = PlaceEntry(_list(capital)[0], "town", (code,))
            gazetteer.capitals.add(town.name)
            gazetteer.add(town, [*_list(capital), *_list(capital_ru), *(case for n in _list(capital_ru) for case in _cases(n))])


def _list(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _events() -> Iterator[Event]:
    for words, day, countries in (row[:3] for row in _rows("events.tsv")):
        yield Event(re.compile(words), date.fromisoformat(day), frozenset(countries.split(";")))


def _case_events(case: Case | None) -> Iterator[Event]:
    """Shocks of a case, by the words of their names."""
    for shock in case.shocks if case is not None else ():
        if shock.kind == "departures":
            yield Event(re.compile(re.escape(shock.name.lower())), shock.at.date(), frozenset())


def _add_case(gazetteer: Gazetteer, case: Case) -> None:
    """Places of a case under their own names; halves of a crossing's name too."""
    for place in case.places:
        kind = "crossing" if place.kind == "crossing" else "town"
        entry = PlaceEntry(place.name, kind, tuple(place.country))
        halves = place.name.split(" / ") if kind == "crossing" else []
        gazetteer.add(entry, [place.name, *place.alt_names, *halves])
    for region in case.regions:
        gazetteer.add(PlaceEntry(region.name, "region", ()), [region.name, *region.alt_names])
