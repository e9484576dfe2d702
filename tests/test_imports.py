"""The rooms of the house: imports point down only, and below the edge nothing touches the outside world.

The order is that of ARCHITECTURE.md. Sources are parsed, not imported, so the check holds for lazy imports too.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SRC = Path(__file__).parents[1] / "src" / "borderflow"

# what each room may import, besides itself
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "compiled": set(),
    "world": {"errors"},
    "kernels": {"compiled"},
    "evidence": {"world", "errors"},
    "io": {"world", "evidence", "errors"},
    "simulate": {"kernels", "compiled", "world", "errors"},
    "observe": {"simulate", "kernels", "compiled", "evidence", "world", "errors"},
    "calibrate": {"observe", "simulate", "kernels", "compiled", "evidence", "world", "errors"},
    "forecast": {"calibrate", "observe", "simulate", "kernels", "compiled", "evidence", "world", "errors"},
    "publish": {"forecast", "calibrate", "observe", "simulate", "kernels", "compiled", "evidence", "io", "world", "errors"},
    "flee": {"publish", "forecast", "calibrate", "kernels", "compiled", "io", "world", "errors"},
    "cli": {"flee", "publish", "forecast", "calibrate", "observe", "simulate", "kernels", "compiled", "evidence", "io", "world", "errors"},
}

# rooms of pure functions: no clock, file, environment, network, print or hidden luck
PURE = ("world", "kernels", "evidence", "simulate", "observe", "calibrate", "forecast")
FORBIDDEN_MODULES = {"http", "os", "pathlib", "random", "requests", "secrets", "shutil", "socket", "subprocess", "tempfile", "time", "urllib"}
FORBIDDEN_CALLS = {"print", "open", "input", "breakpoint"}
FORBIDDEN_ATTRIBUTES = {
    *{"environ", "getenv", "now", "utcnow", "today", "perf_counter", "monotonic"},
    *{"read_text", "write_text", "read_bytes", "write_bytes", "savez", "savez_compressed", "savetxt", "loadtxt", "genfromtxt", "tofile"},
}


def imported(tree: ast.AST, package: str = "borderflow") -> Iterator[tuple[int, str]]:
    """(line, module) of everything imported anywhere in a source, relative imports resolved against `package`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, a.name) for a in node.names)
        elif isinstance(node, ast.ImportFrom):
            parts = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*parts, *([node.module] if node.module else [])])
            yield node.lineno, base
            yield from ((node.lineno, f"{base}.{a.name}") for a in node.names)


def room_of(module: str) -> str | None:
    """The room of one of our modules; None for other libraries and for the package itself."""
    parts = module.split(".")
    return parts[1] if parts[0] == "borderflow" and len(parts) > 1 and parts[1] in ALLOWED else None


def upward_imports(source: str, room: str) -> list[str]:
    """Sentences on imports that a module of `room` must not make."""
    found = {(line, target) for line, module in imported(ast.parse(source), f"borderflow.{room}") if (target := room_of(module))}
    return [f"line {line}: {room} must not import {target}" for line, target in sorted(found) if target not in ALLOWED[room] | {room}]


def outside_world(source: str) -> list[str]:
    """Sentences on what in a source reaches for clock, files, environment, network, screen or hidden luck."""
    tree = ast.parse(source)
    found = [(line, f"imports {m}") for line, m in imported(tree) if m.split(".")[0] in FORBIDDEN_MODULES]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and node.attr in FORBIDDEN_ATTRIBUTES:
            found.append((node.lineno, f"uses .{node.attr}"))
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in FORBIDDEN_CALLS:
                found.append((node.lineno, f"calls {name}()"))
            if name.split(".")[-1] == "default_rng" and not node.args:
                found.append((node.lineno, "makes random numbers without a seed"))
    return [f"line {line}: {what}" for line, what in sorted(found)]


def modules() -> list[tuple[str, Path]]:
    """(room, file) of every module in a room."""
    rooms = [(p.relative_to(SRC).parts[0].removesuffix(".py"), p) for p in sorted(SRC.rglob("*.py"))]
    return [(room, path) for room, path in rooms if room != "__init__"]


def test_every_module_lives_in_a_room() -> None:
    assert {room for room, _ in modules()} <= set(ALLOWED)


@pytest.mark.parametrize(("room", "path"), modules(), ids=lambda v: v if isinstance(v, str) else v.stem)
def test_imports_point_down(room: str, path: Path) -> None:
    assert upward_imports(path.read_text(encoding="utf-8"), room) == []


@pytest.mark.parametrize(("room", "path"), [m for m in modules() if m[0] in PURE], ids=lambda v: v if isinstance(v, str) else v.stem)
def test_below_the_edge_nothing_touches_the_outside(room: str, path: Path) -> None:
    assert outside_world(path.read_text(encoding="utf-8")) == []


# tests of the tests: each must be able to fail


@pytest.mark.parametrize(
    ("room", "source", "target"),
    [
        ("world", "import borderflow.simulate.engine", "simulate"),
        ("world", "from borderflow import io", "io"),
        ("kernels", "from borderflow.errors import InputError", "errors"),
        ("evidence", "def f():\n    from borderflow.simulate import engine", "simulate"),
        ("simulate", "from ..calibrate import smc", "calibrate"),
        ("forecast", "if TYPE_CHECKING:\n    from borderflow.publish import run", "publish"),
    ],
)
def test_an_upward_import_is_caught(room: str, source: str, target: str) -> None:
    assert [s for s in upward_imports(source, room) if s.endswith(f"{room} must not import {target}")]


def test_a_downward_import_is_no_offence() -> None:
    assert upward_imports("from borderflow.world.model import Case\nfrom . import other\nimport numpy", "simulate") == []


@pytest.mark.parametrize(
    "source",
    [
        "print(1)",
        "open('x')",
        "import os\nos.environ['A']",
        "import time\ntime.time()",
        "from time import time",
        "datetime.now()",
        "date.today()",
        "np.random.default_rng()",
        "import urllib.request",
        "path.read_text()",
    ],
)
def test_reaching_outside_is_caught(source: str) -> None:
    assert outside_world(source)


def test_a_pure_source_is_no_offence() -> None:
    assert outside_world("import numpy as np\nfrom datetime import date\nrng = np.random.default_rng(7)\nage = [x.time for x in []]") == []
