/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The armsym authors */
/*
 * The batch stub: what a debugger loads into the memory of an AArch64 machine that offers nothing but a GDB remote stub.
 *
 * The debugger writes `cases` and `case_heap`, starts it at _start with the number of cases in x0 (0: prepare the memory)
 * and whether there is a Linux in x1, and reads `results`, `result_heap` and `result_heap_used` when it stops at stub_done.
 * A case ends by a branch to gate_leave behind its words. One that stops anywhere else (a fault, a branch elsewhere, a loop)
 * stops the debugger, which writes what it saw into `stopped` and lets the machine go on at gate_leave.
 *
 * TPIDR_EL0 is the one place to keep a register while an address is made: cases that touch it are not run this way.
 */
#include "batch.h"

struct {
    uint32_t seen, kind;
    uint64_t pc;
} stopped __attribute__((section(".data")));

static struct registers saved __attribute__((section(".saved"), used));
static uint8_t stack[4096] __attribute__((aligned(16), used));
static uint32_t count, on_linux;
uint32_t current;

extern uint32_t gate_branch[];
void __attribute__((noreturn)) gate_enter(const uint64_t *x);
void gate_leave(void);
void __attribute__((noreturn)) stub_finish(void);

/* SAVED + 512 is in a register, so that X lies in reach above it and V below. */
#define EACH_PAIR_OF_X(operation) \
    operation " x2, x3, [x0, #16]\n" operation " x4, x5, [x0, #32]\n" operation " x6, x7, [x0, #48]\n" \
    operation " x8, x9, [x0, #64]\n" operation " x10, x11, [x0, #80]\n" operation " x12, x13, [x0, #96]\n" \
    operation " x14, x15, [x0, #112]\n" operation " x16, x17, [x0, #128]\n" operation " x18, x19, [x0, #144]\n" \
    operation " x20, x21, [x0, #160]\n" operation " x22, x23, [x0, #176]\n" operation " x24, x25, [x0, #192]\n" \
    operation " x26, x27, [x0, #208]\n" operation " x28, x29, [x0, #224]\n"
#define EACH_PAIR_OF_V(operation) \
    operation " q0, q1, [x0, #-512]\n" operation " q2, q3, [x0, #-480]\n" operation " q4, q5, [x0, #-448]\n" \
    operation " q6, q7, [x0, #-416]\n" operation " q8, q9, [x0, #-384]\n" operation " q10, q11, [x0, #-352]\n" \
    operation " q12, q13, [x0, #-320]\n" operation " q14, q15, [x0, #-288]\n" operation " q16, q17, [x0, #-256]\n" \
    operation " q18, q19, [x0, #-224]\n" operation " q20, q21, [x0, #-192]\n" operation " q22, q23, [x0, #-160]\n" \
    operation " q24, q25, [x0, #-128]\n" operation " q26, q27, [x0, #-96]\n" operation " q28, q29, [x0, #-64]\n" \
    operation " q30, q31, [x0, #-32]\n"

__asm__(".pushsection .gate, \"awx\"\n"
        ".globl gate_enter\ngate_enter:\n" /* x0: the case's registers + 512 */
        EACH_PAIR_OF_V("ldp")
        "ldr w1, [x0, #272]\n msr nzcv, x1\n"
        "ldr w1, [x0, #276]\n msr fpcr, x1\n"
        "ldr w1, [x0, #280]\n msr fpsr, x1\n"
        "ldr x1, [x0, #248]\n mov sp, x1\n"
        EACH_PAIR_OF_X("ldp")
        "ldr x30, [x0, #240]\n"
        "ldp x0, x1, [x0]\n"
        ".globl gate_branch\ngate_branch: brk #1\n" /* becomes a branch to the case */
        ".globl gate_leave\ngate_leave:\n"
        "msr tpidr_el0, x0\n"
        "adr x0, saved + 512\n"
        "str x1, [x0, #8]\n"
        EACH_PAIR_OF_X("stp")
        "str x30, [x0, #240]\n"
        "mrs x1, tpidr_el0\n str x1, [x0]\n"
        "mov x1, sp\n str x1, [x0, #248]\n"
        "mrs x1, nzcv\n str w1, [x0, #272]\n"
        "mrs x1, fpcr\n str w1, [x0, #276]\n"
        "mrs x1, fpsr\n str w1, [x0, #280]\n"
        EACH_PAIR_OF_V("stp")
        "ldr x1, =stack + 4096\n mov sp, x1\n"
        "ldr x1, =stub_finish\n br x1\n"
        ".ltorg\n.popsection\n"
        ".globl _start\n_start:\n"
        "ldr x2, =stack + 4096\n mov sp, x2\n b stub_main\n"
        ".globl stub_stop\nstub_stop:\n"
        ".globl stub_done\nstub_done: brk #2\n");
void __attribute__((noreturn)) stub_stop(void);

static void open_code(int writable)
{
    register uint64_t x0 __asm__("x0") = CODE_BASE, x1 __asm__("x1") = CODE_SIZE;
    register uint64_t x2 __asm__("x2") = writable ? 7 : 5, x8 __asm__("x8") = 226; /* mprotect */
    if (on_linux)
        __asm__ volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x8) : "memory");
}

static uint32_t branch(uint64_t from, uint64_t to)
{
    return 0x14000000 | ((to - from) >> 2 & 0x3ffffff);
}

static uint32_t exit_word(uint64_t address)
{
    return branch(address, (uint64_t)gate_leave);
}

static void __attribute__((noreturn)) next(void)
{
    static const struct test_case nothing;
    while (current < count && forbidden(&cases[current])) {
        refuse(&cases[current], &results[current]);
        current++;
    }
    if (current == count) {
        place_code(&nothing);
        stub_stop();
    }
    const struct test_case *c = &cases[current];
    place(c);
    uint32_t word = branch((uint64_t)gate_branch, c->registers.pc);
    if (*gate_branch != word)
        write_code((uint64_t)gate_branch, word);
    stopped.seen = 0;
    gate_enter(c->registers.x);
}

void stub_finish(void)
{
    const struct test_case *c = &cases[current];
    struct result *r = &results[current];
    r->registers = saved;
    r->registers.pc = stopped.seen ? stopped.pc : c->registers.pc + 4 * c->length;
    r->registers.tpidr = c->registers.tpidr;
    r->registers.nzcv &= 0xf0000000;
    r->registers.zero = 0;
    r->kind = stopped.seen ? stopped.kind : KIND_NONE;
    r->has_address = 0;
    r->address = r->zero = 0;
    collect_memory(c, r);
    current++;
    next();
}

void __attribute__((used, noreturn)) stub_main(uint64_t cases_to_run, uint64_t linux_here)
{
    on_linux = (uint32_t)linux_here;
    if (cases_to_run == 0) {
        prepare_memory();
        stub_stop();
    }
    start_batch();
    count = (uint32_t)cases_to_run;
    current = 0;
    next();
}
