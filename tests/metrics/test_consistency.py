"""LR-PSNR and colour bias against plain NumPy on `downscale`'s pictures."""

import keras
import numpy as np
import pytest
from keras import ops
from skimage.metrics import peak_signal_noise_ratio

from srkit.errors import ArgumentError, ImageError
from srkit.image import downscale, resize, to_network
from srkit.metrics import LRPSNR, ColorBias, Score, color_bias, lr_psnr
from tests.conftest import draw_picture
from tests.contracts import check_metric


@pytest.fixture
def pair(rng):
    """Two pictures in [0, 1], and what a network might have made of them."""
    hr = np.stack([draw_picture(38, 33, seed=seed) for seed in (1, 2)]) / 255
    sr = hr[:, :36, :32] + rng.normal(0, 0.025, (2, 36, 32, 3))
    return hr.astype(np.float32), sr.astype(np.float32)


def shrunk(sr, scale, kernel="bicubic"):
    return downscale(np.clip(sr.astype(np.float64), 0, 1), scale, kernel=kernel)


@pytest.mark.parametrize("kernel", ["bicubic", "lanczos3", "box"])
@pytest.mark.parametrize("scale", [1, 2, 4])
def test_lr_psnr_is_scikit_image_s_of_the_shrunk_result(pair, scale, kernel):
    hr, sr = pair
    lr = downscale(hr[:, :36, :32], scale, kernel=kernel)
    wanted = [
        peak_signal_noise_ratio(lr[i], shrunk(sr[i], scale, kernel), data_range=1)
        for i in range(2)
    ]
    values = lr_psnr(lr, sr, scale=scale, kernel=kernel)
    assert isinstance(values, np.ndarray)
    np.testing.assert_allclose(values, wanted, rtol=1e-5)
    tensors = (ops.convert_to_tensor(each) for each in (lr, sr))
    values = lr_psnr(*tensors, scale=scale, kernel=kernel)
    assert not isinstance(values, np.ndarray)
    np.testing.assert_allclose(ops.convert_to_numpy(values), wanted, rtol=1e-5)


def test_kinds_of_pictures_agree(pair):
    sr = np.rint(np.clip(pair[1][0], 0, 1) * 255).astype(np.uint8)
    lr = downscale(sr, 4) // 2
    forms = [(lr, sr), (lr / 255, sr / 255)]
    forms.append((lr.astype(np.uint16) * 257, sr.astype(np.uint16) * 257))
    scores = [lr_psnr(*form, scale=4) for form in forms]
    assert isinstance(scores[0], Score)
    assert str(scores[0]).endswith(" dB [RGB|shave0|float|LR=bicubic]")
    assert scores == pytest.approx([float(scores[0])] * 3, rel=1e-5)
    biases, others = (
        color_bias(*form, scale=4, made="bicubic+jpeg.seed3") for form in forms[::2]
    )
    assert len(biases) == 3
    assert biases == pytest.approx([float(bias) for bias in others], abs=1e-3)
    assert biases[0].protocol == "RGB|shave0|float|LR=bicubic+jpeg.seed3"


@pytest.mark.parametrize("scale", [2, 3])
def test_color_bias_is_the_mean_difference_of_each_channel(pair, scale):
    hr, sr = pair
    lr = downscale(hr[:, :36, : 32 // scale * scale], scale)
    wanted = 255 * (shrunk(sr, scale) - lr).mean(axis=(1, 2))
    values = color_bias(lr, sr, scale=scale)
    assert values.shape == (2, 3)
    np.testing.assert_allclose(values, wanted, atol=1e-3)


def test_a_tint_is_read_in_levels_with_its_sign(pair):
    hr = 0.5 * pair[0][:, :36, :32] + 0.25
    tinted = hr + np.array([3.0, 0.0, -5.0]) / 255
    values = color_bias(downscale(hr, 4), tinted, scale=4)
    np.testing.assert_allclose(values, [[3, 0, -5]] * 2, atol=1e-3)
    metric = ColorBias(scale=4)
    metric.update_state(to_network(hr), to_network(tinted))
    assert float(metric.result()) == pytest.approx(5, abs=1e-3)
    np.testing.assert_allclose(metric.by_channel(), [3, 0, -5], atol=1e-3)
    assert str(metric.score()) == (
        "colour bias +5.00 levels [RGB|shave0|float|LR=bicubic]"
    )


def test_what_cancels_between_pictures_is_no_bias(pair):
    hr = 0.5 * to_network(pair[0])
    tint = np.array([0.1, -0.1])[:, None, None, None]
    metric = ColorBias(scale=2)
    metric.update_state(hr, hr + tint)
    assert float(metric.result()) == pytest.approx(0, abs=1e-3)
    metric.reset_state()
    metric.update_state(hr, hr + tint, sample_weight=np.array([1.0, 0.0]))
    assert float(metric.result()) == pytest.approx(12.75, abs=1e-3)


def test_bicubic_enlargement_of_real_pictures_lies_near_39_db(datasets):
    """FEATURES measured 38.7 dB for bicubic x4 on pictures of BSDS500."""
    from PIL import Image

    values = []
    for path in sorted((datasets / "test" / "bsd100").iterdir())[:20]:
        lr = downscale(np.asarray(Image.open(path).convert("RGB")), 4)
        values.append(float(lr_psnr(lr, resize(lr, scale=4), scale=4)))
    assert np.mean(values) == pytest.approx(38.7, abs=1.5)


def test_an_equal_picture_is_infinitely_near(pair):
    hr, _ = pair
    assert np.isinf(lr_psnr(hr, hr, scale=1)).all()


def test_nan_is_seen(pair):
    hr, sr = pair
    sr[0, 3, 3] = np.nan
    lr = downscale(hr[:, :36, :32], 4)
    values = lr_psnr(lr, ops.convert_to_tensor(sr), scale=4)
    assert not isinstance(values, np.ndarray)
    assert np.isnan(ops.convert_to_numpy(values)).tolist() == [True, False]
    with pytest.raises(ImageError, match=r"`sr` must be .* without NaN"):
        lr_psnr(lr, sr, scale=4)


@pytest.mark.parametrize("metric", [LRPSNR, ColorBias])
def test_metric_keeps_the_contract(metric):
    check_metric(metric(scale=2))


def test_metric_is_the_mean_of_the_function(pair):
    hr, sr = pair[0][:, :36, :32], pair[1]
    metric = LRPSNR(scale=4)
    metric.update_state(to_network(hr), to_network(sr))
    wanted = ops.mean(lr_psnr(downscale(hr, 4), sr, scale=4))
    assert float(metric.result()) == pytest.approx(float(wanted), rel=1e-5)
    assert "dB [RGB|shave0|float|LR=bicubic]" in str(metric.score())


@pytest.mark.tensorflow
def test_sizes_that_only_a_run_knows(pair):
    import tensorflow as tf

    hr, sr = pair[0][:, :36, :32], pair[1]
    function = tf.function(
        lambda lr, sr: (lr_psnr(lr, sr, scale=4), color_bias(lr, sr, scale=4)),
        input_signature=[tf.TensorSpec((None, None, None, 3))] * 2,
    )
    given = downscale(hr, 4), sr
    exact = lr_psnr(*given, scale=4), color_bias(*given, scale=4)
    for traced, eager in zip(function(*given), exact, strict=True):
        np.testing.assert_allclose(traced, eager, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("measure", [lr_psnr, color_bias])
@pytest.mark.parametrize(
    ("lr", "sr", "scale", "error", "message"),
    [
        ((2, 8, 8, 3), (2, 16, 16, 3), 4, ImageError, r"`scale` \(=4\) times"),
        ((2, 8, 8, 3), (1, 32, 32, 1), 4, ImageError, r"Received: \(1, 32, 32, 1\)"),
        ((2, 8, 8, 3), (32, 32, 3), 4, ImageError, r"Received: \(1, 32, 32, 3\)"),
        ((8, 8), (32, 32), 4, ImageError, r"`lr` must be .*shape=\(8, 8\)"),
        ((8, 8, 3), (32, 0, 3), 4, ImageError, r"`sr` must be .*shape=\(32, 0, 3\)"),
        ((2, 8, 8, 3), (2, 8, 8, 3), 0, ArgumentError, "whole number from 1"),
        ((2, 8, 8, 3), (2, 8, 8, 3), 1.0, ArgumentError, "Received: 1.0"),
    ],
)
def test_what_does_not_fit_is_refused(measure, lr, sr, scale, error, message):
    with pytest.raises(error, match=message):
        measure(np.zeros(lr, "float32"), np.zeros(sr, "float32"), scale=scale)


@pytest.mark.parametrize("measure", [lr_psnr, color_bias])
def test_the_range_of_networks_is_refused_at_the_doors(pair, measure):
    hr = pair[0][:, :36, :32]
    lr, sr = downscale(hr, 4), to_network(hr)
    with pytest.raises(ImageError, match=r"`sr` must be .*float in \[0, 1\]"):
        measure(lr, sr, scale=4)
    with pytest.raises(ImageError, match=r"`lr` must be .*float in \[0, 1\]"):
        measure(255 * lr, hr, scale=4)


def test_metrics_take_batches_only(pair):
    with pytest.raises(ImageError, match="`y_true` must be a batch"):
        LRPSNR(scale=4).update_state(pair[0][0], pair[1])


def test_metric_names():
    assert LRPSNR(scale=2).name == "lr_psnr"
    assert ColorBias(scale=2, name="tint").name == "tint"
    assert isinstance(LRPSNR(scale=2), keras.metrics.Metric)


def test_one_saturated_crop_does_not_make_the_mean_infinite(pair):
    hr, sr = (ops.convert_to_tensor(2 * each[:, :36, :32] - 1) for each in pair)
    white = ops.ones_like(hr[:1])
    metric = LRPSNR(scale=4)
    usual = float(metric.measure(hr, sr)[0])
    metric.update_state(white, white)
    metric.update_state(hr[:1], sr[:1])
    assert float(metric.result()) == pytest.approx((100 + usual) / 2, rel=1e-5)
