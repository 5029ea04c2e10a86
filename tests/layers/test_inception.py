"""The Inception of 2015: its own weights go in, and others do not."""

import keras
import numpy as np
import pytest

from srkit.errors import WeightsError, WeightsNotFoundError
from srkit.image import to_network
from srkit.layers.inception import INCEPTION2015_FILE, inception2015, inception_v3


@pytest.mark.slow
def test_it_sees_what_the_original_sees(datasets):
    """768 features of 8,956,448 weights; pictures alike lie near, unlike ones far."""
    from skimage.data import astronaut, cat, rocket

    network = inception2015(datasets / "weights" / INCEPTION2015_FILE)
    assert network.name == "inception-2015"
    assert network.count_params() == 8_956_448
    assert network.get_layer("mixed_7").output.shape[-1] == 768
    assert not network.trainable_weights

    pictures = [astronaut(), astronaut()[:, ::-1], cat()[:300, :300], rocket()]
    features = [
        network.predict_on_batch(to_network(picture[None, :299, :299]))[0]
        for picture in pictures
    ]
    assert features[0].shape == (768,)
    assert min(feature.min() for feature in features) >= 0
    near, *far = (np.linalg.norm(features[0] - other) for other in features[1:])
    assert near < 0.7 * min(far)


@pytest.mark.slow
def test_it_is_keras_s_network_with_these_weights(datasets):
    """Keras has drawn the same graph, whose layers arise in the order of the file."""
    from skimage.data import astronaut

    path = datasets / "weights" / INCEPTION2015_FILE
    theirs = keras.applications.InceptionV3(include_top=False, weights=None)
    convolutions = in_order(theirs, keras.layers.Conv2D)
    norms = in_order(theirs, keras.layers.BatchNormalization)
    with np.load(path) as file:
        names = [name for name in file.files if name.endswith("/kernel")]
        for name, convolution, norm in zip(names, convolutions, norms, strict=False):
            convolution.set_weights([file[name].astype(np.float32)])
            bias = file[name.replace("kernel", "bias")].astype(np.float32)
            ones = np.ones_like(bias)
            norm.set_weights([bias, 0 * ones, ones - norm.epsilon])  # adds the bias
    maps = keras.Model(theirs.input, theirs.get_layer("mixed7").output)
    levels = astronaut()[None, :299, :299]
    wanted = maps.predict_on_batch((levels - 128.0) / 128.0).mean(axis=(1, 2))
    found = inception2015(path).predict_on_batch(to_network(levels))
    np.testing.assert_allclose(found, wanted, rtol=1e-3, atol=1e-4)


def in_order(network, kind):
    """Layers of a kind as they were made: "conv2d", "conv2d_1", ..., "conv2d_10"."""
    layers = [layer for layer in network.layers if isinstance(layer, kind)]
    return sorted(layers, key=lambda layer: (len(layer.name), layer.name))


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightsNotFoundError, match=r"Received: .*none\.npz"):
        inception2015(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"mu_pris_param": np.ones(36)}, r"hold 'conv' with a kernel \(3, 3, 3, 32\)"),
        ({"conv/kernel": np.ones((3, 3, 32, 3))}, r"Received: \[\(3, 3, 32, 3\), None"),
    ],
)
def test_weights_of_another_network_are_refused(tmp_path, arrays, message):
    np.savez(tmp_path / "other.npz", **arrays)
    with pytest.raises(WeightsError, match=message):
        inception2015(tmp_path / "other.npz")


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / "damaged.npz").write_bytes(b"PK\x03\x04 cut off")
    with pytest.raises(WeightsError, match="must be an NPZ"):
        inception2015(tmp_path / "damaged.npz")


def test_without_a_connection_keras_s_own_says_what_to_do(monkeypatch):
    def offline(**options):
        raise OSError("no route to host")

    monkeypatch.setattr(keras.applications, "InceptionV3", offline)
    with pytest.raises(WeightsNotFoundError, match=r"no route.*another network"):
        inception_v3()
