"""Nothing is lost between a sensor and a server: chunks stay on disk until acknowledged.

One SQLite file is one recording, held exclusively by whoever sends it. If that program dies the
lock goes with it, so a file that can be opened is a left-over that somebody else may send.
"""

import math
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from sensors.errors import SensorError

SUFFIX = ".spool"
LARGEST_BYTES = 2_000_000_000
"""Of one recording: a week at 200 Hz, 3.3 kB/s with what SQLite adds."""
PAGE_BYTES = 4096
"""SQLite's own, of a new file."""
FULL = (
    f"the disk is full, or {LARGEST_BYTES / 1e9:g} GB wait for a server that does not take them: "
    "make room, or bring the server back; what is here stays"
)
RECORDING_TABLE = "CREATE TABLE recording (hello TEXT, next_sequence INTEGER, is_ended INTEGER)"
CHUNK_TABLE = "CREATE TABLE chunk (sequence INTEGER PRIMARY KEY, payload BLOB NOT NULL)"


class SpoolFailed(SensorError):
    """Samples can no longer be kept on this disk."""

    def __init__(self, path: Path, problem: str) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"cannot keep samples in {path}: {problem}")


class SpoolBusy(SensorError):
    """Another program is sending this recording."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(f"{path} is in use by another program")


class Spool:
    """The numbered chunks of one recording that the server has not yet acknowledged.

    hello: what the server is told of the recording, kept as it was sent.
    next_sequence: the number of the next chunk; first_sequence: of the oldest that is still here.
    Every method that changes something returns after it is on disk; it may be called from any
    thread. Each raises SpoolFailed when the disk does not take it or does not give it.
    """

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self.path = path
        self._database = database
        self._lock = threading.Lock()
        query = "SELECT hello, next_sequence, is_ended FROM recording"
        match database.execute(query).fetchone():
            case (str(hello), int(next_sequence), is_ended):
                self.hello = hello
                self.next_sequence = next_sequence
                self.is_ended = bool(is_ended)
            case _:
                raise SpoolFailed(path, "it does not say which recording it holds")

    @classmethod
    def create(cls, path: Path, hello: str) -> Self:
        """Begin the spool of a new recording; the folder is made if it is missing."""
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            database = _open(path)
            with database:
                database.execute("BEGIN")  # or a kill could leave a table without its row
                database.execute(RECORDING_TABLE)
                database.execute(CHUNK_TABLE)
                database.execute("INSERT INTO recording VALUES (?, 0, 0)", (hello,))
        except (OSError, sqlite3.Error) as problem:
            raise SpoolFailed(path, str(problem)) from problem
        return cls(path, database)

    @classmethod
    def reopen(cls, path: Path) -> Self:
        """Take over a spool that its program left behind.

        Raises SpoolBusy if that program still runs, SpoolFailed if the file is no spool.
        """
        if not path.exists():  # SQLite would make an empty one
            raise SpoolFailed(path, "it is gone")
        try:
            database = _open(path)
            with _closed_on_error(database):
                return cls(path, database)
        except sqlite3.Error as problem:
            if problem.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise SpoolBusy(path) from problem
            raise SpoolFailed(path, str(problem)) from problem

    @property
    def first_sequence(self) -> int:
        """The oldest chunk that is still here; next_sequence if there is none."""
        with self._used() as database:
            (first,) = database.execute("SELECT min(sequence) FROM chunk").fetchone()
        return self.next_sequence if first is None else int(first)

    def add(self, sequence: int, payload: bytes) -> None:
        """Keep the next chunk."""
        if sequence != self.next_sequence:
            raise ValueError(f"chunk {self.next_sequence} is next, got {sequence}")
        with self._written() as database:
            database.execute("INSERT INTO chunk VALUES (?, ?)", (sequence, payload))
            database.execute("UPDATE recording SET next_sequence = ?", (sequence + 1,))
        self.next_sequence = sequence + 1

    def chunks_from(self, sequence: int, limit: int) -> list[tuple[int, bytes]]:
        """At most `limit` chunks, from `sequence` on, in order."""
        query = "SELECT sequence, payload FROM chunk WHERE sequence >= ? ORDER BY sequence LIMIT ?"
        with self._used() as database:
            chunks = database.execute(query, (sequence, limit)).fetchall()
        if not all(isinstance(payload, bytes) for _, payload in chunks):
            raise SpoolFailed(self.path, "it holds something that is no chunk")
        return chunks

    def acknowledge(self, sequence: int) -> None:
        """Forget the chunks up to and including `sequence`: the server has them on its disk."""
        with self._written() as database:
            database.execute("DELETE FROM chunk WHERE sequence <= ?", (sequence,))

    def end(self) -> None:
        """Note that no more chunks will come."""
        with self._written() as database:
            database.execute("UPDATE recording SET is_ended = 1")
        self.is_ended = True

    def close(self) -> None:
        """Let go of the file; what is in it stays."""
        with self._lock:
            self._database.close()

    def remove(self) -> None:
        """Delete the file: everything in it has arrived."""
        self.close()
        try:
            for end in ("", "-wal", "-shm"):
                self.path.with_name(self.path.name + end).unlink(missing_ok=True)
        except OSError as problem:
            raise SpoolFailed(self.path, str(problem)) from problem

    @contextmanager
    def _written(self) -> Iterator[sqlite3.Connection]:
        with self._used() as database, database:
            yield database

    @contextmanager
    def _used(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                yield self._database
        except sqlite3.Error as problem:
            code = getattr(problem, "sqlite_errorcode", None)  # not where it is Python's own
            is_full = code == sqlite3.SQLITE_FULL
            raise SpoolFailed(self.path, FULL if is_full else str(problem)) from problem


def left_over(folder: Path) -> list[Spool]:
    """Take over the spools in `folder` that no running program holds, oldest first."""
    spools = []
    for path in sorted(folder.glob(f"*{SUFFIX}"), key=_age):
        try:
            spools.append(Spool.reopen(path))
        except (SpoolBusy, SpoolFailed):  # one is being sent, the other is no spool: leave both
            continue
    return spools


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another program has just sent it
        return math.inf


def _open(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, timeout=0, check_same_thread=False)
    with _closed_on_error(database):
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = FULL")
        database.execute(f"PRAGMA max_page_count = {LARGEST_BYTES // PAGE_BYTES}")
        database.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return database


@contextmanager
def _closed_on_error(database: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, SpoolFailed):
        database.close()
        raise
