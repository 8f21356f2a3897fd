"""A copy of the whole database while it is in use, and the proof that a copy is whole.

SQLite's own online backup: a consistent moment, whatever is written meanwhile. The copy gets its
name when it is on the disk and proved; a copy that was broken off leaves nothing that looks like
one.
"""

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sensors.chunks import decode_chunk
from sensors.errors import SensorError
from server.store.engines import is_in_use

PAGES_AT_ONCE = 1000
"""4 MB between two steps of progress; writers get their turn in between."""
PART = ".part"
OLD_SUFFIX = ".before-restore"


class NoBackup(Exception):
    """A copy could not be made, or is none; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Proved:
    """What a database holds, every chunk of signal read and found as it was received."""

    schema: str
    people: int
    sets: int
    recordings: int
    chunks: int
    seconds: float


def problem_of(path: Path) -> str | None:
    """What is wrong with a database as a file; None if it is whole."""
    try:
        with _reading(path) as connection:
            (said,) = connection.execute("PRAGMA integrity_check(1)").fetchone()
            astray = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as problem:
        return str(problem)
    if said != "ok":
        return str(said)
    return None if astray is None else f"a row of {astray[0]} belongs to nothing"


def back_up(source: Path, target: Path, on_progress: Callable[[float], None]) -> Proved:
    """Copy a database that may be in use to a new file, and prove the copy.

    on_progress: told the share that is done, 0 to 1. Raises NoBackup.
    """
    if not source.is_file():
        raise NoBackup(f"{source}: there is no database: check the folder (--data)")
    if os.path.lexists(target):
        raise NoBackup(f"{target}: exists already: name another file")
    part = target.with_name(target.name + PART)
    try:
        _make_private(part)
        with _reading(source) as live, closing(sqlite3.connect(part)) as copy:

            def tell(_status: int, left: int, pages: int) -> None:
                on_progress(1 - left / pages if pages else 1.0)

            live.backup(copy, pages=PAGES_AT_ONCE, progress=tell)
            # a single file: no write-ahead log beside it that could be forgotten
            copy.execute("PRAGMA journal_mode=DELETE")
        proved = prove(part)
        _to_disk(part)
        os.link(part, target)
        _to_disk(target.parent)
    except (OSError, sqlite3.Error) as problem:
        raise NoBackup(f"{target}: cannot be written: {problem}") from problem
    finally:
        with suppress(OSError):
            part.unlink()
    return proved


def restore(backup: Path, path: Path, *, replace: bool) -> Proved:
    """Put a proved backup in a database's place; the server must not run.

    replace: move a database that is there aside, with everything that belongs to it. Raises
    NoBackup, before anything is touched where the backup is not whole or a server runs: it would go
    on and keep what it acknowledges in the file that was moved aside.
    """
    proved = prove(backup)
    if path.is_file() and replace and is_in_use(path):
        raise NoBackup(f"{path}: another program has the database open: stop the server first")
    belonging = [path.with_name(path.name + end) for end in ("", "-wal", "-shm")]
    there = [each for each in belonging if os.path.lexists(each)]
    if there and not replace:
        raise NoBackup(f"{path}: a database is there: add --replace to move it aside")
    part = path.with_name(path.name + PART)
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _make_private(part)
        part.write_bytes(backup.read_bytes())
        _to_disk(part)
        for each in there:
            each.replace(each.with_name(each.name + OLD_SUFFIX))
        part.replace(path)
        _to_disk(path.parent)
    except OSError as problem:
        raise NoBackup(f"{path}: cannot be written: {problem.strerror}") from problem
    return proved


def prove(path: Path) -> Proved:
    """Read all of a database's signal and compare it with what was received. Raises NoBackup."""
    if not path.is_file():
        raise NoBackup(f"{path}: no such file")
    if (problem := problem_of(path)) is not None:
        raise NoBackup(f"{path}: is not whole: {problem}: take an earlier backup")
    try:
        with _reading(path) as connection:
            return _read_all(path, connection)
    except sqlite3.Error as problem:
        raise NoBackup(f"{path}: is no database of Steadyrep: {problem}") from problem


def _read_all(path: Path, connection: sqlite3.Connection) -> Proved:
    (schema,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    people, sets, recordings = (
        connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608 -- ours
        for table in ('"user"', "exset", "recording")
    )
    chunks, seconds, due = 0, 0.0, (b"", 0)
    rows = connection.execute(
        "SELECT recording_id, sequence, sha256, payload_zlib, start_s, end_s FROM chunk "
        "ORDER BY recording_id, sequence"
    )
    for recording_id, sequence, sha256, packed, start_s, end_s in rows:
        due = due if due[0] == recording_id else (recording_id, 0)
        if sequence != due[1] or not _is_as_received(sequence, sha256, packed):
            whose = f"recording {UUID(str(recording_id))}, chunk {sequence}"
            raise NoBackup(f"{path}: {whose} is not as it was received: take an earlier backup")
        due = (recording_id, sequence + 1)
        chunks, seconds = chunks + 1, seconds + end_s - start_s
    return Proved(schema, people, sets, recordings, chunks, seconds)


def _is_as_received(sequence: int, sha256: bytes, packed: bytes) -> bool:
    try:
        payload = zlib.decompress(packed)
        return hashlib.sha256(payload).digest() == sha256 and (
            decode_chunk(payload).sequence == sequence
        )
    except (zlib.error, SensorError):
        return False


@contextmanager
def _reading(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        yield connection


def _make_private(part: Path) -> None:
    part.unlink(missing_ok=True)
    part.touch(mode=0o600)


def _to_disk(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
