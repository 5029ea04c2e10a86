import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.image.resampling import resize
from srkit.metrics import psnr
from srkit.training.boards import Board
from srkit.training.run import Run
from srkit.training.samples import Gallery, Validation, as_pairs, side_by_side
from tests.training import tiny


def prepared(callback, epochs=4):
    callback.set_model(tiny.network())
    callback.set_params({"epochs": epochs, "steps": 3})
    return callback


def test_validation_is_the_mean_luma_psnr_beside_bicubic(tmp_path):
    pairs = as_pairs(tiny.pictures())
    run = Run(directory=tmp_path)
    validation = prepared(Validation(run, pairs, kernel="bicubic"))
    logs = {"loss": 1.0}
    validation.on_epoch_end(0, logs)
    scores = [
        [
            psnr(hr, image, shave=2)
            for image in (validation.enlarge(lr), resize(lr, scale=2))
        ]
        for _, lr, hr in pairs
    ]
    network, bicubic = np.mean(scores, axis=0)
    assert logs["val_psnr_y"] == pytest.approx(network)
    assert logs["val_psnr_y_bicubic"] == pytest.approx(bicubic)
    assert run.protocol == "Y601s|shave2|uint8|LR=bicubic"


def test_validation_waits_its_turn_but_never_misses_the_last_epoch(tmp_path):
    pairs = as_pairs(tiny.pictures(1))
    validation = prepared(Validation(Run(directory=tmp_path), pairs, every=3))
    measured = []
    for epoch in range(4):
        logs = {}
        validation.on_epoch_end(epoch, logs)
        measured.append("val_psnr_y" in logs)
    assert measured == [False, False, True, True]


def test_the_gallery_shows_bicubic_network_and_hr(tmp_path, monkeypatch):
    run = Run(directory=tmp_path)
    shown = []
    board = Board(run)
    monkeypatch.setattr(board, "picture", lambda *picture: shown.append(picture))
    pairs = as_pairs(tiny.pictures(1))
    gallery = prepared(Gallery(run, board, pairs, every=1, size=16))
    gallery.on_epoch_begin(0)
    gallery.on_epoch_end(0)
    [(tag, strip)] = shown
    assert tag == "0: bicubic, network, HR"
    assert strip.shape == (16, 3 * 16 + 2 * 4, 3)
    assert (strip[:, 16:20] == 255).all()
    np.testing.assert_array_equal(strip[:, -16:], pairs[0].hr[4:20, 2:18])


def test_without_pictures_the_gallery_shows_training_crops(tmp_path):
    run = Run(directory=tmp_path, data=tiny.Batches())
    gallery = prepared(Gallery(run, Board(run)))
    gallery.on_epoch_begin(0)
    assert [pair.hr.shape for pair in gallery.pairs] == [(12, 12, 3)] * 2


def test_data_that_would_lose_a_batch_are_not_looked_at(tmp_path):
    run = Run(directory=tmp_path, data=(tiny.batch(step) for step in range(3)))
    gallery = prepared(Gallery(run, Board(run)))
    gallery.on_epoch_begin(0)
    assert gallery.pairs == []


def test_pairs_without_names_are_numbered_and_gray_ones_stay_gray():
    gray = np.zeros((4, 4, 1), np.uint8)
    [pair] = as_pairs([(gray[::2, ::2], gray)])
    assert pair.name == "picture 0"
    assert pair.scale == 2
    assert side_by_side([pair.bicubic, pair.hr]).shape == (4, 12, 3)


@pytest.mark.parametrize(
    ("item", "received"),
    [
        ((np.zeros((2, 2, 3)), np.zeros((4, 4, 3))), r"ndarray\(2, 2, 3\) float64"),
        ((np.zeros((2, 2), np.uint8),) * 2, r"ndarray\(2, 2\) uint8"),
        (("a", "b", "c", "d"), "str, str"),
    ],
)
def test_pictures_of_another_form_are_refused(item, received):
    with pytest.raises(ArgumentError, match=received):
        as_pairs([item])
