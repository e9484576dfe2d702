"""A page as a test reads it: tags that nest, visible text, and every number held against the file that it names."""

from __future__ import annotations

import csv
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import parse_qsl

VOID = {"meta", "br", "img", "input", "link", "hr", "line", "circle", "path", "polygon", "polyline", "rect"}
ADDRESSES = {"src", "href", "action", "data", "srcset", "xlink:href", "poster"}


class Reader(HTMLParser):
    """Collects tags, addresses, visible text and numbers with their sources; fails on tags that do not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.links: list[tuple[str, str, str]] = []
        self.handlers: list[str] = []
        self.words: list[str] = []
        self.numbers: list[tuple[str, str, str]] = []
        """(reference, unrounded value, text)"""
        self.cells: list[tuple[str, int]] = []
        """(text, numbers with a source) of every cell of a class `num`"""
        self._number: tuple[str, str] | None = None
        self._cell: list[str] | None = None
        self._sources = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {k: v or "" for k, v in attrs}
        self.tags.add(tag)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [(tag, k, v) for k, v in given.items() if k in ADDRESSES]
        self.handlers += [k for k in given if k.startswith("on")]
        if "data-ref" in given:
            self._number = (given["data-ref"], given["value"] if "value" in given else given["data-value"])
            self._sources += 1
        if tag == "td" and "num" in given.get("class", "").split():
            self._cell, self._sources = [], 0
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open, tag
        assert self.open.pop() == tag
        if tag == "td" and self._cell is not None:
            self.cells.append(("".join(self._cell), self._sources))
            self._cell = None

    def handle_data(self, data: str) -> None:
        self.words.append(data)
        if self._cell is not None:
            self._cell.append(data)
        if self._number is not None:
            self.numbers.append((*self._number, data))
            self._number = None

    @property
    def text(self) -> str:
        """All text, with single blanks."""
        return " ".join(" ".join(self.words).split())


def read(html: str) -> Reader:
    """A page that nests, with ids that are unique."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    return reader


def value_at(folder: Path, reference: str, cache: dict[str, list[dict[str, str]]]) -> float:
    """The number that a reference names: `file?column=value&…#column`; `count()` counts the rows; of JSON, `file#key`."""
    place, _, column = reference.partition("#")
    name, _, query = place.partition("?")
    if name.endswith(".json"):
        return float(json.loads((folder / name).read_text("utf-8"))[column])
    if name not in cache:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            cache[name] = list(csv.DictReader(file))
    wanted = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True))
    rows = [r for r in cache[name] if all(r[k] == v for k, v in wanted.items())]
    if column == "count()":
        return float(len(rows))
    assert len(rows) == 1, f"{reference}: {len(rows)} rows"
    return float(rows[0][column])


def number_of(text: str, language: str) -> tuple[float, float]:
    """The number that a text shows, and half of the step to which it was rounded."""
    text = text.replace("\u00a0", " ").replace("−", "-").strip()
    if text.endswith("%"):
        bare = text.rstrip("% ")
        return {"< 1": (0.005, 0.005), "> 99": (0.995, 0.005)}.get(bare) or (float(bare) / 100, 0.005)
    signs = str.maketrans({",": None}) if language == "en" else str.maketrans({" ": None, ",": "."})
    bare = text.translate(signs).lstrip("+")
    if float(bare) == 0:
        return 0.0, math.inf  # anything smaller than half a step, which a nought does not tell
    unit = 10.0 ** -len(bare.partition(".")[2])
    whole = round(abs(float(bare)) / unit)
    # the coarsest step of 1, 2 or 5 x 10^k of which the number is a multiple
    step = max(s * 10**k for k in range(16) for s in (1, 2, 5) if whole % (s * 10**k) == 0)
    return float(bare), 0.5 * step * unit


def nought(folder: Path, reference: str, cache: dict[str, list[dict[str, str]]]) -> float:
    """The most that a shown nought may hide: half the coarsest step that the figure's own low-to-high range deserves, and at least half a unit.

    Figures that are no quantiles (differences stated by their mean, parts of a sum) have no range of their own in their row: there a hundredth of the
    column's largest value.
    """
    if "output_type_id=" in reference:
        references = [re.sub(r"output_type_id=[\d.]+", f"output_type_id={q}", reference) for q in ("0.1", "0.9")]
    elif reference.startswith("map.csv"):
        references = [reference.partition("#")[0] + end for end in ("#q10", "#q90")]
    else:
        references = []
    if references:
        ends = [value_at(folder, r, cache) for r in references]
        return max(0.5, 0.5 * max(abs(ends[1] - ends[0]) / 10, max(map(abs, ends)) / 1000))
    place, _, column = reference.partition("#")
    name = place.partition("?")[0]
    if name.endswith(".json") or column == "count()":
        return 0.5
    value_at(folder, reference, cache)
    return max(0.5, 0.01 * max(abs(float(r[column])) for r in cache[name] if r[column]))


def check_numbers(folder: Path, reader: Reader, language: str = "en") -> int:
    """Holds every number of a page against its file; returns how many there are."""
    cache: dict[str, list[dict[str, str]]] = {}
    for reference, unrounded, text in reader.numbers:
        stands = value_at(folder, reference, cache)
        assert abs(float(unrounded) - stands) <= 2e-5 * abs(stands), reference
        shown, half = number_of(text, language)
        if math.isinf(half):
            half = nought(folder, reference, cache)
        assert abs(shown - stands) <= half + 1e-9 * abs(stands), f"{reference}: {text} for {stands}"
    return len(reader.numbers)


def untagged(reader: Reader) -> list[str]:
    """Cells of numbers in which some number does not say where it comes from."""
    numbers = re.compile(r"\d[\d,\u00a0]*(?:\.\d+)?")
    return [text for text, sources in reader.cells if len(numbers.findall(text.replace("< 1", "1").replace("> 99", "99"))) > sources]
