/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The armsym authors */
/* The address space of a case and the records of the protocol: what conformance/state.py and conformance/wire.py say. */
#ifndef ARMSYM_LAYOUT_H
#define ARMSYM_LAYOUT_H

#include <stdint.h>

#define VERSION 1
#define MAX_BATCH 256
#define MAX_WORDS 4

#define CODE_BASE 0x1000000000u
#define CODE_SIZE 0x10000u
#define FILL_WORD 0xd43ab420u /* BRK #0xd5a1 */
#define WINDOW_BASE 0x1000040000u
#define WINDOW_SIZE 0x4000u

enum kind {
    KIND_NONE,
    KIND_UNDEFINED,
    KIND_MEMORY,
    KIND_ALIGNMENT,
    KIND_SVC,
    KIND_BRK,
    KIND_OTHER,
    KIND_HUNG,
    KIND_KILLED,
    KIND_NOT_RUN
};

struct registers {
    uint64_t v[32][2];
    uint64_t x[31];
    uint64_t sp, pc, tpidr;
    uint32_t nzcv; /* in bits 31:28 */
    uint32_t fpcr, fpsr;
    uint32_t zero;
};

struct hello {
    char magic[8];
    uint32_t version, page_size;
    uint64_t hwcap, hwcap2, dczid, midr;
};

struct header {
    char magic[4];
    uint32_t count, heap_size, zero;
};

struct test_case {
    struct registers registers;
    uint32_t words[MAX_WORDS];
    uint32_t length; /* how many of the words count */
    uint32_t mem_at, mem_len; /* the bytes themselves are in the heap, in the order of the cases */
    uint32_t zero;
};

struct result {
    struct registers registers;
    uint32_t kind;
    uint32_t run_at, run_len; /* the part of the window that changed; its bytes are in the heap */
    uint32_t has_address;
    uint64_t address, zero;
};

_Static_assert(sizeof(struct registers) == 800, "REGISTERS_SIZE");
_Static_assert(sizeof(struct hello) == 48, "HELLO");
_Static_assert(sizeof(struct header) == 16, "HEADER");
_Static_assert(sizeof(struct test_case) == 832, "CASE");
_Static_assert(sizeof(struct result) == 832, "RESULT");

#endif
