# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a routine promises: its arguments, the memory it may touch, what it requires, what it ensures.

A contract speaks of symbols, registers and loop heads in control-flow order, never of addresses, so that it fits other builds of the
same routine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from kernel.normal import ring
from kernel.ops import EQ, READ, number
from kernel.sorts import BV, MAX_WIDTH, MEM
from kernel.term import Term, Var, free_vars
from kernel.thm import Thm
from symsim.canonical import sum_term

MEMORY = Var("mem", MEM)
"""The memory at the start."""
SP = Var("sp", BV(64))
LR = Var("lr", BV(64))
INDEX_VARIABLE = Var("i", BV(64))
CALLEE_SAVED = (*(f"x{i}" for i in range(19, 30)), *(f"d{i}" for i in range(8, 16)))
"""What the procedure call standard preserves, besides sp; dN is the low half of vN."""


REGISTERS = frozenset((*(f"x{i}" for i in range(31)), *(f"{kind}{i}" for kind in "dv" for i in range(32)), "sp", *"nzcv"))
"""What a contract may promise something of."""


def says_what_is_held(p: Term) -> bool:
    """Whether a precondition is read(…) = t, with nothing of memory in t: it gives what memory holds by other values."""
    return p.op is EQ and p.args[0].op is READ and MEMORY not in free_vars(p.args[1])


@dataclass(frozen=True, eq=False)
class Region:
    """Memory that the routine may touch: `size` bytes from `base` on. A size that is no constant comes with a `unit`: the routine
    goes through the region in blocks of that many bytes, and, where it has a `rest`, through what is left of it byte by byte.
    ValueError where the logic has no bit vector for an area or block."""

    name: str
    base: Term
    size: Term | int
    writable: bool = False
    unit: int = 0
    rest: bool = False

    def __post_init__(self) -> None:
        most = MAX_WIDTH // 8
        if isinstance(self.size, int) and not 1 <= self.size <= most:
            raise ValueError(f"the region {self.name} has 1 to {most} bytes, not {self.size}")
        if not 0 <= self.unit <= most:
            raise ValueError(f"the region {self.name} has blocks of at most {most} bytes, not {self.unit}")

    def normal(self) -> Region:
        """The region with base and size as sums in normal form."""
        size = self.size if isinstance(self.size, int) else sum_term(ring(self.size), 64)
        return replace(self, base=sum_term(ring(self.base), 64), size=size)

    @property
    def extent(self) -> Term:
        """The size as a 64-bit term."""
        return number(self.size, 64) if isinstance(self.size, int) else self.size


@dataclass(frozen=True, eq=False)
class Grouping:
    """How code takes several values of a recursive function at a time, by an equation of their own: those of a round of its loop, and
    the last k in the groups of `groups(k)`.

    equation(size) is the one for value(i + size), of the form of the successor's: a premise about i, and what it is by value(i).
    """

    groups: Callable[[int], tuple[int, ...]]
    equation: Callable[[int], Thm]


@dataclass(frozen=True, eq=False)
class Fold:
    """What a loop computes, as a recursive function of the specification: value(i · stride) after i rounds, with its two equations.

    The `cell` is the region that holds it in the end, in the `layout` of memory; where there is none, registers hold it, or what is made
    of it, and start from the atom value(0). `unfold` are the definitions to open when code and specification are compared.
    """

    value: Callable[[Term], Term]
    zero: Thm
    successor: Thm
    counter: Term
    cell: str | None = None
    layout: Callable[[Term], Term] = lambda value: value
    unfold: tuple[Thm, ...] = ()
    stride: int = 1
    grouping: Grouping | None = None

    def after(self, rounds: Term) -> Term:
        """The number of values that so many rounds of the loop take."""
        return rounds * self.stride if self.stride != 1 else rounds


@dataclass(frozen=True, eq=False)
class Output:
    """Output of variable length: in the end, block(j) stands at base + unit · j, for every j < count.

    value(c) is the memory after c blocks, a recursive function of the specification with its two equations: the first is the memory at
    the start, the next ones have one block more, stored as the little-endian number of `unit` bytes that it is. `unfold` are the
    definitions to open when code and specification are compared. Code that meets the contract's cuts on its way is computing one of the
    next `ahead` blocks.
    """

    label: str
    base: Term
    unit: int
    count: Term
    block: Callable[[Term], Term]
    value: Callable[[Term], Term]
    zero: Thm
    successor: Thm
    counter: Term
    unfold: tuple[Thm, ...] = ()
    ahead: int = 1


@dataclass(frozen=True, eq=False)
class Loop:
    """A loop whose head is visited `count` times by one rule (what comes after these is unrolled), computing the fold: value(i) on visit
    i, and in the end value(total), which is value(count) where nothing else is said. One that tests first does not do its work on the
    last visit. One that is proved as a `whole` comes before all cases, not in each of them."""

    count: Term
    fold: Fold | None = None
    total: Term | None = None
    whole: bool = False


@dataclass(frozen=True, eq=False)
class Cuts:
    """Where the program meets the specification on its way: what equals a lane of an application of one of these constants is named by it.

    Terms then stay as large as one application. `definitions` open the constants (a round, a word of a message schedule); `lane` is
    the width in bits at which program and specification are compared. In lanes of 8 bits, what the program computes by lookups from a
    byte is replaced by that one of the `functions` ⊢ f(b) = … which has the same values.
    """

    definitions: tuple[Thm, ...]
    lane: int
    functions: tuple[Thm, ...] = ()


@dataclass(frozen=True, eq=False)
class Idiom:
    """A function of the specification that single instructions compute: its `meaning` over the `parameters`, and the definitions and
    lemmas by which it comes to what the instruction does."""

    parameters: tuple[Term, ...]
    meaning: Term
    rules: tuple[Thm, ...]


@dataclass(frozen=True, eq=False)
class Global:
    """A variable of the library that the routine reads: `size` bytes at a symbol, and what is assumed of their value."""

    symbol: str
    size: int
    assumption: Callable[[Term], Term]
    label: str
    witness: int = 0


@dataclass(frozen=True, eq=False)
class Call:
    """What a subroutine does that a routine calls, and that writes nothing to memory: with any values for the variables in its `inputs`,
    and what the `arguments` say in other registers, it leaves the `results` in registers. In results, memory is that at the start; what
    the subroutine reads must not have changed. It has `cuts` and `rules` as a contract has."""

    name: str
    inputs: Mapping[str, Term]
    arguments: Mapping[str, Term]
    results: Mapping[str, Term]
    cuts: Cuts | None = None
    rules: Callable[[], tuple[Thm, ...]] = tuple


@dataclass(frozen=True, eq=False)
class Contract:
    """A routine's contract. `loops` gives, for the heads of its loops in address order, how often they go round; the others are
    unrolled, all of it with the specification alongside where there are `cuts`. `calls` gives what the subroutines that it calls do, by
    their address order; the others are gone through wherever they are called.

    `ensures` maps labels to what holds of the final memory, `output` is what stands in a region of variable size, `results` maps
    registers (dN is the low half of vN) to what they hold in the end; `public` are the variables that an observer of addresses and
    branches may learn. `rules` are theorems f(x, …) = t to rewrite by: definitions to open, lemmas that join code and specification, for
    all x, … where these are variables, and for one application where some are not; `idioms` are functions that single instructions
    compute. `cases` are variables with values that are looked at one by one, in their order, where a branch or the final memory depends
    on one of them; a value may be a sum over others, such as quotients. `rest` is output that goes on after the first one, on the memory
    that this leaves: the bytes of a last part of a block. `witness` gives values of the variables, and of what memory holds where no
    precondition says that, under which everything required is true. `preserves` are the registers that hold in the end what they held at
    the start: others than the callee-saved ones where a routine has a convention of its own. `quotients` are variables for what `loops`
    count by and nothing else mentions, (x, k) for x // k.
    """

    name: str
    symbol: str
    summary: str
    arguments: Mapping[str, Term]
    regions: tuple[Region, ...]
    requires: Mapping[str, Term]
    ensures: Callable[[Term], Mapping[str, Term]]
    public: tuple[Term, ...]
    witness: Mapping[Term, int]
    loops: Mapping[int, Loop] = field(default_factory=dict)
    cuts: Cuts | None = None
    globals: tuple[Global, ...] = ()
    results: Mapping[str, Term] = field(default_factory=dict)
    rules: Callable[[], tuple[Thm, ...]] = tuple
    stack: int = 256
    output: Output | None = None
    rest: Output | None = None
    idioms: Callable[[], tuple[Idiom, ...]] = tuple
    cases: Mapping[Term, tuple[Term | int, ...]] = field(default_factory=dict)
    preserves: tuple[str, ...] = CALLEE_SAVED
    quotients: Mapping[Term, tuple[Term, int]] = field(default_factory=dict)
    calls: Mapping[int, Call] = field(default_factory=dict)

    @property
    def outputs(self) -> tuple[Output, ...]:
        """The outputs of variable length, one after the other."""
        return tuple(o for o in (self.output, self.rest) if o is not None)

    def __post_init__(self) -> None:
        if not callable(self.rules):
            raise TypeError(f"{self.name}: rules is a function that proves the theorems when they are needed, not the theorems")
        unknown = [n for n in (*self.results, *self.preserves) if n not in REGISTERS]
        if unknown:
            raise ValueError(f"{self.name}: no registers to promise something of: {', '.join(unknown)}")
