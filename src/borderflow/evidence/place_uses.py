"""What the mention of a place does in its clause: where something is, where it goes, whose office speaks, which war is meant.

Only the words beside the name are looked at, by the tables of its language: the preposition, the word before that, the word after the name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from borderflow.evidence.gazetteer import PlaceMention
from borderflow.evidence.language import Language, Lexicon

PLACING = frozenset({"at", "to", "via", "near", "site", "gate", "label", "host", "from"})
"""Uses that say where people are, go, or come from."""
_BACK = 64
_TOKEN = re.compile(r"[^\W\d_][\w'-]*|\d[\d.,]*|\n|[^\w\s]")
_AFTER = re.compile(r"('s)?[\"»”]?(?: ([^\W\d_][\w'-]*)(?: ([^\W\d_][\w'-]*))?|\s*([:(,;.|/–—-]|\d|\n|$))?")
_SIGNS = {":": "colon", "(": "bracket", "[": "bracket", "|": "colon", "–": "dash", "—": "dash", "-": "dash", ",": "comma", ";": "comma", "/": "slash"}
_LOCAL = {"crossing": 0, "town": 0, "region": 1, "country": 2, "continent": 3}
_WITHIN = frozenset(",()/'\"»”’[]&")
"""Signs within a sentence; all others begin one."""
_ADJECTIVE = re.compile("[а-я]{3,}(?:ого|его|ому|ему|ой|ом|ем|ую|юю|ый|ий|ая|ые|ых|их)")
_ENDS_AT = ("е", "и", "х", "ом", "ой", "крыму")


class Use(NamedTuple):
    """use: see `_use`. prep: the preposition as written, or ''. head: sort of the word before it. next: sort of the word or sign after the name."""

    use: str
    prep: str
    head: str
    next: str


def use_of(low: str, start: int, p: PlaceMention, language: Language, before: PlaceMention | None, use_before: Use | None) -> Use:
    """The use of one mention in a sentence that begins at `start`. before: the mention just before it, with its use, to which it may be joined."""
    words = language.place_lexicon
    prep, head = _before(low, start, p, language, words)
    owns, follows = _next(low, p, words, language)
    joined = before is not None and use_before is not None and 0 <= p.start - before.end <= 12 and low[before.end : p.start]
    if joined and before is not None and use_before is not None:
        between = joined.strip(' «»"')
        rank = _LOCAL.get(p.entry.kind, 0) - _LOCAL.get(before.entry.kind, 0)
        if p.role == "place" and between in (",", "(", "/") and rank > 0 and set(before.entry.countries) & set(p.entry.countries):
            return Use("qualifier", use_before.prep, use_before.head, follows)
        if between in (",", "and", "or", "и", "или", "/", ", and", "as well as", "а также") and use_before.use != "label":
            use = use_before.use if use_before.use not in ("qualifier",) else "other"
            return Use(use, use_before.prep, use_before.head, follows)
    return Use(_use(p, prep, head, follows, owns, language, low), prep, head, follows)


def _before(low: str, start: int, p: PlaceMention, language: Language, words: Lexicon) -> tuple[str, str]:
    """The preposition before a name and the sort of the word before that; '' where there is none."""
    begin = max(start, p.start - _BACK)
    tokens = _TOKEN.findall(low, begin, p.start)
    prep, skipped, ways = "", False, language.ways_of
    i = len(tokens) - 1
    while i >= 0:
        word = tokens[i]
        tags = words[word]
        if not prep and i and (pair := f"{tokens[i - 1]}_{word}") in ways:
            prep = pair
            i -= 2
            continue
        if not prep and not skipped and _ADJECTIVE.fullmatch(word) and "prep" not in tags:  # 'из Нагорного Карабаха'
            skipped = True
            i -= 1
            continue
        if prep == "of" and "area" in tags:  # 'in the town of'
            prep = ""
            i -= 1
            continue
        if "skip" in tags or word in "«\"“(‘'":
            i -= 1
            continue
        if not prep and "prep" in tags:
            prep = word
            i -= 1
            continue
        break
    if i < 0:
        return prep, "start" if begin == start else ""
    word = tokens[i]
    if not prep and i < 5 and begin == start and all(not t[0].isalpha() for t in tokens[: i + 1]):  # '14:22 Lithuania', '2. Lithuania'
        return prep, "start"
    if not word[0].isalnum():
        return prep, "comma" if word in _WITHIN else "start"
    return prep, "number" if word[0].isdigit() else _sort(word, words, language)


def _next(low: str, p: PlaceMention, words: Lexicon, language: Language) -> tuple[bool, str]:
    """Whether a name owns what follows, and the sort of that."""
    m = _AFTER.match(low, p.end)
    if m is None:
        return False, ""
    owns = m[1] is not None or low.endswith("'s", p.start, p.end)
    if m[2]:
        sort = _sort(m[2], words, language)
        if sort in ("", "prep", "skip") and m[3] and (owns or sort == "skip"):
            sort = _sort(m[3], words, language) or sort
        elif sort == "gate" and m[3] and "office" in words[m[3]]:  # 'the Polish border guard'
            sort = "office"
        return owns, sort
    sign = m[4]
    if sign is None:
        return owns, ""
    return owns, "end" if sign in ("", "\n", ".") else "number" if sign.isdigit() else _SIGNS[sign]


def _sort(word: str, words: Lexicon, language: Language) -> str:
    """The sort of a word: its first in the table of places, else what it means for moves."""
    tags = words[word]
    for sort in SORTS:
        if sort in tags:
            return sort
    tags = language.lexicon[word]
    for sort in _MEANINGS:
        if sort in tags:
            return _MEANINGS[sort]
    return ""


SORTS = ("event", "office", "route", "gate", "site", "area", "beside", "host", "left", "say", "agent", "be", "prep", "skip")
_MEANINGS = {
    "people": "people", "moving": "people", "demonym": "people", "demonym?": "people", "family": "people", "movement": "movement", "car": "people",
    "vehicle": "people", "lorry": "people", "bus": "route", "said": "say", "stay": "stay", "wait": "stay", "enter": "move", "cross": "move",
    "return": "move", "leave": "leave", "evacuate": "leave", "displace": "leave", "relocate": "move", "harm": "event", "hour": "beside",
    "km": "beside", "day": "time",
}  # fmt: skip


def _use(p: PlaceMention, prep: str, head: str, follows: str, owns: bool, language: Language, low: str) -> str:
    kinds = language.ways_of
    way = kinds.get(prep, "")
    if way == "into":  # a Russian preposition whose noun tells whether it is where or whither
        way = "at" if low[p.start : p.end].endswith(_ENDS_AT) else "to"
    if p.role != "place":
        return "adjective" if follows != "office" else "office"
    if follows == "office" or (head == "office" and way in ("at", "of", "to", "")):
        return "office"
    if follows == "event" or (head == "event" and way in ("at", "of", "to", "near", "between", "toward")):
        return "event"
    if follows == "route" or (head == "route" and (way in ("toward", "from", "between") or prep == "to")):
        return "route"
    if head == "people" and not way and _CYRILLIC.match(low, p.start):  # 'граждане Казахстана'
        return "people"
    if follows == "left" and not way:  # 'Грузию покинули'
        return "from"
    if way == "from":
        return "people" if head in ("people", "movement", "number", "comma") else "from"
    if follows == "gate" or (head == "gate" and way in ("with", "of", "between", "")):
        return "gate"
    if follows == "site" or (head == "site" and way == ""):
        return "site"
    if head == "beside" and way in ("of", "to", ""):
        return "near"
    if way:
        return way
    if head in ("start", "comma"):
        if head == "start" and (follows in ("colon", "number", "bracket", "dash") or low[p.end : p.end + 1] in ("\n", "")):
            return "label"
        if owns:
            return "of"
        if follows in ("host", "say", "agent", "be"):
            return follows
        return "subject" if follows in ("move", "leave", "stay", "") else "named"
    return "say" if head == "say" or follows == "say" else "of" if owns else "object" if head in ("move", "leave", "host", "stay") else "other"


def uses(low: str, starts: Sequence[int], named: Sequence[PlaceMention], language: Language) -> list[Use]:
    """Uses of all mentions of a text, in order; `starts`: where the sentence of each begins."""
    found: list[Use] = []
    for i, p in enumerate(named):
        before = named[i - 1] if i and starts[i - 1] == starts[i] else None
        found.append(use_of(low, starts[i], p, language, before, found[-1] if before is not None else None))
    return found


def bare(name: str) -> str:
    """A name without 's."""
    return name[:-2] if name.endswith(("'s", "’s")) else name


def plain(name: str, before: str = "") -> str:
    """A name that no table knows as the table writes names: without accents and without 's, Cyrillic in Latin letters.

    before: the text up to it in lower case, whose last word may say in which case it stands: 'из Аскерана' -> 'Askeran'.

    >>> plain("Oruzgān's"), plain("Азов"), plain("Хрящеватого"), plain("Аскерана", "ехал из ")
    ('Oruzgan', 'Azov', 'Khryashchevatogo', 'Askeran')
    """
    name = bare(name)
    if _CYRILLIC.search(name):
        if (_GENITIVE.search(before) and _OF_TOWN.search(name)) or (_LOCATIVE.search(before) and _IN_TOWN.search(name)):
            name = name[:-1]
        name = _ENDING.sub("ы", name)
        return "".join([_latin(name, i) for i in range(len(name))])
    if not name.isascii():
        letters = unicodedata.normalize("NFKD", name.translate(_LETTERS))
        name = "".join(c for c in letters if not unicodedata.combining(c))
    return name


_LETTERS = str.maketrans({"ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L", "ı": "i"})
_CYRILLIC = re.compile("[а-яёА-ЯЁ]")
_GENITIVE = re.compile(r"(?<![а-я])(?:из|от|до|у|около|возле|близ|после|с) [«\"]?$")
_OF_TOWN = re.compile(r"[бвгджзклмнпрстфхцчшщ]а$")
_LOCATIVE = re.compile(r"(?<![а-я])(?:в|во|на|при) [«\"]?$")
_IN_TOWN = re.compile(r"(?:ск|ов|ев|ин|ын|град|город|полье?|ан|он|ор|ир)е$")
_ENDING = re.compile(r"[иы]й(?![а-яё])")
_SOUNDS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ",
        (
            *(
                "a",
                "b",
                "v",
                "g",
                "d",
                "e",
                "yo",
                "zh",
                "z",
                "i",
                "y",
                "k",
                "l",
                "m",
                "n",
                "o",
                "p",
                "r",
                "s",
                "t",
                "u",
                "f",
                "kh",
                "ts",
                "ch",
                "sh",
                "shch",
            ),
            *("", "y", "", "e", "yu", "ya", "i", "yi", "ye", "g"),
        ),
        strict=True,
    )
)


def _latin(name: str, i: int) -> str:
    """One letter of a Cyrillic name as English texts write it."""
    c = name[i].lower()
    sound = _SOUNDS.get(c, name[i])
    if c == "е" and (i == 0 or name[i - 1].lower() in "аеёиоуыэюяьъ -"):
        sound = "ye"
    elif c == "й" and i and name[i - 1].lower() in "иы" and (i + 1 == len(name) or not name[i + 1].isalpha()):
        sound = ""
    return sound.capitalize() if name[i].isupper() else sound
