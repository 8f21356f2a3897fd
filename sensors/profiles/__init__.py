"""The device families that the program knows: one row each."""

from sensors.profiles.open_profile import OPEN
from sensors.profiles.polar import POLAR
from sensors.profiles.profile import Profile, Streaming

__all__ = ["OPEN", "POLAR", "PROFILES", "Profile", "Streaming"]

PROFILES = (POLAR, OPEN)
