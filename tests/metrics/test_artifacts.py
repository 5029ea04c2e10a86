"""The checkerboard score: its definition spelt out, and what it says of pictures."""

import keras
import numpy as np
import pytest
from keras import ops

from srkit.errors import ArgumentError, ImageError
from srkit.image import downscale, resize, to_network
from srkit.metrics import Checkerboard, checkerboard
from srkit.metrics.artifacts import grid_amplitude
from tests.contracts import check_metric


def spelt_out(image, scale):
    """The definition in loops, for one picture in levels."""
    height, width = (side // scale * scale for side in image.shape[:2])
    levels = image[:height, :width] - image[:height, :width].mean(axis=(0, 1))
    window = np.outer(np.hanning(height + 1)[:-1], np.hanning(width + 1)[:-1])
    spectrum = np.fft.fft2(levels * window[..., None], axes=(0, 1))
    power = (np.abs(spectrum) ** 2).mean(axis=2) / (window**2).sum()
    ratios = []
    for j in range(scale):
        for k in range(scale):
            y, x = j * height // scale, k * width // scale
            rows, columns = (
                [
                    distance
                    for distance in range(-(cell // 2), cell - cell // 2)
                    if 2 <= abs(distance) <= min(max(4, cell // 4), cell // 2)
                ]
                for cell in (height // scale, width // scale)
            )
            column = np.mean([power[(y + d) % height, x] for d in rows])
            row = np.mean([power[y, (x + d) % width] for d in columns])
            if j or k:
                ratios.append(power[y, x] / max(column, row, 1 / 12))
    return np.mean(ratios)


def pattern(height, width, scale):
    """Alternates by one level between neighbours, with the period of `scale`."""
    rows, columns = np.mgrid[:height, :width] % scale
    return ((rows + columns) % 2)[..., None]


def score(picture, scale):
    return float(checkerboard(picture, scale=scale))


@pytest.fixture(scope="module")
def photograph():
    from skimage.data import astronaut

    return astronaut()[100:292, 140:332]


@pytest.mark.parametrize(("height", "width"), [(48, 37), (17, 64), (96, 90)])
@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_score_is_its_definition(photograph, height, width, scale):
    picture = photograph[:height, :width]
    wanted = spelt_out(picture.astype(float), scale)
    assert score(picture, scale) == pytest.approx(wanted, rel=2e-3)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_a_pattern_of_one_level_stands_out_of_a_photograph(photograph, scale):
    assert score(photograph, scale) < 3
    marked = np.minimum(photograph, 254) + pattern(192, 192, scale)
    assert score(marked.astype(np.uint8), scale) > 20


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_real_pictures_score_near_one_before_and_far_above_after(datasets, scale):
    from PIL import Image

    clean, enlarged, marked = [], [], []
    for path in sorted((datasets / "test" / "bsd100").iterdir())[:20]:
        hr = np.asarray(Image.open(path).convert("RGB"))[100:196, 100:196]
        clean.append(score(hr, scale))
        enlarged.append(score(resize(downscale(hr, scale), scale=scale), scale))
        with_it = np.minimum(hr, 254) + pattern(96, 96, scale)
        marked.append(score(with_it.astype(np.uint8), scale))
    assert np.mean(clean) == pytest.approx(1, abs=0.4)
    assert max(clean) < 5
    assert np.mean(enlarged) < 1
    assert np.mean(marked) > 20


@pytest.mark.parametrize("scale", [2, 4])
def test_a_sub_pixel_layer_without_icnr_is_recognised(photograph, scale):
    from srkit.layers import ICNR, PixelShuffle

    lr = to_network(downscale(photograph, scale))[None]

    def grown(initializer):
        layers = [
            keras.layers.Conv2D(16, 3, activation="relu", padding="same"),
            keras.layers.Conv2D(3 * scale**2, 3, kernel_initializer=initializer),
            PixelShuffle(scale),
        ]
        metric = Checkerboard(scale=scale)
        sr = keras.Sequential(layers)(lr)
        metric.update_state(sr, sr)
        return float(metric.result())

    assert grown("glorot_uniform") > 20
    assert grown(ICNR(scale)) < 3


def test_a_flat_picture_scores_zero():
    assert score(np.full((32, 32, 3), 77, np.uint8), 4) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("scale", [2, 3, 4])
def test_the_amplitude_is_that_of_what_repeats_at_any_size(photograph, scale):
    for height, width in ((32, 32), (50, 93), (192, 192)):
        marked = 100 + 8 * pattern(height, width, scale)
        wanted = 8 * pattern(scale, scale, scale).std()
        found = grid_amplitude(to_network(marked.astype(np.uint8)[None]), scale)
        assert float(found) == pytest.approx(wanted, rel=0.01)
    natural = grid_amplitude(to_network(photograph[None]), scale)
    assert float(natural) < 0.5


def test_kinds_of_pictures_agree(photograph):
    gray = photograph[..., :1]
    wanted = checkerboard(gray, scale=4)
    assert str(wanted) == f"checkerboard {float(wanted):.2f} [RGB|period4|hann]"
    assert checkerboard(gray / 255, scale=4) == pytest.approx(wanted, rel=1e-4)
    batch = checkerboard(np.stack([gray, gray]), scale=4)
    np.testing.assert_allclose(batch, [float(wanted)] * 2, rtol=1e-4)
    half = ops.cast(ops.convert_to_tensor(np.round(gray[None] / 4) / 64), "bfloat16")
    assert np.isfinite(float(checkerboard(half, scale=4)[0]))


def test_metric_keeps_the_contract():
    check_metric(Checkerboard(scale=2), (2, 16, 13, 3))


def test_metric_looks_at_the_result_alone(photograph):
    sr = to_network(photograph[None, :64, :64])
    metric = Checkerboard(scale=4)
    metric.update_state(np.zeros_like(sr), sr)
    assert float(metric.result()) == pytest.approx(score(photograph[:64, :64], 4))
    assert str(metric.score()).endswith("[RGB|period4|hann]")


@pytest.mark.tensorflow
def test_sizes_that_only_a_run_knows(photograph):
    import tensorflow as tf

    batch = photograph[None, :57, :66].astype(np.float32) / 255
    signature = [tf.TensorSpec((None, None, None, 3))]
    traced = tf.function(lambda x: checkerboard(x, scale=4), input_signature=signature)
    np.testing.assert_allclose(traced(batch), checkerboard(batch, scale=4), rtol=1e-4)


@pytest.mark.parametrize(
    ("shape", "scale", "error", "message"),
    [
        ((1, 15, 32, 3), 4, ImageError, "at least 16 pixels.*Received: 15x32"),
        ((32, 32), 2, ImageError, r"`image` must be an array or tensor .*shape=\(32"),
        ((1, 32, 32, 3), 1, ArgumentError, "whole number from 2. Received: 1"),
    ],
)
def test_what_cannot_be_scored_is_refused(shape, scale, error, message):
    with pytest.raises(error, match=message):
        checkerboard(np.zeros(shape, np.float32), scale=scale)


def test_the_range_of_networks_is_refused_at_the_doors(photograph):
    with pytest.raises(ImageError, match=r"`image` must be .*float in \[0, 1\]"):
        checkerboard(to_network(photograph), scale=4)
