"""A recording that grows on disk while its sensor is heard, so that no kill can lose it.

    --out bridge.csv.gz   while it grows: bridge.part.csv and bridge.part.json
                          when it is finished: bridge.csv.gz and bridge.json

What grows is a recording itself, one that `read_recording` reads, and stays where it is until the
finished one is complete beside it.
"""

import gzip
import os
import shutil
from io import FileIO
from pathlib import Path
from typing import Self

from sensors.errors import InvalidRecording
from sensors.recording import csv_header, csv_rows
from sensors.samples import SampleBlock
from sensors.sidecar import RecordingInfo, check_sidecar_free, sidecar_path, write_sidecar

PART_SUFFIX = ".part.csv"


class GrowingRecording:
    """Takes blocks in the order of their time; `finish` gives the recording its name.

    path: what it will be called. part: what it is called until then.
    """

    def __init__(self, path: Path, growing: FileIO) -> None:
        self.path = path
        self.part = part_path(path)
        self._growing = growing

    @classmethod
    def begin(cls, path: Path, info: RecordingInfo) -> Self:
        """Begin a recording. Raises InvalidRecording if one of its names is taken or cannot be."""
        check_names_free(path)
        part = part_path(path)
        try:
            write_sidecar(part, info)
            growing = part.open("xb", buffering=0)
            _write_all(growing, csv_header())
        except OSError as problem:
            raise InvalidRecording(part, f"cannot be written: {problem.strerror}") from problem
        return cls(path, growing)

    def append(self, block: SampleBlock) -> None:
        """Add samples; they outlive this process when this returns, though not a power cut.

        Raises InvalidRecording if the disk does not take them, and then holds none of them.
        """
        rows, before = csv_rows(block.t_s, block.acc_ms2), self._growing.tell()
        try:
            _write_all(self._growing, rows)
        except OSError as problem:
            self._growing.truncate(before)
            self._growing.seek(before)
            raise InvalidRecording(self.part, f"cannot be written: {problem.strerror}") from problem

    def finish(self) -> None:
        """Give the recording its name, compressed where it ends in .gz.

        Raises InvalidRecording if that cannot be done; what was heard is then in `part`.
        """
        self._growing.close()
        try:
            _check_free(self.path)
            self._name()
        except InvalidRecording as problem:
            raise InvalidRecording(problem.path, self._kept(problem.problem)) from problem
        except OSError as problem:
            said = self._kept(f"cannot be written: {problem.strerror}")
            raise InvalidRecording(self.path, said) from problem

    def _kept(self, problem: str) -> str:
        return f"{problem}; what was heard is in {self.part}"

    def _name(self) -> None:
        whole = self.part
        if self.path.suffix == ".gz":
            whole = _packed(self.part)
        sidecar = sidecar_path(self.part)
        if sidecar.exists():
            sidecar.rename(sidecar_path(self.path))
        whole.rename(self.path)
        self.part.unlink(missing_ok=True)


def _write_all(file: FileIO, content: bytes) -> None:
    written = 0
    while written < len(content):
        written += file.write(content[written:])


def part_path(path: Path) -> Path:
    """Where the recording `path` grows: `a.part.csv` for `a.csv` and for `a.csv.gz`."""
    return path.with_name(path.name.removesuffix(".gz").removesuffix(".csv") + PART_SUFFIX)


def check_names_free(path: Path) -> None:
    """Raise InvalidRecording if a file has one of the names that the recording `path` needs."""
    _check_free(path)
    part = part_path(path)
    if os.path.lexists(part) or os.path.lexists(sidecar_path(part)):
        problem = "holds what a session heard that did not end: rename it and its .json"
        raise InvalidRecording(part, f"exists already and perhaps {problem}")


def _check_free(path: Path) -> None:
    if os.path.lexists(path):
        raise InvalidRecording(path, "exists already")
    check_sidecar_free(path)


def _packed(part: Path) -> Path:
    """Compress beside it, as `write_recording` does; the same samples give the same bytes."""
    packed = part.with_name(part.name + ".gz")
    try:
        with (
            part.open("rb") as plain,
            packed.open("wb") as raw,
            gzip.GzipFile("", "wb", compresslevel=6, fileobj=raw, mtime=0) as file,
        ):
            shutil.copyfileobj(plain, file)
    except OSError:
        packed.unlink(missing_ok=True)
        raise
    return packed
