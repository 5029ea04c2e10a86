import os
import subprocess
import sys

import numpy as np
import pytest

from srkit.engine import Engine, runner
from srkit.errors import ArgumentError, ImageError, MemoryBudgetError
from srkit.image.ranges import from_network
from srkit.models import EDSR


@pytest.fixture(scope="module")
def network():
    model = EDSR(scale=2, filters=8, num_blocks=1, interpolated=True)
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign(weight + rng.normal(0, 0.1, weight.shape))
    return model


@pytest.fixture(scope="module")
def engine(network):
    return Engine(network, precision="float32")


def _picture(height, width, dtype="uint8", seed=0):
    x = np.random.default_rng(seed).uniform(0, 1, (height, width, 3))
    return from_network(2 * x.astype(np.float32) - 1, dtype)


@pytest.mark.parametrize("dtype", ["uint8", "uint16", "float32"])
def test_same_dtype_out(engine, network, dtype):
    picture = _picture(9, 12, dtype)
    out = engine(picture)
    assert out.dtype == dtype
    assert out.shape == (18, 24, 3)
    top = {"uint8": 255.0, "uint16": 65535.0, "float32": 1.0}[dtype]
    expected = np.asarray(network(picture[None] / np.float32(top) * 2 - 1))[0]
    exact = np.clip((expected + 1) / 2, 0, 1) * top
    # Half a level of rounding, and what float32 loses on 65,535 levels.
    assert abs(out - exact).max() <= (1e-5 if dtype == "float32" else 0.7)


@pytest.mark.parametrize("size", [(1, 1), (1, 50), (50, 1), (2, 3), (37, 41)])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_tiled_equals_whole(network, size, precision):
    engine = Engine(network, precision=precision)
    picture = _picture(*size)
    whole = engine(picture)
    for tile in (1, 7, 16):
        engine.tile = tile
        difference = np.abs(engine(picture).astype(int) - whole)
        assert difference.max() <= 1
        assert (difference > 0).mean() < 1e-4


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_it_says_what_it_computes_in(network, precision):
    assert Engine(network, precision=precision).precision == precision


def test_one_trace_serves_every_size(engine):
    engine(_picture(8, 8))
    for size in ((9, 8), (20, 31), (5, 5)):
        engine(_picture(*size))
    function = engine._functions["uint8", True]
    assert function.experimental_get_tracing_count() == 1


def test_out_of_memory_at_any_tile_gives_right_pixels_or_raises(network, monkeypatch):
    engine = Engine(network, precision="float32", tile=64)
    picture = _picture(64, 64)
    expected = engine(picture)
    for failing in range(4):
        engine.tile, calls = 32, iter(range(100))
        _fail_when(engine, monkeypatch, lambda shape, n=calls, f=failing: next(n) == f)
        np.testing.assert_array_equal(engine(picture), expected)
        assert engine.tile == 16
        monkeypatch.undo()


def test_when_even_small_tiles_do_not_fit_it_says_so(network, monkeypatch):
    engine = Engine(network, precision="float32", tile=64)
    _fail_when(engine, monkeypatch, lambda shape: True)
    with pytest.raises(MemoryBudgetError, match="MiB are needed"):
        engine(_picture(64, 64))


def test_what_did_not_fit_once_is_not_tried_again(network, monkeypatch):
    picture = _picture(128, 128)
    expected = Engine(network, precision="float32", tile=128)(picture)
    engine = Engine(network, precision="float32", tile=64)
    shapes = []

    def is_too_large(shape):
        shapes.append(shape)
        return max(shape[1:3]) > 16 + 2 * engine.radius

    _fail_when(engine, monkeypatch, is_too_large)
    np.testing.assert_array_equal(engine(picture), expected)
    failed = [shape for shape in shapes if max(shape[1:3]) > 16 + 2 * engine.radius]
    assert len(failed) == 2  # tiles of 64 and 32, once each
    assert len(shapes) == 2 + 8 * 8


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (type("OutOfMemoryError", (RuntimeError,), {})("CUDA out of memory"), True),
        (type("ResourceExhaustedError", (Exception,), {})("OOM"), True),
        (RuntimeError("RESOURCE_EXHAUSTED: 2 GiB"), True),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory"), True),
        (MemoryError(), True),
        (RuntimeError("shapes do not match"), False),
    ],
)
def test_every_backends_lack_of_memory_is_known(error, expected):
    assert runner._is_out_of_memory(error) == expected


@pytest.mark.slow
def test_it_runs_on_pytorch():
    pytest.importorskip("torch")
    code = (
        "import numpy as np; from srkit.engine import Engine; "
        "from srkit.models import EDSR; "
        "engine = Engine(EDSR(scale=2, filters=4, num_blocks=1), precision='float32');"
        "print(engine(np.zeros((4, 5, 3), np.uint8)).shape)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
    )
    assert done.stdout == "(8, 10, 3)\n", done.stderr


def test_other_failures_are_not_taken_for_memory(network, monkeypatch):
    engine = Engine(network, precision="float32")
    monkeypatch.setattr(engine, "_function", lambda *_: _raise(RuntimeError("boom")))
    with pytest.raises(RuntimeError, match="boom"):
        engine(_picture(8, 8))


def test_run_rounds_nothing(engine, network):
    batch = np.random.default_rng(0).uniform(-1, 1, (2, 6, 5, 3)).astype(np.float32)
    np.testing.assert_allclose(
        np.asarray(engine.run(batch)), np.asarray(network(batch)), atol=1e-5
    )


@pytest.mark.parametrize(
    ("picture", "message"),
    [
        (np.zeros((4, 4), np.uint8), "must be"),
        (np.zeros((4, 4, 1), np.uint8), "must be"),
        (np.zeros((0, 4, 3), np.uint8), "at least one pixel"),
        (np.zeros((4, 4, 3), np.int64), "int64"),
        (np.full((4, 4, 3), np.nan, np.float32), "finite"),
    ],
)
def test_what_is_no_picture_is_refused(engine, picture, message):
    with pytest.raises(ImageError, match=message):
        engine(picture)


@pytest.mark.parametrize(
    "options", [{"tile": 0}, {"memory": -1}, {"precision": "float64"}]
)
def test_options_out_of_range_are_refused(network, options):
    with pytest.raises(ArgumentError, match=next(iter(options))):
        Engine(network, **options)


def _fail_when(engine, monkeypatch, fails):
    real = engine._function

    def function(dtype, shape):
        run = real(dtype, shape)
        return lambda x: _raise(MemoryError("no room")) if fails(shape) else run(x)

    monkeypatch.setattr(engine, "_function", function)


def _raise(error):
    raise error
