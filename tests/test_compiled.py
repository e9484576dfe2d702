"""Compiled code is kept under a name that changes when anything it was compiled from changes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import borderflow.compiled as compiled

PROGRAM = "from borderflow.simulate.two import answer; print(answer())"


def package(folder: Path, constant: int) -> Path:
    """A package of our name: a constant in one module, compiled into a function of another."""
    room = folder / "borderflow" / "simulate"
    room.mkdir(parents=True, exist_ok=True)
    (folder / "borderflow" / "__init__.py").write_text("")
    (room / "__init__.py").write_text("")
    (folder / "borderflow" / "compiled.py").write_text(Path(compiled.__file__).read_text(encoding="utf-8"), encoding="utf-8")
    (room / "one.py").write_text(f"from borderflow.compiled import njit\n\n@njit(cache=True)\ndef value():\n    return {constant}\n")
    (room / "two.py").write_text(
        "from borderflow.compiled import njit\nfrom borderflow.simulate.one import value\n\n@njit(cache=True)\ndef answer():\n    return value()\n"
    )
    return folder


def answer(folder: Path) -> str:
    """What the function gives in a new process, from the cache if there is one."""
    return subprocess.run([sys.executable, "-c", PROGRAM], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def test_a_change_in_a_module_that_was_compiled_into_another_is_noticed(tmp_path: Path) -> None:
    assert answer(package(tmp_path, 1)) == "1"
    kept = set(tmp_path.rglob("*.nbi"))
    assert answer(tmp_path) == "1"
    assert set(tmp_path.rglob("*.nbi")) == kept, "nothing changed, so nothing is compiled anew"
    assert answer(package(tmp_path, 2)) == "2"
    assert set(tmp_path.rglob("*.nbi")) > kept
    subprocess.run([sys.executable, "-c", "from borderflow.compiled import forget_stale; forget_stale()"], cwd=tmp_path, check=True)
    assert len(set(tmp_path.rglob("*.nbi"))) == len(kept)
    assert answer(tmp_path) == "2"


def test_the_digest_follows_imports_of_imports(tmp_path: Path) -> None:
    base = package(tmp_path, 1) / "borderflow"
    three = base / "simulate" / "three.py"
    three.write_text("from borderflow.simulate import (\n    two,\n)\n")
    assert {p.name for p in compiled.closure(three, base)} == {"compiled.py", "one.py", "two.py", "three.py"}


def test_every_compiled_module_stands_in_a_room_whose_imports_are_followed() -> None:
    users = [p.relative_to(compiled.PACKAGE) for p in compiled.PACKAGE.rglob("*.py") if "import njit" in p.read_text(encoding="utf-8")]
    assert users
    assert {p.parts[0].removesuffix(".py") for p in users} <= set(compiled.ROOMS)
    for path in compiled.PACKAGE.rglob("*.py"):
        assert path.name == "compiled.py" or "from numba import njit" not in path.read_text(encoding="utf-8"), path
