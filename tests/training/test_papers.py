"""The recipes of the papers, by what they say."""

from __future__ import annotations

import numpy as np

from srkit.training import RECIPES
from srkit.training.papers import AUTOENCODER, ESRGAN, LINEART, SRGAN


def test_the_recipes_of_the_papers():
    assert set(RECIPES) == {"srgan", "esrgan", "cctv-gan", "autoencoder", "lineart"}
    assert (SRGAN.adversarial_weight, SRGAN.content, SRGAN.crop) == (1e-3, "vgg54", 96)
    assert (ESRGAN.adversarial_weight, ESRGAN.pixel_weight) == (5e-3, 1e-2)
    assert (LINEART.adversarial_weight, LINEART.content) == (0, "vgg34")
    assert (LINEART.batch_size, LINEART.crop, LINEART.schedule) == (96, 128, "plateau")
    assert SRGAN.first.loss == "l2"
    assert SRGAN.first.steps == 100_000
    assert ESRGAN.first.learning_rate == 2e-4
    assert not hasattr(AUTOENCODER, "pretraining")
    rate = ESRGAN._rate()
    found = [float(rate(step)) for step in (0, 50_001, 100_001, 200_001, 300_001)]
    np.testing.assert_allclose(found, 1e-4 / 2.0 ** np.arange(5))
    for recipe in RECIPES.values():
        assert type(recipe).from_json(recipe.to_json()) == recipe
