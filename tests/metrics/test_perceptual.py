"""Perceptual distance against its definition in NumPy, on features of its own."""

import keras
import numpy as np
import pytest
from keras import ops

from srkit.errors import ArgumentError, ImageError, ProtocolError, WeightsError
from srkit.image import read_picture, resize, to_network
from srkit.layers.features import NETWORKS, feature_network
from srkit.metrics import PerceptualDistance, perceptual_distance
from tests.conftest import draw_picture
from tests.contracts import check_metric
from tests.layers.features.drawn import write_relu3_1

OWN = ("block1_conv2", "block2_conv2", "block3_conv1")


@pytest.fixture
def relu3_1(tmp_path):
    return write_relu3_1(tmp_path / "relu3_1.npz")


@pytest.fixture
def pair(rng):
    """Two pictures and noisy versions of them, uint8."""
    hr = np.stack([draw_picture(18, 21, seed=seed) for seed in (1, 2)])
    noise = rng.normal(0, 12, hr.shape)
    return hr, np.clip(np.rint(hr + noise), 0, 255).astype(np.uint8)


def by_definition(options, hr, sr, layers=OWN):
    """One value a picture, from the features, in float64."""
    network = feature_network(layers=layers, **options)
    hr, sr = (network(x.astype("float32") / 127.5 - 1) for x in (hr, sr))
    distances = []
    for maps in zip(hr, sr, strict=True):
        a, b = (ops.convert_to_numpy(x).astype("float64") for x in maps)
        dots, aa, bb = ((x * y).sum(-1) for x, y in ((a, b), (a, a), (b, b)))
        distances.append((2 - 2 * dots / np.sqrt(aa * bb)).mean(axis=(1, 2)))
    return np.mean(distances, axis=0)


def test_contract(relu3_1):
    check_metric(PerceptualDistance(shave=1, layers=["block1_conv1"], **relu3_1))


def test_it_is_what_its_docstring_says(relu3_1, pair):
    values = perceptual_distance(*pair, shave=0, **relu3_1)
    assert isinstance(values, np.ndarray)
    np.testing.assert_allclose(values, by_definition(relu3_1, *pair), rtol=1e-3)


def test_the_border_is_left_out_before_the_network_sees_it(relu3_1, pair):
    inside = [image[:, 4:-4, 4:-4] for image in pair]
    np.testing.assert_allclose(
        perceptual_distance(*pair, shave=4, **relu3_1),
        by_definition(relu3_1, *inside),
        rtol=1e-3,
    )


def test_arrays_tensors_and_the_metric_agree(relu3_1, pair):
    hr, sr = (to_network(image) for image in pair)
    sr = sr + np.float32(0.001)  # less than half a level: rounded away
    wanted = perceptual_distance(*pair, shave=0, **relu3_1)
    tensors = (ops.convert_to_tensor((image + 1) / 2) for image in (hr, sr))
    values = perceptual_distance(*tensors, shave=0, **relu3_1)
    assert not isinstance(values, np.ndarray)
    np.testing.assert_allclose(ops.convert_to_numpy(values), wanted, rtol=1e-4)
    metric = PerceptualDistance(shave=0, **relu3_1)
    metric.update_state(hr, sr)
    assert float(metric.result()) == pytest.approx(wanted.mean(), rel=1e-4)


def test_equal_pictures_are_at_no_distance_even_flat_ones(relu3_1):
    flat = np.zeros((12, 12, 3), np.uint8)
    assert perceptual_distance(flat, flat, shave=0, **relu3_1) == 0.0


def test_a_figure_carries_network_and_protocol(relu3_1, pair, monkeypatch):
    hr, sr = (images[0] for images in pair)
    score = perceptual_distance(hr, sr, shave=4, kernel="bicubic", **relu3_1)
    name = f"PerceptualDistance[vgg19-relu3_1-{relu3_1['sha256'][:8]}]"
    assert str(score) == f"{name} {float(score):.4f} [RGB|shave4|uint8|LR=bicubic]"
    metric = PerceptualDistance(shave=4, kernel="bicubic", **relu3_1)
    metric.update_state(to_network(hr)[None], to_network(sr)[None])
    assert metric.name == name
    assert metric.score().quantity == name
    assert metric.score() == pytest.approx(score)


def test_other_layers_show_in_the_name(relu3_1, pair):
    layers = ["block1_conv1", "vgg22"]
    metric = PerceptualDistance(shave=0, layers=layers, **relu3_1)
    assert metric.quantity.endswith(":block1_conv1,block2_conv2]")
    hr, sr = map(to_network, pair)
    metric.update_state(hr, sr)
    wanted = by_definition(relu3_1, *pair, layers=("block1_conv1", "block2_conv2"))
    assert float(metric.result()) == pytest.approx(wanted.mean(), rel=1e-3)


def test_figures_of_unlike_networks_are_not_compared(tmp_path, pair):
    hr, sr = (images[0] for images in pair)
    scores = [
        perceptual_distance(
            hr, sr, shave=0, **write_relu3_1(tmp_path / f"{seed}.npz", seed=seed)
        )
        for seed in (1, 2)
    ]
    with pytest.raises(ProtocolError, match="one quantity"):
        _ = scores[0] < scores[1]


def test_it_is_measured_in_a_compiled_step(relu3_1, pair):
    hr, sr = map(to_network, pair)
    metric = PerceptualDistance(shave=0, **relu3_1)
    model = keras.Sequential([keras.Input((None, None, 3)), keras.layers.Identity()])
    model.compile(loss="mae", metrics=[metric], jit_compile=True)
    scores = model.evaluate(sr, hr, batch_size=2, verbose=0, return_dict=True)
    wanted = perceptual_distance(*pair, shave=0, **relu3_1).mean()
    assert scores[metric.name] == pytest.approx(wanted, rel=1e-3)
    assert model.count_params() == 0  # the network is no part of the model


def test_gray_is_repeated(relu3_1, pair):
    gray = [image[..., :1] for image in pair]
    np.testing.assert_allclose(
        perceptual_distance(*gray, shave=0, **relu3_1),
        perceptual_distance(*(np.repeat(g, 3, -1) for g in gray), shave=0, **relu3_1),
        rtol=1e-6,
    )


def test_wrong_pictures_and_options_are_refused(relu3_1, pair):
    hr, sr = pair
    with pytest.raises(ImageError, match=r"at least 16 pixels \(`shave` \(=4\) twice"):
        perceptual_distance(hr[:, :15], sr[:, :15], shave=4, **relu3_1)
    with pytest.raises(ImageError, match="`sr` must have the shape of `hr`"):
        perceptual_distance(hr, sr[:, 1:], shave=0, **relu3_1)
    with pytest.raises(ArgumentError, match="Did you mean 'squeezenet11'"):
        PerceptualDistance(network="squeezenet", shave=0)
    with pytest.raises(ArgumentError, match="Did you mean 'block3_conv1'"):
        PerceptualDistance(shave=0, layers=["block3_conv4"], **relu3_1)
    with pytest.raises(WeightsError, match="SHA-256"):
        PerceptualDistance(shave=0, **{**relu3_1, "sha256": ""})


@pytest.mark.parametrize("network", [name for name in NETWORKS if name != "vgg19"])
def test_blur_is_farther_with_each_network_at_hand(network, datasets):
    weights = datasets / "weights" / NETWORKS[network].file
    picture = read_picture(datasets / "test/set5/bird.png").pixels[:96, :96]
    scores = []
    for side in (96, 48, 24):
        blurred = resize(resize(picture, (side, side)), (96, 96))
        scores.append(
            perceptual_distance(
                picture, blurred, network=network, weights=weights, shave=4
            )
        )
    assert scores[0].quantity == f"PerceptualDistance[{network}]"
    assert 0 == float(scores[0]) < scores[1] < scores[2] < 2


def test_squeezenet_s_figure_is_pytorch_s_cosine(datasets):
    torch = pytest.importorskip("torch")
    path = datasets / "weights" / NETWORKS["squeezenet11"].file
    layers = NETWORKS["squeezenet11"].distance_layers
    hr = read_picture(datasets / "test/set5/bird.png").pixels[:64, :64]
    sr = resize(resize(hr, (16, 16)), (64, 64))
    network = feature_network("squeezenet11", layers, weights=path)
    maps = [network(to_network(image)[None]) for image in (hr, sr)]
    wanted = np.mean(
        [
            2 - 2 * torch.cosine_similarity(*map(_torch, both), dim=-1).mean().item()
            for both in zip(*maps, strict=True)
        ]
    )
    score = perceptual_distance(hr, sr, network="squeezenet11", weights=path, shave=0)
    assert float(score) == pytest.approx(wanted, rel=1e-4)


def _torch(features):
    import torch

    return torch.from_numpy(np.array(ops.convert_to_numpy(features)))
