"""FID and KID: their figures, names and intervals."""

import numpy as np
import pytest

from srkit.metrics import FID, KID, frechet_distance, kernel_distance
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


def crops(folder, *, count=2048, side=128):
    """The first crops of the pictures of a folder, beside each other."""
    from PIL import Image

    found = []
    for path in sorted(folder.iterdir()):
        picture = np.asarray(Image.open(path).convert("RGB"))
        rows, columns = (length // side for length in picture.shape[:2])
        tiles = picture[: rows * side, : columns * side]
        tiles = tiles.reshape(rows, side, columns, side, 3).swapaxes(1, 2)
        found += list(tiles.reshape(-1, side, side, 3))
    return np.stack(found[:count])


@pytest.mark.long
def test_halves_of_4096_crops_are_no_distance_apart(datasets):
    """Two collections, mixed and halved, are alike; one against the other is not."""
    both = np.concatenate([crops(datasets / "train" / x) for x in ("bsds400", "cid22")])
    order = np.random.default_rng(0).permutation(len(both)).reshape(-1, 2, 32)
    halves = FID(network="inception-2015")
    for one, other in order:
        halves.update(real=both[one], fake=both[other])
    near = halves.result()  # without a warning, which would be an error here
    assert near.quantity == "FID768[inception-2015]"
    assert near.protocol.endswith("|N=2048")
    low, high = near.interval
    assert low < near < high < 0.15

    real, fake = halves.features
    assert frechet_distance(real, real) == pytest.approx(0, abs=1e-6)
    mean, error = kernel_distance(real, fake)
    assert abs(mean) < 3 * error

    found = np.empty((len(both), 768))
    found[order[:, 0].ravel()], found[order[:, 1].ravel()] = real, fake
    apart = np.split(found, 2)
    assert frechet_distance(*apart) > 4 * high
    mean, error = kernel_distance(*apart)
    assert mean > 10 * error
