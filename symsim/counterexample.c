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

struct piece {
    uint64_t address;
    size_t size;
    const unsigned char *bytes;
    int is_code;
};

@DATA@

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

static void finish(int signal, mcontext_t *m, struct fpsimd_context *fp)
{
    int differs;
    if (signal != SIGTRAP || m->pc != link_address) {
        printf("it does not return: signal %d at 0x%llx\n", signal, (unsigned long long)m->pc);
        differs = 1;
    } else if (wanted_address) {
        unsigned held = *(const unsigned char *)wanted_address;
        printf("the byte at 0x%llx is 0x%02x, the specification says 0x%02x\n", (unsigned long long)wanted_address, held,
               (unsigned)wanted);
        differs = held != wanted;
    } else if (wanted_register >= 0) {
        uint64_t held = wanted_register == 31  ? m->sp
                        : wanted_register < 31 ? m->regs[wanted_register]
                                               : (uint64_t)fp->vregs[wanted_register - 32];
        printf("the register holds 0x%llx, the specification says 0x%llx\n", (unsigned long long)held, (unsigned long long)wanted);
        differs = held != wanted;
    } else {
        puts("it returns");
        differs = 0;
    }
    fflush(stdout);
    _exit(differs);
}

static void handle(int signal, siginfo_t *info, void *context)
{
    static int running;
    mcontext_t *m = &((ucontext_t *)context)->uc_mcontext;
    (void)info;
    if (running++)
        finish(signal, m, find_fpsimd(m));
    alarm(10);
    start(m, find_fpsimd(m));
}

/* The page of an address may be there already, from another piece. */
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

int main(void)
{
    static char stack[65536];
    const stack_t alternative = {.ss_sp = stack, .ss_size = sizeof stack};
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    const int signals[] = {SIGTRAP, SIGILL, SIGSEGV, SIGBUS, SIGALRM};
    const uint32_t brk = 0xd4200000;

    for (unsigned i = 0; i < sizeof pieces / sizeof *pieces; i++) {
        map(pieces[i].address, pieces[i].size);
        memcpy((void *)pieces[i].address, pieces[i].bytes, pieces[i].size);
    }
    map(link_address, sizeof brk);
    memcpy((void *)link_address, &brk, sizeof brk);
    for (unsigned i = 0; i < sizeof pieces / sizeof *pieces; i++)
        if (pieces[i].is_code)
            make_executable(pieces[i].address, pieces[i].size);
    make_executable(link_address, sizeof brk);

    sigaltstack(&alternative, NULL);
    for (unsigned i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    __asm__ volatile("brk #0");
    return 3;
}
