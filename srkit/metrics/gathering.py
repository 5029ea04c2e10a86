"""Gathering what a network sees in two sets of pictures, as they come in batches.

Like the Keras metrics it stands in pipelines: floats are [-1, 1], as networks give
them. What comes out of an `Upscaler` or a file is [0, 1] or uint8; give the uint8.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

import keras
import numpy as np
from keras import ops

from srkit.errors import ArgumentError, DataError, ImageError, WeightsError
from srkit.image.resampling import resize as matlab_resize
from srkit.layers.inception import INCEPTION2015_FILE, inception2015, inception_v3
from srkit.types import Float64

from .files import find_weights
from .planes import array_levels
from .protocol import Score

_BATCH = 16
_SOURCE = "the Inception of 2015 up to mixed_7, batch normalisation folded in"


class SetDistance(ABC):
    """Gathers the features of two sets of pictures, and compares them at the end.

    Args:
        network: "inception-v3" for Keras's with its ImageNet weights, "inception-2015"
            for the file of that network in the data sets' ``weights`` folder, the path
            of that file (.npz) or of a Keras model, or a `keras.Model` from pictures in
            [-1, 1] to vectors or maps.
        side: Pixels of the square that each picture is resized to.
        resize: "bicubic" (MATLAB's, antialiased, not rounded) or "bilinear-tf1" (as
            TensorFlow 1 did it, aliased); None for what is usual with the network.

    Raises:
        ArgumentError: If `network` or `resize` is unknown.
        WeightsNotFoundError: If the network's weights are not there.
        WeightsError: If they are those of another network.
    """

    quantity: ClassVar[str]

    def __init__(
        self,
        *,
        network: str | Path | keras.Model = "inception-v3",
        side: int = 299,
        resize: str | None = None,
    ) -> None:
        self.network = _network(network)
        usual = self.network.name.startswith("inception-2015")
        self.resize = resize or ("bilinear-tf1" if usual else "bicubic")
        if self.resize not in ("bicubic", "bilinear-tf1"):
            raise ArgumentError(
                f"`resize` must be 'bicubic' or 'bilinear-tf1'. Received: {resize!r}"
            )
        self.side = side
        self.reset()

    def reset(self) -> None:
        """Forgets all pictures."""
        self._features: dict[str, list[Float64]] = {"real": [], "fake": []}
        self._sizes: dict[str, set[tuple[int, ...]]] = {"real": set(), "fake": set()}
        self._darkest = {"real": 255.0, "fake": 255.0}
        self._kind: tuple[str, int] | None = None

    def update(self, *, real: Any = None, fake: Any = None) -> None:
        """Adds pictures to one set or to both; pairs in the same order.

        Shape:
            ``(H, W, C)`` or ``(N, H, W, C)``.

        Args:
            real: Arrays or tensors of 1 or 3 channels: uint8, uint16, or float in
                [-1, 1] as in pipelines, not [0, 1] as at srkit's doors.
            fake: Alike; a network's results may overshoot.

        Raises:
            ImageError: If they are no pictures, or floats are of another range. That
                of [0, 1] shows in a whole set only: `features` and `result` raise it.
            DataError: If type or channels are not those of the pictures before.
        """
        for name, pictures in (("real", real), ("fake", fake)):
            if pictures is not None:
                batch = self._checked(name, pictures)
                for start in range(0, len(batch), _BATCH):
                    features = self._see(name, batch[start : start + _BATCH])
                    self._features[name].append(features)
                self._sizes[name].add(batch.shape[1:3])

    @property
    def features(self) -> tuple[Float64, Float64]:
        """Features of the real and of the fake pictures so far, ``(N, D)``.

        Raises:
            DataError: If there are fewer than two a set, or the sets do not match.
            ImageError: If a set of floats has no pixel below the middle of the range:
                it will be in [0, 1].
        """
        counts = [sum(map(len, batches)) for batches in self._features.values()]
        if min(counts) < 2:
            raise DataError(
                f"{self.quantity} needs at least 2 pictures in each set. "
                f"Received: {counts[0]} real and {counts[1]} fake"
            )
        if counts[0] != counts[1]:
            raise DataError(
                f"Both sets must hold as many pictures, since {self.quantity} depends "
                f"on it. Received: {counts[0]} real and {counts[1]} fake"
            )
        if self._sizes["real"] != self._sizes["fake"]:
            only = [sorted(sizes)[:3] for sizes in self._sizes.values()]
            raise DataError(
                "Pictures of both sets must have the same sizes, since resizing shows "
                f"in the features. Received: real {only[0]} and fake {only[1]}"
            )
        for name, darkest in self._darkest.items():
            if darkest >= 127.5:
                raise ImageError(
                    f"`{name}` must be uint8, or float in [-1, 1] as in pipelines. "
                    "Received: floats of which none is below 0, as those in [0, 1] are"
                )
        real, fake = (np.concatenate(batches) for batches in self._features.values())
        return real, fake

    @abstractmethod
    def result(self) -> Score:
        """The distance, its 95 % interval, and what it was measured with."""

    def _score(self, value: float, interval: tuple[float, float] | None) -> Score:
        count = sum(map(len, self._features["real"]))
        width = self._features["real"][0].shape[1]
        layer = self.network.layers[-1].name
        return Score(
            value,
            quantity=f"{self.quantity}{width}[{self.network.name}]",
            protocol=f"{layer}|{self.side}px-{self.resize}|uint8|N={count}",
            interval=interval,
        )

    def _checked(self, name: str, pictures: Any) -> Float64:
        """Levels of a batch of pictures of the kind seen before."""
        if not isinstance(pictures, np.ndarray):
            pictures = np.asarray(ops.convert_to_numpy(pictures))
        if pictures.ndim not in (3, 4) or pictures.shape[-1] not in (1, 3):
            raise ImageError(
                f"`{name}` must be (H, W, C) or (N, H, W, C) of 1 or 3 channels. "
                f"Received: shape={pictures.shape}"
            )
        whole = np.issubdtype(pictures.dtype, np.integer)
        kind = (str(pictures.dtype) if whole else "float", pictures.shape[-1])
        if kind != (self._kind or kind):
            raise DataError(
                "Pictures of both sets must be of one type and number of channels. "
                f"Received: {kind} after {self._kind}"
            )
        levels = array_levels(name, pictures, black=-1.0, exact=name == "real")
        self._kind = kind
        lowest = 0.0 if whole else float(levels.min())
        self._darkest[name] = min(self._darkest[name], lowest)
        return levels.reshape(-1, *pictures.shape[-3:])

    def _see(self, name: str, levels: Float64) -> Float64:
        size = (self.side, self.side)
        legacy = self.resize == "bilinear-tf1"
        square = _tf1_bilinear(levels, size) if legacy else matlab_resize(levels, size)
        if square.shape[-1] == 1:
            square = np.repeat(square, 3, axis=-1)
        features = self.network.predict_on_batch((square / 127.5 - 1).astype("float32"))
        found = np.asarray(features)
        if found.ndim not in (2, 4) or len(found) != len(levels):
            raise ArgumentError(
                "`network` must make one vector (N, D) or map (N, H, W, D) of each "
                f"picture. Received: {type(features).__name__}, shape={found.shape}"
            )
        found = found.mean(axis=(1, 2)) if found.ndim == 4 else found
        if not np.isfinite(found).all():
            raise DataError(
                f"Features of `{name}` must be finite. Received: NaN or inf"
            )
        return found.astype(np.float64)


def _network(network: str | Path | keras.Model) -> keras.Model:
    if isinstance(network, keras.Model):
        return network
    if str(network) == "inception-v3":
        return inception_v3()
    if str(network) == "inception-2015":
        return inception2015(find_weights(INCEPTION2015_FILE, None, source=_SOURCE))
    path = Path(network)
    if path.suffix == ".npz":
        return inception2015(path)
    if not path.is_file():
        raise ArgumentError(
            "`network` must be 'inception-v3', 'inception-2015', the path of a network "
            f"(.npz, .keras), or a keras.Model. Received: {str(network)!r}"
        )
    try:
        return keras.saving.load_model(path, compile=False)
    except (OSError, ValueError, TypeError) as error:
        raise WeightsError(
            f"{path} must be a Keras model. Received: {error}"
        ) from error


def _tf1_bilinear(levels: Float64, size: tuple[int, int]) -> Float64:
    """`tf.compat.v1.image.resize_bilinear`: from corner to corner, not antialiased."""
    for axis, out in zip((1, 2), size, strict=True):
        length = levels.shape[axis]
        places = np.arange(out) * (length / out)
        low = places.astype(np.intp)
        share = (places - low).reshape(-1, *(1,) * (3 - axis))
        near, far = (
            np.take(levels, index, axis=axis)
            for index in (low, np.minimum(low + 1, length - 1))
        )
        levels = near + share * (far - near)
    return levels
