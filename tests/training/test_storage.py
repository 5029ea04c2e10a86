import errno

import numpy as np
import pytest

from srkit.errors import DamagedError, OutputError, ResumeError
from srkit.training import storage

ARRAYS = {"a": np.arange(6.0).reshape(2, 3), "b/0001": np.array(7)}


def test_state_comes_back(tmp_path):
    path = tmp_path / "runs" / "state.npz"
    storage.write_state(path, ARRAYS, {"step": 3})
    arrays, facts = storage.read_state(path)
    assert facts == {"step": 3}
    assert arrays.keys() == ARRAYS.keys()
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
    assert [each.name for each in path.parent.iterdir()] == ["state.npz"]


def test_a_crash_while_writing_leaves_the_older_state(tmp_path):
    path = tmp_path / "state.npz"
    storage.write_state(path, ARRAYS, {"step": 1})
    with pytest.raises(RuntimeError), storage.replacing(path) as file:
        write_half(file)
    assert storage.read_state(path)[1] == {"step": 1}
    assert len(list(tmp_path.iterdir())) == 1


def write_half(file):
    file.write(b"half of it")
    raise RuntimeError


def test_a_full_disk_is_told_and_the_older_state_stays(tmp_path, monkeypatch):
    path = tmp_path / "state.npz"
    storage.write_state(path, ARRAYS, {"step": 1})

    def full(*_, **__):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(storage.np, "savez", full)
    with pytest.raises(OutputError, match=r"No space left.*intact"):
        storage.write_state(path, ARRAYS, {"step": 2})
    monkeypatch.undo()
    assert storage.read_state(path)[1] == {"step": 1}
    assert len(list(tmp_path.iterdir())) == 1


def test_a_disk_that_fills_up_within_a_file_is_told(tmp_path):
    """The kernel refuses further bytes: as on a full disk, within the ZIP archive."""
    resource = pytest.importorskip("resource")
    import signal

    path = tmp_path / "state.npz"
    storage.write_state(path, ARRAYS, {"step": 1})
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, before[1]))
    try:
        with pytest.raises(OutputError, match="Cannot write"):
            storage.write_state(path, {"big": np.zeros(100_000)}, {"step": 2})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert storage.read_state(path)[1] == {"step": 1}


def test_a_folder_that_is_a_file_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="Cannot write"):
        storage.write_state(tmp_path / "file" / "state.npz", ARRAYS, {})


def test_text_that_cannot_be_added_is_told(tmp_path):
    with pytest.raises(OutputError, match="Cannot write"):
        storage.append_text(tmp_path / "none" / "log.csv", "1,2\n")


@pytest.mark.parametrize("damage", ["empty", "cut", "flipped", "other"])
def test_damage_is_told(tmp_path, damage):
    path = tmp_path / "state.npz"
    storage.write_state(path, {"a": np.arange(1000)}, {})
    data = bytearray(path.read_bytes())
    if damage == "flipped":
        data[2000] ^= 255
    path.write_bytes({"empty": b"", "cut": data[:900], "other": b"x"}.get(damage, data))
    with pytest.raises(DamagedError, match="damaged"):
        storage.read_state(path)


def test_what_cannot_be_read_is_not_called_damaged(tmp_path):
    with pytest.raises(ResumeError, match="cannot be read") as found:
        storage.read_state(tmp_path)
    assert not isinstance(found.value, DamagedError)


def test_leftovers_of_a_killed_run_are_removed(tmp_path):
    (tmp_path / ".step-1.npz.12.tmp").write_bytes(b"half")
    (tmp_path / "step-0.npz").write_bytes(b"whole")
    for folder in (".preset-a", "best/.preset-b"):
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / "model.weights.h5").write_bytes(b"half")
    storage.remove_leftovers(tmp_path)
    names = sorted(each.name for each in tmp_path.rglob("*"))
    assert names == ["best", "step-0.npz"]
