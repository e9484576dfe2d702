"""From plain values to one description at a time: every error of pydantic in our words, and what can be saved of a faulty object.

A faulty object is reported once and then repaired or dropped, so that the checks between objects can still run and report the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from borderflow.errors import Problem
from borderflow.io.tables import is_number
from borderflow.world.model import Case
from borderflow.world.names import nearest, similar

M = TypeVar("M", bound=BaseModel)
Loc = tuple[str | int, ...]
At = Callable[[Loc], tuple[str, int]]
"""File and line of a part of the object."""

ROUNDS = 6
STAND_INS: dict[str, Any] = {
    "lat": 0.0,
    "lon": 0.0,
    "distance_km": 0.0,
    "typical_hours": 1000.0,
    "why": "-",
    "title": "-",
    "probability": 0.5,
    "onward_share": 0.0,
    "spread": 0.5,
    "above": 0.0,
    "targets": ["entries"],
    "start": "2000-01-01",
    "as_of": "2000-01-01",
    "origin_country": "XX",
}
"""Values for required fields that are missing or wrong, so that the rest of the object can be checked."""

REMEDIES: dict[str, str] = {
    "capacity_per_day": "leave it empty for no limit",
    "entry_capacity_per_day": "leave it empty where there is no second station",
    "room": "leave it empty for no limit",
    "booths": "leave it empty, or 0, if one party may use the whole capacity",
    "hours": "write [from, to] in local hours; [22, 6] is from 22 to 6 o'clock",
    "reception_cap": "leave it out for no limit",
    "population": "leave it empty if it is not an origin",
    "closes_hour": "hours are local, from 0 to 24",
    "opens_hour": "hours are local, from 0 to 24",
    "lat": "degrees north, such as 42.75",
    "lon": "degrees east, such as 44.63",
    "step": "write a number of hours or a text such as '15 min'",
    "step_before": "leave it out to use step throughout",
    "typical_hours": "hours without queues; more than zero",
    "name": "names are text without [ ] and ;",
    "dist": "write fixed: 3, lognormal: [median, sd], normal: [mean, sd] or uniform: [low, high]",
    "to": "write fixed: 3, lognormal: [median, sd], normal: [mean, sd] or uniform: [low, high]",
    "dates": "write [earliest, latest]",
    "split": "write gate: weight",
    "why": "say in a sentence what the value rests on",
}


def build(model: type[M], data: Any, label: str, at: At, problems: list[Problem]) -> tuple[M | None, bool]:
    """The object and whether it is as given (False: repaired). None where nothing could be saved; errors are added to `problems`."""
    try:
        return model.model_validate(data), True
    except ValidationError as error:
        errors = error.errors(include_url=False)
    problems.extend(dict.fromkeys(_problem(model, e, label, at) for e in errors))
    for _ in range(ROUNDS):
        data = _repaired(model, data, errors)
        if data is None:
            break
        try:
            return model.model_validate(data), False
        except ValidationError as error:
            errors = error.errors(include_url=False)
    return None, False


# ---- repair ---------------------------------------------------------------------------------------------------------


def _repaired(model: type[BaseModel], data: Any, errors: list[ErrorDetails]) -> Any:
    """A copy of `data` without the faulty fields, or with stand-ins for required ones; None where that is not possible."""
    if not isinstance(data, Mapping):
        return None
    values = dict(data)
    for error in errors:
        if not error["loc"]:
            if model is not Case:
                return None
            values["as_of"] = values["start"]
        elif not _repair_field(model, values, error):
            return None
    return values


def _repair_field(model: type[BaseModel], values: dict[str, Any], error: ErrorDetails) -> bool:
    """Repairs one field of `values`; False where it cannot be done."""
    name = str(error["loc"][0])
    required = name in {f.alias or n for n, f in model.model_fields.items() if f.is_required()}
    if name == "dist":
        values[name] = {"fixed": 1.0}
    elif name == "changes" and isinstance(values.get(name), list | tuple):
        return _repair_changes(values, error)
    elif error["type"] == "literal_error" and len(error["loc"]) == 1:
        guess = similar(str(error["input"]), _choices(error), 0.0)
        values[name] = guess if guess is not None else _choices(error)[0]
    elif not required:
        values.pop(name, None)
    elif name in STAND_INS and (name not in values or values[name] != STAND_INS[name]):
        values[name] = STAND_INS[name]
    else:
        return False
    return True


def _repair_changes(values: dict[str, Any], error: ErrorDetails) -> bool:
    """Repairs one item of `changes`: another value for a faulty one, so that the other changes keep their places."""
    loc, items = error["loc"], list(values["changes"])
    if len(loc) < 3 or not isinstance(items[int(loc[1])], Mapping) or "attribute" not in items[int(loc[1])] or loc[2] == "attribute":
        return False
    item = dict(items[int(loc[1])])
    if loc[2] == "to":
        item["to"] = {"fixed": 1.0}
    else:
        item.pop(loc[2], None)
    items[int(loc[1])] = item
    values["changes"] = items
    return True


# ---- words ----------------------------------------------------------------------------------------------------------


def _choices(error: ErrorDetails) -> list[str]:
    """The values that a literal allows."""
    return [part.strip().strip("'") for part in str(error.get("ctx", {}).get("expected", "")).replace(" or ", ", ").split(",")]


def _problem(model: type[BaseModel], error: ErrorDetails, label: str, at: At) -> Problem:
    """One error of pydantic as object, value, expectation and remedy."""
    loc = error["loc"]
    # places in lists, and branches of unions, mean nothing to the reader
    shown = ".".join(p for p in loc if isinstance(p, str) and "[" not in p and p not in _BRANCHES)
    file, line = at(tuple(loc))
    kind = error["type"]
    if kind == "extra_forbidden":
        return Problem(file, line, f"{label}: unknown key '{loc[-1]}'", nearest(str(loc[-1]), _fields_at(model, loc[:-1])))
    if kind == "missing":
        lacking = "has too few values" if isinstance(loc[-1], int) else "is missing"
        return Problem(file, line, f"{label}: {shown} {lacking}", _remedy(loc) or "give it a value")
    if kind == "value_error":
        what = str(error.get("ctx", {}).get("error", error["msg"]))
        value = f" {_shown(error['input'])}" if loc else ""
        return Problem(file, line, f"{label}: {shown}{value} {what}".replace(":  ", ": "), _remedy(loc))
    expectation, remedy = _expectation(error)
    return Problem(file, line, f"{label}: {shown} {_shown(error['input'])} {expectation}", _remedy(loc) or remedy)


_BRANCHES = frozenset({"constrained-str", "float", "int", "str", "nullable"})


def _remedy(loc: Loc) -> str:
    """The remedy for a field, by its own name or that of the field it stands in."""
    return next((REMEDIES[str(part)] for part in reversed(loc) if str(part) in REMEDIES), "")


def _shown(value: Any) -> str:
    """A value as it is quoted in a message: short, on one line."""
    if value is None:
        return "(empty)"
    bare = is_number(value) if isinstance(value, str) else isinstance(value, int | float)
    text = str(value) if bare else f"'{value}'" if isinstance(value, str) else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= 80 else text[:77] + "..."


def _fields_at(model: type[BaseModel], loc: Loc) -> list[str]:
    """Names that the object at `loc` may have; those of `model` itself where it cannot be told."""
    current: type[BaseModel] = model
    for part in loc:
        field = next((f for n, f in current.model_fields.items() if part in (n, f.alias)), None)
        inner = _models_in(field.annotation) if field is not None else []
        if inner:
            current = inner[0]
    elsewhere = ("places", "links", "lanes", "shocks", "policies") if current is Case else ()
    return [f.alias or n for n, f in current.model_fields.items() if n not in elsewhere]


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    """Descriptions named inside an annotation such as tuple[Change, ...]."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in getattr(annotation, "__args__", ()) for m in _models_in(part)]


_BOUNDS: dict[str, tuple[str, str]] = {
    "greater_than_equal": (">=", "ge"),
    "greater_than": (">", "gt"),
    "less_than_equal": ("<=", "le"),
    "less_than": ("<", "lt"),
}
_PLAIN: dict[str, tuple[str, str]] = {
    "float_parsing": ("must be a number", "write digits with a decimal point, without a unit"),
    "float_type": ("must be a number", "write digits with a decimal point, without a unit"),
    "finite_number": ("must be a finite number", "leave it out where there is no limit"),
    "int_parsing": ("must be a whole number", "write digits only"),
    "int_type": ("must be a whole number", "write digits only"),
    "int_from_float": ("must be a whole number", "write digits only"),
    "int_parsing_size": ("must be a smaller whole number", "use at most 18 digits"),
    "string_type": ("must be text", "put it in quotes"),
    "bool_parsing": ("must be 1 or 0", "write 1 for yes, 0 or nothing for no"),
    "bool_type": ("must be true or false", "write true or false"),
    "tuple_type": ("must be a list", "write [a, b]"),
    "list_type": ("must be a list", "write [a, b]"),
    "dict_type": ("must have keys and values", "write key: value"),
    "model_type": ("must have keys and values", "write key: value"),
    "date_parsing": ("must be a date", "write year-month-day, such as 2022-09-21"),
    "date_type": ("must be a date", "write year-month-day, such as 2022-09-21"),
    "date_from_datetime_parsing": ("must be a date", "write year-month-day, such as 2022-09-21"),
    "date_from_datetime_inexact": ("must be a date without a clock time", "write year-month-day, such as 2022-09-21"),
    "datetime_parsing": ("must be a date or an instant", "write 2022-09-21 or 2022-09-21T09:00"),
    "datetime_from_date_parsing": ("must be a date or an instant", "write 2022-09-21 or 2022-09-21T09:00"),
    "datetime_type": ("must be a date or an instant", "write 2022-09-21 or 2022-09-21T09:00"),
    "timezone_naive": ("must be without a time zone", "all instants are local: drop Z or the offset"),
    "recursion_loop": ("contains itself", "write it out"),
}


def _expectation(error: ErrorDetails) -> tuple[str, str]:
    """What pydantic expected, in our words, and a general remedy."""
    kind, context = error["type"], error.get("ctx", {})
    if kind in _BOUNDS:
        sign, key = _BOUNDS[kind]
        return f"must be {sign} {context[key]:g}", "correct the value or its unit"
    if kind == "literal_error":
        return f"must be one of {', '.join(_choices(error))}", nearest(str(error["input"]), _choices(error))
    if kind == "string_pattern_mismatch":
        return _pattern_words(str(context.get("pattern", "")))
    if kind in ("too_short", "too_long", "string_too_short", "string_too_long"):
        bound = "at least" if kind.endswith("short") else "at most"
        number = context.get("min_length", context.get("max_length"))
        return f"must have {bound} {number} {'characters' if kind.startswith('string') else 'items'}", "correct its length"
    if kind in _PLAIN:
        return _PLAIN[kind]
    return f"is not valid ({error['msg'][:1].lower()}{error['msg'][1:]})", "correct it"


def _pattern_words(pattern: str) -> tuple[str, str]:
    """What a pattern of the model means."""
    if pattern == "^[A-Z]{2}$":
        return "must be an ISO 3166 alpha-2 code", "write two capital letters, such as GE for Georgia"
    if pattern.startswith("^[a-z]"):
        return "must be lower-case letters, digits and _", "write it like pool_size"
    return "must not contain [ ] or ;", "rename it"
