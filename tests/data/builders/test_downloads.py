"""Sets that are downloaded, from a server here; what can stop a download."""

from __future__ import annotations

import hashlib
import io
import zipfile
from dataclasses import replace
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from PIL import Image

from srkit.data.builders import PICTURE_SETS, Archive, Split, fetch
from srkit.data.builders import fetching as room
from srkit.data.folders import find_pictures
from srkit.errors import DataError

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
SET5 = PICTURE_SETS[0]


@pytest.fixture
def serve(tmp_path):
    """Serve a folder over HTTP on this machine; gives (folder, address)."""
    folder = tmp_path / "served"
    folder.mkdir()

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    Thread(target=server.serve_forever, daemon=True).start()
    yield folder, f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def zipped(pictures):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, pixels in pictures.items():
            picture = io.BytesIO()
            Image.fromarray(pixels).save(picture, "PNG")
            archive.writestr(f"Mine/{name}", picture.getvalue())
    return data.getvalue()


@pytest.fixture
def download(serve, draw, tmp_path, monkeypatch):
    """Fetch a set of two pictures from here; what is served instead of it is given."""
    folder, address = serve
    data = zipped(draw(2))

    def run(served=data, path="mine.zip"):
        checksum = "md5:" + hashlib.md5(data).hexdigest()
        (folder / "mine.zip").write_bytes(served)
        about = replace(
            SET5,
            archive=Archive(url=f"{address}/{path}", size=len(data), checksum=checksum),
            splits=(Split(name="test", pictures=2),),
        )
        monkeypatch.setattr(room, "PICTURE_SETS", (about,))
        return fetch("set5", data_dir=tmp_path / "tfds")

    run.data = data
    return run


def test_a_set_is_downloaded(download):
    assert len(find_pictures(download())) == 2


def test_a_folder_of_that_name_here_is_not_the_set(
    download, write, draw, tmp_path, monkeypatch
):
    write("set5", {"mine.png": draw(1)["000.png"], "too.png": draw(1)["000.png"]})
    monkeypatch.chdir(tmp_path)
    names = [path.name for path in find_pictures(download())]
    assert names == ["000.png", "001.png"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda data: data[:-40], "bytes instead of"),
        (lambda data: b"<html><body>moved</body></html>", "a web page"),
        (lambda data: data[:-1] + b"!", "md5 "),
    ],
)
def test_a_broken_download_is_one_line_and_can_be_repeated(download, change, message):
    with pytest.raises(DataError, match=f"not the archive.*{message}") as caught:
        download(change(download.data))
    assert "\n" not in str(caught.value)
    assert len(find_pictures(download())) == 2


def test_an_address_that_is_gone(download):
    with pytest.raises(DataError, match=r"failed.* 404.*By hand: Put the HR") as caught:
        download(path="elsewhere.zip")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("step", ["builder", "download_and_prepare"])
@pytest.mark.parametrize("number", range(5))
def test_what_stops_tensorflow_datasets_is_one_line(monkeypatch, number, step):
    import tensorflow as tf
    import tensorflow_datasets as tfds

    error = (
        tfds.download.DownloadError("no\nroute"),
        tfds.core.download.download_manager.NonMatchingChecksumError("no\nroute"),
        tfds.core.download.extractor.ExtractError("no\nroute"),
        tf.errors.ResourceExhaustedError(None, None, "no\nroute"),
        OSError("no\nroute"),
    )[number]

    class Fake:
        def download_and_prepare(self, download_config):
            raise error

    def make(name, data_dir):
        if step == "builder":
            raise error
        return Fake()

    monkeypatch.setattr(tfds, "builder", make)
    with pytest.raises(DataError, match=r"Labeled Faces.* no route") as caught:
        fetch("lfw")
    assert type(error).__name__ in str(caught.value)
    assert "\n" not in str(caught.value)
    assert caught.value.__cause__ is error
