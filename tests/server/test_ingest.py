"""Signal comes in: what is acknowledged is on disk, what is unusable is refused, on it goes."""

import asyncio
import json
import zlib
from contextlib import AsyncExitStack
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from sensors.chunks import MAX_CHUNK_BYTES, Chunk, encode_chunk
from sensors.samples import SampleBlock
from server.live.ingest_messages import MAX_TEXT_CHARS
from server.routes.ingest import MAX_REFUSED_IN_A_ROW, SUPERSEDED
from tests.server.house import REPS, House, a_house, a_set, blocks_of, in_the_shared_house, still

ON_BOTH_ENGINES = True

GARBAGE = [
    pytest.param(b"", id="nothing"),
    pytest.param(b"SRC1", id="truncated"),
    pytest.param(b"\x00" * 100, id="zeros"),
    pytest.param(b"SRC1" + b"\xff" * 60, id="absurd header"),
    pytest.param(b"x" * (MAX_CHUNK_BYTES + 1), id="oversized"),
    pytest.param("{", id="no JSON"),
    pytest.param("[" * 4000, id="deep"),
    pytest.param('"' + "x" * MAX_TEXT_CHARS, id="long text"),
    pytest.param('{"type": "dance"}', id="unknown type"),
    pytest.param('{"type": "status", "battery_pct": 400}', id="out of range"),
    pytest.param('{"type": "status", "battery_pct": "full"}', id="wrong type"),
    pytest.param('{"type": "hello"}', id="second hello"),
]


def holes(count: int) -> SampleBlock:
    """A sample a second, where a hundred were promised."""
    t_s = [1.0 + n for n in range(count + 1)]
    return SampleBlock(t_s, [(0.0, 9.81, 0.0)] * len(t_s), 100.0)  # type: ignore[arg-type]


async def refused(house: House, recording_id: UUID) -> object:
    ((count,),) = await house.rows(
        f"SELECT refused_messages FROM recording WHERE id = '{recording_id.hex}'"
    )
    return count


async def chunks_of(house: House, recording_id: UUID) -> object:
    ((count,),) = await house.rows(
        f"SELECT count(*) FROM chunk WHERE recording_id = '{recording_id.hex}'"
    )
    return count


async def test_an_acknowledged_chunk_is_on_disk_byte_for_byte(house: House) -> None:
    payload = encode_chunk(Chunk(0, still(0)))
    async with house.collector() as collector:
        assert await collector.ask(payload) == {"type": "ack", "sequence": 0}
        kept = await house.rows("SELECT sequence, payload_zlib FROM chunk")
    assert [(number, zlib.decompress(packed)) for number, packed in kept] == [(0, payload)]  # type: ignore[arg-type]


async def test_a_connection_lost_goes_on_where_the_store_ends(house: House) -> None:
    async with house.collector() as collector:
        assert collector.welcome == {"type": "welcome", "next_sequence": 0}
        await collector.chunks([still(n) for n in range(3)])
    async with house.collector(collector.recording_id) as again:
        assert again.welcome == {"type": "welcome", "next_sequence": 3}
        await again.chunks([still(3)], first=3)
        await again.end()
    assert await house.rows("SELECT count(*) FROM chunk") == [(4,)]


@in_the_shared_house
async def test_a_repeated_chunk_is_acknowledged_and_kept_once(shared_house: House) -> None:
    async with shared_house.collector() as collector:
        await collector.chunks([still(0), still(1)])
        assert await collector.chunk(0, still(0)) == {"type": "ack", "sequence": 1}
    assert await chunks_of(shared_house, collector.recording_id) == 2


@in_the_shared_house
async def test_another_chunk_of_the_same_number_is_a_conflict(shared_house: House) -> None:
    async with shared_house.collector() as collector:
        await collector.chunks([still(0)])
        answer = await collector.chunk(0, still(0.5))
        assert answer == {"type": "refused", "reason": "conflict", "sequence": 0}
        await collector.chunks([still(1)], first=1)


@pytest.mark.parametrize("garbage", GARBAGE)
@in_the_shared_house
async def test_a_message_that_cannot_be_used_is_refused_and_the_stream_goes_on(
    shared_house: House, garbage: str | bytes
) -> None:
    async with shared_house.collector() as collector:
        await collector.chunks([still(0)])
        answer = await collector.ask(garbage)
        assert answer["type"] == "refused"
        assert answer["sequence"] is None
        await collector.chunks([still(1)], first=1)
        await collector.end()
    assert await refused(shared_house, collector.recording_id) == 1


@pytest.mark.parametrize(
    ("block", "sequence", "reason"),
    [
        (still(1), 2, "out of order: 1 is next"),
        (still(0.5), 1, "time goes back"),
        (SampleBlock([1.0], [(0, 0, 9.81)], 50.0), 1, "the recording's rate is 100 Hz"),  # type: ignore[arg-type, list-item]
        (still(10 * 86_400), 1, "stream time must be between"),
        (holes(101), 1, "101 gaps in one chunk"),
    ],
)
@in_the_shared_house
async def test_a_chunk_that_does_not_fit_is_refused_and_its_number_stays_free(
    shared_house: House, block: SampleBlock, sequence: int, reason: str
) -> None:
    async with shared_house.collector() as collector:
        await collector.chunks([still(0)])
        answer = await collector.chunk(sequence, block)
        assert (answer["type"], answer["sequence"]) == ("refused", sequence)
        assert reason in answer["reason"]
        await collector.chunks([still(1)], first=1)


async def test_a_sender_of_nothing_but_garbage_is_cut_off(house: House) -> None:
    async with house.collector() as collector:
        for _ in range(MAX_REFUSED_IN_A_ROW):
            assert (await collector.ask(b"x"))["type"] == "refused"
        with pytest.raises(ConnectionClosed):
            await collector.ask(b"x")


@pytest.mark.parametrize(
    "changes",
    [
        {"recording_id": "1"},
        {"rate_hz": 0},
        {"rate_hz": "fast"},
        {"started_at": "2026-11-02T08:30:00"},
        {"started_at": "0001-01-01T00:00:00+14:00"},
        {"started_at": "9999-12-31T23:59:59-14:00"},
        {"started_at": "2026-11-03T08:31:00+01:00"},
        {"started_at": "2016-11-01T00:00:00Z"},
        {"device": {}},
        {"placement": "ear"},
        {"exercise": "<script>"},
    ],
)
@in_the_shared_house
async def test_a_wrong_hello_is_refused_by_the_name_of_its_field(
    shared_house: House, changes: dict[str, object]
) -> None:
    async with shared_house.collector() as good:
        pass
    wrong = json.dumps({**good.first, "recording_id": str(uuid4()), **changes})
    headers = {"Authorization": f"Bearer {shared_house.sensor_token}"}
    async with shared_house.socket("/api/v1/ingest", **headers) as socket:
        await socket.send(wrong)
        answer = json.loads(await socket.recv())
    assert answer["type"] == "refused"
    assert answer["reason"].startswith(next(iter(changes)))


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic abc", "Bearer "])
@in_the_shared_house
async def test_without_a_token_nobody_sends(shared_house: House, header: str | None) -> None:
    headers = {"Authorization": header} if header else {"Origin": shared_house.address}
    with pytest.raises(InvalidStatus) as denied:
        async with shared_house.socket("/api/v1/ingest", **headers):
            pass
    assert denied.value.response.status_code == 401


@in_the_shared_house
async def test_a_recording_belongs_to_the_device_that_began_it(shared_house: House) -> None:
    async with shared_house.collector() as collector:
        await collector.chunks([still(0)])
    async with shared_house.collector(
        collector.recording_id, token=shared_house.bens_token
    ) as stranger:
        assert stranger.welcome["type"] == "refused"
        with pytest.raises(ConnectionClosed):
            await stranger.socket.recv()


async def test_an_ended_recording_takes_no_more_but_may_be_ended_again(house: House) -> None:
    async with house.collector() as collector:
        await collector.chunks([still(0)])
        await collector.end()
    async with house.collector(collector.recording_id) as again:
        assert again.welcome["next_sequence"] == 1
        answer = await again.chunk(1, still(1))
        assert answer["reason"] == "the recording was ended"
        await again.end()


async def test_the_end_is_said_again_when_the_answer_was_lost(house: House) -> None:
    """Nothing is followed again for it, and the page keeps what it shows."""
    blocks = blocks_of(a_set())
    anna = await house.client(house.anna)
    async with house.collector() as collector:
        await collector.chunks(blocks)
        await anna.post(f"/api/v1/patients/{house.anna.id}/set", json={"action": "stop"})
        more = {"action": "adjust", "by": 1}
        await anna.post(f"/api/v1/patients/{house.anna.id}/set", json=more)
        await collector.socket.send('{"type": "end"}')
        await collector.socket.wait_closed()
    before = await house.live()
    async with house.collector(collector.recording_id) as again:
        assert again.welcome == {"type": "welcome", "next_sequence": len(blocks)}
        assert await again.chunk(0, blocks[0]) == {"type": "ack", "sequence": len(blocks) - 1}
        await again.end()
    assert await house.live() == before


@in_the_shared_house
async def test_many_hellos_of_one_recording_at_once_begin_it_once(shared_house: House) -> None:
    recording_id = uuid4()
    collectors = [shared_house.collector(recording_id) for _ in range(4)]
    async with AsyncExitStack() as open_together:
        await asyncio.gather(*map(open_together.enter_async_context, collectors))
    assert [one.welcome for one in collectors] == [{"type": "welcome", "next_sequence": 0}] * 4


async def test_the_newest_connection_brings_the_signal(house: House) -> None:
    async with house.collector() as old:
        await old.chunks([still(0)])
        async with house.collector(old.recording_id) as new:
            await new.chunks([still(1)], first=1)
            with pytest.raises(ConnectionClosed) as closed:
                await old.chunk(2, still(2))
            assert closed.value.rcvd is not None
            assert closed.value.rcvd.code == SUPERSEDED
            await new.chunks([still(2)], first=2)


async def test_a_set_is_kept_with_its_repetitions_shaking_and_algorithm(house: House) -> None:
    async with house.collector(exercise="bridge") as collector:
        await collector.chunks(blocks_of(a_set(amp_rms_ms2=0.4)))
        await collector.end()
    eva = await house.client(house.eva)
    listed = (await eva.get(f"/api/v1/patients/{house.anna.id}/sets")).json()["sets"]
    assert [(one["auto_reps"], one["end_reason"]) for one in listed] == [(REPS, "detected")]
    assert listed[0]["started_at"].startswith("2026-11-02T08:30:0")
    assert listed[0]["exercise"] == {"name": "bridge", "title": "Bridge"}
    assert listed[0]["algorithm_version"]
    detail = (await eva.get(f"/api/v1/sets/{listed[0]['id']}")).json()
    assert len(detail["rep_list"]) == REPS
    assert detail["tremor"]["status"] == "tremor"
    assert 30 < max(detail["tilt"]["tilt_deg"]) < 60  # 40 by the script; fast lifting adds


async def test_the_count_survives_a_restart_in_the_middle_of_a_set(tmp_path: Path) -> None:
    blocks = blocks_of(a_set())
    half = 2 * len(blocks) // 3
    async with a_house(tmp_path) as house:
        async with house.collector() as collector:
            await collector.chunks(blocks[:half])
            before = await house.live()
        assert before["count"] >= 3
    async with a_house(tmp_path) as again:
        async with again.collector(collector.recording_id, token=house.sensor_token) as back:
            assert back.welcome["next_sequence"] == half
            assert (await again.live())["count"] == before["count"]
            await back.chunks(blocks[half:], first=half)
            await back.end()
        eva = await again.client(again.eva)
        listed = (await eva.get(f"/api/v1/patients/{again.anna.id}/sets")).json()["sets"]
    assert [one["auto_reps"] for one in listed] == [REPS]


async def test_a_patients_commands_survive_a_restart_too(tmp_path: Path) -> None:
    blocks = blocks_of(a_set())
    async with a_house(tmp_path) as house:
        anna = await house.client(house.anna)
        path, key = f"/api/v1/patients/{house.anna.id}/set", {"Idempotency-Key": str(uuid4())}
        async with house.collector() as collector:
            await collector.chunks(blocks[:1])
            start = {"action": "start", "exercise": "bridge", "target_reps": 8}
            assert (await anna.post(path, json=start)).json()["phase"] == "ready"
            await collector.chunks(blocks[1:-4], first=1)
            more = {"action": "adjust", "by": 1}
            before = (await anna.post(path, json=more, headers=key)).json()
    async with a_house(tmp_path) as again:
        async with again.collector(collector.recording_id, token=house.sensor_token):
            now = await again.live()
            for name in ("phase", "exercise", "target_reps", "auto_count", "adjustment", "count"):
                assert now[name] == before[name]
            anna = await again.client(again.anna)
            repeated = (await anna.post(path, json=more, headers=key)).json()
            assert repeated["adjustment"] == 1
            done = (await anna.post(path, json={"action": "stop"})).json()
            assert done["phase"] == "stopped"
        eva = await again.client(again.eva)
        (kept,) = (await eva.get(f"/api/v1/patients/{again.anna.id}/sets")).json()["sets"]
    assert kept["end_reason"] == "done"
    assert kept["target_reps"] == 8
    assert kept["confirmed_reps"] == kept["auto_reps"] + 1


async def test_an_end_that_overtook_a_chunk_is_not_the_end(house: House) -> None:
    said = json.dumps({"type": "end", "chunks": 2})
    async with house.collector() as sender:
        await sender.chunks([still(0)])
        await sender.socket.send(said)
        await sender.socket.wait_closed()
        assert sender.socket.close_code == 1013
    async with house.collector(sender.recording_id) as again:
        assert again.welcome["next_sequence"] == 1
        await again.chunks([still(1)], first=1)
        assert await again.ask(said) == {"type": "ended"}
