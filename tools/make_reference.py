"""Write docs/reference and schema from the code, so that they cannot say anything else (`make docs`).

python tools/make_reference.py           write the files
python tools/make_reference.py --check   only say which differ (status 1)
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import typer.main

from borderflow.cli.main import app
from borderflow.io.schema import file_name, schemas
from borderflow.simulate.series import SERIES
from borderflow.world.attributes import ATTRIBUTES, Attribute
from borderflow.world.names import INDEX_FORM

ROOT = Path(__file__).parents[1]
MADE = "<!-- made by `make docs` from the code; do not edit -->\n"


def pages() -> dict[str, str]:
    """Path below the root -> content of every generated file."""
    files = {
        "docs/reference/attributes.md": attributes_page(),
        "docs/reference/commands.md": commands_page(),
        "docs/reference/case-folder.md": case_page(),
    }
    for name, schema in schemas().items():
        files[f"schema/{file_name(name)}"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return files


def attributes_page() -> str:
    """The attribute table, and the series that a run records."""
    head = (
        "# Attributes\n\n"
        "Every number of the model that a case, a prior, a shock, a policy or `--set` can name. It is written `name`, `name[index]` or\n"
        "`name[index; index]`; `*` stands for any index, a country code for all gates of that far country. `air` and `rail` stand for\n"
        "all seats by that mode.\n\n"
        "The default holds where the case gives no value of its own. Shocks and policies change dated attributes at a date: they\n"
        "multiply it (1 = no change) or set it.\n\n"
    )
    rows = [
        (f"`{a.name}{INDEX_FORM[a.index]}`", a.unit, number(a.default), f"{number(a.low)} – {number(a.high)}", dated(a), a.meaning)
        for a in ATTRIBUTES
    ]
    series = "\n## Series that a run records\n\nA flow is summed over time, a level averaged.\n\n"
    recorded = [(f"`{s.name}`", s.kind, s.unit, s.meaning) for s in SERIES]
    return (
        MADE
        + head
        + table(("attribute", "unit", "default", "range", "dated", "meaning"), rows)
        + series
        + table(("series", "kind", "unit", "meaning"), recorded)
    )


def commands_page() -> str:
    """Every command with its arguments and options."""
    parts = [
        "# Commands\n",
        "Exit status: 0 success; 1 a defect of borderflow; 2 bad input, with every problem on stderr and nothing written; 3 with `--strict`\n"
        "when diagnostics are not good; 130 interrupted. Results go to stdout, progress and problems to stderr.\n",
    ]
    group: Any = typer.main.get_command(app)
    for name, command in leaves(group):
        parts.append(f"## borderflow {name}\n\n{paragraphs(command.help or '')}\n")
        rows = [parameter_row(p) for p in command.params if not getattr(p, "hidden", False)]
        parts.append(table(("argument or option", "value", "meaning"), rows))
    return MADE + "\n".join(parts)


def leaves(group: Any, before: str = "") -> Iterator[tuple[str, Any]]:
    """Commands with their full names, those of groups one by one."""
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from leaves(command, f"{before}{name} ")
        else:
            yield f"{before}{name}", command


def parameter_row(parameter: Any) -> tuple[str, str, str]:
    """Name, value and meaning of one argument or option."""
    is_argument = parameter.param_type_name == "argument"
    name = parameter.metavar or parameter.name.upper() if is_argument else ", ".join(f"`{o}`" for o in parameter.opts)
    text = (parameter.help or "").replace("  [default:", " [default:")
    if parameter.required:
        text += " Required."
    elif parameter.default not in (None, False) and "[default" not in text:
        text += f" [default: {number(parameter.default)}]"
    value = "" if is_argument or parameter.is_flag else parameter.metavar
    return name if not is_argument else f"`{name}`", value, text


def case_page() -> str:
    """The files of a case folder, field by field."""
    parts = [
        "# The case folder\n",
        "One folder holds one case. `borderflow check` reports every problem of it at once. Unknown columns and keys are errors everywhere but in\n"
        "`claims.csv`, whose further columns are kept. `case.yaml` and `places.csv` are required; every other file may be missing.\n\n"
        "The same rules as JSON Schema, for editors: folder `schema`, or `borderflow schema --out DIR`. With a YAML language server, begin a file\n"
        "with `# yaml-language-server: $schema=../../schema/case.schema.json`.\n",
    ]
    done: set[str] = set()
    for name, schema in schemas().items():
        is_list = schema.get("type") == "array"
        if name in LIST_INTRO:
            parts.append(f"## {name}\n\n{LIST_INTRO[name]}\n")
        else:
            parts.append(f"## {name}\n\n{paragraphs(schema.get('description', schema['title']))}\n")
        definitions = schema.get("$defs", {})
        if is_list:
            item = schema["items"]["$ref"].rpartition("/")[2]
            parts.append(fields_table(definitions[item], definitions))
            done.add(item)
        else:
            parts.append(fields_table(schema, definitions))
        for inner, body in definitions.items():
            if inner not in done:
                done.add(inner)
                parts.append(f"### {inner}\n\n{paragraphs(body.get('description', ''))}\n\n{fields_table(body, definitions)}")
    return MADE + "\n".join(parts)


LIST_INTRO = {
    "priors.yaml": "A list of unknowns; the same may stand under `priors` in `case.yaml`.",
    "shocks.yaml": "A list of shocks.",
    "policies.yaml": "A list of policies, announced or rumoured.",
}


def fields_table(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """Fields of one object: name, what it takes, default, meaning."""
    required = set(schema.get("required", ()))
    rows = []
    for name, body in schema["properties"].items():
        default = "required" if name in required else "" if body.get("default") in (None, "", [], ()) else f"`{json.dumps(body['default'])}`"
        rows.append((f"`{name}`", kind(body), default, body.get("description", "")))
    return table(("field", "takes", "default", "meaning"), rows)


def kind(body: dict[str, Any]) -> str:
    """What a field takes, in words."""
    if "$ref" in body:
        return body["$ref"].rpartition("/")[2]
    if "enum" in body:
        return " or ".join(f"`{v}`" for v in body["enum"])
    if "anyOf" in body:
        return " or ".join(dict.fromkeys(kind(b) for b in body["anyOf"] if b.get("type") != "null"))
    if body.get("type") == "array":
        if "prefixItems" in body:
            return f"[{', '.join(kind(b) for b in body['prefixItems'])}]"
        return f"list of {kind(body['items'])}"
    if body.get("type") == "object":
        inner = body.get("additionalProperties")
        return f"name: {kind(inner)}" if isinstance(inner, dict) else f"name: {kind(next(iter(body['patternProperties'].values())))}"
    return simple(body)


def simple(body: dict[str, Any]) -> str:
    """A text, number, date or truth value with its limits."""
    types = body["type"] if isinstance(body["type"], list) else [body["type"]]
    base = next(t for t in types if t != "null")
    if base == "string":
        is_date = body.get("format") == "date" or str(body.get("pattern", "")).startswith(r"^\d{4}")
        return "date" if body.get("format") == "date" else "date or date and time" if is_date else "text"
    if base == "boolean":
        return "yes or no"
    limits = [
        f"{sign} {number(body[key])}"
        for key, sign in (("minimum", "≥"), ("exclusiveMinimum", ">"), ("maximum", "≤"), ("exclusiveMaximum", "<"))
        if key in body and abs(body[key]) < 1e15
    ]
    return " ".join(["whole number" if base == "integer" else "number", ", ".join(limits)]).strip()


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    lines = [tuple(head)]
    lines += [tuple("---" for _ in lines[0]), *(tuple(r) for r in rows)]
    return "".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |\n" for line in lines)


def paragraphs(text: str) -> str:
    """A docstring as Markdown paragraphs."""
    return "\n\n".join(" ".join(part.split()) for part in text.split("\n\n")).strip()


def number(value: Any) -> str:
    """A number as people write it; other values as they are."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return str(value)
    if math.isinf(value):
        return "no limit"
    return f"{value:,.0f}" if value == int(value) and abs(value) < 1e15 else f"{value:g}"


def dated(attribute: Attribute) -> str:
    """What a dated change does to an attribute: nothing, multiply or set."""
    return "sets" if attribute.sets else "multiplies" if attribute.dated else ""


def differing() -> list[str]:
    """Generated files that are not as the code says, and generated-looking files that the code does not make."""
    wanted = pages()
    stale = [path for path, text in wanted.items() if not (ROOT / path).is_file() or (ROOT / path).read_text(encoding="utf-8") != text]
    present = [p.relative_to(ROOT).as_posix() for folder in ("docs/reference", "schema") for p in (ROOT / folder).glob("*")]
    return stale + [path for path in present if path not in wanted]


def main() -> int:
    if "--check" in sys.argv:
        for path in differing():
            print(f"{path} is not as the code says; run `make docs`")
        return 1 if differing() else 0
    for path, text in pages().items():
        target = ROOT / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
