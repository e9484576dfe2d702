"""Bytes of a text file to text: UTF-8 with or without byte-order mark, UTF-16 with one. Other encodings are named, never guessed silently."""

from __future__ import annotations

import codecs
from itertools import pairwise
from pathlib import Path

from borderflow.errors import Problem


def read_text(path: Path, problems: list[Problem]) -> str | None:
    """The text of a file, or None with the reason added to `problems`."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        problems.append(Problem(path.name, 0, "the file is missing", f"add it to {path.parent}"))
        return None
    except OSError as error:
        problems.append(Problem(path.name, 0, f"the file cannot be read ({error.strerror})", "check that it is a file and its permissions"))
        return None
    return decode(data, path.name, problems)


def decode(data: bytes, name: str, problems: list[Problem]) -> str | None:
    """The text of the content of a file called `name`, or None with the reason added to `problems`."""
    if data.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        problems.append(Problem(name, 0, "the file is in UTF-32", "save it as UTF-8"))
        return None
    encoding = "utf-16" if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        problems.append(_not_decodable(data, name, encoding, error.start))
        return None
    if "\0" in text:
        problems.append(
            Problem(
                name,
                text[: text.index("\0")].count("\n") + 1,
                "NUL bytes: the file is not text, or is UTF-16 without byte-order mark",
                "save it as UTF-8 text",
            )
        )
        return None
    return text


def _not_decodable(data: bytes, name: str, encoding: str, start: int) -> Problem:
    """What to do about bytes that are not UTF-8 (or UTF-16)."""
    if encoding == "utf-16":
        return Problem(name, 0, "the file begins like UTF-16 but is cut or damaged", "save it again as UTF-8")
    line = data[:start].count(b"\n") + 1
    likely = _likely_encoding(data)
    return Problem(
        name, line, f"byte 0x{data[start]:02X} is not UTF-8", f"save the file as UTF-8; it looks like {likely}: iconv -f {likely} -t UTF-8 {name}"
    )


def _likely_encoding(data: bytes) -> str:
    """CP1251 where letters above 0x7F stand in runs, as they do in Cyrillic words; CP1252 (Latin-1) where they stand alone."""
    high = [i for i, byte in enumerate(data[:200_000]) if byte >= 0xC0]
    neighbours = sum(b - a == 1 for a, b in pairwise(high))
    return "CP1251" if 2 * neighbours > len(high) else "CP1252"
