"""`steadyrep export --fit`: activities that Garmin's own decoder reads as they were meant."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from garmin_fit_sdk import Decoder, Stream
from garmin_fit_sdk.profile import Profile

from server.export.fit.activity import EXERCISES, messages_of, visits
from server.export.fit.encoding import Base, Field, Message, crc, encode
from tests.server.house import REPS as COUNTED
from tests.server.house import STARTED_AT, House
from tests.server.terminal import run
from tests.server.test_export_fhir import NOW, SET

MINUTE = timedelta(minutes=1)


def read(data: bytes) -> dict[str, list[dict[Any, Any]]]:
    assert Decoder(Stream.from_byte_array(bytearray(data))).check_integrity()
    messages, errors = Decoder(Stream.from_byte_array(bytearray(data))).read()
    assert errors == []
    found: dict[str, list[dict[Any, Any]]] = messages
    return found


def one(value: Any) -> Any:
    """FIT lets a set have several categories; ours has one."""
    return value[0] if isinstance(value, list) else value


def test_a_visit_is_a_strength_training_with_its_sets_and_rests() -> None:
    later = replace(
        SET, started_at=NOW + 2 * MINUTE, start_s=200.0, end_s=240.25, confirmed_reps=None
    )
    told = read(encode(messages_of((SET, later))))
    (file,), (session,), (activity,) = (
        told["file_id_mesgs"],
        told["session_mesgs"],
        told["activity_mesgs"],
    )
    assert (file["type"], file["time_created"]) == ("activity", NOW)
    assert (session["sport"], session["sub_sport"]) == ("training", "strength_training")
    assert session["start_time"] == NOW
    assert session["total_elapsed_time"] == session["total_timer_time"] == 160.25
    assert activity["num_sessions"] == session["num_laps"] == len(told["lap_mesgs"]) == 1
    assert activity["local_timestamp"] - _fit_seconds(activity["timestamp"]) == 3600
    assert [event["event_type"] for event in told["event_mesgs"]] == ["start", "stop_all"]
    first, rest, second = told["set_mesgs"]
    assert [each["set_type"] for each in (first, rest, second)] == ["active", "rest", "active"]
    assert [each["message_index"] for each in (first, rest, second)] == [0, 1, 2]
    assert (first["repetitions"], second["repetitions"]) == (10, 9)
    assert (first["duration"], rest["duration"], second["duration"]) == (30.0, 90.0, 40.25)
    assert first["start_time"] == NOW
    assert first["timestamp"] == rest["start_time"] == NOW + MINUTE / 2
    assert rest["timestamp"] == second["start_time"] == NOW + 2 * MINUTE
    assert "repetitions" not in rest
    assert one(first["category"]) == "hip_raise"


def _fit_seconds(moment: datetime) -> int:
    return round((moment - datetime(1989, 12, 31, tzinfo=UTC)).total_seconds())


def test_what_is_not_known_is_left_out() -> None:
    tapped = replace(
        SET, start_s=None, end_s=None, auto_reps=None, confirmed_reps=None, exercise=None
    )
    (only,) = read(encode(messages_of((tapped,))))["set_mesgs"]
    assert "duration" not in only
    assert "repetitions" not in only
    assert one(only["category"]) == "unknown"
    again = replace(tapped, started_at=NOW + MINUTE)
    kinds = [each["set_type"] for each in read(encode(messages_of((tapped, again))))["set_mesgs"]]
    assert kinds == ["active", "active"]


def test_between_sets_without_a_pause_stands_no_rest() -> None:
    """Two sensors, or a set by hand: the next begins before the first is over."""
    next_at_once = replace(SET, started_at=NOW + MINUTE / 4)
    told = read(encode(messages_of((SET, next_at_once))))
    assert [each["set_type"] for each in told["set_mesgs"]] == ["active", "active"]
    assert told["session_mesgs"][0]["total_elapsed_time"] == 45.0


@pytest.mark.parametrize("name", EXERCISES)
def test_an_exercise_has_the_name_that_fit_has_for_it(name: str) -> None:
    """By the words of Garmin's profile."""
    category = Profile["types"]["exercise_category"][EXERCISES[name].category]
    subtype = Profile["types"][f"{category}_exercise_name"][EXERCISES[name].subtype]
    same = {
        "bridge": "hip_raise",
        "clam": "clams",
        "hamstring-stretch": "stretch_hamstring",
        "heel-raise": "standing_calf_raise",
        "side-leg-raise": "side_lying_leg_raise",
        "standing-side-raise": "standing_hip_abduction",
        "straight-leg-raise": "lying_straight_leg_raise",
    }
    assert subtype == same.get(name, name.replace("-", "_"))


def test_more_than_an_hour_without_a_set_begins_another_visit() -> None:
    """Counted from the end of a set; the order that sets are given in does not matter."""
    near = replace(SET, started_at=NOW + timedelta(minutes=60, seconds=30))
    far = replace(SET, started_at=near.started_at + timedelta(minutes=60, seconds=31))
    assert visits([far, near, SET]) == [(SET, near), (far,)]
    assert visits([]) == []


def test_what_does_not_fit_is_invalid_and_not_another_number() -> None:
    """A sensor whose clock was never set says 1970, which FIT cannot say."""
    early = replace(SET, started_at=datetime(1970, 1, 1, tzinfo=UTC), confirmed_reps=65535)
    (only,) = read(encode(messages_of((early,))))["set_mesgs"]
    assert "start_time" not in only
    assert "repetitions" not in only
    assert only["duration"] == 30.0


def test_the_checksum_is_the_one_that_is_agreed() -> None:
    """The check value of CRC-16/ARC."""
    assert crc(b"123456789") == 0xBB3D


def test_more_kinds_of_message_than_fit_has_are_refused() -> None:
    kinds = tuple(Message(number, (Field(0, Base.UINT8, 1),)) for number in range(17))
    encode(kinds[:16])
    with pytest.raises(ValueError, match="at most 16 kinds"):
        encode(kinds)


async def test_a_patients_visit_is_a_file(house: House, tmp_path: Path) -> None:
    await house.a_set_that_hurts(house.anna, "")
    out, data = tmp_path / "anna", house.settings.data_dir
    ran = await asyncio.to_thread(
        run, "export", house.anna.id, "--out", out, "--fit", "--data", data
    )
    assert ran.exit_code == 0, ran.output
    assert [path.name for path in out.iterdir()] == ["fit"]
    (file,) = (out / "fit").iterdir()
    assert file.name.startswith("2026-11-02-0830")
    told = read(file.read_bytes())
    (only,) = told["set_mesgs"]
    assert only["repetitions"] == COUNTED
    assert abs(only["start_time"] - STARTED_AT) < MINUTE
