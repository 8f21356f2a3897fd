import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sensors.spool import Spool, SpoolBusy, SpoolFailed, left_over

HELLO = '{"type":"hello"}'


def test_chunks_stay_until_they_are_acknowledged(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path / "a.spool", HELLO)
    for sequence in range(5):
        spool.add(sequence, bytes([sequence]))
    spool.acknowledge(2)
    spool.acknowledge(1)
    assert spool.chunks_from(0, limit=10) == [(3, b"\x03"), (4, b"\x04")]
    assert spool.chunks_from(4, limit=10) == [(4, b"\x04")]
    assert spool.chunks_from(0, limit=1) == [(3, b"\x03")]
    assert (spool.first_sequence, spool.next_sequence) == (3, 5)
    spool.close()


def test_a_spool_survives_a_restart(tmp_path: Path) -> None:
    first = Spool.create(tmp_path / "deep" / "a.spool", HELLO)
    first.add(0, b"zero")
    first.add(1, b"one")
    first.acknowledge(0)
    first.end()
    first.close()
    again = Spool.reopen(first.path)
    assert (again.hello, again.next_sequence, again.is_ended) == (HELLO, 2, True)
    assert again.chunks_from(0, limit=10) == [(1, b"one")]
    again.acknowledge(1)
    assert again.first_sequence == 2
    again.remove()
    assert list(first.path.parent.iterdir()) == []


def test_chunks_are_numbered_without_holes(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path / "a.spool", HELLO)
    with pytest.raises(ValueError, match="chunk 0 is next, got 1"):
        spool.add(1, b"")
    spool.close()


def test_a_spool_in_use_is_not_taken_over(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path / "a.spool", HELLO)
    with pytest.raises(SpoolBusy):
        Spool.reopen(spool.path)
    assert left_over(tmp_path) == []
    spool.close()
    (again,) = left_over(tmp_path)
    again.close()


def test_what_is_no_spool_is_left_alone(tmp_path: Path) -> None:
    strange = tmp_path / "b.spool"
    strange.write_text("hello")
    with closing(sqlite3.connect(tmp_path / "c.spool")) as other:
        other.execute("CREATE TABLE something_else (x)")
    (tmp_path / "notes.txt").write_text("hello")
    assert left_over(tmp_path) == []
    assert strange.read_text() == "hello"


def test_a_spool_without_its_recording_is_left_alone(tmp_path: Path) -> None:
    Spool.create(tmp_path / "a.spool", HELLO).close()
    with closing(sqlite3.connect(tmp_path / "a.spool")) as cut, cut:
        cut.execute("DELETE FROM recording")
    assert left_over(tmp_path) == []
    with pytest.raises(SpoolFailed, match="which recording"):
        Spool.reopen(tmp_path / "a.spool")


@pytest.mark.parametrize("damage", ["DROP TABLE chunk", "UPDATE chunk SET payload = 7"])
def test_a_damaged_spool_says_so_when_it_is_read(tmp_path: Path, damage: str) -> None:
    spool = Spool.create(tmp_path / "a.spool", HELLO)
    spool.add(0, b"zero")
    spool.close()
    with closing(sqlite3.connect(spool.path)) as other, other:
        other.execute(damage)
    (again,) = left_over(tmp_path)
    with pytest.raises(SpoolFailed):
        again.chunks_from(again.first_sequence, limit=10)
    again.close()


def test_an_impossible_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(SpoolFailed, match="cannot keep samples in"):
        Spool.create(tmp_path / "file" / "a.spool", HELLO)


DIES_WHILE_WRITING = """
import sys
from contextlib import closing
from pathlib import Path
from sensors.spool import Spool
spool = Spool.create(Path(sys.argv[1]), "{}")
for sequence in range(10**9):
    spool.add(sequence, bytes(1000))
    print(sequence, flush=True)
"""


def test_killed_at_any_moment_every_kept_chunk_is_there(tmp_path: Path) -> None:
    path = tmp_path / "a.spool"
    command = [sys.executable, "-c", DIES_WHILE_WRITING, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        for _ in range(50):
            writer.stdout.readline()
        os.kill(writer.pid, signal.SIGKILL)
        said = [49, *(int(line) for line in writer.stdout if line.endswith("\n"))]
    (spool,) = left_over(tmp_path)
    kept = [sequence for sequence, _ in spool.chunks_from(0, limit=10**6)]
    assert kept == list(range(spool.next_sequence))
    assert len(kept) > max(said)
    spool.close()


def test_a_spool_that_is_full_says_what_to_do_and_keeps_what_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensors.spool.LARGEST_BYTES", 10 * 4096)
    full = Spool.create(tmp_path / "a.spool", "hello")

    def fill_up() -> None:
        for number in range(100):
            full.add(number, bytes(1000))

    with pytest.raises(SpoolFailed, match="make room, or bring the server back"):
        fill_up()
    kept = full.next_sequence
    assert 10 < kept < 40
    assert len(full.chunks_from(0, 100)) == kept
    full.acknowledge(kept - 1)
    full.add(kept, bytes(1000))
    full.close()
