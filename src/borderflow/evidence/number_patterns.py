"""Patterns by which numbers are found and read, by language."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from borderflow.evidence.language import Language
from borderflow.evidence.scan import Choice, alternatives

_DIGITS = r"(?<![\w./#№])(?<![\d\W],)(?<!\d:)(?:(?<![^\W\d_]-)|(?<=\d[mk]-))(?:\d{1,3}(?:[ ,.']\d{3})+(?![\d])(?:[.,]\d{1,2}(?!\d))?|\d{1,3}, 0\d\d(?!\d)|\d{1,3}, \d(?= (?:million|thousand|mln|тыс|млн))|\d[\do]*(?:[.,]\d{1,3}(?![\d]))?)(?![\d]|:\d|x\b)"
WORD = r"[^\W\d_]"


def one_of(words: Iterable[str]) -> str:
    """A pattern of one of some words, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@functools.cache
def compiled(language: Language) -> dict[str, re.Pattern[str]]:
    """The patterns of a language that are tried beside a number."""
    multipliers = "|".join(
        sorted(
            (
                rf"{re.escape(m)}{WORD}*\.?" if len(m) > 2 else rf"{re.escape(m)}(?!{WORD}|-(?:high|long|wide|deep|tall|thick)\b)\.?"
                for m in language.multipliers
            ),
            key=len,
            reverse=True,
        )
    )
    hedge, words = hedges(language), one_of(language.number_words)
    return {
        "multiplier": re.compile(rf"(?P<odd>{language.odd})?[ -]?(?P<m>{multipliers})(?!{WORD})"),
        "rest": re.compile(
            rf"\.?(?P<and> and | и )? ?-?(?P<n>\d{{3}}(?![\d%]|[.,]\d| \d)|(?:{words})(?!{WORD})(?:[ -](?:{words})(?!{WORD})){{0,3}})"
        ),
        "ending": re.compile(language.cardinal_ending),
        "joiner": re.compile(rf"\s*(?:{language.range_words})\s*(?:\$|about |around |some |примерно |около )?"),
        "number_next": re.compile(rf" (?:\d|(?:{words})(?!{WORD}))"),
        "after": re.compile(rf"\s?(?:{'|'.join(h.pattern for h in language.after)})"),
        "percent": re.compile(r"\s*(?:%|per ?cent(?!\w)|percent(?!\w)|pct(?!\w)|процент\w*)"),
        "hedge": re.compile(rf"(?<!{WORD})(?:(?:{hedge})[\s\"“«]+(?:the )?)?(?:{language.lead}){{0,2}}[\"“«]?$"),
        "inner_hedge": re.compile(rf"\s(?P<h>{hedge}) (?=\d|[^\W\d_])"),
        "value": re.compile(
            rf"(?P<n>\d+(?:[.,]\d+)?)(?: ?(?:-|–|to|до) ?(?P<n2>\d+(?:[.,]\d+)?))? ?(?:%|per|pct|процент)|(?P<w>(?:{words})(?!{WORD})(?:[ -](?:{words})(?!{WORD})){{0,4}}) (?:per|процент)|(?P<f>{one_of(language.fractions)})(?!{WORD})"
        ),
    }


def hedges(language: Language) -> str:
    """A pattern of all words of doubt before a number."""
    return "(?:" + "|".join(h.pattern for h in language.hedges) + ")"


@functools.cache
def choices(language: Language) -> dict[str, Choice]:
    """The patterns of a language that find numbers: atom, ratio, share, bare_unit, and number, that a sentence without digits must hold."""
    words, fraction, nothing = one_of(language.number_words), one_of(language.fractions), "(?!x)x"
    ending = rf"{WORD}{{0,3}}" if language.stem_months else ""
    orders = "|".join(rf"(?<!{WORD})(?:{p}){ending}(?!{WORD}|\d)" for p, *_ in language.orders)
    word = rf"(?:(?:{words})(?!{WORD})(?:[ -](?:{words})(?!{WORD})){{0,4}})"
    stems = "|".join(m for m in language.multipliers if len(m) > 3)
    scaled = rf"(?:{'|'.join(language.unit_articles)}) (?=(?:{stems}){ending}(?!{WORD}))" if language.unit_articles else nothing
    bare = "|".join(rf"(?:{p})(?!{WORD})" for p in language.lone_multipliers) or nothing
    percent = rf"(?:\d{{1,4}}(?:[.,]\d+)?(?: ?(?:-|–|to|до) ?\d{{1,4}}(?:[.,]\d+)?)?|{word}) ?(?:%|per ?cent|percent|pct|процент\w*)"
    fill = {
        "fraction": rf"(?:{percent}|(?:{fraction})(?!{WORD}))",
        "hedge": hedges(language),
        "count": rf"(?:\d{{1,4}}(?:[.,]\d)?|(?:{words})(?: and a half| с половиной)?)",
    }
    start, end = rf"(?<!{WORD})", rf"(?!{WORD})"
    ratios = {f"r{i}": _numbered(p.format(**fill), i) for i, (p, _) in enumerate(language.ratios)}
    shares = {f"s{i}": _numbered(p.format(**fill), 10 + i) for i, p in enumerate(language.shares)}
    turned = rf"(?:{language.turned}) (?:{words})(?!{WORD})" if language.turned else nothing
    atoms = {"turned": turned, "order": orders, "digits": _DIGITS, "half": scaled, "words": word, "bare": bare}
    return {
        "atom": Choice(atoms, start),
        "ratio": Choice(ratios, r"(?<!\w)"),
        "share": Choice({**shares, "fraction": rf"(?:{fraction}){end}"}, start),
        "number": Choice({f"n{i}": p for i, p in enumerate(_first_words(language))}, start),
        "bare_unit": Choice({f"u{i}": p for i, p in enumerate(language.bare_units)}, start, end),
    }


@functools.cache
def searched(language: Language) -> dict[str, str]:
    """The patterns by which numbers are found, by name, for a table of what can begin in a word."""
    hedges = "|".join(h.pattern.replace("|~", "") for h in language.hedges)  # which is no letter: looked for by itself
    return {name: choice.source for name, choice in choices(language).items()} | {
        "digit": r"\d",
        "one_to": "|".join(rf"\b{word}" for word in language.one_to) or "(?!x)x",
        "hedge": hedges,
        "doubt": f"{hedges}|{language.lead}",
    }


def located(language: Language) -> list[str]:
    """Those of them that are looked for by word."""
    return [*choices(language), "doubt"]


def _first_words(language: Language) -> list[str]:
    """Beginnings that every number written in words shares: a cheap test before the exact one."""
    words = [w for w in (*language.number_words, *language.fractions, *language.multipliers) if len(w) > 2]
    return [*sorted({re.escape(w[:5]) for w in words}), *alternatives(language.number_starts)]


def _numbered(pattern: str, i: int) -> str:
    """A pattern whose named groups carry a number, so that several can stand in one."""
    return re.sub(r"\(\?P<(\w+)>", lambda m: f"(?P<{m[1]}_{i}>", pattern)
