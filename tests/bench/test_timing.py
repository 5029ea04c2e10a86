from __future__ import annotations

from time import sleep

from srkit.bench.timing import measure_seconds


def test_work_is_done_in_turns_and_warmed_up():
    order = []
    work = {name: (lambda name=name: order.append(name)) for name in "ab"}
    measure_seconds(work, repeats=3, pause=0)
    assert "".join(order) == "ab" * 4


def test_median_of_the_time():
    lengths = iter([0.0, 0.01, 0.2, 0.01])
    found = measure_seconds({"sleep": lambda: sleep(next(lengths))}, repeats=3, pause=0)
    assert 0.01 <= found["sleep"] < 0.1
