# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The machine that an instruction's function acts on: views of the state's components, under the manual's names.

Everything that is read or assigned is a kernel term. A machine stands for one execution of one instruction: it starts from the
components of a state and collects the changes.
"""

from __future__ import annotations

from collections.abc import Sequence

from isa.state import EVENTS, INDEX, VARIABLES, allowed
from kernel.ops import app, concat, conj, eq, ite, number, read, write, zext
from kernel.sorts import BV, TRACE
from kernel.term import Term, TermError

Value = Term | int


class _X:
    """X[n] and X[n, width]: general registers, 31 is the zero register. Writing a W register clears the upper half."""

    def __init__(self, m: Machine) -> None:
        self._m = m

    def __getitem__(self, key: int | tuple[int, int]) -> Term:
        n, width = key if isinstance(key, tuple) else (key, 64)
        return number(0, width) if n == 31 else low(self._m.get(f"x{n}"), width)

    def __setitem__(self, key: int | tuple[int, int], value: Value) -> None:
        n, width = key if isinstance(key, tuple) else (key, 64)
        value = sized(value, width)
        if n != 31:
            self._m.set(f"x{n}", zext(value, 64))


class _SP:
    """SP[width]: the stack pointer; writing WSP clears the upper half."""

    def __init__(self, m: Machine) -> None:
        self._m = m

    def __getitem__(self, width: int) -> Term:
        return low(self._m.get("sp"), width)

    def __setitem__(self, width: int, value: Value) -> None:
        self._m.set("sp", zext(sized(value, width), 64))


class _XSP:
    """XSP[n] and XSP[n, width]: general registers where the manual reads 31 as the stack pointer."""

    def __init__(self, m: Machine) -> None:
        self._m = m

    def __getitem__(self, key: int | tuple[int, int]) -> Term:
        n, width = key if isinstance(key, tuple) else (key, 64)
        return self._m.SP[width] if n == 31 else self._m.X[n, width]

    def __setitem__(self, key: int | tuple[int, int], value: Value) -> None:
        n, width = key if isinstance(key, tuple) else (key, 64)
        if n == 31:
            self._m.SP[width] = value
        else:
            self._m.X[n, width] = value


class _V:
    """V[n] and V[n, width]: vector registers; width 8, 16, 32, 64 or 128 is the B, H, S, D or Q view. Writing a part clears
    the rest."""

    def __init__(self, m: Machine) -> None:
        self._m = m

    def __getitem__(self, key: int | tuple[int, int]) -> Term:
        n, width = key if isinstance(key, tuple) else (key, 128)
        return low(self._m.get(f"v{n}"), width)

    def __setitem__(self, key: int | tuple[int, int], value: Value) -> None:
        n, width = key if isinstance(key, tuple) else (key, 128)
        self._m.set(f"v{n}", zext(sized(value, width), 128))


class _Mem:
    """Mem[address, size]: `size` bytes, little-endian. Each access goes into the trace, and must be allowed for the state to stay
    safe."""

    def __init__(self, m: Machine) -> None:
        self._m = m

    def __getitem__(self, key: tuple[Term, int]) -> Term:
        address, size = key
        self._m.access(address, size, write=False)
        return read(self._m.get("mem"), address, size)

    def __setitem__(self, key: tuple[Term, int], value: Value) -> None:
        address, size = key
        self._m.access(address, size, write=True)
        self._m.set("mem", write(self._m.get("mem"), address, sized(value, 8 * size)))


class Machine:
    """One execution of one instruction.

    `X`, `SP`, `XSP` (31 is SP), `V`, `Mem`, `NZCV` and `PC` are the manual's; other components go by `get` and `set`. After the
    function has run, `changes()` has the components that it assigned; the pc moves on by 4 unless it branched.
    """

    def __init__(self, components: Sequence[Term] = VARIABLES) -> None:
        self._start = tuple(components)
        self._now = list(components)
        self._branched = False
        self.X = _X(self)
        self.SP = _SP(self)
        self.XSP = _XSP(self)
        self.V = _V(self)
        self.Mem = _Mem(self)

    def get(self, name: str) -> Term:
        """The present value of a component."""
        return self._now[INDEX[name]]

    def set(self, name: str, value: Term) -> None:
        """Assign a component; TermError where the sorts differ."""
        i = INDEX[name]
        if value.sort is not self._now[i].sort:
            raise TermError(f"{name} has sort {self._now[i].sort}, not {value.sort}")
        self._now[i] = value

    @property
    def PC(self) -> Term:
        """The address of this instruction (64 bits)."""
        return self._start[INDEX["pc"]]

    @property
    def NZCV(self) -> tuple[Term, Term, Term, Term]:
        """The flags, one bit each."""
        return self.get("n"), self.get("z"), self.get("c"), self.get("v")

    @NZCV.setter
    def NZCV(self, flags: tuple[Term, Term, Term, Term] | Term) -> None:
        """Assign the flags, from four bits or from one 4-bit value."""
        bits = (flags[3], flags[2], flags[1], flags[0]) if isinstance(flags, Term) else flags
        for name, bit in zip("nzcv", bits, strict=True):
            self.set(name, bit)

    def access(self, address: Term, size: int, *, write: bool) -> None:
        """Note an access of `size` bytes in trace and safe, without doing it."""
        self._log("write" if write else "read", address, size)
        self.require(allowed(self.get("policy"), address, number(size, 64), write))

    def require(self, condition: Term) -> None:
        """Make the state unsafe where the condition fails (the processor would take an exception, or leave the policy)."""
        self.set("safe", conj(self.get("safe"), condition))

    def CheckSPAlignment(self) -> None:
        """An access through a stack pointer that is not a multiple of 16 faults."""
        self.require(eq(self.get("sp")[3:0], 0))

    def BranchTo(self, target: Term, *, indirect: bool = False) -> None:
        """Go on at the target. An indirect branch shows its target in the trace."""
        self._branched = True
        if indirect:
            self._log("branch", target)
        self.set("pc", target)

    def BranchIf(self, condition: Term, target: Term) -> None:
        """Go on at the target where the condition holds, otherwise at the next instruction; the trace shows which."""
        self._branched = True
        pc = ite(condition, target, self.PC + 4)
        self._log("branch", pc)
        self.set("pc", pc)

    def ask(self, register: int) -> Term:
        """Read a system register whose value the program does not determine (64 bits), given the number that encodes it.

        The trace shows the question; of the answer nothing is known.
        """
        self._log("question", number(register, 64))
        return app("answer", BV(64), self.get("trace"))

    def draw(self, register: int) -> tuple[Term, Term]:
        """Read a register of random numbers: whether none could be had (1 bit), which all may know, and the number (64 bits)."""
        failed = self.ask(register)[0]
        return failed, app("random", BV(64), self.get("trace"), self.get("mem"))

    def _log(self, event: str, address: Term, size: int = 0) -> None:
        entry = number(EVENTS[event], 2), number(size, 64), address
        self.set("trace", app("log", TRACE, self.get("trace"), *entry))

    def changes(self) -> dict[int, Term]:
        """The components that the instruction changed, by index, the pc among them."""
        if not self._branched:
            self.set("pc", self.PC + 4)
            self._branched = True
        pairs = enumerate(zip(self._start, self._now, strict=True))
        return {i: new for i, (old, new) in pairs if new is not old}


def low(value: Term, width: int) -> Term:
    """The low `width` bits."""
    return value if value.width == width else value[width - 1 : 0]


def sized(value: Value, width: int) -> Term:
    """The value as a term of exactly that width; ints are constants, other widths are a TermError."""
    if isinstance(value, int):
        return number(value, width)
    if value.width != width:
        raise TermError(f"expected {width} bits, got {value.width}")
    return value


def joined(elements: Sequence[Term]) -> Term:
    """A vector from its elements, element 0 least significant."""
    return concat(*reversed(elements))
