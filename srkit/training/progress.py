"""One line on the terminal: how far, how fast, how good, how long still."""

from __future__ import annotations

import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import keras

from srkit.training.run import Run, RunCallback

if TYPE_CHECKING:
    from rich.text import Text

_BAR = 20
_SHOWN = ("loss", "psnr", "val_loss", "val_psnr", "val_psnr_y", "val_psnr_y_bicubic")


class Progress(RunCallback, keras.callbacks.ProgbarLogger):
    """Shows progress in place, and leaves one line an epoch behind.

    It takes the place of Keras's own bar, and says where a resumed run goes on. Where
    the output is no terminal only the lines of whole epochs are written; with
    `verbose=0` in `fit` nothing is.

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
        self._opened = False

    def set_params(self, params: dict[str, Any]) -> None:
        """Takes what `fit` was told."""
        keras.callbacks.Callback.set_params(self, params)

    def on_train_begin(self, logs: Any = None) -> None:
        """Finds out where to write."""
        del logs
        from rich.console import Console

        console = Console(file=sys.stderr)
        self._console = console if self.params.get("verbose", 1) != 0 else None
        self._started = 0.0
        self._opened = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Says where a resumed run goes on."""
        del epoch, logs
        if self._console and self.run.step and not self._opened:
            self._console.print(
                f"goes on after step {self.run.step:,}", highlight=False
            )
        self._opened = True

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Changes the line, a few times a second."""
        del batch
        now = time.monotonic()
        if not self._started:  # the first step is mostly tracing
            self._started, self._first = now, self.run.step
        stopping = bool(self.run.interrupted)
        seen = self._console and self._console.is_terminal
        if seen and (stopping or now - self._shown >= self.interval):
            self._shown = now
            self._print(self.run.epoch + 1, logs or {}, end="\n" if stopping else "\r")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Leaves the epoch's line."""
        if self._console:
            self._print(epoch + 1, logs or {}, end="\n")

    def on_test_begin(self, logs: Any = None) -> None:
        """Shows nothing: validation within `fit` is short."""

    def on_test_batch_end(self, batch: int, logs: Any = None) -> None:
        """Shows nothing."""

    def on_test_end(self, logs: Any = None) -> None:
        """Shows nothing."""

    def _print(self, epoch: int, logs: dict[str, float], *, end: str) -> None:
        """Prints the line over the one before."""
        text = self._line(epoch, logs)
        if self._console.is_terminal:
            text.truncate(self._console.width - 1, overflow="ellipsis", pad=True)
        self._console.print(text, end=end, soft_wrap=True, highlight=False)

    def _line(self, epoch: int, logs: dict[str, float]) -> Text:
        from rich.text import Text

        total, speed = self._total(), self._speed()
        done = round(_BAR * self.run.step / total) if total else 0
        figures = [f"{name} {logs[name]:.4g}" for name in _SHOWN if name in logs]
        seconds = round((total - self.run.step) / speed) if speed and total else 0
        rest = [f"{timedelta(seconds=seconds)} left"] if seconds > 0 else []
        facts = [f"{self.run.step:,}/{total:,}", f"{speed:.3g} steps/s"]
        return Text.assemble(
            f"epoch {epoch}/{self.params['epochs']}  ",
            ("━" * done, "bar.complete"),
            ("━" * (_BAR - done), "bar.back"),
            "  " + "  ".join(facts + figures + rest),
        )

    def _total(self) -> int:
        """Steps of the whole run, or 0 while an epoch's length is unknown."""
        total = self.params["epochs"] * (self.epoch_length or 0)
        return min(total, self.run.limit or total)

    def _speed(self) -> float:
        elapsed = time.monotonic() - self._started
        return (self.run.step - self._first) / elapsed if elapsed > 0 else 0.0
