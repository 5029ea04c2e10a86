"""Columns beside PSNR and SSIM: each the function's own figure."""

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from srkit.errors import ArgumentError
from srkit.evaluation import evaluate
from srkit.evaluation.measures import check_names
from srkit.image import downscale, resize, to_network
from srkit.metrics import checkerboard, color_bias, lr_psnr, niqe
from srkit.metrics.naturalness import PRISTINE_FILE


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A set of one picture, and a pristine model that is none."""
    monkeypatch.setenv("SRKIT_DATASETS", str(tmp_path))
    (tmp_path / "weights").mkdir()
    path = tmp_path / "weights" / PRISTINE_FILE
    np.savez(path, mu_pris_param=np.ones((1, 36)), cov_pris_param=np.eye(36))
    (tmp_path / "test" / "faces").mkdir(parents=True)
    Image.fromarray(astronaut()[:200, :208]).save(tmp_path / "test" / "faces" / "a.png")
    return tmp_path


def test_further_measures_are_the_functions_figures(nearest, folder):
    names = ["psnr", "niqe", "lr_psnr", "color_bias", "checkerboard", "niqe"]
    table = evaluate(nearest(scale=4), "faces", metrics=names)
    assert [row.method for row in table] == ["original", "bicubic", "nearest"]
    hr = astronaut()[:200, :208]
    lr = downscale(hr, 4)
    sr = resize(lr, scale=4)
    small, large = (to_network(image)[None] for image in (lr, sr))
    found = table.row("bicubic", "faces").more
    assert list(found) == [
        *("niqe", "lr_psnr", "bias_r", "bias_g", "bias_b", "checkerboard")
    ]
    biases = np.asarray(color_bias(small, large, scale=4)[0])
    wanted = [
        niqe(sr, shave=4),
        lr_psnr(small, large, scale=4)[0],
        *biases,
        checkerboard(large, scale=4)[0],
    ]
    np.testing.assert_allclose(list(found.values()), np.asarray(wanted, float), 1e-5)
    assert np.isinf(table.row("original", "faces").psnr)
    assert str(table).splitlines()[1].split()[5:7] == ["-", "-"]  # compared with itself
    assert "LR-PSNR (dB): RGB|shave0|float|LR=bicubic" in str(table)


def test_gray_pictures_have_one_bias_thrice(nearest, folder):
    gray = Image.fromarray(astronaut()[:200, :208, 0])
    gray.save(folder / "test" / "faces" / "a.png")
    row = evaluate(nearest(scale=4), "faces", metrics=["color_bias"]).rows[0]
    assert row.method == "bicubic"
    assert len({float(row.more[f"bias_{color}"]) for color in "rgb"}) == 1


def test_names_are_checked():
    assert check_names(["ssim", "niqe", "psnr", "niqe"]) == ["niqe"]
    with pytest.raises(ArgumentError, match="`metrics` must be of psnr, ssim, niqe"):
        check_names(["lpips"])
