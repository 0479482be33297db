# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""A case as a C program for AArch64 Linux that needs nothing but a C compiler: it runs the words and compares.

    cc -o test test.c && ./test

It ends with status 0 if the machine does what the semantics say, and with 1 after printing what differs. TPIDR_EL0,
which the C library needs, stays as it is.
"""

from __future__ import annotations

from conformance.state import CODE_BASE, CODE_SIZE, FILL_WORD, WINDOW_BASE, WINDOW_SIZE, Case, Outcome, State
from isa.decode import disassemble

PROGRAM = r"""
#define _GNU_SOURCE
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>

struct state {
    uint64_t x[31], sp, pc;
    uint64_t v[32][2];
    uint32_t nzcv, fpcr, fpsr;
};

@DATA@
static unsigned char *const window = (unsigned char *)WINDOW_BASE;
static unsigned char expected_window[WINDOW_SIZE];
static int differences;

static void compare(const char *name, int number, uint64_t is, uint64_t should)
{
    if (is != should) {
        printf("%s%.*d is 0x%llx, the semantics say 0x%llx\n", name, number < 0 ? 0 : 1, number < 0 ? 0 : number,
               (unsigned long long)is, (unsigned long long)should);
        differences++;
    }
}

static struct fpsimd_context *find_fpsimd(mcontext_t *m)
{
    struct _aarch64_ctx *record = (struct _aarch64_ctx *)m->__reserved;
    while (record->magic != FPSIMD_MAGIC)
        record = (struct _aarch64_ctx *)((char *)record + record->size);
    return (struct fpsimd_context *)record;
}

static void start(mcontext_t *m, struct fpsimd_context *fp)
{
    memcpy(m->regs, before.x, sizeof before.x);
    m->sp = before.sp;
    m->pc = before.pc;
    m->pstate = (m->pstate & 0xfffffff) | before.nzcv;
    memcpy(fp->vregs, before.v, sizeof before.v);
    fp->fpcr = before.fpcr;
    fp->fpsr = before.fpsr;
    /* What follows may hold the vectors again, as SVE's; without it these count. */
    memset((char *)fp + fp->head.size, 0, sizeof(struct _aarch64_ctx));
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

static void finish(int signal, mcontext_t *m, struct fpsimd_context *fp)
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
    fflush(stdout);
    _exit(differences != 0);
}

static void handle(int signal, siginfo_t *info, void *context)
{
    static int running;
    mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
    (void)info;
    if (running++)
        finish(signal, m, find_fpsimd(m));
    alarm(2);
    start(m, find_fpsimd(m));
}

static void map(uint64_t base, size_t size)
{
    void *at = mmap((void *)base, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (at != (void *)base) {
        perror("mmap");
        exit(3);
    }
}

int main(void)
{
    static char stack[65536];
    const stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    const int signals[] = {SIGTRAP, SIGILL, SIGSEGV, SIGBUS, SIGALRM};
    uint32_t *code = (uint32_t *)CODE_BASE;

    map(CODE_BASE, CODE_SIZE);
    for (unsigned i = 0; i < CODE_SIZE / 4; i++)
        code[i] = FILL_WORD;
    memcpy((void *)before.pc, words, sizeof words);
    __builtin___clear_cache((char *)code, (char *)code + CODE_SIZE);
    mprotect(code, CODE_SIZE, PROT_READ | PROT_EXEC);

    map(WINDOW_BASE, WINDOW_SIZE);
    for (uint64_t i = 0; i < WINDOW_SIZE / 8; i++) {
        uint64_t word = (i + 1) * 0x9e3779b97f4a7c15;
        ((uint64_t *)window)[i] = word ^ word >> 32;
    }
    memcpy(window + memory_at, memory, memory_size);
    memcpy(expected_window, window, WINDOW_SIZE);
    memcpy(expected_window + memory_after_at, memory_after, memory_after_size);

    sigaltstack(&alternative, NULL);
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    __asm__ volatile("brk #0");
    return 3;
}
"""


def c_test(case: Case, ours: Outcome) -> str:
    """The C program that runs the case and compares with our outcome."""
    pc = case.state["pc"]
    comment = [f"    {word:08x}  {disassemble(word, pc + 4 * i)}" for i, word in enumerate(case.words)]
    data = [
        *(f"#define {name} {value:#x}" for name, value in _ADDRESSES.items()),
        f"static const uint32_t words[] = {{{', '.join(map(hex, case.words))}}};",
        _state("before", case.state),
        _state("after", ours.state),
        f'static const char expected_kind[] = "{ours.fault.kind.name}";',
        *_memory("memory", case.state),
        *_memory("memory_after", ours.state),
    ]
    return "/*\n" + "\n".join(comment) + "\n*/" + PROGRAM.replace("@DATA@", "\n".join(data))


_ADDRESSES = {
    "CODE_BASE": CODE_BASE,
    "CODE_SIZE": CODE_SIZE,
    "FILL_WORD": FILL_WORD,
    "WINDOW_BASE": WINDOW_BASE,
    "WINDOW_SIZE": WINDOW_SIZE,
}


def _state(name: str, state: State) -> str:
    general = ", ".join(hex(state[f"x{i}"]) for i in range(31))
    halves = (divmod(state[f"v{i}"], 1 << 64) for i in range(32))
    vectors = ", ".join(f"{{{low:#x}, {high:#x}}}" for high, low in halves)
    return f"""static const struct state {name} = {{
    .x = {{{general}}},
    .sp = {state["sp"]:#x}, .pc = {state["pc"]:#x},
    .nzcv = {state["nzcv"] << 28:#x}, .fpcr = {state["fpcr"]:#x}, .fpsr = {state["fpsr"]:#x},
    .v = {{{vectors}}},
}};"""


def _memory(name: str, state: State) -> list[str]:
    content = ", ".join(map(hex, state.mem)) or "0"
    return [
        f"static const unsigned {name}_at = {state.mem_at:#x}, {name}_size = {len(state.mem)};",
        f"static const unsigned char {name}[] = {{{content}}};",
    ]
