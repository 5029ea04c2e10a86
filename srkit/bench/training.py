"""Time of a training step, and how much of it is spent waiting for the data."""

from __future__ import annotations

from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from srkit.data import pairs
from srkit.engine import policy

if TYPE_CHECKING:
    from srkit.models import SuperResolver


class TrainingTime(NamedTuple):
    """What a training step costs."""

    step_seconds: float
    """Mean time from one step to the next."""
    stall: float
    """Share of that time in which the network waited for its batch."""


def measure_training(
    model: SuperResolver,
    folder: Path,
    *,
    crop: int = 192,
    batch_size: int = 16,
    steps: int = 20,
    precision: str = "auto",
) -> TrainingTime:
    """Trains a copy of a network on the pictures of a folder for a few steps.

    Args:
        model: The network; its weights stay as they are.
        folder: HR pictures.
        crop: Side of the HR crops.
        batch_size: Crops in a batch.
        steps: Steps that are measured; two more warm up.
        precision: As for training: "auto", "float32" or "bfloat16".
    """
    copy: Any = type(model).from_config(
        {**model.get_config(), "dtype": policy(precision)}
    )
    copy.compile(optimizer="adam", loss="mae", jit_compile=False)
    dataset = pairs(
        folder,
        scale=model.scale,
        crop=crop,
        batch_size=batch_size,
        steps_per_epoch=steps + 2,
    )
    batches = iter(dataset)
    for _ in range(2):
        copy.train_on_batch(*next(batches))
    waited, start = 0.0, perf_counter()
    for _ in range(steps):
        asked = perf_counter()
        lr, hr = next(batches)
        waited += perf_counter() - asked
        copy.train_on_batch(lr, hr)
    total = perf_counter() - start
    return TrainingTime(step_seconds=total / steps, stall=waited / total)
