"""Measuring time fairly: in turns, warmed up, repeated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter, sleep
from typing import Any

# Threads of one library spin for a while after their work, to the next one's cost.
_PAUSE = 0.3


def measure_seconds(
    work: Mapping[str, Callable[[], Any]],
    *,
    repeats: int,
    pause: float = _PAUSE,
    summary: Callable[[list[float]], float] = median,
) -> dict[str, float]:
    """Time of several pieces of work, each run in turn.

    Turns spread whatever else the machine does over all of them alike.

    Args:
        work: Name to function. Each runs once before anything is measured.
        repeats: Measured runs of each.
        pause: Seconds of rest before each run.
        summary: What is told of a piece's times: `min` where a peak is wanted.

    Returns:
        Name to seconds.
    """
    for function in work.values():
        function()
    times: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(repeats):
        for name, function in work.items():
            sleep(pause)
            start = perf_counter()
            function()
            times[name].append(perf_counter() - start)
    return {name: summary(each) for name, each in times.items()}
