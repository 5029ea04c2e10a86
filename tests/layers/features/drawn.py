"""Files of random weights, in the layouts that feature networks come in."""

import hashlib

import numpy as np

# What the file of `vgg19-relu3_1` holds: name, then channels in and out.
LAYERS = (
    ("2", 3, 64),
    ("5", 64, 64),
    ("9", 64, 128),
    ("12", 128, 128),
    ("16", 128, 256),
)


def write_relu3_1(path, *, seed=0):
    """Write random weights of `vgg19-relu3_1`; return the options that name them."""
    rng = np.random.default_rng(seed)
    arrays = {
        "0.weight": 255 * np.eye(3)[::-1].reshape(3, 3, 1, 1),
        "0.bias": np.array([-103.939, -116.779, -123.68]),
    }
    for name, given, filters in LAYERS:
        deviation = np.sqrt(2 / (9 * given)) if name != "2" else 0.005
        arrays[f"{name}.weight"] = rng.normal(0, deviation, (filters, given, 3, 3))
        arrays[f"{name}.bias"] = rng.normal(0, 0.1, filters)
    np.savez(path, **{key: array.astype("float32") for key, array in arrays.items()})
    return {
        "network": "vgg19-relu3_1",
        "weights": path,
        "sha256": sha256(path),
    }


def write_block1_conv1(path, *, seed=0):
    """Write random weights of VGG19's first layer alone; return kernel and bias."""
    rng = np.random.default_rng(seed)
    kernel = rng.normal(0, 0.01, (3, 3, 3, 64)).astype("float32")
    bias = rng.normal(0, 1, 64).astype("float32")
    np.savez(path, **{"block1_conv1/kernel": kernel, "block1_conv1/bias": bias})
    return kernel, bias


def sha256(path):
    """Checksum of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
