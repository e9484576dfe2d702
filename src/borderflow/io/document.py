"""A file as text: encodings, HTML without its boilerplate, PDF. Nothing here is fetched; `io.fetch` does that where a URL is given.

Input is not trusted: sizes are bounded, and PDF is read in a process of its own with limits of time and memory.
"""

from __future__ import annotations

import codecs
import hashlib
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from borderflow.errors import InputError, Problem
from borderflow.evidence.dated import day_in
from borderflow.io.html import page_of

MOST_BYTES = 50_000_000
MOST_TEXT = 20_000_000
"""Bytes of a file, and characters of its text, at most."""
PDF_SECONDS = 60
PDF_BYTES = 1_500_000_000
"""Time and memory of the process that reads a PDF."""


@dataclass(frozen=True)
class Document:
    """A text and where it came from. published: the day found in it, if any. digest: SHA-256 of the text."""

    text: str
    kind: str
    """text, html or pdf"""
    encoding: str
    published: date | None = None

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


def read_document(path: Path) -> Document:
    """The text of a file. Raises InputError where there is none to be had."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise InputError([Problem(str(path), 0, f"the file has more than {MOST_BYTES // 1_000_000} MB", "split it, or give its text")])
        data = path.read_bytes()
    except FileNotFoundError:
        raise InputError([Problem(str(path), 0, "the file does not exist", "check the name; a URL begins with http:// or https://")]) from None
    except OSError as error:
        raise InputError([Problem(str(path), 0, f"the file cannot be read ({error.strerror})", "give a text, HTML or PDF file")]) from error
    return text_of(data, path.name)


def text_of(data: bytes, name: str, charset: str = "") -> Document:
    """The text of the content of a file called `name`; `charset` as a server declares it. Raises InputError where there is none."""
    if len(data) > MOST_BYTES:
        raise InputError([Problem(name, 0, f"the file has more than {MOST_BYTES // 1_000_000} MB", "split it, or give its text")])
    if data[:1024].lstrip().startswith(b"%PDF-"):
        text = _pdf(data, name)
        return Document(text, "pdf", "", day_in(text))
    text, encoding = decode(data, charset or _declared(data))
    if "\0" in text or _binary(text):
        raise InputError([Problem(name, 0, "the file is neither text nor HTML nor PDF", "give the report itself, saved as text, HTML or PDF")])
    if _is_html(text, name):
        page = page_of(text[:MOST_TEXT])
        return Document(page.text, "html", encoding, page.published or day_in(page.text))
    text = text[:MOST_TEXT].replace("\r\n", "\n").replace("\r", "\n")
    return Document(text, "text", encoding, day_in(text))


def _is_html(text: str, name: str) -> bool:
    head = text[:4096].lstrip().lower()
    return bool(name.lower().endswith((".html", ".htm", ".xhtml")) and "<" in head) or bool(
        head.startswith(("<!doctype html", "<html")) or re.search(r"<(?:html|head|body|article|div|p)\b[^<>]{0,200}>", head)
    )


def _binary(text: str) -> bool:
    """Whether a text is made of control characters."""
    part = text[:20_000]
    return sum(c < " " and c not in "\t\n\r\f" for c in part) > 0.02 * len(part) + 2


# ---- encodings ------------------------------------------------------------------------------------------------------

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_COMMON_CYRILLIC = frozenset("оеаинтсрвлкмдпу")


def _declared(data: bytes) -> str:
    found = _CHARSET.search(data[:4096])
    return found[1].decode("ascii") if found else ""


def decode(data: bytes, declared: str = "") -> tuple[str, str]:
    """(text, encoding) of bytes: byte-order marks first, then UTF-8, then what is declared, then the likeliest of the old encodings.

    Never fails: bytes without a meaning become replacement characters.
    """
    for mark, encoding in (
        (codecs.BOM_UTF8, "utf-8-sig"),
        (codecs.BOM_UTF32_LE, "utf-32"),
        (codecs.BOM_UTF32_BE, "utf-32"),
        (codecs.BOM_UTF16_LE, "utf-16"),
        (codecs.BOM_UTF16_BE, "utf-16"),
    ):
        if data.startswith(mark):
            return data.decode(encoding, "replace"), encoding
    for encoding, high in (("utf-16-le", data[1:4000:2]), ("utf-16-be", data[0:4000:2])):
        if len(high) > 8 and sum(byte in (0, 4) for byte in high) > 0.8 * len(high):  # the upper halves of Latin and Cyrillic letters
            return data.decode(encoding, "replace"), encoding
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        if error.start > len(data) - 4:  # cut in the middle of a letter
            return data.decode("utf-8", "replace"), "utf-8"
    encoding = _known(declared) or max(("cp1251", "koi8-r", "cp866", "cp1252"), key=lambda e: _likelihood(data, e))
    return data.decode(encoding, "replace"), encoding


def _known(name: str) -> str:
    try:
        found = codecs.lookup(name).name if name else ""
    except LookupError:
        return ""
    return (
        ""
        if found in ("utf-8", "ascii") or "utf" in found or found in ("zlib", "hex", "base64", "bz2", "rot13", "uu", "quopri", "idna", "punycode")
        else found
    )


def _likelihood(data: bytes, encoding: str) -> float:
    """How much bytes read like words: common letters for Cyrillic, lone accents inside Latin words otherwise."""
    part = data[:40_000].decode(encoding, "replace")
    high = [c for c in part if c > "\x7f"]
    if not high:
        return 0.0
    if encoding == "cp1252":
        words = re.findall(r"[A-Za-z]*[^\x00-\x7f]+[A-Za-z]*", part)
        return sum(1.0 for w in words if len(w) > 2 and sum(c > "\x7f" for c in w) == 1 and w[0].isascii()) / max(len(words), 1)
    return sum(c in _COMMON_CYRILLIC for c in high) / len(high) * 1.2 - sum(not c.isalpha() for c in high) / len(high)


# ---- PDF ------------------------------------------------------------------------------------------------------------


def _pdf(data: bytes, name: str) -> str:
    """The text of a PDF, read in a process of its own that cannot take more than its share of time and memory."""
    try:
        done = subprocess.run([sys.executable, "-I", "-m", "borderflow.io.pdf"], input=data, capture_output=True, timeout=PDF_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise InputError([Problem(name, 0, f"reading the PDF takes more than {PDF_SECONDS} seconds", "give its text instead")]) from None
    if done.returncode != 0:
        why = done.stderr.decode("utf-8", "replace").strip().splitlines()[-1:] or ["it ended early"]
        raise InputError([Problem(name, 0, f"the PDF cannot be read ({why[0][:120]})", "give its text, or print it to PDF again")])
    text = done.stdout.decode("utf-8", "replace")[:MOST_TEXT]
    if not text.strip():
        raise InputError([Problem(name, 0, "the PDF holds no text, only pictures", "run it through text recognition first")])
    return text
