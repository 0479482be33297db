# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Whether a word has a meaning, told from its decoding alone, without terms."""

from __future__ import annotations

from enum import StrEnum
from typing import NoReturn

from isa.decode import Decoded, decode
from isa.dsl import Undefined, Unpredictable, Unsupported
from isa.machine import Machine


class Verdict(StrEnum):
    """What the semantics say about a word."""

    DEFINED = "defined"
    UNDEFINED = "undefined"
    UNPREDICTABLE = "unpredictable"
    UNSUPPORTED = "unsupported"


class _ExecutedError(Exception):
    """The instruction's function is past its decoding: it has touched the machine."""


def _executed(*_: object, **__: object) -> NoReturn:
    raise _ExecutedError


class _Untouchable(Machine):
    """A machine that ends the execution when it is first touched."""

    get = set = access = require = BranchTo = BranchIf = _executed
    PC = property(_executed)


_UNTOUCHABLE = _Untouchable()


def verdict_of(decoded: Decoded | None) -> Verdict:
    """The verdict on a decoded word. UNSUPPORTED where no class has it.

    As in the manual, whose decode comes before its execute, a function raises what it raises before it touches the machine.
    """
    if decoded is None:
        return Verdict.UNSUPPORTED
    try:
        decoded.instruction.execute(decoded.fields, _UNTOUCHABLE)
    except Undefined:
        return Verdict.UNDEFINED
    except Unpredictable:
        return Verdict.UNPREDICTABLE
    except Unsupported:
        return Verdict.UNSUPPORTED
    except _ExecutedError:
        pass
    return Verdict.DEFINED


def verdict(word: int) -> Verdict:
    """The verdict on a 32-bit word: DEFINED exactly if `isa.meaning.meaning` does not raise."""
    return verdict_of(decode(word))
