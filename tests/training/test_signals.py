import numpy as np
import pytest
from keras import ops

from srkit.training import signals
from tests.training import duels


def test_a_perfect_result_shows_nothing():
    lr, hr = duels.batch(0)
    found = signals.of_pictures(lr, hr, hr, scale=2)
    figures = {name: float(value) for name, value in found.items()}
    for name in ("diversity", "below_zero"):
        assert figures[name] == pytest.approx(1.0)
    assert figures["lr_psnr_gap"] == pytest.approx(0.0, abs=1e-4)
    assert set(figures) == {*signals.PICTURE, *signals.TINTS[3]}


def test_each_fault_of_the_pictures_shows_in_its_figure():
    lr, hr = duels.batch(0)

    def figure(name, sr):
        return float(signals.of_pictures(lr, hr, sr, scale=2)[name])

    red = hr * 0.5
    tinted = red + np.array([0.2, 0, 0], np.float32)
    drift = figure("tint_red", tinted) - figure("tint_red", red)
    assert drift == pytest.approx(0.2 * 127.5, rel=0.05)
    assert figure("below_zero", (hr + 1) / 2) < 0.1
    assert figure("diversity", np.broadcast_to(hr[:1], hr.shape)) < 0.05
    grid = np.indices((16, 16)).sum(0)[None, ..., None] % 2
    assert figure("checkerboard", hr * 0.1 + grid) > 10 * figure("checkerboard", hr)


def test_one_picture_alone_is_no_collapse():
    lr, hr = duels.batch(0, count=1)
    found = signals.of_pictures(lr, hr, hr * 0.9, scale=2)
    assert float(found["diversity"]) == pytest.approx(1.0)


def test_a_pull_is_measured_against_that_of_a_squared_error(rng):
    hr, sr = (rng.normal(size=(2, 4, 4, 3)).astype("float32") for _ in range(2))
    gradient = 2 * (sr - hr) / hr.size
    found = signals.of_pulls({"pixel": 8.0 * 0.5 * gradient}, hr, sr, ops.array(8.0))
    assert float(found["pixel_pull"]) == pytest.approx(0.5, rel=1e-5)


def test_movement_is_a_share_of_the_weights():
    before = [np.full((3, 3, 2, 2), 2.0, "float32")]
    after = [before[0] + 0.02]
    assert float(signals.movement(before, after)) == pytest.approx(0.01, rel=1e-4)


def test_recent_forgets_and_leaves_out_what_does_not_count():
    recent = signals.Recent(decay=0.5)
    for value, weight in ((4.0, 1.0), (float("nan"), 0.0), (1.0, 1.0)):
        recent.update_state(value, sample_weight=weight)
    assert float(recent.result()) == pytest.approx((0.5 * 4 + 1) / 1.5)
    recent.reset_state()
    assert float(recent.result()) == 0.0
    assert signals.Recent.from_config(recent.get_config()).decay == 0.5
