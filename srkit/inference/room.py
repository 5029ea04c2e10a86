"""Whether a result fits the memory that is left, found out before the work."""

from __future__ import annotations

from srkit.errors import MemoryBudgetError
from srkit.memory import available_bytes

_GIB = 2**30


def check_room(shape: tuple[int, int, int], bytes_each: int) -> None:
    """Refuses a result that would exhaust the memory.

    Args:
        shape: Height, width and channels of the largest picture on the way.
        bytes_each: Bytes held at once for each of its values.

    Raises:
        MemoryBudgetError: If less than that is available.
    """
    height, width, channels = shape
    needed = height * width * channels * bytes_each
    available = available_bytes()
    if available is not None and needed > available:
        raise MemoryBudgetError(
            f"A picture of {width}x{height} needs about {needed / _GIB:.1f} GiB of "
            f"memory. Received: {available / _GIB:.1f} GiB available. "
            "Choose a smaller `scale` or `width`, or cut the picture."
        )
