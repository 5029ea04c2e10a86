"""The frequency loss."""

import keras
import numpy as np
import pytest
from keras import ops

from srkit.errors import ImageError
from srkit.losses import FrequencyLoss
from tests.contracts import check_loss


def test_contract():
    check_loss(FrequencyLoss())


def test_equals_numpy_s_transform(rng):
    hr, sr = rng.uniform(-1, 1, (2, 2, 10, 7, 3)).astype(np.float32)
    spectra = [np.fft.fft2(image, axes=(1, 2)) for image in (hr, sr)]
    error = spectra[1] - spectra[0]
    wanted = np.mean([np.abs(error.real), np.abs(error.imag)])
    assert float(FrequencyLoss()(hr, sr)) == pytest.approx(wanted, rel=1e-5)


def test_bfloat16_is_computed_in_float32(rng):
    hr, sr = rng.uniform(-1, 1, (2, 1, 16, 16, 3)).astype(np.float32)
    hr, sr = (ops.cast(ops.convert_to_tensor(x), "bfloat16") for x in (hr, sr))
    value = FrequencyLoss(dtype="bfloat16").call(hr, sr)
    assert keras.backend.standardize_dtype(value.dtype) == "float32"
    exact = FrequencyLoss()(ops.cast(hr, "float32"), ops.cast(sr, "float32"))
    assert float(value[0]) == pytest.approx(float(exact), rel=1e-6)


def test_compiled_training_moves_the_weights(rng):
    inputs = keras.Input((None, None, 3))
    model = keras.Model(inputs, keras.layers.Conv2D(3, 3, padding="same")(inputs))
    model.compile(
        optimizer=keras.optimizers.SGD(1e-3), loss=FrequencyLoss(), jit_compile=True
    )
    hr = rng.uniform(-1, 1, (4, 12, 12, 3)).astype(np.float32)
    losses = model.fit(hr, hr, epochs=8, batch_size=4, verbose=0).history["loss"]
    assert losses[-1] < losses[0]


def test_pictures_must_be_a_batch():
    with pytest.raises(ImageError, match=r"\(N, H, W, C\)"):
        FrequencyLoss()(np.zeros((8, 8, 3)), np.zeros((8, 8, 3)))
