"""Feature networks against Keras's VGG19 and PyTorch, on random and real weights."""

import gc
import hashlib

import keras
import numpy as np
import pytest
from keras import ops

from srkit.errors import ArgumentError, ImageError, WeightsError, WeightsNotFoundError
from srkit.image import read_picture, to_network
from srkit.layers.features import NETWORKS, feature_network, files, find_plan
from tests.layers.features.drawn import sha256, write_block1_conv1, write_relu3_1

FILES = {name: f"weights/{plan.file}" for name, plan in NETWORKS.items()}
OF_PYTORCH = ["vgg19-relu3_1", "vgg19-distilled-relu5_1"]


@pytest.fixture(scope="module")
def vgg19(tmp_path_factory):
    """Keras's VGG19 with random weights, and the file of them."""
    keras.utils.set_random_seed(1)
    model = keras.applications.VGG19(
        weights=None, include_top=False, input_shape=(None, None, 3)
    )
    for weight in model.weights:
        if len(weight.shape) == 1:  # biases, which start at zero
            weight.assign(keras.random.normal(weight.shape, stddev=0.1))
    path = tmp_path_factory.mktemp("vgg19") / "random.weights.h5"
    model.save_weights(path)
    return model, path


@pytest.fixture
def pictures(rng):
    return rng.uniform(-1, 1, (2, 35, 32, 3)).astype("float32")


@pytest.fixture
def relu3_1(tmp_path):
    return write_relu3_1(tmp_path / "relu3_1.npz")


def arrays(maps):
    return [ops.convert_to_numpy(features) for features in maps]


def preprocessed(pictures):
    return keras.applications.vgg19.preprocess_input((pictures + 1) * 127.5)


def assert_close(received, wanted):
    assert received.shape == wanted.shape
    np.testing.assert_allclose(received, wanted, atol=1e-4 * np.abs(wanted).max())


@pytest.mark.slow
def test_vgg19_is_keras_s_at_every_depth(vgg19, pictures):
    model, path = vgg19
    names = ["block5_pool", "block1_conv1", "block2_pool", *find_plan("vgg19").aliases]
    network = feature_network("vgg19", names, weights=path)
    resolved = find_plan("vgg19").resolve(names)
    twin = keras.Model(model.input, [model.get_layer(n).output for n in resolved])
    wanted = arrays(twin(preprocessed(pictures)))
    for received, features in zip(arrays(network(pictures)), wanted, strict=True):
        assert_close(received, features)


@pytest.mark.slow
def test_before_the_activation_it_is_the_linear_convolution(vgg19, pictures):
    model, path = vgg19
    network = feature_network(layers="vgg54", weights=path, before_activation=True)
    below = keras.Model(model.input, model.get_layer("block5_conv3").output)
    layer = model.get_layer("block5_conv4")
    wanted = ops.conv(below(preprocessed(pictures)), layer.kernel, padding="same")
    wanted = ops.convert_to_numpy(wanted + layer.bias)
    assert wanted.min() < 0
    assert_close(arrays(network(pictures))[0], wanted)
    # Neither Keras's model nor the one that gives features after it was patched.
    assert layer.activation is keras.activations.relu
    after = feature_network(layers="vgg54", weights=path)(pictures)
    assert_close(arrays(after)[0], np.maximum(wanted, 0))


def test_the_default_weights_are_imagenet_s(tmp_path, pictures, monkeypatch):
    path = tmp_path / "vgg19.npz"
    kernel, bias = write_block1_conv1(path)
    monkeypatch.setattr(keras.utils, "get_file", lambda *args, **options: path)
    network = feature_network(layers="block1_conv1")
    wanted = ops.relu(ops.conv(preprocessed(pictures), kernel, padding="same") + bias)
    assert_close(arrays(network(pictures))[0], ops.convert_to_numpy(wanted))


def test_other_weights_than_the_network_s_own_show_in_its_name(tmp_path, monkeypatch):
    path = tmp_path / "vgg19.npz"
    write_block1_conv1(path)
    assert feature_network(layers="block1_conv1", weights=path).name.startswith(
        "vgg19-"
    )
    md5 = hashlib.md5(path.read_bytes()).hexdigest()
    monkeypatch.setattr(files, "IMAGENET_MD5", md5)
    own = feature_network(layers="block1_conv1", weights=path, before_activation=True)
    assert own.name == "vgg19"


def torch_vgg(raw, prefix, mixing, depths):
    """Features before each ReLU as PyTorch has them, up to the last layer."""
    import torch
    from torch.nn import functional

    def convolve(x, name):
        weight, bias = (
            torch.from_numpy(raw[f"{name}.{k}"]) for k in ("weight", "bias")
        )
        if weight.shape[-1] == 3:
            x = functional.pad(x, (1, 1, 1, 1), mode="reflect")
        return functional.conv2d(x, weight, bias)

    def run(pictures):
        x = torch.from_numpy((pictures.transpose(0, 3, 1, 2) + 1) / 2)
        x = convolve(x, prefix + mixing)
        for block, names in enumerate(depths):
            if block:
                x = functional.max_pool2d(x, 2)
            for name in names:
                before = convolve(x, prefix + name)
                yield before.numpy().transpose(0, 2, 3, 1)
                x = functional.relu(before)

    return run


@pytest.mark.parametrize("network", OF_PYTORCH)
def test_the_vgg_networks_at_hand_are_pytorch_s(network, datasets):
    pytest.importorskip("torch")
    path = datasets / FILES[network]
    prefix, mixing, depths = {
        "vgg19-relu3_1": ("", "0", [["2", "5"], ["9", "12"], ["16"]]),
        "vgg19-distilled-relu5_1": (
            "model.",
            "conv0",
            [
                ["conv11", "conv12"],
                ["conv21", "conv22"],
                ["conv31", "conv32", "conv33", "conv34"],
                ["conv41", "conv42", "conv43", "conv44"],
                ["conv51"],
            ],
        ),
    }[network]
    picture = to_network(read_picture(datasets / "test/set5/bird.png").pixels)
    pictures = picture[None, :67, :80]
    names = [layer.name for layer in find_plan(network).layers if "conv" in layer.name]
    ours = feature_network(network, names, weights=path, before_activation=True)
    assert ours.name == network
    with np.load(path) as raw:
        wanted = list(torch_vgg(raw, prefix, mixing, depths)(pictures))
    for received, features in zip(arrays(ours(pictures)), wanted, strict=True):
        assert_close(received, features)


def test_squeezenet_is_pytorch_s(datasets):
    torch = pytest.importorskip("torch")
    h5py = pytest.importorskip("h5py")
    functional = torch.nn.functional
    path = datasets / FILES["squeezenet11"]
    weights = {}
    with h5py.File(path) as file:
        file.visititems(
            lambda name, item: (
                weights.update({name: item[()]}) if hasattr(item, "shape") else None
            )
        )

    def convolve(x, name, **options):
        kernel, bias = (
            next(w for k, w in weights.items() if k.startswith(name + "/") and end in k)
            for end in ("kernel", "bias")
        )
        kernel = torch.from_numpy(kernel.transpose(3, 2, 0, 1).copy())
        return functional.conv2d(x, kernel, torch.from_numpy(bias), **options)

    picture = to_network(read_picture(datasets / "test/set5/bird.png").pixels)
    pictures = picture[None, :97, :90]
    means = np.array([103.939, 116.779, 123.68], "float32")
    x = ((pictures + 1) * 127.5)[..., ::-1] - means
    x = torch.from_numpy(x.transpose(0, 3, 1, 2).copy())
    x = torch.relu(convolve(x, "conv1", stride=2))
    wanted = [x]
    for number in range(2, 10):
        if number in (2, 4, 6):
            x = functional.max_pool2d(x, 3, 2)
        fire = f"fire{number}"
        x = torch.relu(convolve(x, f"{fire}/squeeze1x1"))
        x = torch.cat(
            [
                convolve(x, f"{fire}/expand1x1"),
                convolve(x, f"{fire}/expand3x3", padding=1),
            ],
            dim=1,
        ).relu()
        wanted.append(x)
    names = ["conv1", *(f"fire{number}" for number in range(2, 10))]
    ours = feature_network("squeezenet11", names, weights=path)(pictures)
    for received, features in zip(arrays(ours), wanted, strict=True):
        assert_close(received, features.numpy().transpose(0, 2, 3, 1))


def test_nothing_deeper_than_wanted_is_built(relu3_1):
    network = feature_network(layers="block2_conv1", **relu3_1)
    assert [layer.name for layer in network.layers][-2:] == [
        "block2_conv1",
        "block2_conv1_relu",
    ]


def test_it_is_frozen_and_in_float32_under_any_policy(relu3_1, pictures):
    wanted = arrays(feature_network(layers="vgg22", **relu3_1)(pictures))[0]
    _forget()
    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("mixed_bfloat16")
    try:
        network = feature_network(layers="vgg22", **relu3_1)
        rounded = ops.cast(ops.convert_to_tensor(pictures), "bfloat16")
        (features,) = network.maps(rounded)
    finally:
        keras.config.set_dtype_policy(policy)
    assert network.trainable_variables == []
    assert {str(weight.dtype) for weight in network.weights} == {"float32"}
    assert keras.backend.standardize_dtype(features.dtype) == "float32"
    np.testing.assert_allclose(
        arrays(network(pictures))[0], wanted, atol=1e-5 * np.abs(wanted).max()
    )


def test_one_layer_comes_in_a_list_too(relu3_1, pictures):
    maps = feature_network(layers="block1_conv1", **relu3_1)(pictures)
    assert isinstance(maps, list)
    assert len(maps) == 1


def test_networks_of_equal_settings_are_one(relu3_1, tmp_path):
    network = feature_network(layers=("block1_conv1", "vgg22"), **relu3_1)
    names = ["block1_conv1", "block2_conv2"]
    assert feature_network(layers=names, **relu3_1) is network
    assert feature_network(layers=names[::-1], **relu3_1) is not network
    other = write_relu3_1(tmp_path / "relu3_1.npz", seed=1)  # in the same place
    assert feature_network(layers=names, **other) is not network


def _forget():
    from srkit.layers.features import network

    network._RECENT.clear()
    network._IN_USE.clear()
    gc.collect()


def test_gray_is_repeated(relu3_1, pictures):
    network = feature_network(layers="block1_conv2", **relu3_1)
    gray = pictures[..., :1]
    repeated = np.repeat(gray, 3, axis=-1)
    np.testing.assert_array_equal(
        *(arrays(network.maps(ops.convert_to_tensor(x)))[0] for x in (gray, repeated))
    )


def test_the_smallest_picture_is_known(relu3_1):
    network = feature_network(layers="block3_conv1", **relu3_1)
    side = network.smallest_side
    (features,) = network.maps(np.zeros((1, side, side, 3), "float32"))
    assert features.shape == (1, 2, 2, 256)
    with pytest.raises(ImageError, match=r"at least 8 pixels each way. Received: 7x9"):
        network.maps(np.zeros((1, 7, 9, 3)))
    assert find_plan("vgg19").smallest_side(["block5_conv4"]) == 16
    assert find_plan("squeezenet11").smallest_side(["fire9"]) == 31


@pytest.mark.parametrize("shape", [(8, 8, 3), (1, 8, 8, 4)])
def test_what_is_no_batch_of_pictures_is_refused(relu3_1, shape):
    network = feature_network(layers="block1_conv1", **relu3_1)
    with pytest.raises(ImageError, match=r"1 or 3 channels. Received: shape=\("):
        network.maps(np.zeros(shape))


@pytest.mark.parametrize(
    ("layers", "message"),
    [
        ("block5_conv5", r"`layers` of vgg19 are .*Received: 'block5_conv5'. Did you"),
        ("vgg45", "Did you mean 'vgg54'"),
        ("zzz", "Received: 'zzz'$"),
        ((), "one or more layers"),
        (("vgg54", "block5_conv4"), "each once"),
    ],
)
def test_a_layer_that_does_not_exist_is_refused(layers, message):
    with pytest.raises(ArgumentError, match=message):
        feature_network("vgg19", layers)


def test_a_network_that_does_not_exist_is_refused():
    with pytest.raises(ArgumentError, match=r"'vgg-19'\. Did you mean 'vgg19'"):
        feature_network("vgg-19")


def test_layers_that_a_shorter_network_lacks_are_refused(relu3_1):
    with pytest.raises(ArgumentError, match=r"of vgg19-relu3_1 are .*vgg54"):
        feature_network(layers="vgg54", **relu3_1)


def test_weights_of_another_network_are_refused(relu3_1, tmp_path):
    with pytest.raises(
        WeightsError, match=r"'block1_conv1'.*another network.*: 0, 2, 5"
    ):
        feature_network("vgg19", weights=relu3_1["weights"])
    with np.load(relu3_1["weights"]) as file:
        raw = dict(file)
    raw["5.weight"] = raw["5.weight"][:, :32]
    np.savez(tmp_path / "narrow.npz", **raw)
    message = r"'5' with a kernel \(3, 3, 64, 64\).*kernel \(3, 3, 32, 64\)"
    with pytest.raises(WeightsError, match=message):
        feature_network(
            "vgg19-relu3_1",
            "block3_conv1",
            weights=tmp_path / "narrow.npz",
            sha256=sha256(tmp_path / "narrow.npz"),
        )


def test_the_networks_at_hand_are_known_by_their_checksums(relu3_1):
    with pytest.raises(WeightsError, match=r"SHA-256 ac4a7d8c649a"):
        feature_network("vgg19-relu3_1", "vgg22", weights=relu3_1["weights"])
    with pytest.raises(WeightsNotFoundError, match=r"vgg19_normalised_relu3_1\.npz"):
        feature_network("vgg19-relu3_1", "vgg22")
