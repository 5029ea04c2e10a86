"""What is exported computes what the network does, with TensorFlow alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError, OutputError
from srkit.export import export_saved_model, saved_model, tiling
from srkit.inference import Upscaler
from srkit.models import EDSR

pytestmark = pytest.mark.tensorflow

SIZES = ((24, 20), (1, 9), (17, 31), (1, 1))

ALONE = """
import sys, numpy as np, tensorflow as tf
loaded = tf.saved_model.load(sys.argv[1])
data = np.load(sys.argv[2])
upscale = loaded.signatures["upscale"]
results = {name: upscale(tf.constant(data[name]))["images"].numpy() for name in data}
if "srkit" in sys.modules:
    raise SystemExit("srkit was imported")
np.savez(sys.argv[3], **results)
"""


@pytest.fixture(scope="module")
def upscaler():
    keras.utils.set_random_seed(1)
    network = EDSR(scale=2, filters=8, num_blocks=1)
    return Upscaler(network, precision="float32")


@pytest.fixture(scope="module")
def exported(upscaler, tmp_path_factory):
    return upscaler.export(tmp_path_factory.mktemp("exports") / "edsr")


def load(folder):
    import tensorflow as tf

    return tf.saved_model.load(str(folder))


def assert_same(one, other):
    apart = np.abs(one.astype(int) - other.astype(int))
    assert one.shape == other.shape
    assert apart.max() <= 1
    assert (apart > 0).sum() <= max(1, apart.size // 10_000)


def test_tensorflow_alone_gives_the_upscalers_pixels(upscaler, exported, tmp_path, rng):
    pictures = {
        f"{height}x{width}": rng.integers(0, 256, (2, height, width, 3), np.uint8)
        for height, width in SIZES
    }
    np.savez(tmp_path / "in.npz", **pictures)
    paths = [str(exported), str(tmp_path / "in.npz"), str(tmp_path / "out.npz")]
    environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
    subprocess.run(
        [sys.executable, "-c", ALONE, *paths], check=True, env=environment, timeout=120
    )
    results = np.load(tmp_path / "out.npz")
    for name, batch in pictures.items():
        assert_same(results[name], upscaler(batch))


@pytest.mark.parametrize("shape", [(2, 1, 9), (1, 2, 45), (2, 61, 33)])
def test_tiles_do_not_show(upscaler, rng, shape):
    images = rng.integers(0, 256, (*shape, 3), np.uint8)
    network = upscaler.model
    found = tiling.enlarge(network, network, images, tile=8).numpy()
    assert found.shape == (shape[0], 2 * shape[1], 2 * shape[2], 3)
    assert_same(found, upscaler(images))


def test_what_runs_at_once_follows_from_the_network(upscaler, monkeypatch):
    sizes = []
    network = upscaler.model

    class Watched:
        scale, radius = network.scale, network.radius

        def __call__(self, images, training):
            sizes.append(tuple(images.shape))
            return network(images, training=training)

    monkeypatch.setattr(tiling, "bytes_per_pixel", lambda network: 2**30 // 32**2)
    images = np.zeros((3, 40, 90, 3), np.uint8)
    watched = Watched()
    tiling.enlarge(watched, watched, images)
    assert len(sizes) > 3
    assert max(count * height * width for count, height, width, _ in sizes) <= 32**2


def test_a_network_is_fused_without_being_asked(tmp_path, monkeypatch):
    import tensorflow as tf

    ran = []
    real = saved_model.fuse_closing_layers
    monkeypatch.setattr(
        saved_model, "fuse_closing_layers", lambda m: ran.append(real(m)) or ran[-1]
    )
    network = EDSR(scale=2, filters=8, num_blocks=1)
    loaded = load(export_saved_model(network, tmp_path / "edsr"))
    [fused] = ran
    assert fused is not network
    assert loaded.upscale(tf.zeros((1, 5, 6, 3), tf.uint8))["images"].shape[1] == 10


def test_what_is_not_one_picture_to_one_is_refused(tmp_path):
    inputs = keras.Input((None, None, 3))
    several = keras.Model(inputs, [inputs + 1, inputs + 2])
    for network in (several, keras.Model()):
        with pytest.raises(ArgumentError, match=r"one (in|out)put"):
            export_saved_model(network, tmp_path / "edsr")


def test_a_subclassed_network(tmp_path):
    class Twice(keras.Model):
        def call(self, x):
            return keras.ops.repeat(keras.ops.repeat(x, 2, axis=1), 2, axis=2)

    network = Twice()
    network(keras.Input((None, None, 3)))
    loaded = load(export_saved_model(network, tmp_path / "twice"))
    images = np.zeros((1, 3, 4, 3), np.uint8)
    assert loaded.upscale(images)["images"].shape == (1, 6, 8, 3)


def test_bfloat16(tmp_path, picture):
    network = EDSR(scale=4, filters=8, num_blocks=1)
    upscaler = Upscaler(network, precision="bfloat16")
    signature = load(upscaler.export(tmp_path / "half")).signatures["upscale"]
    import tensorflow as tf

    found = signature(tf.constant(picture[None]))["images"].numpy()[0]
    assert_same(found, upscaler(picture))


def test_encoded_pictures(upscaler, exported, picture):
    import tensorflow as tf

    signature = load(exported).signatures["upscale_png"]
    png = tf.io.encode_png(picture)
    one = signature(png)["image_bytes"]
    assert one.shape == ()
    assert_same(tf.io.decode_png(one).numpy(), upscaler(picture))
    jpeg = tf.io.encode_jpeg(picture[:11])
    several = signature(tf.stack([png, jpeg]))["image_bytes"]
    assert several.shape == (2,)
    decoded = tf.io.decode_jpeg(jpeg, dct_method="INTEGER_ACCURATE").numpy()
    assert_same(tf.io.decode_png(several[1]).numpy(), upscaler(decoded))


def test_jpeg_is_decoded_as_opencv_does(exported, tmp_path, upscaler):
    import cv2
    import tensorflow as tf

    from tests.conftest import draw_picture

    large = draw_picture(96, 80)
    jpeg = cv2.imencode(".jpg", large)[1].tobytes()
    read = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR_RGB)
    result = load(exported).signatures["upscale_png"](tf.constant(jpeg))
    assert_same(tf.io.decode_png(result["image_bytes"]).numpy(), upscaler(read))


def test_any_keras_network(tmp_path):
    inputs = keras.Input((None, None, 1))
    network = keras.Model(inputs, keras.layers.UpSampling2D(3)(inputs))
    loaded = load(export_saved_model(network, tmp_path / "plain"))
    images = np.arange(12, dtype=np.uint8).reshape(1, 3, 4, 1)
    expected = images.repeat(3, axis=1).repeat(3, axis=2)
    np.testing.assert_array_equal(loaded.upscale(images)["images"], expected)


def test_keras_own_export_still_works(tmp_path):
    network = EDSR(scale=2, filters=8, num_blocks=1)
    network.export(tmp_path / "keras", verbose=False)
    images = np.zeros((1, 5, 6, 3), np.float32)
    assert load(tmp_path / "keras").serve(images).shape == (1, 10, 12, 3)


def test_earlier_export_is_replaced_and_nothing_left(upscaler, tmp_path):
    for _ in range(2):
        upscaler.export(tmp_path / "new" / "edsr")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["edsr"]


def test_other_folders_are_left_alone(upscaler, tmp_path):
    (tmp_path / "thesis.txt").write_text("ten years of work")
    with pytest.raises(OutputError, match="something else"):
        upscaler.export(tmp_path)
    with pytest.raises(OutputError, match="something else"):
        upscaler.export(tmp_path / "thesis.txt")
    with pytest.raises(OutputError, match="Cannot write"):
        upscaler.export(tmp_path / "thesis.txt" / "edsr")
    assert (tmp_path / "thesis.txt").read_text() == "ten years of work"


@pytest.mark.parametrize("wrong", ["fused", "radius"])
def test_wrong_pixels_are_found_out(wrong, tmp_path, monkeypatch):
    network = EDSR(scale=2, filters=8, num_blocks=1)
    if wrong == "fused":
        other = EDSR(scale=2, filters=8, num_blocks=1)
        monkeypatch.setattr(saved_model, "fuse_closing_layers", lambda model: other)
    else:
        network.radius = 0  # shows only where there are several tiles
    message = "merged end" if wrong == "fused" else r"values apart, by up to \d+ level"
    with pytest.raises(OutputError, match=message):
        export_saved_model(network, tmp_path / "edsr")
    assert not list(tmp_path.iterdir())


def test_a_failure_on_the_way_in_keeps_the_earlier_export(tmp_path, monkeypatch):
    inputs = keras.Input((None, None, 1))
    network = keras.Model(inputs, keras.layers.UpSampling2D(2)(inputs))
    folder = export_saved_model(network, tmp_path / "plain")
    real = Path.replace

    def replace(self, target):
        if self.name == "old":  # the way in fails, the way back does not
            return real(self, target)
        if self.name == "new":
            raise PermissionError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    with pytest.raises(OutputError, match="Cannot write"):
        export_saved_model(network, folder)
    assert (folder / "saved_model.pb").is_file()


def test_agreement():
    meant = np.zeros((100, 100, 3), np.uint8)
    found = meant.copy()
    found[0, :3, 0] = 1
    assert saved_model._agree(meant, found)
    found[0, 3, 0] = 1
    assert not saved_model._agree(meant, found)
    found[0] = 0
    found[5, 5] = 2
    assert not saved_model._agree(meant, found)
    assert saved_model._agree(meant, found, coarse=True)
    found[5, 5] = 5
    assert not saved_model._agree(meant, found, coarse=True)


@pytest.mark.parametrize(("coarse", "apart"), [(False, 0.2), (True, 5.0)])
def test_merging_may_change_next_to_nothing(coarse, apart):
    plain = np.zeros((1, 4, 4, 3), np.float32)
    saved_model._check_merging(plain + apart / 4 / 127.5, plain, coarse=coarse)
    for wrong in (apart / 127.5, np.nan):
        with pytest.raises(OutputError, match="merged end"):
            saved_model._check_merging(plain + wrong, plain, coarse=coarse)


def test_other_backends_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr("keras.backend.backend", lambda: "jax")
    with pytest.raises(ArgumentError, match="KERAS_BACKEND=jax"):
        export_saved_model(None, tmp_path / "edsr")


def test_full_disk_is_one_line(upscaler, tmp_path, monkeypatch):
    import tensorflow as tf

    message = "{{node SaveV2}} variables/part-0; No space left on device [Op:SaveV2]"

    def fail(*_, **__):
        raise tf.errors.ResourceExhaustedError(None, None, message)

    monkeypatch.setattr(tf.saved_model, "save", fail)
    with pytest.raises(OutputError, match=r"^Cannot write edsr: No space left on dev"):
        upscaler.export(tmp_path / "edsr")
    assert not list(tmp_path.iterdir())
