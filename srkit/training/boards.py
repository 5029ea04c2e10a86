"""Records of a run: curves and pictures for TensorBoard, rows for a spreadsheet."""

from __future__ import annotations

import contextlib
import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras

from srkit.image import Picture, encode_picture
from srkit.training.run import Run, RunCallback
from srkit.training.storage import append_text, cannot_write, replacing
from srkit.types import ByteImage


class Board(RunCallback):
    """Writes scalars and pictures for TensorBoard, into `DIRECTORY/tensorboard`.

    Figures of an epoch have their Keras names; the running ones of a step begin with
    `step/`. A resumed run takes back what a killed one wrote after its checkpoint.

    Args:
        run: The run to record.
        every: Steps between two running figures.
    """

    def __init__(self, run: Run, *, every: int = 100) -> None:
        super().__init__(run)
        self.every = every
        self._writer: Any = None
        self._written = 0

    def on_train_begin(self, logs: Any = None) -> None:
        """Leaves the file of a `fit` that was broken off."""
        del logs
        with contextlib.suppress(OSError):
            self._close()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Opens the file once the run knows where it is."""
        del epoch, logs
        if self._writer is None:
            self._open()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Writes the running figures, the last ones too when it is stopped."""
        del batch
        if self.run.interrupted or self.run.step - self._written >= self.every:
            self._written = self.run.step
            self.scalars({f"step/{name}": value for name, value in logs.items()})
            self._flush()

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Writes the epoch's figures."""
        del epoch
        self.scalars({**(logs or {}), **rates(self.model)})
        self._flush()

    def on_train_end(self, logs: Any = None) -> None:
        """Closes the file."""
        del logs
        with self._told():
            self._close()

    def scalars(self, figures: dict[str, float]) -> None:
        """Writes figures at this step."""
        self._add([{"tag": tag, "simple_value": v} for tag, v in figures.items()])

    def picture(self, tag: str, pixels: ByteImage) -> None:
        """Writes a picture, uint8 RGB, at this step."""
        height, width, channels = pixels.shape
        image = {
            "height": height,
            "width": width,
            "colorspace": channels,
            "encoded_image_string": encode_picture(Picture(pixels), ".png"),
        }
        self._add([{"tag": tag, "image": image}])

    def _open(self) -> None:
        from tensorboard.compat.proto.event_pb2 import Event, SessionLog
        from tensorboard.summary.writer.event_file_writer import EventFileWriter

        self._written = self.run.step
        # Tells TensorBoard to forget what an earlier session wrote beyond this step.
        start = SessionLog(status=SessionLog.START)
        event = Event(wall_time=time.time(), step=self.run.step + 1, session_log=start)
        with self._told():
            self._writer = EventFileWriter(str(self._folder))
            self._writer.add_event(event)

    def _add(self, values: list[dict[str, Any]]) -> None:
        from tensorboard.compat.proto.event_pb2 import Event
        from tensorboard.compat.proto.summary_pb2 import Summary

        summary = Summary(value=[Summary.Value(**value) for value in values])
        event = Event(wall_time=time.time(), step=self.run.step, summary=summary)
        with self._told():
            self._writer.add_event(event)

    def _flush(self) -> None:
        with self._told():
            self._writer.flush()

    def _close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            writer.close()

    @property
    def _folder(self) -> Path:
        return self.run.directory / "tensorboard"

    @contextlib.contextmanager
    def _told(self) -> Iterator[None]:
        """Says what cannot be written; TensorBoard's thread hands on bare errors."""
        try:
            yield
        except OSError as error:
            raise cannot_write(self._folder, error) from error


class Table(RunCallback):
    """Writes one row an epoch into `DIRECTORY/log.csv`.

    A resumed run appends; rows that a killed one wrote after its checkpoint are taken
    out first, so that every epoch has one row.
    """

    def __init__(self, run: Run) -> None:
        super().__init__(run)
        self.path = run.directory / "log.csv"
        self._columns: list[str] = []
        self._opened = False

    def on_train_begin(self, logs: Any = None) -> None:
        """Forgets what it knew of the file."""
        del logs
        self._opened = False

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Takes out rows that will be written again."""
        del epoch, logs
        if self._opened:
            return
        self._opened = True
        rows = self._rows()
        if rows:
            self._columns = list(rows[0])
            # Also that of an epoch which was cut short, and is now made whole.
            self._write([row for row in rows if int(row["epoch"]) <= self.run.epoch])

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Appends the epoch's row; a new figure gets a new column."""
        row = {
            "epoch": epoch + 1,
            "step": self.run.step,
            "seconds": round(self.run.seconds, 1),
            **rates(self.model),
            **(logs or {}),
        }
        new = [name for name in row if name not in self._columns]
        if new:
            self._columns += new
            self._write([*self._rows(), row])
            return
        append_text(self.path, self._text([row]))

    def _rows(self) -> list[dict[str, Any]]:
        """Rows on disk; one cut short by a crash is left out."""
        if not self.path.exists():
            return []
        with self.path.open(newline="") as file:
            return [row for row in csv.DictReader(file) if None not in row.values()]

    def _write(self, rows: list[dict[str, Any]]) -> None:
        header = dict(zip(self._columns, self._columns, strict=True))
        with replacing(self.path) as file:
            file.write(self._text([header, *rows]).encode())

    def _text(self, rows: list[dict[str, Any]]) -> str:
        buffer = io.StringIO()
        csv.DictWriter(buffer, self._columns, lineterminator="\n").writerows(rows)
        return buffer.getvalue()


def rates(model: keras.Model) -> dict[str, float]:
    """The learning rate as it is now."""
    optimizer = getattr(model, "optimizer", None)
    if optimizer is None:
        return {}
    value = keras.ops.convert_to_numpy(optimizer.learning_rate)
    return {"learning_rate": float(value)}
