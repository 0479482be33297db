# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The substitution tables of AES and SM4, as the manual prints them, and as constants of the logic.

A table is a defined constant and not a tree inside every term: a prover may keep it opaque, and unfolds it only where
two different tables meet.
"""

from __future__ import annotations

from kernel.ops import app, eq, ite, number
from kernel.sorts import BV
from kernel.term import Term, Var
from kernel.theory import DEFINE
from kernel.thm import Thm

BYTE = BV(8)

AES_TABLE = bytes.fromhex("""
    637c777b f26b6fc5 3001672b fed7ab76 ca82c97d fa5947f0 add4a2af 9ca472c0
    b7fd9326 363ff7cc 34a5e5f1 71d83115 04c723c3 1896059a 071280e2 eb27b275
    09832c1a 1b6e5aa0 523bd6b3 29e32f84 53d100ed 20fcb15b 6acbbe39 4a4c58cf
    d0efaafb 434d3385 45f9027f 503c9fa8 51a3408f 929d38f5 bcb6da21 10fff3d2
    cd0c13ec 5f974417 c4a77e3d 645d1973 60814fdc 222a9088 46eeb814 de5e0bdb
    e0323a0a 4906245c c2d3ac62 9195e479 e7c8376d 8dd54ea9 6c56f4ea 657aae08
    ba78252e 1ca6b4c6 e8dd741f 4bbd8b8a 703eb566 4803f60e 613557b9 86c11d9e
    e1f89811 69d98e94 9b1e87e9 ce5528df 8ca1890d bfe64268 41992d0f b054bb16
""")

AES_INVERSE_TABLE = bytes.fromhex("""
    52096ad5 3036a538 bf40a39e 81f3d7fb 7ce33982 9b2fff87 348e4344 c4dee9cb
    547b9432 a6c2233d ee4c950b 42fac34e 082ea166 28d924b2 765ba249 6d8bd125
    72f8f664 86689816 d4a45ccc 5d65b692 6c704850 fdedb9da 5e154657 a78d9d84
    90d8ab00 8cbcd30a f7e45805 b8b34506 d02c1e8f ca3f0f02 c1afbd03 01138a6b
    3a911141 4f67dcea 97f2cfce f0b4e673 96ac7422 e7ad3585 e2f937e8 1c75df6e
    47f11a71 1d29c589 6fb7620e aa18be1b fc563e4b c6d27920 9adbc0fe 78cd5af4
    1fdda833 8807c731 b1121059 2780ec5f 60517fa9 19b54a0d 2de57a9f 93c99cef
    a0e03b4d ae2af5b0 c8ebbb3c 83539961 172b047e ba77d626 e1691463 55210c7d
""")

SM4_TABLE = bytes.fromhex("""
    d690e9fe cce13db7 16b614c2 28fb2c05 2b679a76 2abe04c3 aa441326 49860699
    9c4250f4 91ef987a 33540b43 edcfac62 e4b31ca9 c908e895 80df94fa 758f3fa6
    4707a7fc f37317ba 83593c19 e6854fa8 686b81b2 7164da8b f8eb0f4b 70569d35
    1e240e5e 6358d1a2 25227c3b 01217887 d4004657 9fd32752 4c3602e7 a0c4c89e
    eabf8ad2 40c738b5 a3f7f2ce f96115a1 e0ae5da4 9b341a55 ad933230 f58cb1e3
    1df6e22e 8266ca60 c02923ab 0d534e6f d5db3745 defd8e2f 03ff6a72 6d6c5b51
    8d1baf92 bbddbc7f 11d95c41 1f105ad8 0ac13188 a5cd7bbd 2d74d012 b8e5b4b0
    8969974a 0c96777e 65b9f109 c56ec684 18f07dec 3adc4d20 79ee5f3e d7cb3948
""")


def _define_table(name: str, table: bytes) -> Thm:
    """⊢ name(x) = the entry of the table at x: a balanced tree that decides on bit 7 first."""
    x = Var("x", BYTE)
    level = [number(entry, 8) for entry in table]
    for i in range(8):
        one = eq(x[i], 1)
        level = [ite(one, odd, even) for even, odd in zip(level[0::2], level[1::2], strict=True)]
    return DEFINE(name, (x,), level[0])


AES_SBOX = _define_table("AESSbox", AES_TABLE)
AES_INVERSE_SBOX = _define_table("AESInvSbox", AES_INVERSE_TABLE)
SM4_SBOX = _define_table("SM4Sbox", SM4_TABLE)


def AESSbox(x: Term) -> Term:
    """The entry of AES's table at a byte."""
    return app("AESSbox", BYTE, x)


def AESInvSbox(x: Term) -> Term:
    """The entry of AES's inverse table at a byte."""
    return app("AESInvSbox", BYTE, x)


def Sbox(x: Term) -> Term:
    """The entry of SM4's table at a byte; the manual has no longer name for it."""
    return app("SM4Sbox", BYTE, x)
