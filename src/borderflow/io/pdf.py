"""Text of a PDF from stdin to stdout: run as a process of its own by `io.document`, with limits on time and memory."""

from __future__ import annotations

import io
import logging
import re
import sys
import warnings

SECONDS = 45
BYTES = 1_500_000_000
MOST_PAGES = 400
MOST_TEXT = 20_000_000


def main() -> int:
    """Exit status 0 with the text, or 1 with one line on what is wrong."""
    _limit()
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    from pypdf import PdfReader

    try:
        reader = PdfReader(io.BytesIO(sys.stdin.buffer.read()))
        if reader.is_encrypted:
            reader.decrypt("")
        parts: list[str] = []
        size = 0
        for page in reader.pages[:MOST_PAGES]:
            parts.append(page.extract_text())
            size += len(parts[-1])
            if size > MOST_TEXT:
                break
    except BaseException as error:  # noqa: BLE001  a hostile file may raise anything; this process ends here
        sys.stderr.write(f"{type(error).__name__}: {error}".replace("\n", " ") + "\n")
        return 1
    sys.stdout.buffer.write(reflow("\n\n".join(parts)).encode("utf-8", "replace"))
    return 0


def reflow(text: str) -> str:
    """Text with words that were divided at the end of a line put together, and control characters dropped; lines stay lines."""
    text = re.sub(r"(?<=[^\W\d_])[-\u00ad]\n(?=[^\W\d_])", "", text.replace("\r", "\n"))
    return re.sub(r"[^\S\n]+", " ", re.sub(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]", " ", text))


def _limit() -> None:
    """Takes away what a hostile file must not have; where the system has no such limits, the parent's time-out remains."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_AS, BYTES)):
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


if __name__ == "__main__":
    sys.exit(main())
