"""Where patterns can match at all: a text is cut into words once, and each word knows the patterns that can begin in it.

A search that finds nothing looks at every letter. Most sentences hold no word that most patterns begin with, so these are not tried there.
What a pattern begins with is worked out from the pattern itself; where that cannot be told, it is tried everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
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


class Table(dict[str, int]):
    """The patterns that can begin in a word, as a sum of bits; looked up word by word and remembered."""

    def __init__(self, patterns: Mapping[str, str]) -> None:
        self.bits: dict[str, int] = {}
        """Bit of each pattern by its name."""
        self.always = 0
        """Patterns that can begin anywhere."""
        self.digit = 0
        self._by_letter: dict[str, list[tuple[str, int]]] = {}
        for name, pattern in patterns.items():
            bit = self.bits[name] = 1 << len(self.bits)
            for text in beginnings(pattern):
                if not text.strip():
                    self.always |= bit
                elif "0" in text:
                    self.digit |= bit
                else:
                    self._by_letter.setdefault(text.strip()[0], []).append((text, bit))

    def __missing__(self, word: str) -> int:
        if word[0].isdecimal():
            return self.digit
        mask = 0
        for i, c in enumerate(word):
            for text, bit in self._by_letter.get(c, ()):
                if not mask & bit and _begins(word, i, text):
                    mask |= bit
        if len(self) < _MOST:
            self[word] = mask
        return mask


def _begins(word: str, i: int, text: str) -> bool:
    """Whether a beginning fits a word from one of its letters on."""
    letters = text.strip()
    if text[0] == " " and i:
        return False
    return word.startswith(letters, i) and (text[-1] != " " or len(word) == i + len(letters))


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
        self._compiled: dict[tuple[int, ...], re.Pattern[str]] = {}

    @cached_property
    def _begin(self) -> list[frozenset[str]]:
        return [beginnings(a) for a in self._alternatives]

    def __missing__(self, word: str) -> re.Pattern[str] | None:
        if word[0].isdecimal() and word != "0":  # all numbers are alike
            return self["0"]
        fits = tuple(i for i, known in enumerate(self._begin) if any(_fits(word, text) for text in known))
        pattern = self._of(fits) if fits else None
        if len(self) < _MOST:
            self[word] = pattern
        return pattern

    def _of(self, fits: tuple[int, ...]) -> re.Pattern[str]:
        if fits not in self._compiled:
            self._compiled[fits] = re.compile(f"{self._before}(?:{'|'.join(self._alternatives[i] for i in fits)}){self._after}")
        return self._compiled[fits]

    def matches(self, low: str, part: Part, end: int) -> Iterator[re.Match[str]]:
        """Matches in a part of a text from left to right that do not overlap, as `finditer` gives them."""
        done = 0
        for at, pattern in zip(part.starts, part.known(self), strict=True):
            if pattern is not None and at >= done and (m := pattern.match(low, at, end)) is not None:
                yield m
                done = m.end()


def _fits(word: str, text: str) -> bool:
    """Whether a pattern with a beginning can begin at the first letter of a word."""
    return not text.strip() or (word == "0" if "0" in text else _begins(word, 0, text))
