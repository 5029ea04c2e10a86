"""The content loss, on random weights and on the networks at hand."""

import json

import keras
import numpy as np
import pytest
from keras import ops

from srkit.errors import (
    ArgumentError,
    ImageError,
    WeightsError,
    WeightsNotFoundError,
)
from srkit.layers.features import NETWORKS, feature_network
from srkit.losses import VGG19Content, WeightedSum
from tests.contracts import check_loss
from tests.layers.features.drawn import write_block1_conv1, write_relu3_1


@pytest.fixture
def relu3_1(tmp_path):
    return write_relu3_1(tmp_path / "relu3_1.npz")


@pytest.fixture
def pair(rng):
    return rng.uniform(-1, 1, (2, 2, 16, 12, 3)).astype("float32")


def features(options, layers, pictures, **more):
    maps = feature_network(layers=layers, **options, **more)(pictures)
    return [ops.convert_to_numpy(x).astype("float64") for x in maps]


@pytest.mark.parametrize("distance", ["l1", "l2", "direction"])
def test_contract(relu3_1, distance):
    check_loss(VGG19Content("block1_conv1", distance=distance, **relu3_1))


@pytest.mark.parametrize("before", [True, False])
def test_srgan_s_loss_by_hand(relu3_1, pair, before):
    hr, sr = (features(relu3_1, "vgg22", x, before_activation=before)[0] for x in pair)
    # 12.75 divides the features, so that its square divides the loss.
    wanted = np.mean((hr - sr) ** 2) / 12.75**2
    loss = VGG19Content("vgg22", before_activation=before, **relu3_1)
    assert float(loss(*pair)) == pytest.approx(wanted, rel=1e-4)


def test_several_layers_weigh_as_told(relu3_1, pair):
    weights = {"block1_conv2": 0.1, "block3_conv1": 1.0, "block2_conv2": 0.5}
    maps = zip(*(features(relu3_1, list(weights), x) for x in pair), strict=True)
    wanted = sum(
        weight * np.mean(np.abs(a - b))
        for weight, (a, b) in zip(weights.values(), maps, strict=True)
    )
    loss = VGG19Content(weights, distance="l1", feature_scale=1.0, **relu3_1)
    assert float(loss(*pair)) == pytest.approx(wanted, rel=1e-4)


def test_directions_are_what_perceptual_distance_compares(relu3_1, pair):
    hr, sr = (features(relu3_1, "vgg22", x)[0] for x in pair)
    hr, sr = (x / np.linalg.norm(x, axis=-1, keepdims=True) for x in (hr, sr))
    wanted = np.mean(np.sum((hr - sr) ** 2, axis=-1))
    loss = VGG19Content("vgg22", distance="direction", **relu3_1)
    assert float(loss(*pair)) == pytest.approx(wanted, rel=1e-4)


def test_by_default_it_is_vgg54(monkeypatch):
    from srkit.losses import content

    built = {}
    monkeypatch.setattr(
        content, "feature_network", lambda *args, **o: built.update(o, args=args)
    )
    config = VGG19Content().get_config()
    assert built["args"] == ("vgg19", ("block5_conv4",))
    assert (built["weights"], built["before_activation"]) == ("imagenet", False)
    assert config["feature_scale"] == pytest.approx(1 / 12.75)


def test_of_another_network_it_takes_the_deepest_layer(relu3_1):
    assert VGG19Content(**relu3_1).layers == {"block3_conv1": 1.0}


def test_the_gradient_reaches_the_result_alone(relu3_1, pair):
    loss = VGG19Content("vgg22", **relu3_1)
    to_hr, to_sr = gradients(loss, *pair)
    assert not to_hr.any()
    assert np.isfinite(to_sr).all()
    # Against a finite difference in the direction of the gradient.
    step = 1e-2 * to_sr / np.linalg.norm(to_sr)
    change = float(loss(pair[0], pair[1] + step)) - float(loss(pair[0], pair[1] - step))
    assert change == pytest.approx(2e-2 * np.linalg.norm(to_sr), rel=0.05)


def gradients(loss, hr, sr):
    if keras.backend.backend() == "jax":
        import jax

        found = jax.jit(jax.grad(lambda a, b: loss(a, b), argnums=(0, 1)))(hr, sr)
    else:
        import tensorflow as tf

        @tf.function(jit_compile=True)
        def run(hr, sr):
            with tf.GradientTape() as tape:
                tape.watch((hr, sr))
                value = loss(hr, sr)
            zeros = tf.UnconnectedGradients.ZERO
            return tape.gradient(value, (hr, sr), unconnected_gradients=zeros)

        found = run(tf.constant(hr), tf.constant(sr))
    return [np.asarray(gradient) for gradient in found]


def test_compiled_it_is_the_same(relu3_1, pair):
    loss = VGG19Content("vgg22", **relu3_1)
    model = keras.Sequential([keras.Input((None, None, 3)), keras.layers.Identity()])
    model.compile(loss=loss, jit_compile=True)
    value = model.evaluate(pair[1], pair[0], batch_size=2, verbose=0)
    assert value == pytest.approx(float(loss(*pair)), rel=1e-4)


def test_mixed_precision_changes_nothing(relu3_1, pair):
    exact = float(VGG19Content("vgg22", **relu3_1)(*pair))
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        loss = VGG19Content("vgg22", **relu3_1)
        value = float(loss(*pair))
        hr, sr = (ops.cast(ops.convert_to_tensor(x), "bfloat16") for x in pair)
        inside = loss.call(hr, sr)
    finally:
        keras.config.set_dtype_policy(policy)
    assert value == pytest.approx(exact, rel=1e-5)
    assert keras.backend.standardize_dtype(inside.dtype) == "float32"


def test_it_stands_in_a_sum_and_comes_back_from_its_config(relu3_1, pair):
    loss = WeightedSum([("mae", 0.01), (VGG19Content("vgg22", **relu3_1), 1.0)])
    config = json.loads(json.dumps(keras.losses.serialize(loss)))
    again = keras.losses.deserialize(config)
    assert again.losses[1][0].features is loss.losses[1][0].features
    assert float(again(*pair)) == pytest.approx(float(loss(*pair)), rel=1e-6)


def test_losses_of_equal_settings_share_one_network(relu3_1):
    one, other = (VGG19Content(name, **relu3_1) for name in ("vgg22", "block2_conv2"))
    assert one.features is other.features
    assert one.features is not VGG19Content("block1_conv2", **relu3_1).features


def test_gray_pictures_are_compared_too(relu3_1, pair):
    gray = [x[..., :1] for x in pair]
    repeated = [np.repeat(x, 3, axis=-1) for x in gray]
    loss = VGG19Content("vgg22", **relu3_1)
    assert float(loss(*gray)) == pytest.approx(float(loss(*repeated)), rel=1e-6)


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"layers": "block5_conv9"}, ArgumentError, "Did you mean 'block5_conv4'"),
        ({"layers": {}}, ArgumentError, "one or more layers"),
        ({"network": "vgg16"}, ArgumentError, r"`network` must be one of vgg19"),
        ({"distance": "cos"}, ArgumentError, r"l1, l2, direction\. Received: 'cos'"),
        ({"weights": "no.h5"}, WeightsNotFoundError, r"notop\.h5.*Received: 'no\.h5'"),
        ({"network": "squeezenet11"}, WeightsNotFoundError, r"squeezenet11_notop\.h5"),
    ],
)
def test_wrong_options_are_refused(options, error, message):
    with pytest.raises(error, match=message):
        VGG19Content(**options)


def test_wrong_weights_are_refused(relu3_1, tmp_path):
    with pytest.raises(WeightsError, match="another network"):
        VGG19Content(weights=relu3_1["weights"])
    with pytest.raises(WeightsError, match="SHA-256"):
        VGG19Content(network="vgg19-relu3_1", weights=relu3_1["weights"])
    write_block1_conv1(tmp_path / "shallow.npz")
    with pytest.raises(WeightsError, match=r"must hold 'block1_conv2'"):
        VGG19Content(weights=tmp_path / "shallow.npz")
    (tmp_path / "pointer.h5").write_text("version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(WeightsError, match="git lfs pull"):
        VGG19Content(weights=tmp_path / "pointer.h5")


def test_wrong_pictures_are_refused(relu3_1, pair):
    loss = VGG19Content(**relu3_1)
    with pytest.raises(ImageError, match="`y_pred`"):
        loss(pair[0], pair[1][:, :15])
    with pytest.raises(ImageError, match="at least 8 pixels"):
        loss(pair[0][:, :7], pair[1][:, :7])


@pytest.mark.parametrize("network", [name for name in NETWORKS if name != "vgg19"])
def test_blur_costs_with_each_network_at_hand(network, datasets):
    from srkit.image import read_picture, resize, to_network

    picture = read_picture(datasets / "test/set5/bird.png").pixels[:96, :96]
    weights = datasets / "weights" / NETWORKS[network].file
    loss = VGG19Content(network=network, weights=weights)
    values = []
    for side in (96, 48, 24):
        small = resize(picture, (side, side))
        large = resize(small, (96, 96))
        values.append(float(loss(*(to_network(x)[None] for x in (picture, large)))))
    assert 0 == values[0] < values[1] < values[2]
    # With SRGAN's adversarial term at 1e-3, content must weigh about as in the paper.
    assert 1e-3 < values[2] < 1
