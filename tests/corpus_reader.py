"""The annotated reports of tests/corpus and how well an extraction agrees with them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from borderflow.evidence.gazetteer import NAME_WORD, key
from borderflow.evidence.kinds import kind_named
from borderflow.io.gazetteer import shipped

FOLDER = Path(__file__).parent / "corpus"
COLUMNS = ("quote", "value", "unit", "flow", "quantity_kind", "direction", "place_canonical", "country", "window", "other")


@dataclass(frozen=True)
class Annotation:
    """One annotated claim; `quote` and which occurrence of it is meant."""

    quote: str
    occurrence: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class Report:
    """One report: what is read, as the reader would be given it, and the claims it holds."""

    name: str
    language: str
    published: str
    form: str
    body: str
    claims: tuple[Annotation, ...] = field(default=())


def read_reports(part: str) -> list[Report]:
    """Reports of one part: the name of a file of the corpus."""
    text = (FOLDER / f"{part}.txt").read_text(encoding="utf-8")
    reports = []
    for block in re.split(r"^=== ", text, flags=re.M)[1:]:
        head, _, rest = block.partition("\n")
        body, _, table = rest.partition("\n---\n")
        name, language, published, form = (cell.strip() for cell in head.split("|"))
        claims = tuple(annotation(line) for line in table.splitlines() if line.strip())
        reports.append(Report(name, language, published, form, body, claims))
    return reports


def read_again(part: str) -> dict[str, list[Annotation]]:
    """What a second reader, who saw the figures of a part but no other cell, wrote for each: by report."""
    text = (FOLDER / "again" / f"{part}.txt").read_text(encoding="utf-8")
    result = {}
    for block in re.split(r"^=== ", text, flags=re.M)[1:]:
        head, _, table = block.partition("\n")
        result[head.split("|")[0].strip()] = [annotation(line) for line in table.splitlines() if line.count("|") >= 8]
    return result


def read_asked(part: str) -> dict[str, list[tuple[Annotation, dict[str, str]]]]:
    """What a language model answered to the reader's own question for place and days of the figures it had found: by report."""
    result: dict[str, list[tuple[Annotation, dict[str, str]]]] = {}
    for line in (FOLDER / "asked" / f"{part}.jsonl").read_text(encoding="utf-8").splitlines():
        cells = json.loads(line)
        report, quote, nth = (cells.pop(k) for k in ("report", "quote", "nth"))
        result.setdefault(report, []).append((Annotation(quote, nth, {}), cells))
    return result


def annotation(line: str) -> Annotation:
    """One line of the table below a report."""
    cells = dict(zip(COLUMNS, (cell.strip() for cell in line.split("|")), strict=False))
    quote, _, nth = cells.pop("quote").partition("#")
    value, window = cells.pop("value"), cells.pop("window")
    low, high = value.split("..") if ".." in value else (value, value)
    start, end = window.split("..") if ".." in window else (window, window)
    other = dict(part.strip().split("=", 1) for part in cells.pop("other", "").split(";") if "=" in part)
    cells |= {"value_low": low, "value_high": high, "window_start": start, "window_end": end, **other}
    return Annotation(quote, int(nth or 1), cells)


def span_of(note: Annotation, text: str) -> tuple[int, int]:
    """Offsets of an annotated quote in the text that was read; spaces of any kind match one another."""
    pattern = r"\s+".join(re.escape(word) for word in note.quote.split())
    found = list(re.finditer(pattern, text))
    if len(found) < note.occurrence:
        raise ValueError(f"quote not in the text: {note.quote}")
    return found[note.occurrence - 1].span()


# ---- agreement ------------------------------------------------------------------------------------------------------


def _number(text: str) -> float | None:
    return float(text) if text else None


def same_number(a: str, b: str) -> bool:
    """Equal up to the rounding of the annotation."""
    x, y = _number(a), _number(b)
    return x == y if x is None or y is None else abs(x - y) <= 2e-3 * max(abs(x), abs(y))


def same_value(a: Mapping[str, str], b: Mapping[str, str]) -> bool:
    """Both bounds and the unit agree."""
    return all(same_number(a.get(k, ""), b.get(k, "")) for k in ("value_low", "value_high")) and a["unit"] == b["unit"]


def same_place(a: Mapping[str, str], b: Mapping[str, str]) -> bool:
    """The same canonical names, or names that the gazetteer's own aliases lead to one place, in any order of the two halves of 'A / B'.

    A qualifier in brackets ('Finland (land border)') is left out on both sides, and 'A-B border' is 'B-A border'.
    """
    left, right = _names(a), _names(b)
    return (
        len(left) == len(right)
        and all(any(_one_place(x, y) for y in right) for x in left)
        and all(any(_one_place(x, y) for x in left) for y in right)
    )


def _one_place(x: str, y: str) -> bool:
    return x == y or bool(_meant(x) & _meant(y))


@cache
def _meant(name: str) -> frozenset[str]:
    """Canonical names that a name may stand for: as a whole, turned round, or, of 'A / B', what both known halves lead to."""
    name = re.sub(r"\s*\([^()]*\)\s*$", "", name)
    border = re.fullmatch(r"(.+)-(.+) border", name)
    if border:
        return frozenset({" and ".join(sorted(border.groups())) + " border"})
    first, slash, second = name.partition(" / ")
    whole = _known(name) or (_known(f"{second} / {first}") if slash else frozenset())
    if whole or not slash:
        return whole
    halves = [known for known in (_known(first), _known(second)) if known]
    return frozenset.intersection(*halves) if halves else frozenset()


def _known(name: str) -> frozenset[str]:
    words = tuple(key(w) for w in NAME_WORD.findall(name) if key(w))
    return frozenset(entry.name for entry, role in shipped().names.get(words, ()) if role == "place")


def same_country(a: Mapping[str, str], b: Mapping[str, str]) -> bool:
    """The same set of country codes."""
    return _codes(a) == _codes(b)


def _names(cells: Mapping[str, str]) -> set[str]:
    return {part.strip().casefold() for part in cells.get("place_canonical", "").split(";") if part.strip()}


def _codes(cells: Mapping[str, str]) -> set[str]:
    return {part.strip() for part in cells.get("country", "").split(";") if part.strip()}


def same_window(a: Mapping[str, str], b: Mapping[str, str]) -> bool:
    """Both ends agree; an unknown end agrees with an unknown one only."""
    return all(a.get(k, "")[:10] == b.get(k, "")[:10] for k in ("window_start", "window_end"))


def same_cell(name: str) -> Callable[[Mapping[str, str], Mapping[str, str]], bool]:
    """Whether one cell agrees."""
    return lambda a, b: a.get(name, "") == b.get(name, "")


def same_kind(a: Mapping[str, str], b: Mapping[str, str]) -> bool:
    """The same kind of quantity, whichever of its names was written: see `borderflow.evidence.kinds`."""
    return _kind(a) == _kind(b)


def _kind(cells: Mapping[str, str]) -> str:
    return kind_named(cells.get("quantity_kind", ""), cells["unit"], cells.get("direction", ""), cells.get("mode", ""))


def same_direction(a: Mapping[str, str], b: Mapping[str, str]) -> bool:
    """The same direction; `stock` beside the flow `stock` says no more than an empty cell."""
    return _direction(a) == _direction(b)


def _direction(cells: Mapping[str, str]) -> str:
    direction = cells.get("direction", "")
    return "" if direction == cells["flow"] == "stock" else direction


FIELDS: dict[str, Callable[[Mapping[str, str], Mapping[str, str]], bool]] = {
    "place": same_place,
    "country": same_country,
    "window": same_window,
    "flow": same_cell("flow"),
    "quantity_kind": same_kind,
    "quantity_kind as written": same_cell("quantity_kind"),
    "direction": same_direction,
    "direction as written": same_cell("direction"),
    "mode": same_cell("mode"),
    "who": same_cell("who"),
}


@dataclass
class Tally:
    """Counts over reports: `found` extracted, `noted` annotated, `matched` pairs by test."""

    found: int = 0
    noted: int = 0
    matched: dict[str, int] = field(default_factory=dict)
    misses: list[str] = field(default_factory=list)

    def add(self, test: str, n: int = 1) -> None:
        self.matched[test] = self.matched.get(test, 0) + n

    def rates(self, test: str) -> tuple[float, float, float]:
        """Precision, recall and F1 of one test."""
        n = self.matched.get(test, 0)
        p, r = n / max(self.found, 1), n / max(self.noted, 1)
        return p, r, 2 * p * r / max(p + r, 1e-12)


def tally(report: Report, text: str, found: Sequence[Mapping[str, str]], into: Tally) -> None:
    """Adds the agreement on one report: each annotation is matched with one extraction whose span overlaps and whose value and unit agree."""
    left = list(found)
    into.found += len(left)
    into.noted += len(report.claims)
    for note in report.claims:
        start, end = span_of(note, text)
        over = [c for c in left if int(c["start"]) < end and start < int(c["end"])]
        hits = [c for c in over if same_value(c, note.cells)]
        if not hits:
            near = "; ".join(f"{c['quote']!r} {c.get('value_low')}..{c.get('value_high')} {c['unit']}" for c in over)
            into.misses.append(
                f"{report.name}: MISSED {note.quote!r} {note.cells['value_low']}..{note.cells['value_high']} {note.cells['unit']}  got: {near}"
            )
            continue
        best = max(hits, key=lambda c: sum(test(c, note.cells) for test in FIELDS.values()))
        left.remove(best)
        into.add("value+unit+span")
        agree = {name: test(best, note.cells) for name, test in FIELDS.items()}
        for name, yes in agree.items():
            into.add(name, int(yes))
            if not yes:
                into.misses.append(f"{report.name}: {name} of {note.quote!r}: {shown(name, best)} not {shown(name, note.cells)}")
        into.add("with place and window", int(agree["place"] and agree["window"]))
        into.add("with country and window", int(agree["country"] and agree["window"]))
    into.misses += [
        f"{report.name}: TOO MUCH {c['quote']!r} {c.get('value_low')}..{c.get('value_high')} {c['unit']} {c['quantity_kind']}" for c in left
    ]


def shown(name: str, cells: Mapping[str, str]) -> str:
    keys = {"place": ("place_canonical",), "window": ("window_start", "window_end")}.get(name, (name.removesuffix(" as written"),))
    return "..".join(cells.get(k, "") for k in keys) or "-"
