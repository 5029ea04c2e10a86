import numpy as np

from srkit.models import EDSR


def test_fit_remembers_its_data():
    model = EDSR(scale=2, filters=4, num_blocks=1)
    model.compile(optimizer="sgd", loss="mae")
    lr, hr = np.zeros((2, 6, 6, 3), "float32"), np.zeros((2, 12, 12, 3), "float32")
    model.fit(lr, hr, verbose=0)
    assert model.training_data is lr


def test_works_in_the_range_of_the_house():
    assert EDSR.value_range == (-1.0, 1.0)
