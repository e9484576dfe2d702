"""What is known of a text while it is read from the top down."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date

from borderflow.evidence.earlier import Earlier
from borderflow.evidence.gazetteer import Gazetteer, PlaceMention
from borderflow.evidence.language import Language
from borderflow.evidence.passages import Passages
from borderflow.evidence.proposal import Proposal
from borderflow.evidence.ranking import Chooser
from borderflow.evidence.reading import Reading
from borderflow.evidence.scene import Days, Scene
from borderflow.evidence.sentence import Word, words_of
from borderflow.evidence.sources import Source
from borderflow.evidence.times import Event, When, times


@dataclass
class Memory:
    """A text, what was found in it, and what its next sentence may build on."""

    passages: Passages
    language: Language
    gazetteer: Gazetteer
    choose: Chooser
    scene: Scene
    published: date | None
    places: list[PlaceMention]
    countries: Counter[str]
    events: tuple[Event, ...]
    day: date
    """The day of publication, or one that stands for it."""
    stem: str
    """What the ids of its claims begin with."""
    header: Days | None
    """The days that the head of a report gives for all of it."""
    others: int = 0
    """How many other places and windows are kept of a claim."""
    found: list[Proposal] = field(default_factory=list)
    earlier: Earlier = field(default_factory=Earlier)
    before: Reading | None = None
    before_at: tuple[int, int] = (-1, -1)
    """The last reading that counted something; paragraph and number of its sentence."""
    title: list[str] | None = None
    """What the title speaks of, once it was asked for."""
    corrections: list[int] = field(default_factory=list)
    """Offsets of words by which figures are taken back."""
    known: dict[float, bool] = field(default_factory=dict)
    """Values of the numbers so far, and whether they were claims."""
    lorries_only: bool = False
    """Whether the only vehicles that the text speaks of by name are lorries, in a language whose word for cars is that for all."""
    source: Source = field(default_factory=Source)
    said: date | None = None
    """The day on which what is said was said."""
    leads: dict[int, tuple[tuple[Word, ...], int, int]] = field(default_factory=dict)
    """Words and offsets of lines that lead in lists, by paragraph."""
    _heads: dict[int, tuple[Word, ...]] = field(default_factory=dict)
    _head_times: dict[int, list[When]] = field(default_factory=dict)

    def words_of(self, start: int, end: int) -> tuple[Word, ...]:
        """Words of the head of a column."""
        if start not in self._heads:
            p = self.passages
            self._heads[start] = tuple(words_of(p.low, start, end, self.language, p.scan.part(start, end)))
        return self._heads[start]

    def times_of(self, start: int, end: int) -> list[When]:
        """Times in the head of a column."""
        known = self._head_times.get(start)
        if known is None:
            part = self.passages.scan.part(start, end)
            known = self._head_times[start] = times(self.passages.low, start, end, self.language, self.day, self.events, part)
        return known
