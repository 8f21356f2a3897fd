"""The power fails at any moment: what the server acknowledged is on the disk."""

from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks.power_cut import cuts, is_possible, trace
from benchmarks.system_calls import Cut, Sent, Sync, Write, calls_of

CHUNKS, CUTS = 30, 40


@pytest.mark.skipif(not is_possible(), reason="no strace, or it may not look at a process")
async def test_what_was_acknowledged_survives_a_power_cut(tmp_path: Path) -> None:
    traced = await trace(tmp_path, CHUNKS)
    survived = cuts(traced, CUTS, seed=1)
    assert max(each.acknowledged for each in survived) > CHUNKS // 2
    assert [each.missing for each in survived] == [0] * CUTS
    assert all(each.is_whole for each in survived)
    unsynced = tuple(each for each in traced.calls if not isinstance(each, Sync))
    assert sum(each.missing for each in cuts(replace(traced, calls=unsynced), CUTS, seed=1)) > 0


def hexed(text: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in text.encode())


def test_calls_of_threads_that_interleave_are_told_apart(tmp_path: Path) -> None:
    log = tmp_path / "strace.log"
    a, b = hexed("/a"), hexed("/b")
    log.write_text(
        f'7 pwrite64(3<{a}>, "{hexed("one")}", 3, 8 <unfinished ...>\n'
        f"8 fdatasync(4<{b}> <unfinished ...>\n"
        f"7 <... pwrite64 resumed>) = 3\n"
        f'7 pwrite64(3<{a}>, "{hexed("lost")}", 4, 0) = -1 ENOSPC (No space left on device)\n'
        f"8 <... fdatasync resumed>) = 0\n"
        f"7 ftruncate(3<{a}>, 5) = 0\n"
        f'9 sendto(5<{hexed("socket:[1]")}>, "{hexed("said")}", 4, 0, NULL, 0) = 4\n'
        f'9 writev(5<{hexed("socket:[1]")}>, [{{iov_base="{hexed("in ")}", iov_len=3}}, '
        f'{{iov_base="{hexed("two")}", iov_len=3}}], 2) = 6\n'
    )
    assert calls_of(log) == [
        Write("/a", 8, b"one", 0, 2),
        Sync("/b", 1, 4),
        Cut("/a", 5, 5, 5),
        Sent(b"said", 6),
        Sent(b"in two", 7),
    ]
