"""Training pairs: the same with and without TensorFlow, and how they go on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from srkit.data import PatchSequence, pairs
from srkit.errors import ArgumentError, DataError

SETTINGS = {"scale": 2, "crop": 16, "batch_size": 2, "steps_per_epoch": 4}


@pytest.fixture(params=["tf.data", "PyDataset"])
def loader(request):
    return pairs if request.param == "tf.data" else PatchSequence


def epoch(dataset):
    """The HR crops of one pass, as Keras would make it."""
    if isinstance(dataset, PatchSequence):
        dataset.on_epoch_begin()
        shuffled = reversed(range(dataset.num_batches))  # as `fit` does by default
        crops = [dataset[index][1] for index in shuffled]
        dataset.on_epoch_end()
        return crops
    return [hr for _, hr in dataset.as_numpy_iterator()]


def is_same(some, others):
    return len(some) == len(others) and all(map(np.array_equal, some, others))


def test_batches_are_floats_in_the_range_of_networks(loader, folder):
    lr, hr = next(iter(loader(folder, **SETTINGS)))
    assert lr.shape == (2, 8, 8, 3)
    assert hr.shape == (2, 16, 16, 3)
    levels = (np.asarray(hr, np.float64) + 1) * 127.5
    np.testing.assert_allclose(levels, np.rint(levels), atol=1e-4)
    assert np.min(hr) >= -1
    assert np.max(hr) <= 1
    assert np.ptp(hr) > 0.5


def test_both_loaders_give_the_same_pairs(folder):
    one, other = pairs(folder, **SETTINGS), PatchSequence(folder, **SETTINGS)
    for ours, theirs in zip(one.as_numpy_iterator(), other, strict=True):
        np.testing.assert_array_equal(ours[0], theirs[0])
        np.testing.assert_array_equal(ours[1], theirs[1])
    assert one.settings == other.settings
    assert json.loads(json.dumps(one.settings)) == one.settings


@pytest.mark.parametrize("loader", [pairs, PatchSequence])
def test_luma_is_that_of_the_same_crops(loader, folder):
    (rgb, luma) = (loader(folder, **SETTINGS, channels=n) for n in (3, 1))
    assert luma.settings == {**rgb.settings, "channels": 1}
    for colour, gray in zip(next(iter(rgb)), next(iter(luma)), strict=True):
        mixed = np.asarray(colour) @ np.float32([[0.299], [0.587], [0.114]])
        np.testing.assert_allclose(np.asarray(gray), mixed, atol=1e-6)
    with pytest.raises(ArgumentError, match="`channels` must be 1 or 3"):
        loader(folder, **SETTINGS, channels=4)


@pytest.mark.parametrize("degradation", ["cctv", "realesrgan"])
def test_both_loaders_degrade_alike_and_crop_alike(degradation, larger):
    options = {**SETTINGS, "degradation": degradation, "steps_per_epoch": 3}
    one, other = pairs(larger, **options), PatchSequence(larger, **options)
    clean = PatchSequence(larger, **{**SETTINGS, "steps_per_epoch": 3})
    assert one.settings == other.settings != clean.settings
    assert json.loads(json.dumps(one.settings)) == one.settings
    changed = []
    batches = zip(one.as_numpy_iterator(), other, clean, strict=True)
    for (lr, hr), (same_lr, same_hr), (clean_lr, clean_hr) in batches:
        np.testing.assert_array_equal(lr, same_lr)
        np.testing.assert_array_equal(hr, same_hr)
        changed.append(np.mean(np.abs(lr - clean_lr)))
        if degradation == "realesrgan":
            np.testing.assert_array_equal(hr, clean_hr)
    assert 0.01 < min(changed) <= max(changed) < 0.5


def test_a_degraded_run_goes_on_as_if_never_stopped(loader, larger):
    options = {**SETTINGS, "degradation": "cctv"}
    whole = [
        np.asarray(batch[0]) for batch in epoch_of_pairs(loader(larger, **options))
    ]
    resumed = loader(larger, **options)
    resumed.position.set(2)
    rest = [np.asarray(batch[0]) for batch in epoch_of_pairs(resumed)]
    assert is_same(rest, whole[2:])
    other = loader(larger, **{**options, "seed": 1})
    assert not is_same([np.asarray(b[0]) for b in epoch_of_pairs(other)], whole)


def epoch_of_pairs(dataset):
    if isinstance(dataset, PatchSequence):
        dataset.on_epoch_begin()
        return [dataset[index] for index in range(dataset.num_batches)]
    return list(dataset.as_numpy_iterator())


@pytest.fixture
def larger(write, photograph):
    return write("large", {f"{n}.png": photograph(96, 80, seed=n) for n in range(2)})


def test_pictures_too_small_for_a_codec(loader, write, photograph):
    folder = write("small", {"a.png": photograph(28, 40)})
    with pytest.raises(
        DataError, match=r"smaller than 32 \(`degradation`\).* 28 pixels"
    ):
        loader(folder, **SETTINGS, degradation="h264")


def test_each_epoch_has_crops_of_its_own(loader, folder):
    dataset = loader(folder, **SETTINGS)
    assert len(dataset) == dataset.steps_per_epoch == 4
    first, second = epoch(dataset), epoch(dataset)
    assert not is_same(first, second)
    assert dataset.position.get() == 8
    assert is_same(epoch(loader(folder, **SETTINGS)), first)


def test_a_run_goes_on_in_the_middle_of_an_epoch(loader, folder):
    whole = loader(folder, **SETTINGS)
    first, second = epoch(whole), epoch(whole)
    resumed = loader(folder, **SETTINGS)
    resumed.position.set(1)
    assert resumed.position.get() == 1
    assert len(resumed) == 4
    assert is_same(epoch(resumed), first[1:])
    assert resumed.position.get() == 4
    assert is_same(epoch(resumed), second)


def test_a_look_at_one_batch_leaves_no_trace(loader, folder):
    dataset = loader(folder, **SETTINGS)
    seen = next(iter(dataset))[1]
    first = epoch(dataset)
    np.testing.assert_array_equal(seen, first[0])


def test_the_length_of_an_epoch_by_default(loader, folder):
    settings = {**SETTINGS, "steps_per_epoch": None}
    area = sum((48 + 8 * n) * (72 - 6 * n) for n in range(4))
    assert len(loader(folder, **settings)) == -(-area // (16 * 16 * 2))


def test_fit_goes_on_from_epoch_to_epoch(loader, folder):
    keras.utils.set_random_seed(1)
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.UpSampling2D(2)])
    model.add(keras.layers.Conv2D(3, 1))
    model.compile("sgd", "mae", jit_compile=False)
    dataset = loader(folder, **SETTINGS)
    shuffle = loader is PatchSequence  # which is proof against it
    model.fit(dataset, epochs=3, verbose=0, shuffle=shuffle)
    assert dataset.position.get() == 12
    assert int(model.optimizer.iterations) == 12


def test_fit_takes_up_an_epoch_midway(loader, folder):
    steps = []
    note = keras.callbacks.LambdaCallback(
        on_train_batch_end=lambda batch, logs: steps.append(batch)
    )
    model = keras.Sequential([keras.Input((8, 8, 3)), keras.layers.UpSampling2D(2)])
    model.add(keras.layers.Conv2D(3, 1))
    model.compile("sgd", "mae", jit_compile=False)
    dataset = loader(folder, **SETTINGS)
    dataset.position.set(6)
    # Keras says that the data ran out, since it expects all epochs to be as long.
    shuffle = loader is PatchSequence
    with pytest.warns(UserWarning, match="ran out of data"):
        model.fit(dataset, epochs=2, verbose=0, shuffle=shuffle, callbacks=[note])
    assert steps == [0, 1, 0, 1, 2, 3]
    assert dataset.position.get() == 12


@pytest.mark.slow
@pytest.mark.tensorflow
def test_fit_under_a_mirrored_strategy(folder):
    script = [sys.executable, Path(__file__).with_name("mirrored.py"), folder]
    done = subprocess.run(script, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    # Positions after each epoch, steps of the optimiser, whether no crop was lost.
    assert done.stdout.split() == ["8", "16", "16", "True"]


def test_the_pipeline_can_be_carried_on(folder):
    import tensorflow as tf

    dataset = pairs(folder, **SETTINGS).map(lambda lr, hr: (lr, tf.reverse(hr, [2])))
    plain = epoch(PatchSequence(folder, **SETTINGS))
    assert is_same(epoch(dataset), [hr[:, :, ::-1] for hr in plain])


def test_small_pictures_are_left_out_with_a_warning(loader, folder, write, photograph):
    write("hr", {"tiny.png": photograph(4, 90), "dot.png": photograph(1, 1)})
    with pytest.warns(UserWarning, match=r"2 of 6 pictures .*`crop` \(=16\)"):
        loader(folder, **SETTINGS)


def test_all_pictures_too_small(loader, folder):
    with pytest.raises(DataError, match=r"smaller than `crop` \(=128\).* 60 pixels"):
        loader(folder, **{**SETTINGS, "crop": 128})


def test_any_whole_scale_will_do(loader, folder):
    lr, hr = next(iter(loader(folder, scale=5, crop=20, batch_size=1)))
    assert (lr.shape[1], hr.shape[1]) == (4, 20)


def test_an_unreadable_picture(loader, folder):
    (folder / "2.png").write_bytes((folder / "2.png").read_bytes()[:99])
    with pytest.raises(DataError, match=r"2\.png.*srkit data check"):
        loader(folder, **SETTINGS)
