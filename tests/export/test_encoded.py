"""Bytes of files in, bytes of files out: orientation and transparency."""

from __future__ import annotations

import io

import keras
import numpy as np
import pytest
from PIL import Image, ImageOps

from srkit.export import encoded
from srkit.image import resize
from srkit.models import EDSR, CReLUNet

pytestmark = pytest.mark.tensorflow


@pytest.fixture(scope="module")
def twice():
    """A network that repeats pixels: what it must give is known exactly."""
    inputs = keras.Input((None, None, 3))
    return keras.Model(inputs, keras.layers.UpSampling2D(2)(inputs))


def enlarged(network, data):
    import tensorflow as tf

    png = encoded.enlarge_encoded(network, network, tf.constant(data)).numpy()
    return np.asarray(Image.open(io.BytesIO(png)))


def file_of(pixels, form="PNG", **options):
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, form, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("form", ["PNG", "JPEG"])
def test_pictures_are_turned_upright(form, order, picture):
    import tensorflow as tf

    for orientation in (*range(1, 9), 0, 9):
        exif = Image.Exif()
        exif.endian = order
        exif[0x010F], exif[0x0112] = "Maker", orientation
        data = file_of(picture, form, exif=exif)
        stored = tf.io.decode_jpeg(data, 3, dct_method="INTEGER_ACCURATE")
        found = encoded._upright(stored, encoded._orientation(data)).numpy()
        image = Image.fromarray(stored.numpy())
        image.getexif()[0x0112] = orientation
        expected = np.asarray(ImageOps.exif_transpose(image))
        np.testing.assert_array_equal(found, expected)


def test_a_turned_file_comes_out_turned(twice, picture):
    exif = Image.Exif()
    exif[0x0112] = 6
    expected = np.rot90(picture, -1).repeat(2, 0).repeat(2, 1)
    found = enlarged(twice, file_of(picture, exif=exif))
    np.testing.assert_array_equal(found, expected)


def test_pixels_that_look_like_the_tag_turn_nothing():
    import tensorflow as tf

    tag = bytes([0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0])
    pixels = np.frombuffer(tag * 3, np.uint8).reshape(2, 5, 3)
    plain = file_of(pixels, compress_level=0)
    exif = Image.Exif()
    exif[0x010F] = "Maker"
    beside = file_of(pixels, compress_level=0, exif=exif)
    for data in (plain, beside):
        assert tag in data
        assert encoded._orientation(tf.constant(data)) == 1


@pytest.mark.parametrize("channels", [2, 4])
def test_transparency_is_kept(twice, picture, channels):
    alpha = np.full((24, 20, 1), 255, np.uint8)
    alpha[5:9, 3:7] = [[0], [7], [90], [200]]
    pixels = np.concatenate([picture[..., : channels - 1], alpha], axis=-1)
    color = np.broadcast_to(pixels[..., :-1], (24, 20, 3))
    expected = np.concatenate([color, alpha], axis=-1).repeat(2, 0).repeat(2, 1)
    np.testing.assert_array_equal(enlarged(twice, file_of(pixels)), expected)


def test_opaque_pixels_stay_opaque(picture):
    inputs = keras.Input((None, None, 3))
    dimmer = keras.Model(inputs, keras.layers.UpSampling2D(2)(inputs) * 0.9)
    alpha = np.full((24, 20, 1), 255, np.uint8)
    alpha[0, 0] = 0
    pixels = np.concatenate([picture, alpha], axis=-1)
    found = enlarged(dimmer, file_of(pixels))[..., 3]
    assert (found[4:, 4:] == 255).all()
    assert found[0, 0] < 255


def test_gray_and_colour_come_out_without_alpha(twice, picture):
    for pixels in (picture, picture[..., 0]):
        assert enlarged(twice, file_of(pixels, "JPEG")).shape == (48, 40, 3)


def test_a_network_for_luma_keeps_the_colours(picture):
    """A network that adds nothing is bicubic in luma, as in chroma."""
    network = CReLUNet(filters=2, num_blocks=1, interpolated=True)
    for weight in network.weights:
        weight.assign(0 * weight)
    found = enlarged(network, file_of(picture)).astype(int)
    expected = resize(picture, scale=2)
    assert np.abs(found - expected).mean() < 1  # Y is rounded in between
    alpha = np.full((24, 20, 1), 255, np.uint8)
    opaque = enlarged(network, file_of(np.concatenate([picture, alpha], axis=-1)))
    np.testing.assert_array_equal(opaque[..., :3], found)
    assert (opaque[..., 3] == 255).all()


def test_detail_that_was_invented_is_labelled(picture):
    import tensorflow as tf

    model = EDSR(scale=2, filters=4, num_blocks=1, name="gan_x2")
    data = tf.constant(file_of(picture))
    before = encoded.enlarge_encoded(model, model, data).numpy()
    model.adversarial = "trained against a discriminator"
    after = encoded.enlarge_encoded(model, model, data).numpy()
    with Image.open(io.BytesIO(after)) as image:
        image.verify()  # the checksums too
        xmp = image.info["xmp"]
    assert b"compositeWithTrainedAlgorithmicMedia" in xmp
    assert b"Enlarged x2 by srkit with gan_x2" in xmp
    pictures = [Image.open(io.BytesIO(data)) for data in (before, after)]
    assert "xmp" not in pictures[0].info
    np.testing.assert_array_equal(*map(np.asarray, pictures))
