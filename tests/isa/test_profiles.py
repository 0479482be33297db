# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""What a processor has, by the profiles and by Unicorn's models of processors."""

from __future__ import annotations

import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

import isa
from isa.dsl import REGISTRY, Undefined
from isa.profiles import FEATURES, NoSuchProfile, known_features, profile
from isa.verdict import Verdict, verdict

isa.load_all()

SAMPLES = 6
SHA512H, AESE, LDADD, SHA256H, ADD, SVE = 0xCE628020, 0x4E284820, 0xB8200020, 0x5E024020, 0x8B020020, 0x04000000


@pytest.mark.parametrize("model", ["A53", "A57", "A72"])
def test_words_outside_a_processor_are_undefined_in_unicorn(model: str) -> None:
    pytest.importorskip("unicorn")
    random, cpu = Random(model), profile(f"cortex-{model}")
    expected = {}
    for instruction in REGISTRY:
        if instruction.features and instruction.kind == "instruction":
            words = [e.sample(random) for e in instruction.encodings for _ in range(SAMPLES)]
            lacking = bool(cpu.lacks(instruction))
            expected |= {word: lacking for word in words if verdict(word) is Verdict.DEFINED}
    command = [sys.executable, str(Path(__file__).with_name("unicorn_cpu.py")), model, *map(hex, expected)]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    found = dict(zip(expected, [bit == "1" for bit in answer], strict=True))
    assert {hex(word) for word in expected if found[word] != expected[word]} == set()
    assert 20 < sum(expected.values()) < len(expected) - 20


@pytest.mark.parametrize(
    ("spec", "has", "lacks"),
    [
        ("cortex-a72", [ADD, AESE, SHA256H], [LDADD, SHA512H, SVE]),
        ("cortex-a72+nocrypto", [ADD], [AESE, SHA256H, LDADD]),
        ("Cortex-A72+SHA512+lse", [SHA512H, LDADD], [SVE]),
        ("neoverse-n1", [LDADD, AESE], [SHA512H, SVE]),
        ("neoverse-v1+nosve+noaes", [SHA512H], [SVE, AESE]),
        ("armv8-a", [ADD], [AESE, LDADD]),
        ("armv8.1-a", [LDADD], [AESE]),
        ("apple-m1", [SHA512H, LDADD], [SVE]),
        ("max", [ADD, AESE, SHA256H, LDADD, SHA512H, SVE], []),
    ],
)
def test_what_profiles_have(spec: str, has: list[int], lacks: list[int]) -> None:
    cpu = profile(spec)
    for word in has:
        cpu.check(word)
    for word in lacks:
        with pytest.raises(Undefined, match=r"needs FEAT_\w+, which .* lacks"):
            cpu.check(word)


def test_versions_of_the_architecture_grow() -> None:
    for major, minors in ((8, ["", *(f".{n}" for n in range(1, 10))]), (9, ["", ".2"])):
        versions = [FEATURES[f"armv{major}{minor}-a"] for minor in minors]
        assert all(older < younger for older, younger in pairwise(versions))


def test_every_feature_that_a_class_needs_can_be_added_and_removed() -> None:
    for feature in known_features():
        name = feature.removeprefix("FEAT_").lower()
        assert feature in profile(f"armv8-a+{name}").features
        assert feature not in profile(f"max+no{name}").features


@pytest.mark.parametrize(
    "spec", ["", "cortex-a27", "cortex-a72+", "cortex-a72+aess", "cortex-a72+no", "max+nonothing", "+aes"]
)
def test_what_is_no_profile(spec: str) -> None:
    with pytest.raises(NoSuchProfile, match="there is"):
        profile(spec)
