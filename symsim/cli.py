# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The command line: which commands there are, and how each of them may end.

A command is imported when it is used, so that an answer from the store takes no longer than it must.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from symsim.errors import ArmsymError

_COMMANDS = {
    **{
        name: f"symsim.commands.{name}"
        for name in ("verify", "check", "list", "coverage", "disasm", "conform", "corpus", "tui")
    },
    "repl": "symsim.repl.command",
    "serve": "symsim.serve",
}
_INTERRUPTED = 130  # what a shell reports of a program that SIGINT ended


class Armsym(click.Group):
    """The commands, each in a module of its own, and what their errors look like: one line, never a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Those whose modules are there."""
        return [name for name, module in _COMMANDS.items() if importlib.util.find_spec(module) is not None]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        command: click.Command = importlib.import_module(_COMMANDS[cmd_name]).command
        return command

    def main(self, *args: Any, **extra: Any) -> Any:
        """Run a command line, and exit."""
        sys.exit(self._status(*args, **extra))

    def _status(self, args: Sequence[str] | None = None, prog_name: str | None = None, **extra: Any) -> int:
        try:
            extra |= {"standalone_mode": False, "color": False if os.environ.get("NO_COLOR") else None}
            status = super().main(args, prog_name or "armsym", **extra)
            sys.stdout.flush()
        except click.UsageError as error:
            where = error.ctx.command_path if error.ctx is not None else "armsym"
            return _fail(f"{error.format_message()} ({where} --help tells more)", 2)
        except click.ClickException as error:
            return _fail(error.format_message(), 2)
        except ArmsymError as error:
            return _fail(str(error), error.exit_code)
        except (KeyboardInterrupt, click.Abort):
            return _fail("interrupted; what was finished is kept", _INTERRUPTED)
        except BrokenPipeError:
            # Nothing more can be written there, not even what Python still holds back.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 1
        except OSError as error:
            return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error), 2)
        except Exception as error:
            return _fail(f"internal error: {type(error).__name__}: {error} (ARMSYM_DEBUG=1 shows where)", 1)
        return status if isinstance(status, int) else 0


def _fail(message: str, status: int) -> int:
    if os.environ.get("ARMSYM_DEBUG") and sys.exc_info()[0] is not None:
        traceback.print_exc()
    print("armsym:", " ".join(message.splitlines()), file=sys.stderr)
    return status


@click.group(
    cls=Armsym,
    no_args_is_help=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(package_name="armsym", prog_name="armsym")
def main() -> None:
    """Prove that shipped AArch64 machine code computes what the standard says, and check the certificates.

    Exit status: 0 proved or agreed; 1 refuted, mismatch, or left open; 2 bad usage or bad input; 3 a target or a package
    was not available. ARMSYM_CACHE names the directory for packages, certificates and answers.
    """


if __name__ == "__main__":
    main()
