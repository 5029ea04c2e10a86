"""Jobs in processes of their own: one to be killed, one to be measured."""

from __future__ import annotations

import sys

from srkit.bench.memory import peak_bytes
from srkit.inference import VideoUpscaler
from tests.inference.video.films import SamePlanes, Slow


def main(source, target, resume):
    upscaler = VideoUpscaler(Slow(), crf=20, segment=10, at_once=1)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    upscaler(source, target, resume=resume == "resume")


def tell_peak(source, target):
    """Enlarges a film and writes what memory that took at most."""
    VideoUpscaler(SamePlanes(), crf=30, speed="ultrafast", segment=20)(source, target)
    sys.stdout.write(f"{peak_bytes()}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
