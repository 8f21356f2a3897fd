"""A recording that grows is readable at every moment, and gets its name only when it is whole."""

import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from sensors.errors import InvalidRecording
from sensors.growing_recording import GrowingRecording, part_path
from sensors.recording import Recording, read_recording
from sensors.recording import write_recording as write_at_once
from sensors.samples import SampleBlock
from sensors.sidecar import RecordingInfo, sidecar_path

INFO = RecordingInfo(rate_hz=200.0, placement="thigh", range_ms2=78.5)
WHOLE = Recording(
    np.arange(2000) / 200, np.random.default_rng(1).normal((0, 0, 9.8), 1, (2000, 3)), 200.0, INFO
)
GROWS_UNTIL_KILLED = """
import sys
from pathlib import Path
from sensors.growing_recording import GrowingRecording
from tests.sensors.test_growing_recording import INFO, WHOLE
growing = GrowingRecording.begin(Path(sys.argv[1]), INFO)
heard = 0
for block in WHOLE.blocks(0.2):
    growing.append(block)
    heard += len(block)
    print(heard, flush=True)
sys.stdin.read()
"""


def grow(path: Path) -> GrowingRecording:
    growing = GrowingRecording.begin(path, INFO)
    for block in WHOLE.blocks(0.18):
        growing.append(block)
    return growing


@pytest.mark.parametrize("name", ["a.csv", "a.csv.gz"])
def test_what_grew_is_the_same_as_what_is_written_at_once(tmp_path: Path, name: str) -> None:
    path, other = tmp_path / name, tmp_path / f"b{name}"
    growing = grow(path)
    growing.finish()
    write_at_once(other, WHOLE)
    assert path.read_bytes() == other.read_bytes()
    assert read_recording(path).info == INFO
    assert {each.name for each in tmp_path.iterdir()} == {name, "a.json", f"b{name}", "ba.json"}


def test_what_a_kill_leaves_is_a_recording(tmp_path: Path) -> None:
    path = tmp_path / "leg.csv.gz"
    command = [sys.executable, "-c", GROWS_UNTIL_KILLED, str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(20):
            heard = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
    left = read_recording(tmp_path / "leg.part.csv")
    assert len(left) >= heard
    assert left.info == INFO
    assert not path.exists()


@pytest.mark.parametrize("taken", ["leg.csv.gz", "leg.json", "leg.part.csv", "leg.part.json"])
def test_no_file_that_was_there_is_touched(tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("precious")
    with pytest.raises(InvalidRecording, match="exists already"):
        GrowingRecording.begin(tmp_path / "leg.csv.gz", INFO)
    assert [each.read_text() for each in tmp_path.iterdir()] == ["precious"]


@pytest.mark.parametrize("taken", ["leg.csv", "leg.json"])
def test_a_name_taken_meanwhile_costs_nothing(tmp_path: Path, taken: str) -> None:
    growing = grow(tmp_path / "leg.csv")
    (tmp_path / taken).write_text("precious")
    with pytest.raises(InvalidRecording, match=r"what was heard is in .*leg.part.csv"):
        growing.finish()
    assert (tmp_path / taken).read_text() == "precious"
    assert len(read_recording(growing.part)) == len(WHOLE)


@contextmanager
def no_file_longer_than(size: int) -> Iterator[None]:
    """As on a full disk, writing on fails, with EFBIG instead of ENOSPC."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, ignored)


def test_a_disk_that_takes_no_more_leaves_whole_lines(tmp_path: Path) -> None:
    path = tmp_path / "leg.csv"
    growing = GrowingRecording.begin(path, INFO)
    first, *later = WHOLE.blocks(1.0)
    growing.append(first)
    with (
        no_file_longer_than(part_path(path).stat().st_size + 100),
        pytest.raises(InvalidRecording, match="cannot be written: File too large"),
    ):
        growing.append(later[0])
    growing.finish()
    assert len(read_recording(path)) == len(first)


def test_what_cannot_be_packed_stays_as_it_grew(tmp_path: Path) -> None:
    path = tmp_path / "leg.csv.gz"
    growing = grow(path)
    with (
        no_file_longer_than(1000),
        pytest.raises(
            InvalidRecording, match=r"File too large; what was heard is in .*leg.part.csv"
        ),
    ):
        growing.finish()
    assert len(read_recording(growing.part)) == len(WHOLE)
    assert {each.name for each in tmp_path.iterdir()} == {"leg.part.csv", "leg.part.json"}


def test_nothing_known_needs_no_sidecar(tmp_path: Path) -> None:
    growing = GrowingRecording.begin(tmp_path / "a.csv", RecordingInfo())
    growing.append(SampleBlock(WHOLE.t_s, WHOLE.acc_ms2, 200.0))
    growing.finish()
    assert not sidecar_path(tmp_path / "a.csv").exists()
