import numpy as np
import pytest

from srkit.errors import ArgumentError
from srkit.models import EDSR, InceptionResNetSR, RRDBNet, SRResNet


def test_fit_remembers_its_data():
    model = EDSR(scale=2, filters=4, num_blocks=1)
    model.compile(optimizer="sgd", loss="mae")
    lr, hr = np.zeros((2, 6, 6, 3), "float32"), np.zeros((2, 12, 12, 3), "float32")
    model.fit(lr, hr, verbose=0)
    assert model.training_data is lr


@pytest.mark.parametrize("network", [EDSR, InceptionResNetSR, RRDBNet, SRResNet])
@pytest.mark.parametrize(
    "options",
    [
        {"scale": 5},
        {"scale": 4.0},
        {"filters": 0},
        {"num_blocks": 1.5},
        {"channels": 0},
    ],
)
def test_options_that_make_no_network_are_refused(network, options):
    with pytest.raises(ArgumentError, match=f"`{next(iter(options))}` must be"):
        network(**options)


def test_a_label_names_network_and_factor_and_what_it_means():
    model = EDSR(scale=2, filters=4, num_blocks=1, name="mine")
    assert model.label(2) is None
    model.adversarial = "trained against a discriminator"
    assert model.label(2.5).system == "srkit with mine"
    model.origin = "gan_x2 (weights 0123)"
    label = model.label(4.0)
    assert label.system == "srkit with gan_x2 (weights 0123)"
    for part in ("x4 by srkit with gan_x2", "against a discr", "not seen", "nothing"):
        assert part in label.sentence
