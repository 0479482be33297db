/*
@ABOUT@

   cc -o test test.c && ./test
*/
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

/* The page of an address may be there already, from another part. */
static void map(uint64_t address, size_t size)
{
    uint64_t page = sysconf(_SC_PAGESIZE);
    for (uint64_t at = address & -page; at < address + size; at += page) {
        unsigned char present;
        if (mincore((void *)at, page, &present) == 0)
            continue;
        if (mmap((void *)at, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != (void *)at) {
            perror("mmap");
            exit(3);
        }
    }
}

static void make_executable(uint64_t address, size_t size)
{
    uint64_t page = sysconf(_SC_PAGESIZE), first = address & -page;
    __builtin___clear_cache((char *)address, (char *)address + size);
    if (mprotect((void *)first, address + size - first, PROT_READ | PROT_EXEC)) {
        perror("mprotect");
        exit(3);
    }
}

@PARTS@

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

/* The first signal is ours: its handler returns into the state. The second one is the end. */
static void handle(int signal, siginfo_t *info, void *context)
{
    static int running;
    mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
    (void)info;
    if (running++) {
        int differs = differs_at_end(signal, m, find_fpsimd(m));
        fflush(stdout);
        _exit(differs);
    }
    alarm(5);
    start(m, find_fpsimd(m));
}

int main(void)
{
    static char stack[65536];
    const stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    const int signals[] = {SIGTRAP, SIGILL, SIGSEGV, SIGBUS, SIGALRM};

    prepare_memory();
    sigaltstack(&alternative, NULL);
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    __asm__ volatile("brk #0");
    return 3;
}
