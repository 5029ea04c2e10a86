"""What every kind of source offers: frames, and what goes along with them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING

from srkit.inference.video.copies import Copies

if TYPE_CHECKING:
    from srkit.inference.video.containers import Container
    from srkit.inference.video.frames import Facts, Frame


class Footage(ABC):
    """Frames to enlarge, read once.

    Args:
        location: Where they are.
    """

    live = False
    """Whether it cannot be read a second time."""

    def __init__(self, location: str) -> None:
        self.location = location
        self.said: list[str] = []
        """What a user should know of how it was read."""

    @cached_property
    @abstractmethod
    def facts(self) -> Facts:
        """What holds for all frames."""

    @property
    @abstractmethod
    def identity(self) -> str:
        """What tells it from other footage."""

    @abstractmethod
    def frames(self) -> Iterator[Frame]:
        """All frames in the order in which they are shown."""

    def copies(self, container: Container | None) -> Copies:
        """What goes into a film beside the pictures.

        Args:
            container: Where it goes; None where it cannot go at all.
        """
        return Copies(None, None, container)

    def close(self) -> None:  # noqa: B027 - most footage has nothing to close
        """Lets go of it."""
