from __future__ import annotations

import keras
import numpy as np
import pytest
from PIL import Image

from srkit.bench.pytorch import file_to_file, mirror
from srkit.errors import ArgumentError, MissingExtraError
from srkit.inference import Upscaler
from srkit.models import EDSR, SRResNet
from tests.conftest import draw_picture

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


def test_other_networks_have_no_twin():
    with pytest.raises(ArgumentError, match="SRResNet"):
        mirror(SRResNet(filters=8, num_blocks=1))


def test_without_pytorch(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    with pytest.raises(MissingExtraError, match=r"srkit\[bench\]"):
        mirror(network(scale=2))
