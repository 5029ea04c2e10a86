"""The command `srkit`, built on Typer.

The convention for a command `NAME`:

* it lives in `srkit/cli/NAME.py`, as one function `command` (help texts in its
  `Annotated[...]` parameters, options keyword-only), or, where it has commands of
  its own, as one `app = typer.Typer()`, where each calls `start_quietly` if it
  needs Keras;
* the module is light: typer, pathlib and `srkit.errors` at the top, everything else
  (NumPy and the rooms of srkit too) is imported inside the function, so that
  `srkit --help` stays fast;
* its docstring is prose only, since Typer prints it as the help;
* it raises `SrkitError`s and catches none: here they become one line on stderr and
  exit code 1. A batch that goes on after failures lists them at its end and raises
  `typer.Exit(1)`. Usage errors are Typer's, exit code 2.
"""

from __future__ import annotations

from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

import srkit
from srkit.cli import (
    bench,
    data,
    demo,
    doctor,
    evaluate,
    export,
    presets,
    train,
    upscale,
    video,
)
from srkit.cli.startup import start_quietly
from srkit.errors import SrkitError


class _Commands(TyperGroup):
    """The commands, and the one place where an expected error becomes a line."""

    def invoke(self, ctx: Any) -> Any:
        """Run a command; say in one line why it could not go on."""
        try:
            return super().invoke(ctx)
        except SrkitError as error:
            typer.secho(f"srkit: {error}", err=True, fg=typer.colors.RED)
            raise typer.Exit(1) from error
        except KeyboardInterrupt as error:
            typer.secho("srkit: stopped", err=True)
            raise typer.Exit(130) from error


class _Command(TyperCommand):
    """A command, which loads Keras once its arguments are found right."""

    def invoke(self, ctx: Any) -> Any:
        """Run it."""
        start_quietly()
        return super().invoke(ctx)


app = typer.Typer(
    cls=_Commands,
    name="srkit",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes would double the time of --help
)


def _print_version(*, wanted: bool) -> None:
    if wanted:
        typer.echo(f"srkit {srkit.__version__}")
        raise typer.Exit


@app.callback()
def main(
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=lambda wanted: _print_version(wanted=wanted),
            is_eager=True,
            help="Print the version and leave.",
        ),
    ] = False,
) -> None:
    """Make low-quality pictures larger and legible, and measure it honestly."""


app.command("upscale", cls=_Command)(upscale.command)
app.command("video", cls=_Command)(video.command)
app.command("train", cls=_Command)(train.command)
app.command("evaluate", cls=_Command)(evaluate.command)
app.command("export", cls=_Command)(export.command)
app.command("presets", cls=_Command)(presets.command)
app.add_typer(data.app, name="data")
app.command("bench", cls=_Command)(bench.command)
app.command("doctor", cls=_Command)(doctor.command)
app.command("demo", cls=_Command)(demo.command)
