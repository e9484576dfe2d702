"""`njit` and `prange` as every room uses them: numba's, with a cache that notices changes in what a function calls.

numba keeps compiled code by the file of a function. Code of other files that was inlined into it, and constants that it took from them, could
change without its notice: after an update old kernels would go on, or the cache would not load. Here the name of a cached file
holds a digest of the function's file and of all files that it imports from rooms with compiled code.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from numba import njit, prange
from numba.core.caching import CacheImpl

__all__ = ["closure", "digest", "forget_stale", "njit", "prange"]

PACKAGE = Path(__file__).resolve().parent
ROOMS = ("compiled", "kernels", "simulate", "observe", "calibrate", "flee")
"""Rooms with compiled functions."""
_IMPORT = re.compile(r"^from borderflow\.([\w.]+) import (\([^)]*\)|[^\n]*)", re.MULTILINE)


@cache
def _imports(path: Path, package: Path) -> tuple[Path, ...]:
    """Files of `ROOMS` that a file imports from, directly."""
    found = []
    for module, names in _IMPORT.findall(path.read_text(encoding="utf-8")):
        if module.split(".")[0] in ROOMS:
            base = package.joinpath(*module.split("."))
            found += [base.with_suffix(".py"), *(base / f"{name}.py" for name in re.findall(r"\w+", names))]
    return tuple(p for p in found if p.is_file())


def closure(path: Path, package: Path = PACKAGE) -> tuple[Path, ...]:
    """A file and all that it imports from `ROOMS`, in order of their names."""
    seen = {path}
    open_ = [path]
    while open_:
        new = set(_imports(open_.pop(), package)) - seen
        seen |= new
        open_ += new
    return tuple(sorted(seen))


@cache
def _content(path: Path) -> bytes:
    return sha256(path.read_bytes()).digest()


def digest(path: Path, package: Path = PACKAGE) -> str:
    """Sixteen hex digits that change when the file, or one that it imports from `ROOMS`, does."""
    return sha256(b"".join(_content(p) for p in closure(path, package))).hexdigest()[:16]


def _noticing(locator: Any) -> Any:
    """One of numba's ways to find a cache, for files of ours only and with the digest in the name of a cached file."""

    class Noticing(locator):  # type: ignore[misc]
        def get_disambiguator(self) -> str:
            return f"{super().get_disambiguator()}-{self._digest}"

        @classmethod
        def from_function(cls, py_func: Any, py_file: str) -> Any:
            path = Path(py_file).resolve()
            found = super().from_function(py_func, py_file) if PACKAGE in path.parents else None
            if found is not None:
                found._digest = digest(path)
            return found

    return Noticing


# by what numba has, not by name: its classes were renamed between releases
CacheImpl._locator_classes = [*map(_noticing, CacheImpl._locator_classes), *CacheImpl._locator_classes]


def forget_stale() -> int:
    """Deletes compiled code of earlier states of the package that lies beside it, if that may be done; how many files there were."""
    current = {digest(path) for path in PACKAGE.rglob("*.py") if b"njit" in path.read_bytes()}
    stale = [p for p in PACKAGE.rglob("__pycache__/*.nb[ic]") if not any(f"-{d}." in p.name for d in current)]
    for path in stale:
        with suppress(OSError):  # of a package that somebody else installed: old files do no harm
            path.unlink()
    return len(stale)
