"""The bar that long work shows on a terminal."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def progress_bar(
    what: str, *, unit: str | None = None
) -> Iterator[Callable[[int, int | None], None]]:
    """Shows a bar on stderr while work lasts, where that is a terminal.

    Gives what moves it: the `progress` of srkit's functions, told how many are done and
    of how many, if that is known.

    Args:
        what: What is being done.
        unit: Of what is counted, to show how many there are a second.
    """
    from rich.console import Console
    from rich.progress import MofNCompleteColumn, Progress, TimeRemainingColumn
    from rich.text import Text

    class Rate(MofNCompleteColumn):
        """How many a second."""

        def render(self, task: Any) -> Text:
            """Empty until it is known."""
            return Text(f"{task.speed:.1f} {unit}/s" if task.speed else "")

    console = Console(stderr=True)
    bar = Progress(
        *Progress.get_default_columns()[:2],
        MofNCompleteColumn(),
        *([Rate()] if unit else []),
        TimeRemainingColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
