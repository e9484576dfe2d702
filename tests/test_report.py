"""The page: built from the files alone, safe against hostile texts, complete, and the same for the same files."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from borderflow.publish import report
from borderflow.publish.chart import Band, Mark, fan_chart
from borderflow.publish.runfolder import read_run
from borderflow.publish.words import EN, LANGUAGES, Words
from fake_run import AS_OF, HOSTILE, SERIES, make_run

VOID = {"meta", "br", "img", "input", "link", "hr", "line", "circle", "path", "polygon", "polyline"}


class Reader(HTMLParser):
    """Collects tags, addresses and visible text; fails on tags that do not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: list[tuple[str, str, str]] = []
        self.handlers: list[str] = []
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [(tag, k, v or "") for k, v in attrs if k in {"src", "href", "action", "data", "srcset", "xlink:href", "poster", "style"}]
        self.handlers += [k for k, _ in attrs if k.startswith("on")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


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
        assert all(tag == "a" and key == "href" and value.startswith(("#", "https://example.org/")) for tag, key, value in reader.links)
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
            low, likely, high = report.rounded([q["0.1"], q["0.5"], q["0.9"]])
            assert f"{likely} {low}–{high}" in text
    assert "Tomorrow, Tue 21 May" in text
    assert "In 14 days, Mon 3 Jun" in text


def test_differences_probabilities_claims_and_provenance_are_shown(folder: Path, page: str):
    text = read(page).text
    assert "six more lanes" in text
    assert "No difference in 4 other figures." in text
    with (folder / "exceedance.csv").open(encoding="utf-8", newline="") as file:
        last = list(csv.DictReader(file))[-1]
    assert report.percent(float(last["probability_by_then"])) in text
    for shown in (
        "11,143",
        "7,000 to 9,500",
        "≥ 6,500",
        "≤ 12,000",
        "restates F013",
        "counts trips, which the model cannot express",
        "87 % likely true",
    ):
        assert shown in text
    assert "14 used, 2 checked against the model only (they restate others), 2 not used." in text
    for shown in ("20300520", "a" * 64, "0.0.1", "812.4", "Waits of lorries are not modelled."):
        assert shown in text


def test_the_count_of_claims_inside_their_bands(folder: Path, page: str):
    fits = [f for f in read_run(folder).fits if f.status == "used" and f.middle is not None]
    in50, in90 = (sum(bool(f.inside(*band)) for f in fits) for band in (("q25", "q75"), ("q05", "q95")))
    assert f"used {len(fits)} {in50} ({report.percent(in50 / len(fits))}) {in90} ({report.percent(in90 / len(fits))})" in read(page).text


def test_a_chart_for_every_series_with_claims_of_its_own_only(page: str):
    assert page.count('<svg class="fan"') == len(SERIES)
    charts = re.findall(r"<figure>.*?</figure>", page)
    marks = [len(re.findall(r'<g class="mark', c)) for c in charts]
    assert marks == [12, 0, 0, 3, 1, 1]
    assert "Ministry of Roads: 5,600 (used)" in charts[0]


def test_a_total_is_drawn_as_a_mean_a_day(folder: Path):
    marks = report._marks(report.Page(read_run(folder), Words()))["Avland", "entries"]
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
    assert text.count(EN["missing"]) == len(report.SECTIONS) - 1  # the model card needs no file
    assert EN["banner"] in text


def test_the_same_run_gives_the_same_page_whatever_the_wall_time(tmp_path: Path):
    first, second = (report.render_report(make_run(tmp_path / name)) for name in "ab")
    assert first == second
    run = json.loads((tmp_path / "b" / "run.json").read_text())
    (tmp_path / "b" / "run.json").write_text(json.dumps(run | {"wall_seconds": 99.9}))
    assert report.render_report(tmp_path / "b") == first


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
    assert "In 3 days, Thu 23 May" in text
    assert "In 7 days, Mon 27 May Avland" not in text


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
    assert report.rounded(values) == shown


def test_no_probability_is_shown_as_certain_that_is_not():
    assert [report.percent(p) for p in (0, 0.001, 0.5, 0.999, 1)] == ["0 %", "< 1 %", "50 %", "> 99 %", "100 %"]


def test_chart_draws_each_hedge_in_its_own_shape():
    bands = [Band(d, 1, 2, 3, 4, 5) for d in range(10, 14)]
    point, bar = Mark(11, 11, 3, 3, "used", "point"), Mark(12, 12, 1, 5, "checked", "bar")
    arrow, cross, far = Mark(12, 12, 2, None, "used", "arrow"), Mark(11, 11, 4, 4, "unused", "cross"), Mark(50, 50, 3, 3, "used", "far away")
    svg = fan_chart(bands, [], [point, bar, arrow, cross, far], 13, "label", date.isoformat, "until here")
    shapes = dict(re.findall(r'<g class="mark \w+"><title>([^<]*)</title><(\w+)', svg))
    assert shapes == {"point": "circle", "bar": "path", "arrow": "path", "cross": "path"}


def test_one_stray_claim_does_not_flatten_the_chart():
    bands = [Band(d, 1, 2, 3, 4, 5) for d in range(10, 14)]
    svg = fan_chart(bands, [], [Mark(11, 11, 900, 900, "used", "stray")], 13, "label", date.isoformat, "until here")
    assert "900</text>" not in svg
    assert "stray" in svg


def test_words_are_complete_in_every_language():
    for texts, lists in LANGUAGES.values():
        assert texts.keys() == EN.keys()
        assert set(lists) == {"card_can", "card_cannot", "card_care"}
    with pytest.raises(ValueError, match="no words for language 'xx'"):
        Words("xx")


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
    assert report.rounded(values, report.finest(unit)) == texts


def test_a_difference_of_nothing_has_no_sign():
    assert [report.signed(v, 1.0) for v in (0.2, -0.2, 1.2, -1.2)] == ["0", "0", "+1", "−1"]


def test_a_chart_of_vehicles_has_whole_ticks():
    low = [Band(day, 0.0, 0.0, 0.001, 0.002, 0.004) for day in (1.0, 2.0, 3.0)]
    svg = fan_chart([], low, [], 0.0, "label", str, "as of", 1.0)
    assert re.findall(r'class="tick end"[^>]*>([^<]*)<', svg) == ["0", "1"]
