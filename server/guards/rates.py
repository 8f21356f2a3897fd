"""How often somebody may ask: a bucket each, that empties with every request and fills with time.

People and devices are known by who they are; strangers, and whoever tries a one-time link, by the
address that they ask from. Far above what pages and collectors do, far below what would tire the
server; secrets here have 256 bits, so guessing is hopeless at any rate.
"""

import math
from collections import OrderedDict
from dataclasses import dataclass

MOST_BUCKETS = 10_000
"""Two megabytes; the one that was asked for longest ago is forgotten first, and is full again."""


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests at once, and so many more a minute."""

    burst: int
    per_minute: float


ENTERING = Rate(30, 30)
"""One-time links from one address: a clinic's front desk lets in thirty people a minute."""
STRANGERS = Rate(300, 120)
"""Requests of nobody known, from one address: a page and its files, for a waiting room."""
KNOWN = Rate(600, 600)
"""Requests of one person or device: ten a second; a page asks once in some seconds."""


class Rates:
    """Buckets by who asks."""

    def __init__(self) -> None:
        self._buckets: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def wait_s(self, key: object, rate: Rate, now_s: float) -> float:
        """Take one from the key's bucket; seconds until there is one again, 0 if there was."""
        left, since_s = self._buckets.pop(key, (float(rate.burst), now_s))
        left = min(rate.burst, left + (now_s - since_s) * rate.per_minute / 60)
        is_there = left >= 1
        self._buckets[key] = (left - 1 if is_there else left, now_s)
        if len(self._buckets) > MOST_BUCKETS:
            self._buckets.popitem(last=False)
        return 0.0 if is_there else math.ceil((1 - left) * 60 / rate.per_minute)
