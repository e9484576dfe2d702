"""Words that scanning or copying broke, put together again: 'Ver khny', 'be- fore', 'P0LISH', 'rnigrants', 'said .At'.

Spaces that stand twice amid prose are one. A mended text knows where each of its letters stood.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from html import unescape
from itertools import islice, pairwise

from borderflow.evidence.gazetteer import Gazetteer, key
from borderflow.evidence.language import Language

_FILL = "\ufdd0"
"""Stands for what was taken out; no letter of any language."""
_SPACES, _LONG_WORDS = re.compile(r"(?<=\S)  +(?=\S)"), re.compile(r"[^\W\d_]{2,}")
_PROSE = 12
"""Words of a line that is no row of a table."""
_FEW = 2
"""Signs of a broken text that any text may show."""
_SURE = re.compile(r"\d[lIO]\d|\d,[\dlIO]?[lIO]|[a-zа-я][01][a-zа-я]{2}|\d [OО]{3}(?!\w)|[A-Z]{2}l[A-Z]|(?<!\w)l,\d{3}(?!\d)")
"""One that no whole text shows."""
_SIGNS = re.compile(r"[^\W\d_] [,.;](?=[\s\w])|[a-zа-я]-\s[a-zа-я]|[^\W\d_][01][^\W\d_]|[A-ZА-Я]l[A-Z]|\bl[A-Z]{2}|\brn[aeiou]|\d[OО]{2}")
_LOOSE = re.compile(r"(?<=[^\W_)\]])(?<!\. \.) ([,.;:])(?! [.,;:])(?=[\s\w])(?!\d)")
"""A space before a stop or comma; not before a decimal point, not in a row of dots."""
_THOUSANDS = re.compile(r"(?<![\d.,])(\d{1,3}) ,(?=\d{3}(?!\d))")
"""'65 ,000'"""
_ONES, _THREE_DIGITS = frozenset({"l", "I"}), re.compile(r",\d{3}(?!\d)")
_NOUGHTS = frozenset({"OOO", "ООО"})
_DIGITS_TAKEN = re.compile(r"(?=.*\d)[\dlIO]{2,}")
"""Digits some of which were taken for letters: '4l2', '2,9l4'."""
_WORD = re.compile(r"[^\W_]+")
_BETWEEN = frozenset({" ", "- ", "-\n", "- \n", "-"})
"""What may stand between the parts of a word."""
_PARTS = 3
_LEAST, _LONGEST = 4, 24
"""Letters of a word that is put together."""
_MIXED = re.compile(r"(?<=[^\W\d_])[01](?=[^\W\d_])|^0(?=[^\W\d_])|(?<=[^\W\d_]{2})[01]$")
_CYRILLIC = re.compile("[а-яёА-ЯЁ]")
_CAPITALS = re.compile(r"(?:l?[A-Z])+l?")


_DECODED = re.compile(r"[ÃÂ][\x80-\xff‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ€]|â€")
"""A letter or sign that was decoded in the wrong way."""
_SIGNS_DECODED = {"â€œ": '"', "â€\x9d": '"', "â€™": "'", "â€˜": "'", "â€“": "–", "â€”": "—", "â€¦": "…", "â€": '"'}
_ENTITY = re.compile(r"&(?:#\d{2,5}|#x[0-9a-fA-F]{2,4}|[a-zA-Z]{2,8});")
"""A letter or sign as HTML writes it."""
_CHUNK, _LETTERS = re.compile(r"\S+"), re.compile(r"[^\W\d_]+")
_BETWEEN_SCRIPTS = re.compile(r"[a-zA-Z][а-яёА-ЯЁ]|[а-яёА-ЯЁ][a-zA-Z]")
_ALIKE = ("aceopxyABCEHKMOPTXy", "асеорхуАВСЕНКМОРТХу")
"""Letters of two scripts that look alike, Latin and Cyrillic."""


@dataclass(frozen=True)
class Mended:
    """A text as it is read, and where its letters stood before."""

    text: str
    taken: tuple[int, ...] = ()
    """Offsets in `text` at which letters were taken out, one for each."""

    def before(self, offset: int) -> int:
        """Where a letter of the mended text stood."""
        return offset + bisect_right(self.taken, offset)


def mended(text: str, language: Language, gazetteer: Gazetteer) -> Mended:
    """The text with broken words put together, where it shows that it was broken; else the text itself."""
    if _FILL in text:  # which no text should hold
        return Mended(text)
    filled = _filled(text, language, gazetteer)
    if "  " in filled:
        filled = "\n".join([_squeezed(line) if "  " in line else line for line in filled.split("\n")])
    if _FILL not in filled:
        return Mended(filled)
    holes = [i for i, letter in enumerate(filled) if letter == _FILL]
    return Mended(filled.replace(_FILL, ""), tuple(i - k for k, i in enumerate(holes)))


def _squeezed(line: str) -> str:
    """A line of prose with single spaces; a row of a table as it is."""
    prose = len(_LONG_WORDS.findall(line)) >= _PROSE and "|" not in line and "\t" not in line
    return _SPACES.sub(lambda s: " " + _FILL * (len(s[0]) - 1), line) if prose else line


def _filled(text: str, language: Language, gazetteer: Gazetteer) -> str:
    """The mended text, as long as before: what was taken out is filled."""
    if "&" in text or "Ã" in text or "Â" in text or "â€" in text:
        text = _CHUNK.sub(_decoded, text)
    if not text.isascii() and _BETWEEN_SCRIPTS.search(text):
        text = _LETTERS.sub(_in_one_script, text)
    sure = _SURE.search(text) is not None
    if not sure and " ," not in text and " ." not in text and "- " not in text and "-\n" not in text:
        return text
    broken = sure or sum(1 for _ in islice(_SIGNS.finditer(text), _FEW)) == _FEW
    return _Mender(language, gazetteer).mend(text) if broken else text


def _decoded(m: re.Match[str]) -> str:
    """What was decoded in the wrong way, or not at all, read aright: 'â€œfour thousandâ€', 'SÃ£o', 'Adr&eacute;'."""
    word = m[0]
    if "&" in word and _ENTITY.search(word):
        word = unescape(word)
    if _DECODED.search(word):
        for wrong, sign in _SIGNS_DECODED.items():
            word = word.replace(wrong, sign)
        with suppress(UnicodeError):
            word = word.encode("cp1252").decode("utf-8")
    return word.rjust(len(m[0]), _FILL) if len(word) <= len(m[0]) else m[0]


def _in_one_script(m: re.Match[str]) -> str:
    """A word of two scripts in that of most of its letters, if the others have a like there: 'чeловек' with a Latin e."""
    word, (latin, cyrillic) = m[0], _ALIKE
    if not _BETWEEN_SCRIPTS.search(word):
        return word
    few = sum(c.isascii() for c in word) * 2 <= len(word)
    changed = word.translate(str.maketrans(*(latin, cyrillic) if few else (cyrillic, latin)))
    return changed if changed.isascii() or not any(c.isascii() for c in changed) else word


@cache
def _plain(language: Language) -> frozenset[str]:
    """Words of a language that stand in its tables without a tag."""
    return frozenset((*language.stop.split(), *language.small_words.split()))


@cache
def _stems(language: Language) -> tuple[str, ...]:
    """Beginnings of words of time, and of thousands and millions."""
    days = (*language.months, *language.weekdays) if language.stem_months else ()
    return tuple(sorted(w for w in (*days, *language.multipliers, *language.units_of_time) if len(w) > 3))


@dataclass(frozen=True)
class _Mender:
    language: Language
    gazetteer: Gazetteer
    _lengths: dict[str, int] = field(default_factory=dict)

    def mend(self, text: str) -> str:
        text = _THOUSANDS.sub(rf"{_FILL}\1,", _LOOSE.sub(lambda m: m[1] + (_FILL if m.string[m.end()].isspace() else " "), text))
        letters = list(text)
        words = [(*m.span(), m[0]) for m in _WORD.finditer(text)]
        words = [(start, end, self._digits(text, start, word) or self._spelled(word)) for start, end, word in words]
        i = 0
        while i < len(words):
            size = next((n for n in range(_PARTS, 1, -1) if self._one(text, words[i : i + n], n)), 1)
            start, end = words[i][0], words[i + size - 1][1]
            word = "".join(w for _, _, w in words[i : i + size])
            lines = text.count("\n", start, end)
            letters[start:end] = ["\n"] * lines + [_FILL] * (end - start - len(word) - lines) + [*word]
            i += size
        return "".join(letters)

    def _one(self, text: str, parts: list[tuple[int, int, str]], size: int) -> bool:
        """Whether words are parts of one that is known, and not all of them words by themselves."""
        if len(parts) < size or any(text[a[1] : b[0]] not in _BETWEEN for a, b in pairwise(parts)):
            return False
        pieces = [w for _, _, w in parts]
        word = "".join(pieces)
        if len(word) > _LONGEST or not word.isalpha() or (any(w[0].isupper() for w in pieces[1:]) and not word.isupper()):
            return False
        if min(map(len, pieces)) == 1 and (size > 2 or len(word) < _LEAST):
            return False
        plain, known = _plain(self.language), self._known(word)
        if known <= max(len(pieces[0]), len(word) - len(pieces[-1])) or (word.lower() in plain and pieces[0].lower() in plain):
            return False
        return self._is_day(word) or not all(map(self._known, pieces))

    def _is_day(self, word: str) -> bool:
        """Whether a word is a weekday or month, of which parts are words too: 'Mon day'."""
        return word.lower() in self.language.weekdays or word.lower() in self.language.months

    def _known(self, word: str) -> int:
        """Letters of a word, or of its stem, that a table of the language or of places has; 0 where none has."""
        if word not in self._lengths:
            self._lengths[word] = self._look_up(word)
        return self._lengths[word]

    def _look_up(self, word: str) -> int:
        language, low = self.language, word.lower()
        if low in language.number_words or low in _plain(language) or self._is_day(word):
            return len(word)
        if (word[0].isupper() or len(word) > 5) and key(word) in self.gazetteer.longest:
            return len(word)
        stems = max(map(len, filter(low.startswith, _stems(language))), default=0)
        return max(stems, len(language.lexicon.entry(low)), len(language.place_lexicon.entry(low)))

    @staticmethod
    def _digits(text: str, start: int, word: str) -> str:
        """A number without the letters that were taken for its digits; '' where it is none."""
        if word in _NOUGHTS and text[max(0, start - 2) : start - 1].isdigit() and text[start - 1] == " ":  # '20 OOO'
            return "000"
        if word in _ONES and _THREE_DIGITS.match(text, start + 1):  # 'l,210,400'
            return "1"
        if word.isdigit() or not ("l" in word or "I" in word or "O" in word):
            return ""
        of_thousands = len(word) == 3 and text[start - 1 : start] in (",", ".") and text[start - 2 : start - 1].isdigit()
        if not _DIGITS_TAKEN.fullmatch(word) and not (of_thousands and not word.strip("0123456789lIO")):
            return ""
        return word.translate(str.maketrans("lIO", "110"))

    def _spelled(self, word: str) -> str:
        """A word with the letters for which others, or digits, were taken, if it is known so."""
        if word.isdigit() or not _LEAST <= len(word) + 1 <= _LONGEST:
            return word
        if "l" in word and _CAPITALS.fullmatch(word):
            return word.replace("l", "I")
        guesses = []
        if not word.isalpha():
            zero, ones = ("О", "") if _CYRILLIC.search(word) else ("O", "IL")
            zero, ones = (zero, ones) if word.isupper() else (zero.lower(), ones.lower())
            guesses = [_MIXED.sub(lambda m, one=one: zero if m[0] == "0" else one, word) for one in ones or "1"]  # type: ignore[misc]
        elif word[0] == "l" and word[1:].islower():
            guesses = ["I" + word[1:]]
        elif "rn" in word:
            guesses = [word.replace("rn", "m")]
        return next((g for g in guesses if g.isalpha() and self._known(g) and not self._known(word)), word)
