"""A text as sentences with their offsets, and which parts of it are page noise: navigation, captions, pitches, comment forms.

Noise yields no claims: see noise.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from borderflow.evidence.noise import before_pitch, ends_page, heads_comments, heads_links, is_headline, is_noise
from borderflow.evidence.scan import Part, Scan, Table

_PLAIN = {"ё": "е", "Ё": "е", "’": "'", "‘": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2007": " ", "\u00ad": "-", "\t": " "}

_BULLET = re.compile(r"^\s*(?:[-–—•*▪●◦·]|[^\w\s\"“”«»'‘’()\[\]{}$€£₽#@.,:;!?/\\|&+<>=~]{1,3}|\d{1,2}[.)])\s+")
_LABEL = re.compile(r"[A-ZА-ЯЁ][\w' /-]{2,30}(?:, \d{1,2} \w+)?:\s")
"""'Metema: …', 'Argeen, 8 May: …': a line of its own."""
_CELL = re.compile(r"\s*\|\s*|\s*\t\s*|\s{2,}|(?:\. ?){3,}|(?<=[^\W\d]): +|(?<=\d\d): +(?=\d)")
"""What parts the cells of a table."""
_RULED = re.compile(r"\||\t|\S\s{3,}\S|(?:\. ?){4,}")
_LONG_ROW = 120
_TAIL, _PROSE = 0.4, 200
"""A page ends in its latter part; a paragraph of so many characters below is a report again."""
_WORDS_OF_ROW = 9
_BREAK = re.compile(
    r"[.!?…](?:[.!?…]*[\"”»’')\]]*\s+(?=[\"“«‘'(\[]*[A-ZА-ЯЁÀ-ÞĀ-Ž0-9—–•])|[\"”»’]{1,4}\s{1,9}(?=\S)|"
    r"(?<=[a-zа-яё][.!?])[\"”»]?(?=[A-ZА-ЯЁ][a-zа-яё]))"
)
_LONG = 2_000
"""A sentence longer than this is cut: garbled text without stops must not cost more than it is worth."""


def shadow(text: str) -> str:
    """The text as rules see it, character for character: lower case, plain apostrophes and spaces, е for ё."""
    lower = text.lower()
    if len(lower) != len(text):  # a few letters grow when lowered
        lower = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    if lower.isascii():
        lower = lower.replace("\t", " ")
    else:
        for sign, plain in _PLAIN.items():  # each of which is rare: much quicker than to translate every letter
            lower = lower.replace(sign, plain)
    if _MISREAD.search(lower):
        for _ in range(2):  # those after a nought that was one
            lower = _ROUND.sub(lambda m: "0" * len(m[0]), lower)
    return lower


_MISREAD = re.compile(r"\d[,.]?[oо]")
_ROUND = re.compile(
    r"(?<=\d)[oо]+(?![^\W\d])|(?<=\d[,.])[oо]{3}(?![^\W\d])|(?<=\d[,.]\d)[oо]{2}(?![^\W\d])|(?<=\d[,.]\d\d)[oо](?![^\W\d])|(?<= \d)[oо]{2}(?![^\W\d])"
)
"""Letters O that a scan has read for noughts: '9,5OO', '1OO'."""


class Sentence(NamedTuple):
    """One sentence: its offsets in the text, its paragraph, and what came before it as a heading or lead-in."""

    start: int
    end: int
    paragraph: int
    first: bool
    """Whether it begins its paragraph."""
    bullet: bool
    lead: int
    """Paragraph of the lead-in line of a list, or -1."""
    part: Part
    """The patterns that can begin in it."""
    row: bool = False
    """Whether it is a row of a list or a table: a label and numbers."""
    columns: tuple[tuple[int, int, int, int], ...] = ()
    """Cells of a row of a table with what heads them: offsets of the cell, offsets of the head."""


@dataclass(frozen=True)
class Passages:
    """Sentences of a text that may hold claims."""

    text: str
    low: str
    """The shadow of the text."""
    sentences: tuple[Sentence, ...]
    scan: Scan
    noise: tuple[tuple[int, int], ...] = field(default=())


def split(text: str, abbreviations: frozenset[str], table: Table) -> Passages:
    """Sentences of all paragraphs that are not noise. table: patterns that will be searched in them, and SEARCHED."""
    low, paragraphs = shadow(text), list(_paragraphs(text))
    if any("\n" in text[start:end] for start, end in paragraphs):  # a wrapped text: rules know spaces only
        low = _unwrapped(low, paragraphs)
    scan = Scan(low, table)
    sentences: list[Sentence] = []
    noise: list[tuple[int, int]] = []
    lead, in_list = -1, False
    heads: list[tuple[int, int]] = []
    last = (-1, 0, "")
    """Number, end and beginning of the line before."""
    pitches = scan.at("noise")
    also = comments = below = False
    """Below a heading of headlines, of what readers wrote, or where a page ends."""
    for number, (start, end) in enumerate(paragraphs):
        line = low[start:end]
        disturbed = bool(pitches) and bisect_left(pitches, start) < bisect_left(pitches, end)
        also = also and is_headline(line)
        below = below or (start > _TAIL * len(text) and ends_page(line))
        if also or comments or (below and end - start < _PROSE):
            noise.append((start, end))
            continue
        if is_noise(line, disturbed):
            also, comments = heads_links(line), heads_comments(line)
            kept = before_pitch(line) if disturbed else 0
            noise.append((start + kept, end))
            if not kept:
                continue
            end = start + kept
            line = low[start:end]
        row = is_row(line)
        date_only = end - start < 45 and bool(_DIGIT.search(line)) and not row and not _LETTERS.search(_DAY_WORD.sub("", _DATE.sub("", line)))
        columns = tuple(_under(heads, _cells(line, start))) if heads and row else ()
        heads = heads if columns else _heads(line, start)
        if (
            row and not in_list and last[0] >= 0 and text[last[1] - 1] in ".:;" and text.count("\n", last[1], start) == 1
        ):  # right under a sentence that says what is counted
            in_list, lead = True, last[0]
        elif (
            row and _BULLET.match(line) and _BULLET.match(last[2]) and last[2][0] != line[0] and not is_row(last[2])
        ):  # '- 900 came:' above '* Kerry 300'
            lead = last[0]
        bullet = bool(_BULLET.match(line)) or (in_list and (row or (end - start < 120 and ":" in line and line[-1] != ":" and not heads)))
        lead_in = lead if bullet else -1
        if date_only and in_list:
            pass  # the rows below it are of that day, under the same head
        elif not bullet and not (heads and in_list):
            in_list = line[-1] == ":" or (end - start < 160 and line[-1] not in ".!?;")
            lead = number if in_list else -1
        elif line[-1] == ":":  # a list within a list
            in_list, lead = True, number
        last = number, end, line[:_LONG_ROW]
        for i, (a, b) in enumerate(_sentences(text, low, start, end, abbreviations)):
            sentences.append(Sentence(a, b, number, i == 0, bullet, lead_in, scan.part(a, b), row, columns))
    return Passages(text, low, tuple(sentences), scan, tuple(noise))


def _unwrapped(low: str, paragraphs: list[tuple[int, int]]) -> str:
    """The shadow with a space for each end of a line inside a paragraph."""
    pieces, at = [], 0
    for start, end in paragraphs:
        pieces += [low[at:start], low[start:end].replace("\n", " ")]
        at = end
    return "".join([*pieces, low[at:]])


def is_row(line: str) -> bool:
    """Whether a line is a row of a list or a table: short, few words, no sentence.

    >>> is_row("kerry . . . . . . 4,809"), is_row("sun (until 18:00) 2.150"), is_row("some 4,809 people came to kerry on sunday.")
    (True, True, False)
    """
    if (
        len(line) > _LONG_ROW
        or not _DIGIT.search(line)
        or not _DIGIT.search(_DATE.sub("", line))
        or (line[-1] in ".!?;" and not _RULED.search(line) and not _LABELLED.match(line))
    ):
        return False
    return len(_LETTERS.findall(line)) <= _WORDS_OF_ROW


_DIGIT = re.compile(r"\d")
_MONTHS = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[^\W\d]{0,7}\.?"
_DATE = re.compile(
    rf"(?<![\d.,])\d{{1,2}}(?:st|nd|rd|th)?(?: ?[-–] ?\d{{1,2}}| (?:to|and|по|и) \d{{1,2}})?,? (?:of )?{_MONTHS}(?:,? (?:19|20)\d\d\b)?(?: г\b)?"
    rf"|{_MONTHS} \d{{1,2}}(?:st|nd|rd|th)?(?![\d.,]\d)(?:,? (?:19|20)\d\d\b)?|(?<![\d.,])\d{{1,2}}[./]\d{{1,2}}[./](?:20)?\d\d(?![\d.,])|\b(?:19|20)\d\d-\d\d-\d\d\b|\b\d{{1,2}}[:.]\d\d (?:on|hrs|мск)\b"
)
"""A date, in a line that is no row because of it."""
_DAY_WORD = re.compile(r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|as of|data|на")
_DATED = re.compile(
    r"\d{1,2}\W?(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.? \d|^\W*(?:19|20)\d\d\W*$|\d\d\.\d\d"
)
_LABELLED = re.compile(r"\W*[^\W\d][^.:;,\d]{1,30}: \W{0,3}\d[^.]{0,40}\.$")
_LETTERS = re.compile(r"[^\W\d_]{2,}")


def _cells(line: str, start: int) -> list[tuple[int, int]]:
    """Offsets of the cells of a line."""
    at, found = 0, []
    for m in _CELL.finditer(line):
        if m.start() > at:
            found.append((start + at, start + m.start()))
        at = m.end()
    return [*found, (start + at, start + len(line))] if at < len(line) else found


def _heads(line: str, start: int) -> list[tuple[int, int]]:
    """Offsets of the heads of columns, none where a line is no such row."""
    if len(line) > _LONG_ROW or not _RULED.search(line):
        return []
    cells = _cells(line, start)
    dates = all(_DATED.search(line[a - start : b - start]) for a, b in cells if _DIGIT.search(line[a - start : b - start]))
    return cells if len(cells) > 1 and dates and not _DIGIT.match(line) else []


def _under(heads: list[tuple[int, int]], cells: list[tuple[int, int]]) -> Iterator[tuple[int, int, int, int]]:
    """Cells with their heads, from the right: labels on the left may be missing or in pieces."""
    if 2 <= len(cells) <= len(heads) + 1:
        for (a, b), (c, d) in zip(reversed(cells), reversed(heads), strict=False):
            yield a, b, c, d


def _paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of paragraphs without white space around them: lines, or runs of lines where a text is wrapped at a fixed width."""
    lines: list[tuple[int, int]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        lines.append((start + len(line) - len(line.lstrip()), start + len(line.rstrip())))
        start += len(line)
    width = _wrapped_at(lines)
    i = 0
    while i < len(lines):
        a, b = lines[i]
        while i + 1 < len(lines) and ((width and _goes_on(text, lines[i], lines[i + 1], width)) or _broken(text, lines[i], lines[i + 1])):
            i += 1
            b = lines[i][1]
        if b > a:
            yield a, b
        i += 1


def _wrapped_at(lines: list[tuple[int, int]]) -> int:
    """The width at which a text is wrapped, or 0: no line is longer, and many come near it."""
    sizes = [b - a for a, b in lines if b > a]
    widest = max(sizes, default=0)
    return widest if 40 <= widest <= 110 and len(sizes) >= 4 and sum(s > 0.75 * widest for s in sizes) >= 0.4 * len(sizes) else 0


def _goes_on(text: str, line: tuple[int, int], following: tuple[int, int], width: int) -> bool:
    """Whether a wrapped line continues on the next one."""
    if following[1] <= following[0] or line[1] - line[0] < 0.6 * width:
        return False
    if _RULED.search(text[following[0] : following[1]]):
        return False
    return not _BULLET.match(text[following[0] : following[1]]) and not _LABEL.match(text[following[0] : following[1]]) and text[line[1] - 1] != ":"


def _broken(text: str, line: tuple[int, int], following: tuple[int, int]) -> bool:
    """Whether a line ends amid a sentence, at whatever width: the next goes on in small letters, and is no row."""
    if line[1] - line[0] < _BROKEN_FROM or following[1] <= following[0] or not text[following[0]].islower():
        return False
    return (
        text[line[1] - 1] not in ".:;!?|" and "|" not in text[following[0] : following[1]] and not is_row(text[following[0] : following[1]].lower())
    )


_BROKEN_FROM = 40
"""Shorter lines are labels and headings."""


def _sentences(text: str, low: str, start: int, end: int, abbreviations: frozenset[str]) -> Iterator[tuple[int, int]]:
    """Offsets of the sentences of one paragraph."""
    at = start
    for found in _BREAK.finditer(text, start, end):
        stop = found.start()
        if text[stop] == "." and _abbreviated(low, stop, abbreviations):
            continue
        yield from _cut(at, found.end())
        at = found.end()
    if at < end:
        yield from _cut(at, end)


def _cut(start: int, end: int) -> Iterator[tuple[int, int]]:
    for a in range(start, end, _LONG):
        yield a, min(a + _LONG, end)


def _abbreviated(low: str, stop: int, abbreviations: frozenset[str]) -> bool:
    """Whether the full stop at `stop` ends a known abbreviation or an initial."""
    begin = stop
    while begin > 0 and stop - begin < 8 and (low[begin - 1].isalpha() or low[begin - 1] == "."):
        begin -= 1
    word = low[begin:stop]
    return word in abbreviations or (len(word) == 1 and word.isalpha())
