"""How much memory this process may still take.

In a container the limit of its control group ends a process long before the machine's
own memory does, so both are asked, and every group around that one.

Source:
    Linux, Documentation/admin-guide/cgroup-v1/memory.rst and cgroup-v2.rst.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/")
# Of both versions: limit, what is taken, and how its statistics name what is cached.
_FILES = (
    ("memory.max", "memory.current", ("active_file", "inactive_file")),
    (
        "memory.limit_in_bytes",
        "memory.usage_in_bytes",
        ("total_active_file", "total_inactive_file"),
    ),
)


def available_bytes() -> int | None:
    """Finds what can still be taken before the system refuses, or kills for it.

    Returns:
        On Linux what is available, at most what the limits of control groups leave;
        elsewhere the whole memory of the machine, or None where nothing tells.
    """
    amounts = [_of_machine(), *(_left_in(group) for group in _groups())]
    return min((amount for amount in amounts if amount is not None), default=None)


def _of_machine() -> int | None:
    kibibytes = _table(_ROOT / "proc/meminfo").get("MemAvailable")
    if kibibytes is not None:
        return 1024 * kibibytes
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):  # Windows
        return None


def _groups() -> Iterator[Path]:
    """The control groups that this process lies in, innermost first.

    Those that a container does not show are absent; the topmost is then its own.
    """
    for line in _text(_ROOT / "proc/self/cgroup").splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        top = _ROOT / "sys/fs/cgroup" / ("memory" if controllers else "")
        group = top / path.lstrip("/")
        yield from (one for one in (group, *group.parents) if one.is_relative_to(top))


def _left_in(group: Path) -> int | None:
    """What a group may still take; files it has cached are dropped when need be."""
    for limit, taken, cached in _FILES:
        texts = [_text(group / name).strip() for name in (limit, taken)]
        if all(text.isdecimal() for text in texts):  # no limit is called "max"
            most, now = map(int, texts)
            statistics = _table(group / "memory.stat")
            now -= sum(statistics.get(name, 0) for name in cached)
            return max(0, most - max(0, now))
    return None


def _table(path: Path) -> dict[str, int]:
    """The numbers of a file that holds a name and a number in each line."""
    rows = re.findall(r"^(\w+):?\s+(\d+)", _text(path), re.MULTILINE)
    return {name: int(number) for name, number in rows}


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
