"""Watches adversarial training, and says in plain words what goes wrong."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from srkit.errors import ArgumentError
from srkit.training.ailments import AILMENTS, Ailment, described
from srkit.training.run import Run, RunCallback, sync

if TYPE_CHECKING:
    import numpy as np


class Finding(NamedTuple):
    """What the doctor has said, and when."""

    step: int
    ailment: str
    sentence: str


class TrainingDoctor(RunCallback):
    """Reads the figures of each step, and says once per ailment what helps.

    The figures are the accuracy of the discriminator on real and fake, how hard each
    term pulls, the drift of each colour in levels, LR-PSNR, checkerboard, sample
    diversity and the length of the steps. `AdversarialTrainer` computes them, so that
    they are in `log.csv` and TensorBoard with or without a doctor. Settings are never
    looked at: whatever brings the signs is meant.

    Args:
        run: The run to watch; if None the one that `train` lets it join, or one of
            its own for a plain `fit`.
        stop: End the run at the first ailment, with the generator's weights as they
            were at the last look without any sign.
        every: Steps between two looks that remember the weights, for `stop`.

    Raises:
        ArgumentError: If `every` is not positive.

    Attributes:
        findings: What was said so far.
    """

    def __init__(
        self, run: Run | None = None, *, stop: bool = False, every: int = 50
    ) -> None:
        super().__init__(run or Run(directory=Path()))
        if every < 1:
            raise ArgumentError(f"`every` must be at least 1. Received: {every}")
        self.stop = stop
        self.every = every
        self.findings: list[Finding] = []
        self._counts_itself = run is None
        self._silent: set[str] = set()
        self._rows: dict[str, int] = {}
        self._good: list[np.ndarray[Any, Any]] = []
        self._good_average: list[np.ndarray[Any, Any]] = []

    def join(self, run: Run) -> None:
        """Watches this run, of which the other callbacks know steps and averages."""
        self.run = run
        self._counts_itself = False

    def on_train_begin(self, logs: Any = None) -> None:
        """Remembers the weights that training starts from."""
        del logs
        self._rows = {}
        self._good = []

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Remembers the first weights, once a resumed run has them."""
        del epoch, logs
        if self.stop and not self._good:
            self._remember()

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Looks at the step."""
        del batch
        if self._counts_itself:
            self.run.step += 1
        figures = logs or {}
        if "below_zero" not in figures:
            return  # a step of another kind of training
        signs = [each for each in AILMENTS if self._shows(each, figures)]
        due = [each for each in signs if self._rows[each.name] >= each.lasting]
        for ailment in due:
            if ailment.name not in self._silent:
                self._say(ailment, figures)
        if self.stop and self.findings:
            self._end()
        elif self.stop and not signs and self.run.step % self.every == 0:
            self._remember()

    def _shows(self, ailment: Ailment, figures: dict[str, Any]) -> bool:
        """Whether the sign is there, and how long it has been."""
        early = ailment.until is None or self.run.step <= ailment.until
        shown = early and ailment.sign(figures)
        self._rows[ailment.name] = self._rows.get(ailment.name, 0) + 1 if shown else 0
        return shown

    def _say(self, ailment: Ailment, figures: dict[str, Any]) -> None:
        from rich.console import Console

        self._silent |= {ailment.name, *ailment.hides}
        sentence = described(ailment, figures)
        self.findings.append(Finding(self.run.step, ailment.name, sentence))
        line = f"step {self.run.step:,}: {sentence}"
        Console(file=sys.stderr).print(line, soft_wrap=True, highlight=False)

    def _remember(self) -> None:
        sync(self.model)
        self._good = self.network.get_weights()
        self._good_average = self.run.average.values if self.run.average else []

    def _end(self) -> None:
        """Puts the last good weights back, and lets the epoch end."""
        sync(self.model)
        self.network.set_weights(self._good)
        if self.run.average:
            self.run.average.values = self._good_average
        self.model.stop_training = True
