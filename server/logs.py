"""The server's log: one line an event, as words or as JSON; never anybody's health.

What is logged names recordings and sets by their ids, errors by their type, and nobody. Access is
not logged at all: addresses name patients.
"""

import json
import logging
import sys
from datetime import UTC, datetime
from enum import StrEnum


class LogFormat(StrEnum):
    """How a line is written."""

    WORDS = "words"
    JSON = "json"


class JsonLines(logging.Formatter):
    """A line of JSON for each record: at, level, source, said."""

    def format(self, record: logging.LogRecord) -> str:
        """The record; an exception by its type and place, without its text."""
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "source": record.name,
            "said": record.getMessage(),
        }
        if record.exc_info and record.exc_info[0] is not None:
            line["error"] = record.exc_info[0].__name__
            line["place"] = _place(record)
        return json.dumps(line, ensure_ascii=False)


def _place(record: logging.LogRecord) -> str:
    trace = record.exc_info[2] if record.exc_info else None
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f"{trace.tb_frame.f_globals.get('__name__', '')}:{trace.tb_lineno}"


def set_up(wanted: LogFormat) -> None:
    """Write the log to standard error in this format; as words is what Python does anyway."""
    if wanted is LogFormat.WORDS:
        return
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
