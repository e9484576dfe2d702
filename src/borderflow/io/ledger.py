"""The ledger of evidence: documents and claims in one SQLite file, append-only, with the history of every decision.

Content of documents and claims is never changed or deleted (triggers refuse it); a decision is an event with who, when and why. `current` and the
full-text index are derived and could be rebuilt. Every write is one transaction: it is there as a whole or not at all.
"""

from __future__ import annotations

import json
import sqlite3
import struct
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from borderflow.errors import InputError, Problem
from borderflow.evidence.copies import COPY, HASHES, likeness, signature
from borderflow.io.document import Document

Cells = dict[str, str]
STATUSES: tuple[str, ...] = ("candidate", "accepted", "rejected", "superseded", "context")
_VERSION = 1
_APPLICATION = 0x62666C67
"""'bflg' in the header of the file: tells a ledger from any other SQLite file."""
_WAIT_SECONDS = 30.0
_CHUNK = 500
"""Claims fetched at a time."""
_INDEXED = (
    "as_of",
    "quantity_kind",
    "unit",
    "flow",
    "direction",
    "mode",
    "place_canonical",
    "country",
    "window_start",
    "window_end",
    "source_attribution",
)
_SCHEMA = f"""
CREATE TABLE documents (
    digest TEXT PRIMARY KEY, name TEXT NOT NULL, kind TEXT NOT NULL, encoding TEXT NOT NULL, published TEXT NOT NULL, text TEXT NOT NULL,
    copy_of TEXT REFERENCES documents, signature BLOB NOT NULL, at TEXT NOT NULL, who TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE claims (
    seq INTEGER PRIMARY KEY, claim_id TEXT NOT NULL UNIQUE, digest TEXT REFERENCES documents, at TEXT NOT NULL, who TEXT NOT NULL,
    value_low REAL, value_high REAL, {", ".join(f"{c} TEXT NOT NULL" for c in _INDEXED)}, cells TEXT NOT NULL CHECK (json_valid(cells))
);
CREATE TABLE events (
    seq INTEGER PRIMARY KEY, claim INTEGER NOT NULL REFERENCES claims, at TEXT NOT NULL, who TEXT NOT NULL, status TEXT NOT NULL,
    why TEXT NOT NULL, changes TEXT NOT NULL DEFAULT '{{}}' CHECK (json_valid(changes)), CHECK (status IN {STATUSES})
);
CREATE TABLE current (claim INTEGER PRIMARY KEY REFERENCES claims, status TEXT NOT NULL, event INTEGER NOT NULL);
CREATE INDEX claims_as_of ON claims (as_of);
CREATE INDEX claims_same ON claims (quantity_kind, place_canonical, window_end);
CREATE INDEX events_claim ON events (claim, seq, at, status);
CREATE INDEX events_changes ON events (claim) WHERE changes <> '{{}}';
CREATE INDEX events_at ON events (at);
CREATE INDEX current_status ON current (status);
CREATE VIRTUAL TABLE words USING fts5 (quote, sentence, place, source, note, tokenize = 'unicode61 remove_diacritics 2');
CREATE TRIGGER event_is_current AFTER INSERT ON events BEGIN
    INSERT INTO current VALUES (new.claim, new.status, new.seq) ON CONFLICT (claim) DO UPDATE SET status = new.status, event = new.seq;
END;
""" + "".join(
    f"CREATE TRIGGER {table}_{verb.lower()} BEFORE {verb} ON {table} BEGIN SELECT RAISE (ABORT, 'the ledger is append-only'); END;\n"
    for table in ("documents", "claims", "events")
    for verb in ("UPDATE", "DELETE")
)


@dataclass(frozen=True)
class Entry:
    """A claim of the ledger as it stands: its cells with all changes applied, its status, the document it came from."""

    seq: int
    claim_id: str
    status: str
    content: str
    """Cells as they were added, as JSON: read when asked for, since a list may hold very many."""
    digest: str = ""
    changes: tuple[str, ...] = ()

    @cached_property
    def cells(self) -> Cells:
        """Cells with all changes applied."""
        cells: Cells = json.loads(self.content)
        for change in self.changes:
            cells |= json.loads(change)
        return cells


class Kept(NamedTuple):
    """A document of the ledger: the name it was read under, its text, the day it is dated."""

    name: str
    text: str
    published: date | None


@dataclass(frozen=True)
class Step:
    """One step in the history of a claim."""

    at: str
    who: str
    status: str
    why: str
    changes: Cells


class Ledger:
    """An open ledger; use `open_ledger`."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._db = connection
        self.path = path

    # ---- writing ----

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One transaction; a full disk or another writer that does not end becomes a problem, and nothing is written."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._roll_back()
            remedy = "free some space and repeat: nothing of this step was written" if "full" in str(error) or "I/O" in str(error) else "try again"
            raise InputError([Problem(str(self.path), 0, f"the ledger cannot be written ({error})", remedy)]) from error
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        if self._db.in_transaction:
            self._db.execute("ROLLBACK")

    def add_document(self, document: Document, name: str, claims: Sequence[Mapping[str, Any]], who: str, published: str = "") -> dict[str, Any]:
        """Adds a document and the claims proposed from it; a text that is in the ledger already adds nothing.

        Claims of a near copy of an earlier document restate those of the first: `duplicate_of` names them, so evidence enters once.
        Returns counts: claims, restated, and the digest of the document that this one copies.
        """
        mark = signature(document.text)
        with self._writing():
            if self._db.execute("SELECT 1 FROM documents WHERE digest = ?", (document.digest,)).fetchone():
                return {"claims": 0, "restated": 0, "copy_of": "", "known": True}
            original = self._copied(mark)
            now = _now()
            self._db.execute(
                "INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    document.digest,
                    name,
                    document.kind,
                    document.encoding,
                    published,
                    document.text,
                    original,
                    struct.pack(f">{HASHES}Q", *mark),
                    now,
                    who,
                ),
            )
            rows = [{k: _cell(v) for k, v in claim.items()} for claim in claims]
            restated = self._restating(rows, original) if original else 0
            for row in rows:
                a, b = int(row.get("start") or 0), int(row.get("end") or 0)
                self._add_claim(
                    row, row.get("status") or "candidate", "read from the document", who, now, document.digest, _around(document.text, a, b)
                )
        return {"claims": len(rows), "restated": restated, "copy_of": original or "", "known": False}

    def _copied(self, mark: Sequence[int]) -> str | None:
        """The first document that a text with this signature is a near copy of."""
        best, found = COPY, None
        for digest, copy_of, blob in self._db.execute("SELECT digest, copy_of, signature FROM documents ORDER BY at"):
            alike = likeness(mark, struct.unpack(f">{HASHES}Q", blob))
            if alike >= best:
                best, found = alike, copy_of or digest
        return found

    def _restating(self, rows: list[Cells], original: str) -> int:
        """Marks the rows that restate claims of the original document; returns how many."""
        known = {
            _same(json.loads(cells)): claim_id
            for claim_id, cells in self._db.execute("SELECT claim_id, cells FROM claims WHERE digest = ? ORDER BY seq DESC", (original,))
        }
        n = 0
        for row in rows:
            first = known.get(_same(row))
            if first and first != row["claim_id"]:
                row["duplicate_of"] = first
                n += 1
        return n

    def import_rows(self, rows: Iterable[Mapping[str, str]], who: str, why: str, status: str = "accepted") -> dict[str, int]:
        """Adds claims from a table, one transaction for all; rows whose id and content are known add nothing.

        A row whose id is known with other content is a change: it is kept as an event. Returns counts: added, changed, known.
        """
        counts = {"added": 0, "changed": 0, "known": 0}
        with self._writing():
            now = _now()
            for row in rows:
                cells = {k: v for k, v in row.items() if v != "" or k in ("value_low", "value_high")}
                stated = cells.pop("status", "") or status
                old = self._find(cells["claim_id"])
                if old is None:
                    self._add_claim(cells, stated, why, who, now, None, "")
                    counts["added"] += 1
                    continue
                changes = {
                    k: cells.get(k, "")
                    for k in {*cells, *old.cells} - {"status"}
                    if cells.get(k, "") != old.cells.get(k, "") and (k in cells or row.get(k) is not None)
                }
                if changes or (row.get("status") and stated != old.status):
                    self._event(old.seq, stated if row.get("status") else old.status, why, who, now, changes)
                    counts["changed"] += 1
                else:
                    counts["known"] += 1
        return counts

    def decide(self, claim_ids: Sequence[str], status: str, who: str, why: str, changes: Mapping[str, str] | None = None) -> list[Entry]:
        """Accepts or rejects claims, all or none; accepting a later figure of the same source for the same thing supersedes the earlier one.

        Raises InputError for ids that are not in the ledger, and for accepted claims that lack what every claim must have.
        """
        with self._writing():
            entries, problems = [], []
            for claim_id in dict.fromkeys(claim_ids):
                entry = self._find(claim_id)
                if entry is None:
                    problems.append(Problem(str(self.path), 0, f"there is no claim '{claim_id}'", "see `borderflow claims list`"))
                    continue
                cells = {**entry.cells, **(changes or {})}
                missing = [c for c in ("as_of", "quantity_kind", "flow", "place_canonical") if not cells.get(c)]
                if status == "accepted" and missing:
                    problems.append(
                        Problem(str(self.path), 0, f"claim '{claim_id}': {', '.join(missing)} is missing", f"give it: --set {missing[0]}=…")
                    )
                entries.append(entry)
            if problems:
                raise InputError(problems)
            now = _now()
            for entry in entries:
                self._event(entry.seq, status, why, who, now, dict(changes or {}))
                if status == "accepted":
                    self._supersede({**entry.cells, **(changes or {})}, entry, who, now)
        return [found for entry in entries if (found := self._find(entry.claim_id)) is not None]

    def _supersede(self, cells: Cells, entry: Entry, who: str, now: str) -> None:
        """Accepted earlier figures of the same source about the same thing give way."""
        if not cells.get("source_attribution"):
            return
        keys = ("quantity_kind", "place_canonical", "direction", "mode", "window_start", "window_end", "source_attribution", "unit")
        where = " AND ".join(f"c.{k} = ?" for k in keys)
        rows = self._db.execute(
            f"SELECT c.seq FROM claims c JOIN current s ON s.claim = c.seq WHERE {where} AND s.status = 'accepted' AND c.as_of < ? AND c.seq <> ?",
            (*(cells.get(k, "") for k in keys), cells.get("as_of", ""), entry.seq),
        ).fetchall()
        for (seq,) in rows:
            self._event(seq, "superseded", f"by {entry.claim_id}: a later figure of the same source", who, now, {})

    def _add_claim(self, cells: Cells, status: str, why: str, who: str, now: str, digest: str | None, sentence: str) -> None:
        content = {k: v for k, v in cells.items() if k != "status"}
        if self._db.execute("SELECT 1 FROM claims WHERE claim_id = ?", (content["claim_id"],)).fetchone():
            content["claim_id"] = f"{content['claim_id']}-{(digest or 'x')[8:14]}"
        if sentence:
            content["sentence"] = sentence
        values = (
            content["claim_id"],
            digest,
            now,
            who,
            _real(content.get("value_low")),
            _real(content.get("value_high")),
            *(content.get(k, "") for k in _INDEXED),
            json.dumps(content, ensure_ascii=False),
        )
        marks = ", ".join("?" * (len(_INDEXED) + 7))
        cursor = self._db.execute(
            f"INSERT INTO claims (claim_id, digest, at, who, value_low, value_high, {', '.join(_INDEXED)}, cells) VALUES ({marks})", values
        )
        seq = cursor.lastrowid or 0
        self._db.execute(
            "INSERT INTO words (rowid, quote, sentence, place, source, note) VALUES (?, ?, ?, ?, ?, ?)",
            (
                seq,
                content.get("quote", ""),
                sentence,
                f"{content.get('place_text', '')} {content.get('place_canonical', '')}",
                content.get("source_attribution", ""),
                content.get("note", ""),
            ),
        )
        self._event(seq, status, why, who, now, {})

    def _event(self, seq: int, status: str, why: str, who: str, now: str, changes: Mapping[str, str]) -> None:
        self._db.execute(
            "INSERT INTO events (claim, at, who, status, why, changes) VALUES (?, ?, ?, ?, ?, ?)",
            (seq, now, who, status, why, json.dumps(dict(changes), ensure_ascii=False)),
        )

    # ---- reading ----

    def _find(self, claim_id: str) -> Entry | None:
        row = self._db.execute("SELECT seq FROM claims WHERE claim_id = ?", (claim_id,)).fetchone()
        return self._entry(row[0]) if row else None

    def _entry(self, seq: int, at: str | None = None) -> Entry | None:
        claim_id, digest, cells = self._db.execute("SELECT claim_id, digest, cells FROM claims WHERE seq = ?", (seq,)).fetchone()
        events = self._db.execute("SELECT status, changes FROM events WHERE claim = ? AND at <= ? ORDER BY seq", (seq, at or "9")).fetchall()
        if not events:
            return None
        return Entry(seq, claim_id, events[-1][0], cells, digest or "", tuple(c for _, c in events if c != "{}"))

    def entry(self, claim_id: str) -> Entry:
        """One claim as it stands. Raises InputError where there is none."""
        found = self._find(claim_id)
        if found is None:
            raise InputError([Problem(str(self.path), 0, f"there is no claim '{claim_id}'", "see `borderflow claims list`")])
        return found

    def history(self, claim_id: str) -> list[Step]:
        """Every decision on a claim, the first one first."""
        seq = self.entry(claim_id).seq
        rows = self._db.execute("SELECT at, who, status, why, changes FROM events WHERE claim = ? ORDER BY seq", (seq,))
        return [Step(at, who, status, why, json.loads(changes)) for at, who, status, why, changes in rows]

    def listed(
        self,
        *,
        status: str = "",
        place: str = "",
        kind: str = "",
        confidence: str = "",
        words: str = "",
        stated_to: str = "",
        at: str = "",
        limit: int = 0,
    ) -> tuple[list[Entry], int]:
        """Claims in the order they came, and how many there are in all; `limit` 0 = all of them.

        stated_to: stated on or before this day. at: the ledger as it stood then (UTC). words: full-text query over quotes, sentences,
        places and sources.
        """
        where, values = self._where(status, place, kind, confidence, words, stated_to, at)
        try:
            found = self._db.execute(f"SELECT c.seq, s.status FROM {where} ORDER BY c.seq", values).fetchall()
        except sqlite3.OperationalError as error:
            raise InputError(
                [Problem("--search", 0, f"'{words}' is not a full-text query ({error})", "give words; put a phrase in double quotes")]
            ) from error
        shown = found[:limit] if limit else found
        changed = {row[0] for row in self._db.execute("SELECT DISTINCT claim FROM events WHERE changes <> '{}'")}
        entries: list[Entry] = []
        for first in range(0, len(shown), _CHUNK):
            part = shown[first : first + _CHUNK]
            status_of = dict(part)
            rows = self._db.execute(
                "SELECT seq, claim_id, cells, digest FROM claims WHERE seq BETWEEN ? AND ? ORDER BY seq", (part[0][0], part[-1][0])
            )
            for seq, claim_id, cells, digest in rows:
                if seq in changed and seq in status_of:
                    entry = self._entry(seq, at or None)
                    entries += [entry] if entry is not None else []
                elif seq in status_of:
                    entries.append(Entry(seq, claim_id, status_of[seq], cells, digest or ""))
        return entries, len(found)

    def _where(self, status: str, place: str, kind: str, confidence: str, words: str, stated_to: str, at: str) -> tuple[str, list[Any]]:
        values: list[Any] = []
        state = "current s"
        if at and self._db.execute("SELECT 1 FROM events WHERE at > ? LIMIT 1", (at,)).fetchone():
            state = "(SELECT claim, status, max(seq) AS event FROM events WHERE at <= ? GROUP BY claim) s"
            values.append(at)
        tests = ["s.claim = c.seq"]
        for column, value in (("s.status", status), ("c.quantity_kind", kind), ("json_extract(c.cells, '$.confidence')", confidence)):
            if value:
                tests.append(f"{column} = ?")
                values.append(value)
        if place:
            tests.append("(c.place_canonical LIKE ? OR c.country = ?)")
            values += [f"%{place}%", place]
        if stated_to:
            tests.append("c.as_of <> '' AND c.as_of <= ?")
            values.append(f"{stated_to}T~")  # whatever the clock time
        if words:
            tests.append("c.seq IN (SELECT rowid FROM words WHERE words MATCH ?)")
            values.append(words)
        return f"claims c, {state} WHERE {' AND '.join(tests)}", values

    def counts(self) -> dict[str, int]:
        """Documents, copies among them, and claims by status."""
        documents, copies = self._db.execute("SELECT count(*), count(copy_of) FROM documents").fetchone()
        by_status = dict(self._db.execute("SELECT status, count(*) FROM current GROUP BY status").fetchall())
        return {"documents": documents, "copies": copies, **{s: by_status.get(s, 0) for s in STATUSES if by_status.get(s)}}

    def document_of(self, digest: str) -> Kept | None:
        """A document by its digest; None where it is not here, as of claims that came from a table."""
        row = self._db.execute("SELECT name, text, published FROM documents WHERE digest = ?", (digest,)).fetchone()
        return Kept(row[0], row[1], date.fromisoformat(row[2]) if row[2] else None) if row else None

    def contradictions(self) -> list[tuple[Entry, ...]]:
        """Claims of different sources about the same thing on the same days whose values do not meet; those that restate others are left out."""
        entries, _ = self.listed()
        groups: dict[tuple[str, ...], list[Entry]] = {}
        for e in entries:
            if e.status in ("candidate", "accepted") and not e.cells.get("duplicate_of") and e.cells.get("place_canonical"):
                key = tuple(e.cells.get(k, "") for k in ("quantity_kind", "place_canonical", "direction", "mode", "unit", "window_end"))
                groups.setdefault(key, []).append(e)
        return [tuple(group) for group in groups.values() if any(_contradict(a.cells, b.cells) for i, a in enumerate(group) for b in group[i + 1 :])]

    def close(self) -> None:
        """Closes the file."""
        self._db.close()


def _contradict(a: Cells, b: Cells) -> bool:
    """Whether two claims about the same thing cannot both be true, rounding and words of doubt apart."""
    if a.get("window_start") and b.get("window_start") and a["window_start"] != b["window_start"]:
        return False
    if (a.get("source_attribution") or a.get("reference")) == (b.get("source_attribution") or b.get("reference")):
        return False
    ends = [(_real(c.get("value_low")), _real(c.get("value_high"))) for c in (a, b)]
    (low1, high1), (low2, high2) = ends
    margin = 0.1
    return (high1 is not None and low2 is not None and high1 * (1 + margin) < low2) or (
        high2 is not None and low1 is not None and high2 * (1 + margin) < low1
    )


def _same(cells: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(cells.get(k) or "") for k in ("unit", "value_low", "value_high", "quantity_kind"))


def _cell(value: Any) -> str:
    return "" if value is None else str(value)


def _real(value: Any) -> float | None:
    try:
        return float(value) if value not in (None, "") else None
    except ValueError:
        return None


def _around(text: str, start: int, end: int) -> str:
    """The words around a quote, for reading and for search."""
    a = max(text.rfind("\n", 0, start) + 1, start - 240)
    stop = text.find("\n", end)
    return text[a : min(stop if stop >= 0 else len(text), end + 240)].strip()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@contextmanager
def open_ledger(path: Path, create: bool = False) -> Iterator[Ledger]:
    """An open ledger. Raises InputError where the file is missing (without `create`), is something else, or cannot be opened."""
    path = Path(path)
    if not path.is_file() and not create:
        raise InputError(
            [Problem(str(path), 0, "there is no such ledger", "make one: borderflow read FILE --into LEDGER, or borderflow claims import")]
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        db = sqlite3.connect(path, timeout=_WAIT_SECONDS, isolation_level=None)
        try:
            _log_ahead(db)
            db.execute("PRAGMA synchronous = FULL")
            db.execute("PRAGMA foreign_keys = ON")
            db.execute("PRAGMA cache_size = -65536")
            _prepare(db, path)
        except BaseException:
            db.close()
            raise
    except (sqlite3.DatabaseError, OSError) as error:
        raise InputError([Problem(str(path), 0, f"cannot be opened as a ledger ({error})", "name a ledger, or a new file")]) from error
    ledger = Ledger(db, path)
    try:
        yield ledger
    finally:
        ledger.close()


def _log_ahead(db: sqlite3.Connection) -> None:
    """Writes go to a log first. Two who open a new ledger at once both ask for this, and SQLite refuses one of them without waiting."""
    until = time.monotonic() + _WAIT_SECONDS
    while True:
        try:
            db.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.01)


def _prepare(db: sqlite3.Connection, path: Path) -> None:
    """Makes the tables of a new ledger, once, whoever comes first; refuses other files."""
    if db.execute("PRAGMA application_id").fetchone()[0] == _APPLICATION:
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > _VERSION:
            raise InputError(
                [Problem(str(path), 0, f"the ledger is of version {version}, this program reads {_VERSION}", "use a later version of borderflow")]
            )
        return
    db.execute("BEGIN IMMEDIATE")
    if db.execute("PRAGMA application_id").fetchone()[0] != _APPLICATION:
        if db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            db.execute("ROLLBACK")
            raise InputError([Problem(str(path), 0, "is a database, but not a ledger of borderflow", "name a ledger, or a new file")])
        statement = ""
        for line in _SCHEMA.splitlines():
            statement += line + "\n"
            if sqlite3.complete_statement(statement):
                db.execute(statement)
                statement = ""
        db.execute(f"PRAGMA application_id = {_APPLICATION}")
        db.execute(f"PRAGMA user_version = {_VERSION}")
    db.execute("COMMIT")
