"""Layers of Keras's and srkit's as PyTorch's modules, with the weights copied over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from srkit.errors import ArgumentError, MissingExtraError
from srkit.layers import Interpolate, PixelShuffle
from srkit.layers.closing import Conv2D as BlockConv2D
from srkit.layers.features.parts import MEANS, ReflectionPadding, ToCaffe

Twin = Callable[..., Any]
"""A module or function of tensors ``(N, C, h, w)``."""


def twin(layer: keras.layers.Layer) -> Twin:
    """What computes the same in PyTorch, to rounding.

    Raises:
        MissingExtraError: If PyTorch is not installed.
        ArgumentError: If nothing here does.
    """
    if type(layer) not in _TWINS:
        raise ArgumentError(
            f"Layers with a twin in PyTorch are {', '.join(k.__name__ for k in _TWINS)}"
            f". Received: {type(layer).__name__}"
        )
    return _TWINS[type(layer)](layer)


def reorder(convolution: Any, scale: int) -> None:
    """Moves the channels of a convolution to where PyTorch's pixel shuffle wants them.

    Keras shuffles (row, column, channel), PyTorch (channel, row, column).
    """
    count = convolution.out_channels
    order = np.arange(count).reshape(scale**2, -1).T.ravel().copy()
    for values in (convolution.weight.data, convolution.bias.data):
        values.copy_(values[order].clone())


def torch() -> Any:
    """PyTorch, imported once it is needed.

    Raises:
        MissingExtraError: If it is not installed.
    """
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError(
            "The comparison with PyTorch needs it: pip install 'srkit[bench]'"
        ) from error
    return torch


def _convolution(layer: Any) -> Any:
    nn = torch().nn
    height, width, given, filters = layer.kernel.shape
    convolution = nn.Conv2d(given, filters, (height, width), layer.strides)
    _copy(convolution.weight, layer.kernel, (3, 2, 0, 1))
    _copy(convolution.bias, layer.bias)
    if layer.padding == "valid":
        return convolution
    if layer.strides == (1, 1):
        convolution.padding = (height // 2, width // 2)
        parts = [convolution]
    else:  # Keras pads an even side after its end alone
        parts = [nn.ZeroPad2d((0, width - 2, 0, height - 2)), convolution]
    if layer.activation is keras.activations.relu:
        parts.append(nn.ReLU(inplace=True))
    elif layer.activation is not keras.activations.linear:
        raise ArgumentError(f"An activation without twin: {layer.activation.__name__}")
    return nn.Sequential(*parts)


def _dense(layer: Any) -> Any:
    linear = torch().nn.Linear(*layer.kernel.shape)
    _copy(linear.weight, layer.kernel, (1, 0))
    _copy(linear.bias, layer.bias)
    return linear


def _normalization(layer: Any) -> Any:
    made = torch().nn.BatchNorm2d(
        layer.gamma.shape[0], eps=layer.epsilon, momentum=1 - layer.momentum
    )
    _copy(made.weight, layer.gamma)
    _copy(made.bias, layer.beta)
    _copy(made.running_mean, layer.moving_mean)
    _copy(made.running_var, layer.moving_variance)
    return made


def _prelu(layer: Any) -> Any:
    made = torch().nn.PReLU(layer.alpha.shape[-1])
    _copy(made.weight, keras.ops.reshape(layer.alpha, (-1,)))
    return made


def _rescaling(layer: Any) -> Twin:
    scale, offset = layer.scale, layer.offset
    return lambda x: x * scale + offset if offset else x * scale


def _to_caffe(layer: ToCaffe) -> Twin:
    del layer
    means = torch().tensor(MEANS).reshape(1, -1, 1, 1)
    return lambda x: ((x + 1) * 127.5).flip(1) - means


def _interpolate(layer: Interpolate) -> Twin:
    """The bicubic enlargement that is added; PyTorch's own has another kernel."""
    module, phases = torch(), layer.phases
    margin = phases.shape[0] // 2
    taps = np.einsum("yp,xq->pqyx", phases, phases)
    weights = module.tensor(taps.reshape(-1, 1, *taps.shape[2:]), dtype=module.float32)

    def enlarge(lr: Any) -> Any:
        channels = lr.shape[1]
        for axis in (2, 3):
            length = lr.shape[axis]
            positions = module.arange(-margin, length + margin) % (2 * length)
            positions = module.minimum(positions, 2 * length - 1 - positions)
            lr = lr.index_select(axis, positions)
        sub_pixels = module.nn.functional.conv2d(
            lr, weights.repeat(channels, 1, 1, 1), groups=channels
        )
        return module.nn.functional.pixel_shuffle(sub_pixels, layer.scale)

    return enlarge


def _copy(target: Any, source: Any, order: tuple[int, ...] | None = None) -> None:
    values = np.transpose(keras.ops.convert_to_numpy(source), order)
    target.data.copy_(torch().from_numpy(values.copy()))


_TWINS: dict[type, Callable[[Any], Twin]] = {
    keras.layers.Conv2D: _convolution,
    BlockConv2D: _convolution,
    keras.layers.Dense: _dense,
    keras.layers.BatchNormalization: _normalization,
    keras.layers.PReLU: _prelu,
    keras.layers.ReLU: lambda _: torch().nn.ReLU(),
    keras.layers.LeakyReLU: lambda layer: torch().nn.LeakyReLU(layer.negative_slope),
    keras.layers.MaxPooling2D: lambda layer: torch().nn.MaxPool2d(layer.pool_size),
    keras.layers.Add: lambda _: lambda *terms: sum(terms[1:], start=terms[0]),
    # The order of Keras, channels last.
    keras.layers.Flatten: lambda _: lambda x: x.permute(0, 2, 3, 1).flatten(1),
    keras.layers.Rescaling: _rescaling,
    ToCaffe: _to_caffe,
    ReflectionPadding: lambda _: torch().nn.ReflectionPad2d(1),
    PixelShuffle: lambda layer: torch().nn.PixelShuffle(layer.scale),
    Interpolate: _interpolate,
}
