"""Work done by several processes at once."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import get_context
from typing import TypeVar

from benchmarks.progress import Step

WORKERS = 2
Task = TypeVar("Task")
Result = TypeVar("Result")


@contextmanager
def workers() -> Iterator[ProcessPoolExecutor]:
    """A pool of processes; spawned, for a progress bar is a thread, and threads do not fork."""
    with ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn")) as pool:
        yield pool


def results(
    pool: ProcessPoolExecutor,
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    step: Step,
) -> list[Result]:
    """Return the result of each task, in order; `step` is called after each."""
    done = []
    for result in pool.map(work, tasks):
        done.append(result)
        step()
    return done
