"""What the rules must know of a language: one table each (`english`, `russian`), compiled here into quick look-ups.

A language is data: words by tag, patterns by name. The rules that use them (`numbers`, `times`, `extract`) are the same for all languages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from borderflow.evidence.scan import leaping

Tags = frozenset[str]
NO_TAGS: Tags = frozenset()


@dataclass(frozen=True)
class Hedge:
    """Words of doubt before a number: pattern, the word that is kept, and what they do to the value ('', 'lower', 'upper')."""

    pattern: str
    word: str
    bound: str = ""


@dataclass(frozen=True, eq=False)
class Language:
    """One language. Words are lower case without accents on е; a trailing * makes a word a stem."""

    code: str
    words: Mapping[str, str]
    """Tag -> words that carry it, separated by spaces; _ stands for a space inside none: single words only."""
    number_words: Mapping[str, float]
    multipliers: Mapping[str, float]
    """Stem of a multiplier -> its value."""
    orders: tuple[tuple[str, float, float, str], ...]
    """Pattern, low, high, hedge: 'tens of thousands'."""
    hedges: tuple[Hedge, ...]
    lead: str
    """Pattern of words that may stand between hedge and number: 'a total of'."""
    after: tuple[Hedge, ...]
    """Words of doubt after a number: 'or more'."""
    range_words: str
    between: str
    """Pattern just before a range joined by 'and'."""
    changing: str
    """Pattern before 'from X to Y' that makes it a change, not a range."""
    decimal_comma: bool
    ratios: tuple[tuple[str, str], ...]
    """Pattern and how it is read: see numbers.ratio_value."""
    fractions: Mapping[str, float]
    shares: tuple[str, ...]
    per_day: str
    per_hour: str
    per_week: str
    half_more: str
    """'and a half' after a unit."""
    bare_units: Mapping[str, tuple[float, str]]
    """Pattern of a quantity without a number: 'a kilometre', 'сутки'."""
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    times: tuple[tuple[str, str], ...]
    """Name of a reading (see times.READINGS) and its pattern; {month}, {day}, {number} and {unit} are filled in."""
    since: str
    until: str
    as_of: str
    units_of_time: Mapping[str, float]
    """Stem -> days."""
    says: str
    """Pattern of a verb of saying."""
    according: str
    """Pattern that introduces a source."""
    official: str
    witness: str
    clause: str
    """Pattern of a border between clauses."""
    to: str
    at: str
    from_: str
    """Patterns of prepositions just before a place."""
    here: str
    """Pattern of 'the country', 'the republic'."""
    border_between: str
    stop: str
    """Words that end a noun phrase."""
    forecast: str
    planned: str
    withdrawn: str
    untrue: str
    """Pattern after a figure that takes it back: 'was wrong'."""
    average: str
    capacity: str
    """Patterns before a number that make it a capacity, a population or another thing that is not displacement."""
    not_counted: str
    ages: str
    of_them: str
    of_before: str
    """Pattern before a share that makes it one of those just named."""
    abbreviations: str
    unit_articles: Mapping[str, float] = field(default_factory=dict)
    """Pattern before a multiplier that stands for its number: 'half a ' million."""
    lone_multipliers: Mapping[str, float] = field(default_factory=dict)
    """Pattern of a multiplier that stands alone: 'более тысячи'."""
    odd: str = "(?!x)x"
    """Pattern between a number and its multiplier that leaves it open upward: 'с лишним', '-odd'."""
    cardinal_ending: str = "(?!x)x"
    """Pattern of the ending of a number in digits that leaves it one: '120-ти тысяч'."""
    mixed: tuple[tuple[str, str, str, int], ...] = ()
    """Amounts in two units: the unit, patterns of its words and of those of the smaller one, and how many of these make one: '2 h 30 min'."""
    mixed_link: str = "(?!x)x"
    """All that may stand between the two."""
    one_to: Mapping[str, str] = field(default_factory=dict)
    """What stands before a number and makes it an amount from one on, and its unit: 'час-два'."""
    percent_first: str = ""
    """Words before a number that make it a percentage: 'процентов двадцать'."""
    day_dash: str = "(?!x)x"
    """Pattern before a number of four digits that makes it no year: 'днем раньше - 1980'."""
    one_day: str = "(?!x)x"
    """Pattern of a single day beside a number, which makes it no rate: 'on Tuesday'."""
    poll: str = "(?!x)x"
    """Pattern of a poll of opinions, whose shares are no claims."""
    finite: tuple[str, ...] = ()
    """Endings of verbs that stand for themselves, not before a noun: 'отправились'."""
    instrument: tuple[str, ...] = ()
    """Endings of what something is done with: 'автобусами'."""
    by_means: tuple[str, ...] = ()
    """Words before vehicles by which people go: 'by minibus up to 200'."""
    with_instrument: tuple[str, ...] = ()
    """Prepositions before a number whose noun has such an ending."""
    carried_out: str = "(?!x)x"
    """Pattern after a number of wounded or sick who are moved themselves: '21 wounded left'."""
    turned: str = ""
    """Pattern of multipliers that may stand before their number: 'тысячи две'."""
    head_last: bool = False
    """Whether the last of several nouns is counted: 'passenger cars'."""
    noun_may_lead: bool = False
    """Whether 'часа три' means about three hours."""
    daily: str = "(?!x)x"
    """Pattern anywhere in a clause that makes its numbers daily ones."""
    apart: str = "(?!x)x"
    """Pattern after a length that makes it a distance between places."""
    around_the_clock: str = "(?!x)x"
    in_queue: str = "(?!x)x"
    """Pattern that makes a time one of waiting, whatever the verb."""
    passed_in: str = "(?!x)x"
    """Ends before how long vehicles take to pass: 'in four hours'."""
    stands_for: str = "(?!x)x"
    """Ends before how long one stands, where the word for it means something else, too."""
    in_front: str = "(?!x)x"
    """Begins after vehicles that stand before a crossing."""
    change_to: str = r" to "
    """Between the numbers of a change: 'from 12 to 48 hours'."""
    list_link: str = r"[,;]\s*$"
    """Ends before the next name of a list."""
    no_nouns: frozenset[str] = frozenset()
    """Words of time that no number counts: 'неделей ранее'."""
    open_hours: str = "(?!x)x"
    """Pattern before a day's hours: 'open 24 hours'."""
    verb_first: bool = False
    """Whether the speaker usually follows the verb: 'сообщил министр'."""
    pronouns: str = "(?!x)x"
    the_figure: str = "(?!x)x"
    """Pattern of 'this figure', where a figure is taken back."""
    reporting_period: str = "(?!x)x"
    still_displaced: str = "(?!x)x"
    """Patterns that make the displaced a stock, or a flow."""
    newly: str = "(?!x)x"
    ways: tuple[tuple[str, str], ...] = ()
    """Mode and the pattern that names it: 'on foot'."""
    half_names: frozenset[str] = frozenset()
    """Words that belong to names of places and are easily confused: 'upper', 'lower'."""
    gate_words: str = "(?!x)x"
    """Pattern of words for a border crossing."""
    not_places: str = "(?!x)x"
    """Capitalised words that are no places."""
    not_before_places: str = "(?!x)x"
    """Pattern before a name that makes it no place: 'told', 'minister'."""
    compared: str = "(?!x)x"
    """Pattern before a time that is only compared with."""
    throughput: str = "(?!x)x"
    """Pattern of what a crossing can pass, not what it does."""
    takes_in: str = "(?!x)x"
    """Pattern of a country's verb right before a number of people: 'Hungary took 9,400'."""
    their_country: str = "(?!x)x"
    """Countries that the sentence has named together: 'have come to their country'."""
    respectively: str = "(?!x)x"
    """Pattern of 'respectively': the first number belongs to the first place."""
    via: str = "(?!x)x"
    """Pattern before a country that is only passed through."""
    returnees: str = "(?!x)x"
    side: str = "(?!x)x"
    people_of: str = "(?!x)x"
    """Pattern before a country that makes it the nationality of people: 'citizens of'."""
    neighbours: str = "(?!x)x"
    """Pattern of 'neighbouring countries'."""
    only_per: str = "(?!x)x"
    """Pattern of 'per day' right after a number, with no noun between."""
    short_months: str = ""
    """Pattern of months whose name is also another word: |(?<=in )may."""
    the_crossing: str = "(?!x)x"
    the_town: str = "(?!x)x"
    """Patterns of places that are meant but not named again: 'the checkpoint', 'the centre'."""
    changed_to: str = "(?!x)x"
    """Pattern before 'до' that makes it the end of a change, not a bound: 'сократилась до'."""
    part_of: str = "(?!x)x"
    """Pattern before a number that makes it a part of the one before: 'including', 'among them'."""
    figure_was: str = "(?!x)x"
    """Pattern before an earlier state of a running total: 'the figure was'."""
    reaches: str = "(?!x)x"
    """Pattern of a total that is to be reached: 'could reach'."""
    before_event: str = "(?!x)x"
    """Words before an event that make it the end of a window: 'before the call-up'."""
    before_day: str = "(?!x)x"
    """Pattern before a day that makes what was usual until then: 'before Tuesday'."""
    clock_day: str = "(?!x)x"
    """All that may stand between a clock time and its day: '20:00 on Tuesday'."""
    day_clock: str = "(?!x)x"
    """The same in the other order: 'Tuesday at 20:00'."""
    range_open: str = "(?!x)x"
    """Pattern before the first day of a range: 'between'."""
    range_link: str = "(?!x)x"
    """All that may stand between its days."""
    range_alone: str = "(?!x)x"
    """The same where nothing opens it: 'Monday to Wednesday'."""
    days_to: str = "(?!x)x"
    """Pattern before a day that makes it the last of so many: 'the seven days to'. Groups: dn, a number; du, a unit of time."""
    days_from: str = "(?!x)x"
    """The same of the first: 'three days beginning'."""
    total: str = "(?!x)x"
    """Pattern of a total that a sentence adds up: 'bringing the total'."""
    still: str = "(?!x)x"
    """Pattern beside an amount that makes it one of today."""
    inhabitants: str = "(?!x)x"
    lived_before: str = "(?!x)x"
    """What stands before a population: 'before the war it was home to'."""
    lived_there: str = "(?!x)x"
    """What follows the noun of a population: '145,000 people lived there'."""
    before_that: str = "(?!x)x"
    """Pattern of 'before that': a window that ends where the one before begins."""
    arrivals: str = "(?!x)x"
    habitual: str = "(?!x)x"
    """Pattern of what is usual, at no day: 'on an ordinary day'."""
    cumulative: tuple[str, ...] = ()
    """Beginnings of words that make an amount a total of unknown start, whatever the period of the report."""
    phrases: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    """First word -> (pattern from that word on, its tags there): 'home to' shelters, 'stood at' is no queue."""
    governs: str = "(?!x)x"
    """Verbs after a capital that make it its country: 'Cairo expects'."""
    present_after: str = "(?!x)x"
    """Pattern after a number without a noun that makes it people sheltered: '200,000 are in tents'."""
    span_before: str = "(?!x)x"
    """Words before 'five days' that make them a time, not a wait: 'in the first'."""
    per_trip: str = "(?!x)x"
    """What follows the noun of a load: 'passengers a trip'."""
    is_given: str = "(?!x)x"
    """What follows the noun of people who are given things: 'families received stoves'."""
    that: str = "(?!x)x"
    """The border before what is said, thought or expected: ', что'."""
    first_span: str = "(?!x)x"
    """Pattern of 'in the first two weeks', with groups n and week."""
    there_are: str = "(?!x)x"
    """Pattern before 'N of them' that makes these people who are there."""
    present_before: str = "(?!x)x"
    """The same before the number: 'currently in Slovenia: 12,100'."""
    set_against: str = "(?!x)x"
    """Words just before a number that is only there to be compared with: 'against some'."""
    carries: str = "(?!x)x"
    """Verbs between vehicles and a number that make it one of passengers: 'buses took away 700'."""
    opposite: str = "(?!x)x"
    """Pattern of movement against that of which a text spoke before: 'in the opposite direction'."""
    stem_months: bool = False
    """Whether months and weekdays take endings."""
    tenses: tuple[tuple[str, str], ...] = ()
    """Name of a tense and the pattern of its verbs, the first that a clause matches: what has happened by now, what was, what is."""
    telling: tuple[tuple[str, str], ...] = ()
    """Names and patterns of words in a clause that tell a total from a day's figure, what is from what was: 'so far', 'now'."""
    before_times: frozenset[str] = frozenset()
    """Words right before a time that tell what it does."""
    small_words: str = ""
    """Further words that are told apart beside a number; those of `stop` are."""
    endings: tuple[str, ...] = ()
    """Endings by which other words are told apart."""
    capacity_word: str = "(?!x)x"
    """Pattern of a word of capacity, of a limit, of those who live somewhere anyway."""
    figure_word: str = "(?!x)x"
    """Pattern of a word for a figure: 'the count stands at'."""
    correction: str = "(?!x)x"
    """Pattern beside figures that are taken back or not confirmed."""
    inhabitants_of: str = "(?!x)x"
    """A number of inhabitants with the words before it by which it is that of a place: 'with its 20,000 inhabitants'."""
    refers_to: str = "(?!x)x"
    """Words before the day or month of which a text gives its figures: 'the data refer to'."""
    cars_are_any: bool = False
    """Whether the word for cars is that for any vehicles: 'в очереди 430 фур, ещё 150 машин в Котловке'."""
    speaks_of_lorries: str = "(?!x)x"
    speaks_of_cars: str = "(?!x)x"
    """Words for lorries and for cars alone, where that is so."""
    onset: str = "(?!x)x"
    """Words before the day on which something began, up to that day."""
    definite: str = ""
    """What stands before a number that others are compared with: 'more than the 39,000'."""
    reached_mark: str = "(?!x)x"
    """Words by which 'more than the 39,000' is no comparison: 'past the 39,000 mark'."""
    taken_back: str = "(?!x)x"
    """Pattern before a figure that an earlier text gave; it is withdrawn where words of `correction` are near."""
    clock_after: str = "(?!x)x"
    """Pattern after a number that makes it a time of day."""
    not_shares: str = "(?!x)x"
    """Pattern after a fraction that makes it one of a time: 'half of the month'."""
    risen_to: str = "(?!x)x"
    """Pattern right before a number that makes it what another has become by now."""
    called_up: str = "(?!x)x"
    """Pattern right before a number that makes it one of people called up or sent, not of people who move."""
    permitted: str = "(?!x)x"
    """Pattern in a sentence that makes its days those of a permitted stay."""
    spent: str = "(?!x)x"
    """Words before a time that make it one spent on a way: 'in four hours'."""
    vague_numbers: str = "several|few|couple of"
    weak_since: frozenset[str] = frozenset()
    """Words of `since` that mean it only right before a date or an event: 'с', 'after'."""
    loose_since: frozenset[str] = frozenset()
    """Words of `since` that mean something else where no date or event follows."""
    number_starts: str = ""
    """First letters of further words that make a number: a cheap test before the exact one."""

    by_vehicle: str = "(?!x)x"
    """Pattern of ships, planes, trains and buses, which take people away."""
    by_nation: str = "(?!x)x"
    """Pattern above rows whose labels are where people are from, not where they are."""
    district: str = ""
    """Pattern of a district named by an adjective of its town, which is its first group."""
    the_region: str = "(?!x)x"
    """Pattern of a region that is meant but not named again: 'the province', 'the island'."""
    local_office: str = "(?!x)x"
    national_office: str = "(?!x)x"
    """Patterns of offices that count for a town or region, and for a country."""
    nationwide: str = "(?!x)x"
    """Pattern of words that say that a figure counts for a whole country."""
    in_all: str = "(?!x)x"
    """Pattern of words that add up over places: 'in all', 'across the country'."""
    prepositions: Mapping[str, str] = field(default_factory=dict)
    """Way -> prepositions before places, separated by spaces: at, to, from, via ...; `into` is at or to by the ending of the name.

    Two words that are one preposition are joined by _: 'в_районе'."""
    place_words: Mapping[str, str] = field(default_factory=dict)
    """Sort -> words beside places by what they make of them (see place_uses.SORTS): 'attack on', 'ministry in', 'road to'."""

    @cached_property
    def ways_of(self) -> Mapping[str, str]:
        """Preposition -> its way."""
        return {word: way for way, words in self.prepositions.items() for word in words.split()}

    @cached_property
    def place_lexicon(self) -> Lexicon:
        """Words beside places by their sorts; prepositions are `prep`."""
        return Lexicon({**self.place_words, "prep": " ".join(self.prepositions.values())})

    @cached_property
    def lexicon(self) -> Lexicon:
        """Words by tag, compiled once."""
        return Lexicon(self.words)

    @cached_property
    def ways_compiled(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Modes with their patterns."""
        return tuple((mode, re.compile(leaping(pattern))) for mode, pattern in self.ways)

    @cached_property
    def phrases_compiled(self) -> Mapping[str, tuple[tuple[re.Pattern[str], Tags], ...]]:
        """First words of phrases, with their patterns and tags."""
        return {word: tuple((re.compile(p), frozenset(tags.split())) for p, tags in readings) for word, readings in self.phrases.items()}

    @cached_property
    def tenses_compiled(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Tenses with their patterns."""
        return tuple((name, re.compile(pattern)) for name, pattern in self.tenses)

    @cached_property
    def telling_compiled(self) -> tuple[tuple[str, re.Pattern[str]], ...]:
        """Words that tell, with their patterns."""
        return tuple((name, re.compile(pattern)) for name, pattern in self.telling)

    @cached_property
    def via_pattern(self) -> re.Pattern[str]:
        """Words before a country that is only passed through."""
        return re.compile(self.via)

    @cached_property
    def patterns(self) -> Mapping[str, re.Pattern[str]]:
        """Patterns by the name of their field, or of one built from several (`_BUILT`), compiled when first asked for."""
        return _Compiled(self)


class _Compiled(dict[str, re.Pattern[str]]):
    """The patterns of a language that were asked for so far."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def __missing__(self, name: str) -> re.Pattern[str]:
        words = self._language
        built = _BUILT.get(name, "").format(
            stop="" if words.verb_first else ",",
            says=words.says,
            governs=words.governs,
            compared=words.compared,
            via=words.via[:-1],
            the_crossing=words.the_crossing,
        )
        self[name] = re.compile(leaping(built or getattr(words, name)))
        return self[name]


_BUILT = {
    "says_next": r"\s*(?:{says}|{governs})",
    "speaks": r"[^,.;:\d]{{0,30}}(?:{says})",
    "said_before": r"(?:{says})(?:[ ,]+(?!that\b|что\b)[^\W\d][\w'-]*){{0,4}}[ ,]*(?:on |в |во )?$",
    "said_after": r"[ {stop}]+(?:{says})",
    "via_crossing": r"(?:{via})(?:{the_crossing})",
    "compared_before": r"(?:{compared})$",
}
"""Patterns made of others, by name."""


class Lexicon(dict[str, Tags]):
    """Tags of words, by the word itself or by its longest known stem: `lexicon[word]`, whatever its case. Words looked up are remembered."""

    def __init__(self, words: Mapping[str, str]) -> None:
        self._exact: dict[str, set[str]] = {}
        self._stems: dict[str, set[str]] = {}
        for tag, text in words.items():
            for word in text.split():
                where, key = (self._stems, word[:-1]) if word.endswith("*") else (self._exact, word)
                where.setdefault(key, set()).add(tag)
        self._shortest = min((len(s) for s in self._stems), default=1)

    def __missing__(self, word: str) -> Tags:
        tags = self._look_up(word)
        if len(self) < 200_000:  # bounded, whatever is read
            self[word] = tags
        return tags

    def _look_up(self, word: str) -> Tags:
        entry = self.entry(word)
        return frozenset(self._exact.get(entry) or self._stems[entry]) if entry else NO_TAGS

    def entry(self, word: str) -> str:
        """The word or stem under which a word stands; '' where it does not."""
        key = word.lower().replace("ё", "е").replace("’", "'")
        if key.endswith("'s"):
            key = key[:-2]
        if key in self._exact:
            return key
        return next((key[:end] for end in range(min(len(key), 40), self._shortest - 1, -1) if key[:end] in self._stems), "")
