"""Evaluation of networks on sets; the published bicubic rows."""

import keras
import numpy as np
import pytest
from PIL import Image

from srkit.errors import ArgumentError, DataError, PresetNotFoundError
from srkit.evaluation import Table, evaluate
from srkit.image.resampling import downscale, modcrop, resize
from srkit.metrics import Protocol, psnr, ssim
from srkit.models import EDSR
from tests.conftest import draw_picture

# Published, and what srkit measures: RGB shrunk and enlarged as uint8. The BSD100 at
# hand is cut to 480x320, which x3 cuts further; the papers' is 481x321.
BICUBIC = {
    ("set5", 2): (33.66, 0.9299, 33.6734, 0.9303),
    ("set5", 3): (30.39, 0.8682, 30.4033, 0.8689),
    ("set5", 4): (28.42, 0.8104, 28.4290, 0.8111),
    ("set14", 2): (30.24, 0.8688, 30.2302, 0.8691),
    ("set14", 3): (27.55, 0.7742, 27.5367, 0.7745),
    ("set14", 4): (26.00, 0.7027, 25.9940, 0.7029),
    ("bsd100", 2): (29.56, 0.8431, 29.5599, 0.8434),
    ("bsd100", 3): (27.21, 0.7385, 27.2079, 0.7394),
    ("bsd100", 4): (25.96, 0.6675, 25.9613, 0.6681),
}
SET5 = {
    2: [37.0781, 36.8210, 27.4365, 34.8817, 32.1498],
    4: [31.7842, 30.1815, 22.0996, 31.6133, 26.4665],
}


class Nearest(keras.Model):
    """What the engine needs of a network, and nothing to learn."""

    def __init__(self, scale=2, channels=3, **options):
        inputs = keras.Input((None, None, channels))
        larger = keras.layers.UpSampling2D(scale)(inputs)
        super().__init__(inputs=inputs, outputs=larger, **options)
        self.scale, self.channels, self.radius = scale, channels, 0

    def get_config(self):
        return {"scale": self.scale, "channels": self.channels, "name": self.name}


@pytest.fixture(scope="module")
def nearest():
    return Nearest(name="nearest")


def nearest_of(hr, scale=2):
    return downscale(hr, scale).repeat(scale, 0).repeat(scale, 1)


def test_a_row_for_bicubic_and_one_for_the_network(nearest, picture_folder):
    table = evaluate(nearest, picture_folder)
    assert [row.method for row in table] == ["bicubic", "nearest"]
    for row in table:
        assert row.set == "pictures"
        assert row.scale == 2
        assert [image.name for image in row.images] == ["0", "1", "2", "3"]
        assert row.protocol == Protocol(shave=2, kernel="bicubic")
    hr = np.asarray(Image.open(picture_folder / "1.png"))
    wanted = {
        "bicubic": resize(downscale(hr, 2), scale=2),
        "nearest": nearest_of(hr),
    }
    for method, sr in wanted.items():
        image = table.row(method, "pictures").images[1]
        assert float(image.psnr) == float(psnr(hr, sr, shave=2))
        assert float(image.ssim) == float(ssim(hr, sr, shave=2))


def test_a_preset_by_folder_and_by_object(tmp_path, picture_folder):
    network = EDSR(scale=2, filters=4, num_blocks=1, name="mine")
    network.save_preset(tmp_path / "mine")
    by_folder = evaluate(tmp_path / "mine", [picture_folder], precision="float32")
    by_object = evaluate(network, [str(picture_folder)], precision="float32")
    assert by_folder == by_object
    assert by_folder.rows[1].method == "mine"


def test_options_reach_the_figures_and_the_stamp(nearest, picture_folder):
    table = evaluate(
        nearest, [picture_folder], channel="rgb", shave=0, kernel="lanczos3"
    )
    assert str(table.rows[1].protocol) == "RGB|shave0|uint8|LR=lanczos3"
    hr = np.asarray(Image.open(picture_folder / "0.png"))
    sr = downscale(hr, 2, kernel="lanczos3").repeat(2, 0).repeat(2, 1)
    wanted = psnr(hr, sr, shave=0, channel="rgb", kernel="lanczos3")
    assert table.rows[1].images[0].psnr == wanted


def test_sides_are_cut_to_a_multiple_of_the_scale(nearest, tmp_path):
    hr = draw_picture(33, 37)
    Image.fromarray(hr).save(tmp_path / "odd.png")
    row = evaluate(nearest, tmp_path).rows[1]
    cut = modcrop(hr, 2)
    assert cut.shape == (32, 36, 3)
    assert float(row.psnr) == float(psnr(cut, nearest_of(cut), shave=2))


def test_a_one_channel_file_is_scored_as_gray(nearest, tmp_path):
    gray = draw_picture(32, 36)[..., :1]
    Image.fromarray(gray[..., 0]).save(tmp_path / "gray.png")
    table = evaluate(nearest, tmp_path)
    for method, sr in {
        "bicubic": resize(downscale(gray, 2), scale=2),
        "nearest": nearest_of(gray),
    }.items():
        assert sr.shape == gray.shape
        row = table.row(method, tmp_path.name)
        assert float(row.psnr) == float(psnr(gray, sr, shave=2))


def test_a_network_of_one_channel_measures_gray_and_colour(tmp_path, picture_folder):
    luma, colour = Nearest(channels=1, name="luma"), Nearest(name="colour")
    gray = draw_picture(32, 36)[..., 0]
    Image.fromarray(gray).save(tmp_path / "gray.png")
    wanted = psnr(gray[..., None], nearest_of(gray[..., None]), shave=2)
    assert float(evaluate(luma, tmp_path).rows[1].psnr) == float(wanted)
    of_luma, of_colour = (evaluate(x, picture_folder).rows[1] for x in (luma, colour))
    assert float(of_luma.psnr) == pytest.approx(float(of_colour.psnr), abs=0.1)


def test_the_row_tells_precision_and_ensemble(picture_folder):
    network = EDSR(scale=2, filters=4, num_blocks=1, name="edsr")
    rows = [
        evaluate(network, picture_folder, precision=precision, ensemble=ensemble).rows
        for precision, ensemble in (("float32", False), ("bfloat16", True))
    ]
    told = [(row.method, row.precision) for of_table in rows for row in of_table]
    assert told == [
        ("bicubic", "uint8"),
        ("edsr", "float32"),
        ("bicubic", "uint8"),
        ("edsr (8 views)", "bfloat16"),
    ]
    assert float(rows[0][1].psnr) == pytest.approx(float(rows[1][1].psnr), abs=3)


def test_the_ensemble_of_a_symmetric_network_changes_nothing(nearest, picture_folder):
    plain, views = (
        evaluate(nearest, picture_folder, precision="float32", ensemble=ensemble)
        for ensemble in (False, True)
    )
    assert views.rows[1].images == plain.rows[1].images


def test_explain_shows_what_other_protocols_read(nearest, picture_folder):
    table = evaluate(nearest, picture_folder, explain=True)
    stamps = [str(row.protocol) for row in table if row.method == "bicubic"]
    assert stamps == [
        "Y601s|shave2|uint8|LR=bicubic",
        "Y601s|shave0|uint8|LR=bicubic",
        "Y601f|shave2|uint8|LR=bicubic",
        "RGB|shave2|uint8|LR=bicubic",
        "RGB|shave0|uint8|LR=bicubic",
    ]
    assert len(table) == 10
    figures = [float(row.psnr) for row in table if row.method == "bicubic"]
    # Full range against studio swing: 20 log10(255 / 219) dB, but for rounding.
    assert figures[0] - figures[2] == pytest.approx(1.32, abs=0.02)


def test_degraded_pictures_are_measured_under_a_name_of_their_own(
    nearest, picture_folder
):
    clean, _ = evaluate(nearest, picture_folder)
    poor, _ = evaluate(nearest, picture_folder, degradation="jpeg", seed=3)
    assert "LR=bicubic+jpeg.seed3" in str(poor.psnr.protocol)
    assert poor.psnr < float(clean.psnr) - 0.5
    with pytest.raises(ArgumentError, match="Did you mean 'jpeg'"):
        evaluate(nearest, picture_folder, degradation="jepg")


def test_several_sets(nearest, picture_folder, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    Image.fromarray(draw_picture(40, 44)).save(other / "a.png")
    table = evaluate(nearest, [picture_folder, other])
    assert [(row.set, len(row.images)) for row in table] == [
        ("pictures", 4),
        ("pictures", 4),
        ("other", 1),
        ("other", 1),
    ]


def test_several_networks_stand_in_one_table(nearest, picture_folder):
    other = Nearest(name="other")
    table = evaluate([nearest, other], picture_folder)
    assert [row.method for row in table] == ["bicubic", "nearest", "other"]
    assert table.rows[1].images == table.rows[2].images
    assert Table(table.rows[:2]) == evaluate(nearest, picture_folder)


def test_progress_is_told_and_nothing_printed(nearest, picture_folder, capfd):
    calls = []
    sets = [picture_folder, picture_folder]
    evaluate(nearest, sets, progress=lambda *call: calls.append(call))
    assert calls == [(done, 8) for done in range(1, 9)]
    captured = capfd.readouterr()
    assert captured.out == captured.err == ""


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        ({"sets": []}, ArgumentError, "`sets` must name at least one"),
        ({"sets": ["set99"]}, DataError, "Received: set99"),
        ({"channel": "L"}, ArgumentError, "`channel` must be one of.*Received: 'L'"),
        ({"shave": -1}, ArgumentError, "`shave`.*Received: -1"),
        ({"kernel": "blur"}, ArgumentError, "`kernel`.*Received: 'blur'"),
        ({"precision": "float8"}, ArgumentError, "`precision`.*'float8'"),
        ({"model": "edsr_x9"}, PresetNotFoundError, "Received: 'edsr_x9'"),
        ({"model": keras.Sequential()}, ArgumentError, "`model`.*Sequential"),
        ({"shave": 30}, DataError, "Picture '0' cannot be measured.*61 pixels"),
    ],
)
def test_bad_arguments(nearest, picture_folder, options, error, message):
    arguments = {"model": nearest, "sets": [picture_folder], **options}
    model, sets = arguments.pop("model"), arguments.pop("sets")
    with pytest.raises(error, match=message):
        evaluate(model, sets, **arguments)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "scale"), BICUBIC)
def test_bicubic_rows_are_the_published_ones(datasets, name, scale):
    row = evaluate(Nearest(scale=scale), name).rows[0]
    published_psnr, published_ssim, golden_psnr, golden_ssim = BICUBIC[name, scale]
    assert float(row.psnr) == pytest.approx(published_psnr, abs=0.02)
    assert float(row.ssim) == pytest.approx(published_ssim, abs=1e-3)
    assert float(row.psnr) == pytest.approx(golden_psnr, abs=6e-5)
    assert float(row.ssim) == pytest.approx(golden_ssim, abs=6e-5)
    if name == "set5" and scale in SET5:
        images = [float(image.psnr) for image in row.images]
        np.testing.assert_allclose(images, SET5[scale], atol=6e-5)
