"""Sensors that are collected at the same time: a session each, begun, shown and ended together.

They share the radio. One that ends before its time leaves the others alone; `stop` is for all.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sensors.ble import BleParams
from sensors.ble_discovery import Radio
from server.collect.collecting import Collected, Collector, Pace, Snapshot, Wish


@dataclass(frozen=True, slots=True)
class Seen:
    """One of the sessions. label: which, where there are several. done: what it brought, once it
    is over."""

    label: str | None
    snapshot: Snapshot
    done: Collected | None = None


class Together:
    """The sessions of one run of `steadyrep collect`; at least one."""

    def __init__(
        self,
        wishes: Sequence[Wish],
        *,
        radio: Radio | None = None,
        params: BleParams | None = None,
        pace: Pace | None = None,
    ) -> None:
        first = Collector(wishes[0], radio=radio, params=params, pace=pace)
        others = [Collector(each, params=params, pace=pace, beside=first) for each in wishes[1:]]
        labels = [label_of(each) if others else None for each in wishes]
        self._labelled = list(zip(labels, (first, *others), strict=True))
        self._seen: list[Seen] = []

    def stop(self) -> None:
        """End all sessions as soon as it can be done in good order."""
        for _, collector in self._labelled:
            collector.stop()

    async def run(self, show: Callable[[Sequence[Seen]], None]) -> list[Seen]:
        """Collect until every session has ended; `show` is given all of them at each look."""
        self._seen = [Seen(label, one.snapshot()) for label, one in self._labelled]
        async with asyncio.TaskGroup() as tasks:
            for number in range(len(self._seen)):
                tasks.create_task(self._run(number, show))
        return self._seen

    async def _run(self, number: int, show: Callable[[Sequence[Seen]], None]) -> None:
        label, collector = self._labelled[number]

        def note(snapshot: Snapshot) -> None:
            self._seen[number] = Seen(label, snapshot)
            show(self._seen)

        done = await collector.run(note)
        self._seen[number] = Seen(label, collector.snapshot(), done)
        show(self._seen)


def label_of(wish: Wish) -> str:
    """What to call one of several sensors: where it is worn, or its name."""
    worn = " ".join(word for word in (wish.side, wish.placement) if word)
    return worn or wish.device or "any sensor"
