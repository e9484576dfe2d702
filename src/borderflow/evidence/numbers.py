"""Numbers in a sentence: digits, words, ranges, orders of magnitude, ratios and shares, with the words of doubt around them.

What a number counts is decided in `extract`. All functions see the shadow of a text (`passages.shadow`); offsets are those of the text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from math import inf
from operator import attrgetter
from typing import NamedTuple

from borderflow.evidence.language import Hedge, Language
from borderflow.evidence.scan import Choice, Part, Scan, Table, alternatives

_DIGITS = r"(?<![\w.,/#№])(?<!\d:)(?<![^\W\d_]-)(?:\d{1,3}(?:[ ,.']\d{3})+(?![\d])(?:[.,]\d{1,2}(?!\d))?|\d{1,3}, 000(?!\d)|\d[\do]*(?:[.,]\d{1,3}(?![\d]))?)(?![\d]|:\d|x\b)"
_WORD = r"[^\W\d_]"
_DECIMAL = re.compile(r"\d+(?:[.,]\d+)?")
_start = attrgetter("start")
_SPACES = re.compile("[ -]")
_SPAN = 48
"""Characters before a number in which its words of doubt are looked for."""


class Mention(NamedTuple):
    """A number and what it may be: value bounds, and the offsets of number (`start`, `end`) and of number with words of doubt (`begin`).

    form: count, percent, ratio, share or amount (a bare 'a kilometre' with its unit in `unit`).
    """

    start: int
    end: int
    begin: int
    low: float | None
    high: float | None
    form: str = "count"
    hedge: str = ""
    small: bool = False
    """A number word below ten, or a bare digit: too weak to stand without a noun."""
    unit: str = ""
    cue: str = ""
    """Of a ratio: up, down or times."""
    scale: float = 1.0
    """What its last multiplier amounts to: 1000 of 'three thousand'."""


def _one_of(words: Iterable[str]) -> str:
    """A pattern of one of some words, the longest first."""
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


@functools.cache
def _compiled(language: Language) -> dict[str, re.Pattern[str]]:
    """The patterns of a language that are tried beside a number."""
    multipliers = "|".join(
        sorted(
            (rf"{re.escape(m)}{_WORD}*\.?" if len(m) > 2 else rf"{re.escape(m)}(?!{_WORD})\.?" for m in language.multipliers), key=len, reverse=True
        )
    )
    hedge, words = _hedges(language), _one_of(language.number_words)
    return {
        "multiplier": re.compile(rf"(?P<odd>{language.odd})?[ -]?(?P<m>{multipliers})(?!{_WORD})"),
        "rest": re.compile(
            rf"\.?(?P<and> and | и )? ?-?(?P<n>\d{{3}}(?![\d%]|[.,]\d| \d)|(?:{words})(?!{_WORD})(?:[ -](?:{words})(?!{_WORD})){{0,3}})"
        ),
        "ending": re.compile(language.cardinal_ending),
        "joiner": re.compile(rf"\s*(?:{language.range_words})\s*(?:\$|about |around |some |примерно |около )?"),
        "number_next": re.compile(rf" (?:\d|(?:{words})(?!{_WORD}))"),
        "after": re.compile(rf"\s?(?:{'|'.join(h.pattern for h in language.after)})"),
        "percent": re.compile(r"\s*(?:%|per ?cent(?!\w)|percent(?!\w)|pct(?!\w)|процент\w*)"),
        "hedge": re.compile(rf"(?<!{_WORD})(?:(?:{hedge})[\s\"“«]+(?:the )?)?(?:{language.lead}){{0,2}}[\"“«]?$"),
        "inner_hedge": re.compile(rf"\s(?P<h>{hedge}) (?=\d|[^\W\d_])"),
        "value": re.compile(
            rf"(?P<n>\d+(?:[.,]\d+)?)(?: ?(?:-|–|to|до) ?(?P<n2>\d+(?:[.,]\d+)?))? ?(?:%|per|pct|процент)|(?P<w>(?:{words})(?!{_WORD})(?:[ -](?:{words})(?!{_WORD})){{0,4}}) (?:per|процент)|(?P<f>{_one_of(language.fractions)})(?!{_WORD})"
        ),
    }


def _hedges(language: Language) -> str:
    return "(?:" + "|".join(h.pattern for h in language.hedges) + ")"


@functools.cache
def choices(language: Language) -> dict[str, Choice]:
    """The patterns of a language that find numbers: atom, ratio, share, bare_unit, and number, that a sentence without digits must hold."""
    words, fraction, nothing = _one_of(language.number_words), _one_of(language.fractions), "(?!x)x"
    ending = rf"{_WORD}{{0,3}}" if language.stem_months else ""
    orders = "|".join(rf"(?<!{_WORD})(?:{p}){ending}(?!{_WORD}|\d)" for p, *_ in language.orders)
    word = rf"(?:(?:{words})(?!{_WORD})(?:[ -](?:{words})(?!{_WORD})){{0,4}})"
    stems = "|".join(m for m in language.multipliers if len(m) > 3)
    scaled = rf"(?:{'|'.join(language.unit_articles)}) (?=(?:{stems}){ending}(?!{_WORD}))" if language.unit_articles else nothing
    bare = "|".join(rf"(?:{p})(?!{_WORD})" for p in language.lone_multipliers) or nothing
    percent = rf"(?:\d{{1,4}}(?:[.,]\d+)?(?: ?(?:-|–|to|до) ?\d{{1,4}}(?:[.,]\d+)?)?|{word}) ?(?:%|per ?cent|percent|pct|процент\w*)"
    fill = {
        "fraction": rf"(?:{percent}|(?:{fraction})(?!{_WORD}))",
        "hedge": _hedges(language),
        "count": rf"(?:\d{{1,4}}(?:[.,]\d)?|(?:{words})(?: and a half| с половиной)?)",
    }
    start, end = rf"(?<!{_WORD})", rf"(?!{_WORD})"
    ratios = {f"r{i}": _numbered(p.format(**fill), i) for i, (p, _) in enumerate(language.ratios)}
    shares = {f"s{i}": _numbered(p.format(**fill), 10 + i) for i, p in enumerate(language.shares)}
    turned = rf"(?:{language.turned}) (?:{words})(?!{_WORD})" if language.turned else nothing
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


def has_number(low: str, end: int, language: Language, part: Part) -> bool:
    """Whether a sentence may hold a number at all."""
    return "digit" in part or ("number" in part and any(choices(language)["number"].matches(low, part, end, "number")))


@functools.cache
def _table(language: Language) -> Table:
    return Table(searched(language), located(language))


def mentions(low: str, start: int, end: int, language: Language, masked: list[tuple[int, int]], part: Part | None = None) -> list[Mention]:
    """Numbers of a sentence from left to right; those inside `masked` spans (dates, clock times) are left out.

    part: of a text scanned for the patterns that are `searched`; made here where there is none.
    """
    part = part or Scan(low, _table(language)).part(start, end)
    patterns = _compiled(language)
    found: list[Mention] = []
    if "ratio" in part:
        found += _ratios(low, start, end, language, part)
    if "bare_unit" in part:
        found += _bare(low, start, end, language, part)
    taken = [(m.start, m.end) for m in found]
    atoms = [a for a in _atoms(low, start, end, language, part, masked) if not _inside(a, masked) and not _inside(a, taken)]
    joined = _joined(low, atoms, language, patterns)
    taken += [(m.start, m.end) for m in joined]
    if "share" in part:
        apart = [m for m in _shares(low, start, end, language, part) if not _overlaps(m, taken, joined) and not _inside(m, masked)]
        found += apart
        shares = [(m.start, m.end) for m in apart]
        joined = [m for m in joined if not _inside(m, shares)]
    found += joined
    if len(found) > 1:
        found.sort(key=_start)
        found = list(_in_two_units(low, found, end, language))
    found = [_from_one(low, m, language) for m in found] if "one_to" in part else found
    if "~" in low[start:end]:  # which is no word
        return [_hedged(low, start, m, language, patterns["hedge"].search(low, max(start, m.start - _SPAN), m.start)) for m in found]
    doubts = [part.starts[k] for k in part.at("doubt")] if "hedge" in part else []
    return [_hedged(low, start, m, language, _doubt(low, start, m.start, doubts, patterns["hedge"])) for m in found]


def _doubt(low: str, start: int, at: int, doubts: list[int], pattern: re.Pattern[str]) -> re.Match[str] | None:
    """The words of doubt right before a number; doubts: offsets of the words that can begin them."""
    begin = max(start, at - _SPAN)
    return next((m for d in doubts if begin <= d < at and (m := pattern.match(low, d, at)) is not None), None)


def _inside(m: Mention, spans: list[tuple[int, int]]) -> bool:
    return bool(spans) and any(a <= m.start and m.end <= b for a, b in spans)


def _overlaps(m: Mention, spans: list[tuple[int, int]], joined: list[Mention]) -> bool:
    """Whether a share repeats what is already read; 'one in three' replaces its own 'one' and 'three'."""
    inner = {(j.start, j.end) for j in joined if m.start <= j.start and j.end <= m.end}
    return any(a < m.end and m.start < b for a, b in spans if (a, b) not in inner)


def _atoms(low: str, start: int, end: int, language: Language, part: Part, masked: list[tuple[int, int]]) -> Iterator[Mention]:
    """Single numbers with their multipliers; one that would begin in a date begins after it: 'on 2 May 702 came', 'February 24 702 315 came'."""
    done = start
    for found in choices(language)["atom"].matches(low, part, end, "atom"):
        m, after = found, next((b for a, b in masked if a <= found.start() < b), None)
        if found.start() < done:
            continue
        if after is not None:
            later = _whole_atom(language).match(low, after + 1, end) if after < found.end() else None
            if later is None:
                continue
            m = later
        kind = m.lastgroup
        if kind == "order":
            a, b, word = _order(m[0], language)
            yield Mention(m.start(), m.end(), m.start(), a, b, hedge=word, small=b < 10)
            continue
        if kind == "words" and (several := _either(m[0], language)) is not None:
            least, most = (_composed(low, x, m.end(), end, language, apart=True) for x in several)
            yield Mention(m.start(), most.stop, m.start(), least.value, most.value, small=most.value < 10, scale=most.scale)
            done = most.stop
            continue
        amount = _turned(low, m, end, language) if kind == "turned" else _amount(low, m, kind or "", start, end, language)
        done = amount.stop
        high = None if amount.open else amount.value
        yield Mention(
            m.start(), amount.stop, m.start(), amount.value, high, hedge="or more" if amount.open else "", small=amount.value < 10, scale=amount.scale
        )


@functools.cache
def _whole_atom(language: Language) -> re.Pattern[str]:
    return re.compile(choices(language)["atom"].source)


class _Amount(NamedTuple):
    """A value, where the text goes on after it, what multipliers in it amount to, and whether words inside leave it open upward."""

    value: float
    stop: int
    scale: float = 1.0
    open: bool = False


def _amount(low: str, m: re.Match[str], kind: str, start: int, end: int, language: Language) -> _Amount:
    """The amount that a first number begins."""
    patterns = _compiled(language)
    stop = m.end()
    if kind == "digits":
        if ending := patterns["ending"].match(low, stop, end):
            stop = ending.end()
        value = digits(m[0], language.decimal_comma, bool(patterns["multiplier"].match(low, stop, end)))
    elif kind == "half":
        value, stop = language.unit_articles[m[0].strip()], stop - 1
    elif kind == "bare":
        value = next(v for p, v in language.lone_multipliers.items() if _whole(p).fullmatch(m[0]))
    else:
        value = word_value(m[0], language)
    more = language.patterns["half_more"].match(low, stop, end) if kind in ("digits", "words") else None
    if more:  # 'three and a half kilometres'
        value, stop = value + 0.5, more.end()
    if kind != "bare" and not patterns["multiplier"].match(low, stop, end):
        return _Amount(value, stop)
    apart = bool(language.patterns["between"].search(low, max(start, m.start() - 24), m.start()))
    if kind == "bare":
        return _with_rest(low, 0.0, _Amount(value, stop, value), end, language, apart, inf) or _Amount(value, stop, value)
    return _composed(low, value, stop, end, language, apart)


def _composed(low: str, value: float, stop: int, end: int, language: Language, apart: bool, below: float = inf) -> _Amount:
    """A number with the multipliers and the smaller numbers that follow it, all of it less than `below`.

    'a hundred and two thousand', 'one thousand five hundred', '2 thousand 800', 'двадцать две с лишним тысячи'. apart: 'and' joins two numbers.
    """
    total, group, scale, open_ = 0.0, value, 1.0, False
    while found := _compiled(language)["multiplier"].match(low, stop, end):
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
        more = _with_rest(low, total, _Amount(group or total, stop, factor, open_), end, language, apart, below)
        if more is None:
            continue
        stop, open_ = more.stop, more.open
        if not group:  # whatever follows belongs to something else
            return _Amount(more.value, stop, factor, open_)
        group = more.value
    return _Amount(total + group, stop, scale, open_)


def _with_rest(low: str, total: float, so_far: _Amount, end: int, language: Language, apart: bool, below: float) -> _Amount | None:
    """An amount with the smaller number that follows its multiplier, None where none belongs to it."""
    found = _compiled(language)["rest"].match(low, so_far.stop, end)
    if found is None or (found["and"] and apart):
        return None
    limit = so_far.scale
    first = float(found["n"]) if found["n"].isdigit() else word_value(found["n"], language)
    rest = _composed(low, first, found.end(), end, language, apart, limit)
    dangling = _compiled(language)["multiplier"].match(low, rest.stop, end)
    if rest.value >= limit or (dangling and (total or limit >= 1000 or (so_far.value + rest.value) * 1000 >= below)):
        return None
    spelled = low[found.start("n")].isalpha()
    if limit >= 1000 and ((spelled and not found["and"] and rest.value < 100 and not language.stem_months) or (not spelled and rest.value < 100)):
        return None  # 'ten thousand two days later'
    if limit < 1000 and not spelled:
        return None
    return _Amount(so_far.value + rest.value, rest.stop, so_far.scale, so_far.open or rest.open)


def _turned(low: str, m: re.Match[str], end: int, language: Language) -> _Amount:
    """'тысячи две', 'десятка полтора', 'тысячи три с половиной': about so many."""
    first, _, second = m[0].partition(" ")
    factor = next(f for stem, f in sorted(language.multipliers.items(), key=lambda x: -len(x[0])) if first.startswith(stem))
    value, stop = word_value(second, language), m.end()
    if factor == 1000 and 100 <= value < 1000:  # 'не больше тысячи двухсот'
        rest = _compiled(language)["rest"].match(low, stop, end)
        more = word_value(rest["n"], language) if rest and not rest["and"] and not rest["n"].isdigit() else 0.0
        return _Amount(factor + value + more, rest.end(), factor) if rest and 0 < more < 100 else _Amount(factor + value, stop, factor)
    if half := language.patterns["half_more"].match(low, stop, end):
        value, stop = value + 0.5, half.end()
    return _Amount(value * factor, stop, factor)


def _either(text: str, language: Language) -> tuple[float, float] | None:
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
    return float(sum(language.number_words.get(w, 0) for w in _SPACES.split(text) if w))


@functools.cache
def _whole(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


@functools.cache
def _ending(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern}){_WORD}{{0,3}}")


def _order(text: str, language: Language) -> tuple[float, float, str]:
    for pattern, low, high, word in language.orders:
        if _ending(pattern).fullmatch(text):
            return low, high, word
    return 2, 9, "several"


def _joined(low: str, atoms: list[Mention], language: Language, patterns: dict[str, re.Pattern[str]]) -> list[Mention]:
    """Numbers with ranges put together and percentages marked."""
    result: list[Mention] = []
    i = 0
    while i < len(atoms):
        a = atoms[i]
        b = atoms[i + 1] if i + 1 < len(atoms) else None
        if b is not None and (_is_range(low, a, b, language, patterns["joiner"]) or _is_guess(low, atoms, i)):
            result.append(_range(low, a, b))
            i += 2
        else:
            result.append(a)
            i += 1
    marked = []
    for m in result:
        percent = patterns["percent"].match(low, m.end)
        turned = bool(language.percent_first) and low.endswith(language.percent_first, 0, m.start)
        marked.append(_percent(m, percent.end() if percent else m.end) if percent or turned else m)
    return marked


_THOUSANDS = re.compile(r"[ ,.]000$")
_TWICE = re.compile(r" ([^\W\d_]{2,12})( (?:to|or|or even|до|или) )")


_GUESS = re.compile(r", (?:sometimes |perhaps |maybe |possibly |even |иногда |может |а то и )?")


def _is_guess(low: str, atoms: list[Mention], i: int) -> bool:
    """Whether two numbers in words are one guess: 'twenty, thirty', 'a thousand, twelve hundred'."""
    a, b = atoms[i], atoms[i + 1]
    if (
        not _GUESS.fullmatch(low[a.end : b.start])
        or not (low[a.start].isalpha() and low[b.start].isalpha())
        or a.hedge
        or b.hedge
        or a.high is None
        or b.high is None
    ):
        return False
    high = a.high * b.scale if b.scale > 1 and a.scale == 1 else a.high
    alone = (i == 0 or low[atoms[i - 1].end : a.start] != ", ") and (i + 2 == len(atoms) or low[b.end : atoms[i + 2].start] != ", ")
    return alone and high < b.high <= 2 * high


def _in_two_units(low: str, found: list[Mention], end: int, language: Language) -> Iterator[Mention]:
    """Numbers from left to right, of which two that are one amount are put together: '2 h 30 min', 'an hour and 20 minutes', '5 км 200 м'."""
    last: Mention | None = None
    for m in found:
        whole = _with_smaller(low, last, m, end, language) if last is not None and m.start - last.end <= _NEAR else None
        if last is not None and whole is None:
            yield last
        last = whole or m
    if last is not None:
        yield last


_NEAR = 18
"""Characters in which the larger unit of an amount in two must stand."""


def _with_smaller(low: str, a: Mention, b: Mention, end: int, language: Language) -> Mention | None:
    """An amount in two units, of which the second is a part of the first; None where they are none."""
    if b.form != "count" or a.form not in ("count", "amount") or a.low is None or a.low != a.high or b.low is None or b.low != b.high:
        return None
    for unit, larger, smaller, parts in language.mixed:
        between = _whole(rf"{larger}{language.mixed_link}" if a.form == "count" else language.mixed_link).fullmatch(low, a.end, b.start)
        if between and (a.form == "count" or a.unit == unit) and b.low < parts and (after := _whole(smaller).match(low, b.end, end)):
            value = a.low + b.low / parts
            return Mention(a.start, after.end(), a.start, value, value, form="amount", unit=unit)
    return None


def _from_one(low: str, m: Mention, language: Language) -> Mention:
    """'час-два': an amount from one of its unit on."""
    for word, unit in language.one_to.items():
        if m.form == "count" and m.high is not None and 1 < m.high < 10 and low.endswith(word, max(0, m.start - 12), m.start):
            start = m.start - len(word)
            return Mention(start, m.end, start, 1.0, m.high, form="amount", unit=unit)
    return m


def _percent(m: Mention, end: int) -> Mention:
    return m._replace(
        end=end, form="percent", low=None if m.low is None else m.low / 100.0, high=None if m.high is None else m.high / 100.0, small=False
    )


def _is_range(low: str, a: Mention, b: Mention, language: Language, joiner: re.Pattern[str]) -> bool:
    """Whether two numbers are the ends of one range."""
    between = low[a.end : b.start]
    if (twice := _TWICE.fullmatch(between)) and low.startswith(f" {twice[1]}", b.end):  # 'four nights to six nights'
        between = twice[2]
    if len(between) > 14 or not joiner.fullmatch(between) or a.hedge or b.hedge or a.high is None or b.high is None:
        return False
    word, before = between.strip(), low[max(0, a.start - 70) : a.start]
    if word in ("and", "и") and not language_pattern(language, "between").search(before):
        return False
    if word == "up to" or language_pattern(language, "changing").search(before):
        return False
    value = a.high * _scale_of_both(low, a, b)
    if value >= b.high:
        return False
    dash = word in ("-", "–", "—", "‑")
    return value * 20 >= b.high or (dash and value * 100 >= b.high)


def _scale_of_both(low: str, a: Mention, b: Mention) -> float:
    """What the first of two numbers is multiplied by where the second says it for both: '20 to 25 thousand', '20-25,000'."""
    first, last = a.high or 0.0, b.high or 0.0
    scale = 1000.0 if b.scale == 1 and last >= 1000 and _THOUSANDS.search(low, b.start, b.end) else b.scale
    return scale if scale > 1 and a.scale == 1 and first < 1000 and first * scale < last * 1.0001 else 1.0


def _range(low: str, a: Mention, b: Mention) -> Mention:
    return Mention(a.start, b.end, a.start, (a.low or 0.0) * _scale_of_both(low, a, b), b.high, small=b.small)


def language_pattern(language: Language, name: str) -> re.Pattern[str]:
    """One compiled pattern of a language."""
    return language.patterns[name]


def _ratios(low: str, start: int, end: int, language: Language, part: Part) -> Iterator[Mention]:
    """'doubled', 'twice as many', 'fell by a third', '20 % more'."""
    patterns = _compiled(language)
    for m in choices(language)["ratio"].matches(low, part, end, "ratio"):
        i = int((m.lastgroup or "r0")[1:])
        groups = {k.rsplit("_", 1)[0]: v for k, v in m.groupdict().items() if v is not None and k.endswith(f"_{i}")}
        value = ratio_value(language.ratios[i][1], groups, language, patterns["value"])
        if value is not None:
            a, b, cue = value
            mention = Mention(m.start(), m.end(), m.start(), min(a, b), max(a, b), form="ratio", cue=cue)
            inner = patterns["inner_hedge"].search(m[0], 1)
            hedge = _hedge_of(inner["h"], language) if inner else None
            yield _with_hedge(mention, hedge, mention.begin) if hedge else mention


def ratio_value(reading: str, groups: dict[str, str], language: Language, value: re.Pattern[str]) -> tuple[float, float, str] | None:
    """New over old, as (low, high, direction of the change), of a matched ratio pattern."""
    if reading == "word":
        stem = groups["word"]
        factor = (
            0.5
            if stem.startswith("halv")
            else 4.0
            if stem.startswith(("quad", "учет"))
            else 3.0
            if stem.startswith(("trip", "treb", "утро"))
            else 2.0
        )
        return factor, factor, "times"
    if reading == "times":
        times = _times(groups["times"], language)
        if times is None or times <= 0 or times > 1000:
            return None
        return (1 / times, 1 / times, "down") if groups.get("down") else (times, times, "up")
    found = value.search(groups["part"])
    if not found:
        return None
    if found["f"]:
        a = b = language.fractions[found["f"]]
    else:
        a = (word_value(found["w"], language) if found["w"] else float(found["n"].replace(",", "."))) / 100
        b = float(found["n2"].replace(",", ".")) / 100 if found["n2"] else a
    if reading == "part":  # 'half as many'
        return a, b, "up"
    down = reading == "down" or bool(groups.get("less"))
    return (1 - b, 1 - a, "down") if down and b < 1 else None if down else (1 + a, 1 + b, "up")


_TIMES = {"twice": 2.0, "double": 2.0, "thrice": 3.0, "triple": 3.0, "вдвое": 2.0, "втрое": 3.0, "вчетверо": 4.0, "впятеро": 5.0}


def _times(text: str, language: Language) -> float | None:
    if text in _TIMES:
        return _TIMES[text]
    text = text.removesuffix("fold")
    number = _DECIMAL.search(text)
    if number:
        return float(number[0].replace(",", "."))
    half = 0.5 if language.patterns["half_more"].search(text) or " and a half" in text else 0.0
    return next((language.number_words[w] + half for w in _SPACES.split(text) if w in language.number_words), None)


def _bare(low: str, start: int, end: int, language: Language, part: Part) -> Iterator[Mention]:
    """'half an hour', 'a kilometre': amounts without a number."""
    patterns = list(language.bare_units.values())
    for m in choices(language)["bare_unit"].matches(low, part, end, "bare_unit"):
        value, unit = patterns[int((m.lastgroup or "u0")[1:])]
        yield Mention(m.start(), m.end(), m.start(), value, value, form="amount", unit=unit)


def _shares(low: str, start: int, end: int, language: Language, part: Part) -> Iterator[Mention]:
    """'one in three', 'two thirds'."""
    for m in choices(language)["share"].matches(low, part, end, "share"):
        if language.patterns["not_shares"].match(low, m.end()) or (m[0] == "a half" and low.endswith(" and ", 0, m.start())):
            continue
        if m.lastgroup == "fraction":
            value = language.fractions[m[0]]
        else:
            parts = {k.split("_")[0]: v for k, v in m.groupdict().items() if v is not None and k[:2] in ("a_", "b_")}
            a, b = _count(parts.get("a", "1"), language), _count(parts["b"], language)
            if not a or not b or a >= b or b > 1000:
                continue
            value = a / b
        yield Mention(m.start(), m.end(), m.start(), value, value, form="share")


_ORDINALS = {"second": 2, "third": 3, "fourth": 4, "fifth": 5, "tenth": 10, "втор": 2, "трет": 3, "четв": 4, "пят": 5, "деся": 10}


def _count(text: str, language: Language) -> float:
    if text.isdigit():
        return float(text)
    if text in language.number_words:
        return float(language.number_words[text])
    return float(next((v for stem, v in _ORDINALS.items() if text.startswith(stem)), 0))


def _hedged(low: str, start: int, m: Mention, language: Language, found: re.Match[str] | None) -> Mention:
    """A mention with the words of doubt around it applied to its bounds; found: those before it."""
    words = found[0].strip() if found else ""
    hedge = _hedge_of(words, language) if words else None
    if (
        found
        and hedge is not None
        and hedge.bound == "upper"
        and language.patterns["changed_to"].search(low, max(start, found.start() - 40), found.start())
    ):
        hedge, found = None, None
    begin = found.start() if found and hedge is not None else m.start
    if hedge is None:
        after = _hedge_after(low, m.end, language)
        if after is None:
            return m if begin == m.begin else m._replace(begin=begin)
        hedge, stop = after
        m = m._replace(end=stop)
    return _with_hedge(m, hedge, begin)


def _with_hedge(m: Mention, hedge: Hedge, begin: int) -> Mention:
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


def _hedge_of(words: str, language: Language) -> Hedge | None:
    for hedge in language.hedges:
        if _before(hedge.pattern).match(words):
            return hedge
    estimated = language.code == "en" and words.startswith("an estimated")
    return Hedge("", "about") if estimated else None


@functools.cache
def _before(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})(?!{_WORD})")


@functools.cache
def _after(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\s?(?:{pattern})(?!{_WORD})")


def hedged_after(m: Mention, low: str, stop: int, language: Language) -> tuple[Mention, int]:
    """A mention with the words of doubt that follow its noun, 'six hours or more', and the end of it all."""
    after = None if m.hedge else _hedge_after(low, stop, language)
    return (m, stop) if after is None else (_with_hedge(m, after[0], m.begin), after[1])


def _hedge_after(low: str, end: int, language: Language) -> tuple[Hedge, int] | None:
    if not _compiled(language)["after"].match(low, end):
        return None
    for hedge in language.after:
        found = _after(hedge.pattern).match(low, end)
        if found and not _compiled(language)["number_next"].match(low, found.end()):  # '41 автобус и более полутора тысяч машин'
            return hedge, found.end()
    return None
