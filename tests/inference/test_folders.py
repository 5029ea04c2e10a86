"""Files and folders: what is written, what is left alone, what is told."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from srkit.errors import ArgumentError, ImageError, OutputError, UnreadableImageError
from srkit.inference import Upscaler, upscale_file, upscale_folder


@pytest.fixture(scope="module")
def upscaler(network):
    return Upscaler(network)


def size_of(path):
    with Image.open(path) as image:
        return image.size


def test_file(upscaler, picture_folder, tmp_path):
    outcome = upscale_file(
        picture_folder / "0.png", tmp_path / "out.png", upscaler=upscaler
    )
    assert (outcome.status, outcome.size) == ("done", (96, 120))
    assert size_of(tmp_path / "out.png") == (120, 96)


def test_the_folder_of_a_file_is_made(upscaler, picture_folder, tmp_path):
    target = tmp_path / "new" / "below" / "out.png"
    upscale_file(picture_folder / "0.png", target, upscaler=upscaler)
    assert size_of(target) == (120, 96)


def test_several_files_into_a_folder(upscaler, picture_folder, tmp_path):
    (tmp_path / "other.png").write_bytes((picture_folder / "1.png").read_bytes())
    sources = [
        picture_folder / "2.png",
        str(tmp_path / "other.png"),
        tmp_path / "no.png",
    ]
    outcomes = upscale_folder(sources, tmp_path / "out", upscaler=upscaler)
    assert [outcome.status for outcome in outcomes] == ["done", "done", "failed"]
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names == ["2.png", "other.png"]
    for wrong, message in (
        ([picture_folder / "2.png", tmp_path / "a" / "2.png"], "a name of its own"),
        ([tmp_path / "other.png"], "must not be the input"),
    ):
        with pytest.raises(ArgumentError, match=message):
            upscale_folder(wrong, tmp_path, upscaler=upscaler)


def test_file_onto_itself(upscaler, picture_folder):
    path = picture_folder / "0.png"
    before = path.read_bytes()
    link = picture_folder.parent / "link.png"
    link.symlink_to(path)
    for target in (path, link):
        with pytest.raises(ArgumentError, match="must not be the input"):
            upscale_file(path, target, upscaler=upscaler)
    assert path.read_bytes() == before


def test_outputs_that_cannot_be_written(upscaler, picture_folder, tmp_path):
    source = picture_folder / "0.png"
    with pytest.raises(OutputError, match=r"0\.png"):
        upscale_file(source, source / "below" / "o.png", upscaler=upscaler)
    with pytest.raises(ArgumentError, match=r"\.png"):
        upscale_file(source, tmp_path / "o.docx", upscaler=upscaler)
    with pytest.raises(OutputError):
        upscale_folder(picture_folder, source / "below", upscaler=upscaler)


def test_folder(upscaler, picture_folder, tmp_path):
    told = []
    outcomes = upscale_folder(
        picture_folder,
        tmp_path / "new" / "out",
        upscaler=upscaler,
        on_start=lambda files: told.append(len(files)),
        on_file=told.append,
    )
    assert told == [4, *outcomes]
    assert [outcome.status for outcome in outcomes] == ["done"] * 4
    names = sorted(path.name for path in (tmp_path / "new" / "out").iterdir())
    assert names == ["0.png", "1.png", "2.png", "3.png"]


def test_a_failure_stops_no_other_file(upscaler, picture_folder, tmp_path):
    (picture_folder / "1.png").write_text("<html></html>")
    outcomes = upscale_folder(picture_folder, tmp_path / "out", upscaler=upscaler)
    assert [o.status for o in outcomes] == ["done", "failed", "done", "done"]
    assert "1.png" in outcomes[1].error
    assert not (tmp_path / "out" / "1.png").exists()


def test_unforeseen_failure_is_told_too(picture_folder, tmp_path):
    class Broken:
        def size_of(self, height, width):
            return height, width

        def __call__(self, picture):
            raise ZeroDivisionError("by nothing")

    outcomes = upscale_folder(picture_folder, tmp_path / "out", upscaler=Broken())
    assert {o.error for o in outcomes} == {"ZeroDivisionError: by nothing"}


class Counted(Upscaler):
    """Counts what it enlarges."""

    calls = 0

    def __call__(self, source):
        self.calls += 1
        return super().__call__(source)


def test_what_a_format_cannot_hold_is_told_before_the_work(network, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    Image.new("RGBA", (5, 4)).save(folder / "alpha.png")
    Image.fromarray(np.zeros((4, 5), np.uint16)).save(folder / "deep.png")
    Image.new("RGB", (9000, 1)).save(folder / "wide.png")
    upscaler = Counted(network)
    for suffix, failed in ((".jpg", 2), (".webp", 2)):
        out = tmp_path / suffix
        before = upscaler.calls
        outcomes = upscale_folder(folder, out, upscaler=upscaler, suffix=suffix)
        assert [o.status for o in outcomes].count("failed") == failed
        assert upscaler.calls == before + 1
    with pytest.raises(OutputError, match="alpha"):
        upscale_file(folder / "alpha.png", tmp_path / "o.jpg", upscaler=upscaler)
    assert upscaler.calls == 2


def test_ctrl_c_leaves_whole_files_only(network, picture_folder, tmp_path):
    class Stopped(Counted):
        def __call__(self, source):
            if self.calls == 2:
                raise KeyboardInterrupt
            return super().__call__(source)

    out = tmp_path / "out"
    with pytest.raises(KeyboardInterrupt):
        upscale_folder(picture_folder, out, upscaler=Stopped(network))
    written = sorted(out.iterdir())
    assert set(written) <= {out / "0.png", out / "1.png"}
    for path in written:
        Image.open(path).load()


def test_skip_existing_goes_on_where_it_stopped(upscaler, picture_folder, tmp_path):
    done = tmp_path / "out" / "2.png"
    done.parent.mkdir()
    done.write_bytes(b"already here")
    outcomes = upscale_folder(
        picture_folder, tmp_path / "out", upscaler=upscaler, skip_existing=True
    )
    assert [o.status for o in outcomes] == ["done", "done", "skipped", "done"]
    assert done.read_bytes() == b"already here"


def test_suffix(upscaler, picture_folder, tmp_path):
    upscale_folder(picture_folder, tmp_path / "out", upscaler=upscaler, suffix=".webp")
    assert size_of(tmp_path / "out" / "0.webp") == (120, 96)
    Image.fromarray(np.zeros((4, 4), np.uint8)).save(picture_folder / "0.bmp")
    with pytest.raises(ArgumentError, match="a name of its own"):
        upscale_folder(picture_folder, tmp_path / "o", upscaler=upscaler, suffix=".png")
    with pytest.raises(ArgumentError, match="must end in"):
        upscale_folder(picture_folder, tmp_path / "o", upscaler=upscaler, suffix="png")


def test_folders_that_make_no_sense(upscaler, picture_folder, tmp_path):
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(ImageError, match="holds none"):
        upscale_folder(empty, tmp_path / "out", upscaler=upscaler)
    with pytest.raises(ArgumentError, match="must not be the input"):
        upscale_folder(picture_folder, picture_folder, upscaler=upscaler)
    with pytest.raises(UnreadableImageError):
        upscale_file(tmp_path / "no.png", tmp_path / "o.png", upscaler=upscaler)
