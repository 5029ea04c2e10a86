"""The columns of a table: what stands above them, how figures are rounded."""

from __future__ import annotations

from collections.abc import Mapping

ORIGINAL = "original"
"""The method of the row of the originals, which are not compared with themselves."""

_ROWS = {
    "method": "Method",
    "precision": "Precision",
    "set": "Set",
    "scale": "Scale",
    "images": "Images",
    "image": "Image",
    "psnr": "PSNR (dB)",
    "ssim": "SSIM",
    "protocol": "Protocol",
}
_FURTHER = {
    "niqe": "NIQE",
    "lr_psnr": "LR-PSNR (dB)",
    "bias_r": "Bias R",
    "bias_g": "Bias G",
    "bias_b": "Bias B",
    "checkerboard": "Checkerboard",
}
_FORMS = {"psnr": ".2f", "ssim": ".4f", "niqe": ".2f", "lr_psnr": ".2f"}
_FORMS |= {"bias_r": "+.2f", "bias_g": "+.2f", "bias_b": "+.2f", "checkerboard": ".2f"}
_DISTANCE = "perceptual_distance["


def heading(name: str) -> str:
    """What stands above a column; nothing above what is told in the notes."""
    if name.startswith(_DISTANCE) and name.endswith("]"):
        return name.replace(_DISTANCE, "PerceptualDistance[")
    return _ROWS.get(name) or _FURTHER.get(name, "")


def cell(name: str, record: Mapping[str, str | float]) -> str:
    """A value of a row as text, rounded; nothing for none."""
    value = record.get(name)
    if value is None:
        return ""
    if name in ("psnr", "ssim") and record["method"] == ORIGINAL:
        return "-"
    if name == "scale":
        return f"x{value}"
    form = ".4f" if name.startswith(_DISTANCE) else _FORMS.get(name)
    return f"{value:{form}}" if form else str(value)


def is_figure(title: str) -> bool:
    """Whether the column below this heading holds numbers."""
    words = ("method", "precision", "set", "scale", "image", "protocol")
    return title not in (_ROWS[name] for name in words)


def is_key(title: str) -> bool:
    """Whether the column says which row it is."""
    return title in (_ROWS[name] for name in ("method", "set", "image"))


def is_further(title: str) -> bool:
    """Whether the column is one of those beside PSNR and SSIM."""
    return title not in _ROWS.values()
