"""Network interpolation: a dial between the faithful and the sharp."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from srkit.errors import ArgumentError

if TYPE_CHECKING:
    import keras


def blend(psnr_model: keras.Model, gan_model: keras.Model, alpha: float) -> keras.Model:
    """Mixes the weights of two networks of the same architecture.

    Each weight is (1 - alpha) times that of `psnr_model` plus alpha times that of
    `gan_model`, moving statistics included. It works for networks of which one was
    trained from the other, as a GAN from its pixel pre-training: their weights mean the
    same. Neither is changed. The blend carries `alpha`; card and results say it, and
    that detail is invented, unless `alpha` is 0 and the first network invents none.

    Args:
        psnr_model: The network trained on pixels.
        gan_model: The one trained adversarially from there.
        alpha: 0 for the first, 1 for the second; 0.8 keeps most of the sharpness and
            loses most of the artefacts.

    Returns:
        A new network.

    Raises:
        ArgumentError: If `alpha` is not in [0, 1], the architectures differ, or names
            are given for networks.

    Source:
        Wang et al., ESRGAN, 2018, section 3.4, equation 4.
    """
    if not 0 <= alpha <= 1:
        raise ArgumentError(f"`alpha` must be in [0, 1]. Received: {alpha}")
    _check_alike(psnr_model, gan_model)
    blended = type(psnr_model).from_config(psnr_model.get_config())
    pairs = zip(psnr_model.get_weights(), gan_model.get_weights(), strict=True)
    blended.set_weights([_mixed(a, b, alpha) for a, b in pairs])
    blended.alpha = alpha
    blended.adversarial = _described(psnr_model, gan_model, alpha)
    return blended


def _described(first: Any, second: Any, alpha: float) -> str:
    """What the blend is; empty if nothing of it was trained adversarially."""
    learnt = [getattr(model, "adversarial", "") for model in (first, second)]
    if alpha == 0:
        return learnt[0]
    names = [getattr(model, "origin", "") or model.name for model in (first, second)]
    return (
        f"interpolated from {names[0]}, {learnt[0] or 'trained on pixels'}, to "
        f"{names[1]}, {learnt[1] or 'trained adversarially'}, at alpha = {alpha:.3g}"
    )


def _mixed(a: Any, b: Any, alpha: float) -> Any:
    if not np.issubdtype(a.dtype, np.inexact):
        return a  # states of random generators
    return ((1.0 - alpha) * a.astype(np.float64) + alpha * b).astype(a.dtype)


def _check_alike(first: keras.Model, second: keras.Model) -> None:
    for given in (first, second):
        if not hasattr(given, "get_weights"):
            raise ArgumentError(
                "Networks to blend must be loaded first: "
                f"srkit.models.SRResNet.from_preset({given!r}). Received: {given!r}"
            )
    if type(first) is not type(second):
        raise ArgumentError(
            "Networks to blend must be of one class. Received: "
            f"{type(first).__name__} and {type(second).__name__}"
        )
    mine, theirs = (model.get_config() for model in (first, second))
    for name in sorted(mine.keys() & theirs.keys() - {"name", "dtype"}):
        if "layers" not in mine and mine[name] != theirs[name]:
            raise ArgumentError(
                f"Networks to blend must be alike, but `{name}` is "
                f"{mine[name]!r} in one and {theirs[name]!r} in the other"
            )
    shapes = [[tuple(w.shape) for w in model.weights] for model in (first, second)]
    if shapes[0] != shapes[1]:
        raise ArgumentError("Networks to blend must have weights of the same shapes")
