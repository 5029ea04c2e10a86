"""A job in a process of its own, which a test kills."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

from srkit.inference import VideoUpscaler
from tests.inference.video.films import Slow


def main(source, target, settings):
    upscaler = VideoUpscaler(Slow(), segment=10, at_once=1, **json.loads(settings))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    upscaler(source, target)


def run_killed(source, target, seconds, **settings):
    """Starts a job and kills it once it has worked for some time."""
    command = [sys.executable, "-m", "tests.inference.video.killed"]
    line = [*command, str(source), str(target), json.dumps(settings)]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as job:
        job.stdout.readline()
        time.sleep(seconds)
        job.send_signal(signal.SIGKILL)


if __name__ == "__main__":
    main(*sys.argv[1:])
