"""What an adversarial step tells of itself: the figures that `TrainingDoctor` reads.

All are computed within the compiled step from what it has at hand anyway, so that they
cost next to nothing; none is a setting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
from keras import ops

from srkit.metrics import color_bias, lr_psnr
from srkit.metrics.artifacts import grid_amplitude
from srkit.types import Tensor

TINTS = {1: ("tint",), 3: ("tint_red", "tint_green", "tint_blue")}
"""Names of the colour drift of each channel, in levels of 0..255, by their number."""
PICTURE = ("lr_psnr", "lr_psnr_gap", "checkerboard", "diversity", "below_zero")
"""Figures of the pictures beside the tints."""
PLAYERS = ("real_accuracy", "fake_accuracy")
MOVEMENT = ("generator_movement", "discriminator_movement")
"""Length of a step against the length of the weights."""


@keras.saving.register_keras_serializable("srkit")
class Recent(keras.metrics.Metric):
    """Mean that forgets: each step counts `decay` times as much as the one after it.

    Args:
        decay: 0.9 looks back about ten steps.
        name: Name of the metric.
        dtype: As in Keras.
    """

    def __init__(
        self, *, decay: float = 0.9, name: str = "recent", dtype: Any = None
    ) -> None:
        super().__init__(name=name, dtype=dtype)
        self.decay = decay
        self.total = self.add_variable((), "zeros", name="total")
        self.weight = self.add_variable((), "zeros", name="weight")

    def update_state(self, value: Tensor, sample_weight: Tensor = 1.0) -> None:
        """Takes a value in; with a weight of 0 it is as if there had been none."""
        weight = ops.cast(sample_weight, self.total.dtype)
        value = ops.where(weight > 0, ops.cast(value, self.total.dtype), 0.0)
        keep = ops.where(weight > 0, self.decay, 1.0)
        self.total.assign(self.total * keep + value * weight)
        self.weight.assign(self.weight * keep + weight)

    def result(self) -> Tensor:
        """The mean so far."""
        return ops.divide_no_nan(self.total, self.weight)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "decay": self.decay}


def trackers(terms: Sequence[str], *, channels: int) -> dict[str, keras.metrics.Metric]:
    """The figures of the logs by name: means of an epoch, signals of the last steps."""
    means = [*(f"{term}_loss" for term in terms), "discriminator_loss"]
    recent = [*(f"{term}_pull" for term in terms), *PLAYERS, *MOVEMENT, *PICTURE]
    recent += TINTS.get(channels, ())
    return {
        **{name: keras.metrics.Mean(name=name) for name in means},
        "skipped": keras.metrics.Sum(name="skipped"),
        **{name: Recent(name=name) for name in recent},
    }


def of_pictures(lr: Tensor, hr: Tensor, sr: Tensor, *, scale: int) -> dict[str, Tensor]:
    """Figures of a batch of results.

    Shape:
        LR ``(N, h, w, C)``, HR and SR ``(N, h * scale, w * scale, C)``, in [-1, 1].

    Returns:
        ``lr_psnr``: decibels between LR and the shrunk SR. ``lr_psnr_gap``: what is
        missing to the LR-PSNR of HR itself, which degraded LR keeps low.
        ``checkerboard``: levels of the pattern that repeats itself with the sub-pixel
        grid, at HR's contrast.
        ``diversity``: how much the results of a batch differ, against how much the
        originals do; 1 is right, 0 is one picture for all.
        ``below_zero``: share of SR's pixels below the middle of the range, against
        that of HR. And the tint of each channel, beside that of HR. What a batch is
        too small to tell shows nothing: no checkerboard below 4 cells, no collapse of
        one picture.
    """
    given, real, made = map(_at_the_doors, (lr, hr, sr))
    faithful = ops.minimum(lr_psnr(given, made, scale=scale), 60.0)
    possible = ops.minimum(lr_psnr(given, real, scale=scale), 60.0)
    drift = [color_bias(given, each, scale=scale) for each in (made, real)]
    drift = ops.mean(drift[0] - drift[1], axis=0)
    names = TINTS.get(drift.shape[0], ())
    return {
        "lr_psnr": ops.mean(faithful),
        "lr_psnr_gap": ops.mean(possible - faithful),
        "checkerboard": _grid(hr, sr, scale),
        "diversity": (_spread(sr) + 1e-3) / (_spread(hr) + 1e-3),
        "below_zero": (_share_below(sr) + 5e-3) / (_share_below(hr) + 5e-3),
        **{name: drift[index] for index, name in enumerate(names)},
    }


def of_players(margins: tuple[Tensor, Tensor]) -> dict[str, Tensor]:
    """Shares of real and fake pictures, or pixels, that the discriminator knows."""
    shares = [ops.mean(ops.cast(each > 0, "float32")) for each in margins]
    return dict(zip(PLAYERS, shares, strict=True))


def of_pulls(
    pulls: Mapping[str, Tensor], hr: Tensor, sr: Tensor, scaling: Tensor
) -> dict[str, Tensor]:
    """How hard each term pulls at the result, against what the squared error would.

    Args:
        pulls: Gradient of each weighted term by SR, times `scaling`.
        hr: The originals.
        sr: The results.
        scaling: Loss scale in the gradients.
    """
    error = 2.0 * (ops.cast(sr, "float32") - hr) / ops.cast(ops.size(hr), "float32")
    usual = ops.maximum(_norm([error]), 1e-12)
    return {
        f"{name}_pull": _norm([pull]) / (usual * scaling)
        for name, pull in pulls.items()
    }


def movement(before: Sequence[Tensor], after: Sequence[Tensor]) -> Tensor:
    """Length of a step against the length of the weights."""
    steps = [new - old for old, new in zip(before, after, strict=True)]
    return _norm(steps) / ops.maximum(_norm(before), 1e-12)


def _norm(tensors: Sequence[Tensor]) -> Tensor:
    squares = [ops.sum(ops.square(ops.cast(each, "float32"))) for each in tensors]
    return ops.sqrt(sum(squares))


def _at_the_doors(images: Tensor) -> Tensor:
    """Pixels in [0, 1], as the functions of `srkit.metrics` take them."""
    return (ops.cast(images, "float32") + 1.0) / 2.0


def _grid(hr: Tensor, sr: Tensor, scale: int) -> Tensor:
    if any(side is not None and side < 4 * scale for side in tuple(hr.shape)[1:3]):
        return ops.zeros(())
    # Low contrast would hide it, as that of a generator which knows little yet.
    made, real = (ops.std(ops.cast(each, "float32")) for each in (sr, hr))
    contrast = made / ops.maximum(real, 1e-3)
    return grid_amplitude(sr, scale) / ops.maximum(contrast, 1e-2)


def _spread(images: Tensor) -> Tensor:
    """Standard deviation over the batch, averaged over the pixels."""
    return ops.mean(ops.std(ops.cast(images, "float32"), axis=0))


def _share_below(images: Tensor) -> Tensor:
    return ops.mean(ops.cast(images < 0.0, "float32"))
