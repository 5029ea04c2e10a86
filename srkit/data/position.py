"""How far training data were read, so that a run can be taken up again."""

from __future__ import annotations


class Position:
    """Where the next pass over training data begins, in batches since the very first.

    A pass ends with its epoch, that is at the next multiple of `steps_per_epoch`, and
    the position moves on once its last batch was handed out. Where batches are
    fetched ahead (onto the devices of a `tf.distribute` strategy) that is a few
    batches early.

    Args:
        steps_per_epoch: Batches in an epoch.
    """

    def __init__(self, steps_per_epoch: int) -> None:
        self.steps_per_epoch = steps_per_epoch
        self._start = 0

    def get(self) -> int:
        """Returns the number of the batch with which the next pass begins."""
        return self._start

    def set(self, step: int) -> None:
        """Lets the next pass begin with batch `step`, if need be within an epoch."""
        self._start = int(step)

    @property
    def end(self) -> int:
        """The batch with which the epoch after this pass begins."""
        return (self._start // self.steps_per_epoch + 1) * self.steps_per_epoch

    def all_but_last(self) -> tuple[int, int]:
        """The numbers of the batches of this pass but the last, as a range."""
        return self._start, self.end - 1

    def last(self) -> tuple[int, int]:
        """The number of the last batch of this pass, as a range."""
        return self.end - 1, self.end

    def pass_ended(self) -> None:
        """Moves on to the next epoch."""
        self._start = self.end
