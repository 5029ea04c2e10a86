"""What a network trained adversarially drew says so, in whatever file it ends."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from srkit.image.labels import EDITED
from srkit.inference import Upscaler, upscale, upscale_file, upscale_folder
from tests.inference.conftest import BicubicNetwork


@pytest.fixture
def gan():
    network = BicubicNetwork()
    network.adversarial = "trained against a discriminator"
    network.origin = "gan_x2 (weights 0123)"
    return Upscaler(network)


def said(path):
    with Image.open(path) as image:
        return image.info.get("xmp", b"").decode()


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".tif"])
def test_files(gan, picture_folder, suffix, tmp_path):
    target = tmp_path / f"out{suffix}"
    upscale_file(picture_folder / "0.png", target, upscaler=gan)
    upscale_folder(picture_folder, tmp_path / "all", upscaler=gan, suffix=suffix)
    for path in (target, *(tmp_path / "all").iterdir()):
        for part in (EDITED, "x2 by srkit with gan_x2 (weights 0123)", "not seen"):
            assert part in said(path), path.name


def test_networks_that_invent_nothing_leave_the_metadata_as_it_is(
    network, picture_folder
):
    source = picture_folder / "0.png"
    assert Upscaler(network)(source).metadata.xmp is None


@pytest.mark.parametrize(
    ("options", "factor"),
    [({}, "x2"), ({"scale": 3.5}, "x3.5"), ({"width": 90}, "x1.5")],
)
def test_the_factor_is_the_pictures(gan, picture_folder, options, factor):
    made = Upscaler(gan.model, **options)(picture_folder / "0.png")
    assert f"Enlarged {factor} by" in made.metadata.xmp.decode()


def test_what_the_file_said_before_is_kept(gan, picture_folder, tmp_path):
    source = picture_folder / "0.png"
    exif = Image.Exif()
    exif[0x010E] = "Hall 3"
    Image.open(source).save(source, exif=exif, dpi=(300, 300))
    gan(source).save(tmp_path / "out.jpg")
    with Image.open(tmp_path / "out.jpg") as image:
        assert image.getexif()[0x010E] == "Hall 3"
        assert image.info["dpi"] == (300, 300)
    again = gan(tmp_path / "out.jpg").metadata.xmp.decode()
    assert again.count("Enlarged x2 by srkit with gan_x2") == 2
    plain = Upscaler(BicubicNetwork())(tmp_path / "out.jpg")
    assert EDITED in plain.metadata.xmp.decode(), "a faithful network cannot undo it"


@pytest.mark.parametrize("mode", ["RGB", "L", "YCbCr"])
def test_pil_images_carry_it_too(gan, picture, mode):
    made = gan(Image.fromarray(picture).convert(mode))
    assert made.mode == mode
    assert EDITED in made.info["xmp"].decode()


def test_arrays_have_no_place_for_it(gan, picture):
    assert isinstance(gan(picture), np.ndarray)


def test_presets_bring_their_label(picture_folder, tmp_path):
    from srkit.models import EDSR

    model = EDSR(scale=2, filters=4, num_blocks=1)
    model.adversarial = "trained against a discriminator"
    model.save_preset(tmp_path / "gan_x2")
    made = upscale(picture_folder / "0.png", preset=tmp_path / "gan_x2")
    assert "srkit with gan_x2 (weights" in made.metadata.xmp.decode()
