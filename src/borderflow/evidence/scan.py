"""Where patterns can match at all: a text is cut into words once, and each word knows the patterns that can begin in it.

A search that finds nothing looks at every letter. Most sentences hold no word that most patterns begin with, so these are not tried there.
What a pattern begins with is worked out from the pattern itself; where that cannot be told, it is tried everywhere.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, reduce
from itertools import accumulate, repeat
from operator import and_, or_, rshift
from typing import NamedTuple

_TOKEN = re.compile(r"([^\W\d_]+|\d+)")
_LATIN_AND_CYRILLIC = "a-zß-öø-ɏа-ҁҊ-ԯ"
_PLAIN_TOKEN = re.compile(f"([{_LATIN_AND_CYRILLIC}]+|[0-9]+)")
_UNUSUAL = re.compile(
    rf"[^\x00-\x7f{_LATIN_AND_CYRILLIC}\xa0-\xa9\xab-\xb1\xb4\xb6-\xb8\xbb\xbf×÷\u2000-\u206f\u20a0-\u20bf№\u2190-\u22ff\u2500-\u25ff]"
)
"""Signs with which the plain pattern, which is quicker, will not do: all but its letters and what is neither letter nor digit."""
_LETTERS = 8
"""Letters of a beginning that are told apart."""
_MORE = "…"
"""Stands for further letters of a first word."""
_MOST = 200_000
"""Words that are remembered, whatever is read."""
_BORDERS = frozenset({r"(?![^\W\d_])", r"(?<![^\W\d_])", r"(?!\w)", r"(?<!\w)", "(?<![а-я])", "(?![а-я])"})
_SYNTAX = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]])*\]|[()|]")
_BORDERED = re.compile(r"(\\b|\(\?<!\[[^\]]*\]\)|)\(\?:")
_PLAIN = re.compile(r"[^\W\d_](?![?*+{])")
_HEAD = re.compile(r"\?(?:[:=!]|<[=!]|P<\w+>)")
_QUANTIFIER = re.compile(r"\{(\d*)(,?)(\d*)\}\??|[?*+]\??")


class _Parser:
    """Follows a pattern up to its second word. A state is what was read of a word so far: letters, 0 for a number, a space for a border of words
    or any sign; a new line before it says that it is the second.

    Look-arounds that are no borders are passed over: they only forbid.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0
        self.firsts: set[str] = set()
        self.seconds: set[str] = set()

    def alternatives(self, begin: set[str]) -> set[str]:
        """States after everything up to a closing parenthesis or the end."""
        found: set[str] = set()
        states = begin
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                self.at += 1
                found |= states
                states = begin
            else:
                states = self._quantified(states)
        return found | states

    def ended(self, states: Iterable[str]) -> None:
        """Notes words after which nothing is known."""
        for state in states:
            if state[:1] == "\n":
                self.seconds.add(state[1:])
            else:
                self.firsts.add(state.rstrip(_MORE))
                self.seconds.add("")

    def _quantified(self, states: set[str]) -> set[str]:
        at = self.at
        result = self._atom(states)
        found = _QUANTIFIER.match(self.pattern, self.at)
        if found is None:
            return result
        after, sign = found.end(), found[0][0]
        while sign != "?" and found[0] != "{1}":  # once more, until nothing new is read
            self.at = at
            more = self._atom(result) | result
            if more == result:
                break
            result = more
        self.at = after
        least = int(found[1] or 0) if sign == "{" else sign == "+"
        return result if least else result | states

    def _atom(self, states: set[str]) -> set[str]:
        c = self.pattern[self.at]
        self.at += 1
        if c == "(":
            return self._group(states)
        if c == "[":
            return self._set(states)
        if c == "\\":
            c = self.pattern[self.at]
            self.at += 1
            if c in "wDS":
                self.ended(states)
                return set()
            return states if c == "B" else self._read(states, "0" if c == "d" else " ")
        if c == ".":
            self.ended(states)
            return set()
        return states if c in "^$" else self._read(states, _sort(c))

    def _group(self, states: set[str]) -> set[str]:
        begin = self.at - 1
        head = _HEAD.match(self.pattern, self.at)
        self.at = head.end() if head else self.at
        inside = head is None or head[0] == "?:" or head[0].startswith("?P")
        result = self.alternatives(states if inside else set())
        self.at += 1
        if inside:
            return result
        return self._read(states, " ") if self.pattern[begin : self.at] in _BORDERS else states

    def _set(self, states: set[str]) -> set[str]:
        close = self.pattern.index("]", self.at + 2 if self.pattern[self.at] == "^" else self.at + 1)
        inside = self.pattern[self.at : close]
        self.at = close + 1
        if inside[0] == "^" or re.search(r"\\[wDSW]|[^\W\d]-[^\W\d]", inside):
            self.ended(states)
            return set()
        signs = {"0" if c == "d" else " " for c in re.findall(r"\\(.)", inside)} | {_sort(c) for c in re.sub(r"\\.", "", inside)}
        return {state for c in signs for state in self._read(states, c)}

    def _read(self, states: set[str], c: str) -> set[str]:
        """States after a letter, 0 or space."""
        result = set()
        for state in states:
            begun = state.strip()
            if state[-1:] == _MORE and c not in " 0":
                pass
            elif not begun or (c != " " and (c == "0") == (state[-1] == "0")):  # the word begins or goes on
                state = state if c == state[-1:] and c in " 0" else state + c
                if len(state) > _LETTERS and state[0] == "\n":
                    self.ended((state,))
                    continue
                state += _MORE if len(state) > _LETTERS else ""
            elif state[0] == "\n":
                self.seconds.add(f"{state[1:]} ")
                continue
            else:
                self.firsts.add(state[:-1] if state[-1] == _MORE else f"{state} ")
                state = "\n" if c == " " else f"\n{c}"
            result.add(state)
        return result


def _sort(c: str) -> str:
    return "0" if c.isdecimal() else c if c.isalnum() else " "


class Beginnings(NamedTuple):
    """First and second words of what a pattern matches: letters, with a space where a word is known to begin or end, or 0 for a number.

    An empty word says that nothing is known of it.
    """

    firsts: frozenset[str]
    seconds: frozenset[str]


@cache
def beginnings(pattern: str) -> Beginnings:
    """What matches of a pattern begin with, worked out from the pattern. ValueError: parentheses that are not balanced.

    >>> first, second = beginnings(r"\\b(?:said|sa(?:y|id) so)\\b|\\d+ times?")
    >>> sorted(first), sorted(second)
    ([' said ', ' say ', '0 '], ['', 'so ', 'time', 'times'])
    """
    parser = _Parser(pattern)
    parser.ended(parser.alternatives({""}))
    if parser.at != len(pattern):
        raise ValueError(f"unbalanced parentheses in {pattern!r}")
    firsts = frozenset(w if w.strip() else "" for w in parser.firsts)
    return Beginnings(firsts, frozenset(w.lstrip() for w in parser.seconds) | ({""} if "" in firsts else set()))


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
    close = _close(pattern, head.end())
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
    """Beginnings of words, each with bits, ready to be looked up by word."""

    def __init__(self, found: Iterable[tuple[str, int]]) -> None:
        self.anywhere = 0
        """Bits of what can begin at any letter or sign."""
        self._digit = 0
        self._words: dict[str, int] = {}
        self._stems: dict[str, int] = {}
        self._ends: dict[str, int] = {}
        self._inner: dict[str, int] = {}
        for text, bits in found:
            letters, whole = text.strip(), text.endswith(" ")
            begins = text[:1] == " "
            where = (self._words if whole else self._stems) if begins else (self._ends if whole else self._inner)
            if not letters:
                self.anywhere |= bits
            elif letters == "0":
                self._digit |= bits
            else:
                where[letters] = where.get(letters, 0) | bits
        self._longest = max(map(len, self._stems), default=0)
        self._sizes = sorted(set(map(len, self._ends))), sorted(set(map(len, self._inner)))
        self._least = min(map(len, self._inner), default=0)
        self._heads = {letters[: self._least] for letters in self._inner}

    def of(self, word: str) -> int:
        """Bits of the beginnings that fit a word; all numbers are alike."""
        if word[:1].isdecimal():
            return self._digit
        mask = self._words.get(word, 0)
        for n in range(1, min(len(word), self._longest) + 1):
            mask |= self._stems.get(word[:n], 0)
        of_ends, of_inner = self._sizes
        for n in of_ends:
            mask |= self._ends.get(word[-n:], 0)
        for i in range(len(word) - self._least + 1) if of_inner else ():
            if word[i : i + self._least] in self._heads:
                for n in of_inner:
                    mask |= self._inner.get(word[i : i + n], 0)
        return mask


def _by_need(pattern: str) -> list[Beginnings]:
    """Beginnings of the alternatives of a pattern of which the second word is not known, and of the others."""
    groups: dict[bool, list[Beginnings]] = {}
    for part in _spread(pattern):
        words = beginnings(part)
        groups.setdefault("" in words.seconds, []).append(words)
    return [Beginnings(*(frozenset().union(*some) for some in zip(*group, strict=True))) for group in groups.values()]


def _spread(pattern: str) -> list[str]:
    """Patterns that together match what one does: its alternatives, also where they stand in parentheses after a border."""
    parts = []
    for part in alternatives(pattern):
        head = _BORDERED.match(part)
        close = _close(part, head.end()) if head else len(part)
        if head is None or part[close + 1 : close + 2] in ("?", "*", "+", "{"):
            parts.append(part)
        else:
            parts += [f"{head[1]}(?:{word}){part[close + 1 :]}" for word in alternatives(part[head.end() : close])]
    return parts


def _close(pattern: str, at: int) -> int:
    """Offset of the parenthesis that closes what is open at an offset."""
    depth = 1
    for m in _SYNTAX.finditer(pattern, at):
        depth += (m[0] == "(") - (m[0] == ")")
        if not depth:
            return m.start()
    return len(pattern)


class Table(dict[str, int]):
    """The patterns of which a word can be the first, as a sum of bits, and above them those of which it can be the second; remembered by word."""

    def __init__(self, patterns: Mapping[str, str], located: Iterable[str] = ()) -> None:
        """located: names of the patterns that `Part.at` is asked for."""
        self.bits = dict.fromkeys(patterns, 0)
        """Bits of each pattern by its name: one for what can stand alone and one for what needs a second word."""
        known: list[tuple[Beginnings, int]] = []
        for name, pattern in patterns.items():
            for words in _by_need(pattern):
                known.append((words, 1 << len(known)))
                self.bits[name] |= known[-1][1]
        self.size = len(known)
        self._firsts = _Index((word, bit) for words, bit in known for word in words.firsts)
        self._seconds = _Index((f" {word}", bit) for words, bit in known for word in words.seconds)
        self.last = self._seconds.anywhere << self.size
        """What holds where no word follows."""
        self.located = sum({self.bits[name] for name in located})
        self.always = self._firsts.anywhere & self._seconds.anywhere
        """Patterns that can begin in any part of a text."""

    def __missing__(self, word: str) -> int:
        firsts, seconds = self._firsts, self._seconds
        mask = firsts.of(word) | firsts.anywhere | (seconds.of(word) | seconds.anywhere) << self.size
        if len(self) < _MOST:
            self[word] = mask
        return mask


class Part:
    """A part of a text, with the patterns that can begin in it: `"says" in part`."""

    __slots__ = ("_bits", "_fits", "_located", "_mask", "_table", "starts", "words")

    def __init__(self, mask: int, table: Table, starts: list[int], words: list[str], fits: list[int]) -> None:
        self._mask = mask
        self._table = table
        self._bits = table.bits
        self._fits = fits
        self._located: list[tuple[int, int]] | None = None
        self.starts = starts
        """Offsets of the words that begin in it."""
        self.words = words

    def __contains__(self, name: str) -> bool:
        return self._mask & self._bits[name] != 0

    def at(self, name: str) -> list[int]:
        """Numbers of the words in which a pattern can begin."""
        bit = self._bits[name]
        if not self._mask & bit:
            return []
        if self._located is None:
            located = self._table.located
            self._located = [(k, fit) for k, fit in enumerate(self._fits) if fit & located]
        return [k for k, fit in self._located if fit & bit]


class Scan:
    """The words of a text with the patterns that can begin in them. `low` is the shadow of the text."""

    def __init__(self, low: str, table: Table) -> None:
        token = _TOKEN if _UNUSUAL.search(low) else _PLAIN_TOKEN
        pieces = token.split(low)  # what stands between words, and the words: much quicker than a match for each
        self._words: list[str] = pieces[1::2]
        self._starts = list(accumulate(map(len, pieces)))[:-1:2]
        masks = list(map(table.__getitem__, self._words))
        self._fits = list(map(and_, masks, map(rshift, [*masks[1:], table.last], repeat(table.size))))
        self._table = table

    def at(self, name: str) -> list[int]:
        """Offsets of the words in which a pattern can begin."""
        bit = self._table.bits[name]
        return [start for start, fit in zip(self._starts, self._fits, strict=True) if fit & bit]

    def part(self, start: int, end: int) -> Part:
        """What lies between two offsets, of which either may cut a word in two."""
        starts, words, table = self._starts, self._words, self._table
        i = bisect_left(starts, start)
        j = bisect_left(starts, end, i)
        fits = self._fits[i:j]
        mask = reduce(or_, fits, table.always)
        if j and starts[j - 1] + len(word := words[j - 1]) > end:
            mask |= self._fitting([*words[max(i, j - 2) : j - 1], word[: end - starts[j - 1]]])
        if i and starts[i - 1] + len(word := words[i - 1]) > start:
            mask |= self._fitting([word[start - starts[i - 1] : end - starts[i - 1]], *words[i : min(i + 1, j)]])
        return Part(mask, table, starts[i:j], words[i:j], fits)

    def _fitting(self, words: list[str]) -> int:
        """What can begin in some words of which one is cut."""
        masks = list(map(self._table.__getitem__, words))
        return reduce(or_, map(and_, masks, map(rshift, [*masks[1:], self._table.last], repeat(self._table.size))), 0)


class _Next(dict[str, "re.Pattern[str] | None"]):
    """What can begin with a word, by the word after it."""

    def __init__(self, choice: Choice, fits: int) -> None:
        self._choice = choice
        self._fits = fits

    def __missing__(self, word: str) -> re.Pattern[str] | None:
        pattern = self._choice.only(self._fits & (self._choice.seconds.of(word) | self._choice.seconds.anywhere))
        if len(self) < _MOST:
            self[word] = pattern
        return pattern


class Choice(dict[str, "_Next | None"]):
    """Named alternatives in order, as one pattern for each two words: of those only that can begin with them. They begin at the first letter of a
    word. before, after: what must stand around each."""

    def __init__(self, named: Mapping[str, str], before: str = "", after: str = "") -> None:
        self.source = f"{before}(?:{'|'.join(f'(?P<{name}>(?:{pattern}){after})' for name, pattern in named.items())})"
        self._parts = [(name, part) for name, pattern in named.items() for part in alternatives(pattern)]
        self._before, self._after = before, after
        self._compiled: dict[int, re.Pattern[str]] = {}
        self._nexts: dict[int, _Next] = {}

    @cached_property
    def _firsts(self) -> _Index:
        return _Index((f" {word.lstrip()}", 1 << i) for i, (_, part) in enumerate(self._parts) for word in beginnings(part).firsts)

    @cached_property
    def seconds(self) -> _Index:
        """The second words of its alternatives."""
        return _Index((f" {word}", 1 << i) for i, (_, part) in enumerate(self._parts) for word in beginnings(part).seconds)

    def __missing__(self, word: str) -> _Next | None:
        fits = self._firsts.of(word) | self._firsts.anywhere
        if fits and fits not in self._nexts:
            self._nexts[fits] = _Next(self, fits)
        found = self._nexts.get(fits)
        if len(self) < _MOST:
            self[word] = found
        return found

    def only(self, chosen: int) -> re.Pattern[str] | None:
        """Some of the alternatives, by their bits."""
        if chosen and chosen not in self._compiled:
            named: dict[str, list[str]] = {}
            for i, (name, part) in enumerate(self._parts):
                if chosen >> i & 1:
                    named.setdefault(name, []).append(part)
            some = "|".join(f"(?P<{name}>(?:{'|'.join(parts)}){self._after})" for name, parts in named.items())
            self._compiled[chosen] = re.compile(f"{self._before}(?:{some})")
        return self._compiled.get(chosen)

    def matches(self, low: str, part: Part, end: int, name: str) -> Iterator[re.Match[str]]:
        """Matches in a part of a text from left to right that do not overlap, as `finditer` gives them; name: what its table calls this choice."""
        done, words, starts = 0, part.words, part.starts
        for k in part.at(name):
            if starts[k] >= done and (nexts := self[words[k]]) is not None:
                pattern = nexts[words[k + 1] if k + 1 < len(words) else ""]
                if pattern is not None and (m := pattern.match(low, starts[k], end)) is not None:
                    yield m
                    done = m.end()
