import asyncio
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.frames import CloseCode

from sensors.chunks import MAX_CHUNK_SAMPLES, decode_chunk
from sensors.samples import SampleBlock
from sensors.spool import Spool, left_over
from sensors.uplink import (
    Hello,
    Report,
    Uplink,
    UplinkParams,
    UplinkRefused,
    UplinkState,
    ingest_url,
    new_spool,
)
from tests.sensors.small_server import SmallServer, serving

HASTY = UplinkParams(retry_s=0.01, longest_pause_s=0.05, answer_s=2.0)
HELLO = Hello(
    recording_id="0a6f2b9e-6a63-4d4e-9e0e-0d2a4f6a1b11",
    rate_hz=200.0,
    device_name="Polar H10 0A1B2C3D",
    device_kind="polar-h10",
    serial="0A1B2C3D",
    placement="thigh",
    side="left",
    exercise=None,
    started_at=datetime(2026, 11, 22, 7, 30, tzinfo=UTC),
)


def blocks(count: int) -> list[SampleBlock]:
    rng = np.random.default_rng(7)
    t_s = np.arange(36) / 200
    return [SampleBlock(k * 0.18 + t_s, rng.normal(0, 9, (36, 3)), 200.0) for k in range(count)]


def assert_arrived(server: SmallServer, sent: list[SampleBlock]) -> None:
    chunks = [decode_chunk(payload) for payload in server.stored]
    assert [chunk.sequence for chunk in chunks] == list(range(len(sent)))
    for chunk, block in zip(chunks, sent, strict=True):
        np.testing.assert_allclose(chunk.block.t_s, block.t_s, atol=1e-6)
        np.testing.assert_allclose(chunk.block.acc_ms2, block.acc_ms2, atol=1e-5)


async def deliver(uplink: Uplink, sent: list[SampleBlock]) -> None:
    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        tasks.create_task(uplink.run())
        for block in sent:
            await uplink.put(block)
        await uplink.end()


async def test_everything_arrives_once_in_order_and_leaves_the_disk(tmp_path: Path) -> None:
    sent = blocks(50)
    async with serving(SmallServer()) as server:
        uplink = Uplink(server.url, "secret", new_spool(tmp_path, HELLO), HASTY)
        await deliver(uplink, sent)
    assert_arrived(server, sent)
    assert server.is_ended
    assert (uplink.state, uplink.waiting) == (UplinkState.DONE, 0)
    assert list(tmp_path.iterdir()) == []
    assert server.hellos == [
        {
            "type": "hello",
            "recording_id": "0a6f2b9e-6a63-4d4e-9e0e-0d2a4f6a1b11",
            "rate_hz": 200.0,
            "device": {
                "name": "Polar H10 0A1B2C3D",
                "kind": "polar-h10",
                "serial": "0A1B2C3D",
            },
            "placement": "thigh",
            "side": "left",
            "exercise": None,
            "started_at": "2026-11-22T07:30:00+00:00",
        }
    ]


@pytest.mark.parametrize("acks_twice", [False, True])
async def test_connections_that_break_lose_and_double_nothing(
    tmp_path: Path, acks_twice: bool
) -> None:
    sent = blocks(50)
    async with serving(SmallServer(cut_after=7, acks_twice=acks_twice)) as server:
        uplink = Uplink(server.url, "secret", new_spool(tmp_path, HELLO), HASTY)
        await deliver(uplink, sent)
    assert_arrived(server, sent)
    assert len(server.hellos) == 8


async def test_a_server_that_is_not_there_yet_is_waited_for(tmp_path: Path) -> None:
    sent = blocks(10)
    async with serving(SmallServer()) as server:
        pass
    port = int(server.url.split(":")[2].split("/")[0])
    uplink = Uplink(server.url, "secret", new_spool(tmp_path, HELLO), HASTY)
    running = asyncio.create_task(uplink.run())
    for block in sent:
        await uplink.put(block)
    assert uplink.waiting == 10
    await uplink.end()
    server.unavailable = 2
    async with serving(server, port):
        await asyncio.wait_for(running, 10)
    assert_arrived(server, sent)


async def test_a_collector_that_died_is_continued_by_the_next(tmp_path: Path) -> None:
    sent = blocks(30)
    async with serving(SmallServer(is_deaf=True)) as server:
        first = Uplink(server.url, "secret", new_spool(tmp_path, HELLO), HASTY)
        running = asyncio.create_task(first.run())
        for block in sent[:20]:
            await first.put(block)
        await server.until(stored=20)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        first._spool.close()

        server.is_deaf = False
        del server.stored[12:]  # what the server had not committed when it went down as well
        (spool,) = left_over(tmp_path)
        assert spool.first_sequence == 0
        await deliver(Uplink(server.url, "secret", spool, HASTY), sent[20:])
    assert_arrived(server, sent)
    assert list(tmp_path.iterdir()) == []


async def test_a_server_that_acknowledges_nothing_gets_one_window(tmp_path: Path) -> None:
    async with serving(SmallServer(is_deaf=True)) as server:
        spool = new_spool(tmp_path, HELLO)
        uplink = Uplink(server.url, "secret", spool, UplinkParams(window=4))
        running = asyncio.create_task(uplink.run())
        for block in blocks(20):
            await uplink.put(block)
        await server.until(stored=4)
        uplink.report(Report(battery_pct=82, rssi_dbm=-61, link="streaming"))
        await server.until(reports=1)
        assert len(server.stored) == 4
        assert uplink.waiting == 20
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        spool.close()
    assert server.reports == [
        {"type": "status", "battery_pct": 82, "rssi_dbm": -61, "link": "streaming"}
    ]


async def test_a_wrong_token_is_said_at_once_and_nothing_is_thrown_away(tmp_path: Path) -> None:
    async with serving(SmallServer()) as server:
        spool = new_spool(tmp_path, HELLO)
        uplink = Uplink(server.url, "guess", spool, HASTY)
        await uplink.put(blocks(1)[0])
        with pytest.raises(UplinkRefused, match="device token"):
            await asyncio.wait_for(uplink.run(), 5)
    assert spool.first_sequence == 0
    spool.close()


async def test_a_refused_chunk_ends_the_attempt_with_its_reason(tmp_path: Path) -> None:
    async with serving(SmallServer(refuses={3: "conflict"})) as server:
        spool = new_spool(tmp_path, HELLO)
        uplink = Uplink(server.url, "secret", spool, HASTY)
        for block in blocks(6):
            await uplink.put(block)
        with pytest.raises(UplinkRefused, match="chunk 3: conflict"):
            await asyncio.wait_for(uplink.run(), 5)
    assert spool.next_sequence == 6
    spool.close()


async def test_messages_that_the_server_passes_over_are_counted(tmp_path: Path) -> None:
    async with serving(SmallServer(grumbles=True)) as server:
        uplink = Uplink(server.url, "secret", new_spool(tmp_path, HELLO), HASTY)
        await deliver(uplink, blocks(5))
    assert len(server.stored) == uplink.refused == 5


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"type":"refused","reason":"rate_hz: too high","sequence":null}', "rate_hz: too high"),
        ('{"type":"welcome","next_sequence":9}', "asks for chunk 9"),
        ('{"type":"welcome"}', "does not speak"),
        ("[1]", "does not speak"),
        ("hello there", "does not speak"),
    ],
)
async def test_what_is_no_welcome_is_refused(tmp_path: Path, answer: str, said: str) -> None:
    async def talk(socket: ServerConnection) -> None:
        await socket.recv()
        await socket.send(answer)
        await socket.close(CloseCode.POLICY_VIOLATION)

    spool = new_spool(tmp_path, HELLO)
    async with serve(talk, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        uplink = Uplink(f"ws://127.0.0.1:{port}/", "secret", spool, HASTY)
        with pytest.raises(UplinkRefused, match=said):
            await asyncio.wait_for(uplink.run(), 5)
    spool.close()


async def test_a_server_that_hears_another_recording_is_asked_again(tmp_path: Path) -> None:
    """As when an earlier session's connection is only just closing."""
    answers = ['{"type":"refused","reason":"another one is coming in","sequence":null}'] * 2
    problems: list[str | None] = []

    async def talk(socket: ServerConnection) -> None:
        problems.append(uplink.problem)
        await socket.recv()
        if answers:
            await socket.send(answers.pop())
            await socket.close(CloseCode.TRY_AGAIN_LATER)
            return
        await socket.send('{"type":"welcome","next_sequence":0}')
        await socket.recv()
        await socket.send('{"type":"ended"}')

    async with serve(talk, "127.0.0.1", 0) as listening:
        port = listening.sockets[0].getsockname()[1]
        url = f"ws://127.0.0.1:{port}/"
        uplink = Uplink(url, "secret", new_spool(tmp_path, HELLO), HASTY)
        await uplink.end()
        await asyncio.wait_for(uplink.run(), 5)
    assert problems == [None, "another one is coming in", "another one is coming in"]
    assert uplink.state is UplinkState.DONE


async def test_a_long_block_goes_in_pieces(tmp_path: Path) -> None:
    n = 2 * MAX_CHUNK_SAMPLES + 5
    long_block = SampleBlock(np.arange(n) / 200, np.ones((n, 3)), 200.0)
    async with serving(SmallServer()) as server:
        await deliver(Uplink(server.url, "secret", new_spool(tmp_path, HELLO)), [long_block])
    assert [len(decode_chunk(payload).block) for payload in server.stored] == [
        MAX_CHUNK_SAMPLES,
        MAX_CHUNK_SAMPLES,
        5,
    ]


@pytest.mark.parametrize(
    ("server", "url"),
    [
        ("https://reps.example", "wss://reps.example/api/v1/ingest"),
        ("http://127.0.0.1:8000/", "ws://127.0.0.1:8000/api/v1/ingest"),
        ("https://clinic.example/reps", "wss://clinic.example/reps/api/v1/ingest"),
    ],
)
def test_the_ingest_address_follows_from_the_servers(server: str, url: str) -> None:
    assert ingest_url(server) == url


@pytest.mark.parametrize("server", ["reps.example", "ftp://reps.example", "https://", ""])
def test_what_is_no_server_address_is_refused(server: str) -> None:
    with pytest.raises(ValueError, match="looks like"):
        ingest_url(server)


def test_a_spool_is_named_after_its_recording(tmp_path: Path) -> None:
    spool = new_spool(tmp_path, HELLO)
    assert spool.path.name == f"{HELLO.recording_id}.spool"
    assert isinstance(spool, Spool)
    spool.close()
