"""The doctor beside real adversarial trainings: spoilt ones, and good ones.

On seeds that were not among those by which its limits were found (0 to 4 and 202).
"""

import pytest

from tests.training.spoilt import HEALTHY, SPOILT, play

pytestmark = [pytest.mark.long, pytest.mark.tensorflow]


def said(way, datasets, *, seed, steps):
    doctor = play(way, datasets / "weights", seed=seed, steps=steps)
    return tuple(finding.ailment for finding in doctor.findings)


@pytest.mark.parametrize("seed", [404, 505, 606])
@pytest.mark.parametrize("way", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_gan_brings_its_sentence_and_no_other(way, seed, datasets):
    assert said(way, datasets, seed=seed, steps=200) == way.ailments


@pytest.mark.parametrize("seed", [404, 505])
def test_the_default_recipe_is_left_in_peace(seed, datasets):
    assert not said(HEALTHY["default"], datasets, seed=seed, steps=2000)


@pytest.mark.parametrize("name", ["batch-norm", "cctv", "esrgan"])
def test_so_are_other_settings_that_users_have(name, datasets):
    assert not said(HEALTHY[name], datasets, seed=404, steps=500)
