"""What a patient can tell the program during a set: the same words in the API and the archive."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter

MAX_TARGET_REPS = 200
"""Beyond any prescription; a larger number is a slip of the finger."""
EXERCISE_NAME = r"^[a-z][a-z0-9-]{0,63}$"


class EndReason(StrEnum):
    """Why a set ended; `detected`: the movement ended and nobody said anything."""

    DONE = "done"
    PAIN = "pain"
    TIRED = "tired"
    OTHER = "other"
    SENSOR_LOST = "sensor_lost"
    DETECTED = "detected"


class StartSet(BaseModel):
    """Begin a set now: what was counted before does not belong to it."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        json_schema_extra={
            "examples": [{"action": "start", "exercise": "bridge", "target_reps": 10}]
        },
    )

    action: Literal["start"] = "start"
    exercise: str | None = Field(default=None, pattern=EXERCISE_NAME, examples=["bridge"])
    target_reps: int | None = Field(default=None, ge=1, le=MAX_TARGET_REPS)


class StopSet(BaseModel):
    """End the set and keep what was done."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    action: Literal["stop"] = "stop"
    reason: Literal["done", "pain", "tired", "other", "sensor_lost"] = "done"


def _whole_number(value: object) -> object:
    """Literals compare with ==, to which True and 1.0 are 1 as well."""
    if type(value) is not int:
        raise ValueError("must be 1 or -1")
    return value


class AdjustCount(BaseModel):
    """One more or one less than was counted, during the set or after it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    action: Literal["adjust"] = "adjust"
    by: Annotated[Literal[1, -1], BeforeValidator(_whole_number)]


SetCommand = Annotated[StartSet | StopSet | AdjustCount, Field(discriminator="action")]
SET_COMMAND: TypeAdapter[StartSet | StopSet | AdjustCount] = TypeAdapter(SetCommand)
