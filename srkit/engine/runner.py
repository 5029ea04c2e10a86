"""Running a network over pictures of any size, exactly and within a memory budget."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from srkit.engine.precision import policy, resolve_precision
from srkit.errors import ArgumentError, ImageError, MemoryBudgetError
from srkit.export import fuse_closing_layers, merge_signs
from srkit.export.memory import bytes_per_pixel, largest_tile
from srkit.image.ranges import from_network, to_network
from srkit.image.tiles import plan_cores, split_core, tile_around

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from srkit.types import Tensor

_DTYPES = ("uint8", "uint16", "float32")
_SMALLEST_TILE = 16
"""Below this a tile is nearly all halo, and memory is short for other reasons."""


class Engine:
    """A network ready to run over whole pictures.

    Pictures larger than the memory budget allows are cut into tiles that overlap by
    the network's radius, so the result does not depend on the tiles. When memory runs
    out all the same, the tile is halved and the work goes on.

    The network is copied: what is trained later is not seen, unless `live`.

    Args:
        model: A functional network; one that does not tell its `radius` sees the
            whole picture at once.
        precision: ``"auto"`` (bfloat16 where the machine computes it), ``"float32"``
            or ``"bfloat16"``.
        memory: What running the network may hold, in GiB.
        tile: Largest side of a tile's core in LR pixels, instead of the budget's.
        live: Run the network itself, with the weights and in the arithmetic that it
            has at each call: neither copied nor merged.

    Raises:
        ArgumentError: If an option is out of range.
    """

    def __init__(
        self,
        model: keras.Model,
        *,
        precision: str = "auto",
        memory: float = 1.0,
        tile: int | None = None,
        live: bool = False,
    ) -> None:
        if tile is not None and tile < 1:
            raise ArgumentError(f"`tile` must be at least 1 LR pixel. Received: {tile}")
        self.channels: int = model.input_shape[-1]
        self.scale: int = getattr(model, "scale", None) or _factor(model)
        self.radius: int | None = getattr(model, "radius", None)
        self.live = live
        resolved = resolve_precision(precision)
        self.plain = model if live else _in_precision(model, resolved)
        self.precision = _arithmetic(self.plain)
        """What most of the network is computed in, whatever was asked for."""
        self.network = model if live else fuse_closing_layers(merge_signs(self.plain))
        """`plain` with its closing layers merged: what runs; pictures of one row or
        column run through `plain`."""
        self._functions: dict[tuple[str, bool], Callable[[Any], Any]] = {}
        self.bytes_per_pixel = bytes_per_pixel(self.network)
        budget = largest_tile(
            self.bytes_per_pixel, halo=self.radius or 0, memory=memory
        )
        self.tile = budget if tile is None else tile
        self.memory = memory

    def __call__(self, image: NDArray[Any]) -> NDArray[Any]:
        """Enlarges one picture.

        Shape:
            ``(H, W, channels)`` to ``(H * scale, W * scale, channels)``.

        Args:
            image: uint8, uint16, or float32 in [0, 1].

        Returns:
            The same dtype.

        Raises:
            ImageError: If rank, channels or dtype are wrong, or a value is no number.
            MemoryBudgetError: If even the smallest tile does not fit.
        """
        self._check(image)
        height, width = image.shape[:2]
        shape = (height * self.scale, width * self.scale, self.channels)
        result = np.empty(shape, image.dtype)
        # All of a network without a radius sees all of the picture: one tile.
        tile = max(height, width) if self.radius is None else self.tile
        cores = list(plan_cores(height, width, tile))[::-1]
        while cores:
            core = cores.pop()
            # The tile may have become smaller since this core was planned.
            parts = [core] if self.radius is None else split_core(core, self.tile)
            if len(parts) > 1:
                cores += parts[::-1]
            elif not self._fill(image, result, core):
                cores.append(core)
        return result

    def run(self, batch: Tensor) -> Tensor:
        """Runs a batch through the network as it is: no tiles, nothing rounded.

        Shape:
            ``(N, h, w, channels)`` to ``(N, h * scale, w * scale, channels)``, float32
            in [-1, 1].
        """
        return self._function("network", batch.shape)(batch)

    def _fill(
        self, image: NDArray[Any], result: NDArray[Any], core: tuple[slice, slice]
    ) -> bool:
        """Computes one core of `result`; short of memory, halves the tile instead."""
        height, width = image.shape[:2]
        halo = self.radius or 0
        tile = tile_around(
            core, height=height, width=width, halo=halo, scale=self.scale
        )
        piece = image[tile.source]
        try:
            sr = self._function(image.dtype.name, (1, *piece.shape))(piece[None])
            result[tile.target] = keras.ops.convert_to_numpy(sr)[0][tile.keep]
        except Exception as error:
            if not _is_out_of_memory(error):
                raise
            self._halve(core, error)
            return False  # what failed is let go of before the next attempt
        return True

    def _halve(self, core: tuple[slice, slice], error: Exception) -> None:
        """Half the tile that did not fit, for the rest of this picture and later."""
        side = max(window.stop - window.start for window in core)
        if self.radius is None or side // 2 < _SMALLEST_TILE:
            raise MemoryBudgetError(
                f"Not enough memory for a tile of {side} LR pixels and its margin of "
                f"{self.radius or 0}; about "
                f"{self.bytes_per_pixel * (side + 2 * (self.radius or 0)) ** 2 >> 20} "
                "MiB are needed. Close other programs."
            ) from error
        self.tile = min(self.tile, -(-side // 2))

    def _function(self, dtype: str, shape: Any) -> Callable[[Any], Any]:
        """The network from one dtype to the same, traced once for all sizes."""
        # The merged tail needs a border of two different rows and columns.
        fused = min(shape[1:3]) >= 2
        key = (dtype, fused)
        if key not in self._functions:
            network = self.network if fused else self.plain
            self._functions[key] = _compiled(
                network, dtype, self.channels, live=self.live
            )
        return self._functions[key]

    def _check(self, image: NDArray[Any]) -> None:
        if image.dtype.name not in _DTYPES:
            raise ImageError(
                f"`image` must be {', '.join(_DTYPES)}. Received: {image.dtype.name}"
            )
        if image.ndim != 3 or image.shape[-1] != self.channels or not image.size:
            raise ImageError(
                f"`image` must be (H, W, {self.channels}) with at least one pixel. "
                f"Received: shape={image.shape}"
            )
        if image.dtype == np.float32 and not np.isfinite(image).all():
            raise ImageError("`image` must hold finite numbers. Received: NaN or inf")


def _in_precision(model: keras.Model, precision: str) -> keras.Model:
    """A copy of the network in that arithmetic; itself if it cannot be asked to."""
    config = model.get_config()
    if "dtype" not in config:
        return model
    copy = type(model).from_config({**config, "dtype": policy(precision)})
    copy.set_weights(model.get_weights())
    for fact in ("adversarial", "origin"):  # what files of its results must say
        setattr(copy, fact, getattr(model, fact, ""))
    return copy


def _factor(model: keras.Model) -> int:
    shape = model.compute_output_shape((1, 64, 64, model.input_shape[-1]))
    return int(shape[1]) // 64


def _arithmetic(model: keras.Model) -> str:
    kinds = {layer.compute_dtype for layer in model.layers}
    return "bfloat16" if "bfloat16" in kinds else "float32"


def _compiled(
    network: keras.Model, dtype: str, channels: int, *, live: bool
) -> Callable[[Any], Any]:
    def run(image: Tensor) -> Tensor:
        if dtype == "network":
            return network(image, training=False)
        return from_network(network(to_network(image), training=False), dtype)

    backend = keras.backend.backend()
    if backend == "tensorflow":
        import tensorflow as tf

        kind = "float32" if dtype == "network" else dtype
        signature = [tf.TensorSpec((None, None, None, channels), kind)]
        return tf.function(run, input_signature=signature, autograph=False)
    if backend == "jax":
        import jax

        # Compiled, it would keep the weights that it was traced with.
        return run if live else jax.jit(run)
    import torch

    return torch.no_grad()(run)


def _is_out_of_memory(error: Exception) -> bool:
    if isinstance(error, MemoryError):
        return True
    names = ("ResourceExhausted", "OutOfMemory")  # TensorFlow's, PyTorch's
    if any(name in type(error).__name__ for name in names):
        return True
    messages = ("RESOURCE_EXHAUSTED", "can't allocate memory")  # JAX's, PyTorch's
    return any(message in str(error) for message in messages)
