// SPDX-License-Identifier: Apache-2.0
// Copyright The armsym authors
//
// void differ(uint32_t *seen, const uint8_t *a, const uint8_t *b, size_t n)
//
// Adds to *seen the bits in which two strings of n bytes differ, as one compares authentication tags: in a time that tells
// nothing about the bytes. Beside each instruction is its word.

        .text
        .global differ
        .type   differ, %function
differ:                                 //          x0 seen, x1 a, x2 b, x3 n
        ldr     w4, [x0]                // b9400004
1:      ldrb    w5, [x1], #1            // 38401425
        ldrb    w6, [x2], #1            // 38401446
        eor     w5, w5, w6              // 4a0600a5
        orr     w4, w4, w5              // 2a050084
        subs    x3, x3, #1              // f1000463
        b.ne    1b                      // 54ffff61
        str     w4, [x0]                // b9000004
        ret                             // d65f03c0
        .size   differ, . - differ
