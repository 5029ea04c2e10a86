"""The best and the last weights of a run, as presets."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from srkit.errors import ArgumentError
from srkit.training.run import Run, RunCallback, sync
from srkit.training.storage import replacing

FIGURES = ("val_psnr_y", "val_psnr", "val_ssim", "val_loss", "psnr", "loss")
"""What the best weights are chosen by: the first of these that is measured."""

Card = Callable[[Run, dict[str, float]], str]
"""Writes the text of a preset's card from the run and its newest figures."""


class PresetKeeper(RunCallback):
    """Saves the averaged weights after each epoch: `DIRECTORY/last`, `DIRECTORY/best`.

    A run that is stopped within an epoch leaves its last ones too.
    Both are presets, for `from_preset` and every command; a model that is no
    `SuperResolver` is saved as `last.keras` and `best.keras`.

    Args:
        run: The run to keep.
        monitor: Figure that decides which is best; by default the first of `FIGURES`
            that is measured. PSNR and SSIM should be high, all others low.
        card: Writes the card.

    Raises:
        ArgumentError: In `fit`, after an epoch, if `monitor` is not measured.
    """

    def __init__(
        self, run: Run, *, monitor: str | None = None, card: Card | None = None
    ) -> None:
        super().__init__(run)
        self.monitor = monitor
        self.card = card or plain_card

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Saves the last weights if this step is to be the last for now."""
        if self.run.interrupted and not self.ends_epoch(batch):
            sync(self.model)
            with self.run.averaged():
                self._save("last", dict(logs or {}))

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Saves."""
        figures = dict(logs or {})
        is_best = self._note_best(figures)
        with self.run.averaged():
            self._save("last", figures)
            if is_best:
                self._save("best", figures)
        if self.monitor and not self.run.best:
            is_last = epoch + 1 >= self.params.get("epochs", 0) or self.run.is_done
            self._check_monitor(figures, is_last=is_last)

    def _check_monitor(self, figures: dict[str, float], *, is_last: bool) -> None:
        """Refuses a figure that no epoch brings; validation may come in later ones."""
        to_come = {"val_psnr_y", *(f"val_{name}" for name in figures)}
        if self.monitor not in figures.keys() | (set() if is_last else to_come):
            raise ArgumentError(
                f"`monitor` must be a figure that is measured: "
                f"{', '.join(sorted(figures))}. Received: {self.monitor!r}"
            )

    def _note_best(self, figures: dict[str, float]) -> bool:
        """Whether these figures are the best so far; a NaN never is."""
        names = (self.monitor,) if self.monitor else FIGURES
        name = next((name for name in names if name in figures), None)
        if name is None or math.isnan(figures[name]):
            return False
        value = figures[name] if "psnr" in name or "ssim" in name else -figures[name]
        best = self.run.best if self.run.best.get("figure") in names else None
        if best and names.index(name) > names.index(best["figure"]):
            return False  # an epoch without the better figure says nothing
        if best and name == best["figure"] and value <= best["merit"]:
            return False
        self.run.best = {"figure": name, "merit": value, "step": self.run.step}
        return True

    def _save(self, name: str, figures: dict[str, float]) -> Path:
        folder = self.run.directory / name
        if hasattr(self.network, "save_preset"):
            card = self.card(self.run, figures)
            self.network.save_preset(folder, card=card)
            return folder
        path = folder.with_suffix(".keras")
        with replacing(path) as file:
            beside = Path(file.name).with_suffix(".keras")
            self.network.save(beside)
            file.write(beside.read_bytes())
            beside.unlink()
        return path


def plain_card(run: Run, figures: dict[str, float]) -> str:
    """A card for a run of which nothing but its figures is known."""
    head = f"# {run.directory.name}\n\nAfter step {run.step:,}."
    return "\n\n".join([head, *told(run, figures)]) + "\n"


def told(run: Run, figures: dict[str, float]) -> list[str]:
    """A card's paragraphs on figures: the measured ones apart from mere signs."""
    names = [name for name in figures if run.protocol and name.startswith("val_psnr_y")]
    paragraphs = []
    if names:
        paragraphs += [
            f"Measured on whole pictures as {run.protocol}:",
            _listed({name: figures[name] for name in names}),
        ]
    if signs := {name: figures[name] for name in sorted({*figures} - {*names})}:
        paragraphs += [
            "Signs at the last step, as training logged them: under no protocol, and "
            "to be compared with nothing outside of this run.",
            _listed(signs),
        ]
    return paragraphs


def _listed(figures: dict[str, float]) -> str:
    rows = [f"| {name} | {value:.6g} |" for name, value in figures.items()]
    return "\n".join(["| figure | value |", "|---|---|", *rows])
