"""An archive looked at again by the algorithm of today, beside what was found at the time."""
