"""Checkpoints: everything that a run needs in order to go on as if never stopped."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import ArgumentError, DamagedError, DivergedError, ResumeError
from srkit.training import determinism, settings, state, storage
from srkit.training.run import Run, RunCallback, sync

if TYPE_CHECKING:
    import keras


class Checkpoint(RunCallback):
    """Saves the run's whole state, and takes it up again when training begins.

    Saved are weights, optimisers (with their learning rates), averages, step, epoch,
    position in the data, best figure so far and the state of the random generators,
    in one file that is written beside and then renamed. The first is written before
    the first step, so that a folder that cannot be written shows at once.

    It stands last in the list: what the other callbacks do in an event is done when
    the state is saved, and whoever reads a resumed state does so from the first
    `on_epoch_begin` on.

    A run that is resumed within an epoch gets the rest of that epoch from data that
    keep a position (`srkit.data`). Weights, and Keras's metrics over that epoch, are
    those of the uninterrupted run. Other data begin the epoch again.

    Args:
        run: The run to save.
        every: Steps between two checkpoints.
        keep: How many of the newest to keep.
        extra: Settings beside the model's that a resumed run must share.
        exact: Refuse data that keep no position.

    Raises:
        ArgumentError: If `every` or `keep` is not positive.
    """

    def __init__(
        self,
        run: Run,
        *,
        every: int = 1000,
        keep: int = 2,
        extra: dict[str, Any] | None = None,
        exact: bool = False,
    ) -> None:
        super().__init__(run)
        if every < 1 or keep < 1:
            raise ArgumentError(
                "`every` and `keep` must be at least 1. "
                f"Received: every={every}, keep={keep}"
            )
        self.folder = run.directory / "checkpoints"
        self.every = every
        self.keep = keep
        self.extra = extra or {}
        self.exact = exact
        self.settings: dict[str, Any] = {}
        self._saved = -1
        self._quiet = contextlib.ExitStack()

    def on_train_begin(self, logs: Any = None) -> None:
        """Resumes from the newest checkpoint that is whole, or saves the first."""
        del logs
        self._prepare()
        storage.remove_leftovers(self.run.directory)
        storage.remove_leftovers(self.folder)
        if not self._resume():
            self.save()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Puts the data where the run is."""
        del epoch, logs
        self.model._initial_epoch = None  # a later `fit` starts on its own terms
        if self.position is not None:
            self.position.set(self.run.first_batch + self.run.step)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Saves when due, but leaves the end of an epoch to `on_epoch_end`."""
        del logs
        if self.ends_epoch(batch):
            return
        if self.run.interrupted or self.run.step - self._saved >= self.every:
            self.save()
        self._stop_if_asked()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Saves when due."""
        del epoch, logs
        self._quiet.close()
        if self.run.interrupted or self.run.step - self._saved >= self.every:
            self.save()
        self._stop_if_asked()

    def on_train_end(self, logs: Any = None) -> None:
        """Saves the last state, then leaves the averages in the network."""
        del logs
        self._quiet.close()
        self.model._initial_epoch = None
        if self._saved != self.run.step:
            self.save()
        if self.run.average:
            self.run.average.settle()

    def save(self) -> Path:
        """Writes a checkpoint of this step.

        Returns:
            Its path.

        Raises:
            DivergedError: If a weight is no longer a finite number.
            OutputError: If it cannot be written; older ones are intact.
        """
        arrays = state.gather(self.model)
        self._check_finite(arrays)
        for index, value in enumerate(self._averages()):
            arrays[f"average/{index:04d}"] = value
        facts = {
            **self.run.progress,
            "settings": self.settings,
            "random": determinism.random_state(),
        }
        path = self._path(self.run.step)
        storage.write_state(path, arrays, facts)
        self._saved = self.run.step
        paths = self._paths()
        newest = paths.index(path)  # any before it are of a future that was left
        for old in paths[:newest] + paths[newest + self.keep :]:
            old.unlink(missing_ok=True)
        return path

    def diverged(self, what: str) -> DivergedError:
        """Sets the model back to the newest checkpoint; gives the error to raise."""
        sync(self.model)
        if self._saved >= 0:
            arrays, _ = storage.read_state(self._path(self._saved))
            state.assign(self.model, arrays)
        return DivergedError(
            f"Loss and weights must be finite numbers: {what} at step {self.run.step}. "
            f"The last good state is in {self.folder} and in the model again. Start in "
            "another directory with a lower learning rate, a longer warm-up or clipped "
            "gradients (`clipnorm=1.0`)."
        )

    def _prepare(self) -> None:
        """Makes sure that all variables exist, and notes the settings they have."""
        if not self.model.built:
            raise ArgumentError(
                "The model must be built before `fit`, so that its weights can be "
                f"saved and resumed: call it on a batch. Received: {self.model.name!r}"
            )
        if self.exact and self.position is None:
            raise ArgumentError(
                "`deterministic` needs data that keep their position, such as "
                "srkit.data.pairs gives. Received: "
                f"{type(self.data).__name__} (pass it as `data` if it has one)"
            )
        with _strategy_scope(self.model):
            optimizer = getattr(self.model, "optimizer", None)
            if optimizer is not None and not optimizer.built:
                optimizer.build(self.model.trainable_variables)
        extra = {"data": getattr(self.data, "settings", None), **self.extra}
        self.settings = settings.describe(self.model, self.network, extra)

    def _resume(self) -> bool:
        damaged: DamagedError | None = None
        for path in self._paths():
            try:
                arrays, facts = storage.read_state(path)
            except DamagedError as error:
                damaged = error
                warnings.warn(str(error), stacklevel=2)
                continue
            if missing := {"settings", "random", *self.run.progress} - facts.keys():
                raise ResumeError(
                    f"Checkpoint {path} must be of this version of srkit. It lacks "
                    f"{', '.join(sorted(missing))}. Use another directory."
                )
            self._take_up(arrays, facts)
            return True
        if damaged is not None:
            raise damaged
        return False

    def _take_up(self, arrays: storage.Arrays, facts: dict[str, Any]) -> None:
        difference = settings.first_difference(facts["settings"], self.settings)
        if difference:
            raise ResumeError(
                f"{self.run.directory} holds a run with other settings: {difference}. "
                "Use the same ones to resume it, or another directory."
            )
        state.assign(self.model, arrays)
        self.run.progress = {name: facts[name] for name in self.run.progress}
        if self.run.average:
            names = sorted(name for name in arrays if name.startswith("average/"))
            self.run.average.values = [arrays[name] for name in names]
        determinism.set_random_state(facts["random"])
        self._saved = self.run.step
        self.run.metrics = {k: arrays[k] for k in arrays if k.startswith(state.METRICS)}
        self.run.midway = self.run.step % (self.epoch_length or 1) > 0
        self.model._initial_epoch = self.run.epoch
        if self.run.is_done:  # perhaps within an epoch that is not to be finished
            self.model._initial_epoch = self.params.get("epochs")
        # Keras expects whole epochs; the rest of one is no lack of data.
        self._quiet.enter_context(warnings.catch_warnings())
        warnings.filterwarnings("ignore", message="Your input ran out of data")

    def _averages(self) -> list[np.ndarray[Any, Any]]:
        return self.run.average.values if self.run.average else []

    def _check_finite(self, arrays: storage.Arrays) -> None:
        of_model = [v for k, v in arrays.items() if not k.startswith(state.METRICS)]
        bad = sum(not np.isfinite(array).all() for array in of_model)
        if bad:
            raise self.diverged(f"{bad} of {len(of_model)} arrays of the state are not")

    def _path(self, step: int) -> Path:
        return self.folder / f"step-{step:08d}.npz"

    def _paths(self) -> list[Path]:
        return sorted(self.folder.glob("step-*.npz"), reverse=True)

    def _stop_if_asked(self) -> None:
        if self.run.interrupted:
            raise KeyboardInterrupt


def _strategy_scope(model: keras.Model) -> contextlib.AbstractContextManager[Any]:
    strategy = getattr(model, "_distribute_strategy", None)
    return strategy.scope() if strategy is not None else contextlib.nullcontext()
