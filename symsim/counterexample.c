struct piece {
    uint64_t address;
    size_t size;
    const unsigned char *bytes;
    int is_code;
};

@DATA@

static void prepare_memory(void)
{
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
}

static int differs_at_end(int signal, mcontext_t *m, struct fpsimd_context *fp)
{
    if (signal != SIGTRAP || m->pc != link_address) {
        printf("it does not return: signal %d at 0x%llx\n", signal, (unsigned long long)m->pc);
        return 1;
    }
    if (wanted_address) {
        unsigned held = *(const unsigned char *)wanted_address;
        printf("the byte at 0x%llx is 0x%02x, the specification says 0x%02x\n", (unsigned long long)wanted_address, held,
               (unsigned)wanted);
        return held != wanted;
    }
    if (wanted_register >= 0) {
        uint64_t held = wanted_register == 31  ? m->sp
                        : wanted_register < 31 ? m->regs[wanted_register]
                                               : (uint64_t)fp->vregs[wanted_register - 32];
        printf("the register holds 0x%llx, the specification says 0x%llx\n", (unsigned long long)held, (unsigned long long)wanted);
        return held != wanted;
    }
    puts("it returns");
    return 0;
}
