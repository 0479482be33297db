# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Arm's shared functions for products of elements, and the second factor of the vector and by-element forms."""

from __future__ import annotations

from isa.asl import ASR, LSL, Elem, Elems
from isa.asl_vector import Int, NarrowElements, Saturated, SignedSatQ
from isa.encoding import Fields
from isa.machine import Machine
from kernel.ops import eq, ite, mask, number, sext
from kernel.term import Term

ELEMENT = "<V(vm)>.<E>[<index>]"
BY_ELEMENT = {"vm": "Rm + (size == 2) * (M << 4)", "index": "(-1, H:L:M, H:L)[size]"}
"""How a by-element form writes the element: its register is Rm, or M:Rm for words."""


def is_by_element(f: Fields) -> bool:
    """Whether the second factor is one element, chosen by H, L and M."""
    return "H" in f


def IsMultiplied(f: Fields) -> bool:
    """Whether elements of this size are multiplied: not doublewords, and bytes not by one element."""
    return f.size in ((1, 2) if is_by_element(f) else (0, 1, 2))


def IndexedElement(f: Fields, m: Machine) -> Term:
    """The second factor of a by-element form, a halfword or a word."""
    if f.size == 1:
        return Elem(m.V[f.Rm], f.H << 2 | f.L << 1 | f.M, 16)
    return Elem(m.V[f.M << 4 | f.Rm], f.H << 1 | f.L, 32)


def Multipliers(f: Fields, m: Machine, datasize: int) -> list[Term]:
    """The second factors: the elements of V[Rm], or one of its elements for all."""
    esize = 8 << f.size
    return [IndexedElement(f, m)] * (datasize // esize) if is_by_element(f) else Elems(m.V[f.Rm, datasize], esize)


def LongMultipliers(f: Fields, m: Machine) -> list[Term]:
    """The second factors of a long form: the elements in a half of V[Rm], or one of its elements for all."""
    if not is_by_element(f):
        return NarrowElements(f, m, f.Rm)
    return [IndexedElement(f, m)] * len(NarrowElements(f, m, f.Rn))


def LongProduct(a: Term, b: Term, *, unsigned: bool) -> Term:
    """The product of two elements, in twice their width."""
    return Int(a, 2 * a.width, unsigned=unsigned) * Int(b, 2 * b.width, unsigned=unsigned)


def BothLeast(a: Term, b: Term) -> Term:
    """Both signed elements are the most negative number: the only ones whose doubled product overflows."""
    least = 1 << (a.width - 1)
    return eq(a, least) & eq(b, least)


def DoublingProduct(a: Term, b: Term) -> Saturated:
    """The doubled product of two signed elements, in twice their width."""
    overflow, width = BothLeast(a, b), 2 * a.width
    return ite(overflow, number(mask(width - 1), width), LSL(LongProduct(a, b, unsigned=False), 1)), overflow


def DoublingHigh(a: Term, b: Term, *, rounding: bool) -> Saturated:
    """The upper half of the doubled product of two signed elements."""
    overflow, width = BothLeast(a, b), a.width
    product = LongProduct(a, b, unsigned=False)
    if rounding:
        product = product + (1 << (width - 2))
    return ite(overflow, number(mask(width - 1), width), product[2 * width - 2 : width - 1]), overflow


def DoublingHighAccumulate(d: Term, a: Term, b: Term, *, subtract: bool) -> Saturated:
    """d, taken as the upper half of a number, plus or minus the doubled product of a and b, rounded to the upper half.

    Everything is halved, so that twice the width of the elements is enough.
    """
    width = d.width
    accumulator, product = LSL(sext(d, 2 * width), width - 1), LongProduct(a, b, unsigned=False)
    total = (accumulator - product if subtract else accumulator + product) + (1 << (width - 2))
    return SignedSatQ(ASR(total, width - 1), width)
