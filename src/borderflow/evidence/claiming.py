"""One number that counts something, with what the text says around it and before it, as a proposed claim."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from borderflow.evidence.kinds import kind_named
from borderflow.evidence.memory import Memory
from borderflow.evidence.mention import Mention
from borderflow.evidence.passages import Sentence
from borderflow.evidence.place_options import place_options
from borderflow.evidence.places import Place, choose_place
from borderflow.evidence.proposal import Other, Proposal, day_cell
from borderflow.evidence.quantities import MOVING, Quantity, features, present, share_of, spanned, tags_of, turned
from borderflow.evidence.ranking import Bundle, Features
from borderflow.evidence.reading import Reading
from borderflow.evidence.sentence import View, move_of_column, view
from borderflow.evidence.statement import confidence, hedged, is_national, mode_of, quantity
from borderflow.evidence.times import When
from borderflow.evidence.window_options import WindowOptions
from borderflow.evidence.windows import Window, window_of

Cells = tuple[tuple[str, str], ...]
Others = tuple[Other, ...]
_ON_THE_MOVE = ("enter", "cross", "leave", "return", "process")
_RIGHT_BESIDE = 3
"""Characters between a place and the number of its own in a list."""
_LIKELY = 0.5
"""A choice below this probability among its candidates is a doubt."""
_RUNNING = 0.25
"""A running total of an earlier day is no smaller a part of the last one."""


def add_claim(d: Memory, s: Sentence, v: View, r: Reading, whens: Sequence[When], found: Sequence[Mention]) -> None:
    """Adds the claim that a reading makes, with its window, place, kind, source and confidence. found: all numbers of its sentence."""
    m = r.mention
    window, dated, sure_when, other_windows = _window(d, s, v, r, whens, found)
    if r.rule == "row" and move_of_column(v):
        window = window._replace(stock=False)  # as the column beside it may be
    place, placed, sure_where, other_places = _place(d, s, v, r, found, window)
    kind, flow, unit, direction = quantity(r, place, window)
    (kind, flow, direction), likely = _chosen(d, s, v, r, place, window, unit, Quantity(kind, flow, direction))
    low, high = (None if x is None else round(x * r.factor, 6) for x in (m.low, m.high))
    begin, end = m.begin, max(m.end, r.stop)
    end += d.passages.text[begin:end].count("[") > d.passages.text[begin:end].count("]") and d.passages.text[end : end + 1] == "]"
    quote = d.passages.text[begin:end].rstrip()
    hedge = hedged(r, window, m.hedge)
    who, mode = "men" if r.men else "citizens" if is_national(v, r) or place.national else "", mode_of(r, v)
    notes = list(place.notes)
    first, last = window.first, window.last
    if d.published is None:
        first = last = None
        notes.append("day of publication unknown: no window")
    proposal = Proposal(
        claim_id=_id(d),
        as_of=(d.said or d.published) if d.published else None,
        quantity_kind=kind_named(kind, unit, direction, mode),
        value_low=low,
        value_high=high,
        unit=unit,
        flow=flow,
        place=place.name,
        window_start=first,
        window_end=last,
        quote=quote,
        start=begin,
        end=begin + len(quote),
        hedge=hedge,
        direction=direction,
        mode=mode,
        who=who,
        place_text=place.text,
        country=place.countries,
        source=d.source.name,
        standing=d.source.standing,
        confidence=confidence(sure_where * sure_when, place, likely),
        rule=f"{r.rule}, place: {placed}, window: {dated}",
        note="; ".join(notes),
        sentence=(s.start, s.end),
        other_places=other_places,
        other_windows=other_windows if d.published else (),
    )
    d.found.append(proposal)
    d.earlier.keep(s, v, r, whens, place, window, direction)


def _chosen(d: Memory, s: Sentence, v: View, r: Reading, place: Place, window: Window, unit: str, rule: Quantity) -> tuple[Quantity, bool]:
    """Kind, flow and direction of one reading, and whether they are probable among the answers."""
    choose = d.gazetteer.quantities
    if choose is None:
        return rule, True
    if d.title is None:
        p, (start, end) = d.passages, d.scene.title
        d.title = tags_of("title", view(p.text, p.low, start, end, d.language, (), p.scan.part(start, end)).words) if end else []
    moving = rule._replace(flow=MOVING if rule.flow in ("flow", "cumulative") else rule.flow)
    unit = "capacity" if r.capacity else unit  # of which the rules are sure
    names = features(v, r, place, window, d.day, moving, d.title)
    chosen, probability = choose(unit, names, moving)
    if r.rule == "row" and move_of_column(v):  # the head of its column says it
        return rule, True
    chosen = share_of(v, r, chosen) if r.what == "share" else present(chosen, place, names)
    return spanned(turned(v, r, chosen, d.earlier.direction if d.earlier.paragraph == s.paragraph else ""), window), probability >= _LIKELY


_NAME_TO_NUMBER = frozenset({"", "-", "–", "—", ":"})


def _in_list(v: View, r: Reading, rule: Place) -> bool:
    """Whether a number without a noun stands right after the rule's place in a list: 'Turkey hosts 3.6 million Syrians, Lebanon 830,000'."""
    if v.row or r.noun or not r.inherited:
        return False
    a = r.mention.begin
    p = next((p for p in v.places if 0 < a - p.end <= _RIGHT_BESIDE and v.text[p.start : p.end] == rule.text), None)
    return (
        p is not None and v.low[p.end : a].strip() in _NAME_TO_NUMBER and v.language.patterns["list_link"].search(v.low, v.start, p.start) is not None
    )


def _place(d: Memory, s: Sentence, v: View, r: Reading, found: Sequence[Mention], window: Window) -> tuple[Place, str, float, Others]:
    """The place of one reading, what made the choice, its probability, and others. The rule's choice is one of the candidates."""
    same = d.earlier.sentence == (s.start, s.end)
    rule = choose_place(v, r, found, d.places, d.gazetteer, d.countries, d.earlier.place, same, d.passages, s)
    before = d.earlier.for_place(s, r)
    options = place_options(d.scene, v, r, found, s, before, rule, window)
    bundles, measures = [o.bundles for o in options], {i: o.measures for i, o in enumerate(options) if o.score is not None}
    names = [o.place.name for o in options]
    i, probability = d.choose("place", bundles, names, measures)
    if rule.name in names and _in_list(v, r, rule):
        i = names.index(rule.name)  # with the probability of what the weights chose: the claim is no surer for it
    chosen = options[i].place
    sure = probability >= _LIKELY and bool(chosen.name)
    others = _others(d, "place", bundles, measures, i, lambda k: place_cells(options[k].place)) if d.others else ()
    return chosen._replace(sure=sure, national=rule.national), options[i].basis, probability, others


def _window(d: Memory, s: Sentence, v: View, r: Reading, whens: Sequence[When], found: Sequence[Mention]) -> tuple[Window, str, float, Others]:
    """The window of one reading, what made the choice, its probability, and others."""
    earlier = d.earlier
    share = r.what == "share" and earlier.people_window
    rule = window_of(
        v,
        r,
        whens,
        found,
        d.day,
        d.said,
        d.header,
        earlier.people_window if share else earlier.window,
        earlier.span,
        d.before is not None and d.before_at[0] == s.paragraph and (r.of_them or r.rule == "bare-like-before"),
        _follows(d, s, r),
    )
    last = earlier.reading
    if rule.firm and last is not None and (r.mention.low or 0.0) < _RUNNING * (last.mention.low or 0.0):
        rule = rule._replace(firm=False)  # too small to be the total of a day earlier
    offered = WindowOptions(d.scene, v, r, whens, found, s, d.said, d.header, earlier.for_window(s, v, r), rule)
    bundles = list(offered.options.values())
    i, probability = d.choose("window", bundles, list(offered.options), {})
    others = _others(d, "window", bundles, {}, i, lambda k: window_cells(offered.window(k))) if d.others else ()
    return offered.window(i)._replace(sure=probability >= _LIKELY), offered.basis(i), probability, others


def _others(
    d: Memory, task: str, options: Sequence[Sequence[Bundle]], measures: Mapping[int, Features], chosen: int, cells: Callable[[int], Cells]
) -> Others:
    """What is likeliest but for the one chosen, each once; 'no place' is none."""
    shares = d.gazetteer.ranker.shares(task, options, measures)
    found: dict[Cells, float] = {}
    for i in sorted(range(len(options)), key=lambda i: -shares[i]):
        changed = cells(i)
        if i != chosen and changed != cells(chosen) and changed[0][1] + changed[1][1]:
            found.setdefault(changed, shares[i])
        if len(found) == d.others:
            break
    return tuple(Other(changed, round(share, 3)) for changed, share in found.items())


def place_cells(place: Place) -> Cells:
    """The cells of claims.csv that a place fills."""
    return ("place_canonical", place.name), ("country", ";".join(place.countries))


def window_cells(window: Window) -> Cells:
    """The cells of claims.csv that a window fills."""
    return ("window_start", day_cell(window.first)), ("window_end", day_cell(window.last))


def _id(d: Memory) -> str:
    """The id of the next number of a document, by its content and its place in it."""
    return f"{d.stem}-{len(d.found) + 1:03d}"


def _follows(d: Memory, s: Sentence, r: Reading) -> bool:
    """Whether a sentence goes on with what the one before, in this paragraph or the last, has begun: the same unit, moving like it."""
    b = d.before
    since = d.earlier.window is not None and d.earlier.window.since
    if b is None or not 0 <= s.paragraph - d.before_at[0] <= (0 if since else 1):
        return False
    if since and d.before_at[0] != s.paragraph:
        return False
    return b.what == r.what and b.cue in _ON_THE_MOVE and r.cue in _ON_THE_MOVE and not b.rate


def context_of(d: Memory, s: Sentence, r: Reading) -> Proposal:
    """A number that is no claim, with the reason."""
    m = r.mention
    end = max(m.end, r.stop)
    quote = d.passages.text[m.begin : end].rstrip()
    unit = r.what or {"percent": "share", "share": "share", "ratio": "ratio"}.get(m.form, "")
    return Proposal(
        _id(d),
        d.published,
        "other",
        m.low,
        m.high,
        unit,
        "",
        "",
        None,
        None,
        quote,
        m.begin,
        m.begin + len(quote),
        m.hedge,
        rule=r.rule,
        status="context",
        note=r.why,
        sentence=(s.start, s.end),
        confidence="high",
    )
