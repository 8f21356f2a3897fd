"""What holds for all tests: no example fails for having taken long, however busy the machine."""

from hypothesis import settings

settings.register_profile("patient", deadline=None)
settings.load_profile("patient")
