"""Reading ahead and writing behind: a computation that never waits for files."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any, TypeVar

T = TypeVar("T")

_AHEAD = 2
"""Items that are read before they are needed."""
_END: Any = object()


def in_stages(
    items: Iterable[T],
    *,
    read: Callable[[T], T],
    work: Callable[[T], T],
    write: Callable[[T], T],
    behind: Callable[[T], int],
    on_done: Callable[[T], None],
    at_once: int = 1,
) -> None:
    """Takes each item through three steps that overlap with those of its neighbours.

    Items stay in order. What a step raises ends everything: what is being written is
    finished, what waits is given up. So a Ctrl-C leaves nothing half-written.

    Args:
        items: What to go through; in the thread of the first step, too.
        read: The first step, in a thread of its own.
        work: The second step, in this thread; in as many as `at_once` if above 1.
        write: The third step, in a thread of its own.
        behind: How many items may wait to be written while this one is worked on.
        on_done: Called with each item after its last step, in this thread.
        at_once: How many items are worked on at the same time.
    """
    reader, worker, writer = (ThreadPoolExecutor(n) for n in (1, at_once, 1))
    waiting = iter(items)
    reads: deque[Future[T]] = deque()
    works: deque[Callable[[], T]] = deque()
    writes: deque[Future[T]] = deque()

    def read_next() -> T:
        item = next(waiting, _END)
        return item if item is _END else read(item)

    write_next = _until_it_fails(write)
    try:
        reads.extend(reader.submit(read_next) for _ in range(_AHEAD))
        while (item := reads.popleft().result()) is not _END:
            reads.append(reader.submit(read_next))
            while writes and (writes[0].done() or len(writes) > behind(item)):
                on_done(writes.popleft().result())
            # One at a time in this thread, so that a Ctrl-C stops it.
            many = at_once > 1
            step = worker.submit(work, item).result if many else partial(work, item)
            works.append(step)
            if len(works) == at_once:
                writes.append(writer.submit(write_next, works.popleft()()))
        while works:
            writes.append(writer.submit(write_next, works.popleft()()))
        for written in writes:
            on_done(written.result())
    finally:
        for pool in (reader, worker, writer):
            pool.shutdown(cancel_futures=True)


def _until_it_fails(step: Callable[[T], T]) -> Callable[[T], T]:
    """A step of one thread that does nothing any more once it has raised."""
    broken = False

    def taken(item: T) -> T:
        nonlocal broken
        if broken:  # what waited must not follow upon a hole
            return item
        broken = True
        item = step(item)
        broken = False
        return item

    return taken
