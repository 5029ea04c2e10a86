"""MATLAB's figures are those of `NUMBERS`: Set5's, measured against its own LR."""

import tracemalloc

import numpy as np
import pytest
from keras import ops
from PIL import Image

from srkit.errors import ArgumentError, ImageError
from srkit.image import KERNELS, downscale, modcrop, resize


def _loops(image, out, scale, kernel):
    """`imresize` along the first axis, spelt out pixel by pixel."""
    length = len(image)
    stretch = min(scale, 1.0)
    result = np.zeros((out, *image.shape[1:]))
    for y in range(out):
        centre = (y + 0.5) / scale - 0.5
        total, weight = 0.0, 0.0
        for x in range(-3 * length, 4 * length):
            share = kernel(stretch * (centre - x))
            inside = x % (2 * length)
            inside = min(inside, 2 * length - 1 - inside)
            total = total + share * image[inside]
            weight += share
        result[y] = total / weight
    return result


def _keys(x):
    x = abs(x)
    if x <= 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x <= 2 else 0.0


def _lanczos(x):
    if abs(x) >= 3:
        return 0.0
    return (
        1.0
        if x == 0
        else 3 * np.sin(np.pi * x) * np.sin(np.pi * x / 3) / (np.pi * x) ** 2
    )


@pytest.mark.parametrize(
    ("name", "kernel"), [("bicubic", _keys), ("lanczos3", _lanczos)]
)
@pytest.mark.parametrize(
    ("length", "out"), [(12, 3), (12, 6), (9, 3), (5, 20), (7, 14)]
)
def test_equals_the_loops_with_rounding_between(name, kernel, length, out, rng):
    image = rng.integers(0, 256, (length, length, 3), dtype=np.uint8)
    scale = out / length
    rows = np.floor(
        np.clip(_loops(image.astype(float), out, scale, kernel), 0, 255) + 0.5
    )
    both = _loops(rows.swapaxes(0, 1), out, scale, kernel).swapaxes(0, 1)
    expected = np.floor(np.clip(both, 0, 255) + 0.5).astype(np.uint8)
    np.testing.assert_array_equal(resize(image, (out, out), kernel=name), expected)


def test_lanczos_agrees_with_pillow_inside(rng):
    image = rng.integers(0, 256, (60, 60), dtype=np.uint8)
    ours = resize(image.astype(np.float32), scale=0.5, kernel="lanczos3")
    theirs = Image.fromarray(image.astype(np.float32)).resize((30, 30), Image.LANCZOS)
    inside = slice(4, -4)
    np.testing.assert_allclose(
        ours[inside, inside], np.asarray(theirs)[inside, inside], atol=0.02
    )


def test_matlabs_documented_example():
    """`imresize(uint8([0 255]), 2)`: weights of a = -0.5 at the quarter points."""
    row = np.array([[0, 255]], np.uint8)
    assert resize(row, (1, 4)).tolist() == [[0, 52, 203, 255]]


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("scale", [0.25, 0.5, 0.75, 2, 3, 3.3])
def test_a_flat_picture_stays_flat(kernel, scale):
    flat = np.full((13, 11, 3), 77, np.uint8)
    assert (resize(flat, scale=scale, kernel=kernel) == 77).all()


@pytest.mark.parametrize("kernel", KERNELS)
def test_tensors_and_arrays_share_one_kernel(kernel, rng):

    image = rng.uniform(-1, 1, (2, 12, 8, 3)).astype(np.float32)
    for size in ((3, 2), (24, 16), (12, 5)):
        tensor = resize(ops.convert_to_tensor(image), size, kernel=kernel)
        np.testing.assert_allclose(
            ops.convert_to_numpy(tensor), resize(image, size, kernel=kernel), atol=1e-5
        )


@pytest.mark.parametrize("size", [(7, 9), (30, 50)])
def test_integer_tensors_are_rounded_as_arrays_are(size, rng):
    image = rng.integers(0, 256, (2, 20, 25, 3), dtype=np.uint8)
    tensor = resize(ops.convert_to_tensor(image), size)
    apart = np.abs(ops.convert_to_numpy(tensor) - resize(image, size).astype(int))
    # A half of float64 may lie a hair beside it in float32.
    assert apart.max() <= 1
    assert apart.mean() < 5e-3


def test_few_bits_lose_nothing_but_their_own_rounding(rng):
    image = ops.convert_to_tensor(rng.uniform(-1, 1, (8, 8, 3)), dtype="bfloat16")
    exact = resize(ops.cast(image, "float32"), scale=2)
    wanted = ops.convert_to_numpy(ops.cast(ops.cast(exact, "bfloat16"), "float32"))
    found = ops.convert_to_numpy(ops.cast(resize(image, scale=2), "float32"))
    # The first pass rounds to 8 bits as well.
    np.testing.assert_allclose(found, wanted, atol=2**-7)


def test_memory_is_that_of_the_result(rng):
    image = rng.integers(0, 256, (400, 500, 3), dtype=np.uint8)
    tracemalloc.start()
    result = resize(image, (800, 1000))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    # The other pass's result and the floats of one stripe.
    assert peak < 4 * result.nbytes


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32", "float64"])
def test_keeps_dtype_and_rank(dtype):
    for shape in ((8, 8), (8, 8, 1), (2, 8, 8, 4)):
        out = resize(np.ones(shape, dtype), scale=0.5)
        assert out.dtype == dtype
        assert out.ndim == len(shape)


def test_downscale_crops_to_a_multiple():
    assert downscale(np.zeros((13, 10, 3), np.uint8), 4).shape == (3, 2, 3)
    assert modcrop(np.zeros((13, 10), np.uint8), 4).shape == (12, 8)


def test_sizes_round_up_as_in_matlab():
    assert resize(np.zeros((5, 7), np.uint8), scale=0.5).shape == (3, 4)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"scale": 2, "kernel": "cubic"}, "`kernel` must be one of bicubic"),
        ({}, "neither"),
        ({"scale": 2, "size": (4, 4)}, "both"),
        ({"scale": 0}, "`scale` must be above 0"),
        ({"scale": float("nan")}, "`scale` must be above 0"),
        ({"scale": float("inf")}, "`scale` must be above 0"),
        ({"size": (0, 4)}, "whole numbers above 0"),
        ({"size": (2.5, 4)}, "whole numbers above 0"),
        ({"size": (4,)}, "height and width"),
    ],
)
def test_wrong_arguments_are_refused(arguments, message):
    with pytest.raises(ArgumentError, match=message):
        resize(np.zeros((4, 4), np.uint8), **arguments)


@pytest.mark.parametrize("shape", [(4,), (0, 4), (1, 2, 3, 4, 5)])
def test_what_is_no_picture_is_refused(shape):
    with pytest.raises(ImageError, match="Received: shape"):
        resize(np.zeros(shape, np.uint8), scale=2)


def test_a_side_shorter_than_the_scale_is_refused():
    with pytest.raises(ImageError, match="at least `scale`"):
        downscale(np.zeros((3, 9, 3), np.uint8), 4)


@pytest.mark.parametrize("kernel", KERNELS)
@pytest.mark.parametrize("shape", [(13, 10), (13, 10, 3), (2, 13, 22, 1)])
def test_downscale_takes_tensors(rng, kernel, shape):
    image = rng.integers(0, 256, shape, dtype=np.uint8)
    for picture, off in ((image, 0), (image / np.float32(255), 1e-6)):
        wanted = downscale(picture, 4, kernel=kernel)
        received = downscale(ops.convert_to_tensor(picture), 4, kernel=kernel)
        assert received.dtype == wanted.dtype
        np.testing.assert_allclose(ops.convert_to_numpy(received), wanted, atol=off)
