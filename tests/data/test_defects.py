"""Defects of one picture or pair: planted ones are found, sound pictures pass."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from srkit.data.defects import alignment, blockiness, enlargement, has_blocks
from srkit.data.folders import find_pictures, read_pixels
from srkit.image import downscale, resize
from srkit.image.color import luma


def jpeg(pixels, quality):
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "JPEG", quality=quality)
    return np.asarray(Image.open(data))


def enlarged(pixels, factor, kernel="bicubic"):
    height, width = (side // factor * factor for side in pixels.shape[:2])
    small = downscale(pixels, factor)
    return resize(small, (height, width), kernel=kernel)


def test_a_sharp_picture_was_not_enlarged(photograph):
    assert enlargement(photograph(192, 160)) == 1


@pytest.mark.parametrize("factor", [2, 3, 4])
@pytest.mark.parametrize("kernel", ["bicubic", "bilinear", "lanczos3"])
def test_an_enlarged_picture_is_found(photograph, factor, kernel):
    assert enlargement(enlarged(photograph(192, 160), factor, kernel)) > 1


def test_the_factor_is_told(photograph):
    found = [enlargement(enlarged(photograph(192, 192), n)) for n in (2, 3, 4)]
    assert found == [2, 3, 4]


def test_a_gray_picture_can_be_judged(photograph):
    gray = photograph(192, 192)[..., :1]
    assert enlargement(gray) == 1
    assert enlargement(enlarged(gray, 2)) == 2


def test_flat_and_tiny_pictures_are_not_judged():
    assert enlargement(np.full((192, 192, 3), 90, np.uint8)) == 1
    assert enlargement(np.zeros((3, 200, 3), np.uint8)) == 1


@pytest.mark.parametrize("name", ["t91", "bsds400", "cid22"])
def test_photographs_pass_and_their_enlargements_do_not(datasets, name):
    if not (datasets / "train" / name).is_dir():
        pytest.skip(f"{name} is not there")
    files = find_pictures(datasets / "train" / name)[::9]
    pictures = [read_pixels(file) for file in files]
    assert [enlargement(picture) for picture in pictures] == [1] * len(pictures)
    found = [enlargement(enlarged(picture, 2)) > 1 for picture in pictures]
    assert np.mean(found) > 0.9


def test_blocks_show_from_a_strong_compression_on(photograph):
    picture = photograph(160, 160, contrast=15)
    assert not has_blocks(picture)
    assert has_blocks(jpeg(picture, 50))
    assert blockiness(jpeg(picture, 50)) > blockiness(jpeg(picture, 75)) > 0.03
    assert not has_blocks(enlarged(picture, 2))


@pytest.mark.parametrize("scale", [2, 3, 4])
@pytest.mark.parametrize("kernel", ["bicubic", "lanczos3", "box"])
def test_lr_of_any_kernel_is_aligned(photograph, scale, kernel):
    hr = photograph(96 * scale // 2, 120 * scale // 2)
    x, y, likeness = alignment(downscale(hr, scale, kernel=kernel), hr, scale)
    assert abs(x) < 0.02
    assert abs(y) < 0.02
    assert likeness > 0.98


def test_noise_and_contrast_do_not_matter(photograph, rng):
    hr = photograph(192, 160)
    lr = downscale(hr, 2) * 0.7 + 20 + rng.normal(0, 6, (96, 80, 3))
    x, y, _ = alignment(np.clip(lr, 0, 255).astype(np.uint8), hr, 2)
    assert abs(x) < 0.1
    assert abs(y) < 0.1


def test_shifts_are_measured_with_their_sign(photograph):
    hr = photograph(196, 204)
    right, down = alignment(downscale(hr[2:-2, :-4], 2), hr[2:-2, 4:], 2)[:2]
    assert (right, down) == pytest.approx((2, 0), abs=0.1)
    up = alignment(downscale(hr[1:-3, 4:], 2), hr[:-4, 4:], 2)
    assert up[:2] == pytest.approx((0, -0.5), abs=0.1)


def test_taking_every_second_pixel_shifts(photograph):
    hr = photograph(192, 192)
    x, y, _ = alignment(hr[::2, ::2], hr, 2)
    assert (x, y) == pytest.approx((0.25, 0.25), abs=0.06)


def test_a_gray_picture_can_be_aligned_with_a_gray_or_coloured_one(photograph):
    hr = photograph(192, 192)
    gray = np.rint(luma(hr.astype(np.float32))).astype(np.uint8)
    for lr, whole in ((gray, gray), (gray, hr), (hr, gray)):
        x, y, likeness = alignment(lr[::2, ::2], whole, 2)
        assert (x, y) == pytest.approx((0.25, 0.25), abs=0.06)
        assert likeness > 0.9


def test_another_picture_is_not_alike(photograph):
    hr, other = photograph(96, 96), photograph(96, 96, seed=1)
    assert alignment(downscale(other, 2), hr, 2).likeness < 0.5
