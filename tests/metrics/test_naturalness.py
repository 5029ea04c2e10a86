"""NIQE against the authors' own figures, and what it does without their model."""

import keras
import numpy as np
import pytest
from keras import ops
from skimage.data import astronaut

from srkit.errors import (
    ArgumentError,
    ImageError,
    WeightsError,
    WeightsNotFoundError,
)
from srkit.image import downscale, resize, to_network
from srkit.metrics import NIQE, Score, niqe
from srkit.metrics.pristine import PRISTINE_FILE, Pristine
from tests.contracts import check_metric

# `computequality.m` of the authors' release under MATLAB, as IQA-PyTorch lists it
# (ResultsCalibra/results_official.csv, row "niqe"). The row "niqe_matlab" of the same
# table, 7.20 to 7.69, is MathWorks' function with another pristine model.
OFFICIAL = {
    "I03": 15.7536293917814,
    "I04": 3.65492152353770,
    "I06": 3.23547743716998,
    "I08": 3.18403333858339,
    "I19": 8.63519663862637,
}


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """A pristine model that is none: far off, but of the right shape."""
    path = tmp_path_factory.mktemp("niqe") / PRISTINE_FILE
    np.savez(path, mu_pris_param=np.ones((1, 36)), cov_pris_param=np.eye(36))
    return path


@pytest.mark.parametrize(("name", "wanted"), OFFICIAL.items())
def test_the_authors_figures_are_met_within_one_percent(datasets, name, wanted):
    from PIL import Image

    image = Image.open(datasets / "test" / "iqa_calibration" / f"{name}.png")
    assert niqe(np.asarray(image)) == pytest.approx(wanted, rel=0.01)


def test_without_flat_areas_they_are_met_to_the_last_digit(datasets):
    from PIL import Image

    image = Image.open(datasets / "test" / "iqa_calibration" / "I04.png")
    score = niqe(np.asarray(image))
    assert score == pytest.approx(OFFICIAL["I04"], rel=1e-9)
    assert str(score) == "NIQE 3.65 [gray|shave0|uint8|blocks96|mittal2013]"


def test_blur_and_noise_are_less_natural(datasets, rng):
    photograph = astronaut()
    blurred = resize(downscale(photograph, 4), scale=4)
    noisy = np.clip(photograph + rng.normal(0, 25, photograph.shape), 0, 255)
    best = niqe(photograph)
    assert niqe(blurred) > best + 1
    assert niqe(noisy.astype(np.uint8)) > best + 1


def test_kinds_of_pictures_agree(pristine):
    picture = astronaut()[:200, :200]
    value = niqe(picture, weights=pristine)
    assert isinstance(value, Score)
    assert niqe(picture / 255, weights=pristine) == value
    assert niqe(picture.astype(np.uint16) * 257, weights=pristine) == value
    assert niqe(picture[:192, :192], weights=pristine) == value  # whole blocks
    batch = niqe(np.stack([picture, picture]), weights=pristine)
    np.testing.assert_array_equal(batch, [float(value)] * 2)


def test_gray_and_shaved_pictures(pristine):
    gray = astronaut()[:200, :200, :1]
    shaved = niqe(gray, weights=pristine, shave=4)
    assert float(shaved) == float(niqe(gray[4:-4, 4:-4], weights=pristine))
    assert "shave4" in str(shaved)


def test_a_flat_picture_has_no_figure(pristine):
    assert np.isnan(niqe(np.full((192, 192, 3), 90, np.uint8), weights=pristine))


def test_metric_keeps_the_contract(pristine):
    check_metric(NIQE(weights=str(pristine)), (2, 96, 192, 3), eager=True)


def test_metric_is_the_mean_of_the_results(pristine):
    batch = to_network(np.stack([astronaut()[:200, :200], astronaut()[-200:, -200:]]))
    metric = NIQE(weights=pristine)
    metric.update_state(np.zeros_like(batch), ops.convert_to_tensor(batch))
    wanted = niqe((batch + 1) / 2, weights=pristine).mean()
    assert float(metric.result()) == pytest.approx(wanted, rel=1e-6)


@pytest.mark.tensorflow
def test_a_compiled_step_is_told_what_to_do(pristine):
    model = keras.Sequential([keras.Input((96, 192, 3)), keras.layers.Identity()])
    model.compile(loss="mae", metrics=[NIQE(weights=pristine)])
    batch = np.zeros((1, 96, 192, 3), np.float32)
    with pytest.raises(ArgumentError, match="run_eagerly=True"):
        model.evaluate(batch, batch, verbose=0)


def test_another_model_leaves_its_mark_on_the_stamp(pristine):
    stamp = niqe(astronaut()[:200, :200], weights=pristine).protocol
    assert "mittal2013" not in stamp
    assert (
        stamp
        != niqe(
            astronaut()[:200, :200], weights=Pristine(np.zeros(36), np.eye(36))
        ).protocol
    )


def test_a_missing_model_says_where_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("SRKIT_DATASETS", str(tmp_path))
    with pytest.raises(
        WeightsNotFoundError, match=r"is needed.*https://.*niqe_pris"
    ) as e:
        niqe(astronaut())
    assert "\n" not in str(e.value)
    with pytest.raises(WeightsNotFoundError, match=r"Received: .*elsewhere"):
        NIQE(weights=tmp_path / "elsewhere.npz")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<html>not found</html>", "must hold `mu_pris_param`"),
        ({"mu": np.ones(36)}, "must hold `mu_pris_param`"),
        (
            {"mu_pris_param": np.ones(18), "cov_pris_param": np.eye(18)},
            r"mean of 36 features.*Received: \(18,\)",
        ),
    ],
)
def test_a_wrong_model_is_refused(tmp_path, content, message):
    path = tmp_path / PRISTINE_FILE
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        np.savez(path, **content)
    with pytest.raises(WeightsError, match=message):
        niqe(astronaut(), weights=path)


@pytest.mark.parametrize(
    ("shape", "options", "error", "message"),
    [
        ((191, 96, 3), {}, ImageError, "two blocks.*Received: 191x96"),
        ((192, 96, 3), {"shave": 1}, ImageError, r"`shave` \(=1\)"),
        ((192, 96), {}, ImageError, "1 or 3 channels"),
        ((192, 96, 3), {"shave": -1}, ArgumentError, "whole number from 0"),
    ],
)
def test_what_cannot_be_scored_is_refused(pristine, shape, options, error, message):
    with pytest.raises(error, match=message):
        niqe(np.zeros(shape, np.uint8), weights=pristine, **options)
