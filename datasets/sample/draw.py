"""Draws this folder's pictures anew: python datasets/sample/draw.py.

Each is drawn four times as large and shrunk, so that its edges look photographed.
They are the project's own, under its licence, and only there to try the tools on.
"""

from __future__ import annotations

from math import cos, pi, sin
from pathlib import Path
from random import Random

from PIL import Image, ImageDraw, ImageFont

SIDE, FINE = 192, 4
LARGE = SIDE * FINE
TEXT = "Whoever measures with two rulers will find what he hoped for. "


def draw_plate(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """Number plates, from near to far."""
    top = 20.0
    for size in (150, 110, 80, 56, 40, 28):
        font = ImageFont.load_default(size)
        number = "".join(rng.choices("ABCDEFGHKLMNPRSTUVXYZ0123456789", k=6))
        right = 30 + 0.6 * size + font.getlength(number)
        box = (30, top, right, top + 1.3 * size)
        draw.rounded_rectangle(box, size / 8, "#f4f2e6", "#15181c", max(2, size // 20))
        draw.text((30 + 0.3 * size, top + 0.1 * size), number, "#15181c", font)
        top += 1.55 * size


def draw_facade(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """Windows that shrink into the distance."""
    left, width = 0.0, 120.0
    while left < LARGE:
        for floor in range(9):
            top = 30 + floor * 84 + left * 0.12 * (4 - floor) / 4
            light = rng.choice(("#f7d98b", "#29384a", "#3a4d63", "#1d2733"))
            box = (left + width * 0.2, top, left + width * 0.8, top + 52)
            draw.rectangle(box, light, "#d9d3c7", 6)
        left, width = left + width, width * 0.9 + 4


def draw_star(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """Rays that meet: every line width down to none."""
    middle, rays = LARGE / 2, rng.choice((36, 40, 44))
    for ray in range(rays):
        ends = [2 * pi * (ray + half) / rays for half in (0.0, 0.5)]
        tips = [(middle + LARGE * cos(a), middle + LARGE * sin(a)) for a in ends]
        draw.polygon([(middle, middle), *tips], "#101418")


def draw_leaves(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """Overlapping discs of all sizes, as natural pictures overlap."""
    for _ in range(1500):
        size = 14 * rng.random() ** -0.6
        x, y = rng.uniform(0, LARGE), rng.uniform(0, LARGE)
        shade = tuple(rng.randrange(low, high) for low, high in ((20, 150), (60, 210)))
        draw.ellipse((x, y, x + size * 2, y + size), (*shade, rng.randrange(20, 90)))


def draw_page(draw: ImageDraw.ImageDraw, rng: Random) -> None:
    """Lines of print, each smaller than the one above."""
    top, size = 12.0, 64
    while top < LARGE:
        start = rng.randrange(len(TEXT))
        line = (TEXT[start:] + TEXT) * 2
        draw.text((16, top), line, "#1b1b1b", ImageFont.load_default(size))
        top, size = top + size * 1.25, max(16, int(size * 0.9))


def main() -> None:
    """Write the five pictures beside this file."""
    drawings = {
        "facade": (draw_facade, "#8d8273"),
        "leaves": (draw_leaves, "#31402a"),
        "page": (draw_page, "#f5f1e8"),
        "plate": (draw_plate, "#5a6672"),
        "star": (draw_star, "#eeeae0"),
    }
    for name, (draw, paper) in drawings.items():
        picture = Image.new("RGB", (LARGE, LARGE), paper)
        draw(ImageDraw.Draw(picture), Random(name))
        picture = picture.resize((SIDE, SIDE), Image.Resampling.BOX)
        picture.save(Path(__file__).with_name(f"{name}.png"), optimize=True)


if __name__ == "__main__":
    main()
