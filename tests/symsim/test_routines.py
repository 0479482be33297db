# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Routines of real libraries, proved; their contracts do not fit code that is nearly the same."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from isa.decode import disassemble
from kernel import replay
from kernel.certificate import write_certificate
from kernel.ops import number
from symsim.catalogue import routine
from symsim.contract import Contract
from symsim.corpus import object_spec
from symsim.errors import ArmsymError, NotAvailable
from symsim.flow import explore
from symsim.patch import with_words
from symsim.program import Program
from symsim.proofs.block_modes import inp, n
from symsim.proofs.vpaes import DECRYPTION
from symsim.proofs.vpaes_modes import ecb
from symsim.prove import RoutineProof
from symsim.witness import check_witness

BITS = 128, 192, 256
CTR = "", "_unroll12_eor3"
QUICK = ("aes_v8_set_encrypt_key_128", "gcm_gmult_v8")
SLOW = (
    *(f"aes_v8_set_{direction}_key_{bits}" for direction in ("encrypt", "decrypt") for bits in BITS),
    *(f"aes_v8_cbc_encrypt_{bits}{place}" for bits in BITS for place in ("", "_in_place")),
    *(f"aes_v8_{mode}crypt_{bits}{place}" for mode in ("ecb_en", "ecb_de", "cbc_de") for bits in BITS for place in ("", "_in_place")),
    *(f"aes_v8_ctr32_encrypt_blocks{variant}_{bits}{place}" for variant in CTR for bits in BITS for place in ("", "_in_place")),
    *(f"aes_v8_xts_{direction}crypt_{bits}{place}" for direction in ("en", "de") for bits in (128, 256) for place in ("", "_in_place")),
    "ChaCha20_ctr32",
    "ChaCha20_ctr32_in_place",
    "ChaCha20_neon",
    "ChaCha20_neon_in_place",
    "ossl_hwsm3_block_data_order",
    "gcm_init_v8",
    "gcm_ghash_v8",
    "gcm_ghash_v8_4x",
    "KeccakF1600",
    "KeccakF1600_cext",
    "KeccakF1600_int",
    "KeccakF1600_ce",
    "vpaes_encrypt_128",
    "vpaes_decrypt_256",
    *(f"vpaes_{mode}crypt_{bits}{place}" for mode in ("ecb_en", "cbc_en", "cbc_de") for bits in BITS for place in ("", "_in_place")),
    *(f"vpaes_set_{direction}_key_{bits}" for direction in ("encrypt", "decrypt") for bits in BITS),
    "SHA3_absorb_136",
    "SHA3_absorb_cext_136",
    "SHA3_squeeze_136",
    "SHA3_squeeze_136_next",
    "SHA3_squeeze_cext_136",
    "SHA3_squeeze_cext_168",
)
NEWER = "ossl_hwsm3_block_data_order", "aes_v8_ctr32_encrypt_blocks_unroll12_eor3", "SHA3_squeeze_136_next"
"""What 3.0 does not have."""
CHANGES = (
    ("aes_v8_set_encrypt_key_128", "shl v1.16b, v1.16b, #1", 0x4F0A5421),  # shl v1.16b, v1.16b, #2: round constants
    ("aes_v8_set_encrypt_key_256", "mov w12, #0xe", 0x528001AC),  # mov w12, #0xd: the number of rounds
    ("aes_v8_set_decrypt_key_128", "aesimc v1.16b, v1.16b", 0xD503201F),  # nop
    ("aes_v8_cbc_encrypt_192", "eor v16.16b, v16.16b, v5.16b", 0xD503201F),
    ("aes_v8_ecb_encrypt_128", "csel x6, xzr, x2, gt", 0xAA1F03E6),  # mov x6, xzr: the pointer stays where the input ends
    ("aes_v8_ecb_decrypt_256", "aesimc v26.16b, v26.16b", 0xD503201F),  # nop, in the fifth block of a round
    ("aes_v8_cbc_decrypt_192", "mov v6.16b, v29.16b", 0xD503201F),  # nop: the next round adds the block of the round before
    ("aes_v8_ctr32_encrypt_blocks_192", "sub w8, w8, #5", 0xD503201F),  # nop: the loop over threes counts on from too far
    ("aes_v8_ctr32_encrypt_blocks_unroll12_eor3_256", "add w22, w8, #0xb", 0x11002916),  # add w22, w8, #0xa
    ("aes_v8_xts_encrypt_128", "mov w19, #0x87", 0x528010D3),  # mov w19, #0x86: the modulus
    ("aes_v8_xts_decrypt_256", "mov v6.16b, v9.16b", 0x4EAA1D46),  # mov v6.16b, v10.16b: the last tweak but one
    ("gcm_init_v8", "movi v19.16b, #0xe1", 0x4F07E453),  # movi v19.16b, #0xe2: the modulus
    ("gcm_ghash_v8_4x", "pmull2 v6.1q, v21.2d, v6.2d", 0x0EE6E2A6),  # pmull v6.1q, v21.1d, v6.1d
    ("gcm_gmult_v8", "pmull2 v2.1q, v20.2d, v3.2d", 0x0EE3E282),  # pmull v2.1q, v20.1d, v3.1d
    ("ChaCha20_ctr32", "ror w9, w9, #0x19", 0x13896129),  # ror w9, w9, #0x18
    ("ChaCha20_ctr32_in_place", "add x28, x28, #1", 0x91000B9C),  # add x28, x28, #2: the counter
    ("ChaCha20_ctr32", "ldrb w11, [x4, x2]", 0x3862682B),  # ldrb w11, [x1, x2]: the rest
    ("ChaCha20_neon", "sli v17.4s, v4.4s, #0xc", 0x6F2B5491),  # sli v17.4s, v4.4s, #0xb
    ("ChaCha20_neon_in_place", "shl v8.4s, v7.4s, #1", 0x4F2254E8),  # shl v8.4s, v7.4s, #2: the counters of the next round
    ("vpaes_encrypt_128", "eor v0.16b, v0.16b, v3.16b", 0xD503201F),
    ("vpaes_decrypt_192", "ext v5.16b, v5.16b, v5.16b, #0xc", 0x6E0540A5),  # ext v5.16b, v5.16b, v5.16b, #8: the next rows
    ("vpaes_cbc_encrypt_128", "eor v7.16b, v7.16b, v0.16b", 0xD503201F),
    ("vpaes_cbc_decrypt_192", "mov v6.16b, v7.16b", 0xD503201F),  # nop: the iv again, for the block after the odd one
    ("vpaes_cbc_decrypt_256", "mov v6.16b, v15.16b", 0x4EAE1DC6),  # mov v6.16b, v14.16b: the first of two blocks is left at ivec
    ("vpaes_ecb_encrypt_256", "tbl v1.16b, {v8.16b}, v1.16b", 0x4E010001),  # tbl v1.16b, {v0.16b}, v1.16b: the first of two again
    ("vpaes_set_encrypt_key_192", "add w9, w9, #5", 0x11001929),  # add w9, w9, #6: the number of rounds
    ("vpaes_set_decrypt_key_256", "eor x8, x8, #0x30", 0xD503201F),  # nop: the rows of the first round key
    ("KeccakF1600_int", "ror x15, x28, #0x25", 0x93DC8F8F),  # ror x15, x28, #0x23
    ("KeccakF1600_ce", "eor v0.16b, v0.16b, v26.16b", 0x6E3A1C21),  # eor v1.16b, v1.16b, v26.16b
    ("SHA3_absorb_136", "eor x16, x16, x26", 0xD503201F),
    ("SHA3_absorb_cext_136", "eor v16.16b, v16.16b, v31.16b", 0xD503201F),
    ("SHA3_absorb_cext_136", "bl #0x690380", 0xD503201F),  # nop: no permutation
    ("SHA3_squeeze_136", "bl #0x68ff80", 0xD503201F),  # nop: no permutation
    ("SHA3_squeeze_136_next", "b.ne #0x6902e8", 0xD503201F),  # nop: none at first
    ("SHA3_squeeze_cext_136", "lsr x4, x4, #8", 0xD503201F),
    ("SHA3_squeeze_cext_136", "subs x10, x10, #8", 0xF100414A),  # subs x10, x10, #16: half of a block
    ("ossl_hwsm3_block_data_order", "rev32 v3.16b, v3.16b", 0xD503201F),
)


def contract_and_library(name: str, version: str) -> tuple[Contract, Program]:
    contract = routine(f"openssl/{name}").contract()
    try:
        return contract, Program.load(object_spec(version), contract.symbol)
    except NotAvailable as error:
        pytest.skip(str(error))


def is_proved(name: str, version: str, certificate: Path) -> bool:
    contract, library = contract_and_library(name, version)
    witness = check_witness(contract, library)
    assert witness.counterexample is None
    proved = RoutineProof(contract, library, witness.constants).prove()
    with certificate.open("wb") as out:
        write_certificate(proved.thm, {"title": contract.name}, out)
    return subprocess.run([sys.executable, str(replay.__file__), str(certificate)], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize("name", QUICK)
def test_a_routine_is_proved(name: str, tmp_path: Path) -> None:
    assert is_proved(name, "openssl-4.0.3", tmp_path / "certificate")


@pytest.mark.slow
@pytest.mark.parametrize("version", ["openssl-4.0.3", "openssl-3.0.22"])
@pytest.mark.parametrize("name", SLOW)
def test_routines_are_proved(name: str, version: str, tmp_path: Path) -> None:
    if name.startswith(NEWER) and version == "openssl-3.0.22":
        pytest.skip(f"{version} has no {name}")
    assert is_proved(name, version, tmp_path / "certificate")


def changed(library: Program, symbol: str, old: str, new: int) -> Program:
    """The library with the first such instruction of the routine changed."""
    flow = explore(library.symbol(symbol).address, library.word, library.name_of)
    place = next(a for a, word in sorted(flow.words.items()) if disassemble(word, a) == old)
    return with_words(library, {place: new})


@pytest.mark.parametrize(("name", "old", "new"), CHANGES, ids=[f"{name}: {old}" for name, old, _ in CHANGES])
def test_a_changed_instruction_is_noticed(name: str, old: str, new: int) -> None:
    contract, library = contract_and_library(name, "openssl-4.0.3")
    assert check_witness(contract, library).counterexample is None
    found = check_witness(contract, changed(library, contract.symbol, old, new)).counterexample
    assert found is not None and not found.failure.promise.startswith("it returns")


@pytest.mark.slow
@pytest.mark.parametrize(("name", "old", "new"), [change for change in CHANGES if change[0].startswith("vpaes_cbc")])
def test_a_changed_instruction_is_not_proved(name: str, old: str, new: int) -> None:
    contract, library = contract_and_library(name, "openssl-4.0.3")
    constants = check_witness(contract, library).constants
    with pytest.raises(ArmsymError):
        RoutineProof(contract, changed(library, contract.symbol, old, new), constants).prove()


@pytest.mark.parametrize("name", ["SHA3_absorb_136", "SHA3_absorb_cext_136", "SHA3_squeeze_136", "SHA3_squeeze_cext_136"])
def test_another_rate_is_refuted(name: str) -> None:
    contract, library = contract_and_library(name, "openssl-4.0.3")
    wrong = replace(contract, arguments={**contract.arguments, "x3": number(104, 64)})
    assert check_witness(contract, library).counterexample is None
    assert check_witness(wrong, library).counterexample is not None


def test_a_call_that_goes_on_is_refuted_where_it_is_not_known() -> None:
    contract, library = contract_and_library("SHA3_squeeze_136_next", "openssl-3.0.22")
    found = check_witness(contract, library).counterexample
    assert found is not None and found.failure.promise.startswith("A holds")


@pytest.mark.parametrize("version", ["openssl-4.0.3", "openssl-3.0.22", "openssl-3.5.7"])
def test_vpaes_decrypts_in_ecb_mode_an_even_number_of_blocks(version: str) -> None:
    """One block first, of an odd number, goes through _vpaes_encrypt_core: a mistake of the library, in a routine that it does not call."""
    contract = ecb(DECRYPTION, 128, inp)
    try:
        library = Program.load(object_spec(version), contract.symbol)
    except NotAvailable as error:
        pytest.skip(str(error))
    even = replace(contract, witness=contract.witness | {n: 2})
    assert check_witness(even, library).counterexample is None
    found = check_witness(contract, library).counterexample
    assert found is not None and found.failure.promise == "block j of the output is block j of the input decrypted"
