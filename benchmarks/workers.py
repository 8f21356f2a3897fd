"""Work shared among processes, both cores busy."""

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TypeVar

from benchmarks.progress import Step

WORKERS = 2
Task = TypeVar("Task")
Result = TypeVar("Result")


def workers() -> ProcessPoolExecutor:
    """Return fresh processes: the progress bar is a thread, and a process with threads must not be
    forked."""
    return ProcessPoolExecutor(WORKERS, mp_context=get_context("spawn"))


def each_done(
    pool: ProcessPoolExecutor,
    work: Callable[[Task], Result],
    tasks: Sequence[Task],
    step: Step,
) -> list[Result]:
    """Return the result of each task, in their order; a step for each that is done."""
    results = []
    for result in pool.map(work, tasks):
        results.append(result)
        step()
    return results
