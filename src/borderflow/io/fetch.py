"""A web address as bytes: the only place that reaches for the network, and only where a URL was given."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from typing import Any

from borderflow import __version__
from borderflow.errors import InputError, Problem
from borderflow.io.document import MOST_BYTES, Document, text_of

SECONDS = 30.0


def is_url(text: str) -> bool:
    """Whether a target is a web address."""
    return text.lower().startswith(("http://", "https://"))


def read_url(url: str) -> Document:
    """The text behind a web address. Raises InputError where there is none."""
    request = urllib.request.Request(url, headers={"User-Agent": f"borderflow/{__version__}", "Accept": "text/html, text/plain, application/pdf"})
    try:
        with urllib.request.build_opener(_WebOnly).open(request, timeout=SECONDS) as answer:
            data = read_bounded(answer, MOST_BYTES, SECONDS)
            charset = answer.headers.get_content_charset() or ""
    except (urllib.error.URLError, OSError, ValueError) as error:
        reason = getattr(error, "reason", error)
        raise InputError([Problem(url, 0, f"cannot be fetched ({reason})", "check the address, or save the page and give the file")]) from error
    return text_of(data, url, charset)


def read_bounded(answer: Any, most: int, seconds: float) -> bytes:
    """The content of an answer, at most `most` bytes and one more, within a time that a slow sender cannot stretch. Raises TimeoutError."""
    end = time.monotonic() + seconds
    parts: list[bytes] = []
    size = 0
    while size <= most and (part := answer.read1(min(65536, most + 1 - size))):
        parts.append(part)
        size += len(part)
        if time.monotonic() > end:
            raise TimeoutError(f"takes more than {seconds:g} seconds")
    return b"".join(parts)


class _WebOnly(urllib.request.HTTPRedirectHandler):
    """Follows redirects to the web only, never to files."""

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        if not is_url(newurl):
            raise urllib.error.URLError(f"redirected to {newurl[:80]}")
        return super().redirect_request(req, fp, code, msg, headers, newurl)
