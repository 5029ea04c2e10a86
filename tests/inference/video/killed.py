"""Jobs in processes of their own: one to be killed, one to be measured."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time

from srkit.bench.memory import peak_bytes
from srkit.inference import VideoUpscaler
from tests.inference.video.films import SamePlanes, Slow


def main(source, target, settings):
    upscaler = VideoUpscaler(Slow(), segment=10, at_once=1, **json.loads(settings))
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    upscaler(source, target)


def run_killed(source, target, seconds, *, after=None, **settings):
    """Starts a job and kills it some time after it began, or wrote a file."""
    command = [sys.executable, "-m", "tests.inference.video.killed"]
    line = [*command, str(source), str(target), json.dumps(settings)]
    with subprocess.Popen(line, stdout=subprocess.PIPE) as job:
        job.stdout.readline()
        while after is not None and not after.exists() and job.poll() is None:
            time.sleep(0.005)
        time.sleep(seconds)
        job.send_signal(signal.SIGKILL)


def tell_peak(source, target):
    """Enlarges a film and writes what memory that took at most."""
    VideoUpscaler(SamePlanes(), crf=30, speed="ultrafast", segment=20)(source, target)
    sys.stdout.write(f"{peak_bytes()}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
