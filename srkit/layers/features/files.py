"""Files of weights: found, and read whatever tool wrote them.

Read are HDF5 as Keras writes it (the old layout of `keras.applications`, whole models,
``.weights.h5``) and NPZ: ``<layer>.weight`` and ``.bias`` with PyTorch's kernels
(OIHW), or ``<layer>/kernel`` and ``/bias`` with Keras's (HWIO).
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import keras
import numpy as np

from srkit.errors import WeightsError, WeightsNotFoundError

if TYPE_CHECKING:
    from .plans import Plan
    from .steps import Arrays

IMAGENET_MD5 = "253f8cb515780f3b799900260a226db6"
_IMAGENET = (
    "https://storage.googleapis.com/tensorflow/keras-applications/vgg19/"
    "vgg19_weights_tf_dim_ordering_tf_kernels_notop.h5"
)


def locate(plan: Plan, weights: str | Path) -> Path:
    """Path of the weights of a network; Keras's own of VGG19 are fetched.

    They are kept where `keras.applications` keeps them, and looked for there first.

    Raises:
        WeightsNotFoundError: If there is no such file, or it cannot be fetched.
    """
    if str(weights) != "imagenet":
        path = Path(weights).expanduser()
        if not path.is_file():
            raise WeightsNotFoundError(
                f"`weights` must be the path of {plan.file}, the weights of "
                f"{plan.name}. Received: {str(weights)!r}, where there is no file"
            )
        return path
    if plan.name != "vgg19":
        raise WeightsNotFoundError(
            f"`weights` of {plan.name} must be the path of {plan.file} (see "
            "datasets/README.md): Keras has them of 'vgg19' only. Received: 'imagenet'"
        )
    try:
        return Path(
            keras.utils.get_file(
                plan.file, _IMAGENET, cache_subdir="models", file_hash=IMAGENET_MD5
            )
        )
    except Exception as error:  # Keras raises no narrower one of a failed download
        raise WeightsNotFoundError(
            f"`weights` of vgg19 could not be fetched: {error}. Download {_IMAGENET} "
            f"elsewhere, and give the path of that file. Received: {str(weights)!r}"
        ) from error


def parse(data: bytes, *, name: str) -> Arrays:
    """Kernel (HWIO) and bias of each convolution in a file, by its name there.

    Args:
        data: The whole file.
        name: What to call it in errors.

    Raises:
        WeightsError: If it is neither HDF5 nor NPZ, or damaged.
    """
    try:
        if data.startswith(b"\x89HDF"):
            return _hdf5(data)
        if data.startswith(b"PK"):
            return _npz(data)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{name} is damaged: {error}. Copy it again.") from error
    raise WeightsError(
        f"{name} must be weights in HDF5 or NPZ. Received: {len(data)} bytes that "
        f"begin with {data[:16]!r}"
    )


def _npz(data: bytes) -> Arrays:
    found: dict[str, Any] = {}
    with np.load(io.BytesIO(data)) as file:
        for key in file.files:
            if key.endswith(".weight") and file[key].ndim == 4:
                stem = key.removesuffix(".weight")
                kernel, bias = file[key].transpose(2, 3, 1, 0), file.get(f"{stem}.bias")
            elif key.endswith("/kernel"):
                stem = key.removesuffix("/kernel")
                kernel, bias = file[key], file.get(f"{stem}/bias")
            else:
                continue
            found[stem] = (kernel, bias)
    return found


def _hdf5(data: bytes) -> Arrays:
    import h5py

    with h5py.File(io.BytesIO(data)) as file:
        groups = _keras3(file["layers"]) if "layers" in file else _keras2(file)
        pairs = {name: [np.asarray(value) for value in group] for name, group in groups}
    return {name: pair for name, pair in pairs.items() if len(pair) == 2}


def _keras3(layers: Any) -> Any:
    """Layers stand under the name of their class; their own is an attribute."""
    for group in layers.values():
        own = group["vars"]
        yield own.attrs.get("name", ""), [own[key] for key in sorted(own)]


def _keras2(file: Any) -> Any:
    """Names of layers and weights stand in attributes, in order."""
    root = file.get("model_weights", file)
    for layer in map(_text, root.attrs["layer_names"]):
        group = root[layer]
        yield layer, [group[_text(name)] for name in group.attrs["weight_names"]]


def _text(name: Any) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)
