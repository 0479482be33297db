# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Constants that the standards take from the digits of roots of primes, computed."""

from __future__ import annotations

from collections.abc import Iterable
from math import isqrt


def primes(count: int) -> list[int]:
    """The first primes."""
    found: list[int] = []
    n = 2
    while len(found) < count:
        if all(n % p for p in found):
            found.append(n)
        n += 1
    return found


def cube_root_fraction(n: int, bits: int) -> int:
    """The first bits of the fractional part of the cube root of n."""
    target, root = n << 3 * bits, 0
    for k in range(bits + 8, -1, -1):
        if (root + (1 << k)) ** 3 <= target:
            root += 1 << k
    return root & ((1 << bits) - 1)


def square_root_fraction(n: int, bits: int) -> int:
    """The first bits of the fractional part of the square root of n."""
    return isqrt(n << 2 * bits) & ((1 << bits) - 1)


def string(words: Iterable[int], width: int) -> int:
    """Words of that width in bits as one string, the first word most significant."""
    value = 0
    for w in words:
        value = value << width | w
    return value
