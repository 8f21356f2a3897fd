"""What a collector and the server say to each other around the chunks (docs/server.md)."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter

from server.live.live_set import Link
from server.live.set_commands import EXERCISE_NAME

MAX_TEXT_CHARS = 4096
"""Far above the longest sensible hello, far below what would hurt."""

Placement = Literal["thigh", "shank", "waist", "wrist", "ankle"]
Side = Literal["left", "right"]


class SensorName(BaseModel):
    """What the sensor calls itself."""

    model_config = ConfigDict(frozen=True)

    name: str = Field(min_length=1, max_length=200)
    kind: str = Field(min_length=1, max_length=64)
    serial: str | None = Field(default=None, max_length=200)


class Hello(BaseModel):
    """The first message: which recording this is. The same id again goes on with it."""

    model_config = ConfigDict(frozen=True)

    type: Literal["hello"]
    recording_id: UUID
    rate_hz: float = Field(gt=0, le=100_000, allow_inf_nan=False)
    device: SensorName
    placement: Placement | None = None
    side: Side | None = None
    exercise: str | None = Field(default=None, pattern=EXERCISE_NAME)
    started_at: AwareDatetime


class Status(BaseModel):
    """What the collector knows of the sensor and its link."""

    model_config = ConfigDict(frozen=True)

    type: Literal["status"]
    battery_pct: int | None = Field(default=None, ge=0, le=100)
    rssi_dbm: int | None = Field(default=None, ge=-200, le=100)
    link: Literal[Link.STREAMING, Link.LOST] = Link.STREAMING


class End(BaseModel):
    """The recording is complete. chunks: how many it has; None where the collector does not say."""

    model_config = ConfigDict(frozen=True)

    type: Literal["end"]
    chunks: int | None = Field(default=None, ge=0)


HELLO: TypeAdapter[Hello] = TypeAdapter(Hello)
LATER: TypeAdapter[Status | End] = TypeAdapter(Annotated[Status | End, Field(discriminator="type")])
