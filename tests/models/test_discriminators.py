from functools import partial
from itertools import pairwise

import keras
import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.models import (
    GlobalPoolDiscriminator,
    SRGANDiscriminator,
    UNetDiscriminator,
)
from tests.contracts import check_discriminator


def test_srgan_contract(tmp_path):
    check_discriminator(
        lambda: SRGANDiscriminator(size=16, filters=4, units=8), tmp_path
    )


def test_global_pool_contract(tmp_path):
    check_discriminator(lambda: GlobalPoolDiscriminator(filters=4, units=8), tmp_path)


def test_unet_contract(tmp_path):
    check_discriminator(lambda: UNetDiscriminator(filters=4), tmp_path)


def test_srgans_parameters():
    """At HR 96: eight convolutions, seven normalisations, 18,432 to 1024 to 1."""
    by_hand = 23_565_505 + 3_712  # trained, and moving means and variances
    assert SRGANDiscriminator(size=96).count_params() == by_hand


def test_unets_parameters_are_real_esrgans():
    model = UNetDiscriminator()
    vectors = sum(weight.shape[0] for weight in model.non_trainable_weights)
    assert model.count_params() - vectors == 4_376_897


def test_global_pools_parameters_by_hand():
    widths = [3, 64, 64, 128, 128, 256, 256, 512]
    convolutions = sum(9 * wide * out + out for wide, out in pairwise(widths))
    normalisations = 4 * sum(widths[2:])
    closing = 512 * 1024 + 1024 + 1024 + 1
    by_hand = convolutions + normalisations + closing
    assert GlobalPoolDiscriminator().count_params() == by_hand


def test_global_pool_can_call_a_picture_made():
    """The text's ReLU on the last convolution would forbid negative logits."""
    model = GlobalPoolDiscriminator(filters=4, units=8)
    last = model.get_layer("judge2")
    last.kernel.assign(-np.abs(np.asarray(last.kernel)))
    noise = np.random.default_rng(0).uniform(-1, 1, (1, 20, 20, 3)).astype("float32")
    assert float(model(noise)[0, 0]) < 0


def test_a_wrong_size_is_named_in_one_line():
    model = SRGANDiscriminator(size=16, filters=4, units=8)
    weights = model.trainable_variables, model.non_trainable_variables
    images = np.zeros((2, 24, 24, 3), "float32")
    for judge in (model, partial(model.stateless_call, *weights)):
        with pytest.raises(ArgumentError, match=r"\(N, 16, 16, 3\)") as refused:
            judge(images)
        message = str(refused.value)
        assert "Received: shape=(2, 24, 24, 3). Build it with the `size`" in message
        assert "\n" not in message


def test_fit_names_a_wrong_size_too():
    model = SRGANDiscriminator(size=16, filters=4, units=8)
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(optimizer="sgd", loss=loss)
    with pytest.raises(ArgumentError, match=r"\(N, 16, 16, 3\)"):
        model.fit(np.zeros((2, 24, 24, 3), "float32"), np.ones((2, 1)), verbose=0)


@pytest.mark.parametrize(
    ("network", "option"),
    [
        (SRGANDiscriminator, "size"),
        (SRGANDiscriminator, "units"),
        (GlobalPoolDiscriminator, "filters"),
        (UNetDiscriminator, "filters"),
    ],
)
def test_refuses_what_it_cannot_be(network, option):
    with pytest.raises(ArgumentError, match=option):
        network(**{option: 0})
