"""Reading ahead and writing behind."""

from __future__ import annotations

import threading
import time

import pytest

from srkit.inference.stages import in_stages


def run(items, *, read=None, work=None, write=None, behind=1):
    def same(item):
        return item

    done = []
    in_stages(
        items,
        read=read or same,
        work=work or same,
        write=write or same,
        behind=lambda item: behind,
        on_done=done.append,
    )
    return done


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7])
def test_every_item_takes_every_step_in_order(count):
    def add(name):
        return lambda item: [*item, name]

    items = ([index] for index in range(count))
    done = run(items, read=add("read"), work=add("work"), write=add("write"))
    assert done == [[index, "read", "work", "write"] for index in range(count)]


def test_steps_overlap():
    """Each step waits until both others are at work too: in turn they never would."""
    meeting = threading.Barrier(3, timeout=5)

    def meet(at):
        def step(item):
            if item + at == 3:
                meeting.wait()
            return item

        return step

    assert run(range(4), read=meet(1), work=meet(2), write=meet(3)) == [0, 1, 2, 3]


@pytest.mark.parametrize("behind", [0, 1, 2])
def test_no_more_than_allowed_waits_to_be_written(behind):
    worked, written, most = [], [], [0]

    def work(item):
        most[0] = max(most[0], len(worked) - len(written))
        worked.append(item)
        return item

    def write(item):
        time.sleep(0.01)
        written.append(item)
        return item

    assert run(range(8), work=work, write=write, behind=behind) == list(range(8))
    assert most[0] <= behind


def test_what_is_raised_ends_all_but_the_write_under_way():
    writing, written = threading.Event(), []

    def write(item):
        writing.set()
        time.sleep(0.05)
        written.append(item)
        return item

    def work(item):
        if item == 1:
            writing.wait()
            raise KeyboardInterrupt
        return item

    with pytest.raises(KeyboardInterrupt):
        run(range(9), work=work, write=write)
    assert written == [0]


def test_nothing_is_written_behind_what_could_not_be():
    written = []

    def write(item):
        time.sleep(0.01)
        if item == 2:
            raise OSError
        written.append(item)
        return item

    with pytest.raises(OSError, match=r"^$"):
        run(range(9), write=write, behind=4)
    assert written == [0, 1]
