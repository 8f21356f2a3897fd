"""The page of a set tells in which phase of the repetitions the limb shakes."""

import re

import pytest

from detection.events import TremorStatus
from detection.tremor.phases import PhaseShaking, RepPhase, SetShaking, ShakingCourse
from sensors.synthetic import (
    ORDINARY,
    LimbParams,
    SensorParams,
    SetScript,
    TremorScript,
    synthesize,
)
from sensors.synthetic.truth import Phase
from server.views.set_view import course_words
from server.words import load_words
from tests.server.house import House, blocks_of

SLOW = SetScript(reps=6, concentric_s=2.0, hold_s=2.0, eccentric_s=2.0, rest_s=2.0, jitter=0.05)
BENT = LimbParams(rest_up=(0.7, 0.7, 0.1))


async def page_of_a_set(house: House, rate_hz: float) -> str:
    tremor = TremorScript(8.0, 0.5, phases=(Phase.HOLD,))
    made = synthesize(SLOW, BENT, SensorParams(rate_hz=rate_hz), tremor, 1, ORDINARY).recording
    async with house.collector(rate_hz=rate_hz) as sender:
        await sender.chunks(blocks_of(made))
        await sender.end()
    await house.settle()
    (one,) = await house.sets_of_anna()
    browser = await house.client(house.eva)
    return (await browser.get(f"/sets/{one['id']}")).text


async def test_the_hold_shakes_and_the_rest_does_not(house: House) -> None:
    page = await page_of_a_set(house, 100.0)
    told = page[page.index("Shaking by phase") : page.index("Each repetition")]
    hold = told[told.index("<dt>Hold</dt>") :]
    assert "m/s² at " in hold[: hold.index("<dt>Lower</dt>")]
    rest = told[told.index("<dt>Rest between</dt>") :]
    assert "None measured" in rest
    assert "by no more than chance explains" in told
    assert re.search(r"between 0\.\d\d and 0\.\d\d, 19 times in 20", page)


async def test_the_frequencies_are_drawn_over_the_set(house: House) -> None:
    page = await page_of_a_set(house, 100.0)
    drawn = page[page.index("What moves at which frequency") : page.index("Shaking by phase")]
    assert 'class="heat heat--5"' in drawn
    assert drawn.count('class="counted counted--thin"') == 6


async def test_a_sensor_that_is_too_slow_has_no_frequencies(house: House) -> None:
    assert "What moves at which frequency" not in await page_of_a_set(house, 25.0)


async def test_a_sensor_that_is_too_slow_has_no_phases(house: House) -> None:
    assert "Shaking by phase" not in await page_of_a_set(house, 25.0)


@pytest.mark.parametrize(
    ("slope", "low", "high", "said"),
    [
        (0.1, 0.05, 0.15, "it rose by 26 % (between 12 and 41 %)"),
        (-0.1, -0.15, -0.05, "it fell by 21 % (between 11 and 29 %)"),
        (0.1, -0.05, 0.2, "it changed by no more than chance explains"),
    ],
)
def test_a_change_over_the_set_is_only_told_where_it_is_no_chance(
    slope: float, low: float, high: float, said: str
) -> None:
    hold = PhaseShaking(RepPhase.HOLD, TremorStatus.TREMOR, "", 0.5, 8.0, 9.0)
    shaking = SetShaking((hold,), ShakingCourse((0.5, 0.6), slope, low, high))
    assert said in (course_words(shaking, load_words()) or "")
