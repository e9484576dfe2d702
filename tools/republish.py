"""The page of a run folder once more, from the files that are there: to see a change of the page without calibrating again.

python tools/republish.py out/demo [ru]
"""

from __future__ import annotations

import sys
from pathlib import Path

from borderflow.publish.extras import extra_files
from borderflow.publish.report import write_page


def main() -> int:
    """Writes the extra tables, the pictures and the page."""
    folder = Path(sys.argv[1])
    for name, data in extra_files(folder).items():
        (folder / name).write_bytes(data)
    write_page(folder, *sys.argv[2:3])
    return 0


if __name__ == "__main__":
    sys.exit(main())
