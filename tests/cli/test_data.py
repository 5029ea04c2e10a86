from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import srkit.cli
from tests.conftest import draw_picture


def run(*arguments):
    return CliRunner().invoke(srkit.cli.app, ["data", *map(str, arguments)])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("SRKIT_DATASETS", str(tmp_path / "datasets"))
    path = tmp_path / "mine"
    path.mkdir()
    for name in ("a", "b"):
        pixels = draw_picture(100, 100, seed=ord(name))
        Image.fromarray(pixels).save(path / f"{name}.png")
    return path


def test_a_sound_folder_passes(folder):
    shown = run("check", folder)
    assert shown.exit_code == 0
    assert shown.output.startswith(f"{folder}: 2 pictures, 0 errors")


def test_errors_are_listed_and_give_exit_code_1(folder):
    (folder / "c.png").write_bytes(b"")
    shown = run("check", folder)
    assert shown.exit_code == 1
    assert "c.png" in shown.output
    found = json.loads(run("check", folder, "--json").stdout)["findings"]
    assert [finding["kind"] for finding in found] == ["unreadable"]


def test_the_standard_test_sets_are_looked_at_unasked(folder, tmp_path):
    test = tmp_path / "datasets" / "test" / "set5"
    test.mkdir(parents=True)
    turned = np.rot90(np.asarray(Image.open(folder / "a.png")))
    Image.fromarray(turned).save(test / "t.png")
    shown = run("check", folder)
    assert shown.exit_code == 1
    assert "test set" in shown.output
    assert run("check", test).exit_code == 0
    assert run("check", "set5").exit_code == 0


def test_a_folder_that_is_not_there_is_one_line(folder):
    shown = run("check", "nowhere")
    assert shown.exit_code == 1
    assert shown.stderr.startswith("srkit: No folder")
    assert shown.stderr.count("\n") == 1


def test_the_known_sets_are_listed(folder):
    shown = run("list")
    assert shown.exit_code == 0
    for name in ("set5", "bsds500", "road_cctv", "div2k", "lfw"):
        assert name in shown.output


def test_a_set_that_is_not_known(folder):
    shown = run("get", "set6")
    assert shown.exit_code == 1
    assert "must be one of set5" in shown.stderr


def test_a_missing_extra_is_named(folder, monkeypatch):
    monkeypatch.setitem(sys.modules, "tensorflow_datasets", None)
    shown = run("get", "set5")
    assert shown.exit_code == 1
    assert "pip install 'srkit[data]'" in shown.stderr


def test_a_preview_is_drawn(folder, tmp_path):
    sheet = tmp_path / "sheet.png"
    shown = run("preview", folder, "--degradation", "cctv", "-o", sheet, "--rows", 1)
    assert shown.exit_code == 0, shown.output
    with Image.open(sheet) as drawn:
        assert drawn.width > 1500
    assert str(sheet) in shown.stdout


def test_a_preview_of_what_is_not_known(folder, tmp_path):
    shown = run("preview", folder, "--degradation", "cctvv", "-o", tmp_path / "s.png")
    assert shown.exit_code == 1
    assert "Did you mean 'cctv'" in shown.stderr
    assert shown.stderr.count("\n") == 1


def test_line_art_is_drawn(tmp_path):
    done = run("draw", "lineart", "-o", tmp_path / "drawn", "--count", 2, "--size", 32)
    assert done.exit_code == 0, done.output
    names = sorted(path.name for path in (tmp_path / "drawn").iterdir())
    assert names == ["lineart-0-00000.png", "lineart-0-00001.png"]
    over = ("--over", tmp_path / "drawn", "--count", 1, "--size", 64)
    small = run("draw", "lineart", "-o", tmp_path / "on", *over)
    assert "`over` must be RGB of 8 bits, at least 64" in small.stderr
    fits = run("draw", "lineart", "-o", tmp_path / "on", *over[:-1], 32)
    assert fits.exit_code == 0, fits.output
    other = run("draw", "cats", "-o", tmp_path)
    assert other.exit_code == 1
    assert "`what` must be 'lineart'. Received: 'cats'" in other.stderr
    (tmp_path / "empty").mkdir()
    empty = ("--over", tmp_path / "empty")
    bare = run("draw", "lineart", "-o", tmp_path / "on", *empty)
    assert "`over` must be a folder with pictures" in bare.stderr
