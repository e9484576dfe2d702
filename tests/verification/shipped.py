"""Results of the shipped case for proofs: calibrations and run folders by seed, made once per state of the code and then read."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from synthetic import KEPT, SHIPPED, digest, source_files

Floats = NDArray[np.float64]


def run_folder(seed: int) -> Path:
    """What `borderflow run` leaves for the shipped case with a seed; runs it (about a minute) unless the same code has done so before."""
    content = [p for p in sorted(SHIPPED.iterdir()) if p.is_file()] + source_files()
    folder = KEPT / f"run-{digest(content, {'seed': seed})}-{seed}"
    if not (folder / "run.json").is_file():
        command = [sys.executable, "-m", "borderflow.cli.main", "run", str(SHIPPED), "--out", str(folder), "--seed", str(seed)]
        subprocess.run(command, check=True)
    return folder


def effective_size(z: Floats) -> float:
    """Effective number of draws z (n, d) from how the means of two populations that never exchange particles differ.

    For independent halves E[(difference of means / sd)²] = 4 / n; averaged over unknowns.
    """
    half = len(z) // 2
    gap = (z[:half].mean(axis=0) - z[half : 2 * half].mean(axis=0)) / z.std(axis=0)
    return float(min(len(z), 4.0 / max(float(np.mean(gap**2)), 1e-12)))
