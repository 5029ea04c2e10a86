from __future__ import annotations

import keras
import numpy as np
import pytest

from srkit.bench.gan import gan_speed, srgan, torch_step

pytestmark = pytest.mark.tensorflow


@pytest.fixture
def trainer(tmp_path):
    return srgan(
        tmp_path, crop=32, filters=8, num_blocks=1, units=8, precision="float32"
    )


def test_both_take_the_same_step(trainer, rng):
    """Losses of three steps on one batch: what the first two taught counts."""
    pytest.importorskip("torch")
    hr = rng.uniform(-1, 1, (4, 32, 32, 3)).astype("float32")
    lr = hr.reshape(4, 8, 4, 8, 4, 3).mean((2, 4))
    trainer.compile(keras.optimizers.Adam(1e-4, epsilon=1e-8), jit_compile=False)
    step = torch_step(trainer, lr, hr)
    for _ in range(3):
        ours = trainer.train_on_batch(lr, hr, return_dict=True)
        trainer.reset_metrics()
        np.testing.assert_allclose(
            step(), (ours["loss"], ours["discriminator_loss"]), rtol=2e-3
        )


def test_without_pytorch_srkit_s_own_is_measured(trainer, monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "torch", None)
    figures, missing = gan_speed(trainer, batch_size=2, repeats=1)
    assert [figure.name for figure in figures] == ["SRGAN step, srkit"]
    assert figures[0].value > 0
    assert "float32" in figures[0].note
    assert "pip install 'srkit[bench]'" in missing[0]
