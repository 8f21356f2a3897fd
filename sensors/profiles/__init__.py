"""The device families that the program knows: one row each."""

from sensors.profiles.dot import DOT
from sensors.profiles.metamotion import METAMOTION
from sensors.profiles.movesense import MOVESENSE
from sensors.profiles.open_profile import OPEN
from sensors.profiles.plain import PLAIN
from sensors.profiles.polar import POLAR
from sensors.profiles.profile import Profile, Setting, Streaming

__all__ = [
    "DOT",
    "METAMOTION",
    "MOVESENSE",
    "OPEN",
    "PLAIN",
    "POLAR",
    "PROFILES",
    "Profile",
    "Setting",
    "Streaming",
]

PROFILES = (POLAR, MOVESENSE, METAMOTION, DOT, OPEN, *PLAIN)
