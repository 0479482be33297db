# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A case as a C program (see symsim/from_state.py): it runs the words and compares with what the semantics say.

    cc -o test test.c && ./test

It ends with status 0 if the machine does what the semantics say, and with 1 after printing what differs.
"""

from __future__ import annotations

from conformance.state import CODE_BASE, CODE_SIZE, FILL_WORD, WINDOW_BASE, WINDOW_SIZE, Case, Outcome, State
from isa.decode import disassemble
from symsim.from_state import c_program, c_state

PARTS = r"""
static unsigned char *const window = (unsigned char *)WINDOW_BASE;
static unsigned char expected_window[WINDOW_SIZE];
static int differences;

static void prepare_memory(void)
{
    uint32_t *code = (uint32_t *)CODE_BASE;

    map(CODE_BASE, CODE_SIZE);
    for (unsigned i = 0; i < CODE_SIZE / 4; i++)
        code[i] = FILL_WORD;
    memcpy((void *)before.pc, words, sizeof words);
    make_executable(CODE_BASE, CODE_SIZE);

    map(WINDOW_BASE, WINDOW_SIZE);
    for (uint64_t i = 0; i < WINDOW_SIZE / 8; i++) {
        uint64_t word = (i + 1) * 0x9e3779b97f4a7c15;
        ((uint64_t *)window)[i] = word ^ word >> 32;
    }
    memcpy(window + memory_at, memory, memory_size);
    memcpy(expected_window, window, WINDOW_SIZE);
    memcpy(expected_window + memory_after_at, memory_after, memory_after_size);
}

static void compare(const char *name, int number, uint64_t is, uint64_t should)
{
    if (is != should) {
        printf("%s%.*d is 0x%llx, the semantics say 0x%llx\n", name, number < 0 ? 0 : 1, number < 0 ? 0 : number,
               (unsigned long long)is, (unsigned long long)should);
        differences++;
    }
}

static const char *kind_of(int signal)
{
    switch (signal) {
    case SIGILL: return "UNDEFINED";
    case SIGSEGV: return "MEMORY";
    case SIGBUS: return "ALIGNMENT";
    case SIGTRAP: return "BRK";
    default: return "HUNG";
    }
}

static int differs_at_end(int signal, mcontext_t *m, struct fpsimd_context *fp)
{
    int inside = m->pc - before.pc < sizeof words;
    const char *kind = inside ? kind_of(signal) : "NONE";
    if (strcmp(kind, expected_kind)) {
        printf("it ends with %s, the semantics say %s\n", kind, expected_kind);
        differences++;
    } else if (strcmp(kind, "HUNG")) {
        compare("pc", -1, m->pc, after.pc);
    }
    if (!inside && !differences) {
        for (int i = 0; i < 31; i++)
            compare("x", i, m->regs[i], after.x[i]);
        compare("sp", -1, m->sp, after.sp);
        compare("nzcv", -1, m->pstate >> 28 & 15, after.nzcv >> 28);
        for (int i = 0; i < 32; i++) {
            compare("low half of v", i, (uint64_t)fp->vregs[i], after.v[i][0]);
            compare("high half of v", i, (uint64_t)(fp->vregs[i] >> 64), after.v[i][1]);
        }
        compare("fpcr", -1, fp->fpcr, after.fpcr);
        compare("fpsr", -1, fp->fpsr, after.fpsr);
        for (int i = 0; i < WINDOW_SIZE; i++)
            compare("byte of the window ", i, window[i], expected_window[i]);
    }
    puts(differences ? "the machine and the semantics differ" : "the machine does what the semantics say");
    return differences != 0;
}
"""


def c_test(case: Case, ours: Outcome) -> str:
    """The C program that runs the case and compares with our outcome."""
    pc = case.state["pc"]
    about = [f"{word:08x}  {disassemble(word, pc + 4 * i)}" for i, word in enumerate(case.words)]
    data = [
        *(f"#define {name} {value:#x}" for name, value in _ADDRESSES.items()),
        f"static const uint32_t words[] = {{{', '.join(map(hex, case.words))}}};",
        *(c_state(name, s, s["pc"], s["nzcv"]) for name, s in (("before", case.state), ("after", ours.state))),
        f'static const char expected_kind[] = "{ours.fault.kind.name}";',
        *_memory("memory", case.state),
        *_memory("memory_after", ours.state),
    ]
    return c_program(about, *data, PARTS)


_ADDRESSES = {
    "CODE_BASE": CODE_BASE,
    "CODE_SIZE": CODE_SIZE,
    "FILL_WORD": FILL_WORD,
    "WINDOW_BASE": WINDOW_BASE,
    "WINDOW_SIZE": WINDOW_SIZE,
}


def _memory(name: str, state: State) -> list[str]:
    content = ", ".join(map(hex, state.mem)) or "0"
    return [
        f"static const unsigned {name}_at = {state.mem_at:#x}, {name}_size = {len(state.mem)};",
        f"static const unsigned char {name}[] = {{{content}}};",
    ]
