"""YAML to plain values with the line of every value; what would be read in two ways is refused.

Text stays text: `NO` is Norway, 2022-09-21 is left to the model of the field. Duplicate keys, tabs, unknown tags and recursion are problems.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from borderflow.errors import Problem
from borderflow.io.text import read_text

MAX_CHARACTERS = 30_000_000
MAX_VALUES = 500_000
"""More values than this come from anchors that multiply themselves rather than from a case."""
MAX_DEPTH = 60
Path_ = tuple[str | int, ...]

# the parser itself takes very long over these
_DEEP = re.compile(rf"(?:[\[{{]\s*+){{{MAX_DEPTH + 1}}}|(?:[-?] ++){{{MAX_DEPTH + 1}}}")
_INT = re.compile(r"[-+]?\d+", re.ASCII)
_FLOAT = re.compile(r"[-+]?(\d+\.\d*|\.\d+|\d+)([eE][-+]?\d+)?", re.ASCII)
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None, "true": True, "True": True, "TRUE": True}
_WORDS |= {"false": False, "False": False, "FALSE": False}
_TAGS = frozenset(f"tag:yaml.org,2002:{t}" for t in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map", "value"))


@dataclass
class Document:
    """The value of a YAML file and the line of every part of it."""

    file: str
    value: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    bad: bool = False
    """The file could not be read at all; the reason is among the problems."""

    def line(self, path: Path_) -> int:
        """Line of the innermost known part of a path."""
        return next((self.lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.lines), 0)


def read_yaml(path: Path, problems: list[Problem]) -> Document:
    """The document of a file; what is wrong is added to `problems`. An empty file has the value None."""
    text = read_text(path, problems)
    return Document(path.name, bad=True) if text is None else parse_yaml(text, path.name, problems)


def parse_yaml(text: str, file: str, problems: list[Problem]) -> Document:
    """The document of a text; see `read_yaml`."""
    document = Document(file)
    if _DEEP.search(text):
        problems.append(Problem(file, 0, f"values are nested more than {MAX_DEPTH} deep", "write them out flat"))
        document.bad = True
        return document
    if len(text) > MAX_CHARACTERS:
        problems.append(Problem(file, 0, f"the file has {len(text)} characters, must be <= {MAX_CHARACTERS}", "put tables into the csv files"))
        document.bad = True
        return document
    try:
        node = YAML(typ="rt", pure=True).compose(text)
        if node is not None:
            document.value = _Builder(document, problems).build(node, (), ())
    except YAMLError as error:
        problems.append(_broken(error, file, text))
        document.bad = True
    except (RecursionError, _TooMuchError) as error:
        problems.append(Problem(file, 0, str(error) if isinstance(error, _TooMuchError) else "values are nested too deeply", "write them out flat"))
        document.bad = True
    except (ValueError, TypeError, AttributeError, IndexError, KeyError, AssertionError) as error:
        # the parser itself stumbles over some damaged files
        problems.append(Problem(file, 0, f"the file is not valid YAML ({type(error).__name__}: {error})", "compare it with a file that works"))
        document.bad = True
    return document


class _TooMuchError(Exception):
    """Too many or too deeply nested values."""


class _Builder:
    """Builds plain values from nodes, noting lines and problems."""

    def __init__(self, document: Document, problems: list[Problem]) -> None:
        self.document, self.problems, self.count = document, problems, 0

    def build(self, node: Node, path: Path_, above: tuple[int, ...], line: int = 0) -> Any:
        """The value of a node. above: identities of the nodes around it."""
        self.count += 1
        if self.count > MAX_VALUES:
            raise _TooMuchError(f"the file has more than {MAX_VALUES} values once its anchors are written out")
        if id(node) in above:
            raise _TooMuchError("an anchor contains itself")
        if len(above) > MAX_DEPTH:
            raise _TooMuchError(f"values are nested more than {MAX_DEPTH} deep")
        self.document.lines[path] = line or _line(node)
        if str(node.tag) not in _TAGS and not _is_merge(node):
            self._problem(_line(node), f"tag '{node.tag}' is not supported", "remove the tag; a value that begins with ! or & needs quotes")
        if isinstance(node, MappingNode):
            return self._mapping(node, path, (*above, id(node)))
        if isinstance(node, SequenceNode):
            return [self.build(item, (*path, i), (*above, id(node))) for i, item in enumerate(node.value)]
        return _scalar(node) if isinstance(node, ScalarNode) else None

    def _mapping(self, node: MappingNode, path: Path_, above: tuple[int, ...]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = _line(key_node)
            if not isinstance(key_node, ScalarNode):
                self._problem(line, "a key is a list or mapping, must be text", "put names with [ ] or { } in quotes")
                continue
            key = str(key_node.value)
            if key == "<<" and not key_node.style:
                self._problem(line, "merge keys (<<) are not supported", "write the values out")
            elif key in values:
                self._problem(line, f"key '{key}' is given twice", f"keep one of the two (the first is in line {self.document.lines[*path, key]})")
            else:
                values[key] = None
                values[key] = self.build(value_node, (*path, key), above, line)
        return values

    def _problem(self, line: int, what: str, remedy: str) -> None:
        self.problems.append(Problem(self.document.file, line, what, remedy))


def _is_merge(node: Node) -> bool:
    return isinstance(node, ScalarNode) and str(node.tag) == "tag:yaml.org,2002:merge"


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _scalar(node: ScalarNode) -> Any:
    """Value of a scalar: quoted ones are text; plain ones a number, true, false, null, or text (dates included)."""
    text = str(node.value)
    if node.style == ">":
        text = text.replace("\a", "")  # where the parser notes that a line was folded
    return text if node.style else plain_value(text)


def plain_value(text: str) -> Any:
    """What an unquoted scalar means here: YAML 1.2 core, without dates, octal and hexadecimal numbers."""
    if text in _WORDS:
        return _WORDS[text]
    if _INT.fullmatch(text) and len(text) < 400:
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


def _broken(error: YAMLError, file: str, text: str) -> Problem:
    """A problem from an error of the parser."""
    mark = (error.problem_mark or error.context_mark) if isinstance(error, MarkedYAMLError) else None
    line = int(mark.line) + 1 if mark is not None else 0
    lines = text.splitlines()
    near = lines[line - 1] if 0 < line <= len(lines) else ""
    if "\t" in near and ("\\t" in str(error) or near.lstrip(" ").startswith("\t")):
        return Problem(file, line, "a tab character is used for indentation", "indent with spaces")
    reason = (error.problem or error.context) if isinstance(error, MarkedYAMLError) else str(error).splitlines()[0]
    if "another document" in str(error):
        return Problem(file, line, "the file has several documents", "remove the lines ---")
    if not line and "special characters" in str(error):
        line = next((i for i, t in enumerate(lines, 1) if any((ord(c) < 32 and c != "\t") or 0x7F <= ord(c) < 0xA0 for c in t)), 0)
        return Problem(file, line, "the file contains control characters", "delete them")
    return Problem(
        file, line, f"the file is not valid YAML here ({reason})", "check indentation, quotes and brackets; quote texts with ': ' or ' #' in them"
    )
