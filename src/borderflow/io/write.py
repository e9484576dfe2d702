"""Writing so that a reader never sees half a file: single files, whole folders, and a case as a case folder."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from borderflow.errors import InputError, Problem
from borderflow.io.tables import format_number, format_table, used_columns
from borderflow.io.yaml import plain_value
from borderflow.world.model import Case

_ELSEWHERE = ("places", "links", "lanes", "shocks", "policies")
_PLACES = ("name", "alt_names", "kind", "country", "lat", "lon", "population", "shelter_places", "provenance", "note")
_LINKS = ("from", "to", "mode", "distance_km", "typical_hours", "oneway", "closed", "provenance", "note")
_LANES = ("crossing", "lane", "direction", "capacity_per_day", "growth", "growth_lag_days", "opens_hour", "closes_hour", "open", "provenance", "note")


# ---- all or nothing -------------------------------------------------------------------------------------------------


def atomic_write(path: Path, data: bytes | str) -> None:
    """Writes a file so that it has the old content or the new one at any moment, also after a crash."""
    path = Path(path)
    final = path.resolve() if path.is_symlink() else path
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary = final.parent / f".{final.name}.{secrets.token_hex(6)}.partial"
        try:
            with temporary.open("xb") as file:
                file.write(data.encode("utf-8") if isinstance(data, str) else data)
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(final)
        finally:
            temporary.unlink(missing_ok=True)
        _sync_folder(final.parent)
    except OSError as error:
        raise _cannot_write(path, error) from error


@contextmanager
def atomic_directory(final: Path, marker: str | None = None, keep: bool = False) -> Iterator[Path]:
    """A temporary folder beside `final` that takes its place when the block ends without an error.

    An error or interrupt leaves the old folder whole and removes the temporary one. With `keep`, the block begins with a copy of the old folder.
    marker: a file that an old folder must contain to be replaced; without it a folder that is not empty is only replaced with `keep`.

    Raises InputError where `final` cannot be written or must not be replaced.
    """
    given, final = Path(final), Path(final).resolve()
    _refuse_foreign(given, final, marker, keep)
    temporary = final.parent / f".{final.name}.{secrets.token_hex(6)}.partial"
    try:
        final.parent.mkdir(parents=True, exist_ok=True)
        if keep and final.is_dir():
            shutil.copytree(final, temporary, symlinks=True)
        else:
            temporary.mkdir()
    except OSError as error:
        shutil.rmtree(temporary, ignore_errors=True)
        raise _cannot_write(given, error) from error
    try:
        yield temporary
        _sync_tree(temporary)
        _swap(temporary, final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _refuse_foreign(given: Path, final: Path, marker: str | None, keep: bool) -> None:
    """Folders that hold somebody's other files must not be replaced."""
    what = ""
    if final.exists() and not final.is_dir():
        what = "is a file, must be a folder"
    elif Path.cwd().is_relative_to(final):
        what = "is the current folder or one around it, which cannot be replaced"
    elif final.is_dir() and not keep and any(final.iterdir()) and (marker is None or not (final / marker).is_file()):
        what = "is not empty and was not written by borderflow"
    if what:
        raise InputError([Problem(str(given), 0, f"the folder for the results {what}", "name a new folder")])


def _swap(temporary: Path, final: Path) -> None:
    """Puts `temporary` in the place of `final`; puts the old folder back if that fails."""
    if not final.exists():
        temporary.rename(final)
    else:
        old = final.parent / f".{final.name}.{secrets.token_hex(6)}.old"
        final.rename(old)
        try:
            temporary.rename(final)
        except BaseException:
            old.rename(final)
            raise
        shutil.rmtree(old, ignore_errors=True)
    _sync_folder(final.parent)


def _sync_tree(folder: Path) -> None:
    """Sees to it that every file of a folder is on the disk."""
    for path in [*folder.rglob("*"), folder]:
        if path.is_symlink():
            continue
        if path.is_dir():
            _sync_folder(path)
        elif path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Sees to it that the names in a folder are on the disk, where the system can do that."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _cannot_write(path: Path, error: OSError) -> InputError:
    return InputError([Problem(str(path), 0, f"cannot be written ({error.strerror})", "name a place where you may write")])


# ---- a case folder --------------------------------------------------------------------------------------------------


def write_case(folder: Path, case: Case) -> None:
    """Writes a case as a case folder so that reading gives the same case; other files of an old folder (claims.csv, README) stay."""
    with atomic_directory(Path(folder), keep=True) as temporary:
        for name in ("links.csv", "crossings.csv", "shocks.yaml", "policies.yaml", "priors.yaml"):
            (temporary / name).unlink(missing_ok=True)
        for name, text in case_texts(case).items():
            (temporary / name).write_text(text, encoding="utf-8", newline="")


def case_texts(case: Case) -> dict[str, str]:
    """File name -> content of a case folder; files of parts that a case does not have are left out."""
    texts = {"case.yaml": format_yaml(_values(case, exclude=_ELSEWHERE)), "places.csv": _table(_PLACES, case.places, _PLACES[:6])}
    if case.links:
        texts["links.csv"] = _table(_LINKS, case.links, _LINKS[:5])
    if case.lanes:
        texts["crossings.csv"] = _table(_LANES, case.lanes, _LANES[:4])
    if case.shocks:
        texts["shocks.yaml"] = format_yaml([_values(s) for s in case.shocks])
    if case.policies:
        texts["policies.yaml"] = format_yaml([_values(p) for p in case.policies])
    return texts


def _values(model: BaseModel, exclude: Sequence[str] = ()) -> dict[str, Any]:
    """Plain values of a description without those that have their default."""
    values: dict[str, Any] = model.model_dump(mode="json", by_alias=True, exclude_defaults=True, exclude=set(exclude))
    return values


def _table(columns: Sequence[str], objects: Sequence[BaseModel], always: Sequence[str]) -> str:
    """Objects as a table; columns that hold defaults throughout are left out."""
    rows = [{name: _cell(value) for name, value in _values(o).items()} for o in objects]
    return format_table(used_columns(columns, rows, always), rows)


def _cell(value: Any) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, list):
        return ";".join(value)
    return format_number(value) if isinstance(value, int | float) else str(value)


# ---- YAML -----------------------------------------------------------------------------------------------------------

_SAFE = re.compile(r"[A-Za-z0-9_/.(][A-Za-z0-9_/.() +-]*")


def format_yaml(value: Any) -> str:
    """Plain values as block YAML; short lists of numbers on one line, text in quotes wherever it could be misread."""
    return "\n".join(_block(value, "")) + "\n"


def _block(value: Any, indent: str) -> list[str]:
    """Lines of a value that stands on lines of its own."""
    if isinstance(value, Mapping) and value:
        return [line for key, item in value.items() for line in _entry(f"{indent}{_text(str(key))}:", item, indent)]
    if isinstance(value, list) and value:
        lines: list[str] = []
        for item in value:
            if isinstance(item, Mapping | list) and item:
                first, *rest = _block(item, indent + "  ")
                lines += [f"{indent}- {first[len(indent) + 2 :]}", *rest]
            else:
                lines.append(f"{indent}- {_flow(item)}")
        return lines
    return [indent + _flow(value)]


def _entry(key: str, item: Any, indent: str) -> list[str]:
    """Lines of `key: item`."""
    if isinstance(item, Mapping) and item:
        return [key, *_block(item, indent + "  ")]
    if isinstance(item, list) and any(isinstance(x, Mapping | list) for x in item):
        return [key, *_block(item, indent + "  ")]
    return [f"{key} {_flow(item)}"]


def _flow(value: Any) -> str:
    """A value on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_text(str(k))}: {_flow(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(v) for v in value) + "]"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return format_number(value) if isinstance(value, int | float) else _text(str(value))


def _text(text: str) -> str:
    """A text, plain where nothing can misread it, else in double quotes."""
    if _SAFE.fullmatch(text) and text == text.strip() and plain_value(text) == text and text.lower() not in _YAML_1_1:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub("[\x7f-\x9f\u2028\u2029\ufeff]", lambda found: f"\\u{ord(found[0]):04x}", quoted)


_YAML_1_1 = frozenset({"y", "n", "yes", "no", "on", "off"})
"""Words that other readers of YAML take for true and false."""
