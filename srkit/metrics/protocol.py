"""What a figure was measured on, and the figure that carries it.

The same upscaled pictures read 24.8 or 26.2 dB depending on the protocol alone, so a
figure never travels without it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import fmean
from typing import Any, Self

from srkit.errors import ArgumentError, ProtocolError

CHANNELS = {"y": "Y601s", "y_full": "Y601f", "rgb": "RGB"}
"""What can be compared, and its name in a stamp: BT.601's Y in studio swing, as the
papers do; the same in full range, as `PIL`'s "L" has it; red, green and blue."""

UNSTATED = "unstated"

_FORMS = {
    "PSNR": "{:.2f} dB",
    "LR-PSNR": "{:.2f} dB",
    "SSIM": "{:.4f}",
    "colour bias": "{:+.2f} levels",
}
"""Decimals and unit of a quantity, where they are not two and none."""


@dataclass(frozen=True, kw_only=True)
class Protocol:
    """How pictures were compared.

    Args:
        shave: Pixels left out at each border; papers use the scale.
        channel: One of `CHANNELS`. A one-channel picture is compared as it is.
        kernel: How the LR pictures were made: a kernel of `srkit.image.resampling`, or
            another short word. "unstated" where the measure never saw them.

    Raises:
        ArgumentError: If `shave` is not a whole number from 0, or a word is unknown.

    Example:
        >>> str(Protocol(shave=4, kernel="bicubic"))
        'Y601s|shave4|uint8|LR=bicubic'
    """

    shave: int
    channel: str = "y"
    kernel: str = UNSTATED

    def __post_init__(self) -> None:
        if type(self.shave) is not int or self.shave < 0:
            raise ArgumentError(
                f"`shave` must be a whole number from 0. Received: {self.shave!r}"
            )
        if self.channel not in CHANNELS:
            raise ArgumentError(
                f"`channel` must be one of {', '.join(CHANNELS)}. "
                f"Received: {self.channel!r}"
            )
        if not re.fullmatch(r"[\w.,+-]+", self.kernel):
            raise ArgumentError(
                f"`kernel` must be one short word. Received: {self.kernel!r}"
            )

    def __str__(self) -> str:
        """The stamp that stands beside every figure."""
        channel = CHANNELS[self.channel]
        return f"{channel}|shave{self.shave}|uint8|LR={self.kernel}"

    @classmethod
    def parse(cls, stamp: str) -> Self:
        """Reads a stamp back, out of a CSV file for instance.

        Raises:
            ProtocolError: If `stamp` is none.
        """
        found = re.fullmatch(r"(\w+)\|shave(\d+)\|uint8\|LR=([\w.,+-]+)", stamp)
        names = {name: channel for channel, name in CHANNELS.items()}
        if found is None or found[1] not in names:
            raise ProtocolError(
                "`stamp` must look like 'Y601s|shave4|uint8|LR=bicubic'. "
                f"Received: {stamp!r}"
            )
        return cls(channel=names[found[1]], shave=int(found[2]), kernel=found[3])


class Score(float):
    """A figure with its protocol; otherwise a float.

    Two scores can be compared and subtracted only if quantity and protocol agree.
    ``f"{score:.2f}"`` is the bare number, ``str(score)`` tells all.

    Args:
        value: The figure.
        quantity: What it measures: "PSNR", "SSIM", "NIQE", ...
        protocol: How it was measured; a measure of its own kind says it in words.
    """

    quantity: str
    protocol: Protocol | str

    def __new__(cls, value: float, *, quantity: str, protocol: Protocol | str) -> Self:
        """A float that knows what it measures."""
        score = super().__new__(cls, value)
        score.quantity = quantity
        score.protocol = protocol
        return score

    @classmethod
    def mean(cls, scores: Iterable[Score]) -> Score:
        """The mean, as tables give it: of the scores, one a picture.

        Raises:
            ProtocolError: If the scores are unlike, or there are none.
        """
        scores = list(scores)
        if not scores:
            raise ProtocolError("`scores` must hold at least one. Received: none")
        for score in scores:
            scores[0]._check(score)
        return cls(fmean(scores), **scores[0].__getnewargs_ex__()[1])

    def __getnewargs_ex__(self) -> tuple[tuple[float], dict[str, Any]]:
        """What copies and pickles are made from."""
        return (float(self),), {"quantity": self.quantity, "protocol": self.protocol}

    def __str__(self) -> str:
        """Quantity, figure, unit and protocol."""
        form = _FORMS.get(self.quantity, "{:.2f}")
        return f"{self.quantity} {form.format(float(self))} [{self.protocol}]"

    __repr__ = __str__

    def __hash__(self) -> int:
        """Equal scores have equal hashes."""
        return super().__hash__()

    def __eq__(self, other: object) -> bool:
        return super().__eq__(self._check(other))

    def __ne__(self, other: object) -> bool:
        return super().__ne__(self._check(other))

    def __lt__(self, other: float) -> bool:
        return super().__lt__(self._check(other))

    def __le__(self, other: float) -> bool:
        return super().__le__(self._check(other))

    def __gt__(self, other: float) -> bool:
        return super().__gt__(self._check(other))

    def __ge__(self, other: float) -> bool:
        return super().__ge__(self._check(other))

    def __sub__(self, other: float) -> float:
        return super().__sub__(self._check(other))

    def _check(self, other: Any) -> Any:
        unlike = isinstance(other, Score) and (
            (self.quantity, self.protocol) != (other.quantity, other.protocol)
        )
        if unlike:
            raise ProtocolError(
                "Scores must be of one quantity and protocol to be compared. "
                f"Received: {self} and {other}"
            )
        return other
