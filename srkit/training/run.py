"""What the callbacks of one training run share, and the one that counts its steps."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from srkit.engine import Engine, enlarge

if TYPE_CHECKING:
    from srkit.training.ema import MovingAverage
    from srkit.types import ByteImage


@dataclass(kw_only=True)
class Run:
    """A training run: where it is written, and how far it has come.

    The callbacks of one list hold the same `Run`. What a resumed run must know again
    is in `progress`; a checkpoint stores it.
    """

    directory: Path
    network: keras.Model | None = None
    """The part of the model that is averaged and kept; if None its generator, if it
    has one, or the model itself."""
    data: Any = None
    """What `fit` is given, if the model does not remember it (`SuperResolver` does)."""
    average: MovingAverage | None = None
    first_batch: int = 0
    """The batch of the data that step 0 takes; an epoch of theirs begins with it."""
    limit: int | None = None
    """Stop after so many steps, whatever the epochs."""
    step: int = 0
    """Batches trained, over all sessions."""
    epoch: int = 0
    """The epoch under way, or the next one between two."""
    seconds: float = 0.0
    """Time spent training, over all sessions."""
    best: dict[str, Any] = field(default_factory=dict)
    """Figure, value and step of the best weights so far."""
    protocol: str = ""
    """How `val_psnr_y` is measured."""
    engine: Engine | None = None
    """What runs the network over whole pictures, once it was needed."""
    midway: bool = False
    """Whether it was resumed within an epoch, of which only the rest is trained."""
    metrics: dict[str, Any] = field(default_factory=dict)
    """What Keras's metrics held when it was stopped, by `state.gather`."""
    interrupted: int = 0
    """A signal that asks the run to save and stop; 0 if none came."""

    @property
    def progress(self) -> dict[str, Any]:
        """How far the run has come, as JSON holds it."""
        names = ("step", "epoch", "seconds", "best")
        return {name: getattr(self, name) for name in names}

    @progress.setter
    def progress(self, values: dict[str, Any]) -> None:
        for name, value in values.items():
            setattr(self, name, value)

    @property
    def is_done(self) -> bool:
        """Whether it has come to its limit."""
        return self.limit is not None and self.step >= self.limit

    @contextlib.contextmanager
    def averaged(self) -> Iterator[None]:
        """Puts the averaged weights into the network for the length of a block."""
        with self.average.applied() if self.average else contextlib.nullcontext():
            yield


class RunCallback(keras.callbacks.Callback):
    """Base of the callbacks that share a `Run`."""

    def __init__(self, run: Run) -> None:
        super().__init__()
        self.run = run

    @property
    def network(self) -> keras.Model:
        """The part of the model that is averaged, measured and kept."""
        return self.run.network or getattr(self.model, "generator", self.model)

    @property
    def data(self) -> Any:
        """What the model is trained on, as far as it is known."""
        if self.run.data is not None:
            return self.run.data
        return getattr(self.model, "training_data", None)

    @property
    def position(self) -> Any:
        """The place in the data, with `get` and `set`; None if it keeps none."""
        return getattr(self.data, "position", None)

    @property
    def epoch_length(self) -> int | None:
        """Steps in a whole epoch, or None while that is unknown."""
        length = getattr(self.data, "steps_per_epoch", None)
        return length or self.params.get("steps")

    def ends_epoch(self, batch: int) -> bool:
        """Whether this batch is the last of its epoch, as far as can be known."""
        length = self.epoch_length
        done = self.run.step if self.position is not None else batch + 1
        return length is not None and done % length == 0

    def enlarge(self, lr: ByteImage) -> ByteImage:
        """Runs one picture, uint8 HWC, through the network as it is now.

        A gray one goes through a colour network as RGB, and comes back gray.
        """
        if self.run.engine is None:
            self.run.engine = Engine(self.network, live=True)
        return enlarge(self.run.engine, lr).astype(np.uint8, copy=False)


class StepCounter(RunCallback):
    """Counts steps and seconds, and stops the run at its limit.

    It stands first in the list: the others read `run.step` in the same event.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self._last_batch = -1
        self._clock = time.monotonic()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Counts batches anew."""
        del logs
        self.run.epoch = epoch
        self._last_batch = -1

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Starts the clock of the first step."""
        del logs
        if batch == 0:
            self._clock = time.monotonic()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Counts one batch, or several if one execution takes several."""
        del logs
        self.run.step += batch - self._last_batch
        self._last_batch = batch
        now = time.monotonic()
        self.run.seconds += now - self._clock
        self._clock = now
        if self.run.is_done:
            self.model.stop_training = True

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Moves on to the next epoch, unless the limit cut this one short."""
        del logs
        is_cut = self.run.is_done and not self.ends_epoch(self._last_batch)
        self.run.epoch = epoch if is_cut else epoch + 1


def sync(model: keras.Model) -> None:
    """Brings variables up to date: on JAX, `fit` keeps them outside for speed."""
    if hasattr(model, "jax_state_sync"):
        model.jax_state_sync()
