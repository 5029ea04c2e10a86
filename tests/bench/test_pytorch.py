from __future__ import annotations

import keras
import numpy as np
import pytest
from PIL import Image

from srkit.bench.pytorch import file_to_file, mirror
from srkit.errors import ArgumentError, MissingExtraError
from srkit.inference import Upscaler
from srkit.layers.features import feature_network
from srkit.models import EDSR, ConvAutoencoder, SRGANDiscriminator, SRResNet
from tests.conftest import draw_picture
from tests.layers.features.drawn import write_relu3_1

NETWORKS = (
    {"scale": 2, "residual_scale": 0.5},
    {"scale": 3},
    {"scale": 4, "interpolated": True},
)


def network(**options):
    model = EDSR(**options, filters=8, num_blocks=2)
    for weight in model.weights:  # also the biases, which start at zero
        weight.assign(
            keras.random.normal(weight.shape, stddev=0.1, seed=len(weight.path))
        )
    return model


@pytest.mark.parametrize("options", NETWORKS)
def test_twin_computes_the_same(options, rng):
    torch = pytest.importorskip("torch")
    model = network(**options)
    lr = rng.uniform(-1, 1, (2, 7, 9, 3)).astype(np.float32)
    with torch.inference_mode():
        twin = mirror(model)(torch.from_numpy(lr.transpose(0, 3, 1, 2).copy()))
    expected = np.asarray(model(lr))
    np.testing.assert_allclose(twin.numpy().transpose(0, 2, 3, 1), expected, atol=1e-4)


def test_file_to_file(tmp_path):
    pytest.importorskip("torch")
    model = network(scale=2)
    picture = draw_picture()
    Image.fromarray(picture).save(tmp_path / "in.png")
    file_to_file(mirror(model))(tmp_path / "in.png", tmp_path / "out.png")
    found = np.asarray(Image.open(tmp_path / "out.png")).astype(int)
    expected = Upscaler(model, precision="float32")(picture)
    assert np.abs(found - expected).max() <= 1


@pytest.mark.parametrize("kind", ["generator", "discriminator", "content"])
def test_a_gans_parts_have_twins(kind, rng, tmp_path):
    """In training mode too, where normalisation goes by the batch."""
    torch = pytest.importorskip("torch")
    model = {
        "generator": lambda: SRResNet(filters=8, num_blocks=1),
        "discriminator": lambda: SRGANDiscriminator(size=32, filters=4, units=4),
        "content": lambda: feature_network(
            layers="block3_conv1", **write_relu3_1(tmp_path / "vgg.npz")
        ),
    }[kind]()
    images = rng.uniform(-1, 1, (2, 32, 32, 3)).astype(np.float32)
    twin = mirror(model)
    for training in (False, True):  # moving variances of PyTorch's are unbiased
        with torch.inference_mode():
            found = twin.train(training)(torch.from_numpy(images).permute(0, 3, 1, 2))
        found = found.permute(0, 2, 3, 1) if found.ndim == 4 else found
        expected = keras.tree.flatten(model(images, training=training))[0]
        np.testing.assert_allclose(found, expected, atol=1e-4, rtol=1e-4)


def test_a_layer_without_a_twin_is_named():
    pytest.importorskip("torch")
    with pytest.raises(ArgumentError, match=r"twin .*Received: Conv2DTranspose"):
        mirror(ConvAutoencoder(filters=8, code=8))


def test_without_pytorch(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"srkit\[bench\]"):
        mirror(network(scale=2))
