"""A job in a process of its own, which a test kills."""

from __future__ import annotations

import sys

from srkit.inference import VideoUpscaler
from tests.inference.video.films import Slow


def main(source, target, resume):
    upscaler = VideoUpscaler(Slow(), crf=20, segment=10, at_once=1)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    upscaler(source, target, resume=resume == "resume")


if __name__ == "__main__":
    main(*sys.argv[1:])
