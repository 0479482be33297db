/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The armsym authors */
/*
 * The vector agent for AArch64 Linux: reads batches of cases on standard input, runs each once from its own state, and
 * writes the outcomes on standard output.
 *
 * Each case costs one signal. The word behind the case's own is BRK, as is the whole code area, so a case ends in a trap or
 * a fault. The handler takes the state out of the signal frame, puts the next case's in, and its return starts that case.
 * There is no C library: nothing but this file's own memory may be disturbed by what the cases do, TPIDR_EL0 included.
 */
#include "batch.h"

/* The kernel's ABI for programs. */

enum { SYS_SIGALTSTACK = 132, SYS_RT_SIGACTION = 134, SYS_SETITIMER = 103, SYS_READ = 63, SYS_WRITE = 64 };
enum { SYS_EXIT = 94, SYS_MMAP = 222, SYS_MPROTECT = 226 };
enum { SIGILL = 4, SIGTRAP = 5, SIGBUS = 7, SIGFPE = 8, SIGSEGV = 11, SIGVTALRM = 26, SIGSYS = 31 };
enum { SA_SIGINFO = 4, SA_ONSTACK = 0x08000000, BUS_ADRALN = 1, ITIMER_VIRTUAL = 1, EINTR = 4, CPUID = 1 << 11 };
enum { AT_PAGESZ = 6, AT_HWCAP = 16, AT_HWCAP2 = 26 };
enum { FPSIMD_MAGIC = 0x46508001, SVE_MAGIC = 0x53564501 };
enum { READ_WRITE = 3, READ_EXECUTE = 5, READ_WRITE_EXECUTE = 7, PRIVATE_ANONYMOUS_FIXED_NOREPLACE = 0x100022 };

struct siginfo {
    int32_t signo, error, code, pad;
    uint64_t address;
};

struct record {
    uint32_t magic, size;
};

struct fpsimd {
    struct record head;
    uint32_t fpsr, fpcr;
    uint64_t v[32][2];
};

struct context {
    uint64_t fault_address, x[31], sp, pc, pstate;
    uint8_t reserved[4096] __attribute__((aligned(16)));
};

struct ucontext {
    uint64_t flags, link, stack[3], mask[16];
    struct context mcontext;
};

static int64_t syscall6(int64_t number, int64_t a, int64_t b, int64_t c, int64_t d, int64_t e, int64_t f)
{
    register int64_t x8 __asm__("x8") = number;
    register int64_t x0 __asm__("x0") = a, x1 __asm__("x1") = b, x2 __asm__("x2") = c;
    register int64_t x3 __asm__("x3") = d, x4 __asm__("x4") = e, x5 __asm__("x5") = f;
    __asm__ volatile("svc #0" : "+r"(x0) : "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5), "r"(x8) : "memory");
    return x0;
}

#define SYSCALL(number, a, b, c, d) \
    syscall6(number, (int64_t)(a), (int64_t)(b), (int64_t)(c), (int64_t)(d), 0, 0)

static void __attribute__((noreturn)) quit(int status, const char *message)
{
    uint64_t length = 0;
    while (message[length])
        length++;
    SYSCALL(SYS_WRITE, 2, message, length, 0);
    for (;;)
        SYSCALL(SYS_EXIT, status, 0, 0, 0);
}

static void open_code(int writable)
{
    SYSCALL(SYS_MPROTECT, CODE_BASE, CODE_SIZE, writable ? READ_WRITE_EXECUTE : READ_EXECUTE, 0);
}

static uint32_t exit_word(uint64_t address)
{
    (void)address;
    return FILL_WORD;
}

/* The run of a batch. */

static uint32_t count, current;
static volatile int running;
static uint32_t current_at_last_tick;

/* Where main waits while the cases run. */
static struct context waiting;
static struct fpsimd waiting_fpsimd;

static struct fpsimd *find_fpsimd(struct context *context)
{
    struct fpsimd *found = 0;
    uint8_t *at = context->reserved;
    for (;;) {
        struct record *record = (struct record *)at;
        if (record->magic == FPSIMD_MAGIC)
            found = (struct fpsimd *)record;
        /* Ending the list here keeps QEMU from taking V from the SVE record, which is not the one written below. */
        if (record->magic == SVE_MAGIC)
            record->magic = record->size = 0;
        if (record->size == 0)
            return found;
        at += record->size;
    }
}

static enum kind kind_of(const struct test_case *c, const struct context *context, const struct siginfo *info)
{
    uint64_t offset = context->pc - c->registers.pc;
    if (offset >= 4 * c->length)
        return KIND_NONE; /* whatever happens where control landed is no part of the case */
    switch (info->signo) {
    case SIGILL:
        return KIND_UNDEFINED;
    case SIGTRAP:
        return KIND_BRK;
    case SIGSEGV:
        return KIND_MEMORY;
    case SIGBUS:
        return info->code == BUS_ADRALN ? KIND_ALIGNMENT : KIND_OTHER;
    case SIGVTALRM:
        return KIND_HUNG;
    default:
        return KIND_OTHER;
    }
}

static void take_outcome(const struct context *context, const struct fpsimd *fpsimd, const struct siginfo *info)
{
    const struct test_case *c = &cases[current];
    struct result *r = &results[current];
    memcpy(r->registers.v, fpsimd->v, sizeof fpsimd->v);
    memcpy(r->registers.x, context->x, sizeof context->x);
    r->registers.sp = context->sp;
    r->registers.pc = context->pc;
    __asm__ volatile("mrs %0, tpidr_el0" : "=r"(r->registers.tpidr));
    r->registers.nzcv = context->pstate & 0xf0000000;
    r->registers.fpcr = fpsimd->fpcr;
    r->registers.fpsr = fpsimd->fpsr;
    r->kind = kind_of(c, context, info);
    r->has_address = r->kind == KIND_MEMORY || r->kind == KIND_ALIGNMENT;
    r->address = info->address;
    collect_memory(c, r);
}

/* Makes the frame that of the next case, or of main when there is none. */
static void enter_next(struct context *context, struct fpsimd *fpsimd)
{
    while (current < count && forbidden(&cases[current])) {
        refuse(&cases[current], &results[current]);
        current++;
    }
    if (current == count) {
        running = 0;
        memcpy(context, &waiting, __builtin_offsetof(struct context, reserved));
        memcpy(fpsimd, &waiting_fpsimd, sizeof *fpsimd);
        return;
    }
    const struct test_case *c = &cases[current];
    place(c);
    memcpy(fpsimd->v, c->registers.v, sizeof fpsimd->v);
    memcpy(context->x, c->registers.x, sizeof context->x);
    context->sp = c->registers.sp;
    context->pc = c->registers.pc;
    /* NZCV of the case; BTYPE, which a branch leaves behind, zero. */
    context->pstate = (waiting.pstate & ~(uint64_t)0xf0000c00) | c->registers.nzcv;
    fpsimd->fpcr = c->registers.fpcr;
    fpsimd->fpsr = c->registers.fpsr;
    __asm__ volatile("msr tpidr_el0, %0" ::"r"(c->registers.tpidr));
}

static void on_signal(int signo, struct siginfo *info, struct ucontext *frame)
{
    struct context *context = &frame->mcontext;
    struct fpsimd *fpsimd = find_fpsimd(context);
    if (signo == SIGVTALRM && (!running || current != current_at_last_tick)) {
        current_at_last_tick = current;
        return;
    }
    if (running) {
        take_outcome(context, fpsimd, info);
        current++;
    } else if (signo == SIGTRAP) {
        running = 1;
        context->pc += 4;
        memcpy(&waiting, context, __builtin_offsetof(struct context, reserved));
        memcpy(&waiting_fpsimd, fpsimd, sizeof *fpsimd);
    } else {
        quit(4, "armsym agent: a fault of its own; a case may have overwritten it\n");
    }
    enter_next(context, fpsimd);
}

/* Two ticks of the processor's time in one case mean that it does not end; the wall clock would accuse a busy machine. */
static void tick(int64_t microseconds)
{
    int64_t interval[4] = {0, microseconds, 0, microseconds};
    SYSCALL(SYS_SETITIMER, ITIMER_VIRTUAL, interval, 0, 0);
}

static void run_batch(void)
{
    start_batch();
    current = 0;
    current_at_last_tick = MAX_BATCH;
    tick(20000);
    __asm__ volatile("brk #0" ::: "memory");
    tick(0);
}

/* Startup and the two pipes. */

static void install_handlers(void)
{
    static uint8_t stack[1 << 18] __attribute__((aligned(16)));
    static const int signals[] = {SIGILL, SIGTRAP, SIGBUS, SIGFPE, SIGSEGV, SIGVTALRM, SIGSYS};
    uint64_t stack_of_signals[3] = {(uint64_t)stack, 0, sizeof stack};
    uint64_t action[4] = {(uint64_t)on_signal, SA_SIGINFO | SA_ONSTACK, 0, ~(uint64_t)0};
    if (SYSCALL(SYS_SIGALTSTACK, stack_of_signals, 0, 0, 0) < 0)
        quit(3, "armsym agent: no stack for signals\n");
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        SYSCALL(SYS_RT_SIGACTION, signals[i], action, 0, 8);
}

static void map(uint64_t address, uint64_t size, int protection)
{
    if (syscall6(SYS_MMAP, (int64_t)address, (int64_t)size, protection, PRIVATE_ANONYMOUS_FIXED_NOREPLACE, -1, 0) !=
        (int64_t)address)
        quit(3, "armsym agent: the addresses 0x1000000000 to 0x1000043fff can't be mapped on this system\n");
}

static int read_all(void *to, uint64_t size)
{
    uint64_t got = 0;
    while (got < size) {
        int64_t n = SYSCALL(SYS_READ, 0, (uint8_t *)to + got, size - got, 0);
        if (n == -EINTR)
            continue;
        if (n <= 0)
            return 0;
        got += (uint64_t)n;
    }
    return 1;
}

static void write_all(const void *from, uint64_t size)
{
    uint64_t put = 0;
    while (put < size) {
        int64_t n = SYSCALL(SYS_WRITE, 1, (const uint8_t *)from + put, size - put, 0);
        if (n == -EINTR)
            continue;
        if (n <= 0)
            quit(0, "");
        put += (uint64_t)n;
    }
}

/* The record comes from outside: nothing in it may make the agent itself write out of bounds. */
static int well_formed(const struct test_case *c)
{
    uint64_t pc = c->registers.pc;
    return c->length >= 1 && c->length <= MAX_WORDS && pc % 4 == 0 && pc >= CODE_BASE &&
           pc <= CODE_BASE + CODE_SIZE - 4 * c->length - 4 && c->mem_at <= WINDOW_SIZE &&
           c->mem_len <= WINDOW_SIZE - c->mem_at;
}

static void serve(void)
{
    for (;;) {
        struct header header;
        if (!read_all(&header, sizeof header))
            quit(0, "");
        if (*(uint32_t *)header.magic != *(const uint32_t *)"CASE" || header.count > MAX_BATCH ||
            header.heap_size > sizeof case_heap)
            quit(2, "armsym agent: the request is of no kind that this version knows\n");
        if (!read_all(cases, header.count * sizeof *cases) || !read_all(case_heap, header.heap_size))
            quit(2, "armsym agent: the request ends early\n");
        uint64_t heap_size = 0;
        for (uint32_t i = 0; i < header.count; heap_size += cases[i++].mem_len)
            if (!well_formed(&cases[i]))
                quit(2, "armsym agent: a case does not fit the code area or the window\n");
        if (heap_size != header.heap_size)
            quit(2, "armsym agent: the heap is not as long as the cases' memory\n");
        count = header.count;
        run_batch();
        *(uint32_t *)header.magic = *(const uint32_t *)"DONE";
        header.heap_size = result_heap_used;
        write_all(&header, sizeof header);
        write_all(results, count * sizeof *results);
        write_all(result_heap, result_heap_used);
    }
}

void __attribute__((used, noreturn)) agent_main(const uint64_t *stack)
{
    struct hello hello = {.magic = "ARMSYMVA", .version = VERSION};
    const uint64_t *at = stack + 1 + stack[0] + 1; /* behind argc, argv and its null */
    while (*at++)
        ;
    for (; at[0]; at += 2) {
        if (at[0] == AT_PAGESZ)
            hello.page_size = (uint32_t)at[1];
        if (at[0] == AT_HWCAP)
            hello.hwcap = at[1];
        if (at[0] == AT_HWCAP2)
            hello.hwcap2 = at[1];
    }
    __asm__("mrs %0, dczid_el0" : "=r"(hello.dczid));
    if (hello.hwcap & CPUID)
        __asm__("mrs %0, midr_el1" : "=r"(hello.midr));
    map(CODE_BASE, CODE_SIZE, READ_EXECUTE);
    map(WINDOW_BASE, WINDOW_SIZE, READ_WRITE);
    prepare_memory();
    install_handlers();
    write_all(&hello, sizeof hello);
    serve();
    quit(0, "");
}

__asm__(".globl _start\n_start: mov x0, sp\n and sp, x0, #~15\n b agent_main\n");
