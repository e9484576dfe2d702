"""JSON Schema of every file of a case folder, from the descriptions that also check them: for editors and for the reference.

Of a table (csv) it is the schema of one row. Nothing here reads a case.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from borderflow.io.claims import FLOWS, MODES, REQUIRED, STATUSES, WHO
from borderflow.world.model import Case, Lane, Link, Place, Policy, Prior, Shock

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"
OTHER_FILES = ("places", "links", "lanes", "shocks", "policies")
"""Fields of a case that have a file of their own; priors may stand in case.yaml or in priors.yaml."""
DATE_OR_TIME = r"^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?$"

_REQUIRED = {"type": "string", "minLength": 1}
_TEXT = {"type": "string"}
_NUMBER = {"type": ["number", "null"]}
_WHEN = {"type": "string", "pattern": DATE_OR_TIME}

# column: (schema, meaning)
CLAIM_COLUMNS: dict[str, tuple[Schema, str]] = {
    "claim_id": (_REQUIRED, "unique name of the claim (`fact_id` is accepted too)"),
    "as_of": (_WHEN, "day on which it was stated"),
    "quantity_kind": (
        _REQUIRED,
        "what is counted, e.g. entries_per_day, vehicles_queued, waiting_time; an unknown kind is kept and reported as unused",
    ),
    "value_low": (_NUMBER, "lowest value that the statement allows; empty = no lower bound"),
    "value_high": (_NUMBER, "highest value that the statement allows; empty = no upper bound"),
    "unit": (_TEXT, "unit of the values; durations in hours, distances in km, shares and ratios as fractions"),
    "flow": (
        {"enum": list(FLOWS)},
        "flow: one day or a part; rate: per day over the window; cumulative: sum over the window; stock, queue, duration: holds at the window",
    ),
    "place_canonical": (_REQUIRED, "place, crossing, country or region that it speaks of"),
    "window_start": (_WHEN, "first day (or instant) of the window"),
    "window_end": (_WHEN, "last day of the window, inclusive; with a clock time the instant of the end, exclusive"),
    "hedge": (_TEXT, "words of doubt or bound: about, nearly, more than, up to ..."),
    "direction": (_TEXT, "entries, exits, both, net, returns or exits_from_XX"),
    "mode": ({"enum": ["", *MODES]}, "empty = not stated"),
    "who": ({"enum": ["", *WHO]}, "citizens of the country of origin, all travellers, men; empty = not stated"),
    "place_text": (_TEXT, "the place as the source writes it"),
    "country": (_TEXT, "ISO 3166 alpha-2, several separated by ;"),
    "source_attribution": (_TEXT, "who says so; claims of one source share its bias and spread"),
    "provenance": (_TEXT, "how the claim came to be known: found, found-derived, background"),
    "reference": (_TEXT, "where it can be read"),
    "confidence": (_TEXT, "the editor's word: high, medium, low"),
    "note": (_TEXT, "anything a reader should know"),
    "quote": (_TEXT, "the words of the source"),
    "start": ({"type": ["integer", "null"]}, "first character of the quote in the text"),
    "end": ({"type": ["integer", "null"]}, "character after the quote"),
    "status": ({"enum": ["", *STATUSES]}, "what an editor decided"),
    "duplicate_of": (_TEXT, "claims that this one restates, separated by ;: it is then checked, not used"),
}


def schemas() -> dict[str, Schema]:
    """File name -> JSON Schema."""
    return {
        "case.yaml": _titled(_case(), "case.yaml"),
        "priors.yaml": _titled(_list_of(Prior), "priors.yaml: the unknowns, if they do not stand in case.yaml"),
        "shocks.yaml": _titled(_list_of(Shock), "shocks.yaml"),
        "policies.yaml": _titled(_list_of(Policy), "policies.yaml"),
        "places.csv": _titled(_row(Place), "one row of places.csv"),
        "links.csv": _titled(_row(Link), "one row of links.csv"),
        "crossings.csv": _titled(_row(Lane), "one row of crossings.csv"),
        "claims.csv": _titled(_claim(), "one row of claims.csv; further columns are kept"),
    }


def file_name(name: str) -> str:
    """Name of the schema of a file: case.yaml -> case.schema.json."""
    return f"{name.partition('.')[0]}.schema.json"


def write_schemas(folder: Path) -> list[Path]:
    """Write every schema into a folder; gives the files written."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        written.append(folder / file_name(name))
        written[-1].write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return written


def _case() -> Schema:
    """A case without the fields that have a file of their own, and without what only those need."""
    schema = Case.model_json_schema()
    for name in OTHER_FILES:
        del schema["properties"][name]
    kept = {name: body for name, body in schema["$defs"].items() if name in _referenced(schema)}
    return {**schema, "$defs": kept}


def _referenced(schema: Schema) -> set[str]:
    """Names of the definitions that the properties of a schema lead to."""
    seen: set[str] = set()
    todo = [json.dumps(schema["properties"])]
    while todo:
        text = todo.pop()
        found = {name for name in schema["$defs"] if f'"#/$defs/{name}"' in text} - seen
        seen |= found
        todo += [json.dumps(schema["$defs"][name]) for name in found]
    return seen


def _list_of(model: type[Prior] | type[Shock] | type[Policy]) -> Schema:
    """A file that is one list of descriptions."""
    return TypeAdapter(list[model]).json_schema()  # type: ignore[valid-type]


def _row(model: type[Place] | type[Link] | type[Lane]) -> Schema:
    """A row of a table: lists are texts with ; between the items, empty cells take the default."""
    schema = model.model_json_schema()
    for body in schema["properties"].values():
        if body.get("type") == "array":
            for key in ("items", "maxItems", "minItems", "default"):
                body.pop(key, None)
            body["type"] = "string"
            body["description"] = "; ".join(t for t in (body.get("description", ""), "several are separated by ;") if t)
    return schema


def _claim() -> Schema:
    properties = {name: {**schema, "description": meaning} for name, (schema, meaning) in CLAIM_COLUMNS.items()}
    return {"type": "object", "properties": properties, "required": list(REQUIRED), "additionalProperties": True}


def _tidy(node: Any) -> Any:
    """The same schema in one spelling, whatever the version of pydantic: whole numbers without a fraction.

    Instants are local, so `format: date-time`, which asks for a time zone, becomes a pattern.
    """
    if isinstance(node, dict):
        changed = {k: _tidy(v) for k, v in node.items() if not (k == "format" and v == "date-time")}
        return {**changed, "pattern": DATE_OR_TIME} if len(changed) < len(node) else changed
    if isinstance(node, float) and node.is_integer():
        return int(node)
    return [_tidy(v) for v in node] if isinstance(node, (list, tuple)) else node


def _titled(schema: Schema, title: str) -> Schema:
    return {"$schema": DIALECT, **_tidy(schema), "title": title}
