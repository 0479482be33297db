# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Processors as sets of features: a word that needs a feature which the processor lacks is UNDEFINED there.

A profile is named like GCC's -mcpu and -march: a processor, a version of the architecture or `max` for every feature,
followed by changes such as `+nocrypto` or `+sha3`: `cortex-a72+nocrypto` is the one of the Raspberry Pi 4.

Sources: Arm ARM A2.2 (which version of the architecture has which feature), the processors' Technical Reference Manuals.
Hints are no matter of features: a processor takes those that it does not know as NOP.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from functools import cache

import isa
from isa.decode import decode
from isa.dsl import REGISTRY, InstructionClass, Undefined

CRYPTO = frozenset({"FEAT_AES", "FEAT_PMULL", "FEAT_SHA1", "FEAT_SHA256"})
HASHES = frozenset({"FEAT_SHA512", "FEAT_SHA3"})
CHINESE = frozenset({"FEAT_SM3", "FEAT_SM4"})
HALF = frozenset({"FEAT_FP16", "FEAT_FHM"})

V8_0: frozenset[str] = frozenset()
V8_1 = V8_0 | {"FEAT_CRC32", "FEAT_LSE", "FEAT_RDM", "FEAT_LOR"}
V8_2 = V8_1 | {"FEAT_DPB"}
V8_3 = V8_2 | {"FEAT_PAuth", "FEAT_LRCPC", "FEAT_JSCVT", "FEAT_FCMA"}
V8_4 = V8_3 | {"FEAT_FlagM", "FEAT_LRCPC2", "FEAT_LSE2", "FEAT_DotProd", "FEAT_DIT"}
V8_5 = V8_4 | {"FEAT_FlagM2", "FEAT_SB", "FEAT_SSBS", "FEAT_BTI", "FEAT_FRINTTS", "FEAT_DPB2"}
V8_6 = V8_5 | {"FEAT_I8MM", "FEAT_BF16"}
V8_7 = V8_6 | {"FEAT_WFxT", "FEAT_XS"}
V8_8 = V8_7 | {"FEAT_MOPS", "FEAT_HBC"}
V8_9 = V8_8 | {"FEAT_CSSC"}
V9 = frozenset({"FEAT_SVE", "FEAT_SVE2"}) | HALF

_CORTEX_A53 = V8_0 | {"FEAT_CRC32"} | CRYPTO
_CORTEX_A55 = V8_2 | {"FEAT_FP16", "FEAT_DotProd", "FEAT_LRCPC"} | CRYPTO
_CORTEX_A76 = _CORTEX_A55 | {"FEAT_SSBS"}
_NEOVERSE_V1 = V8_4 | HALF | CRYPTO | HASHES | CHINESE | {"FEAT_SVE", "FEAT_SSBS", "FEAT_I8MM", "FEAT_BF16", "FEAT_RNG"}
_NEOVERSE_N2 = V8_5 | V9 | CRYPTO | HASHES | CHINESE | {"FEAT_I8MM", "FEAT_BF16", "FEAT_RNG", "FEAT_MTE"}
_CORTEX_A710 = V8_5 | V9 | CRYPTO | HASHES | CHINESE | {"FEAT_I8MM", "FEAT_BF16", "FEAT_MTE"}
_APPLE_M1 = (V8_5 | HALF | CRYPTO | HASHES) - {"FEAT_BTI"}

FEATURES: dict[str, frozenset[str]] = {
    "armv8-a": V8_0,
    "armv8.1-a": V8_1,
    "armv8.2-a": V8_2,
    "armv8.3-a": V8_3,
    "armv8.4-a": V8_4,
    "armv8.5-a": V8_5,
    "armv8.6-a": V8_6,
    "armv8.7-a": V8_7,
    "armv8.8-a": V8_8,
    "armv8.9-a": V8_9,
    "armv9-a": V8_5 | V9,
    "armv9.2-a": V8_7 | V9,
    "cortex-a35": _CORTEX_A53,
    "cortex-a53": _CORTEX_A53,
    "cortex-a57": _CORTEX_A53,
    "cortex-a72": _CORTEX_A53,
    "cortex-a73": _CORTEX_A53,
    "cortex-a55": _CORTEX_A55,
    "cortex-a75": _CORTEX_A55,
    "cortex-a76": _CORTEX_A76,
    "cortex-a77": _CORTEX_A76,
    "cortex-a78": _CORTEX_A76,
    "cortex-a710": _CORTEX_A710,
    "neoverse-n1": _CORTEX_A76,
    "neoverse-v1": _NEOVERSE_V1,
    "neoverse-n2": _NEOVERSE_N2,
    "neoverse-v2": _NEOVERSE_N2,
    "a64fx": V8_2 | CRYPTO | {"FEAT_FP16", "FEAT_FCMA", "FEAT_SVE"},
    "apple-m1": _APPLE_M1,
    "apple-m2": _APPLE_M1 | {"FEAT_BTI", "FEAT_I8MM", "FEAT_BF16"},
}
"""The features of each processor and version, cryptography included where the processor is sold with it. What a version only
permits is added by name. There are others, which concern no word that has a class."""

GROUPS = {
    "crypto": CRYPTO,
    "sm4": CHINESE,
    "sha2": frozenset({"FEAT_SHA256"}),
    "aes": frozenset({"FEAT_AES", "FEAT_PMULL"}),
}
"""What a change means that is no single feature's name."""


class NoSuchProfile(Exception):
    """No profile is called so, or no feature in a change; the message says what there is."""


@dataclass(frozen=True)
class Profile:
    """A processor: its name, and its features by Arm's names (`max` has every one)."""

    name: str
    features: frozenset[str]

    def lacks(self, instruction: InstructionClass) -> list[str]:
        """The features that a class of instructions needs and the processor does not have."""
        return sorted(set(instruction.features) - self.features)

    def check(self, word: int) -> None:
        """Raise Undefined, naming the feature, if the word is an instruction that the processor does not have."""
        decoded = decode(word)
        if decoded is not None and (missing := self.lacks(decoded.instruction)):
            raise Undefined(f"{decoded.instruction.name} needs {' and '.join(missing)}, which {self.name} lacks")


@cache
def known_features() -> frozenset[str]:
    """Every feature that some class needs or some processor has."""
    isa.load_all()
    return frozenset(f for c in REGISTRY for f in c.features).union(*FEATURES.values())


def profile(spec: str) -> Profile:
    """The profile of that name, changes included. Raises NoSuchProfile.

    >>> profile("cortex-a72+nocrypto").features
    frozenset({'FEAT_CRC32'})
    """
    base, *changes = spec.lower().split("+")
    if base == "max":
        features = known_features()
    elif base in FEATURES:
        features = FEATURES[base]
    else:
        near = difflib.get_close_matches(base, FEATURES, 3) or list(FEATURES)
        raise NoSuchProfile(f"no processor is called {base!r}; there is max, {', '.join(near)}")
    for change in changes:
        added = _named(change)
        features = features | added if added else features - (_named(change.removeprefix("no")) or _unknown(change))
    return Profile(spec, features)


def _named(name: str) -> frozenset[str]:
    """The features that a change speaks of; none if there are none of that name."""
    single = frozenset(feature for feature in known_features() if feature.lower() == f"feat_{name}")
    return GROUPS.get(name, frozenset()) | single


def _unknown(change: str) -> frozenset[str]:
    names = sorted([*GROUPS, *(feature.removeprefix("FEAT_").lower() for feature in known_features())])
    near = difflib.get_close_matches(change.removeprefix("no"), names, 3) or names
    raise NoSuchProfile(f"no feature is called {change!r}; there is {', '.join(near)}, and each with `no` in front")
