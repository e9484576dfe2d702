"""Words of doubt around a number, and the bounds that they leave."""

from __future__ import annotations

import functools
import re

from borderflow.evidence.language import Hedge, Language
from borderflow.evidence.mention import Mention
from borderflow.evidence.number_patterns import WORD, compiled

SPAN = 48
"""Characters before a number in which its words of doubt are looked for."""


def doubt_before(low: str, start: int, at: int, doubts: list[int], pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The words of doubt right before a number; doubts: offsets of the words that can begin them."""
    begin = max(start, at - SPAN)
    return next((m for d in doubts if begin <= d < at and (m := pattern.match(low, d, at)) is not None), None)


def hedged(low: str, start: int, m: Mention, language: Language, found: re.Match[str] | None) -> Mention:
    """A mention with the words of doubt around it applied to its bounds; found: those before it."""
    words = found[0].strip() if found else ""
    hedge = hedge_of(words, language) if words else None
    if (
        found
        and hedge is not None
        and hedge.bound == "upper"
        and language.patterns["changed_to"].search(low, max(start, found.start() - 40), found.start())
    ):
        hedge, found = None, None
    if (
        hedge is not None
        and hedge.bound == "lower"
        and language.definite
        and low.endswith(language.definite, start, m.start)
        and not language.patterns["reached_mark"].search(low, max(start, (found.start() if found else m.start) - 10), m.end + 24)
    ):
        hedge, found = None, None  # 'more than the 39,000 of last year'
    begin = found.start() if found and hedge is not None else m.start
    if hedge is None:
        after = _hedge_after(low, m.end, language)
        if after is None:
            return m if begin == m.begin else m._replace(begin=begin)
        hedge, stop = after
        m = m._replace(end=stop)
    return with_hedge(m, hedge, begin)


def with_hedge(m: Mention, hedge: Hedge, begin: int) -> Mention:
    """A mention whose bounds are those that words of doubt leave; orders of magnitude and ranges of two bounds keep theirs under 'about'."""
    a, b = m.low, m.high
    bound = {"lower": "upper", "upper": "lower"}.get(hedge.bound, "") if m.form == "ratio" and m.cue == "down" else hedge.bound
    if bound == "lower" and not m.hedge:
        b = None
    elif (bound == "upper" or (bound == "upper if round" and not (b is not None and _exact(b)))) and not m.hedge:
        a = None
    return m._replace(low=a, high=b, hedge=m.hedge or hedge.word, begin=begin)


def _exact(number: float) -> bool:
    """Whether a number was counted, not estimated: more than three figures that are not noughts at the end."""
    return number < 1e15 and number == int(number) and len(str(int(number)).rstrip("0")) > 3


def hedge_of(words: str, language: Language) -> Hedge | None:
    """The hedge that words before a number are."""
    for hedge in language.hedges:
        if _before(hedge.pattern).match(words):
            return hedge
    estimated = language.code == "en" and words.startswith("an estimated")
    return Hedge("", "about") if estimated else None


@functools.cache
def _before(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})(?!{WORD})")


@functools.cache
def _after(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\s?(?:{pattern})(?!{WORD})")


def hedged_after(m: Mention, low: str, stop: int, language: Language) -> tuple[Mention, int]:
    """A mention with the words of doubt that follow its noun, 'six hours or more', and the end of it all."""
    after = None if m.hedge else _hedge_after(low, stop, language)
    return (m, stop) if after is None else (with_hedge(m, after[0], m.begin), after[1])


def _hedge_after(low: str, end: int, language: Language) -> tuple[Hedge, int] | None:
    if not compiled(language)["after"].match(low, end):
        return None
    for hedge in language.after:
        found = _after(hedge.pattern).match(low, end)
        if found and not compiled(language)["number_next"].match(low, found.end()):  # '41 автобус и более полутора тысяч машин'
            return hedge, found.end()
    return None
