"""Documents that cannot lie: generated pages are as the code says, links lead somewhere, schemas accept the shipped case."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

import borderflow
from borderflow.io.case import FILES, TABLES, inspect_case
from borderflow.io.claims import OPTIONAL, REQUIRED
from borderflow.io.schema import CLAIM_COLUMNS, schemas
from borderflow.world.attributes import ATTRIBUTES

ROOT = Path(__file__).parents[1]
DOCS = [p for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("cases/**/*.md")] if ".venv" not in p.parts]
CASE = ROOT / "cases" / "russia-2022"


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """tools/make_reference.py as a module."""
    spec = importlib.util.spec_from_file_location("make_reference", ROOT / "tools" / "make_reference.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_generated_files_are_as_the_code_says(reference: ModuleType) -> None:
    assert reference.differing() == [], "run `make docs`"


def test_a_stale_or_left_over_file_is_noticed(reference: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(reference, "ROOT", tmp_path)
    for path, text in reference.pages().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text, encoding="utf-8")
    assert reference.differing() == []
    (tmp_path / "docs/reference/attributes.md").write_text("old", encoding="utf-8")
    (tmp_path / "schema/gone.schema.json").touch()
    assert reference.differing() == ["docs/reference/attributes.md", "schema/gone.schema.json"]


def test_every_command_and_option_is_documented() -> None:
    """Asked of the help that users see, not of what the generator reads."""
    import typer.main

    from borderflow.cli.main import app

    page = (ROOT / "docs/reference/commands.md").read_text(encoding="utf-8")
    group: Any = typer.main.get_command(app)
    assert len(group.commands) >= 8
    leaves = [(n, c) for n, c in group.commands.items() if not hasattr(c, "commands")]
    leaves += [(f"{n} {m}", c) for n, g in group.commands.items() if hasattr(g, "commands") for m, c in g.commands.items()]
    for name, command in leaves:
        section = page.partition(f"## borderflow {name}\n")[2].partition("\n## ")[0]
        missing = [o for p in command.params for o in p.opts if o.startswith("--") and f"`{o}`" not in section]
        assert section, name
        assert missing == [], name


def test_every_attribute_is_documented() -> None:
    page = (ROOT / "docs/reference/attributes.md").read_text(encoding="utf-8")
    assert [a.name for a in ATTRIBUTES if f"| `{a.name}" not in page or a.meaning not in page] == []


def test_every_field_of_every_file_is_documented() -> None:
    page = (ROOT / "docs/reference/case-folder.md").read_text(encoding="utf-8")
    fields = {f for s in schemas().values() for part in [s, *s.get("$defs", {}).values()] for f in part.get("properties", {})}
    assert [f for f in sorted(fields) if f"| `{f}` |" not in page] == []


def test_the_reader_and_the_reference_know_the_same_columns() -> None:
    assert sorted(CLAIM_COLUMNS) == sorted((*REQUIRED, *OPTIONAL))
    assert set(schemas()) == set(FILES)
    for name, (_, _, columns) in TABLES.items():
        assert set(schemas()[name]["properties"]) == set(columns), name


def test_the_case_of_the_how_to_is_a_case(tmp_path: Path) -> None:
    """The blocks of docs/howto/own-case.md, each headed by the file it belongs to, make a folder without a problem."""
    text = (ROOT / "docs/howto/own-case.md").read_text(encoding="utf-8")
    for name, body in re.findall(r"^```\w+ (\S+)\n(.*?)^```$", text, re.M | re.S):
        with (tmp_path / name).open("a", encoding="utf-8") as file:
            file.write(body)
    found = inspect_case(tmp_path)
    assert sorted(p.name for p in tmp_path.iterdir()) == sorted(FILES)
    assert (found.problems, found.warnings) == ([], [])


@pytest.mark.parametrize("name", list(schemas()))
def test_schemas_are_schemas(name: str) -> None:
    Draft202012Validator.check_schema(schemas()[name])


@pytest.mark.parametrize("name", sorted(p.name for p in CASE.glob("*.yaml")))
def test_schemas_accept_the_shipped_case(name: str) -> None:
    value = json.loads(json.dumps(YAML(typ="safe").load(CASE / name), default=_iso))
    errors = [f"{e.json_path}: {e.message}" for e in Draft202012Validator(schemas()[name]).iter_errors(value)]
    assert errors == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("case.yaml", {"title": "x", "origin_country": "RU", "start": "2022-09-01", "as_of": "2022-09-27", "hirozon": 14}),
        ("case.yaml", {"title": "x", "origin_country": "RU", "start": "2022-09-01"}),
        ("case.yaml", {"title": "x", "origin_country": "RU", "start": "2022-09-01", "as_of": "2022-09-27", "step": 30}),
        ("shocks.yaml", [{"name": "x", "kind": "wave", "at": "2022-09-21", "why": "y"}]),
        ("shocks.yaml", [{"name": "x", "kind": "departures", "at": "21.9.2022", "why": "y"}]),
        ("policies.yaml", [{"name": "x", "probability": 2, "dates": ["2022-09-28", "2022-09-28"], "changes": [], "why": "y"}]),
        ("links.csv", {"from": "a", "to": "b", "mode": "camel", "distance_km": 1, "typical_hours": 1}),
        ("claims.csv", {"claim_id": "A1"}),
    ],
)
def test_schemas_refuse_what_the_reader_refuses(name: str, value: Any) -> None:
    assert list(Draft202012Validator(schemas()[name]).iter_errors(value))


def test_links_between_documents_lead_somewhere() -> None:
    """Relative links and pictures of every document; anchors and addresses on the web are left alone."""
    lost = []
    for path in DOCS:
        for target in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if "://" not in target and not target.startswith("mailto:") and not (path.parent / target).exists():
                lost.append(f"{path.relative_to(ROOT)} -> {target}")
    assert lost == []


def test_documents_name_only_commands_that_exist() -> None:
    """`borderflow WORD` and `make WORD` in every document."""
    import typer.main

    from borderflow.cli.main import app

    group: Any = typer.main.get_command(app)
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M))
    wrong = []
    for path in DOCS:
        text = path.read_text(encoding="utf-8")
        wrong += [f"{path.name}: borderflow {w}" for w in re.findall(r"(?:^|`|/)borderflow ([a-z]+)\b", text, re.M) if w not in group.commands]
        wrong += [f"{path.name}: make {w}" for w in re.findall(r"(?:^\s*|`)make ([a-z]+)\b", text, re.M) if w not in targets]
    assert wrong == []


def test_every_module_is_on_the_map() -> None:
    text = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    modules = [p for p in (ROOT / "src/borderflow").rglob("*.py") if p.stem != "__init__"]
    assert [p.relative_to(ROOT).as_posix() for p in modules if f"`{p.stem}`" not in text] == []


def test_the_version_is_one() -> None:
    citation = YAML(typ="safe").load(ROOT / "CITATION.cff")
    assert citation["version"] == borderflow.__version__
    assert f"## {borderflow.__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def _iso(value: Any) -> str:
    return str(value.isoformat())
