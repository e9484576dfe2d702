"""The page: built from the files alone, safe against hostile texts, complete, and the same for the same files."""

from __future__ import annotations

import csv
import json
import re
import string
import xml.etree.ElementTree as ET
from datetime import date
from html import escape, unescape
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest

from borderflow.publish import report
from borderflow.publish.figures import finest, percent, rounded, signed
from borderflow.publish.page import choices, first
from borderflow.publish.page.base import Page
from borderflow.publish.page.card import FILES
from borderflow.publish.page.days import marks_of
from borderflow.publish.page.fan import Mark, fan_chart, spread
from borderflow.publish.page.fan import Words as ChartWords
from borderflow.publish.runfolder import Band, read_run
from borderflow.publish.style import CSS, DARK, DRAWING, LIGHT
from borderflow.publish.words import EN, LANGUAGES, Words
from borderflow.world.countries import COUNTRIES
from fake_run import AS_OF, HOSTILE, SERIES, make_run
from page_reader import check_numbers, read, untagged
from small_case import FILES as FILES_OF_A_CASE
from small_case import write_small_case

WORDS = ChartWords("a chart", "what it shows", date.isoformat, str, "until here")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("run"))


@pytest.fixture(scope="module")
def page(folder: Path) -> str:
    return report.render_report(folder)


def hub(folder: Path, location: str, target: str, horizon: int) -> dict[str, float]:
    with (folder / "forecast.csv").open(encoding="utf-8", newline="") as file:
        rows = [r for r in csv.DictReader(file) if (r["location"], r["target"], r["horizon"]) == (location, target, str(horizon))]
    return {r["output_type_id"]: float(r["value"]) for r in rows}


def test_every_section_stands_on_a_page_that_nests(page: str):
    reader = read(page)
    for key, _ in report.SECTIONS:
        assert f'id="{key}"' in page
        assert EN[key] in reader.text
    assert "An invented outflow" in reader.text
    assert "Mon 20 May 2030" in reader.text
    assert EN["missing"] not in page


def test_the_page_loads_nothing_and_runs_nothing(folder: Path, page: str, tmp_path: Path):
    for html in (page, report.render_report(make_run(tmp_path / "hostile", good=False, hostile=True))):
        reader = read(html)
        assert not reader.tags & {"script", "img", "link", "iframe", "object", "embed", "form", "base", "video", "audio", "image", "use"}
        assert {(tag, key) for tag, key, _ in reader.links} == {("a", "href")}
        # of files, those of a fixed list beside the page, never what a claim gives
        assert [v for _, _, v in reader.links if not v.startswith(("#", "https://example.org/")) and v not in FILES] == []
        assert reader.handlers == []
        style = html[html.index("<style>") : html.index("</style>")]
        assert "url(" not in style
        assert "@import" not in style
        assert "default-src 'none'" in html


def test_hostile_texts_are_shown_as_text(tmp_path: Path):
    html = report.render_report(make_run(tmp_path, hostile=True))
    assert "<script" not in html
    assert "<img" not in html
    assert " ".join(HOSTILE.split()) in read(html).text
    assert "javascript:alert(1)" in read(html).text


def test_planning_figures_are_the_rounded_quantiles_of_the_file(folder: Path, page: str):
    text = read(page).text
    for location, target in SERIES:
        for horizon in (1, 7, 14):
            q = hub(folder, location, target, horizon)
            low, likely, high = rounded([q["0.1"], q["0.5"], q["0.9"]], finest(EN[f"unit_{target}"]))
            assert f"{likely} {low} – {high}" in text
    assert "Tomorrow, Tue 21 May" in text
    assert "In 14 days, Mon 3 Jun" in text


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_number_is_the_one_in_the_files(folder: Path, language: str):
    reader = read(report.render_report(folder, language))
    assert check_numbers(folder, reader, language) > 300
    assert {r[0].partition("?")[0].partition("#")[0] for r in reader.numbers} >= {
        "forecast.csv", "scenarios.csv", "effects.csv", "exceedance.csv", "claims_fit.csv",
        "map.csv", "drivers.csv", "shelter.csv", "conservation.csv", "diagnostics.json",
    }  # fmt: skip


def test_no_number_in_a_table_hides_where_it_comes_from(page: str):
    """But for the counts of claims inside their bands, which are computed on the page (and tested below)."""
    left = untagged(read(page))
    assert [t for t in left if not re.fullmatch(r"\d+( \(\d+.%\))?|\d+.%", t)] == []


def test_a_wrong_number_is_noticed(folder: Path, page: str, tmp_path: Path):
    likely = hub(folder, "Avland", "entries", 1)["0.5"]
    shown = rounded([hub(folder, "Avland", "entries", 1)[q] for q in ("0.1", "0.5", "0.9")], 1.0)[1]
    pattern = f'(<data value="{likely:.6g}" data-ref="forecast[^"]*">){shown}<'
    assert re.search(pattern, page)
    with pytest.raises(AssertionError, match=r"forecast\.csv"):
        check_numbers(folder, read(re.sub(pattern, r"\g<1>77,777<", page, count=1)))


@pytest.mark.parametrize("wrong", ["77,777,777", "0"])
def test_a_wrong_number_is_noticed_wherever_it_stands(folder: Path, page: str, wrong: str):
    """Each number in turn is replaced; one that is small beside its own rounding may read 0, no other."""
    reader = read(page)
    large = [n for n in reader.numbers if n[2] not in {wrong, "0\u00a0%"}]
    missed = []
    for reference, unrounded, text in large:
        reader.numbers = [(reference, unrounded, "0 %" if wrong == "0" and text.endswith("%") else wrong)]
        try:
            check_numbers(folder, reader)
        except AssertionError:
            continue
        missed.append((reference, text))
    assert len(large) > 100
    if wrong == "0":
        # a nought is true of what is less than half of its step
        assert len(missed) < 0.1 * len(large), missed[:20]
    else:
        assert missed == []


def test_differences_probabilities_claims_and_provenance_are_shown(folder: Path, page: str):
    text = read(page).text
    assert "six more lanes" in text
    assert "Hardly any difference in 4 other figures." in text
    with (folder / "exceedance.csv").open(encoding="utf-8", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    assert percent(float(last["probability_by_then"])) in " ".join(read(page).words)
    for shown in (
        "11,143", "7,000 to 9,500", "≥ 6,500", "≤ 12,000", "restates F013", "counts trips, which the model cannot express",
    ):  # fmt: skip
        assert shown in text
    assert "87 % likely true" in text
    assert "14 used, 2 checked against the model only (they restate others), 2 not used." in text
    for shown in ("20300520", "a" * 64, "0.0.1", "812", "Waits of lorries are not modelled."):
        assert shown in text


def test_the_count_of_claims_inside_their_bands(folder: Path, page: str):
    fits = [f for f in read_run(folder).fits if f.status == "used" and f.middle is not None]
    in50, in90 = (sum(bool(f.inside(*band)) for f in fits) for band in (("q25", "q75"), ("q05", "q95")))
    shares = [percent(n / len(fits)).replace("\u00a0", " ") for n in (in50, in90)]
    assert f"used {len(fits)} {in50} ({shares[0]}) {in90} ({shares[1]})" in read(page).text


def test_a_chart_for_every_series_with_claims_of_its_own_only(page: str):
    assert page.count('<svg class="fan"') == len(SERIES)
    charts = re.findall(r"<figure>.*?</figure>", page)
    marks = [len(re.findall(r'<g class="mark', c)) for c in charts]
    assert marks == [12, 0, 0, 3, 1, 1]
    assert "Ministry of Roads: 5,600 (used)" in charts[0]


def test_a_total_is_drawn_as_a_mean_a_day(folder: Path):
    marks = marks_of(Page(read_run(folder), Words()))["Avland", "entries"]
    total = next(m for m in marks if m.last > m.first)
    assert (total.low, total.last - total.first) == (45000 / 6, 5)
    assert total.last == AS_OF.toordinal() - 6


def test_banner_only_when_not_good(page: str, tmp_path: Path):
    assert EN["banner"] not in page
    text = read(report.render_report(make_run(tmp_path, good=False))).text
    for shown in (EN["banner"], "effective sample size 37 is below 400", "run more particles"):
        assert shown in text


def test_an_empty_folder_gives_a_page_that_says_so(tmp_path: Path):
    text = read(report.render_report(tmp_path)).text
    # the model card needs no file, and places to stay are left out where the case asks for none
    assert text.count(EN["missing"]) == len(report.SECTIONS) - 1 - len(report.OPTIONAL)
    assert EN["banner"] in text


def test_the_same_run_gives_the_same_page_whatever_the_wall_time(tmp_path: Path):
    first, second = (report.render_report(make_run(tmp_path / name)) for name in "ab")
    assert first == second
    run = json.loads((tmp_path / "b" / "run.json").read_text())
    (tmp_path / "b" / "run.json").write_text(json.dumps(run | {"wall_seconds": 99.9}))
    assert report.render_report(tmp_path / "b") == first


def test_policies_taken_as_certain_are_named_first(tmp_path: Path):
    make_run(tmp_path)
    run = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps(run | {"policies": ["High Pass closed to cars"]}))
    text = read(report.render_report(tmp_path)).text
    assert "Taken as certain here: High Pass closed to cars. No other policy comes about." in text
    assert EN["headline_certain"] in text
    assert EN["headline"] not in text


def test_a_gap_in_the_account_is_named(folder: Path, tmp_path: Path):
    make_run(tmp_path)
    assert "The parts sum to everyone on each of 18 days." in read(report.render_report(folder)).text
    lines = (tmp_path / "conservation.csv").read_text().splitlines()
    cells = lines[-1].split(",")
    cells[1] = str(float(cells[1]) - 2000)
    (tmp_path / "conservation.csv").write_text("\n".join([*lines[:-1], ",".join(cells)]) + "\n")
    assert "The parts miss the total by up to 2,000 people" in read(report.render_report(tmp_path)).text


def test_a_short_horizon_shows_what_there_is(tmp_path: Path):
    make_run(tmp_path)
    rows = (tmp_path / "forecast.csv").read_text().splitlines()
    (tmp_path / "forecast.csv").write_text("\n".join([rows[0], *(r for r in rows[1:] if int(r.split(",")[2]) <= 3)]) + "\n")
    text = read(report.render_report(tmp_path)).text
    assert "In 3 days, 23 May" in text
    assert "In 7 days, Mon 27 May Avland" not in text.partition(EN["map"])[0]


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([8234, 10123, 14890], ["8,000", "10,000", "15,000"]),
        ([4.03, 4.94, 5.91], ["4.0", "4.9", "5.9"]),
        ([0, 0, 0], ["0", "0", "0"]),
        ([0.021, 0.03, 0.05], ["0.020", "0.030", "0.050"]),
        ([-640, -20, 310], ["−650", "0", "300"]),
        ([5000, 5000, 5000], ["5,000", "5,000", "5,000"]),
    ],
)
def test_figures_are_rounded_as_their_range_deserves(values: list[float], shown: list[str]):
    assert rounded(values) == shown


def test_no_probability_is_shown_as_certain_that_is_not():
    assert [percent(p) for p in (0, 0.001, 0.5, 0.999, 1)] == [t.replace(" ", "\u00a0") for t in ("0 %", "< 1 %", "50 %", "> 99 %", "100 %")]


def test_chart_draws_each_hedge_in_its_own_shape():
    bands = [Band(d, 1, 2, 3, 4, 5) for d in range(10, 14)]
    point, bar = Mark(11, 11, 3, 3, "used", "point"), Mark(12, 12, 1, 5, "checked", "bar")
    arrow, cross, far = Mark(12, 12, 2, None, "used", "arrow"), Mark(11, 11, 4, 4, "unused", "cross"), Mark(50, 50, 3, 3, "used", "far away")
    svg = fan_chart(bands, [], [point, bar, arrow, cross, far], 13, WORDS, "x")
    shapes = dict(re.findall(r'<g class="mark \w+"><title>([^<]*)</title><(\w+)', svg))
    assert shapes == {"point": "circle", "bar": "path", "arrow": "path", "cross": "path"}


def test_one_stray_claim_does_not_flatten_the_chart():
    bands = [Band(d, 1, 2, 3, 4, 5) for d in range(10, 14)]
    svg = fan_chart(bands, [], [Mark(11, 11, 900, 900, "used", "stray")], 13, WORDS, "x")
    assert "900</text>" not in svg
    assert "stray" in svg


def test_words_are_complete_in_every_language():
    def fields(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for language in LANGUAGES.values():
        assert language.texts.keys() == EN.keys()
        assert {k for k, t in language.texts.items() if fields(t) != fields(EN[k])} == set()
        assert set(language.lists) == {"card_can", "card_cannot", "card_care"}
        assert language.countries.keys() == COUNTRIES.keys()
        assert (len(language.texts["weekdays"].split()), len(language.texts["months"].split())) == (7, 12)
    with pytest.raises(ValueError, match="no words for language 'xx'"):
        Words("xx")


def test_another_language_leaves_no_english_behind(folder: Path):
    """Texts of three words and more; names and signs may be the same."""
    english = {t for k, t in EN.items() if len(t.split()) > 2 and "{" not in t and t != LANGUAGES["ru"].texts[k]}
    text = read(report.render_report(folder, "ru")).text
    assert [t for t in english if t in text] == []
    assert "11 143" in text.replace("\u00a0", " ")
    assert "Въезды" in text


def test_names_of_the_case_are_shown_in_the_language_of_the_page(tmp_path: Path):
    """Where the case gives them; countries are the page's own, all else stays as the case writes it."""
    make_run(tmp_path)
    names = "\ntranslations: {ru: {Fjellpass / Skogtull: Перевал, Sweden asks for papers: Швеция требует бумаг, A quiet border: Тихая граница}}\n"
    text = re.sub("(?m)^title: .*$", "title: A quiet border", FILES_OF_A_CASE["case.yaml"])
    write_small_case(tmp_path / "case", FILES_OF_A_CASE | {"case.yaml": text + names})
    run = json.loads((tmp_path / "run.json").read_text())
    (tmp_path / "run.json").write_text(json.dumps(run | {"title": "A quiet border"}))
    english, russian = (Page(read_run(tmp_path), Words(language)) for language in ("en", "ru"))
    assert [english.place(x) for x in ("Fjellpass / Skogtull", "Sweden", "Storby")] == ["Fjellpass / Skogtull", "Sweden", "Storby"]
    assert [russian.place(x) for x in ("Fjellpass / Skogtull", "Sweden", "Storby")] == ["Перевал", "Швеция", "Storby"]
    shown = read(report.render_report(tmp_path, "ru")).text
    assert "Швеция требует бумаг" in shown
    assert "Тихая граница" in shown
    assert "A quiet border" not in shown


def test_pictures_and_tables_stand_beside_the_page(tmp_path: Path):
    make_run(tmp_path)
    report.write_page(tmp_path)
    pictures = sorted(p.name for p in (tmp_path / "charts").iterdir())
    assert len(pictures) == len(SERIES) + 2
    assert "avland-entries.svg" in pictures
    for name in pictures:
        root = ET.fromstring((tmp_path / "charts" / name).read_text("utf-8"))
        parts = [e.tag.rpartition("}")[2] for e in root]
        assert root.tag == "{http://www.w3.org/2000/svg}svg"
        assert parts[:3] == ["style", "title", "desc"]
        assert "prefers-color-scheme" in (root[0].text or "")
        # it may be sent on alone: what it shows, as of when, and on a map whose boundaries
        said = " ".join(" ".join(e.itertext()) for e in root if e.tag.endswith("text")).replace("\u00a0", " ")
        assert "Mon 20 May 2030" in said
        assert (EN["map_disclaimer"] in said) == name.startswith("map")
        assert ("Avland: Entries, people a day" in said) == (name == "avland-entries.svg")
    with (tmp_path / "planning.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 3 * len(SERIES)
    q = hub(tmp_path, "Avland", "entries", 1)
    shown = [t.replace(",", "") for t in rounded([q["0.1"], q["0.5"], q["0.9"]], 1.0)]
    assert [rows[0][k] for k in ("location", "target", "unit", "date", "low", "likely", "high")] == [
        "Avland", "entries", "people a day", "2030-05-21", *shown
    ]  # fmt: skip


def test_every_file_beside_the_page_is_named_on_it(tmp_path: Path):
    make_run(tmp_path)
    report.write_page(tmp_path)
    for language in LANGUAGES:
        text = read(report.render_report(tmp_path, language)).text
        beside = {p.name for p in tmp_path.iterdir() if p.suffix in {".csv", ".json"}}
        assert "planning.csv" in beside
        assert sorted(n for n in beside if n not in text) == []


def test_the_first_link_leads_past_the_head(page: str):
    assert re.search(r'<body>\s*<a class="skip" href="#main">', page)
    assert page.count('<main id="main">') == 1


def _luminance(colour: str) -> float:
    digits = "".join(c * 2 for c in colour[1:]) if len(colour) == 4 else colour[1:]
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


TEXT_ON = {
    "fg": ("bg", "soft", "warn-bg", "land", "sea", "ahead-wide", "past-wide"),
    "quiet": ("bg", "soft", "warn-bg", "land", "sea", "ahead-wide", "past-wide"),
    "link": ("bg", "soft", "warn-bg"),
    "ahead": ("bg", "soft"),
    "used": ("bg", "soft"),
    "warn": ("bg", "soft", "warn-bg"),
}
"""Colours of text, and what may lie behind them: the halo of a map's label is land. Axe cannot decide text in pictures."""
DRAWN = ("used", "checked", "unused", "ahead", "past", "flow", "queue", "quiet", "decision")
"""Marks and lines that carry meaning, on the ground of a chart: 3 : 1 (WCAG 1.4.11); what is decoration is not held to it."""


@pytest.mark.parametrize("palette", [LIGHT, DARK], ids=["light", "dark"])
def test_every_text_is_told_from_its_ground(palette: str):
    colours = dict(re.findall(r"--([\w-]+):(#[0-9a-f]+)", palette))
    text = {(t, on): contrast(colours[t], colours[on]) for t, grounds in TEXT_ON.items() for on in grounds}
    assert {k: round(v, 2) for k, v in text.items() if v < 4.5} == {}
    drawn = {d: contrast(colours[d], colours["bg"]) for d in DRAWN}
    assert {k: round(v, 2) for k, v in drawn.items() if v < 3} == {}


def test_no_text_takes_a_colour_that_the_contrast_is_not_held_for():
    """Rules that colour text: `color:` anywhere, and `fill:` of the pictures' classes of text."""
    used = set(re.findall(r"[;{]color:var\(--([\w-]+)\)", CSS))
    used |= set(re.findall(r"\.(?:tick|label|letter|country)[\w.-]*\{[^}]*?fill:var\(--([\w-]+)\)", DRAWING))
    assert used
    assert used <= TEXT_ON.keys()


def test_the_contrast_of_known_colours():
    assert contrast("#fff", "#000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.005)


def test_the_page_is_small_enough_to_send(page: str):
    assert len(page.encode()) < 3_000_000


def test_labels_beside_the_fan_keep_apart_and_inside():
    for at in ([50.0, 50.0, 50.0], [10.0, 12.0, 199.0], [205.0, 206.0, 207.0], [100.0]):
        out = spread(at, 11.0, 20.0, 204.0)
        assert all(b - a >= 11.0 - 1e-6 for a, b in pairwise(out))
        assert min(out) >= 20.0 - 1e-6
        assert max(out) <= 204.0 + 1e-6


@pytest.mark.parametrize(
    ("values", "unit", "texts"),
    [
        ((0.0, 0.0, 0.0031), "vehicles", ["0", "0", "0"]),
        ((0.2, 1.4, 3.6), "people a day", ["0", "1", "4"]),
        ((0.0, 0.004, 0.31), "hours", ["0", "0", "0.3"]),
        ((4.12, 5.0, 7.77), "hours", ["4.2", "5.0", "7.8"]),
        ((0.191, 0.2, 0.213), "share", ["0.192", "0.200", "0.212"]),
    ],
)
def test_no_figure_is_finer_than_its_unit(values: tuple[float, ...], unit: str, texts: list[str]):
    assert rounded(values, finest(unit)) == texts


def test_a_difference_of_nothing_has_no_sign():
    assert [signed(v, 1.0) for v in (0.2, -0.2, 1.2, -1.2)] == ["0", "0", "+1", "−1"]


def test_a_chart_of_vehicles_has_whole_ticks():
    low = [Band(day, 0.0, 0.0, 0.001, 0.002, 0.004) for day in (1.0, 2.0, 3.0)]
    svg = fan_chart([], low, [], 0.0, WORDS, "x", finest=1.0)
    assert re.findall(r'class="tick end"[^>]*>([^<]*)<', svg) == ["0", "1"]


def test_places_inside_others_are_not_to_be_added_up() -> None:
    """C lies in B and B in A: said pair by pair, not C in A; a country inside a region too."""

    class Region(NamedTuple):
        name: str
        members: tuple[str, ...]

    class Shown(NamedTuple):
        folder: SimpleNamespace

        def place(self, name: str) -> str:
            return name

        def w(self, key: str, **fields: object) -> str:
            return EN[key].format(**fields)

        def text(self, key: str, **fields: object) -> str:
            return escape(self.w(key, **fields))

    case = SimpleNamespace(regions=(Region("A & co", ("x", "y", "z", "GE")), Region("B", ("x", "y")), Region("C", ("x",)), Region("D", ("x", "u"))))
    shown = Shown(SimpleNamespace(case=case))
    said = first._contained(shown, ["A & co", "B", "C", "D", "Georgia"])  # type: ignore[arg-type]
    assert unescape(re.sub("<[^>]+>", "", said)) == "Not to be added up: A & co includes B; A & co includes Georgia; B includes C; D includes C."
    assert "&amp; co" in said
    assert first._contained(shown, ["B", "Georgia"]) == ""  # type: ignore[arg-type]


def test_waits_say_whose_they_are(page: str):
    """Of those who cross, and of those who join; a line that is mostly lorries says so."""
    text = re.sub(r"\s+([,;.)])", r"\1", read(page).text.replace("( ", "("))
    assert "Longest wait by car: High Pass / Low Gate, about" in text
    assert re.search(r"hours for those who cross tomorrow \([\d.]+ to [\d.]+\), about 40 for those who join the line tomorrow \(32 to 54\)", text)
    assert "who join 21 May" in text
    assert "High Pass / Low Gate, 21 May, about 1,900 lorries" in text


def test_a_line_that_is_surely_empty_is_called_so(tmp_path: Path):
    make_run(tmp_path)
    rows = (tmp_path / "forecast.csv").read_text().splitlines()
    empty = [re.sub(r"[^,]*$", "0", r) if ",queue_vehicles,7," in r else r for r in rows]
    assert empty != rows
    (tmp_path / "forecast.csv").write_text("\n".join(empty) + "\n")
    assert EN["none_likely"] in read(report.render_report(tmp_path)).text.partition(EN["map"])[0]


class Dated(NamedTuple):
    """As much of a page as the choice of a policy's day needs."""

    folder: SimpleNamespace
    dates: dict[str, tuple[date, date]]

    def policy(self, name: str) -> SimpleNamespace | None:
        return SimpleNamespace(dates=self.dates[name]) if name in self.dates else None

    def at(self, horizon: int) -> date:
        return date.fromordinal(AS_OF.toordinal() + horizon)


def test_a_policy_is_shown_on_a_day_on_which_it_is_in_force():
    ahead = [date.fromordinal(AS_OF.toordinal() + k) for k in range(30)]
    dates = {"at once": (ahead[1], ahead[1]), "slowly": (ahead[1], ahead[14]), "never sure": (ahead[10], ahead[19])}
    effects = {(name, "Avland", "entries"): {1: {}, 7: {}, 14: {}} for name in (*dates, "unknown")}
    page = Dated(SimpleNamespace(effects=effects), dates)
    days = {name: choices._day_of(page, name) for name, _, _ in effects}  # type: ignore[arg-type]
    assert days == {"at once": 7, "slowly": 14, "never sure": 14, "unknown": 7}
    shares = [choices._in_force(page, name, 14) for name in ("at once", "slowly", "never sure", "unknown")]  # type: ignore[arg-type]
    assert shares == [1.0, 1.0, 0.5, 1.0]
    assert choices._in_force(page, "slowly", 7) == 0.5  # type: ignore[arg-type]
    assert choices._day_of(Dated(SimpleNamespace(effects={}), {}), "at once") is None  # type: ignore[arg-type]


def test_pictures_are_as_reviewed(folder: Path) -> None:
    """Every chart and the map of the invented run, to the byte: a label that moves is seen as a diff before it is seen on a page."""
    report.write_page(folder)
    made = {p.name: p.read_bytes() for p in (folder / "charts").glob("*.svg")}
    reviewed = {p.name: p.read_bytes() for p in (Path(__file__).parent / "golden").glob("*.svg")}
    assert sorted(made) == sorted(reviewed), "pictures come or go: `make golden`, then review the diff"
    changed = [name for name in reviewed if made[name] != reviewed[name]]
    assert not changed, f"{', '.join(changed)} look different: `make golden`, then review the diff"
