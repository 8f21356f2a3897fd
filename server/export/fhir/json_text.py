"""FHIR resources as JSON text: names in FHIR's spelling, nothing empty.

https://hl7.org/fhir/R4B/json.html: an element without a value is left out, and so is an empty list.
"""

import json
from dataclasses import fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from server.export.fhir.resources import Bundle

DIGITS = 6
"""Of a number, as in the tables."""


def json_text(bundle: Bundle) -> str:
    """The Bundle as a JSON document."""
    return json.dumps(_plain(bundle), ensure_ascii=False, indent=1, allow_nan=False) + "\n"


def _plain(value: object) -> object:
    if is_dataclass(value):
        named = {_spelled(each.name): _plain(getattr(value, each.name)) for each in fields(value)}
        return {name: each for name, each in named.items() if each not in (None, [])}
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds")
    if isinstance(value, StrEnum | UUID):
        return str(value)
    if isinstance(value, float):
        return float(f"{value:.{DIGITS}g}")
    return value


def _spelled(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
