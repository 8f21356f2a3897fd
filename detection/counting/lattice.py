"""The durations that are looked for, and the moments at which each is looked at.

Time goes in hops of 0.08 s, eight hops a tile. There are six durations an octave; those of the
shortest octave are looked at at every hop, of the next at every second, and so on up to once a
tile: a duration is looked at about every tenth of its length. A moment at which an octave is
looked at is a point; a point and a duration are a place. All tiles have the same places, so every
table is made once.
"""

from dataclasses import dataclass

import numpy as np

from detection.counting.resampling import GRID_RATE_HZ
from detection.counting.shapes import BoolArray, IntArray
from sensors.samples import FloatArray

HOP_SAMPLES = 2
HOP_S = HOP_SAMPLES / GRID_RATE_HZ
TILE_HOPS = 8
"""The shortest duration: places of one tile never depend on each other."""
TILE_SAMPLES = TILE_HOPS * HOP_SAMPLES
TILE_S = TILE_HOPS * HOP_S
STEPS: IntArray = np.array([8, 9, 10, 11, 13, 14])
"""Durations of an octave in its own steps: neighbours differ by 8 to 18 %, on average by 12 %."""
OCTAVES = 6
"""Enough for the longest duration: 8 hops doubled five times are 20 s, and on to 36 s."""
NEIGHBOURS = 4
"""Durations on each side that the cycle before may have: up to 1.6 times shorter or longer."""
BESIDE = 2 * NEIGHBOURS + 1


@dataclass(frozen=True, slots=True)
class CycleParams:
    """The repetitions that are looked for.

    shortest_s, longest_s: durations considered; recordings of physiotherapy and gym sets hold
        repetitions of 0.9 to 22 s.
    """

    shortest_s: float = 0.64
    longest_s: float = 24.0


class Lattice:
    """The places of a tile, p of them, and which durations may come before each, j of them.

    point_hop, point_octave: of each point, in the order of time. hop, octave, step, duration: of
    each place; hop counts from 1 within the tile, duration in hops. is_considered: (p,).
    before_octave, before_step, before_duration, may_follow: (p, j).
    """

    def __init__(self, params: CycleParams) -> None:
        self.steps_a_tile: IntArray = np.maximum(1, TILE_HOPS >> np.arange(OCTAVES))
        self.step_hops: IntArray = TILE_HOPS // self.steps_a_tile
        points = sorted(
            (hop, octave)
            for octave in range(OCTAVES)
            for hop in range(self.step_hops[octave], TILE_HOPS + 1, self.step_hops[octave])
        )
        self.point_hop: IntArray = np.array([hop for hop, _ in points])
        self.point_octave: IntArray = np.array([octave for _, octave in points])
        self.point_of = {point: index for index, point in enumerate(points)}
        durations = STEPS << np.arange(OCTAVES)[:, None]
        longest, shortest = params.longest_s / HOP_S, params.shortest_s / HOP_S
        is_considered = (durations >= shortest - 1e-9) & (durations <= longest + 1e-9)
        self.longest = int(durations[is_considered].max())
        self.octave = np.repeat(self.point_octave, len(STEPS))
        self.hop = np.repeat(self.point_hop, len(STEPS))
        self.step: IntArray = np.tile(np.arange(len(STEPS)), len(points))
        self.duration: IntArray = durations[self.octave, self.step]
        self.is_considered: BoolArray = is_considered[self.octave, self.step]
        self._find_neighbours(durations, is_considered)

    def __len__(self) -> int:
        return len(self.hop)

    def _find_neighbours(self, durations: IntArray, is_considered: BoolArray) -> None:
        index = self.octave * len(STEPS) + self.step
        beside = index[:, None] + np.arange(-NEIGHBOURS, NEIGHBOURS + 1)
        exists = (beside >= 0) & (beside < durations.size)
        beside = np.clip(beside, 0, durations.size - 1)
        self.before_octave: IntArray = beside // len(STEPS)
        self.before_step: IntArray = beside % len(STEPS)
        self.before_duration: IntArray = durations.ravel()[beside]
        self.may_follow: BoolArray = (
            exists & is_considered.ravel()[beside] & self.is_considered[:, None]
        )

    @property
    def log_ratio(self) -> FloatArray:
        """(p, j) log of each duration over that of the one before."""
        return np.asarray(np.log(self.duration[:, None] / self.before_duration))

    def step_before(self, hop: IntArray, octave: IntArray) -> IntArray:
        """Of these octaves, the last step at or before these hops, counted from the tile's start.

        Step 1 is the first in the tile, step 0 the last before it.
        """
        return np.asarray(np.floor_divide(hop, self.step_hops[octave]))

    def place_at(self, hop: int, octave: int, step: int) -> tuple[int, int]:
        """(tile, place) of the last look at a duration at or before a hop of the stream, from 1."""
        looked = hop - hop % int(self.step_hops[octave])
        tile = (looked - 1) // TILE_HOPS
        point = self.point_of[looked - tile * TILE_HOPS, octave]
        return tile, point * len(STEPS) + step


class Rows:
    """Where what is known of the places of the last tiles is kept, so that look-ups are additions.

    Each octave has its own region with as many steps as later cycles look back to, and room for
    more; when the room is used up, all regions move back to their beginnings.
    """

    def __init__(self, lattice: Lattice, room_tiles: int) -> None:
        self._room_tiles = room_tiles
        self._tile = 0
        steps, durations = lattice.steps_a_tile, len(STEPS)
        first_hop = lattice.hop[:, None] - lattice.duration[:, None]
        first = lattice.step_before(first_hop, lattice.before_octave)
        second = lattice.step_before(first_hop - lattice.before_duration, lattice.before_octave)
        depth = np.ones(OCTAVES, np.int64)
        back = np.where(lattice.may_follow, 1 - second, 0)
        np.maximum.at(depth, lattice.before_octave, back)
        self._kept = depth * durations
        self._advance = steps * durations
        size = self._kept + room_tiles * self._advance
        self._begin = np.concatenate(([0], np.cumsum(size)[:-1]))
        self._count = int(size.sum())
        origin = self._begin + self._kept - durations
        own = lattice.step_before(lattice.hop, lattice.octave)
        self._own = origin[lattice.octave] + own * durations + lattice.step
        self._own_moves = self._advance[lattice.octave]
        self._first, self._second = (
            np.where(
                lattice.may_follow,
                origin[lattice.before_octave] + each * durations + lattice.before_step,
                self._begin[lattice.before_octave],
            )
            for each in (first, second)
        )
        self._moves = self._advance[lattice.before_octave]
        self._arrays: list[np.ndarray] = []

    def kept(self, array: np.ndarray) -> np.ndarray:
        """Keep an array with `self.count` rows in step with the others."""
        self._arrays.append(array)
        return array

    @property
    def count(self) -> int:
        """Rows an array must have."""
        return self._count

    def make_room(self, tiles: int) -> None:
        """Make sure that so many more tiles have their rows."""
        if self._tile + tiles <= self._room_tiles:
            return
        for begin, kept, moved in zip(
            self._begin, self._kept, self._advance * self._tile, strict=True
        ):
            for array in self._arrays:
                array[begin : begin + kept] = array[begin + moved : begin + moved + kept].copy()
        self._tile = 0

    def take(self, tiles: int) -> tuple[IntArray, IntArray, IntArray]:
        """Rows of the next tiles: own (b, p), of the first and second cycle before (b, p, j)."""
        tile = self._tile + np.arange(tiles)
        self._tile += tiles
        own = self._own + tile[:, None] * self._own_moves
        moved = tile[:, None, None] * self._moves
        return own, self._first + moved, self._second + moved
