"""`steadyrep reanalyze`: today's results beside those of the time, which stay."""

import asyncio
import json
import sqlite3
from contextlib import closing
from typing import Any
from uuid import UUID

import pytest
from typer.testing import Result

from detection import ALGORITHM_VERSION
from sensors.chunks import Chunk, encode_chunk
from sensors.samples import SampleBlock
from server.live.live_set import Span
from server.reanalysis.again import Archived, Press, SetThen, look_again
from tests.server.house import REPS, House, a_set, blocks_of
from tests.server.terminal import run

EARLIER = "2020.1.1"
RECORDING, SET = UUID(int=1), UUID(int=2)


async def reanalyzed(house: House, *arguments: str) -> Result:
    folder = house.settings.data_dir
    return await asyncio.to_thread(run, "reanalyze", *arguments, "--jobs", 1, "--data", folder)


def rows(house: House, query: str) -> list[tuple[Any, ...]]:
    with closing(sqlite3.connect(house.settings.database_path)) as file:
        return file.execute(query).fetchall()


async def change(house: House, statement: str) -> None:
    """Beside the server: in a thread, so that it can end a transaction that holds the file."""

    def execute() -> None:
        with closing(sqlite3.connect(house.settings.database_path)) as file, file:
            file.execute(statement)

    await asyncio.to_thread(execute)


async def an_old_set(house: House, counted: int = REPS) -> dict[str, Any]:
    """A set that an earlier version counted, perhaps otherwise."""
    async with house.collector() as sender:
        await sender.chunks(blocks_of(a_set(amp_rms_ms2=0.5)))
        await sender.end()
    await house.settle()
    await change(house, f"UPDATE algorithm SET version = '{EARLIER}', digest_sha256 = x'00'")
    await change(house, f"UPDATE exset SET auto_reps = {counted}")
    await change(house, f"DELETE FROM rep WHERE number > {counted}")
    (one,) = await house.sets_of_anna()
    return one


async def test_today_stands_beside_then(house: House) -> None:
    before = await an_old_set(house, counted=3)
    ran = await reanalyzed(house)
    assert ran.exit_code == 0, ran.output
    assert "1 sets of 1 recordings: 1 counted otherwise" in ran.stdout
    (after,) = await house.sets_of_anna()
    assert (before["algorithm_version"], before["recounted_reps"]) == (EARLIER, None)
    assert (after["algorithm_version"], after["recounted_reps"]) == (ALGORITHM_VERSION, REPS)
    assert (after["auto_reps"], after["reps"]) == (3, 3)
    assert after["tremor"]["status"] == "tremor"


async def test_the_history_is_still_there(house: House) -> None:
    await an_old_set(house, counted=3)

    def of_then(table: str) -> list[tuple[Any, ...]]:
        return rows(
            house,
            f"SELECT * FROM {table} JOIN algorithm ON algorithm_id = algorithm.id "
            f"WHERE version = '{EARLIER}'",
        )

    tables = ("rep", "tremor_window", "set_tremor")
    before = [of_then(table) for table in tables]
    await reanalyzed(house)
    assert [of_then(table) for table in tables] == before
    assert [len(each) for each in before] == [3, len(before[1]), 1]
    assert rows(house, "SELECT auto_reps FROM exset") == [(3,)]


async def test_the_page_shows_the_repetitions_of_today(house: House) -> None:
    one = await an_old_set(house, counted=3)
    browser = await house.client(house.eva)
    await reanalyzed(house)
    found = (await browser.get(f"/api/v1/sets/{one['id']}")).json()
    assert len(found["rep_list"]) == REPS
    assert found["settled"]["phases"] != []
    page = (await browser.get(f"/sets/{one['id']}")).text
    assert f"Steadyrep {ALGORITHM_VERSION} counts {REPS}" in page


async def test_what_was_looked_at_is_not_looked_at_again_unless_asked(house: House) -> None:
    await an_old_set(house)
    await reanalyzed(house)
    assert "0 sets of 0 recordings" in (await reanalyzed(house)).stdout
    again = await reanalyzed(house, "--all", "--json")
    (line,) = [json.loads(each) for each in again.stdout.splitlines()]
    assert (line["reps_then"], line["reps_now"]) == (REPS, REPS)
    assert line["shaking_then"] == line["shaking_now"]
    assert line["amp_then_ms2"] == line["amp_now_ms2"]


async def test_the_same_algorithm_gives_the_same_again_and_writes_nothing(house: House) -> None:
    async with house.collector() as sender:
        await sender.chunks(blocks_of(a_set(amp_rms_ms2=0.5)))
        await sender.end()
    ran = await reanalyzed(house, "--all")
    assert "1 sets of 1 recordings: 0 counted otherwise, of 0 something else" in ran.stdout
    assert rows(house, "SELECT * FROM recount") == []
    assert rows(house, "SELECT shown_algorithm_id FROM exset") == [(None,)]


async def test_a_trial_tells_and_keeps_nothing(house: House) -> None:
    await an_old_set(house, counted=3)
    ran = await reanalyzed(house, "--dry-run")
    assert "1 counted otherwise" in ran.stdout
    assert "Nothing was kept" in ran.stdout
    (after,) = await house.sets_of_anna()
    assert after["algorithm_version"] == EARLIER


async def test_one_patient_alone_can_be_looked_at(house: House) -> None:
    await an_old_set(house)
    assert "0 sets of 0" in (await reanalyzed(house, str(house.ben.id))).stdout
    assert "1 sets of 1" in (await reanalyzed(house, str(house.anna.id))).stdout
    assert (await reanalyzed(house, "Nobody")).exit_code == 2


async def test_a_broken_recording_is_named_and_stops_no_other(house: House) -> None:
    await an_old_set(house)
    async with house.collector(token=house.bens_token) as sender:
        await sender.chunks(blocks_of(a_set()))
        await sender.end()
    bens = sender.recording_id
    await change(house, f"UPDATE chunk SET payload_zlib = x'00' WHERE recording_id = '{bens.hex}'")
    ran = await reanalyzed(house, "--all")
    assert ran.exit_code == 1
    assert f"recording {bens}" in ran.stderr
    assert "1 sets of 2 recordings" in ran.stdout


def archived(
    *presses: Press, then: SetThen | None = None, blocks: list[SampleBlock] | None = None
) -> Archived:
    made = blocks or blocks_of(a_set())
    payloads = tuple(encode_chunk(Chunk(n, block)) for n, block in enumerate(made))
    return Archived(RECORDING, None, payloads, presses, (then,) if then else ())


def test_starts_and_stops_are_followed_and_taps_left_out() -> None:
    """Stopped before the fifth repetition: four count, whatever comes after."""
    presses = (
        Press(0, {"action": "start", "exercise": None, "target_reps": 5}),
        Press(3, {"action": "adjust", "by": 1}),
        Press(11, {"action": "stop", "reason": "done"}),
    )
    then = SetThen(SET, Span(2.0, 11.0), None, 3)
    found = look_again(archived(*presses, then=then))
    assert (found.sets[0].auto_reps, found.unknown_before) == (4, 0)


def test_a_set_that_is_not_seen_any_more_has_no_repetitions() -> None:
    still = [block for block in blocks_of(a_set()) if block.t_s[-1] < 2.0]
    then = SetThen(SET, Span(0.0, 1.9), None, 4)
    found = look_again(archived(then=then, blocks=still))
    (now,) = found.sets
    assert (now.auto_reps, now.reps, now.confidence) == (0, (), None)
    assert (now.span, found.unknown_before) == (then.span, 0)


def test_a_set_where_none_was_is_told() -> None:
    assert look_again(archived()).unknown_before == 1


@pytest.mark.parametrize(("start_s", "end_s", "is_same"), [(3.0, 12.0, True), (13.0, 30.0, False)])
def test_a_set_is_the_one_that_lies_where_it_lay(
    start_s: float, end_s: float, is_same: bool
) -> None:
    then = SetThen(SET, Span(start_s, end_s), None, 5)
    found = look_again(archived(then=then))
    assert (found.sets[0].auto_reps > 0) is is_same
    assert (found.unknown_before == 0) is is_same
