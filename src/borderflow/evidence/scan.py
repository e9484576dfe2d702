"""Where patterns can match at all: a text is cut into words once, and each word knows the patterns that can begin in it.

A search that finds nothing looks at every letter. Most sentences hold no word that most patterns begin with, so these are not tried there.
What a pattern begins with is worked out from the pattern itself; where that cannot be told, it is tried everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, reduce
from operator import or_

_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_LETTERS = 7
"""Letters of a beginning that are told apart."""
_MOST = 200_000
"""Words that are remembered, whatever is read."""
_BORDERS = frozenset({r"(?![^\W\d_])", r"(?<![^\W\d_])", r"(?!\w)", r"(?<!\w)", "(?<![а-я])", "(?![а-я])"})
_SYNTAX = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|[()|]")
_BORDERED = re.compile(r"(\\b|\(\?<!\[[^\]]*\]\)|)\(\?:")
_PLAIN = re.compile(r"[^\W\d_](?![?*+{])")
_HEAD = re.compile(r"\?(?:[:=!]|<[=!]|P<\w+>)")
_QUANTIFIER = re.compile(r"\{(\d*)(,?)(\d*)\}\??|[?*+]\??")


class _Parser:
    """Beginnings of a pattern as strings: letters, 0 for digits, and a space for a border of words or anything else.

    Each goes with whether what follows belongs to it still. Look-arounds that are no borders are passed over: they only forbid.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def alternatives(self) -> set[tuple[str, bool]]:
        """Beginnings of everything up to a closing parenthesis or the end."""
        found: set[tuple[str, bool]] = set()
        row = {("", True)}
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                self.at += 1
                found |= row
                row = {("", True)}
                continue
            item = self._quantified(self._atom())
            row = {_joined(a, b) for a in row for b in (item if a[1] else (("", True),))}
        return found | row

    def _quantified(self, item: set[tuple[str, bool]]) -> set[tuple[str, bool]]:
        found = _QUANTIFIER.match(self.pattern, self.at)
        if not found:
            return item
        self.at = found.end()
        sign = found[0][0]
        least = int(found[1] or 0) if sign == "{" else sign == "+"
        several = found[0][:3] != "{1}" and sign != "?"
        if several:
            item = {(s, more and s in ("", " ", "0")) for s, more in item}
        return item if least else item | {("", True)}

    def _atom(self) -> set[tuple[str, bool]]:
        c = self.pattern[self.at]
        self.at += 1
        if c == "(":
            return self._group()
        if c == "[":
            return self._set()
        if c == "\\":
            c = self.pattern[self.at]
            self.at += 1
            return {("0", True)} if c == "d" else {("", True)} if c == "B" else {("", False)} if c in "wDS" else {(" ", True)}
        return {("", False)} if c == "." else {("", True)} if c in "^$" else {(_sort(c), True)}

    def _group(self) -> set[tuple[str, bool]]:
        begin = self.at - 1
        head = _HEAD.match(self.pattern, self.at)
        self.at = head.end() if head else self.at
        inner = self.alternatives()
        self.at += 1
        if head is None or head[0] == "?:" or head[0].startswith("?P"):
            return inner
        return {(" " if self.pattern[begin : self.at] in _BORDERS else "", True)}

    def _set(self) -> set[tuple[str, bool]]:
        close = self.pattern.index("]", self.at + 2 if self.pattern[self.at] == "^" else self.at + 1)
        inside = self.pattern[self.at : close]
        self.at = close + 1
        if inside[0] == "^" or re.search(r"\\[wDSW]|[^\W\d]-[^\W\d]", inside):
            return {("", False)}
        return {("0" if c == "d" else " ", True) for c in re.findall(r"\\(.)", inside)} | {(_sort(c), True) for c in re.sub(r"\\.", "", inside)}


def _sort(c: str) -> str:
    return "0" if c.isdecimal() else c if c.isalnum() else " "


def _joined(a: tuple[str, bool], b: tuple[str, bool]) -> tuple[str, bool]:
    """Two pieces of a beginning after one another: no more than the first word is kept."""
    text, more = a
    if not more:
        return a
    for c in b[0]:
        if c == "0" and text.strip():
            c = " "
        if c != " " or not text.endswith(" "):
            text += c
        if c == "0" or (c == " " and text.strip()) or len(text) > _LETTERS:
            return text, False
    return text, b[1]


def beginnings(pattern: str) -> frozenset[str]:
    """What matches of a pattern begin with: letters of the first word with a space where a border is asked for, or 0 for a digit.

    A beginning without letter or digit says that nothing is known.

    >>> sorted(beginnings(r"\\b(?:said|sa(?:y|id) so)\\b|\\d+ times?"))
    [' said ', ' say ', '0']
    """
    parser = _Parser(pattern)
    found = parser.alternatives()
    if parser.at != len(pattern):
        raise ValueError(f"unbalanced parentheses in {pattern!r}")
    return frozenset(text for text, _ in found)


def alternatives(pattern: str) -> list[str]:
    """The parts of a pattern between the bars outside its parentheses and sets."""
    depth, begin, found = 0, 0, []
    for m in _SYNTAX.finditer(pattern):
        depth += (m[0] == "(") - (m[0] == ")")
        if m[0] == "|" and not depth:
            found.append(pattern[begin : m.start()])
            begin = m.end()
    return [*found, pattern[begin:]]


def leaping(pattern: str) -> str:
    """The same pattern, where it is words in parentheses after a border, begun with the letters that they begin with.

    A search skips quickly to what a pattern begins with, but only where that is letters; a border hides them.

    >>> leaping(r"\\b(?:per day|daily)\\b")
    '[pd](?<!\\\\w.)(?:(?<=p)(?:er day)|(?<=d)(?:aily))\\\\b'
    """
    head = _BORDERED.match(pattern)
    if head is None:
        return pattern
    depth, close = 1, len(pattern)
    for m in _SYNTAX.finditer(pattern, head.end()):
        depth += (m[0] == "(") - (m[0] == ")")
        if not depth:
            close = m.start()
            break
    words, rest = alternatives(pattern[head.end() : close]), pattern[close + 1 :]
    border = head[1] or r"\b"
    if not head[1] and all(w.startswith(border) for w in words):
        words = [w.removeprefix(border) for w in words]
    elif not head[1]:
        return pattern
    if rest[:1] in ("?", "*", "+", "{") or len(alternatives(rest)) > 1 or not all(map(_PLAIN.match, words)):
        return pattern
    by_letter: dict[str, list[str]] = {}
    for word in words:
        by_letter.setdefault(word[0], []).append(word[1:])
    after = "|".join(rf"(?<={letter})(?:{'|'.join(ends)})" for letter, ends in by_letter.items())
    before = r"\w" if border == r"\b" else border[4:-1]
    return rf"[{''.join(by_letter)}](?<!{before}.)(?:{after}){rest}"


class _Index:
    """Beginnings, each with a bit, ready to be looked up by word."""

    def __init__(self, found: Iterable[tuple[str, int]]) -> None:
        self.anywhere = 0
        """Bits of what can begin at any letter or sign."""
        self._digit = 0
        self._words: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._inner: list[tuple[str, bool, int]] = []
        for text, bit in found:
            letters, whole = text.strip(), text.endswith(" ")
            where = self._words if whole else self._stems
            if not letters:
                self.anywhere |= bit
            elif letters == "0":
                self._digit |= bit
            elif text[0] == " ":
                where[letters] = where.get(letters, 0) | bit
            else:
                self._inner.append((letters, whole, bit))
        self._longest = max(map(len, self._stems), default=0)

    def of(self, word: str) -> int:
        """Bits of the beginnings that fit a word; all numbers are alike."""
        if word[0].isdecimal():
            return self._digit
        mask = self._words.get(word, 0)
        for n in range(1, min(len(word), self._longest) + 1):
            mask |= self._stems.get(word[:n], 0)
        for letters, whole, bit in self._inner:
            if word.endswith(letters) if whole else letters in word:
                mask |= bit
        return mask


class Table(dict[str, int]):
    """The patterns that can begin in a word, as a sum of bits; looked up word by word and remembered."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self.bits = {name: 1 << i for i, name in enumerate(patterns)}
        """Bit of each pattern by its name."""
        self._index = _Index((text, self.bits[name]) for name, pattern in patterns.items() for text in beginnings(pattern))
        self.always = self._index.anywhere
        """Patterns that can begin anywhere."""

    def __missing__(self, word: str) -> int:
        mask = self._index.of(word)
        if len(self) < _MOST:
            self[word] = mask
        return mask


class Part:
    """A part of a text, with the patterns that can begin in it: `"says" in part`."""

    __slots__ = ("_bits", "_mask", "_words", "starts")

    def __init__(self, mask: int, bits: Mapping[str, int], starts: list[int], words: list[str]) -> None:
        self._mask = mask
        self._bits = bits
        self.starts = starts
        """Offsets of the words that begin in it."""
        self._words = words

    def __contains__(self, name: str) -> bool:
        return bool(self._mask & self._bits[name])

    def known(self, choice: Choice) -> Iterator[re.Pattern[str] | None]:
        """Of each word that begins in it what can begin there of some alternatives."""
        return map(choice.__getitem__, self._words)


class Scan:
    """The words of a text with the patterns that can begin in them. `low` is the shadow of the text."""

    def __init__(self, low: str, table: Table) -> None:
        self._words: list[str] = _TOKEN.findall(low)
        self._starts = [m.start() for m in _TOKEN.finditer(low)]
        self._masks = list(map(table.__getitem__, self._words))
        self._table = table

    def part(self, start: int, end: int) -> Part:
        """What lies between two offsets, of which either may cut a word in two."""
        starts, words = self._starts, self._words
        i = bisect_left(starts, start)
        j = bisect_left(starts, end, i)
        mask = reduce(or_, self._masks[i:j], self._table.always)
        if j and starts[j - 1] + len(word := words[j - 1]) > end:
            mask |= self._table[word[: end - starts[j - 1]]]
        if i and starts[i - 1] + len(word := words[i - 1]) > start:
            mask |= self._table[word[start - starts[i - 1] : end - starts[i - 1]]]
        return Part(mask, self._table.bits, starts[i:j], words[i:j])


class Choice(dict[str, "re.Pattern[str] | None"]):
    """Alternatives in order, as one pattern for each word: of those only that can begin with it. They begin at the first letter of a word."""

    def __init__(self, alternatives: Sequence[str], before: str = "", after: str = "") -> None:
        self.source = f"{before}(?:{'|'.join(alternatives)}){after}"
        self._alternatives = alternatives
        self._before, self._after = before, after
        self._compiled: dict[int, re.Pattern[str]] = {}

    @cached_property
    def _index(self) -> _Index:
        return _Index((f" {text.lstrip()}", 1 << i) for i, pattern in enumerate(self._alternatives) for text in beginnings(pattern))

    def __missing__(self, word: str) -> re.Pattern[str] | None:
        fits = self._index.of(word) | self._index.anywhere
        if fits and fits not in self._compiled:
            chosen = "|".join(pattern for i, pattern in enumerate(self._alternatives) if fits >> i & 1)
            self._compiled[fits] = re.compile(f"{self._before}(?:{chosen}){self._after}")
        pattern = self._compiled.get(fits)
        if len(self) < _MOST:
            self[word] = pattern
        return pattern

    def matches(self, low: str, part: Part, end: int) -> Iterator[re.Match[str]]:
        """Matches in a part of a text from left to right that do not overlap, as `finditer` gives them."""
        done = 0
        for at, pattern in zip(part.starts, part.known(self), strict=True):
            if pattern is not None and at >= done and (m := pattern.match(low, at, end)) is not None:
                yield m
                done = m.end()
