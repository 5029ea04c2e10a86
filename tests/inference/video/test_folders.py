"""Films that become folders of pictures, and folders that become films."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest

from srkit.errors import JournalError
from srkit.image import Picture, read_picture
from srkit.inference import VideoUpscaler
from srkit.inference.video.journal import Journal
from srkit.inference.video.orientation import quarter_turns
from srkit.inference.video.pictures import FolderSink, picture_name
from srkit.inference.video.source import Source
from srkit.models import EDSR
from tests.inference.video.films import Same, film_of, make_film
from tests.inference.video.test_journal import Breaks
from tests.inference.video.test_parts import FACTS

ONE = 1 << 16
TURNED = struct.pack("=9i", 0, ONE, 0, -ONE, 0, 0, 0, 0, 1 << 30)
"""As telephones held upright write it: a quarter turn to the right."""


@pytest.mark.parametrize("full", [False, True])
def test_gray_films_become_pictures_of_full_range(full, tmp_path):
    def tagged(film, video):
        video.codec_context.color_range = 2 if full else 1

    options = {"codec": "ffv1", "pixel_format": "gray", "before": tagged}
    source = make_film(tmp_path / "in.mkv", **options)
    VideoUpscaler(Same())(source, tmp_path / "frames")
    pixels = read_picture(tmp_path / "frames" / picture_name(0)).pixels
    plane = next(Source(str(source)).frames()).image.to_ndarray().astype(float)
    expected = plane if full else np.clip((plane - 16) * 255 / 219, 0, 255)
    assert np.abs(pixels[..., 0] - expected).max() <= 1


def test_pictures_lie_as_the_film_is_shown(tmp_path):
    assert [quarter_turns(matrix) for matrix in (b"", TURNED)] == [0, 3]
    journal = Journal(tmp_path / "journal", resume=False)
    journal.begin({})
    facts = replace(FACTS, orientation=TURNED)
    sink = FolderSink(journal, tmp_path, facts, 1)
    film_of(tmp_path / "in.mkv", [np.arange(96, dtype=np.uint8).reshape(4, 8, 3)])
    frame = next(Source(str(tmp_path / "in.mkv")).frames())
    sink.add(frame.image.reformat(format="rgb24"), frame)
    shown = read_picture(tmp_path / picture_name(0)).pixels
    journal.close()
    np.testing.assert_array_equal(shown[0, -1], [0, 1, 2])
    assert shown.shape == (8, 4, 3)


def test_pictures_say_who_drew_them(tmp_path):
    network = EDSR(scale=2, filters=4, num_blocks=1)
    network.adversarial = "trained against a discriminator"
    source = make_film(tmp_path / "in.mp4", frames=2)
    preview = tmp_path / "now.png"
    upscaler = VideoUpscaler.from_preset(_saved(network, tmp_path), preview=preview)
    upscaler(source, tmp_path / "frames")
    for path in (tmp_path / "frames" / picture_name(1), preview):
        assert b"compositeWithTrained" in (read_picture(path).metadata.xmp or b"")


def _saved(network, folder):
    network.save_preset(folder / "preset")
    return folder / "preset"


def test_pictures_of_an_earlier_job_are_named(tmp_path):
    for frames, told in ((4, False), (2, True)):
        source = make_film(tmp_path / "in.mp4", frames=frames)
        report = VideoUpscaler(Same())(source, tmp_path / "frames")
        assert ("000002.png is an earlier job's" in str(report)) == told


def test_pictures_that_were_replaced_are_another_job(tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()

    def write(level):
        for number in range(6):
            pixels = np.full((8, 8, 3), level, np.uint8)
            Picture(pixels).save(folder / f"{number}.bmp")

    def enlarge(upscaler, **settings):
        options = {"segment": 2, "codec": "ffv1", **settings}
        return VideoUpscaler(upscaler, **options)(
            folder, tmp_path / "out.mkv", resume=True
        )

    write(10)
    with pytest.raises(KeyboardInterrupt):
        enlarge(Breaks(5))
    with pytest.raises(JournalError, match=r"`source` was .* 25 a second"):
        enlarge(Breaks(), fps=12.0)
    write(200)
    with pytest.raises(JournalError, match="`source` was"):
        enlarge(Breaks())
    write(10)
    assert enlarge(Breaks()).frames == 6


def test_pixels_that_are_not_square_are_said(tmp_path):
    def wide(film, video):
        video.codec_context.sample_aspect_ratio = Fraction(4, 3)

    source = make_film(tmp_path / "in.mkv", before=wide)
    report = VideoUpscaler(Same())(source, tmp_path / "frames")
    assert "pixels are 4/3 as wide as high" in str(report)
