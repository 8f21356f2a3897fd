"""`steadyrep simulate --sensor`: the whole way of a collector, with a sensor that is none."""

import math
import sys
from pathlib import Path

import pytest
import typer

from sensors.recording import read_recording
from server.collect.collecting import Wish
from server.commands.exercise_option import known_exercise
from server.commands.simulate import collected, exercised


async def test_what_the_limb_does_is_heard_counted_and_written(tmp_path: Path) -> None:
    bridge = known_exercise("bridge")
    limb = exercised(bridge, 3, 1, 5.0, 0.0, 50.0, 1)
    out = tmp_path / "bridge.csv"
    wish = Wish(seconds=limb.duration_s, out=out, placement="thigh", exercise=bridge)
    (seen,) = await collected(limb, wish, speed=math.inf)
    assert seen.done is not None
    assert seen.done.problem is None
    assert seen.done.counts == (3,)
    written = read_recording(out)
    assert written.duration_s >= limb.duration_s
    assert written.info.device == "Steadyrep virtual 1"


async def test_what_is_missing_for_it_is_said(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "sensors.virtual.board", None)
    limb = exercised(known_exercise("bridge"), 1, 1, 5.0, 0.0, 50.0, 1)
    with pytest.raises(typer.Exit):
        await collected(limb, Wish(exercise=known_exercise("bridge")))
    assert "pip install 'steadyrep[virtual]'" in capsys.readouterr().err
