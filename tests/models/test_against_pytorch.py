"""Two published networks written down a second time, in PyTorch, with our weights."""

import numpy as np
import pytest
from keras import ops

from srkit.models import RRDBNet, UNetDiscriminator

torch = pytest.importorskip("torch")
F = torch.nn.functional


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_rrdbnet(scale, rng):
    model = RRDBNet(scale=scale, filters=6, num_blocks=2, growth=4)
    for weight in model.weights:
        weight.assign(rng.normal(0, 0.3, weight.shape))
    lr = rng.uniform(-1, 1, (2, 9, 7, 3)).astype("float32")

    def conv(x, name):
        return _conv(model, x, name)

    def active(x, name):
        return F.leaky_relu(conv(x, name), 0.2)

    x = start = conv(_to_torch(lr), "head")
    for block in ("block1", "block2"):
        inner = x
        for dense in ("dense1", "dense2", "dense3"):
            name, seen = f"{block}_{dense}", inner
            for number in range(1, 5):
                new = active(seen, f"{name}_conv{number}")
                seen = torch.cat((seen, new), dim=1)
            inner = inner + 0.2 * conv(seen, f"{name}_conv5")
        x = x + 0.2 * inner
    x = start + conv(x, "body")
    for step, factor in enumerate([2, 2] if scale == 4 else [scale], start=1):
        x = active(F.interpolate(x, scale_factor=factor), f"upsample{step}_conv")
    _assert_same(model(lr), conv(active(x, "hr"), "tail"))


def test_unet_discriminator(rng):
    model = UNetDiscriminator(filters=4)
    images = rng.uniform(-1, 1, (2, 16, 24, 3)).astype("float32")
    for layer in model.layers:
        if hasattr(layer, "vector"):  # as after much training
            matrix = ops.convert_to_numpy(layer.kernel).reshape(-1, layer.filters)
            layer.vector.assign(np.linalg.svd(matrix)[2][:1].T)

    def active(x, name, **options):
        return F.leaky_relu(_conv(model, x, name, **options), 0.2)

    levels = [active(_to_torch(images), "head")]
    for name in ("down1", "down2", "down3"):
        levels.append(active(levels[-1], name, stride=2))
    x = levels.pop()
    for name in ("up3", "up2", "up1"):
        x = F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)
        x = active(x, name) + levels.pop()
    x = active(active(x, "judge1"), "judge2")
    _assert_same(model(images), _conv(model, x, "logits"))


def _conv(model, x, name, stride=1):
    layer = model.get_layer(name)
    kernel = ops.convert_to_numpy(layer.kernel).transpose(3, 2, 0, 1)
    if hasattr(layer, "vector"):
        kernel = kernel / np.linalg.norm(kernel.reshape(len(kernel), -1), 2)
    bias = getattr(layer, "bias", None)
    bias = None if bias is None else torch.tensor(ops.convert_to_numpy(bias))
    return F.conv2d(x, torch.tensor(kernel.copy()), bias, stride=stride, padding=1)


def _to_torch(images):
    return torch.tensor(images.transpose(0, 3, 1, 2).copy())


def _assert_same(ours, theirs):
    theirs = theirs.numpy().transpose(0, 2, 3, 1)
    tolerance = 1e-5 * np.abs(theirs).max()
    np.testing.assert_allclose(ops.convert_to_numpy(ours), theirs, atol=tolerance)
