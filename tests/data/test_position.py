"""Where the next pass over training data begins."""

import pytest

from srkit.data.position import Position


@pytest.mark.parametrize(
    ("start", "end"), [(0, 8), (3, 8), (7, 8), (8, 16), (15, 16), (16, 24)]
)
def test_a_pass_ends_with_its_epoch(start, end):
    position = Position(8)
    position.set(start)
    assert position.end == end
    batches = [*range(*position.all_but_last()), *range(*position.last())]
    assert batches == list(range(start, end))
    position.pass_ended()
    assert position.get() == end


def test_a_look_at_the_batches_moves_nothing():
    position = Position(4)
    assert (position.all_but_last(), position.last()) == ((0, 3), (3, 4))
    assert position.get() == 0
