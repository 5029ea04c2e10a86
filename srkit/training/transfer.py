"""Starting a network from the weights of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from srkit.errors import ArgumentError

if TYPE_CHECKING:
    import keras


def copy_matching(source: keras.Model, target: keras.Model) -> list[str]:
    """Copies the weights of all layers that have the same name and shapes in both.

    So the body of a x2 network starts a x4 one, which halves the latter's training;
    layers that only one of them has are left as they are. Those of a network that was
    trained adversarially make one that was.

    Args:
        source: Network to copy from.
        target: Network to copy to.

    Returns:
        Names of the layers that were copied.

    Raises:
        ArgumentError: If no layer matches.

    Source:
        Lim et al., Enhanced Deep Residual Networks, 2017, section 3.2, figure 4.
    """
    layers = {layer.name: layer for layer in source.layers}
    copied = []
    for layer in target.layers:
        twin = layers.get(layer.name)
        if twin is None or not layer.weights or _shapes(twin) != _shapes(layer):
            continue
        layer.set_weights(twin.get_weights())
        copied.append(layer.name)
    if not copied:
        raise ArgumentError(
            "`source` must share layers (name and shape) with `target`. Received: "
            f"{source.name!r} with {source.count_params():,} parameters for "
            f"{target.name!r} with {target.count_params():,}"
        )
    if getattr(source, "adversarial", ""):
        target.adversarial = source.adversarial
    return copied


def _shapes(layer: keras.layers.Layer) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in layer.weights]
