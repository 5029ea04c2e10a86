from __future__ import annotations

import numpy as np
import pytest
from typer.testing import CliRunner

import srkit.cli
from srkit.inference import Upscaler
from srkit.models import EDSR

pytestmark = pytest.mark.tensorflow


def export(*arguments):
    return CliRunner().invoke(srkit.cli.app, ["export", *map(str, arguments)])


def test_preset_to_saved_model(tmp_path, picture):
    import tensorflow as tf

    preset = EDSR(scale=2, filters=8, num_blocks=1).save_preset(tmp_path / "tiny")
    result = export(preset, tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert "checked" in result.output
    loaded = tf.saved_model.load(str(tmp_path / "out"))
    sr = loaded.upscale(picture[None])["images"]
    expected = Upscaler.from_preset(preset, precision="float32")(picture)
    assert np.abs(sr.numpy()[0].astype(int) - expected).max() <= 1


def test_auto_is_told_as_what_it_comes_to(tmp_path, monkeypatch):
    monkeypatch.setattr("srkit.engine.precision.has_bfloat16", lambda: True)
    preset = EDSR(scale=2, filters=8, num_blocks=1).save_preset(tmp_path / "tiny")
    result = export(preset, tmp_path / "out", "--precision", "auto")
    assert "bfloat16, checked" in result.output


def test_errors_are_one_line(tmp_path):
    for arguments in (("nothing", tmp_path / "out"), (tmp_path, tmp_path)):
        result = export(*arguments)
        assert result.exit_code == 1
        assert result.stderr.startswith("srkit: ")
        assert result.stderr.count("\n") == 1
    assert export("nothing").exit_code == 2
