# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""CPU features by Arm's names, as a Linux kernel announces them (HWCAP) and as the ID registers hold them.

Source: Arm ARM section A2.2 (features) and D24.2 (ID registers); the numbers of the bits are Linux's ABI for programs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple


class Feature(NamedTuple):
    """A feature: its HWCAP bit (from 64: HWCAP2), and its ID register field of 4 bits from `low`, at least `least`."""

    name: str
    bit: int
    register: str
    low: int
    least: int


FEATURES = (
    Feature("FEAT_AdvSIMD", 1, "ID_AA64PFR0_EL1", 20, 0),
    Feature("FEAT_AES", 3, "ID_AA64ISAR0_EL1", 4, 1),
    Feature("FEAT_PMULL", 4, "ID_AA64ISAR0_EL1", 4, 2),
    Feature("FEAT_SHA1", 5, "ID_AA64ISAR0_EL1", 8, 1),
    Feature("FEAT_SHA256", 6, "ID_AA64ISAR0_EL1", 12, 1),
    Feature("FEAT_CRC32", 7, "ID_AA64ISAR0_EL1", 16, 1),
    Feature("FEAT_LSE", 8, "ID_AA64ISAR0_EL1", 20, 2),
    Feature("FEAT_FP16", 10, "ID_AA64PFR0_EL1", 20, 1),
    Feature("FEAT_RDM", 12, "ID_AA64ISAR0_EL1", 28, 1),
    Feature("FEAT_JSCVT", 13, "ID_AA64ISAR1_EL1", 12, 1),
    Feature("FEAT_FCMA", 14, "ID_AA64ISAR1_EL1", 16, 1),
    Feature("FEAT_LRCPC", 15, "ID_AA64ISAR1_EL1", 20, 1),
    Feature("FEAT_DPB", 16, "ID_AA64ISAR1_EL1", 0, 1),
    Feature("FEAT_SHA3", 17, "ID_AA64ISAR0_EL1", 32, 1),
    Feature("FEAT_SM3", 18, "ID_AA64ISAR0_EL1", 36, 1),
    Feature("FEAT_SM4", 19, "ID_AA64ISAR0_EL1", 40, 1),
    Feature("FEAT_DotProd", 20, "ID_AA64ISAR0_EL1", 44, 1),
    Feature("FEAT_SHA512", 21, "ID_AA64ISAR0_EL1", 12, 2),
    Feature("FEAT_SVE", 22, "ID_AA64PFR0_EL1", 32, 1),
    Feature("FEAT_FHM", 23, "ID_AA64ISAR0_EL1", 48, 1),
    Feature("FEAT_DIT", 24, "ID_AA64PFR0_EL1", 48, 1),
    Feature("FEAT_LSE2", 25, "ID_AA64MMFR2_EL1", 32, 1),
    Feature("FEAT_LRCPC2", 26, "ID_AA64ISAR1_EL1", 20, 2),
    Feature("FEAT_FlagM", 27, "ID_AA64ISAR0_EL1", 52, 1),
    Feature("FEAT_SSBS", 28, "ID_AA64PFR1_EL1", 4, 2),
    Feature("FEAT_SB", 29, "ID_AA64ISAR1_EL1", 36, 1),
    Feature("FEAT_PAuth", 30, "ID_AA64ISAR1_EL1", 4, 1),
    Feature("FEAT_DPB2", 64, "ID_AA64ISAR1_EL1", 0, 2),
    Feature("FEAT_SVE2", 65, "ID_AA64ZFR0_EL1", 0, 1),
    Feature("FEAT_FlagM2", 71, "ID_AA64ISAR0_EL1", 52, 2),
    Feature("FEAT_FRINTTS", 72, "ID_AA64ISAR1_EL1", 32, 1),
    Feature("FEAT_I8MM", 77, "ID_AA64ISAR1_EL1", 52, 1),
    Feature("FEAT_BF16", 78, "ID_AA64ISAR1_EL1", 44, 1),
    Feature("FEAT_DGH", 79, "ID_AA64ISAR1_EL1", 48, 1),
    Feature("FEAT_RNG", 80, "ID_AA64ISAR0_EL1", 60, 1),
    Feature("FEAT_BTI", 81, "ID_AA64PFR1_EL1", 0, 1),
    Feature("FEAT_MTE", 82, "ID_AA64PFR1_EL1", 8, 1),
    Feature("FEAT_SME", 87, "ID_AA64PFR1_EL1", 24, 1),
    Feature("FEAT_WFxT", 95, "ID_AA64ISAR2_EL1", 0, 2),
    Feature("FEAT_CSSC", 98, "ID_AA64ISAR2_EL1", 52, 1),
    Feature("FEAT_MOPS", 107, "ID_AA64ISAR2_EL1", 16, 1),
    Feature("FEAT_HBC", 108, "ID_AA64ISAR2_EL1", 20, 1),
)

_ABSENT = 0xF  # of the AdvSIMD field, whose zero means present


def features_of_hwcap(hwcap: int, hwcap2: int) -> frozenset[str]:
    """The features that the two words of the auxiliary vector announce.

    >>> sorted(features_of_hwcap(1 << 21 | 1 << 6, 0))
    ['FEAT_SHA256', 'FEAT_SHA512']
    """
    bits = hwcap | hwcap2 << 64
    return frozenset(feature.name for feature in FEATURES if bits >> feature.bit & 1)


def hwcap_of_id_registers(registers: Mapping[str, int]) -> tuple[int, int]:
    """The HWCAP and HWCAP2 that a kernel announces on a CPU with these ID registers; a missing one is all zero."""
    bits = 0
    for feature in FEATURES:
        if feature.register in registers:
            field = registers[feature.register] >> feature.low & 0xF
            if field >= feature.least and not (feature.register == "ID_AA64PFR0_EL1" and field == _ABSENT):
                bits |= 1 << feature.bit
    return bits & (1 << 64) - 1, bits >> 64
