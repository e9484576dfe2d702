"""What numbers in digits and words amount to."""

from __future__ import annotations

import functools
import re
from math import inf
from typing import NamedTuple

from borderflow.evidence.language import Language
from borderflow.evidence.number_patterns import WORD, compiled

SPACES = re.compile("[ -]")


class Amount(NamedTuple):
    """A value, where the text goes on after it, what multipliers in it amount to, and whether words inside leave it open upward."""

    value: float
    stop: int
    scale: float = 1.0
    open: bool = False


def amount(low: str, m: re.Match[str], kind: str, start: int, end: int, language: Language) -> Amount:
    """The amount that a first number begins."""
    patterns = compiled(language)
    stop = m.end()
    if kind == "digits":
        if ending := patterns["ending"].match(low, stop, end):
            stop = ending.end()
        value = digits(m[0], language.decimal_comma, bool(patterns["multiplier"].match(low, stop, end)))
    elif kind == "half":
        value, stop = language.unit_articles[m[0].strip()], stop - 1
    elif kind == "bare":
        value = next(v for p, v in language.lone_multipliers.items() if whole(p).fullmatch(m[0]))
    else:
        value = word_value(m[0], language)
    more = language.patterns["half_more"].match(low, stop, end) if kind in ("digits", "words") else None
    if more:  # 'three and a half kilometres'
        value, stop = value + 0.5, more.end()
    if kind != "bare" and not patterns["multiplier"].match(low, stop, end):
        return Amount(value, stop)
    apart = bool(language.patterns["between"].search(low, max(start, m.start() - 24), m.start()))
    if kind == "bare":
        return _with_rest(low, 0.0, Amount(value, stop, value), end, language, apart, inf) or Amount(value, stop, value)
    return composed(low, value, stop, end, language, apart)


def composed(low: str, value: float, stop: int, end: int, language: Language, apart: bool, below: float = inf) -> Amount:
    """A number with the multipliers and the smaller numbers that follow it, all of it less than `below`.

    'a hundred and two thousand', 'one thousand five hundred', '2 thousand 800', 'двадцать две с лишним тысячи'. apart: 'and' joins two numbers.
    """
    total, group, scale, open_ = 0.0, value, 1.0, False
    while found := compiled(language)["multiplier"].match(low, stop, end):
        word = found["m"].rstrip(".")
        factor = next((f for stem, f in sorted(language.multipliers.items(), key=lambda x: -len(x[0])) if word.startswith(stem)), 1.0)
        if word == "m" and low[found.start()] == " ":
            break  # '5 m' are metres
        if group * factor >= below or (total and group * factor >= scale):
            break
        group, scale, open_ = group * factor, factor if factor >= 1000 or scale == 1 else scale * factor, open_ or bool(found["odd"])
        stop = found.end() - (low[found.end() - 1] == "." and len(word) > 4)
        half = language.patterns["half_more"].match(low, stop, end) if factor >= 1000 and float(group).is_integer() else None
        if half:  # '5 thousand and a half'
            group, stop = group + factor / 2, half.end()
        if factor >= 1000:
            total, group = total + group, 0.0
        more = _with_rest(low, total, Amount(group or total, stop, factor, open_), end, language, apart, below)
        if more is None:
            continue
        stop, open_ = more.stop, more.open
        if not group:  # whatever follows belongs to something else
            return Amount(more.value, stop, factor, open_)
        group = more.value
    return Amount(total + group, stop, scale, open_)


def _with_rest(low: str, total: float, so_far: Amount, end: int, language: Language, apart: bool, below: float) -> Amount | None:
    """An amount with the smaller number that follows its multiplier, None where none belongs to it."""
    found = compiled(language)["rest"].match(low, so_far.stop, end)
    if found is None or (found["and"] and apart):
        return None
    limit = so_far.scale
    first = float(found["n"]) if found["n"].isdigit() else word_value(found["n"], language)
    rest = composed(low, first, found.end(), end, language, apart, limit)
    dangling = compiled(language)["multiplier"].match(low, rest.stop, end)
    if rest.value >= limit or (dangling and (total or limit >= 1000 or (so_far.value + rest.value) * 1000 >= below)):
        return None
    spelled = low[found.start("n")].isalpha()
    if limit >= 1000 and ((spelled and not found["and"] and rest.value < 100 and not language.stem_months) or (not spelled and rest.value < 100)):
        return None  # 'ten thousand two days later'
    if limit < 1000 and not spelled:
        return None
    return Amount(so_far.value + rest.value, rest.stop, so_far.scale, so_far.open or rest.open)


def turned(low: str, m: re.Match[str], end: int, language: Language) -> Amount:
    """'тысячи две', 'десятка полтора', 'тысячи три с половиной': about so many."""
    first, _, second = m[0].partition(" ")
    factor = next(f for stem, f in sorted(language.multipliers.items(), key=lambda x: -len(x[0])) if first.startswith(stem))
    value, stop = word_value(second, language), m.end()
    if factor == 1000 and 100 <= value < 1000:  # 'не больше тысячи двухсот'
        rest = compiled(language)["rest"].match(low, stop, end)
        more = word_value(rest["n"], language) if rest and not rest["and"] and not rest["n"].isdigit() else 0.0
        return Amount(factor + value + more, rest.end(), factor) if rest and 0 < more < 100 else Amount(factor + value, stop, factor)
    if half := language.patterns["half_more"].match(low, stop, end):
        value, stop = value + 0.5, half.end()
    return Amount(value * factor, stop, factor)


def either(text: str, language: Language) -> tuple[float, float] | None:
    """The two values of 'восемь-девять' and 'two-three'; 'twenty-eight' is one."""
    first, dash, second = text.partition("-")
    a, b = word_value(first, language), word_value(second, language)
    return (a, b) if dash and "-" not in second and 0 < a < b else None


def digits(text: str, decimal_comma: bool, scaled: bool) -> float:
    """The value of a number in digits: groups of three by space, comma, point or apostrophe; one or two digits after a point or comma are decimals.

    >>> digits("98,000", False, False), digits("4,5", True, True), digits("12.000", False, False), digits("1.2", False, True)
    (98000.0, 4.5, 12000.0, 1.2)
    """
    text = text.replace("o", "0").replace(" ", "").replace("'", "")
    last = max(text.rfind(","), text.rfind("."))
    if last < 0:
        return float(text)
    tail = len(text) - last - 1
    both = "," in text and "." in text
    several = text.count(text[last]) > 1
    grouped = tail == 3 and not both and (several or (not (scaled and (decimal_comma or text[last] == ".")) and text[:last] != "0"))
    if grouped:
        return float(text.replace(",", "").replace(".", ""))
    if several:  # 1,234,5: garbled, read the groups
        return float(text.replace(",", "").replace(".", ""))
    whole = text[:last].replace(",", "").replace(".", "")
    return float(f"{whole or 0}.{text[last + 1 :] or 0}")


def word_value(text: str, language: Language) -> float:
    """The value of a number in words, multipliers apart: 'twenty-eight', 'two hundred' is read by its multiplier."""
    return float(sum(language.number_words.get(w, 0) for w in SPACES.split(text) if w))


@functools.cache
def whole(pattern: str) -> re.Pattern[str]:
    """A pattern of a language, compiled once."""
    return re.compile(pattern)


@functools.cache
def _ending(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern}){WORD}{{0,3}}")


def order_of(text: str, language: Language) -> tuple[float, float, str]:
    """Bounds and name of an order of magnitude: 2000, 9999, 'thousands'."""
    for pattern, low, high, word in language.orders:
        if _ending(pattern).fullmatch(text):
            return low, high, word
    return 2, 9, "several"
