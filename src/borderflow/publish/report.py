"""report.html, and the same pictures and tables as files: one self-contained page from the files of a run folder, and from nothing else.

No script, no network, every number computed from the files, every foreign text escaped. What does not belong here: words (words.py), sections and
drawing (page/), and anything that needs a model. Wall times are left out, so that the same run gives the same page.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from pathlib import Path
from textwrap import wrap

from borderflow.publish import tables
from borderflow.publish.figures import in_steps
from borderflow.publish.page.base import HIGH, LIKELY, LOW, Page, by_location
from borderflow.publish.page.card import section_card, section_checks
from borderflow.publish.page.choices import section_drivers, section_exceedance, section_policies, section_shelter
from borderflow.publish.page.claims import section_claims, section_contradictions
from borderflow.publish.page.days import charts_of, section_charts
from borderflow.publish.page.first import banner, section_figures, section_planning
from borderflow.publish.page.map import horizon as map_horizon
from borderflow.publish.page.map import map_files, section_map
from borderflow.publish.runfolder import read_run
from borderflow.publish.style import CSS, PICTURE_CSS
from borderflow.publish.words import Words

POLICY = (
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">"
)
"""The page may load nothing, whatever a quote tries."""
SECTIONS: tuple[tuple[str, Callable[[Page], str]], ...] = (
    ("planning", section_planning),
    ("map", section_map),
    ("charts", section_charts),
    ("policies", section_policies),
    ("exceedance", section_exceedance),
    ("drivers", section_drivers),
    ("shelter", section_shelter),
    ("contradictions", section_contradictions),
    ("card", section_card),
    ("figures", section_figures),
    ("claims", section_claims),
    ("checks", section_checks),
)
OPTIONAL = frozenset({"shelter", "contradictions"})
"""Sections that most runs, or runs without claims, do not have: left out rather than said to be missing."""
HEAD_LETTER, SMALL_LETTER = 8.4, 5.8
"""Pixels a letter of a picture's heading and small text takes at most on average, to break lines."""
PLANNING_COLUMNS = ("location", "target", "unit", "date", "low", "likely", "high")


def render_report(folder: Path, language: str = "en") -> str:
    """The page of a run folder as one self-contained HTML text.

    An absent file leaves its section with a sentence that says so. Raises ValueError for an unknown language.
    """
    return _rendered(Page(read_run(folder), Words(language)))


def _rendered(page: Page) -> str:
    title = page.place(str(page.folder.run.get("title") or "")) or page.w("untitled")
    reference = page.folder.reference
    kicker = page.text("kicker")
    if reference and page.folder.horizons:
        first, last = page.at(page.folder.horizons[0]), page.at(page.folder.horizons[-1])
        kicker = page.text("kicker_dates", first=page.short_day(first), last=f"{page.short_day(last)} {last.year}")
    as_of = page.text("as_of", date=page.full_day(reference)) if reference else ""
    made = [(key, make(page)) for key, make in SECTIONS]
    made = [(key, body) for key, body in made if body or key not in OPTIONAL]
    contents = "".join(f'<li><a href="#{key}">{page.text(key)}</a></li>' for key, _ in made)
    head = f'<header><p class="kicker">{kicker}</p><h1>{escape(title)}</h1><p class="asof-text">{as_of}</p></header>'
    nav = f'<nav aria-label="{page.text("contents")}"><ul>{contents}</ul></nav>'
    first_screen = _section(page, *made[0])
    body = "".join(_section(page, key, content) for key, content in made[1:])
    return document(page.w.language, title, f'{head}<main id="main">{banner(page)}{first_screen}{nav}{body}</main><footer>{_footer(page)}</footer>')


def document(language: str, title: str, body: str) -> str:
    """A whole HTML document around ready content, whose `<main id="main">` the first link leads to."""
    skip = f'<a class="skip" href="#main">{escape(Words(language)("skip"))}</a>'
    return (
        f'<!doctype html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"{POLICY}\n"
        f'<meta name="color-scheme" content="light dark">\n<title>{escape(title)}</title>\n<style>{CSS}</style>\n</head>\n'
        f"<body>\n{skip}{body}\n</body>\n</html>\n"
    )


def _section(page: Page, key: str, body: str) -> str:
    missing = f'<p class="quiet">{page.text("missing")}</p>'
    return f'<section id="{key}"><h2>{page.text(key)}</h2>{body or missing}</section>'


def _footer(page: Page) -> str:
    version = page.folder.run.get("version", "")
    return f"<p>{page.text('footer', version=version)}</p>"


def write_page(folder: Path, language: str = "en") -> None:
    """Writes report.html, charts/*.svg and planning.csv into a run folder that holds all else."""
    found, words = read_run(folder), Words(language)
    (folder / "report.html").write_text(_rendered(Page(found, words)), "utf-8")
    page = Page(found, words)  # a new one, whose pictures have ids of their own
    (folder / "planning.csv").write_bytes(tables.to_csv(PLANNING_COLUMNS, _planning(page)))
    (folder / "charts").mkdir(exist_ok=True)
    for name, svg in _pictures(page):
        (folder / "charts" / f"{name}.svg").write_text(svg + "\n", "utf-8")


def _pictures(page: Page) -> Iterable[tuple[str, str]]:
    """Name and SVG of every picture as a file that may be sent on alone: with its style, what it shows, as of when; of maps the disclaimer."""
    known = page.w("as_of", date=page.full_day(page.folder.reference)) if page.folder.reference else ""
    for chart in charts_of(page):
        yield chart.name, _alone(chart.svg, f"{page.place(chart.series[0])}: {page.what(chart.series[1])}", [known, page.w("picture_text")], [])
    for name, svg in map_files(page):
        shown = page.w("picture_map", date=page.full_day(page.at(map_horizon(page))))
        whose = page.w("map_own" if page.folder.boundaries else "map_source")
        yield name, _alone(svg, page.place(str(page.folder.run.get("title") or "")), [shown, known], [page.w("map_disclaimer"), whose])


def _alone(svg: str, title: str, above: Sequence[str], below: Sequence[str]) -> str:
    """A picture with a heading, lines above and lines below it."""
    found = re.search(r'viewBox="0 0 (\S+) (\S+)"', svg)
    assert found is not None
    width, height = float(found[1]), float(found[2])
    heads, tops, feet = (
        [line for text in texts for line in wrap(text, max(20, int(width / per_letter)))]
        for texts, per_letter in (([title], HEAD_LETTER), (above, SMALL_LETTER), (below, SMALL_LETTER))
    )
    top = 18.0 * len(heads) + 14.0 * len(tops) + 8.0
    words = [f'<text class="head" x="6" y="{18 * (i + 1) - 2 - top:g}">{escape(line)}</text>' for i, line in enumerate(heads)]
    words += [f'<text class="tick" x="6" y="{18 * len(heads) + 14 * (i + 1) - 2 - top:g}">{escape(line)}</text>' for i, line in enumerate(tops)]
    words += [f'<text class="tick" x="6" y="{height + 14 * (i + 1) + 2:g}">{escape(line)}</text>' for i, line in enumerate(feet)]
    box = f'viewBox="0 {-top:g} {width:g} {height + top + (14 * len(feet) + 10 if feet else 0):g}"'
    head, _, drawn = svg.replace(found[0], box, 1).replace("<title", f"<style>{PICTURE_CSS}</style><title", 1).partition("</desc>")
    # a picture within the picture, so that nothing drawn runs into the words
    inner = f'<svg width="{width:g}" height="{height:g}">{drawn.removesuffix("</svg>")}</svg>'
    return f"{head}</desc>{inner}{''.join(words)}</svg>"


def _planning(page: Page) -> Iterable[tuple[str | float, ...]]:
    """Low, likely and high of every figure and shown day, rounded as on the page."""
    for series, fan in by_location(page.folder.forecast):
        for h in page.folder.shown_horizons():
            levels = fan.get(h, {})
            if {LOW, LIKELY, HIGH} <= levels.keys():
                step = page.step(series, h)
                values = (in_steps(levels[q], step).replace(",", "").replace("−", "-") for q in (LOW, LIKELY, HIGH))
                yield *series, page.unit(series[1]), page.at(h).isoformat(), *values
