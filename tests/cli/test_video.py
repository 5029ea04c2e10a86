"""`srkit video`."""

from __future__ import annotations

import av
import numpy as np
import pytest
from typer.testing import CliRunner

import srkit.cli
from srkit.models import EDSR
from tests.inference.video.films import decoded, make_film


@pytest.fixture(scope="module")
def preset(tmp_path_factory):
    folder = tmp_path_factory.mktemp("presets") / "tiny_x2"
    EDSR(scale=2, filters=8, num_blocks=1).save_preset(folder)
    return folder


@pytest.fixture
def source(tmp_path):
    return make_film(tmp_path / "in.mp4", sounds=1, frames=8)


def video(*arguments):
    return CliRunner().invoke(srkit.cli.app, ["video", *map(str, arguments)])


def size_of(path):
    with av.open(str(path)) as film:
        return film.streams.video[0].width, film.streams.video[0].height


@pytest.mark.parametrize(
    ("options", "size", "frames"),
    [
        ([], (128, 96), 8),
        (["--scale", "3"], (192, 144), 8),
        (["--width", "100", "--codec", "ffv1"], (100, 75), 8),
        (["--crf", "30", "--speed", "ultrafast", "--start", "0.08"], (128, 96), 6),
        (["--roi", "10,8,20,16", "--duration", "0.2"], (40, 32), 5),
        (["--side-by-side", "--precision", "float32", "--tile", "32"], (256, 96), 8),
        (["--deinterlace", "--on-error", "bicubic"], (128, 96), 8),
    ],
)
def test_a_film(source, preset, options, size, frames, tmp_path):
    target = tmp_path / "out.mkv"
    result = video(source, "-o", target, "--preset", preset, *options)
    assert result.exit_code == 0, result.output
    assert size_of(target) == size
    assert len(decoded(target)[0]) == frames
    assert f"{size[0]}x{size[1]}, {frames} frames, checked" in result.output


def test_a_region_is_exact(source, preset, tmp_path):
    plain = make_film(tmp_path / "plain.mkv", pixel_format="bgr0", codec="ffv1")
    options = ["--preset", preset, "--codec", "ffv1", "--precision", "float32"]
    assert video(plain, "-o", tmp_path / "a.mkv", *options).exit_code == 0
    part = video(plain, "-o", tmp_path / "b.mkv", *options, "--roi", "20,10,16,12")
    assert part.exit_code == 0, part.output
    pictures = []
    for name in ("a.mkv", "b.mkv"):
        with av.open(str(tmp_path / name)) as film:
            frames = film.decode(video=0)
            pictures.append([frame.to_ndarray(format="rgb24") for frame in frames])
    whole, cut = map(np.stack, pictures)
    apart = np.abs(whole[:, 20:44, 40:72].astype(int) - cut)
    assert apart.max() <= 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["none.mp4", "-o", "out.mp4"], "which is not there"),
        (["{source}", "-o", "{source}"], "must not be the input"),
        (["{source}", "-o", "out.avi"], "must end in .mp4"),
        (["{source}", "-o", "out.mp4", "--roi", "1,2,3"], "must be x,y,w,h"),
        (["{source}", "-o", "out.mp4", "--codec", "aac"], "an encoder of video"),
        (["{source}", "-o", "out.mp4", "--on-error", "skip"], "`on_error` must be"),
    ],
)
def test_what_is_wrong_is_said_in_a_line(
    arguments, told, source, preset, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    arguments = [argument.format(source=source) for argument in arguments]
    result = video(*arguments, "--preset", preset)
    assert result.exit_code == 1
    assert told in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_two_sizes_are_one_too_many(source, tmp_path):
    result = video(source, "-o", tmp_path / "o.mp4", "--scale", "2", "--width", "9")
    assert result.exit_code == 2


def test_a_stopped_job_says_how_to_go_on(source, preset, tmp_path, monkeypatch):
    from srkit.inference import Upscaler

    def stop(self, pixels):
        raise KeyboardInterrupt

    arguments = [source, "-o", tmp_path / "out.mp4", "--preset", preset]
    with monkeypatch.context() as patched:
        patched.setattr(Upscaler, "enlarge", stop)
        result = video(*arguments)
    assert result.exit_code == 130
    assert "go on with --resume" in result.output
    refused = video(*arguments)
    assert refused.exit_code == 1
    assert "--resume" in refused.output
    assert video(*arguments, "--resume").exit_code == 0
