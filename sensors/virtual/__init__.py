"""Bluetooth without a radio: an adapter and a sensor in memory, for tests and for trying things."""
