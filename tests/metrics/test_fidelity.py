"""PSNR and SSIM against scikit-image, Keras and hand-made pictures."""

import keras
import numpy as np
import pytest
from keras import ops
from skimage.color import rgb2ycbcr
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from srkit.errors import ImageError
from srkit.image import from_network, to_network
from srkit.metrics import PSNR, SSIM, Protocol, Score, psnr, ssim
from tests.conftest import draw_picture
from tests.contracts import check_metric

MEASURES = [psnr, ssim]


@pytest.fixture
def pair(rng):
    hr = draw_picture(32, 27)
    noise = rng.normal(0, 12, hr.shape)
    return hr, np.clip(np.rint(hr + noise), 0, 255).astype(np.uint8)


def wang(x, y):
    """SSIM of scikit-image, set as Wang's MATLAB code is, without its padding."""
    options = {
        "gaussian_weights": True,
        "sigma": 1.5,
        "use_sample_covariance": False,
        "data_range": 255,
    }
    _, full = structural_similarity(x, y, full=True, **options)
    return full[5:-5, 5:-5].mean()


@pytest.mark.parametrize("shave", [0, 4])
def test_psnr_on_luma_equals_scikit_image_s(pair, shave):
    inside = slice(shave, -shave or None)
    x, y = (rgb2ycbcr(image)[inside, inside, 0] for image in pair)
    wanted = peak_signal_noise_ratio(x, y, data_range=255)
    assert psnr(*pair, shave=shave) == pytest.approx(wanted, abs=1e-9)


def test_psnr_on_rgb_equals_scikit_image_s_and_keras_s(pair):
    value = psnr(*pair, shave=0, channel="rgb")
    assert value == pytest.approx(
        peak_signal_noise_ratio(*pair, data_range=255), abs=1e-9
    )
    x, y = (image.astype(np.float32) for image in pair)
    assert value == pytest.approx(float(ops.psnr(x, y, max_val=255)), abs=1e-4)


@pytest.mark.parametrize("shave", [0, 4])
def test_ssim_on_luma_equals_scikit_image_s(pair, shave):
    inside = slice(shave, -shave or None)
    wanted = wang(*(rgb2ycbcr(image)[inside, inside, 0] for image in pair))
    assert ssim(*pair, shave=shave) == pytest.approx(wanted, abs=1e-9)


def test_ssim_on_rgb_is_the_mean_of_the_channels(pair):
    x, y = (image.astype(float) for image in pair)
    wanted = np.mean([wang(x[..., c], y[..., c]) for c in range(3)])
    assert ssim(*pair, shave=0, channel="rgb") == pytest.approx(wanted, abs=1e-9)


def test_studio_swing_is_worth_1_32_db(pair):
    gray = [np.repeat(image[..., :1], 3, axis=-1) for image in pair]
    studio, full = (psnr(*gray, shave=0, channel=c) for c in ("y", "y_full"))
    assert float(studio) - float(full) == pytest.approx(20 * np.log10(255 / 219))


@pytest.mark.parametrize("measure", MEASURES)
def test_one_channel_is_its_own_luma(pair, measure):
    gray = [image[..., :1] for image in pair]
    values = [measure(*gray, shave=2, channel=c) for c in ("y", "y_full", "rgb")]
    assert len({float(value) for value in values}) == 1
    replicated = [np.repeat(image, 3, axis=-1) for image in gray]
    assert float(values[0]) == pytest.approx(
        float(measure(*replicated, shave=2, channel="rgb"))
    )


@pytest.mark.parametrize("measure", MEASURES)
@pytest.mark.parametrize("channel", ["y", "y_full", "rgb"])
def test_tensors_give_what_arrays_give(pair, measure, channel):
    options = {"shave": 3, "channel": channel}
    batch = [np.stack([image, image[::-1]]) for image in pair]
    exact = measure(*batch, **options)
    assert exact.shape == (2,)
    assert exact.dtype == np.float64
    for tensors in (
        [ops.convert_to_tensor(image) for image in batch],
        [ops.convert_to_tensor(image / np.float32(255)) for image in batch],
        [ops.convert_to_tensor(batch[0]), batch[1] / np.float32(255)],
    ):
        value = ops.convert_to_numpy(measure(*tensors, **options))
        np.testing.assert_allclose(value, exact, rtol=2e-6)


def test_flat_pictures_keep_their_ssim_in_float32():
    hr = np.full((1, 16, 16, 3), 250, np.uint8)
    sr = np.where(np.indices(hr.shape)[2] % 2, hr + np.uint8(1), hr)
    tensor = ssim(ops.convert_to_tensor(hr), ops.convert_to_tensor(sr), shave=0)
    np.testing.assert_allclose(
        ops.convert_to_numpy(tensor), ssim(hr, sr, shave=0), atol=1e-5
    )


@pytest.mark.parametrize("measure", MEASURES)
def test_kinds_of_pictures_agree(pair, measure):
    hr, sr = pair
    value = measure(hr, sr, shave=2)
    wide = sr.astype(np.uint16) * 257
    for same in (sr / np.float32(255), sr / 255, wide):
        assert measure(hr, same, shave=2) == value


def test_floats_are_rounded_as_files_are(rng):
    hr, sr = rng.uniform(0, 1, (2, 16, 15, 3)).astype(np.float32)
    sr = sr * 1.5 - 0.25  # a network overshoots
    files = [from_network(image * 2 - 1) for image in (hr, sr)]
    assert psnr(hr, sr, shave=1) == psnr(*files, shave=1)


def test_what_an_upscaler_gives_is_measured_right(pair):
    """Floats at the doors are [0, 1]; read as [-1, 1] they would gain 6 dB."""
    hr, sr = pair
    assert psnr(hr / 255, sr / 255, shave=0) == psnr(hr, sr, shave=0)
    with pytest.raises(ImageError, match=r"`hr` must be .*\[0, 1\].*from -1"):
        psnr(to_network(hr - hr.min()), sr, shave=0)


@pytest.mark.parametrize("measure", MEASURES)
def test_a_single_picture_gives_a_score(pair, measure):
    value = measure(*pair, shave=2, kernel="lanczos3")
    assert isinstance(value, Score)
    assert value.protocol == Protocol(shave=2, kernel="lanczos3")


def test_equal_pictures(pair):
    hr, _ = pair
    assert psnr(hr, hr, shave=0) == float("inf")
    assert ssim(hr, hr, shave=0) == 1.0
    metric = PSNR(shave=0)
    metric.update_state(to_network(hr)[None], to_network(hr)[None])
    assert float(metric.result()) == float("inf")
    assert "inf dB" in str(metric.score())


@pytest.mark.parametrize("metric", [PSNR, SSIM])
@pytest.mark.parametrize("channel", ["y", "rgb"])
def test_metric_keeps_the_contract(metric, channel):
    check_metric(metric(shave=1, channel=channel))


@pytest.mark.parametrize(("metric", "measure"), [(PSNR, psnr), (SSIM, ssim)])
def test_metric_is_the_mean_of_the_pictures(pair, metric, measure):
    hr, sr = pair
    batch = [np.stack(images) for images in ([hr, hr], [sr, sr[::-1]])]
    wanted = measure(*batch, shave=2).mean()
    batch = [to_network(images) for images in batch]
    stateful = metric(shave=2, kernel="bicubic")
    stateful.update_state(*batch)
    assert float(stateful.result()) == pytest.approx(wanted, rel=1e-5)
    assert stateful.name == metric.__name__.lower()
    assert stateful.score().protocol == stateful.protocol
    for text in (str(stateful), str(stateful.score())):
        assert metric.__name__ in text
        assert "[Y601s|shave2|uint8|LR=bicubic]" in text

    stateful.reset_state()
    stateful.update_state(*batch, sample_weight=np.array([1.0, 0.0]))
    assert float(stateful.result()) == pytest.approx(measure(hr, sr, shave=2), rel=1e-5)


def test_metric_sees_nan(pair):
    hr, sr = (to_network(image)[None] for image in pair)
    sr[0, 8, 8] = np.nan
    metric = PSNR(shave=1)
    metric.update_state(hr, sr)
    assert np.isnan(float(metric.result()))


def test_metric_takes_any_size_and_half_precision(pair):
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, keras.layers.Conv2D(3, 1, dtype="bfloat16")(inputs))
    model.compile(loss="mae", metrics=[PSNR(shave=2), SSIM(shave=2)])
    for height in (20, 24):
        hr = to_network(pair[0][None, :height])
        scores = model.evaluate(hr, hr, verbose=0, return_dict=True)
        assert np.isfinite([scores["psnr"], scores["ssim"]]).all()


def nan_picture():
    image = np.zeros((16, 16, 3), np.float32)
    image[3, 3] = np.nan
    return image


FINE = np.zeros((16, 16, 3), np.uint8)


@pytest.mark.parametrize(
    ("hr", "sr", "message"),
    [
        (FINE, FINE[:-1], r"`sr` must have the shape.*Received: \(15, 16, 3\)"),
        (FINE, FINE[None], "`sr` must have the shape"),
        (FINE[..., 0], FINE[..., 0], r"`hr` must be.*Received: .*shape=\(16, 16\)"),
        (np.zeros((16, 16, 4)), FINE, "1 or 3 channels"),
        ("hr.png", FINE, "Received: str"),
        (FINE, nan_picture(), "`sr` must be .* without NaN.*nan"),
        (FINE.astype(np.float32) + 200, FINE, "`hr` must be .*from 200.0 to 200.0"),
        (FINE, FINE.astype(np.float32) + 200, "`sr` must be .*from 200.0 to 200.0"),
        (FINE, FINE.astype(np.int32), "int32"),
    ],
)
@pytest.mark.parametrize("measure", MEASURES)
def test_bad_pictures_are_refused(measure, hr, sr, message):
    with pytest.raises(ImageError, match=message):
        measure(hr, sr, shave=0)


@pytest.mark.parametrize(
    ("measure", "metric", "shave", "least"), [(psnr, PSNR, 8, 17), (ssim, SSIM, 3, 17)]
)
def test_too_small_pictures_are_refused(measure, metric, shave, least):
    message = f"at least {least} pixels.*Received: 16x16"
    with pytest.raises(ImageError, match=message):
        measure(FINE, FINE, shave=shave)
    with pytest.raises(ImageError, match=message):
        metric(shave=shave).update_state(FINE[None], FINE[None])


def test_metric_wants_batches():
    with pytest.raises(ImageError, match=r"batch \(N, H, W, C\)"):
        PSNR(shave=0).update_state(FINE, FINE)
