"""Numbers in a sentence: digits, words, ranges, orders of magnitude, ratios and shares, with the words of doubt around them.

What a number counts is decided in `extract`. All functions see the shadow of a text (`passages.shadow`); offsets are those of the text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from borderflow.evidence.language import Hedge, Language
from borderflow.evidence.scan import Choice, Part, Scan, Table, alternatives

_DIGITS = r"(?<![\w.,/#№])(?<![^\W\d_]-)(?:\d{1,3}(?:[ ,.']\d{3})+(?![\d])(?:[.,]\d{1,2}(?!\d))?|\d{1,3}, 000(?!\d)|\d[\do]*(?:[.,]\d{1,3}(?![\d]))?)(?![\d])"
_WORD = r"[^\W\d_]"
_WRITTEN = re.compile(r"[\d.,]+")
_DECIMALS = re.compile(r"[.,]\d{1,2}$")
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
    hedge = _hedges(language)
    return {
        "multiplier": re.compile(rf"[ -]?(?P<m>{multipliers})(?!{_WORD})"),
        "joiner": re.compile(rf"\s*(?:{language.range_words})\s*(?:\$|about |around |some |примерно |около )?"),
        "percent": re.compile(r"\s*(?:%|per ?cent(?!\w)|percent(?!\w)|процент\w*)"),
        "hedge": re.compile(rf"(?<!{_WORD})(?:(?:{hedge})[\s\"“«]+(?:the )?)?(?:{language.lead}){{0,2}}[\"“«]?$"),
        "inner_hedge": re.compile(rf"\s(?P<h>{hedge}) (?=\d|[^\W\d_])"),
        "value": re.compile(
            rf"(?P<n>\d+(?:[.,]\d+)?)(?: ?(?:-|–|to|до) ?(?P<n2>\d+(?:[.,]\d+)?))? ?(?:%|per|процент)|(?P<f>{_one_of(language.fractions)})(?!{_WORD})"
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
    scaled = rf"(?:{'|'.join(language.unit_articles)}) (?=(?:{stems})(?!{_WORD}))" if language.unit_articles else nothing
    bare = "|".join(rf"(?:{p})(?!{_WORD})" for p in language.lone_multipliers) or nothing
    percent = r"\d{1,4}(?:[.,]\d+)?(?: ?(?:-|–|to|до) ?\d{1,4}(?:[.,]\d+)?)? ?(?:%|per ?cent|percent|процент\w*)"
    fill = {"fraction": rf"(?:{percent}|(?:{fraction})(?!{_WORD}))", "hedge": _hedges(language), "count": rf"(?:\d{{1,4}}|{words})"}
    start, end = rf"(?<!{_WORD})", rf"(?!{_WORD})"
    ratios = {f"r{i}": _numbered(p.format(**fill), i) for i, (p, _) in enumerate(language.ratios)}
    shares = {f"s{i}": _numbered(p.format(**fill), 10 + i) for i, p in enumerate(language.shares)}
    atoms = {"order": orders, "digits": _DIGITS, "half": scaled, "words": word, "bare": bare}
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
    return {name: choice.source for name, choice in choices(language).items()} | {
        "digit": r"\d",
        "hedge": "|".join(h.pattern.replace("|~", "") for h in language.hedges),  # which is no letter: looked for by itself
    }


def _first_words(language: Language) -> list[str]:
    """Beginnings that every number written in words shares: a cheap test before the exact one."""
    words = [w for w in (*language.number_words, *language.fractions, *language.multipliers) if len(w) > 2]
    return [*sorted({re.escape(w[:5]) for w in words}), *alternatives(language.number_starts)]


def _numbered(pattern: str, i: int) -> str:
    """A pattern whose named groups carry a number, so that several can stand in one."""
    return re.sub(r"\(\?P<(\w+)>", lambda m: f"(?P<{m[1]}_{i}>", pattern)


def has_number(low: str, end: int, language: Language, part: Part) -> bool:
    """Whether a sentence may hold a number at all."""
    return "digit" in part or ("number" in part and any(choices(language)["number"].matches(low, part, end)))


@functools.cache
def _table(language: Language) -> Table:
    return Table(searched(language))


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
    atoms = [a for a in _atoms(low, start, end, language, part) if not _inside(a, masked) and not _inside(a, taken)]
    joined = _joined(low, atoms, language, patterns)
    taken += [(m.start, m.end) for m in joined]
    if "share" in part:
        apart = [m for m in _shares(low, start, end, language, part) if not _overlaps(m, taken, joined) and not _inside(m, masked)]
        found += apart
        shares = [(m.start, m.end) for m in apart]
        joined = [m for m in joined if not _inside(m, shares)]
    found += joined
    doubt = "hedge" in part or "~" in low[start:end]
    return sorted((_hedged(low, start, m, language, patterns["hedge"] if doubt else None) for m in found), key=_start)


def _inside(m: Mention, spans: list[tuple[int, int]]) -> bool:
    return bool(spans) and any(a <= m.start and m.end <= b for a, b in spans)


def _overlaps(m: Mention, spans: list[tuple[int, int]], joined: list[Mention]) -> bool:
    """Whether a share repeats what is already read; 'one in three' replaces its own 'one' and 'three'."""
    inner = {(j.start, j.end) for j in joined if m.start <= j.start and j.end <= m.end}
    return any(a < m.end and m.start < b for a, b in spans if (a, b) not in inner)


def _atoms(low: str, start: int, end: int, language: Language, part: Part) -> Iterator[Mention]:
    """Single numbers with their multiplier."""
    patterns = _compiled(language)
    done = start
    for m in choices(language)["atom"].matches(low, part, end):
        if m.start() < done:
            continue
        kind = m.lastgroup
        if kind == "order":
            a, b, word = _order(m[0], language)
            yield Mention(m.start(), m.end(), m.start(), a, b, hedge=word, small=b < 10)
            continue
        stop = m.end()
        small = False
        if kind == "digits":
            value = digits(m[0], language.decimal_comma, bool(patterns["multiplier"].match(low, stop, end)))
            small = value < 10
        elif kind == "half":
            value, stop = language.unit_articles[m[0].strip()], stop - 1
        elif kind == "bare":
            value = next(v for p, v in language.lone_multipliers.items() if _whole(p).fullmatch(m[0]))
        elif (several := _either(m[0], language)) is not None:
            yield Mention(m.start(), m.end(), m.start(), *several, small=several[1] < 10)
            done = m.end()
            continue
        else:
            value = word_value(m[0], language)
            small = value < 10
        more = language.patterns["half_more"].match(low, stop, end) if kind in ("digits", "words") else None
        if more:  # 'three and a half kilometres'
            value, stop = value + 0.5, more.end()
        if kind != "bare":
            value, stop, scaled = _scaled(low, value, stop, end, language)
            small = small and not scaled
        elif (rest := _SMALLER.match(low, stop, end)) and value >= 1000 and all(w in language.number_words for w in rest[1].split()):
            value, stop = value + word_value(rest[1], language), rest.end()
        done = stop
        yield Mention(m.start(), stop, m.start(), value, value, small=small)


def _scaled(low: str, value: float, stop: int, end: int, language: Language) -> tuple[float, int, bool]:
    """A value with the multipliers that follow it, where the text goes on after them, and whether there were any."""
    scaled = False
    for _ in range(2):  # two hundred thousand
        found = _compiled(language)["multiplier"].match(low, stop, end)
        if not found:
            break
        word = found["m"].rstrip(".")
        factor = next((f for stem, f in sorted(language.multipliers.items(), key=lambda x: -len(x[0])) if word.startswith(stem)), 1.0)
        if len(word) == 1 and low[found.start() : found.start() + 1] == " " and word == "m":
            break  # '5 m' are metres
        value, stop, scaled = value * factor, found.end(), True
    rest = _AND.match(low, stop, end) if scaled and value < 1000 else _SMALLER.match(low, stop, end) if scaled and value % 1000 == 0 else None
    if rest and (value < 1000 or language.stem_months) and all(w in language.number_words for w in _SPACES.split(rest[1])):
        value, stop = value + word_value(rest[1], language), rest.end()
    if scaled and language.stem_months and value % 1000 == 0 and (tail := _TAIL.match(low, stop, end)):
        value, stop = value + float(tail[1]), tail.end()
    return value, stop, scaled


_TAIL = re.compile(r"\.? (\d{3})(?![\d.,]|\s\d)")
"""'76 тысяч 541'."""
_AND = re.compile(r" and (\w+(?:-\w+)?)(?!\w)")
"""'two hundred and fifty'."""


_SMALLER = re.compile(r" (\w+(?: \w+)??)(?!\w)(?! (?:тыс|млн|милл))")
"""'пять тысяч двести'."""


def _either(text: str, language: Language) -> tuple[float, float] | None:
    """The two values of 'восемь-девять' and 'two-three'; 'twenty-eight' is one."""
    first, dash, second = text.partition("-")
    a, b = language.number_words.get(first, 0), language.number_words.get(second, 0)
    return (float(a), float(b)) if dash and 0 < a < b and (a < 20 or a % 10) else None


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
        if b is not None and _is_range(low, a, b, language, patterns["joiner"]):
            result.append(_range(low, a, b, language))
            i += 2
        else:
            result.append(a)
            i += 1
    marked = []
    for m in result:
        percent = patterns["percent"].match(low, m.end)
        marked.append(_percent(m, percent.end()) if percent else m)
    return marked


def _percent(m: Mention, end: int) -> Mention:
    return m._replace(
        end=end, form="percent", low=None if m.low is None else m.low / 100.0, high=None if m.high is None else m.high / 100.0, small=False
    )


def _is_range(low: str, a: Mention, b: Mention, language: Language, joiner: re.Pattern[str]) -> bool:
    """Whether two numbers are the ends of one range."""
    between = low[a.end : b.start]
    if len(between) > 14 or not joiner.fullmatch(between) or a.hedge or b.hedge or a.high is None or b.high is None:
        return False
    word, before = between.strip(), low[max(0, a.start - 70) : a.start]
    if word in ("and", "и") and not language_pattern(language, "between").search(before):
        return False
    if word == "up to" or language_pattern(language, "changing").search(before):
        return False
    scale = _scale_of(low, b)
    value = a.high * scale if scale > 1 and a.high < 1000 and a.high * scale < b.high * 1.0001 and _scale_of(low, a) == 1 else a.high
    if value >= b.high:
        return False
    dash = word in ("-", "–", "—", "‑")
    return value * 20 >= b.high or (dash and value * 100 >= b.high)


def _scale_of(low: str, m: Mention) -> float:
    """What multipliers inside the written number amount to, about: 1 where it is written out."""
    written = _WRITTEN.match(low[m.start : m.end])
    if not written or m.high is None:
        return 1.0 if m.high is None or m.high < 1000 else 1000.0
    base = float(_DECIMALS.sub("", written[0]).replace(",", "").replace(".", "") or 0)
    ratio = m.high / base if base else 1.0
    return 1e6 if ratio > 1e5 else 1e3 if ratio > 100 else 1.0


def _range(low: str, a: Mention, b: Mention, language: Language) -> Mention:
    first: float = a.low or 0.0
    scale = _scale_of(low, b)
    if scale > 1 and _scale_of(low, a) == 1 and first < 1000 and first * scale <= (b.high or 0.0):
        first *= scale
    return Mention(a.start, b.end, a.start, first, b.high, small=b.small)


def language_pattern(language: Language, name: str) -> re.Pattern[str]:
    """One compiled pattern of a language."""
    return language.patterns[name]


def _ratios(low: str, start: int, end: int, language: Language, part: Part) -> Iterator[Mention]:
    """'doubled', 'twice as many', 'fell by a third', '20 % more'."""
    patterns = _compiled(language)
    for m in choices(language)["ratio"].matches(low, part, end):
        i = int((m.lastgroup or "r0")[1:])
        groups = {k.rsplit("_", 1)[0]: v for k, v in m.groupdict().items() if v is not None and k.endswith(f"_{i}")}
        value = ratio_value(language.ratios[i][1], groups, language, patterns["value"])
        if value is not None:
            a, b, cue = value
            mention = Mention(m.start(), m.end(), m.start(), min(a, b), max(a, b), form="ratio", cue=cue)
            hedge = patterns["inner_hedge"].search(m[0], 1)
            yield _with_hedge(mention, _hedge_of(hedge["h"], language)) if hedge else mention


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
        a = float(found["n"].replace(",", ".")) / 100
        b = float(found["n2"].replace(",", ".")) / 100 if found["n2"] else a
    down = reading == "down" or bool(groups.get("less"))
    return (1 - b, 1 - a, "down") if down and b < 1 else None if down else (1 + a, 1 + b, "up")


_TIMES = {"twice": 2.0, "double": 2.0, "thrice": 3.0, "triple": 3.0, "вдвое": 2.0, "втрое": 3.0, "вчетверо": 4.0, "впятеро": 5.0}


def _times(text: str, language: Language) -> float | None:
    if text in _TIMES:
        return _TIMES[text]
    number = _DECIMAL.search(text)
    if number:
        return float(number[0].replace(",", "."))
    return next((float(language.number_words[w]) for w in _SPACES.split(text) if w in language.number_words), None)


def _bare(low: str, start: int, end: int, language: Language, part: Part) -> Iterator[Mention]:
    """'half an hour', 'a kilometre': amounts without a number."""
    patterns = list(language.bare_units.values())
    for m in choices(language)["bare_unit"].matches(low, part, end):
        value, unit = patterns[int((m.lastgroup or "u0")[1:])]
        yield Mention(m.start(), m.end(), m.start(), value, value, form="amount", unit=unit)


def _shares(low: str, start: int, end: int, language: Language, part: Part) -> Iterator[Mention]:
    """'one in three', 'two thirds'."""
    for m in choices(language)["share"].matches(low, part, end):
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


def _hedged(low: str, start: int, m: Mention, language: Language, pattern: re.Pattern[str] | None) -> Mention:
    """A mention with the words of doubt around it applied to its bounds; pattern: those before it, None where there are none."""
    found = pattern.search(low, max(start, m.start - _SPAN), m.start) if pattern else None
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
    return _with_hedge(m, hedge)._replace(begin=begin)


def _with_hedge(m: Mention, hedge: Hedge | None) -> Mention:
    """A mention whose bounds are those that words of doubt leave; orders of magnitude and ranges of two bounds keep theirs under 'about'."""
    if hedge is None:
        return m
    a, b = m.low, m.high
    bound = {"lower": "upper", "upper": "lower"}.get(hedge.bound, "") if m.form == "ratio" and m.cue == "down" else hedge.bound
    if bound == "lower" and not m.hedge:
        b = None
    elif bound == "upper" and not m.hedge:
        a = None
    return m._replace(low=a, high=b, hedge=m.hedge or hedge.word)


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


def _hedge_after(low: str, end: int, language: Language) -> tuple[Hedge, int] | None:
    for hedge in language.after:
        found = _after(hedge.pattern).match(low, end)
        if found:
            return hedge, found.end()
    return None
