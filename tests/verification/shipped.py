"""Results of the shipped case for proofs: calibrations and run folders by seed, made once per state of the code and then read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from synthetic import KEPT, SHIPPED, digest, source_files


def run_folder(seed: int) -> Path:
    """What `borderflow run` leaves for the shipped case with a seed; runs it (about a minute) unless the same code has done so before."""
    content = [p for p in sorted(SHIPPED.iterdir()) if p.is_file()] + source_files()
    folder = KEPT / f"run-{digest(content, {'seed': seed})}-{seed}"
    if not (folder / "run.json").is_file():
        command = [sys.executable, "-m", "borderflow.cli.main", "run", str(SHIPPED), "--out", str(folder), "--seed", str(seed)]
        subprocess.run(command, check=True)
    return folder
