"""Who says so: the name before a verb of saying, or after 'according to'; an office, the press, or one person's story."""

from __future__ import annotations

import re
from typing import NamedTuple

from borderflow.evidence.language import Language
from borderflow.evidence.passages import Sentence

_MOST = 90
"""Characters of a source at most."""
_STOP = re.compile(r"[,.;:—]|\s(?:about|some|more|that|what|in|on|since)\s|\d")
_AFTER = re.compile(r"[ ]+(?!that\b|on\b|in\b|the number|it\b|there\b|what\b|что\b|в\b|во\b|о\b|об\b)([^,.;:\"”»()]{3,90})")
_BLANKS = re.compile(r"\s+")
_DAY = "(?:mon|tues|wednes|thurs|fri|satur|sun)day"
_NO_NAME = (
    re.compile(rf"(?i)^(?:(?:on|late|early) )?{_DAY}(?: \w+)?,? |^(?:earlier|meanwhile|however|also),? "),
    re.compile(r"(?i)^(?:but|and|also|meanwhile|while|that|the)\s+|\s+(?:on|in|has|have|later|also|had|to|on its|in its)$"),
    re.compile(rf"(?i)\s+(?:on |late on |early on )?{_DAY}.*$"),
)
"""What stands beside a source and does not belong to it."""


class Source(NamedTuple):
    """A source as the text names it. standing: official, press, anecdote, or empty."""

    name: str = ""
    standing: str = ""


def source_of(text: str, low: str, s: Sentence, language: Language, before: Source) -> Source:
    """The source of a sentence; where it names none, that of the sentence before in the same paragraph, else none."""
    found = ("according" in s.part and _according(text, low, s, language)) or ("says" in s.part and _sayer(text, low, s, language))
    if found:
        name = _clean(found)
        if name and not language.patterns["pronouns"].fullmatch(name.lower()):
            return Source(name, _standing(name.lower(), low[s.start : s.end], language))
        return before
    if not s.first:
        return before
    standing = "anecdote" if "witness" in s.part and not before.name and language.patterns["witness"].search(low, s.start, s.end) else ""
    return Source("", standing)


def _according(text: str, low: str, s: Sentence, language: Language) -> str:
    m = language.patterns["according"].search(low, s.start, s.end)
    if not m:
        return ""
    stop = _STOP.search(low, m.end() + 3, s.end)
    return text[m.end() : min(stop.start() if stop else s.end, m.end() + _MOST)]


def _sayer(text: str, low: str, s: Sentence, language: Language) -> str:
    """The words beside the first verb of saying: before it, or after it where a comma or quotation mark stands before it."""
    for m in language.patterns["says"].finditer(low, s.start, s.end):
        left = low[s.start : m.start()].rstrip()
        after = _AFTER.match(low, m.end(), s.end)
        if (not left or left[-1] in ',"”»-—–' or language.verb_first) and after:
            return text[after.start(1) : after.end(1)]
        start = max((left.rfind(c) for c in '.;:"”»“—–'), default=-1) + 1
        comma = left.rfind(",")
        name = left[start:] if comma < start or len(left) - comma > 40 or comma + 1 >= len(left) else left[comma + 1 :]
        if not name.strip() and comma > start:
            name = left[start:comma]
        if name.strip():
            at = s.start + left.rfind(name)
            return text[at : at + len(name)][-_MOST:]
    return ""


def _clean(name: str) -> str:
    name = _BLANKS.sub(" ", name).strip(" ,.:;-—–\"“”«»'")
    for pattern in _NO_NAME:
        name = pattern.sub("", name)
    return name[:_MOST]


def _standing(name: str, sentence: str, language: Language) -> str:
    if language.patterns["official"].search(name):
        return "official"
    if language.patterns["witness"].search(name) or language.patterns["witness"].search(sentence):
        return "anecdote"
    return "official" if language.patterns["official"].search(sentence) else "press"
