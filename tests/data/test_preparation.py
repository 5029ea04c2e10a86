"""Settings: checked before a picture is read, and described for a resumed run."""

from __future__ import annotations

import json
import sys

import pytest

from srkit.data.degradations import JPEG
from srkit.data.preparation import DOWNSIZES, prepare
from srkit.errors import ArgumentError, MissingExtraError
from srkit.image import downscale
from srkit.training.settings import first_difference

SETTINGS = {
    "scale": 2,
    "crop": 16,
    "batch_size": 2,
    "kernel": "bicubic",
    "lr": None,
    "augment": True,
    "downsizes": None,
    "seed": 0,
    "cache": None,
    "steps_per_epoch": None,
    "recursive": False,
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"crop": 15}, r"multiple of `scale` \(=2\). Received: 15; 14"),
        ({"scale": 0}, "`scale` must be a whole number"),
        ({"scale": 1.5}, r"`scale` .* Received: 1\.5"),
        ({"batch_size": 0}, "`batch_size` must"),
        ({"steps_per_epoch": 0}, "`steps_per_epoch` must"),
        ({"kernel": "cubic"}, r"`kernel` must be one of bicubic, .*'cubic'"),
        ({"downsizes": (1.0, 1.5)}, "`downsizes` must be factors"),
        ({"downsizes": ()}, "`downsizes` must be factors"),
        ({"downsizes": (0.5,), "lr": "."}, "`downsizes` need LR that is made here"),
        ({"seed": -1}, "`seed` must be"),
        ({"degradation": "cctvs"}, "`degradation` is unknown. Did you mean 'cctv'"),
        ({"degradation": "realesrgan", "lr": "."}, "realesrgan makes LR from HR"),
        ({"degradation": "warp", "lr": "."}, "warp makes LR from HR"),
        ({"degradation": "warp", "kernel": "lanczos3"}, "by itself; leave `kernel`"),
    ],
)
def test_settings_out_of_range(folder, change, message):
    with pytest.raises(ArgumentError, match=message):
        prepare(folder, **{**SETTINGS, **change})


def test_wrong_settings_are_found_before_a_picture_is_read(tmp_path):
    with pytest.raises(ArgumentError):
        prepare(tmp_path / "nowhere", **{**SETTINGS, "kernel": "cubic"})


def test_a_resumed_run_knows_its_data_again(folder):
    sampler, settings = prepare(folder, **SETTINGS)
    assert json.loads(json.dumps(settings)) == settings
    assert settings["steps_per_epoch"] == sampler.steps
    assert settings["downsizes"] == list(DOWNSIZES)
    assert prepare(folder, **SETTINGS)[1] == settings
    (folder / "3.png").unlink()
    assert prepare(folder, **SETTINGS)[1] != settings


def test_given_lr_is_neither_made_nor_shrunk(write, photograph):
    hr = photograph(40, 48)
    folders = write("hr", {"a.png": hr}), write("lr", {"a.png": downscale(hr, 2)})
    _, settings = prepare(folders[0], **{**SETTINGS, "lr": folders[1]})
    assert settings["kernel"] == "as given"
    assert settings["downsizes"] == [1.0]


def test_another_degradation_is_another_run(folder):
    plain = prepare(folder, **SETTINGS)[1]
    poor = prepare(folder, **SETTINGS, degradation=JPEG(quality=30))[1]
    assert "degradation" not in plain, "runs from before there were any go on"
    changed = prepare(folder, **SETTINGS, degradation=JPEG(quality=40))[1]
    assert first_difference(plain, poor)
    assert first_difference(poor, changed) == (
        "`degradation.quality` was 30 and is now 40"
    )


def test_a_missing_codec_is_found_before_training(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "av", None)
    with pytest.raises(MissingExtraError, match=r"srkit\[video\]"):
        prepare(folder, **SETTINGS, degradation="cctv")
    prepare(folder, **SETTINGS, degradation="jpeg")
