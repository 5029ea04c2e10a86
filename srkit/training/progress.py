"""One line on the terminal: how far, how fast, how good, how long still."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from typing import Any

import keras

from srkit.training.run import Run, RunCallback

_SHOWN = ("loss", "psnr", "val_loss", "val_psnr", "val_psnr_y", "val_psnr_y_bicubic")


class Progress(RunCallback, keras.callbacks.ProgbarLogger):
    """Shows progress in place, and leaves one line an epoch behind.

    It takes the place of Keras's own bar, and says nothing where the output is no
    terminal or `fit` is told `verbose=0`.

    Args:
        run: The run to show.
        interval: Seconds between two changes of the line.
    """

    def __init__(self, run: Run, *, interval: float = 0.2) -> None:
        super().__init__(run)
        self.interval = interval
        self._console: Any = None
        self._shown = self._started = 0.0
        self._first = run.step

    def set_params(self, params: dict[str, Any]) -> None:
        """Takes what `fit` was told."""
        keras.callbacks.Callback.set_params(self, params)

    def on_train_begin(self, logs: Any = None) -> None:
        """Finds out whether anybody looks."""
        del logs
        from rich.console import Console

        console = Console(file=sys.stderr)
        heard = self.params.get("verbose", 1) != 0
        self._console = console if console.is_terminal and heard else None
        self._started = 0.0

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Shows nothing yet."""

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Changes the line, a few times a second."""
        del batch
        now = time.monotonic()
        if not self._started:  # the first step is mostly tracing
            self._started, self._first = now, self.run.step
        if self._console and now - self._shown >= self.interval:
            self._shown = now
            self._console.print(self._line(logs or {}), end="\r")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Leaves the epoch's line."""
        del epoch
        if self._console:
            self._console.print(self._line(logs or {}))

    def on_test_begin(self, logs: Any = None) -> None:
        """Shows nothing: validation within `fit` is short."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Shows nothing."""

    def on_test_end(self, logs: Any = None) -> None:
        """Shows nothing."""

    def _line(self, logs: dict[str, float]) -> Any:
        from rich.progress_bar import ProgressBar
        from rich.table import Table

        total = self._total()
        speed = self._speed()
        figures = [f"{n} {logs[n]:.4g}" for n in _SHOWN if n in logs]
        seconds = (total - self.run.step) / speed if speed else 0.0
        bar = ProgressBar(total=total or None, completed=self.run.step, width=20)
        row = Table.grid(padding=(0, 2))
        row.add_row(
            f"epoch {min(self.run.epoch + 1, self.params['epochs'])}"
            f"/{self.params['epochs']}",
            bar,
            f"{self.run.step:,}/{total:,}",
            f"{speed:.3g} steps/s",
            *figures,
            f"{timedelta(seconds=round(seconds))} left" if total else "",
        )
        return row

    def _total(self) -> int:
        """Steps of the whole run, or 0 while an epoch's length is unknown."""
        total = self.params["epochs"] * (self.epoch_length or 0)
        return min(total, self.run.limit or total)

    def _speed(self) -> float:
        elapsed = time.monotonic() - self._started
        return (self.run.step - self._first) / elapsed if elapsed > 0 else 0.0
