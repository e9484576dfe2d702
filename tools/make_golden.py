"""Pictures of an invented run as they are now, for tests to compare with: python tools/make_golden.py, then review the diff (`make golden`)."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
sys.path.insert(0, str(ROOT / "tests"))


def main() -> int:
    """Replaces the golden pictures."""
    from borderflow.publish.report import write_page
    from fake_run import make_run

    GOLDEN.mkdir(exist_ok=True)
    for old in GOLDEN.glob("*.svg"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        run = make_run(Path(folder) / "run")
        write_page(run)
        for picture in sorted((run / "charts").glob("*.svg")):
            (GOLDEN / picture.name).write_bytes(picture.read_bytes())
    return 0


if __name__ == "__main__":
    sys.exit(main())
