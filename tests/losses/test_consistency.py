"""The loss on what the LR picture shows."""

import numpy as np
import pytest

from srkit.errors import ArgumentError, ImageError
from srkit.image import downscale
from srkit.losses import Consistency
from tests.contracts import check_loss


def test_it_keeps_the_contract():
    check_loss(Consistency(scale=2))


@pytest.mark.parametrize("kernel", ["bicubic", "lanczos3"])
def test_it_is_l1_of_the_shrunk_pictures(rng, kernel):
    hr, sr = rng.uniform(-1, 1, (2, 2, 24, 16, 3)).astype(np.float32)
    small = [downscale(image, 4, kernel=kernel) for image in (hr, sr)]
    loss = Consistency(scale=4, kernel=kernel)
    assert float(loss(hr, sr)) == pytest.approx(np.abs(small[1] - small[0]).mean())


def test_detail_that_lr_cannot_show_is_free():
    hr = np.zeros((1, 16, 16, 3), np.float32)
    grid = np.indices((16, 16)).sum(axis=0) % 2 - 0.5
    sr = hr + grid[..., None].astype(np.float32)
    assert float(Consistency(scale=4)(hr, sr)) < 1e-2
    assert float(Consistency(scale=4)(hr, hr + 0.5)) == pytest.approx(0.5)


def test_what_cannot_be_shrunk_is_refused():
    image = np.zeros((1, 3, 8, 3), np.float32)
    with pytest.raises(ImageError, match="at least `scale`"):
        Consistency(scale=4)(image, image)
    with pytest.raises(ArgumentError, match=r"`scale`.*Received: 0"):
        Consistency(scale=0)(image, image)
