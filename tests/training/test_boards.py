import csv
import errno

import numpy as np
import pytest

from srkit.errors import OutputError
from srkit.training.boards import Board, Table
from srkit.training.run import Run
from tests.training import tiny


def prepared(callback):
    callback.set_model(tiny.compiled(learning_rate=0.25))
    return callback


def rows(directory):
    with (directory / "log.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_table_has_one_row_an_epoch(tmp_path):
    run = Run(directory=tmp_path)
    table = prepared(Table(run))
    table.on_train_begin()
    for epoch in range(3):
        table.on_epoch_begin(epoch)
        run.step += 10
        table.on_epoch_end(epoch, {"loss": 0.5 / (epoch + 1)})
    assert [row["step"] for row in rows(tmp_path)] == ["10", "20", "30"]
    first = rows(tmp_path)[0]
    assert (first["epoch"], first["loss"], first["learning_rate"]) == (
        "1",
        "0.5",
        "0.25",
    )


def test_rows_beyond_the_checkpoint_are_written_again(tmp_path):
    run = Run(directory=tmp_path)
    table = prepared(Table(run))
    for step in (10, 20, 30):
        run.step = step
        table.on_epoch_end(step // 10 - 1, {"loss": 1.0})
    with (tmp_path / "log.csv").open("a") as file:
        file.write("4,4")  # cut short by the kill
    run = Run(directory=tmp_path, step=20, epoch=2)
    table = prepared(Table(run))
    table.on_train_begin()
    table.on_epoch_begin(2)
    run.step = 30
    table.on_epoch_end(2, {"loss": 2.0})
    assert [(row["step"], row["loss"]) for row in rows(tmp_path)] == [
        ("10", "1.0"),
        ("20", "1.0"),
        ("30", "2.0"),
    ]


def test_a_figure_that_comes_later_gets_its_column(tmp_path):
    run = Run(directory=tmp_path)
    table = prepared(Table(run))
    table.on_epoch_end(0, {"loss": 1.0})
    table.on_epoch_end(1, {"loss": 1.0, "val_psnr_y": 30.0})
    table.on_epoch_end(2, {"loss": 1.0})
    assert [row["val_psnr_y"] for row in rows(tmp_path)] == ["", "30.0", ""]


def test_a_table_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "log.csv").mkdir()
    table = prepared(Table(Run(directory=tmp_path)))
    table._rows = list
    with pytest.raises(OutputError, match=r"log\.csv"):
        table.on_epoch_end(0, {"loss": 1.0})


def events(directory):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(
        str(directory / "tensorboard"), size_guidance={"images": 0}
    )
    return found.Reload()


def test_a_board_holds_scalars_and_pictures(tmp_path):
    run = Run(directory=tmp_path)
    board = prepared(Board(run, every=2))
    board.on_epoch_begin(0)
    for batch in range(5):
        run.step += 1
        board.on_train_batch_end(batch, {"loss": float(run.step)})
    strip = np.zeros((4, 9, 3), np.uint8)
    strip[..., 0] = 255
    board.picture("0: bicubic, network, HR", strip)
    board.on_epoch_end(0, {"loss": 3.0, "val_psnr_y": 30.0})
    board.on_train_end()
    found = events(tmp_path)
    values = [(event.step, event.value) for event in found.Scalars("step/loss")]
    assert values == [(2, 2.0), (4, 4.0)]
    assert found.Scalars("val_psnr_y")[0].value == 30.0
    assert found.Scalars("learning_rate")[0].value == 0.25
    [image] = found.Images("0: bicubic, network, HR")
    from srkit.image import decode_picture

    np.testing.assert_array_equal(
        decode_picture(image.encoded_image_string).pixels, strip
    )


def test_what_a_board_was_given_is_on_disk_at_once(tmp_path):
    run = Run(directory=tmp_path)
    board = prepared(Board(run, every=2))
    board.on_epoch_begin(0)
    for batch in range(3):
        run.step += 1
        run.interrupted = int(batch == 2)
        board.on_train_batch_end(batch, {"loss": float(run.step)})
    values = [(e.step, e.value) for e in events(tmp_path).Scalars("step/loss")]
    assert values == [(2, 2.0), (3, 3.0)]


def test_a_board_is_opened_anew_after_a_fit_that_broke_off(tmp_path):
    board = prepared(Board(Run(directory=tmp_path)))
    board.on_epoch_begin(0)
    first = board._writer
    board.on_train_begin()
    board.on_epoch_begin(0)
    assert board._writer is not first


@pytest.mark.parametrize("method", ["add_event", "flush", "close"])
def test_a_board_on_a_full_disk_is_told(tmp_path, monkeypatch, method):
    board = prepared(Board(Run(directory=tmp_path)))
    board.on_epoch_begin(0)

    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(board._writer, method, full)
    with pytest.raises(OutputError, match=r"tensorboard: No space left"):
        end(board)


def end(board):
    board.on_epoch_end(0, {"loss": 1.0})
    board.on_train_end()


def test_a_resumed_board_takes_back_what_came_after_the_checkpoint(tmp_path):
    for start, value in ((0, 1.0), (4, 2.0)):
        run = Run(directory=tmp_path, step=start)
        board = prepared(Board(run, every=2))
        board.on_epoch_begin(0)
        for batch in range(6):
            run.step += 1
            board.on_train_batch_end(batch, {"loss": value})
        board.on_train_end()
    values = [(e.step, e.value) for e in events(tmp_path).Scalars("step/loss")]
    assert values == [(2, 1.0), (4, 1.0), (6, 2.0), (8, 2.0), (10, 2.0)]
