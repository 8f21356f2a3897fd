"""What a process wrote, synced and sent, in order, as strace tells it (Linux)."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 1_000_000
"""Of one call that strace is asked to tell; the longest here is a page of 4 kB, or a message."""
TRACE = (
    *("strace", "--follow-forks", "--seccomp-bpf", "--decode-fds=path", "--strings-in-hex=all"),
    *("--string-limit", str(MOST_BYTES), "--quiet=all", "--signal=none"),
    "--trace=pwrite64,ftruncate,fdatasync,fsync,write,writev,sendto,sendmsg",
)
"""The command line, before `--output FILE` and what is to be traced."""

WHOLE = re.compile(r"(\d+)\s+(\w+)\((.*)\)\s*= (-?\d+)")
BEGUN = re.compile(r"(\d+)\s+(\w+)\((.*?),? ?<unfinished \.\.\.>$")
ENDED = re.compile(r"(\d+)\s+<\.\.\. (\w+) resumed>.*= (-?\d+)")
FILE = re.compile(r"\d+<((?:\\x[0-9a-f]{2})*)>")
TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')


@dataclass(frozen=True, slots=True)
class Write:
    """Bytes that were given to a file. begun, ended: lines of the log."""

    file: str
    offset: int
    content: bytes
    begun: int
    ended: int


@dataclass(frozen=True, slots=True)
class Cut:
    """A file that was cut to a size."""

    file: str
    size: int
    begun: int
    ended: int


@dataclass(frozen=True, slots=True)
class Sync:
    """A file whose writes until `begun` were on the disk at `ended`."""

    file: str
    begun: int
    ended: int


@dataclass(frozen=True, slots=True)
class Sent:
    """Bytes that began to leave, to a socket or elsewhere."""

    content: bytes
    begun: int


Call = Write | Cut | Sync | Sent


def calls_of(log: Path) -> list[Call]:
    """The calls of a log that succeeded, in the order in which they ended."""
    with log.open(encoding="ascii") as lines:
        return [call for name, told, *when in _pairs(lines) for call in _calls(name, told, *when)]


def _pairs(lines: Iterator[str]) -> Iterator[tuple[str, str, int, int]]:
    """Name, arguments, and lines of beginning and end of each; threads are told interleaved."""
    open_calls: dict[str, tuple[str, str, int]] = {}
    for number, line in enumerate(lines):
        if found := WHOLE.match(line):
            if int(found[4]) >= 0:
                yield found[2], found[3], number, number
        elif found := BEGUN.match(line):
            open_calls[found[1]] = (found[2], found[3], number)
        elif found := ENDED.match(line):
            name, told, begun = open_calls.pop(found[1])
            if int(found[3]) >= 0:
                yield name, told, begun, number


def _calls(name: str, told: str, begun: int, ended: int) -> Sequence[Call]:
    file = FILE.match(told)
    if file is None:
        return ()
    path = _bytes(file[1]).decode(errors="replace")
    match name:
        case "pwrite64":
            offset = int(told.rpartition(",")[2])
            return (Write(path, offset, _text(told), begun, ended),)
        case "ftruncate":
            return (Cut(path, int(told.rpartition(",")[2]), begun, ended),)
        case "fdatasync" | "fsync":
            return (Sync(path, begun, ended),)
        case _:
            return (Sent(_text(told), begun),)


def _text(told: str) -> bytes:
    return b"".join(_bytes(each) for each in TEXT.findall(told))


def _bytes(told: str) -> bytes:
    return bytes.fromhex(told.replace("\\x", ""))
