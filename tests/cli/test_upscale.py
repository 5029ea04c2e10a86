from __future__ import annotations

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import srkit.cli
from srkit.models import EDSR


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "tiny_x2"
    EDSR(scale=2, filters=8, num_blocks=1).save_preset(folder)
    return folder


@pytest.fixture
def source(picture, tmp_path):
    Image.fromarray(picture).save(tmp_path / "in.png")
    return tmp_path / "in.png"


def upscale(*arguments):
    return CliRunner().invoke(srkit.cli.app, ["upscale", *map(str, arguments)])


def size_of(path):
    with Image.open(path) as image:
        return image.size


@pytest.mark.parametrize(
    ("options", "size"),
    [
        ([], (40, 48)),
        (["--scale", "3"], (60, 72)),
        (["--width", "33"], (33, 40)),
        (["--tile", "8", "--precision", "float32", "--ensemble"], (40, 48)),
    ],
)
def test_file(source, preset, options, size, tmp_path):
    result = upscale(source, "-o", tmp_path / "out.webp", "--preset", preset, *options)
    assert result.exit_code == 0, result.output
    assert size_of(tmp_path / "out.webp") == size
    assert f"{size[0]}x{size[1]}" in result.output


def test_file_into_a_folder(source, preset, tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    assert upscale(source, "-o", folder, "--preset", preset).exit_code == 0
    assert size_of(folder / "in.png") == (40, 48)
    again = upscale(source, "-o", folder, "--preset", preset, "--skip-existing")
    assert "already" in again.output


@pytest.mark.parametrize(
    ("output", "written"),
    [("new/below/out.png", "new/below/out.png"), ("new/below/", "new/below/in.png")],
)
def test_folders_are_made(source, preset, output, written, tmp_path):
    result = upscale(source, "-o", f"{tmp_path}/{output}", "--preset", preset)
    assert result.exit_code == 0, result.output
    assert size_of(tmp_path / written) == (40, 48)


def test_several_files_into_a_new_folder(source, picture_folder, preset, tmp_path):
    sources = (source, picture_folder / "0.png")
    result = upscale(*sources, "-o", tmp_path / "out", "--preset", preset)
    assert result.exit_code == 0, result.output
    assert "2 done" in result.stdout
    assert size_of(tmp_path / "out" / "0.png") == (120, 96)


def test_what_a_gan_invents_is_told_and_labelled(source, tmp_path):
    model = EDSR(scale=2, filters=8, num_blocks=1)
    model.adversarial = "trained against a discriminator"
    model.save_preset(tmp_path / "gan")
    result = upscale(source, "-o", tmp_path / "o.webp", "--preset", tmp_path / "gan")
    assert "gan was trained against a discriminator" in result.stderr
    with Image.open(tmp_path / "o.webp") as image:
        assert b"compositeWithTrainedAlgorithmicMedia" in image.info["xmp"]
    assert "cannot say" not in result.stderr
    into = ("-o", f"{tmp_path}/bmp/", "--preset", tmp_path / "gan", "--suffix", ".bmp")
    for sources in ([source], [source, tmp_path / "o.webp"]):
        warnings = upscale(*sources, *into).stderr.count("a BMP cannot say that its")
        assert warnings == len(sources)


def test_suffix_of_a_file_into_a_folder(source, preset, tmp_path):
    folder = tmp_path / "results"
    folder.mkdir()
    into = (source, "-o", folder, "--preset", preset, "--suffix")
    assert upscale(*into, ".webp").exit_code == 0
    assert [path.name for path in folder.iterdir()] == ["in.webp"]
    assert_told(upscale(*into, "webp"), "must end in")
    named = upscale(source, "-o", tmp_path / "o.png", "--suffix", ".jpg")
    assert named.exit_code == 2


def test_folder_with_a_bad_file(picture_folder, preset, tmp_path):
    (picture_folder / "2.png").write_text("<html></html>")
    result = upscale(picture_folder, "-o", tmp_path / "out", "--preset", preset)
    assert result.exit_code == 1
    assert "3 done, 1 failed" in result.stdout
    assert "2.png" in result.stderr.splitlines()[-1]
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["0.png", "1.png", "3.png"]
    again = upscale(
        picture_folder, "-o", tmp_path / "out", "--preset", preset, "--skip-existing"
    )
    assert "3 skipped, 1 failed" in again.stdout


def damaged(name, tmp_path, picture):
    """A file that is no picture in one way or another."""
    path = tmp_path / f"{name}.png"
    Image.fromarray(np.tile(picture, (4, 4, 1))).save(path)
    whole = path.read_bytes()
    header = whole[:16] + b"\x00\x01\x00\x00" * 2 + whole[24:]
    contents = {
        "truncated": whole[: len(whole) // 2],
        "empty": b"",
        "html": b"<!DOCTYPE html><title>404</title>",
        "bomb": header,
    }
    path.write_bytes(contents[name])
    return path


@pytest.mark.parametrize("name", ["truncated", "empty", "html", "bomb"])
def test_bad_files_are_one_line(name, tmp_path, picture, preset):
    path = damaged(name, tmp_path, picture)
    result = upscale(path, "-o", tmp_path / "out.png", "--preset", preset)
    assert_told(result, path.name)
    assert not (tmp_path / "out.png").exists()


@pytest.mark.parametrize("size", [(1, 1), (5000, 1), (1, 300)])
def test_thin_files_work(size, tmp_path, preset):
    Image.new("RGB", size, (9, 90, 200)).save(tmp_path / "thin.png")
    result = upscale(
        tmp_path / "thin.png", "-o", tmp_path / "o.png", "--preset", preset
    )
    assert result.exit_code == 0, result.output
    assert size_of(tmp_path / "o.png") == (2 * size[0], 2 * size[1])


def test_bad_places_and_options_are_one_line(source, preset, tmp_path):
    (tmp_path / "empty").mkdir()
    out = tmp_path / "out.png"
    for arguments, word in (
        ((source, "-o", source), "must not be the input"),
        ((source, "-o", source / "below" / "o.png"), "in.png"),
        ((tmp_path, "-o", tmp_path / "one.png"), "results/"),
        ((source, source, "-o", tmp_path / "one.png"), "results/"),
        ((source, tmp_path / "absent.png", "-o", tmp_path / "o/"), "absent.png"),
        ((source, "-o", tmp_path / "o.docx"), "must end in"),
        ((tmp_path / "absent.png", "-o", out), "absent.png"),
        ((tmp_path / "empty", "-o", tmp_path / "o"), "holds none"),
        ((tmp_path, "-o", source), "must be a folder"),
        ((source, "-o", out, "--scale", "0"), "`scale`"),
        ((source, "-o", out, "--memory", "-1"), "`memory`"),
        ((source, "-o", out, "--memory", "nan"), "`memory`"),
        ((source, "-o", out, "--memory", "inf"), "`memory`"),
        ((source, "-o", out, "--precision", "int8"), "`precision`"),
    ):
        assert_told(upscale(*arguments, "--preset", preset), word)
    assert_told(upscale(source, "-o", out, "--preset", "nothing"), "nothing")
    assert not out.exists()


@pytest.mark.parametrize(
    "options",
    [[], ["-o", "o.png", "--scale", "x"], ["-o", "o.png", "--scale", 2, "--width", 9]],
)
def test_wrong_usage_exits_2(source, options):
    assert upscale(source, *options).exit_code == 2


def assert_told(result, word):
    """The command failed with one line that holds the word."""
    assert result.exit_code == 1
    lines = result.stderr.strip().splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("srkit: ")
    assert word in lines[0]
