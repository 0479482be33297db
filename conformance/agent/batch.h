/* SPDX-License-Identifier: Apache-2.0 */
/* Copyright The armsym authors */
/* A batch of cases and the memory they run in; everything that does not depend on how a case is entered and left. */
#ifndef ARMSYM_BATCH_H
#define ARMSYM_BATCH_H

#include "layout.h"

#define WINDOW ((uint64_t *)(uintptr_t)WINDOW_BASE)
#define WINDOW_WORDS (WINDOW_SIZE / 8)

/* Not static: a debugger writes and reads them. */
struct test_case cases[MAX_BATCH];
struct result results[MAX_BATCH];
uint8_t case_heap[MAX_BATCH * WINDOW_SIZE], result_heap[MAX_BATCH * WINDOW_SIZE];
uint32_t case_heap_used, result_heap_used;

static uint64_t background[WINDOW_WORDS];
static uint64_t before[WINDOW_WORDS]; /* the window as the running case found it */

/* The compiler calls these two by name; NOT_ITSELF keeps it from making their loops into such a call. */
#define NOT_ITSELF __asm__ volatile("" ::: "memory")

void *memcpy(void *restrict to, const void *restrict from, __SIZE_TYPE__ size)
{
    typedef uint64_t __attribute__((aligned(1), may_alias)) word;
    uint8_t *d = to;
    const uint8_t *s = from;
    for (; size >= 8; size -= 8, d += 8, s += 8) {
        *(word *)d = *(const word *)s;
        NOT_ITSELF;
    }
    for (; size; size--) {
        *d++ = *s++;
        NOT_ITSELF;
    }
    return to;
}

void *memset(void *to, int byte, __SIZE_TYPE__ size)
{
    for (uint8_t *d = to; size; size--) {
        *d++ = (uint8_t)byte;
        NOT_ITSELF;
    }
    return to;
}

/* Defined by whoever includes this: lets the code area be written, or no more; the word that ends a case at `address`. */
static void open_code(int writable);
static uint32_t exit_word(uint64_t address);

static struct test_case placed; /* whose words lie in the code area */

static void write_code(uint64_t address, uint32_t word)
{
    *(volatile uint32_t *)(uintptr_t)address = word;
    __asm__ volatile("dc cvau, %0\n dsb ish\n ic ivau, %0\n dsb ish\n isb" ::"r"(address) : "memory");
}

static void prepare_memory(void)
{
    for (uint32_t i = 0; i < WINDOW_WORDS; i++) {
        uint64_t word = (i + 1) * 0x9e3779b97f4a7c15u;
        background[i] = before[i] = WINDOW[i] = word ^ word >> 32;
    }
    open_code(1);
    for (uint64_t at = CODE_BASE; at < CODE_BASE + CODE_SIZE; at += 4)
        write_code(at, FILL_WORD);
    open_code(0);
    placed.length = 0;
}

static int is_placed(const struct test_case *c)
{
    if (c->registers.pc != placed.registers.pc || c->length != placed.length)
        return 0;
    for (uint32_t i = 0; i < c->length; i++)
        if (c->words[i] != placed.words[i])
            return 0;
    return 1;
}

static void place_code(const struct test_case *c)
{
    uint64_t old = placed.registers.pc, pc = c->registers.pc;
    if (is_placed(c))
        return;
    open_code(1);
    if (placed.length)
        for (uint32_t i = 0; i <= placed.length; i++)
            write_code(old + 4 * i, FILL_WORD);
    for (uint32_t i = 0; i < c->length; i++)
        write_code(pc + 4 * i, c->words[i]);
    if (c->length)
        write_code(pc + 4 * c->length, exit_word(pc + 4 * c->length));
    open_code(0);
    placed = *c;
}

static void start_batch(void)
{
    case_heap_used = result_heap_used = 0;
}

/* Puts the case's words and memory in their places. */
static void place(const struct test_case *c)
{
    place_code(c);
    if (c->mem_len) {
        memcpy((uint8_t *)before + c->mem_at, case_heap + case_heap_used, c->mem_len);
        memcpy((uint8_t *)WINDOW + c->mem_at, case_heap + case_heap_used, c->mem_len);
        case_heap_used += c->mem_len;
    }
}

/* Nearly every case leaves nearly all of the window as it was: eight words are compared with one branch. */
enum { LINE = 8 };

static int same_line(const uint64_t *a, const uint64_t *b)
{
    return ((a[0] ^ b[0]) | (a[1] ^ b[1]) | (a[2] ^ b[2]) | (a[3] ^ b[3]) | (a[4] ^ b[4]) | (a[5] ^ b[5]) |
            (a[6] ^ b[6]) | (a[7] ^ b[7])) == 0;
}

/* Says in the result what the case changed in the window, and makes the window the background again. */
static void collect_memory(const struct test_case *c, struct result *r)
{
    uint64_t *window = WINDOW;
    uint32_t first = 0, last = WINDOW_WORDS;
    r->run_at = r->run_len = 0;
    while (first < WINDOW_WORDS && same_line(window + first, before + first))
        first += LINE;
    while (first < WINDOW_WORDS && window[first] == before[first])
        first++;
    if (first < WINDOW_WORDS) {
        const uint8_t *now = (uint8_t *)window, *then = (uint8_t *)before;
        uint32_t low = 8 * first, high;
        while (window[last - 1] == before[last - 1])
            last--;
        high = 8 * last;
        while (now[low] == then[low])
            low++;
        while (now[high - 1] == then[high - 1])
            high--;
        r->run_at = low;
        r->run_len = high - low;
        memcpy(result_heap + result_heap_used, now + low, high - low);
        result_heap_used += high - low;
        memcpy(window + first, background + first, 8 * (last - first));
    }
    memcpy((uint8_t *)window + c->mem_at, (uint8_t *)background + c->mem_at, c->mem_len);
    memcpy((uint8_t *)before + c->mem_at, (uint8_t *)background + c->mem_at, c->mem_len);
}

/* Words that would reach past the process they run in: SVC calls the kernel, HLT #0xf000 a debugger's or QEMU's host. */
static int forbidden(const struct test_case *c)
{
    for (uint32_t i = 0; i < c->length; i++)
        if ((c->words[i] & 0xffe0001f) == 0xd4000001 || c->words[i] == 0xd45e0000)
            return 1;
    return 0;
}

static void refuse(const struct test_case *c, struct result *r)
{
    case_heap_used += c->mem_len;
    memset(r, 0, sizeof *r);
    r->registers = c->registers;
    r->kind = KIND_NOT_RUN;
}

#endif
