"""One session with a sensor: listening, counting, keeping, sending."""
