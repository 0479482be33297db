# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The answers so far, and the solver's proofs, in one SQLite file of the user's cache directory, which processes share.

Everything in it can be computed again, so nothing here is an error: a damaged file is replaced, one that can't be used is
done without, and either is said. Nothing in it is believed either: a certificate is hashed before it is spoken of, a proof checked.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic, sleep
from typing import Any

from symsim.corpus import cache_directory

Record = dict[str, Any]
"""An answer, as JSON holds it."""
Say = Callable[[str], None]

_VERSION = 2
_TABLES = """
DROP TABLE IF EXISTS answers;
DROP TABLE IF EXISTS proofs;
CREATE TABLE answers (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key TEXT NOT NULL UNIQUE,
    routine TEXT NOT NULL,
    object TEXT NOT NULL,
    script TEXT NOT NULL,
    record TEXT NOT NULL
);
CREATE TABLE proofs (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    clauses TEXT NOT NULL UNIQUE,
    steps BLOB NOT NULL
);
"""
_MOST_PROOFS = 20_000
"""The oldest ones go."""
_PATIENCE = 30
"""Seconds to wait for another process that writes."""
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_ERROR)
"""What SQLite says of such files; the last one, that tables are not as they were made."""


class Store:
    """The answers, by what they rest on (`fingerprint.key`); `say` hears what went wrong."""

    def __init__(self, file: Path | None = None, say: Say = lambda message: None) -> None:
        self.file = file or cache_directory() / "store.sqlite"
        self._say = say
        self._connection: sqlite3.Connection | None = None

    def answer(self, key: str) -> Record | None:
        """The answer to that very question."""
        return _record(self._do("SELECT record FROM answers WHERE key = ?", key))

    def latest(self, routine: str, object: str, script: Path) -> Record | None:
        """The last answer on a routine of a script in an object, perhaps from before something was changed."""
        sql = "SELECT record FROM answers WHERE routine = ? AND object = ? AND script = ? ORDER BY number DESC LIMIT 1"
        return _record(self._do(sql, routine, object, str(script)))

    def scripts(self, routine: str) -> list[Path]:
        """The scripts that the routine was found in, the last one first."""
        sql = "SELECT script FROM answers WHERE routine = ? GROUP BY script ORDER BY max(number) DESC"
        return [Path(row[0]) for row in self._do(sql, routine)]

    def keep(self, key: str, routine: str, object: str, script: Path, record: Record) -> None:
        """Remember an answer, in one transaction."""
        sql = "INSERT OR REPLACE INTO answers (key, routine, object, script, record) VALUES (?, ?, ?, ?, ?)"
        self._do(sql, key, routine, object, str(script), json.dumps(record))

    def proof(self, clauses: str) -> bytes | None:
        """The solver's proof about the clauses with that hash, as it was kept."""
        rows = self._do("SELECT steps FROM proofs WHERE clauses = ?", clauses)
        return rows[0][0] if rows and isinstance(rows[0][0], bytes) else None

    def keep_proof(self, clauses: str, steps: bytes) -> None:
        """Remember a proof that a solver has found."""
        self._do("INSERT OR REPLACE INTO proofs (clauses, steps) VALUES (?, ?)", clauses, steps)
        self._do(f"DELETE FROM proofs WHERE number <= (SELECT max(number) FROM proofs) - {_MOST_PROOFS}")

    def close(self) -> None:
        """Let go of the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _do(self, sql: str, *values: str | bytes) -> list[tuple[Any, ...]]:
        """The rows of a statement; none where the file can't be used."""
        for is_last in (False, True):
            try:
                return self._connect().execute(sql, values).fetchall()
            except (sqlite3.Error, OSError) as error:
                self.close()
                if is_last or getattr(error, "sqlite_errorcode", None) not in _DAMAGED:
                    self._say(f"{self.file}: not used as a store: {error}")
                    return []
                self._replace(error)
        return []

    def _connect(self) -> sqlite3.Connection:
        if self._connection is None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            # Each statement is a transaction of its own.
            connection = self._connection = sqlite3.connect(self.file, timeout=_PATIENCE, isolation_level=None)
            _write_ahead(connection)
            if not _is_current(connection):
                connection.execute("BEGIN IMMEDIATE")
                if not _is_current(connection):  # no other process was faster
                    for statement in _TABLES.split(";"):
                        connection.execute(statement)
                    connection.execute(f"PRAGMA user_version = {_VERSION}")
                connection.execute("COMMIT")
        return self._connection

    def _replace(self, error: sqlite3.Error | OSError) -> None:
        self._say(f"{self.file}: the store is damaged ({error}); starting a new one")
        for ending in ("", "-wal", "-shm"):
            with suppress(OSError):
                self.file.with_name(self.file.name + ending).unlink()


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the journal, with patience: two processes that do so at one moment are not made to wait by SQLite itself."""
    deadline = monotonic() + _PATIENCE
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError:
            if monotonic() > deadline:
                raise
            sleep(0.01)


def _is_current(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("PRAGMA user_version").fetchone()[0] == _VERSION)


def _record(rows: list[tuple[Any, ...]]) -> Record | None:
    try:
        record = json.loads(rows[0][0]) if rows else None
    except ValueError:
        return None
    return record if isinstance(record, dict) else None


def sha256_of(path: Path) -> str | None:
    """The SHA-256 of a file, in hexadecimal; None where it can't be read."""
    try:
        with path.open("rb") as contents:
            return hashlib.file_digest(contents, "sha256").hexdigest()
    except OSError:
        return None
