"""FID and KID against SciPy's matrix root and plain loops."""

import keras
import numpy as np
import pytest
from keras import ops
from scipy.linalg import sqrtm

from srkit.errors import (
    ArgumentError,
    DataError,
    ImageError,
    WeightsError,
    WeightsNotFoundError,
)
from srkit.image import to_network
from srkit.metrics import FID, KID, frechet_distance, kernel_distance
from srkit.metrics.distribution import _tf1_bilinear
from tests.conftest import draw_picture


def network(features=5):
    """A small feature network called "tiny"."""
    keras.utils.set_random_seed(1)
    inputs = keras.Input((None, None, 3))
    maps = keras.layers.Conv2D(features, 3, activation="relu", name="conv")(inputs)
    pooled = keras.layers.GlobalAveragePooling2D(name="mean")(maps)
    return keras.Model(inputs, pooled, name="tiny")


def pictures(count, *, seed=0, side=20):
    return np.stack([draw_picture(side, side, seed=seed + i) for i in range(count)])


def of(kind, real, fake, **options):
    distance = kind(network=network(), side=16, **options)
    distance.update(real=real, fake=fake)
    return distance


@pytest.mark.parametrize(("count", "width"), [(40, 6), (6, 9), (12, 12)])
def test_frechet_distance_is_that_of_scipy_s_matrix_root(rng, count, width):
    real = rng.normal(0, 1, (count, width))
    fake = rng.normal(0.3, 1.5, (count + 3, width)) @ rng.normal(0, 1, (width, width))
    gap = np.sum((real.mean(axis=0) - fake.mean(axis=0)) ** 2)
    first, second = (np.cov(features, rowvar=False) for features in (real, fake))
    # A hair on the diagonal, since `sqrtm` fails where the rank is not full.
    nudge = 1e-10 * np.eye(width)
    root = sqrtm((first + nudge) @ (second + nudge)).real
    wanted = gap + np.trace(first + second - 2 * root)
    assert frechet_distance(real, fake) == pytest.approx(wanted, rel=1e-3)
    assert frechet_distance(fake, real) == pytest.approx(wanted, rel=1e-3)


def test_frechet_distance_of_shifted_and_equal_features(rng):
    features = rng.normal(0, 1, (30, 8))
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-12)
    assert frechet_distance(features, features + 2) == pytest.approx(8 * 4)
    assert frechet_distance(features, 3 * features) == pytest.approx(
        4 * (features.var(axis=0, ddof=1).sum() + (features.mean(axis=0) ** 2).sum())
    )


def loops(real, fake):
    """Equation 4 of Gretton et al., and its jackknife, spelt out."""

    def kernel(x, y):
        return (x @ y / len(x) + 1) ** 3

    def estimate(pairs):
        values = [
            kernel(real[i], real[j])
            + kernel(fake[i], fake[j])
            - kernel(real[i], fake[j])
            - kernel(real[j], fake[i])
            for i in pairs
            for j in pairs
            if i != j
        ]
        return np.mean(values)

    everyone = range(len(real))
    left_out = [estimate([i for i in everyone if i != gone]) for gone in everyone]
    spread = np.sum((np.array(left_out) - np.mean(left_out)) ** 2)
    return estimate(everyone), np.sqrt((len(real) - 1) / len(real) * spread)


def test_kernel_distance_is_the_loops(rng):
    real, fake = rng.normal(0, 1, (12, 4)), rng.normal(0.5, 1, (12, 4))
    assert kernel_distance(real, fake) == pytest.approx(loops(real, fake), rel=1e-9)
    assert kernel_distance(real, real) == (0, 0)


@pytest.mark.parametrize("shift", [0.0, 0.7])
def test_kernel_distance_is_unbiased_and_its_error_is_right(rng, shift):
    def drawn(count):
        return rng.normal(0, 1, (count, 6)), rng.normal(shift, 1, (count, 6))

    values, errors = np.transpose([kernel_distance(*drawn(25)) for _ in range(300)])
    truth = kernel_distance(*drawn(1500))[0]
    spread = np.std(values)
    assert np.mean(values) == pytest.approx(truth, abs=0.3 * spread)
    # Where the sets are alike the jackknife is known to err on the safe side.
    assert 0.8 < np.mean(errors) / spread < (1.6 if shift == 0 else 1.25)


def test_many_pictures_are_taken_in_portions(rng):
    real, fake = rng.normal(0, 1, (2, 1100, 3))
    value, _ = kernel_distance(real, fake)
    whole = [(a @ b.T / 3 + 1) ** 3 for a, b in ((real, real), (fake, fake))]
    cross = (real @ fake.T / 3 + 1) ** 3
    h = whole[0] + whole[1] - cross - cross.T
    wanted = (h.sum() - np.trace(h)) / (1100 * 1099)
    assert value == pytest.approx(wanted, rel=1e-6)


@pytest.mark.parametrize("kind", [FID, KID])
def test_a_figure_carries_its_name(kind):
    score = of(kind, pictures(6), pictures(6, seed=50))
    if kind is FID:
        with pytest.warns(UserWarning, match="FID of 6 pictures is too high.*2048"):
            result = score.result()
    else:
        result = score.result()
    text = str(result)
    assert text.startswith(f"{kind.__name__}5[tiny] ")
    assert text.endswith("[mean|16px-bicubic|uint8|N=6]")
    assert "(95 %: " in text
    low, high = result.interval
    assert low <= result <= high
    assert low < high


@pytest.mark.filterwarnings("ignore:FID of")
@pytest.mark.parametrize("kind", [FID, KID])
def test_a_set_has_no_distance_from_itself(kind):
    batch = pictures(5)
    assert of(kind, batch, batch).result() == pytest.approx(0, abs=1e-9)


@pytest.mark.filterwarnings("ignore:FID of")
def test_batches_arrays_tensors_and_floats_agree():
    real, fake = pictures(5), pictures(5, seed=50)
    wanted = of(FID, real, fake).result()
    assert of(FID, ops.convert_to_tensor(real), fake).result() == wanted
    floats = of(FID, to_network(real), to_network(fake)).result()
    assert floats == pytest.approx(float(wanted), rel=1e-6)
    one_by_one = FID(network=network(), side=16)
    for pair in zip(real, fake, strict=True):
        one_by_one.update(real=pair[0], fake=pair[1])
    assert one_by_one.result() == pytest.approx(float(wanted), rel=1e-4)
    one_by_one.reset()
    with pytest.raises(DataError, match="0 real and 0 fake"):
        one_by_one.result()


@pytest.mark.filterwarnings("ignore:FID of")
def test_the_bootstrap_can_be_left_out_and_repeats_itself():
    real, fake = pictures(5), pictures(5, seed=50)
    assert of(FID, real, fake, resamples=0).result().interval is None
    first, second = (of(FID, real, fake).result().interval for _ in range(2))
    assert first == second


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:FID of")
def test_halves_of_one_set_lie_near_each_other(datasets):
    from PIL import Image

    from srkit.image import downscale, resize

    files = sorted((datasets / "test" / "bsd100").iterdir())
    pictures = [np.asarray(Image.open(path).convert("RGB")) for path in files]
    wide = np.stack([p[:320, :480] for p in pictures if p.shape[1] > 400][:32])
    halves = KID(network="inception-2015")
    halves.update(real=wide[::2], fake=wide[1::2])
    near = halves.result()
    assert near.quantity == "KID768[inception-2015]"
    assert near.protocol == "mean_mixed_7|299px-bilinear-tf1|uint8|N=16"
    low, high = near.interval
    assert low < 0 < high

    far = FID(network=halves.network)
    blurred = resize(downscale(wide[::2], 4), scale=4)
    far.update(real=wide[::2], fake=blurred)
    assert kernel_distance(*far.features)[0] > 2 * high
    assert 0 < far.result().interval[0] < far.result() < far.result().interval[1]


@pytest.mark.tensorflow
@pytest.mark.parametrize("size", [(7, 9), (31, 20)])
def test_the_old_resize_is_tensorflow_s(rng, size):
    import tensorflow as tf

    levels = rng.uniform(0, 255, (2, 12, 17, 3))
    wanted = tf.compat.v1.image.resize_bilinear(levels, size)
    np.testing.assert_allclose(_tf1_bilinear(levels, size), wanted, atol=1e-3)


def test_gray_pictures_and_maps():
    inputs = keras.Input((None, None, 3))
    maps = keras.Model(inputs, keras.layers.Conv2D(4, 3)(inputs), name="maps")
    kid = KID(network=maps, side=16)
    kid.update(real=pictures(4)[..., :1], fake=pictures(4, seed=9)[..., :1])
    assert "KID4[maps]" in str(kid.result())


def test_networks_are_found_by_path(tmp_path, monkeypatch):
    network().save(tmp_path / "tiny.keras")
    assert KID(network=tmp_path / "tiny.keras").network.name == "tiny"
    with pytest.raises(ArgumentError, match="`network` must be 'inception-v3'"):
        KID(network="inception-v4")
    (tmp_path / "broken.keras").write_bytes(b"nothing")
    with pytest.raises(WeightsError, match=r"broken\.keras must be a Keras model"):
        KID(network=tmp_path / "broken.keras")
    monkeypatch.setenv("SRKIT_DATASETS", str(tmp_path))
    with pytest.raises(WeightsNotFoundError, match="inception2015_to_mixed7"):
        KID(network="inception-2015")
    with pytest.raises(ArgumentError, match="'bicubic' or 'bilinear-tf1'"):
        KID(network=network(), resize="lanczos")


@pytest.mark.parametrize(
    ("real", "fake", "error", "message"),
    [
        (pictures(3), pictures(2), DataError, "3 real and 2 fake"),
        (pictures(1), pictures(1), DataError, "at least 2 pictures"),
        (pictures(2), to_network(pictures(2)), DataError, "one type and number"),
        (pictures(2), pictures(2)[..., :1], DataError, "one type and number"),
        (pictures(2), pictures(2, side=24), DataError, r"real \[\(20, 20\)\] and fake"),
        (pictures(2)[..., 0], pictures(2), ImageError, r"shape=\(2, 20, 20\)"),
        (to_network(pictures(2)) * np.nan, None, ImageError, "without NaN"),
    ],
)
@pytest.mark.parametrize("kind", [FID, KID])
def test_sets_that_do_not_match_are_refused(kind, real, fake, error, message):
    with pytest.raises(error, match=message) as raised:
        of(kind, real, fake).result()
    assert "\n" not in str(raised.value)
