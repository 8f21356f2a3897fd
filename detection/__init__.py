"""From sample blocks to events: pure, streaming, the same offline and live."""

ALGORITHM_VERSION = "2026.11.5"
"""Stored beside every result. It changes whenever a result could change (see CHANGELOG,
"Scientific changes"), so that a retuned algorithm never looks like a patient's progress."""
