"""How pictures become sets of features, and what is no such set."""

import keras
import numpy as np
import pytest
from keras import ops

from srkit.errors import (
    ArgumentError,
    DataError,
    ImageError,
    WeightsError,
    WeightsNotFoundError,
)
from srkit.image import to_network
from srkit.metrics import FID, KID
from srkit.metrics.gathering import _tf1_bilinear
from tests.metrics.sets import gathered, network, pictures


@pytest.mark.filterwarnings("ignore:FID of")
def test_batches_arrays_tensors_and_floats_agree():
    real, fake = pictures(5), pictures(5, seed=50)
    wanted = gathered(FID, real, fake).result()
    assert gathered(FID, ops.convert_to_tensor(real), fake).result() == wanted
    floats = gathered(FID, to_network(real), to_network(fake)).result()
    assert floats == pytest.approx(float(wanted), rel=1e-6)
    one_by_one = FID(network=network(), side=16)
    for pair in zip(real, fake, strict=True):
        one_by_one.update(real=pair[0], fake=pair[1])
    assert one_by_one.result() == pytest.approx(float(wanted), rel=1e-4)
    one_by_one.reset()
    with pytest.raises(DataError, match="0 real and 0 fake"):
        one_by_one.result()


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
        gathered(kind, real, fake).result()
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("name", ["real", "fake"])
def test_floats_as_they_are_at_the_doors_are_refused(name):
    sets = {
        key: to_network(pictures(3, seed=s)) for s, key in enumerate(("real", "fake"))
    }
    sets[name] = (sets[name] + 1) / 2
    distance = gathered(KID, **sets)
    with pytest.raises(ImageError, match=rf"`{name}` must be .*float in \[-1, 1\]"):
        distance.result()


def test_results_alone_may_overshoot():
    wide = 1.2 * to_network(pictures(3))
    gathered(KID, to_network(pictures(3)), wide).result()
    with pytest.raises(ImageError, match=r"`real` must be .*float in \[-1, 1\]"):
        gathered(KID, wide, wide)
