"""Weights are found, checked and read, or it is said in one line why not."""

import hashlib
import inspect
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import h5py
import keras
import numpy as np
import pytest

from srkit.errors import WeightsError, WeightsNotFoundError
from srkit.layers.features import NETWORKS, files
from tests.layers.features.drawn import write_block1_conv1, write_relu3_1

VGG19 = NETWORKS["vgg19"]


def parsed(path):
    return files.parse(path.read_bytes(), name=path.name)


def small_model():
    inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(4, 3, name="block1_conv1")(inputs)
    x = keras.layers.MaxPooling2D(name="block1_pool")(x)
    model = keras.Model(inputs, keras.layers.Conv2D(5, 3, name="block2_conv1")(x))
    for layer in model.layers:
        layer.set_weights([keras.random.normal(w.shape) for w in layer.weights])
    return model


def write_keras2(model, path):
    """The layout of the files of `keras.applications`."""
    with h5py.File(path, "w") as file:
        file.attrs["layer_names"] = [layer.name.encode() for layer in model.layers]
        for layer in model.layers:
            group = file.create_group(layer.name)
            names = [f"{layer.name}_{kind}_1:0".encode() for kind in "Wb"]
            group.attrs["weight_names"] = names[: len(layer.weights)]
            for name, weight in zip(names, layer.get_weights(), strict=False):
                group[name] = weight


@pytest.mark.parametrize("layout", ["keras2", "keras3", "whole"])
@pytest.mark.filterwarnings("ignore:You are saving your model")
def test_every_layout_of_keras_is_read(tmp_path, layout):
    model = small_model()
    path = tmp_path / ("model.weights.h5" if layout == "keras3" else "model.h5")
    write = {
        "keras2": write_keras2,
        "keras3": lambda model, path: model.save_weights(path),
        "whole": lambda model, path: model.save(path),
    }[layout]
    write(model, path)
    arrays = parsed(path)
    assert set(arrays) == {"block1_conv1", "block2_conv1"}
    for name, pair in arrays.items():
        wanted = model.get_layer(name).get_weights()
        for one, other in zip(pair, wanted, strict=True):
            np.testing.assert_array_equal(one, other)


def test_pytorch_s_kernels_are_turned_round(tmp_path):
    write_relu3_1(tmp_path / "weights.npz")
    with np.load(tmp_path / "weights.npz") as raw:
        kernel, bias = parsed(tmp_path / "weights.npz")["9"]
        assert kernel.shape == (3, 3, 64, 128)
        assert kernel[2, 0, 5, 7] == raw["9.weight"][7, 5, 2, 0]
        np.testing.assert_array_equal(bias, raw["9.bias"])


def test_keras_s_kernels_in_an_npz_are_taken_as_they_are(tmp_path):
    kernel, bias = write_block1_conv1(tmp_path / "weights.npz")
    read = parsed(tmp_path / "weights.npz")["block1_conv1"]
    np.testing.assert_array_equal(read[0], kernel)
    np.testing.assert_array_equal(read[1], bias)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"\x89HDF\r\n\x1a\n broken", r"weights\.h5 is damaged"),
        (b"PK\x03\x04 broken", r"weights\.h5 is damaged"),
        (b"<html>quota exceeded", r"in HDF5 or NPZ\. Received: 20 bytes.*<html>"),
        (b"", "Received: 0 bytes"),
    ],
)
def test_what_holds_no_weights_is_refused(data, message):
    with pytest.raises(WeightsError, match=message):
        files.parse(data, name="weights.h5")


def test_a_truncated_file_is_damaged(tmp_path):
    write_relu3_1(tmp_path / "weights.npz")
    data = (tmp_path / "weights.npz").read_bytes()
    with pytest.raises(WeightsError, match=r"is damaged.*Copy it again"):
        files.parse(data[: len(data) // 2], name="weights.npz")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(WeightsNotFoundError, match=r"notop\.h5.*Received: .*nothing"):
        files.locate(VGG19, tmp_path / "nothing.h5")
    with pytest.raises(FileNotFoundError, match=r"squeezenet11_notop\.h5.*'imagenet'"):
        files.locate(NETWORKS["squeezenet11"], "imagenet")


@pytest.fixture
def server(tmp_path, monkeypatch):
    """A server of one file, in place of the one that has Keras's weights."""
    served = tmp_path / "served"
    served.mkdir()
    (served / "weights.h5").write_bytes(b"weights")

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=served)

        def log_message(self, *args):
            pass

    httpd = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    get_file = keras.utils.get_file
    monkeypatch.setattr(
        keras.utils,
        "get_file",
        lambda *args, **options: get_file(*args, **options, cache_dir=tmp_path),
    )
    url = f"http://127.0.0.1:{httpd.server_port}/weights.h5"
    monkeypatch.setattr(files, "_IMAGENET", url)
    monkeypatch.setattr(files, "IMAGENET_MD5", hashlib.md5(b"weights").hexdigest())
    yield served
    httpd.shutdown()
    httpd.server_close()


def test_imagenet_s_weights_are_fetched_once(server, tmp_path):
    path = files.locate(VGG19, "imagenet")
    # Where `keras.applications` keeps its own.
    assert path == tmp_path / "models" / VGG19.file
    assert path.read_bytes() == b"weights"
    (server / "weights.h5").unlink()
    assert files.locate(VGG19, "imagenet") == path


def test_what_failed_is_said_and_what_to_fetch_and_how_to_name_it(server):
    (server / "weights.h5").unlink()
    message = r"`weights` of vgg19 could not be fetched.*404.*Download http.*give the p"
    with pytest.raises(WeightsNotFoundError, match=message):
        files.locate(VGG19, "imagenet")


def test_offline_it_is_said_too(server, monkeypatch):
    monkeypatch.setattr(files, "_IMAGENET", "http://127.0.0.1:9/weights.h5")
    with pytest.raises(WeightsNotFoundError, match=r"refused.*Download http"):
        files.locate(VGG19, "imagenet")


def test_another_file_at_the_address_is_refused(server, monkeypatch):
    monkeypatch.setattr(files, "IMAGENET_MD5", "0" * 32)
    with pytest.raises(WeightsNotFoundError, match=r"corrupted.*Download http"):
        files.locate(VGG19, "imagenet")


def test_address_and_checksum_are_keras_s():
    from keras.src.applications import vgg19

    assert vgg19.WEIGHTS_PATH_NO_TOP == files._IMAGENET
    assert files._IMAGENET.endswith("/" + VGG19.file)
    assert files.IMAGENET_MD5 in inspect.getsource(vgg19.VGG19)
