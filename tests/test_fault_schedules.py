"""Whatever fails between sensor and server, what the collector has on its disk arrives, once."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from benchmarks.fault_schedules import Fault, looked_at, run, run_all, schedule_of
from benchmarks.server_process import tokens

SEEDS = 20


@pytest.mark.parametrize("first", range(0, SEEDS, 4))
async def test_a_schedule_of_faults_loses_and_doubles_nothing(first: int) -> None:
    outcomes = await run_all(range(first, first + 4))
    assert [each for each in outcomes if not each.is_good] == []
    assert all(each.put > 0 for each in outcomes)


def test_the_schedules_hold_every_fault_and_can_be_had_again() -> None:
    schedules = [schedule_of(seed) for seed in range(SEEDS)]
    assert schedules == [schedule_of(seed) for seed in range(SEEDS)]
    runs = [one for each in schedules for one in each.runs]
    assert {fault for one in runs for _, fault in one.faults} == set(Fault)
    assert len({one.largest_bytes for one in runs}) == 2
    assert {one.clock_s for one in runs} == {0.0, -3600.0, 120.0}


async def test_a_chunk_that_is_missing_or_changed_is_noticed(tmp_path: Path) -> None:
    (token,) = await tokens(tmp_path / "data", 1)
    outcome = await run(schedule_of(3), tmp_path, token)
    assert outcome.is_good
    path = tmp_path / "data" / "steadyrep.sqlite3"
    with closing(sqlite3.connect(path)) as file, file:
        ((recording, last),) = file.execute(
            "SELECT recording_id, max(sequence) FROM chunk GROUP BY recording_id LIMIT 1"
        ).fetchall()
        file.execute("DELETE FROM chunk WHERE recording_id = ? AND sequence = 0", (recording,))
    missing, wrong, is_whole = looked_at(path, outcome.chunks)
    assert (missing, wrong, is_whole) == (1, last, True)
