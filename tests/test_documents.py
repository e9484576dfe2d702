"""Files into text: encodings, web pages without their boilerplate, PDF; hostile input is refused or read, never a crash or a hang."""

from __future__ import annotations

import zlib
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from borderflow.errors import InputError
from borderflow.io.document import read_document, text_of
from borderflow.io.html import page_of
from borderflow.publish.claims import read_reports

RUSSIAN = "Около 3,5 тыс. автомобилей стоят в очереди на выезд в Грузию у пункта пропуска. Люди ждут двое суток."


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1251", "koi8-r", "cp866"])
def test_russian_in_any_encoding(encoding: str) -> None:
    assert text_of(RUSSIAN.encode(encoding), "a.txt").text == RUSSIAN


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_accents_in_any_encoding(encoding: str) -> None:
    text = "Some 900 réfugiés reached Tachira and Bogotá; Müller said the café was full of naïve people."
    assert text_of(text.encode(encoding), "a.txt").text == text


def test_a_page_declares_its_encoding() -> None:
    page = f'<html><head><meta charset="windows-1251"></head><body><p>{RUSSIAN}</p></body></html>'
    assert text_of(page.encode("cp1251"), "a.html").text == RUSSIAN


def pdf_of(text: str) -> bytes:
    """A small PDF with one page of text."""
    lines = "".join(f"({line}) Tj 0 -14 Td " for line in text.split("\n"))
    stream = zlib.compress(f"BT /F1 11 Tf 40 800 Td {lines}ET".encode("latin-1"))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    data, offsets = b"%PDF-1.4\n", []
    for i, body in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (i, body)
    table = b"".join(b"%010d 00000 n \n" % o for o in offsets)
    return data + b"xref\n0 6\n0000000000 65535 f \n%strailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (table, len(data))


def test_a_pdf_is_read(tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    path.write_bytes(pdf_of("Flash update, 25 September 2022\nOn Sunday 4,300 Russians entered Georgia."))
    report = read_reports([str(path)])[0]
    assert report.published == date(2022, 9, 25)
    assert [(r["value_low"], r["place_canonical"], r["window_start"]) for r in report.rows] == [(4300, "Georgia", "2022-09-25")]


@pytest.mark.parametrize("data", [b"%PDF-1.4\nrubbish", b"%PDF-", pdf_of("x")[:200], pdf_of("")])
def test_a_broken_pdf_is_a_problem(data: bytes) -> None:
    with pytest.raises(InputError, match="PDF"):
        text_of(data, "a.pdf")


@pytest.mark.parametrize("data", [b"\x7fELF\x02\x01\x01" + bytes(range(32)) * 9, b"\x89PNG\r\n\x1a\n" + bytes(200)])
def test_other_files_are_a_problem(data: bytes) -> None:
    with pytest.raises(InputError, match="neither text nor HTML nor PDF"):
        text_of(data, "a.bin")


def test_a_missing_file_is_a_problem_and_all_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_reports([str(tmp_path / "a.txt"), str(tmp_path / "b.txt")])
    assert len(caught.value.problems) == 2


PAGE = """<html><head><title>T</title><meta property="article:published_time" content="2022-09-25T10:00:00Z"></head><body>
<nav>1,000 people crossed in menu</nav><div class="related-stories">2,000 people crossed elsewhere</div>
<article><h1>Heading</h1><p>On Saturday 4,300 people <b>crossed</b> into Georgia.</p><figure><figcaption>5,000 people crossed</figcaption></figure>
<table><tr><td>Poland</td><td>2,645,877</td></tr></table><form>6,000 people crossed</form></article>
<div id="comments">7,000 people crossed</div><footer>8,000 people crossed</footer><script>"9,000 people crossed"</script></body></html>"""


def test_boilerplate_of_a_page_is_left_out() -> None:
    page = page_of(PAGE)
    assert page.text.splitlines() == ["Heading", "On Saturday 4,300 people crossed into Georgia.", "Poland: 2,645,877"]
    assert page.published == date(2022, 9, 25)


TAGS = [
    "<div>",
    "</div>",
    "<p>",
    "<table><tr><td>",
    "<!--",
    "-->",
    "<![CDATA[",
    "<a href=x>",
    "<br",
    "&#0;",
    "&amp",
    "<script>",
    "<svg><title>",
    "<template>",
    "</body>",
]


@settings(max_examples=30, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(TAGS), st.text(max_size=12)), max_size=60))
def test_any_markup_can_be_read(parts: list[str]) -> None:
    assert "\0" not in page_of("<html>" + "".join(parts)).text


@pytest.mark.parametrize("piece", ["<div>", "<p class=x ", "<!--", "<table><tr><td>", "<b><i>", "&#x41;", "<a>1 ", "<![", "</p>"])
def test_deep_and_endless_markup_is_read(piece: str) -> None:
    page_of(piece * 8_000)


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    if data.lstrip().startswith(b"%PDF-"):
        return
    with suppress(InputError):
        text_of(data, "a.txt")


@pytest.mark.parametrize("cut", [60, 150, 300, 420])
def test_damaged_pdf_never_crashes(cut: int) -> None:
    whole = pdf_of("On Sunday 4,300 Russians entered Georgia.")
    damaged = whole[:cut] + bytes(40) + whole[cut + 40 :]
    with suppress(InputError):
        text_of(damaged, "a.pdf")


def test_a_file_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("borderflow.io.document.MOST_BYTES", 10)
    (tmp_path / "a.txt").write_text("more than ten bytes")
    with pytest.raises(InputError, match="MB"):
        read_document(tmp_path / "a.txt")
