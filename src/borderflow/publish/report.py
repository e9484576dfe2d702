"""report.html, and the same pictures and tables as files: one self-contained page from the files of a run folder, and from nothing else.

No script, no network, every number computed from the files, every foreign text escaped. What does not belong here: words (words.py), sections and
drawing (page/), and anything that needs a model. Wall times are left out, so that the same run gives the same page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path

from borderflow.publish import tables
from borderflow.publish.figures import in_steps
from borderflow.publish.page.base import HIGH, LIKELY, LOW, Page, by_location
from borderflow.publish.page.card import section_card, section_checks
from borderflow.publish.page.choices import section_drivers, section_exceedance, section_policies, section_shelter
from borderflow.publish.page.claims import section_claims, section_contradictions
from borderflow.publish.page.days import charts_of, section_charts
from borderflow.publish.page.first import banner, section_figures, section_planning
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
    pictures = [*((c.name, c.svg) for c in charts_of(page)), *map_files(page)]
    for name, svg in pictures:
        # a picture that stands alone brings its own style
        (folder / "charts" / f"{name}.svg").write_text(svg.replace("<title", f"<style>{PICTURE_CSS}</style><title", 1) + "\n", "utf-8")


def _planning(page: Page) -> Iterable[tuple[str | float, ...]]:
    """Low, likely and high of every figure and shown day, rounded as on the page."""
    for series, fan in by_location(page.folder.forecast):
        for h in page.folder.shown_horizons():
            levels = fan.get(h, {})
            if {LOW, LIKELY, HIGH} <= levels.keys():
                step = page.step(series, h)
                values = (in_steps(levels[q], step).replace(",", "").replace("−", "-") for q in (LOW, LIKELY, HIGH))
                yield *series, page.unit(series[1]), page.at(h).isoformat(), *values
