"""Learning rates over the steps, as Keras's own serialisable schedules."""

from __future__ import annotations

from collections.abc import Sequence

from keras.optimizers.schedules import (
    CosineDecay,
    ExponentialDecay,
    PiecewiseConstantDecay,
)

from srkit.errors import ArgumentError


def cosine(
    learning_rate: float, *, steps: int, warmup: int = 500, final: float = 1e-6
) -> CosineDecay:
    """Rises linearly from zero, then falls along half a cosine.

    Args:
        learning_rate: The highest rate.
        steps: Length of the whole training, warm-up included.
        warmup: Steps of the rise.
        final: Rate at the last step, and after it.

    Raises:
        ArgumentError: If there are no steps left after the warm-up.
    """
    if not 0 <= warmup < steps:
        raise ArgumentError(
            "`warmup` must be at least 0 and less than `steps`. "
            f"Received: warmup={warmup}, steps={steps}"
        )
    return CosineDecay(
        0.0 if warmup else learning_rate,
        decay_steps=steps - warmup,
        alpha=final / learning_rate,
        warmup_target=learning_rate if warmup else None,
        warmup_steps=warmup,
    )


def halving(learning_rate: float, *, every: int = 200_000) -> ExponentialDecay:
    """Halves the rate every so many steps, as EDSR is trained.

    Args:
        learning_rate: The rate at the start.
        every: Steps between two halvings.

    Raises:
        ArgumentError: If `every` is not positive.

    Source:
        Lim et al., Enhanced Deep Residual Networks, 2017, section 4.2.
    """
    if every < 1:
        raise ArgumentError(f"`every` must be at least 1. Received: {every}")
    return ExponentialDecay(
        learning_rate, decay_steps=every, decay_rate=0.5, staircase=True
    )


def multistep(
    learning_rate: float, *, at: Sequence[int], factor: float = 0.5
) -> PiecewiseConstantDecay:
    """Multiplies the rate by a factor at each of some steps, as GANs are trained.

    Args:
        learning_rate: The rate at the start.
        at: Steps after which it changes, rising.
        factor: 0.1 for SRGAN (at half of its steps), 0.5 for ESRGAN.

    Raises:
        ArgumentError: If `at` is empty or does not rise, or `factor` is not positive.

    Source:
        Ledig et al., SRGAN, CVPR 2017, section 3.2; Wang et al., ESRGAN, 2018,
        section 4.1 (at 50, 100, 200 and 300 thousand of 400 thousand).
    """
    if not at or sorted(set(at)) != list(at) or factor <= 0:
        raise ArgumentError(
            "`at` must hold rising steps and `factor` be positive. "
            f"Received: at={list(at)}, factor={factor}"
        )
    rates = [learning_rate * factor**index for index in range(len(at) + 1)]
    return PiecewiseConstantDecay(list(at), rates)
