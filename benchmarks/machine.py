"""On what the figures were measured; they mean nothing without it."""

import os
import platform
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Machine:
    """Processor, system and the versions that speed depends on."""

    processor: str
    cores: int
    system: str
    python: str
    numpy: str
    scipy: str


def this_machine() -> Machine:
    """Describe where this runs, without the machine's name."""
    return Machine(
        processor=_processor(),
        cores=os.cpu_count() or 1,
        system=f"{platform.system()} {platform.machine()}",
        python=f"{platform.python_implementation()} {platform.python_version()}",
        numpy=version("numpy"),
        scipy=version("scipy"),
    )


def _processor() -> str:
    """The processor's name: Linux keeps it in a file, other systems tell it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.is_file():
        for line in cpuinfo.read_text(encoding="utf-8").splitlines():
            key, _, value = line.partition(":")
            if key.strip() == "model name":
                return value.strip()
    return platform.processor() or platform.machine()
