"""Loading Keras and its backend without their notes on themselves."""

from __future__ import annotations

import os
import sys
import warnings
from importlib import import_module
from tempfile import TemporaryFile


def start_quietly() -> None:
    """Loads Keras; what its libraries write meanwhile is kept back unless that fails.

    TensorFlow's libraries write to stderr as they load, before any setting can reach
    them, and would bury what a command says. ``TF_CPP_MIN_LOG_LEVEL=0`` shows it all.
    """
    if "keras" in sys.modules or os.environ.get("TF_CPP_MIN_LOG_LEVEL") == "0":
        return
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Of damaged metadata in a picture that can be read all the same.
    warnings.filterwarnings("ignore", category=UserWarning, module="PIL")
    stderr = os.dup(2)
    with TemporaryFile() as notes:
        os.dup2(notes.fileno(), 2)
        try:
            import_module("keras")
        except BaseException:
            notes.seek(0)
            os.write(stderr, notes.read())
            raise
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
