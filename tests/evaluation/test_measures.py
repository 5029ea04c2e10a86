"""Columns beside PSNR and SSIM: each the function's own figure."""

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from skimage.data import astronaut

from srkit.data import load
from srkit.errors import ArgumentError, WeightsNotFoundError
from srkit.evaluation import evaluate
from srkit.evaluation.measures import check_names
from srkit.image import downscale, resize
from srkit.layers.features import NETWORKS
from srkit.metrics import (
    PerceptualDistance,
    checkerboard,
    color_bias,
    lr_psnr,
    niqe,
    perceptual_distance,
)
from srkit.metrics.pristine import PRISTINE_FILE
from tests.layers.features.drawn import write_relu3_1


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
    found = table.row("bicubic", "faces").more
    assert list(found) == [
        *("niqe", "lr_psnr", "bias_r", "bias_g", "bias_b", "checkerboard")
    ]
    assert list(found.values()) == [
        niqe(sr, shave=4),
        lr_psnr(lr, sr, scale=4),
        *color_bias(lr, sr, scale=4),
        checkerboard(sr, scale=4),
    ]
    assert np.isinf(table.row("original", "faces").psnr)
    stamp = "RGB|shave0|float|LR=bicubic"
    assert f"LR-PSNR (dB), Bias R, Bias G, Bias B: {stamp}" in str(table)
    assert str(table).splitlines()[1].split()[5] == "-"  # compared with itself


DISTANCE = "perceptual_distance[vgg19-relu3_1]"


@pytest.fixture
def relu3_1(folder, monkeypatch):
    """A feature network of random weights, where those of the real one lie."""
    plan = NETWORKS["vgg19-relu3_1"]
    # A seed of its own: feature networks are shared while they are in use.
    options = write_relu3_1(folder / "weights" / plan.file, seed=7)
    drawn = replace(plan, sha256=options["sha256"])
    monkeypatch.setitem(NETWORKS, plan.name, drawn)


@pytest.mark.usefixtures("relu3_1")
def test_a_perceptual_distance_is_the_function_s(nearest):
    table = evaluate(nearest(scale=4), "faces", metrics=[DISTANCE, "checkerboard"])
    hr = astronaut()[:200, :208]
    sr = resize(downscale(hr, 4), scale=4)
    options = {"network": "vgg19-relu3_1", "shave": 4, "kernel": "bicubic"}
    found = table.row("bicubic", "faces").more[DISTANCE]
    assert found == perceptual_distance(hr, sr, **options)
    assert found.quantity == "PerceptualDistance[vgg19-relu3_1]"
    assert 0 < found < table.row("nearest", "faces").more[DISTANCE]
    assert table.row("original", "faces").more[DISTANCE] == 0
    assert "PerceptualDistance[vgg19-relu3_1]: RGB|shave4" in str(table)
    assert f"{float(found):.4f}" in str(table)


@pytest.mark.usefixtures("relu3_1")
def test_a_network_is_built_once_and_sees_each_picture_once(
    nearest, folder, monkeypatch
):
    Image.fromarray(astronaut()[:64, :64]).save(folder / "test" / "faces" / "b.png")
    calls = Counter()
    for name in ("__init__", "look"):
        monkeypatch.setattr(PerceptualDistance, name, counted(calls, name))
    models = [nearest(scale=4, name=name) for name in "ab"]
    evaluate(models, "faces", metrics=[DISTANCE, "checkerboard"])
    assert calls == {"__init__": 1, "look": 2 * (1 + 3)}  # the original, 3 results


def counted(calls, name):
    method = getattr(PerceptualDistance, name)

    def call(*arguments, **options):
        calls[name] += 1
        return method(*arguments, **options)

    return call


def test_lr_psnr_is_measured_against_what_the_network_was_given(nearest, folder):
    options = {"metrics": ["lr_psnr", "color_bias"], "degradation": "jpeg", "seed": 3}
    table = evaluate(nearest(scale=4), "faces", **options)
    (pair,) = load("faces", scale=4, degradation="jpeg", seed=3)
    made = "bicubic+jpeg.seed3"
    wanted = lr_psnr(pair.lr, resize(pair.lr, scale=4), scale=4, made=made)
    found = table.row("bicubic", "faces").more
    assert found["lr_psnr"] == wanted
    assert found["bias_r"].protocol == f"RGB|shave0|float|LR={made}"


def test_a_picture_without_a_figure_leaves_its_cell_empty(nearest, folder):
    for name, picture in (
        ("flat", np.full((200, 208, 3), 90, np.uint8)),
        ("small", astronaut()[:12, :40]),
    ):
        Image.fromarray(picture).save(folder / "test" / "faces" / f"{name}.png")
    names = ["niqe", "checkerboard"]
    table = evaluate(nearest(scale=4), "faces", metrics=names, shave=0)
    row = table.row("bicubic", "faces")
    sr = resize(downscale(astronaut()[:200, :208], 4), scale=4)
    assert row.more["niqe"] == niqe(sr, shave=0)
    assert row.gaps == {"niqe": 2, "checkerboard": 1}
    told = "NIQE of bicubic on faces: without 2 of 3 images, too small for it or"
    assert told in str(table)
    small = table.records(per_image=True)[-1]
    assert "niqe" not in small
    assert table.to_csv(per_image=True).splitlines()[-1].count(",,") > 0


def test_other_protocols_are_of_psnr_and_ssim_alone(nearest, folder):
    options = {"explain": True, "metrics": ["lr_psnr"]}
    table = evaluate(nearest(scale=4), "faces", **options)
    told = [row.protocol.channel for row in table if row.more]
    assert told == ["y", "y"]
    assert len(table) == 10
    assert table.to_csv().splitlines()[-1].endswith(",")


def test_gray_pictures_have_one_bias_thrice(nearest, folder):
    gray = Image.fromarray(astronaut()[:200, :208, 0])
    gray.save(folder / "test" / "faces" / "a.png")
    row = evaluate(nearest(scale=4), "faces", metrics=["color_bias"]).rows[0]
    assert row.method == "bicubic"
    assert len({float(row.more[f"bias_{color}"]) for color in "rgb"}) == 1


def test_names_are_checked():
    names = ["ssim", "niqe", DISTANCE, "psnr", "niqe"]
    assert check_names(names) == ["niqe", DISTANCE]
    for name in ("lpips", "perceptual_distance", "perceptual_distance[]"):
        with pytest.raises(ArgumentError, match="`metrics` must be of psnr, ssim"):
            check_names([name])


def fail(*_):
    raise AssertionError("a picture was measured")


def test_what_a_measure_needs_is_missed_before_the_work(nearest, folder):
    (folder / "weights" / PRISTINE_FILE).unlink()
    for name, error, message in (
        ("niqe", WeightsNotFoundError, "NIQE's pristine model"),
        (DISTANCE, WeightsNotFoundError, "vgg19_normalised_relu3_1.npz is needed"),
        ("perceptual_distance[vgg16]", ArgumentError, "`network` must be one of"),
    ):
        with pytest.raises(error, match=message):
            evaluate(nearest(scale=4), "faces", metrics=[name], progress=fail)
