from __future__ import annotations

import os
import subprocess
import sys


def run(code, **environment):
    clean = {k: v for k, v in os.environ.items() if not k.startswith("TF_CPP")}
    return subprocess.run(
        [sys.executable, "-c", f"from srkit.cli.startup import start_quietly\n{code}"],
        capture_output=True,
        text=True,
        env={**clean, **environment},
    )


def test_keras_is_loaded_in_silence():
    code = "start_quietly(); import sys; print('keras' in sys.modules)"
    done = run(code, KERAS_BACKEND="jax")  # the faster to load
    assert (done.stdout, done.stderr) == ("True\n", "")


def test_what_was_written_is_shown_where_loading_fails():
    code = "import os\nos.environ['KERAS_BACKEND'] = 'none'\nstart_quietly()"
    done = run(code)
    assert done.returncode == 1
    assert "Unable to import backend" in done.stderr
