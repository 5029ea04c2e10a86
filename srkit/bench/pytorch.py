"""An EDSR of srkit's as PyTorch runs it: the yardstick of `srkit bench`.

The same network with the weights copied over, run as the usual tools do: OpenCV reads
the file, the whole picture goes through in float32, contiguous NCHW, OpenCV writes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from srkit.errors import ArgumentError, MissingExtraError
from srkit.layers import Interpolate, PixelShuffle
from srkit.models import EDSR

Network = Callable[[Any], Any]


def mirror(model: EDSR) -> Network:
    """Builds the network in PyTorch, with the weights of `model`.

    Returns:
        A function of tensors ``(N, C, h, w)`` to ``(N, C, H, W)``, in [-1, 1].

    Raises:
        MissingExtraError: If PyTorch is not installed.
        ArgumentError: If `model` is no EDSR.

    Source:
        Lim et al. 2017, figures 2c and 3.
    """
    if not isinstance(model, EDSR):
        raise ArgumentError(
            f"Only an EDSR has a twin in PyTorch here. Received: {type(model).__name__}"
        )
    nn = _torch().nn
    head, body = _conv(model, "head"), _conv(model, "body")
    blocks = [
        nn.Sequential(
            _conv(model, f"block{index}_conv1"),
            nn.ReLU(inplace=True),
            _conv(model, f"block{index}_conv2"),
        )
        for index in range(1, model.num_blocks + 1)
    ]
    tail = nn.Sequential(*_upsample(model), _conv(model, "tail"))
    enlarge = [layer for layer in model.layers if isinstance(layer, Interpolate)]
    share = model.residual_scale

    def forward(lr: Any) -> Any:
        features = x = head(lr)
        for block in blocks:
            branch = block(x)
            x = x + (branch if share == 1 else branch * share)
        sr = tail(body(x) + features)
        return sr + _interpolated(lr, enlarge[0]) if enlarge else sr

    return forward


def file_to_file(network: Network) -> Callable[[Path, Path], None]:
    """What the usual tools do with a picture file, as a function of two paths."""
    torch = _torch()

    @torch.inference_mode()
    def run(source: Path, target: Path) -> None:
        read: Any = cv2.imread(str(source))
        image = cv2.cvtColor(read, cv2.COLOR_BGR2RGB)
        values = torch.from_numpy(image).permute(2, 0, 1).contiguous()
        sr = network(values[None].float() / 127.5 - 1)[0]
        levels = ((sr.clamp(-1, 1) + 1) * 127.5).round().byte()
        pixels = levels.permute(1, 2, 0).contiguous().numpy()
        cv2.imwrite(str(target), cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR))

    return run


def _upsample(model: EDSR) -> list[Any]:
    """Convolutions and pixel shuffles in turn."""
    layers = []
    shuffles = [layer for layer in model.layers if isinstance(layer, PixelShuffle)]
    for index, shuffle in enumerate(shuffles, start=1):
        layers.append(_conv(model, f"upsample{index}_conv", shuffle.scale))
        layers.append(_torch().nn.PixelShuffle(shuffle.scale))
    return layers


def _conv(model: EDSR, name: str, shuffled: int = 1) -> Any:
    """A convolution with the weights of a layer, in the order of PyTorch."""
    torch = _torch()
    kernel, bias = model.get_layer(name).get_weights()
    if shuffled > 1:
        # Keras shuffles (row, column, channel), PyTorch (channel, row, column).
        order = np.arange(bias.size).reshape(shuffled**2, -1).T.ravel()
        kernel, bias = kernel[..., order], bias[order]
    conv = torch.nn.Conv2d(
        kernel.shape[2], kernel.shape[3], kernel.shape[:2], padding="same"
    )
    with torch.no_grad():
        conv.weight.copy_(torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy()))
        conv.bias.copy_(torch.from_numpy(bias))
    return conv


def _interpolated(lr: Any, layer: Interpolate) -> Any:
    """The bicubic enlargement that is added; PyTorch's own has another kernel."""
    torch = _torch()
    phases = layer.phases
    margin = phases.shape[0] // 2
    taps = np.einsum("yp,xq->pqyx", phases, phases)
    weights = torch.tensor(taps.reshape(-1, 1, *taps.shape[2:]), dtype=torch.float32)
    channels = lr.shape[1]
    for axis in (2, 3):
        length = lr.shape[axis]
        positions = torch.arange(-margin, length + margin) % (2 * length)
        positions = torch.minimum(positions, 2 * length - 1 - positions)
        lr = lr.index_select(axis, positions)
    sub_pixels = torch.nn.functional.conv2d(
        lr, weights.repeat(channels, 1, 1, 1), groups=channels
    )
    return torch.nn.functional.pixel_shuffle(sub_pixels, layer.scale)


def _torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError(
            "The comparison with PyTorch needs it: pip install 'srkit[bench]'"
        ) from error
    return torch
