"""The standard set of callbacks: what every training run wants, in one call."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from srkit.errors import ArgumentError
from srkit.training.boards import Board, Table
from srkit.training.checkpoint import Checkpoint
from srkit.training.determinism import set_deterministic
from srkit.training.ema import MovingAverage
from srkit.training.guard import DivergenceGuard
from srkit.training.keep import Card, PresetKeeper
from srkit.training.progress import Progress
from srkit.training.run import Run, StepCounter
from srkit.training.samples import Gallery, Validation, as_pairs
from srkit.training.state import ShortEpoch

if TYPE_CHECKING:
    import keras


def callbacks(
    directory: str | Path,
    *,
    validation: Iterable[Any] | None = None,
    pictures: Iterable[Any] | None = None,
    validate_every: int = 1,
    show_every: int = 10,
    ema: float | None = 0.999,
    checkpoint_every: int = 1000,
    keep: int = 2,
    monitor: str | None = None,
    steps: int | None = None,
    deterministic: bool = False,
    seed: int = 0,
    network: keras.Model | None = None,
    data: Any = None,
    first_batch: int = 0,
    settings: dict[str, Any] | None = None,
    card: Card | None = None,
) -> list[keras.callbacks.Callback]:
    """Makes the callbacks of a run that can be killed at any step and resumed.

    Calling `fit` again with the same directory goes on from the newest checkpoint.
    The directory holds `checkpoints/`, the presets `best/` and `last/`, `log.csv` and
    `tensorboard/`.

    Args:
        directory: Folder of the run.
        validation: Whole pictures `(name, lr, hr)`, uint8, to measure luma PSNR on;
            `srkit.data.load` gives them. Keras's `validation_data` works beside it.
        pictures: Those to show in TensorBoard; the first three of `validation` by
            default, or crops of the training data (those of `srkit.data`).
        validate_every: Epochs between two measurements.
        show_every: Epochs between two showings.
        ema: Decay of the averaged weights, which are validated and kept; None for no
            averaging.
        checkpoint_every: Steps between two checkpoints.
        keep: Checkpoints kept.
        monitor: Figure that chooses the best weights (default: `val_psnr_y`, or what
            is measured instead).
        steps: Stop after so many steps, whatever the epochs.
        deterministic: Same steps bit for bit, interrupted or not; slower. The network
            is there already: call `set_deterministic` before building it, so that its
            first weights are the same too.
        seed: Seed of a deterministic run.
        network: The part of the model that is averaged, measured and kept, if it is
            not the whole.
        data: What `fit` is given, for models that are no `SuperResolver`.
        first_batch: The batch of data that keep a position which the first step takes,
            a multiple of their `steps_per_epoch`: what an earlier run has not seen.
        settings: What a resumed run must share beside the model's own settings.
        card: Writes the presets' cards.

    Returns:
        Callbacks for `fit`, in the order in which they depend on each other.

    Raises:
        ArgumentError: If an argument is out of range or pictures are of another form.
    """
    for name, every in (("validate_every", validate_every), ("show_every", show_every)):
        if every < 1:
            raise ArgumentError(f"`{name}` must be at least 1. Received: {every}")
    if deterministic:
        set_deterministic(seed)
    run = Run(directory=Path(directory), network=network, data=data, limit=steps)
    run.first_batch = first_batch
    pairs = as_pairs(validation or ())
    kernel = getattr(validation, "made", getattr(validation, "kernel", "unstated"))
    shown = pairs[:3] if pictures is None else as_pairs(pictures)
    crops = pictures is None  # of the training data, where there is no validation
    extra = {**(settings or {}), "ema": ema}
    checkpoint = Checkpoint(
        run, every=checkpoint_every, keep=keep, extra=extra, exact=deterministic
    )
    board = Board(run)
    return [
        StepCounter(run),
        ShortEpoch(run),
        *([MovingAverage(run, ema)] if ema is not None else []),
        DivergenceGuard(run, checkpoint),
        *([Validation(run, pairs, every=validate_every, kernel=kernel)] * bool(pairs)),
        PresetKeeper(run, monitor=monitor, card=card),
        *([Gallery(run, board, shown, every=show_every)] * (shown != [] or crops)),
        board,
        Table(run),
        *([] if "ipykernel" in sys.modules else [Progress(run)]),
        checkpoint,
    ]
