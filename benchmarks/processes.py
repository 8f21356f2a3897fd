"""Whole processes: how long they take and how much memory they take at most."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks.options import ONE_THREAD

COMMAND = Path(sys.executable).with_name("steadyrep")

_LAUNCHER = """
import json, resource, subprocess, sys, time
begin = time.perf_counter()
done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)
spent = time.perf_counter() - begin
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(json.dumps([done.returncode, spent, used.ru_utime + used.ru_stime, used.ru_maxrss]))
"""
"""A process of its own: a child's peak starts at its parent's size, and this one is small."""
RSS_BYTES = 1 if sys.platform == "darwin" else 1024
"""Unit of ru_maxrss: bytes on macOS, KiB on Linux."""


@dataclass(frozen=True, slots=True)
class Run:
    """What one process took: seconds from start to end, of the processor, and peak memory."""

    wall_s: float
    processor_s: float
    peak_bytes: int


def run(*command: str) -> Run:
    """Run a command to its end, with as many threads as it likes.

    Raises RuntimeError if it fails.
    """
    env = {name: value for name, value in os.environ.items() if name not in ONE_THREAD}
    launched = subprocess.run(
        [sys.executable, "-S", "-c", _LAUNCHER, *command],
        capture_output=True,
        text=True,
        env=env,
        check=True,
    )
    code, wall_s, processor_s, peak = json.loads(launched.stdout)
    if code:
        raise RuntimeError(f"{' '.join(command)} failed with {code}: {launched.stderr[-2000:]}")
    return Run(wall_s, processor_s, peak * RSS_BYTES)
