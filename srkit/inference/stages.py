"""Reading ahead and writing behind: a computation that never waits for files."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_AHEAD = 2
"""Items that are read before they are needed."""


def in_stages(
    items: Iterable[T],
    *,
    read: Callable[[T], T],
    work: Callable[[T], T],
    write: Callable[[T], T],
    behind: Callable[[T], int],
    on_done: Callable[[T], None],
) -> None:
    """Takes each item through three steps that overlap with those of its neighbours.

    Items stay in order. What a step raises ends everything: what is being written is
    finished, what waits is given up. So a Ctrl-C leaves nothing half-written.

    Args:
        items: What to go through.
        read: The first step, in a thread of its own.
        work: The second step, in this thread.
        write: The third step, in a thread of its own.
        behind: How many items may wait to be written while this one is worked on.
        on_done: Called with each item after its last step, in this thread.
    """
    reader, writer = ThreadPoolExecutor(1), ThreadPoolExecutor(1)
    waiting = iter(items)
    reads: deque[Future[T]] = deque()
    writes: deque[Future[T]] = deque()

    def read_ahead() -> None:
        for item in waiting:
            reads.append(reader.submit(read, item))
            if len(reads) == _AHEAD:
                return

    try:
        read_ahead()
        while reads:
            item = reads.popleft().result()
            read_ahead()
            while writes and (writes[0].done() or len(writes) > behind(item)):
                on_done(writes.popleft().result())
            writes.append(writer.submit(write, work(item)))
        for written in writes:
            on_done(written.result())
    finally:
        for pool in (reader, writer):
            pool.shutdown(cancel_futures=True)
