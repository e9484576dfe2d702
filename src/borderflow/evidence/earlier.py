"""What the earlier claims of a text were given, on which those after them build."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from borderflow.evidence.passages import Sentence
from borderflow.evidence.place_options import Before, group_of
from borderflow.evidence.places import Place
from borderflow.evidence.reading import Reading
from borderflow.evidence.scene import Days
from borderflow.evidence.sentence import View
from borderflow.evidence.times import When
from borderflow.evidence.window_options import Dated, WindowsBefore, kind_of_days
from borderflow.evidence.windows import Window, aside


@dataclass
class Earlier:
    """Places, windows and readings of the claims so far, from the top of a text down."""

    place: Place | None = None
    """The last that had a name."""
    window: Window | None = None
    """The last that claims go on with."""
    people_window: Window | None = None
    """The last of people or families: shares are shares of them."""
    span: Window | None = None
    """The last of more than one day."""
    sentence: tuple[int, int] = (-1, -1)
    paragraph: int = -1
    reading: Reading | None = None
    direction: str = ""
    """Sentence, paragraph, reading and direction of the last claim."""
    windows: dict[int, Window] = field(default_factory=dict)
    places: dict[int, Place] = field(default_factory=dict)
    """Those of all claims by the offset of their number."""
    unit_windows: dict[str, Window] = field(default_factory=dict)
    """The last window by unit."""
    dated: dict[str, Dated] = field(default_factory=dict)
    """The last window by kind of days, and whether the text said it."""
    days_seen: dict[str, Counter[Days]] = field(default_factory=dict)
    """How many claims had each window, by kind of days."""
    placed_here: dict[str, None] = field(default_factory=dict)
    """Places of the claims of the last paragraph."""
    placed_alike: dict[str, Place] = field(default_factory=dict)
    """The last place of claims that are placed alike."""
    places_seen: Counter[str] = field(default_factory=Counter)
    most_seen: str = ""
    """How many claims each place had, and the place of most."""

    def keep(self, s: Sentence, v: View, r: Reading, whens: Sequence[When], place: Place, window: Window, direction: str) -> None:
        """Remembers a claim of a sentence with times `whens`."""
        self.place = place if place.name else self.place
        self.windows[r.mention.start], self.places[r.mention.start] = window, place
        if not (self.window is not None and _ends_before(window, self.window) and aside(v, r, whens)):
            self._keep_window(s, v, r, whens, window)
        self.sentence = (s.start, s.end)
        self.placed_here = self.placed_here if self.paragraph == s.paragraph else {}
        self.placed_here[place.name] = None
        self.placed_alike[group_of(r)] = place
        if place.name:
            self.places_seen[place.name] += 1
            if self.places_seen[place.name] > self.places_seen[self.most_seen]:
                self.most_seen = place.name
        self.reading, self.paragraph, self.direction = r, s.paragraph, direction

    def _keep_window(self, s: Sentence, v: View, r: Reading, whens: Sequence[When], window: Window) -> None:
        """Keeps the window of a claim for those that go on in its days."""
        self.window = window
        if r.what in ("people", "families"):
            self.people_window = window
        if window.first is not None and window.first != window.last:
            self.span = window
        self.unit_windows[r.what] = window
        like = kind_of_days(v, r)
        self.dated[like] = Dated(window, s.paragraph, any(not w.spoken and w.last is not None for w in whens))
        if not r.forecast:
            self.days_seen.setdefault(like, Counter())[window.first, window.last] += 1

    def for_place(self, s: Sentence, r: Reading) -> Before:
        """What bears on the place of a claim."""
        last, here = self.reading, self.sentence == (s.start, s.end)
        return Before(
            self.place,
            here,
            self.paragraph == s.paragraph,
            last is not None and last.what == r.what,
            last is not None and last.cue == r.cue,
            tuple(self.placed_here) if self.paragraph == s.paragraph else (),
            self._end(here),
            self.placed_alike.get(group_of(r)),
            self.most_seen,
            self.places,
        )

    def for_window(self, s: Sentence, v: View, r: Reading) -> WindowsBefore:
        """What bears on the window of a claim."""
        last, here, like = self.reading, self.sentence == (s.start, s.end), kind_of_days(v, r)
        return WindowsBefore(
            self.window,
            self.people_window,
            self.span,
            self.unit_windows.get(r.what),
            self.dated.get(like),
            self._most_common(like),
            here,
            self.paragraph == s.paragraph,
            last is not None and last.what == r.what,
            last is not None and last.cue == r.cue,
            self._end(here),
            self.windows,
        )

    def _most_common(self, like: str) -> Days | None:
        """The window that most claims of a kind have had, if two at least."""
        seen = self.days_seen.get(like)
        days, n = seen.most_common(1)[0] if seen else (None, 0)
        return days if n > 1 else None

    def _end(self, same_sentence: bool) -> int:
        """Offset up to which names and times belong to the last claim: its number in this sentence, else the end of its own; -1 = no claim."""
        if self.reading is None:
            return -1
        return self.reading.mention.start if same_sentence else self.sentence[1]


def _ends_before(window: Window, before: Window) -> bool:
    return window.last is not None and before.last is not None and window.last < before.last
