from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial

import pytest

from srkit.bench import QUICK, gan, run_bench, speed, suite
from srkit.errors import ArgumentError, PresetNotFoundError
from srkit.models import EDSR


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "tiny"
    EDSR(scale=2, filters=8, num_blocks=1).save_preset(folder)
    small = {"side": 24, "repeats": 1, "crop": 16, "batch_size": 2, "steps": 1}
    small |= {"preset": str(folder), "test_set": "no such set", "megapixels": 0.01}
    return replace(QUICK, **small)


def test_files_beside_pytorch(settings):
    pytest.importorskip("torch")
    report = run_bench(settings, parts=("files",))
    assert report.missing == ()
    for name in ("srkit, whole file", "PyTorch, whole file"):
        assert report.value(name) > 0
    assert report.value("srkit and PyTorch apart") < 1


def test_files_without_pytorch(settings, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    report = run_bench(settings, parts=("files",))
    assert [figure.name for figure in report.figures] == ["srkit, whole file"]
    assert "pip install 'srkit[bench]'" in report.missing[0]


def test_network(settings, monkeypatch):
    monkeypatch.setattr(speed, "matmul_peak", lambda dtype: 100.0)
    parts = []
    report = run_bench(settings, parts=("network",), on_part=parts.append)
    assert parts == ["network"]
    share = report.value("share of the peak")
    assert report.value("network alone") == pytest.approx(share)
    assert share > 0


@pytest.mark.tensorflow
def test_training(settings):
    report = run_bench(settings, parts=("training",))
    assert report.value("training step") > 0


@pytest.mark.tensorflow
def test_gan_beside_pytorch(settings, monkeypatch):
    pytest.importorskip("torch")
    small = partial(gan.srgan, filters=4, num_blocks=1, units=4)
    monkeypatch.setattr(suite, "srgan", small)
    report = run_bench(settings, parts=("gan",))
    steps = [report.value(f"SRGAN step, {name}") for name in ("PyTorch", "srkit")]
    ratio = report.value("SRGAN step against PyTorch")
    assert ratio == pytest.approx(steps[0] / steps[1])


def test_precision(settings, picture_folder):
    report = run_bench(
        replace(settings, test_set=str(picture_folder)), parts=("precision",)
    )
    assert abs(report.value("cost of bfloat16")) < 0.5


def test_memory(settings, monkeypatch):
    monkeypatch.setattr(suite, "peak_resident_gib", lambda *paths, preset: 0.5)
    assert run_bench(settings, parts=("memory",)).value("peak memory") == 0.5


@pytest.mark.slow
def test_video(settings):
    pytest.importorskip("av")
    report = run_bench(replace(settings, clip_seconds=0.5), parts=("video",))
    assert report.missing == ()
    for step in ("decode", "network", "encode", "whole film", "peak memory"):
        assert report.value(f"video, {step}") > 0


def test_what_cannot_be_measured_is_named(settings):
    report = run_bench(settings, parts=("precision",))
    assert report.figures == ()
    assert "no such set" in report.missing[0]


def test_wrong_names(settings):
    with pytest.raises(ArgumentError, match="speed"):
        run_bench(settings, parts=("speed",))
    with pytest.raises(PresetNotFoundError):
        run_bench(replace(settings, preset="nothing"))
