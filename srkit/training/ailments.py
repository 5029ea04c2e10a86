"""What goes wrong in adversarial training, how it shows, and what helps.

Each ailment is a plain sentence with its remedy, a sign in the figures of a step (see
`signals`), and how long the sign must last. Causes stand before what follows from
them, and silence it: a learning rate that is too high tears the colours too, and only
the first of these is worth saying. The thresholds lie far from what a small SRGAN
shows: pulls of 1.6 to 7 (content) and 1 to 6 (adversarial), movements below 0.003, a
checkerboard of 2 levels, tints of 10.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Figures = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Ailment:
    """Something that a run suffers from."""

    name: str
    sentence: str
    """What is wrong and what to do; may hold figures in braces."""
    sign: Callable[[Figures], bool]
    lasting: int = 3
    """Steps in a row that show the sign before it is said."""
    until: int | None = None
    """Last step at which it is looked for: a matter of how the run was begun."""
    hides: tuple[str, ...] = ()
    """What follows from it, and is not to be said any more."""


_CONSEQUENCES = (
    "content term too weak",
    "no pre-training",
    "checkerboard",
    "tint",
    "unfaithful",
    "collapse",
    "adversarial term too strong",
    "adversarial term without effect",
)
_BEGINNING = 30


def _pull(figures: Figures, *names: str) -> float:
    """How hard terms pull at the result, against a squared error (1)."""
    return sum(float(figures.get(f"{name}_pull", 0.0)) for name in names)


def _held(figures: Figures) -> float:
    """How hard the result is held to its original."""
    return _pull(figures, "content", "pixel")


def _deceives(figures: Figures) -> bool:
    """Whether deceiving counts, and likeness does not."""
    return _pull(figures, "adversarial") > 30 * _held(figures)


def _torn(figures: Figures) -> bool:
    """Whether a grid is drawn all over the result: then its range says nothing."""
    return float(figures["checkerboard"]) > 6


def _tint(figures: Figures) -> float:
    tints = [abs(float(v)) for name, v in figures.items() if name.startswith("tint")]
    return max(tints, default=0.0)


def _certain(figures: Figures) -> bool:
    return min(figures["real_accuracy"], figures["fake_accuracy"]) > 0.99


AILMENTS = (
    Ailment(
        name="learning rate",
        sentence=(
            "The learning rate is too high: a step moves the weights of the generator "
            "by {generator_movement:.1%} and of the discriminator by "
            "{discriminator_movement:.1%} of their length, where 0.5 % is much. "
            "Divide it by ten to a hundred; 1e-4 is usual."
        ),
        sign=lambda f: max(f["generator_movement"], f["discriminator_movement"]) > 0.03,
        hides=("range", *_CONSEQUENCES),
    ),
    Ailment(
        name="range",
        sentence=(
            "The generator's range is wrong: its pictures are hardly ever below 0, "
            "though the originals lie in [-1, 1]. Let it end in a linear layer or in "
            "tanh, not in sigmoid or ReLU, and give no pictures of [0, 1] or [0, 255]."
        ),
        sign=lambda f: f["below_zero"] < 0.2 and not _torn(f),
        hides=_CONSEQUENCES,
    ),
    Ailment(
        name="content term too weak",
        sentence=(
            "Content and pixel terms hardly hold the result to its original: they pull "
            "{held:.1e} times as hard as a squared error would. Give the feature "
            "network the range that it was trained on (Keras's VGG19: BGR of 0..255 "
            "minus its means, as `VGG19Content` does), or raise `content_weight`."
        ),
        sign=lambda f: _deceives(f) and _held(f) < 0.02,
        hides=_CONSEQUENCES,
    ),
    Ailment(
        name="adversarial term too strong",
        sentence=(
            "The adversarial term pulls {adversarial:.0f} times as hard as the content "
            "and pixel terms together, so that deceiving counts and likeness does not. "
            "Lower `adversarial_weight`: 1e-3 for SRGAN, 5e-3 for ESRGAN."
        ),
        sign=_deceives,
        hides=_CONSEQUENCES,
    ),
    Ailment(
        name="checkerboard",
        sentence=(
            "The result has a checkerboard: a pattern of {checkerboard:.0f} levels "
            "repeats itself with the sub-pixel grid. Start the sub-pixel layers with "
            "ICNR (srkit.layers does), or enlarge by nearest neighbour and convolve; "
            "a small pixel term helps too."
        ),
        sign=_torn,
        lasting=5,
        hides=("no pre-training", "tint", "unfaithful", "collapse"),
    ),
    Ailment(
        name="no pre-training",
        sentence=(
            "The generator does not know its task yet: shrunk, its pictures are "
            "{lr_psnr:.0f} dB from what it was given. Train it on pixels first "
            "(`srkit train srgan` does; a longer time, if it did), then adversarially."
        ),
        sign=lambda f: f["lr_psnr"] < 18 and f["lr_psnr_gap"] > 5,
        lasting=8,
        until=_BEGINNING,
        hides=_CONSEQUENCES,
    ),
    Ailment(
        name="tint",
        sentence=(
            "The colours drift: the results are {tint:.0f} levels off what they were "
            "made from. Add a pixel term (`pixel_loss='mae', pixel_weight=0.01`), "
            "check that HR and SR go through the same preprocessing, or leave batch "
            "normalisation out of the generator."
        ),
        sign=lambda f: _tint(f) > 16,
        lasting=50,
    ),
    Ailment(
        name="unfaithful",
        sentence=(
            "The result is no longer its original: shrunk, it is {lr_psnr:.0f} dB from "
            "what the generator was given, where SRGAN has 39. Lower the adversarial "
            "weight or the learning rate, or go back to an earlier checkpoint."
        ),
        sign=lambda f: f["lr_psnr"] < 16 and f["lr_psnr_gap"] > 8,
        lasting=50,
    ),
    Ailment(
        name="collapse",
        sentence=(
            "The results have become alike: they differ {diversity:.0%} as much as the "
            "originals do. Lower the discriminator's learning rate, raise the content "
            "weight, or begin again from the pre-trained generator."
        ),
        sign=lambda f: f["diversity"] < 0.2,
        lasting=50,
    ),
    Ailment(
        name="adversarial term without effect",
        sentence=(
            "The discriminator has won and teaches nothing: it is right on all "
            "pictures, and the adversarial term pulls {adversarial:.0e} times as hard "
            "as the others. Use the non-saturating form (`Vanilla()`), smooth its "
            "labels, or lower the discriminator's learning rate."
        ),
        sign=lambda f: _certain(f) and _pull(f, "adversarial") < 1e-4 * _held(f),
        lasting=100,
    ),
)


def described(ailment: Ailment, figures: Figures) -> str:
    """The ailment's sentence with the figures of this step."""
    held = _held(figures)
    ratio = _pull(figures, "adversarial") / max(held, 1e-12)
    told = {**figures, "held": held, "adversarial": ratio, "tint": _tint(figures)}
    return ailment.sentence.format(**told)
