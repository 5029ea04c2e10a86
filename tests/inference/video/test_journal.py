"""A job that is killed, and what an interrupted one leaves."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from fractions import Fraction

import pytest

from srkit.bench.memory import measured_process
from srkit.errors import JournalError, OutputError
from srkit.inference import VideoUpscaler
from srkit.inference.video.journal import Finished, Journal, fingerprint
from tests.inference.video.films import SamePlanes, Slow, decoded, make_film
from tests.inference.video.killed import run_killed

FRAMES = 47


class Breaks(SamePlanes):
    """Is stopped at a frame."""

    def __init__(self, at=FRAMES):
        self.left = at

    def enlarge_planes(self, *planes, bits, left):
        self.enlarge(planes[0])
        return planes

    def enlarge(self, pixels):
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt
        return pixels


def enlarge(source, target, upscaler=None, **options):
    settings = {"crf": 20, "segment": 10, "at_once": 1}
    settings |= {name: options.pop(name) for name in tuple(options) if name in settings}
    return VideoUpscaler(upscaler or Breaks(), **settings)(source, target, **options)


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    path = tmp_path_factory.mktemp("film") / "in.mp4"
    times = [index * 512 + (index % 3) * 100 for index in range(FRAMES)]
    # In pictures of 64x48 with uneven times x264 itself differs from run to run.
    return make_film(
        path,
        size=(96, 128),
        times=times,
        rate=25,
        time_base=Fraction(1, 12800),
        sounds=1,
    )


@pytest.fixture(scope="module")
def whole(source, tmp_path_factory):
    target = tmp_path_factory.mktemp("whole") / "out.mp4"
    enlarge(source, target)
    return decoded(target)


@pytest.mark.parametrize("at", [0, 3, 10, 24, 46])
def test_an_interrupted_job_goes_on(source, whole, at, tmp_path):
    target = tmp_path / "out.mp4"
    with pytest.raises(KeyboardInterrupt):
        enlarge(source, target, Breaks(at))
    assert not target.exists()
    report = enlarge(source, target, resume=True)
    assert decoded(target) == whole
    assert report.frames == FRAMES
    assert 0 <= FRAMES - report.computed <= at
    # What waited to be written when it stopped was given up.
    assert report.computed < FRAMES or at < 20
    assert [path.name for path in tmp_path.iterdir()] == ["out.mp4"]


@pytest.mark.parametrize("settings", [{"steady": True}, {"fuse": 4}, {"fuse": 3}])
@pytest.mark.parametrize("at", [12, 30])
def test_what_looks_at_neighbours_goes_on_as_if_never_stopped(
    source, settings, at, tmp_path
):
    options = {"crf": 0, "segment": 10, **settings}

    def job(target, left, **span):
        return VideoUpscaler(Breaks(left), **options)(source, target, **span)

    job(tmp_path / "whole.mp4", FRAMES)
    with pytest.raises(KeyboardInterrupt):
        job(tmp_path / "out.mp4", at)
    assert job(tmp_path / "out.mp4", FRAMES, resume=True).computed <= FRAMES - 10
    assert decoded(tmp_path / "out.mp4") == decoded(tmp_path / "whole.mp4")
    assert decoded(tmp_path / "out.mp4")[1] != decoded(source)[1]


def test_a_second_job_is_not_mixed_in(source, tmp_path):
    target = tmp_path / "out.mp4"
    with pytest.raises(KeyboardInterrupt):
        enlarge(source, target, Breaks(24))
    with pytest.raises(JournalError, match=r"--resume\), or delete"):
        enlarge(source, target)
    with pytest.raises(JournalError, match=r"`encoder` was .*'20'.*Received: .*'30'"):
        enlarge(source, target, resume=True, crf=30)
    other = make_film(tmp_path / "other.mp4", size=(96, 128))
    with pytest.raises(JournalError, match="`source` was"):
        enlarge(other, target, resume=True)


def test_two_processes_do_not_work_on_one_journal(tmp_path):
    journal = Journal(tmp_path / "j", resume=False)
    journal.begin({"a": 1})
    with pytest.raises(JournalError, match="Another process is at work on"):
        Journal(tmp_path / "j", resume=True)
    journal.close()
    again = Journal(tmp_path / "j", resume=True)
    with pytest.raises(JournalError, match="`a` was 1 there"):
        again.begin({"a": 2})
    again.begin({"a": 1})
    again.remove()
    Journal(tmp_path / "j", resume=False).close()  # which never began
    assert not list(tmp_path.iterdir())


def test_a_segment_without_its_note_has_never_been(tmp_path):
    journal = Journal(tmp_path / "j", resume=False)
    journal.begin({"a": 1})
    for number in range(2):
        path = journal.next_path
        path.write_bytes(b"...")
        done = Finished(path, [(number, 1)], 0, [])
        journal.commit(done, {"last": number * [1.5]})
    journal.close()
    for suffix in (".mkv", ".npz"):  # killed before the note
        journal.next_path.with_suffix(suffix).write_bytes(b"...")
    again = Journal(tmp_path / "j", resume=True)
    assert again.frames == 2
    assert again.state()["last"].tolist() == [1.5]
    assert len(list((tmp_path / "j").glob("*.npz"))) == 2
    again.close()


def test_a_file_is_known_by_its_size_and_ends(tmp_path):
    path = tmp_path / "file"
    told = []
    for content in (b"", b"a", b"b", b"a" * 200_000, b"a" * 199_999 + b"b"):
        path.write_bytes(content)
        told.append(fingerprint(path))
    assert len(set(told)) == 5


def test_a_full_disk_leaves_the_journal(source, tmp_path, monkeypatch):
    from srkit.inference.video import encoder

    target, close = tmp_path / "out.mp4", encoder.Segment.close
    calls = []

    def full(segment):
        calls.append(segment)
        if len(calls) == 3:
            with encoder.writing(segment.path):
                raise OSError(28, "No space left on device")
        close(segment)

    monkeypatch.setattr(encoder.Segment, "close", full)
    with pytest.raises(OutputError, match=r"No space left.*--resume"):
        enlarge(source, target)
    monkeypatch.undo()
    assert enlarge(source, target, resume=True).computed == FRAMES - 20


def run_python(work, *arguments):
    line = [sys.executable, "-c", work, *map(str, arguments)]
    return subprocess.run(line, check=False, capture_output=True, text=True)


LIMITED = """
import resource, sys
from srkit.inference import VideoUpscaler
from tests.inference.video.films import SamePlanes
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, 400_000))
VideoUpscaler(SamePlanes(), codec="ffv1", segment=int(sys.argv[3]))(*sys.argv[1:3])
"""


# Matroska is written when 125 frames are there; segments of 50 are small enough.
@pytest.mark.parametrize("segment", [250, 50])
def test_a_disk_that_is_full_in_mid_film_leaves_the_journal(segment, tmp_path):
    source = make_film(tmp_path / "in.mp4", frames=140)
    done = run_python(LIMITED, source, tmp_path / "out.mkv", segment)
    assert "OutputError: Cannot write" in done.stderr.splitlines()[-1]
    assert "make room, then go on with `resume`" in done.stderr
    report = VideoUpscaler(SamePlanes(), codec="ffv1", segment=segment)(
        source, tmp_path / "out.mkv", resume=True
    )
    assert (report.frames, report.computed) == (140, 140 if segment == 250 else 0)
    assert decoded(tmp_path / "out.mkv")[1] == decoded(source)[1]


def test_no_segment_follows_upon_one_that_failed(source, tmp_path, monkeypatch):
    from srkit.inference.video import encoder

    close = encoder.Segment.close

    def full(segment):
        if segment.path.stem == "000002" and segment.times[0][0] == 2 * 512 + 200:
            raise OutputError("full")
        close(segment)

    monkeypatch.setattr(encoder.Segment, "close", full)
    with pytest.raises(OutputError, match="full"):
        enlarge(source, tmp_path / "out.mp4", segment=1)
    notes = (tmp_path / "out.mp4.journal").glob("0*.json")
    assert sorted(path.stem for path in notes) == ["000000", "000001"]


def test_a_disk_that_is_full_at_a_segments_beginning_is_no_wrong_codec(tmp_path):
    source = make_film(tmp_path / "in.mp4")
    folder = tmp_path / "out.mkv.journal" / "000000.part"
    folder.mkdir(parents=True)  # no file can be made there
    with pytest.raises(OutputError, match=r"Cannot write .*Is a directory"):
        enlarge(source, tmp_path / "out.mkv")


def test_a_film_is_safe_before_its_journal_goes(source, tmp_path, monkeypatch):
    synced, target = [], tmp_path / "out.mkv"
    fsync, remove = os.fsync, Journal.remove

    def noted(number):
        synced.append((os.fstat(number).st_ino, target.exists()))
        fsync(number)

    def checked(journal):
        assert (target.stat().st_ino, False) in synced
        assert synced[-1] == (tmp_path.stat().st_ino, True)
        assert (journal.folder.stat().st_ino, False) in synced
        remove(journal)

    monkeypatch.setattr(os, "fsync", noted)
    monkeypatch.setattr(Journal, "remove", checked)
    enlarge(source, target)
    assert synced


@pytest.mark.slow
def test_a_killed_job_goes_on(source, whole, tmp_path):
    target = tmp_path / "out.mp4"
    run_killed(source, target, 0.15, crf=20)
    enlarge_again(source, target)
    assert decoded(target) == whole


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10))
def test_a_job_killed_at_any_moment_goes_on(source, whole, seed, tmp_path):
    target = tmp_path / "out.mp4"
    moment = random.Random(seed).uniform(0, 0.8)
    run_killed(source, target, moment, crf=20)
    enlarge_again(source, target)
    assert decoded(target) == whole


@pytest.mark.long
def test_a_longer_film_takes_no_more_memory(tmp_path):
    work = "import sys; from tests.inference.video.killed import tell_peak;"
    work += "tell_peak(*sys.argv[1:])"
    peaks = []
    for frames in (100, 1000):
        path = make_film(tmp_path / f"{frames}.mp4", frames=frames, size=(240, 320))
        peaks.append(int(measured_process(work, path, tmp_path / "out.mp4")))
    # Ten times the frames would be 100 MB more if they were kept.
    assert peaks[1] < peaks[0] + 40e6


def enlarge_again(source, target):
    if not target.exists():  # the kill may come too late
        enlarge(source, target, Slow(), resume=True)
