"""Detected against annotated: `sets` and their counts, what a `live` listener is told, `tremor`."""
