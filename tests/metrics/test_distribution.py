"""FID and KID: their figures, names and intervals."""

import numpy as np
import pytest

from srkit.metrics import FID, KID, kernel_distance
from tests.metrics.sets import gathered, pictures


@pytest.mark.parametrize("kind", [FID, KID])
def test_a_figure_carries_its_name(kind):
    score = gathered(kind, pictures(6), pictures(6, seed=50))
    if kind is FID:
        with pytest.warns(UserWarning, match="FID of 6 pictures is too high.*2048"):
            result = score.result()
    else:
        result = score.result()
    text = str(result)
    assert text.startswith(f"{kind.__name__}5[tiny] ")
    assert text.endswith("[mean|16px-bicubic|uint8|N=6]")
    assert "(95 %: " in text
    low, high = result.interval
    assert low <= result <= high
    assert low < high


@pytest.mark.filterwarnings("ignore:FID of")
@pytest.mark.parametrize("kind", [FID, KID])
def test_a_set_has_no_distance_from_itself(kind):
    batch = pictures(5)
    assert gathered(kind, batch, batch).result() == pytest.approx(0, abs=1e-9)


@pytest.mark.filterwarnings("ignore:FID of")
def test_the_bootstrap_can_be_left_out_and_repeats_itself():
    real, fake = pictures(5), pictures(5, seed=50)
    assert gathered(FID, real, fake, resamples=0).result().interval is None
    first, second = (gathered(FID, real, fake).result().interval for _ in range(2))
    assert first == second


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore:FID of")
def test_halves_of_one_set_lie_near_each_other(datasets):
    from PIL import Image

    from srkit.image import downscale, resize

    files = sorted((datasets / "test" / "bsd100").iterdir())
    pictures = [np.asarray(Image.open(path).convert("RGB")) for path in files]
    wide = np.stack([p[:320, :480] for p in pictures if p.shape[1] > 400][:32])
    halves = KID(network="inception-2015")
    halves.update(real=wide[::2], fake=wide[1::2])
    near = halves.result()
    assert near.quantity == "KID768[inception-2015]"
    assert near.protocol == "mean_mixed_7|299px-bilinear-tf1|uint8|N=16"
    low, high = near.interval
    assert low < 0 < high

    far = FID(network=halves.network)
    blurred = resize(downscale(wide[::2], 4), scale=4)
    far.update(real=wide[::2], fake=blurred)
    assert kernel_distance(*far.features)[0] > 2 * high
    assert 0 < far.result().interval[0] < far.result() < far.result().interval[1]
