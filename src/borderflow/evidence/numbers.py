"""Numbers in a sentence: digits, words, ranges, orders of magnitude, ratios and shares, with the words of doubt around them.

What a number counts is decided in `extract`. All functions see the shadow of a text (`passages.shadow`); offsets are those of the text.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from operator import attrgetter

from borderflow.evidence.amounts import SPACES, amount, composed, either, order_of, turned, whole, word_value
from borderflow.evidence.doubt import SPAN, doubt_before, hedge_of, hedged, with_hedge
from borderflow.evidence.language import Language
from borderflow.evidence.mention import Mention
from borderflow.evidence.number_patterns import choices, compiled, located, searched
from borderflow.evidence.scan import Part, Scan, Table

_DECIMAL = re.compile(r"\d+(?:[.,]\d+)?")
_start = attrgetter("start")


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
    patterns = compiled(language)
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
        return [hedged(low, start, m, language, patterns["hedge"].search(low, max(start, m.start - SPAN), m.start)) for m in found]
    doubts = [part.starts[k] for k in part.at("doubt")] if "hedge" in part else []
    return [hedged(low, start, m, language, doubt_before(low, start, m.start, doubts, patterns["hedge"])) for m in found]


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
            tried = (_whole_atom(language).match(low, after + k, end) for k in (1, 2)) if after < found.end() else ()
            later = next((x for x in tried if x is not None), None)  # 'March 12 2 million', 'March 12, 2 million'
            if later is None:
                continue
            m = later
        kind = m.lastgroup
        if kind == "order":
            a, b, word = order_of(m[0], language)
            yield Mention(m.start(), m.end(), m.start(), a, b, hedge=word, small=b < 10)
            continue
        if kind == "words" and (several := either(m[0], language)) is not None:
            least, most = (composed(low, x, m.end(), end, language, apart=True) for x in several)
            yield Mention(m.start(), most.stop, m.start(), least.value, most.value, small=most.value < 10, scale=most.scale)
            done = most.stop
            continue
        found_amount = turned(low, m, end, language) if kind == "turned" else amount(low, m, kind or "", start, end, language)
        done = found_amount.stop
        high = None if found_amount.open else found_amount.value
        yield Mention(
            m.start(),
            found_amount.stop,
            m.start(),
            found_amount.value,
            high,
            hedge="or more" if found_amount.open else "",
            small=found_amount.value < 10,
            scale=found_amount.scale,
        )


@functools.cache
def _whole_atom(language: Language) -> re.Pattern[str]:
    return re.compile(choices(language)["atom"].source)


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


_A_YEAR = re.compile(r"(?:19|20)\d\d")
_THOUSANDS = re.compile(r"[ ,.]000$")
_TO_NEAR = 16
"""Characters after a range in which what it changed to begins."""
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
        between = whole(rf"{larger}{language.mixed_link}" if a.form == "count" else language.mixed_link).fullmatch(low, a.end, b.start)
        if between and (a.form == "count" or a.unit == unit) and b.low < parts and (after := whole(smaller).match(low, b.end, end)):
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
    dash = word in ("-", "–", "—", "‑")
    if word == "up to":
        return False
    changed, to = language_pattern(language, "changing").search(before), language_pattern(language, "change_to")
    if changed and not (
        dash and (changed[0].startswith(("up", "down")) or to.search(changed[0]) or to.search(low, b.end, b.end + _TO_NEAR))
    ):  # 'rose from 5,000-6,000 to 10,000'
        return False
    if _A_YEAR.fullmatch(low, a.start, a.end) and b.end - b.start > 4 and low.endswith((" for ", " in ", " of "), 0, a.start):  # 'for 2024 to 22,187'
        return False
    value = a.high * _scale_of_both(low, a, b)
    if value >= b.high:
        return False
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
    patterns = compiled(language)
    for m in choices(language)["ratio"].matches(low, part, end, "ratio"):
        i = int((m.lastgroup or "r0")[1:])
        groups = {k.rsplit("_", 1)[0]: v for k, v in m.groupdict().items() if v is not None and k.endswith(f"_{i}")}
        value = ratio_value(language.ratios[i][1], groups, language, patterns["value"])
        if value is not None:
            a, b, cue = value
            mention = Mention(m.start(), m.end(), m.start(), min(a, b), max(a, b), form="ratio", cue=cue)
            inner = patterns["inner_hedge"].search(m[0], 1)
            hedge = hedge_of(inner["h"], language) if inner else None
            yield with_hedge(mention, hedge, mention.begin) if hedge else mention


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
    return next((language.number_words[w] + half for w in SPACES.split(text) if w in language.number_words), None)


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
