# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""VEX as terms: its operations against arithmetic, and words that are compared with it because P-code has no opinion."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import PackageNotFoundError
from random import Random

import pytest

from conformance import second_opinion, vex
from conformance.equality import GaveUp
from conformance.pcode import NoOpinion
from conformance.second_opinion import ADDRESS, Status, judge
from conformance.vex_operations import operation
from isa.decode import decode
from kernel.evaluate import evaluate
from kernel.ops import mask, number, signed
from kernel.sorts import BV
from kernel.term import Term, Var, free_vars

A, B = Var("a", BV(128)), Var("b", BV(128))


def of_lanes(value: int, size: int, sign: bool = False) -> list[int]:
    found = [value >> at & mask(size) for at in range(0, 128, size)]
    return [signed(x, size) for x in found] if sign else found


def clamped(x: int, size: int, sign: bool) -> int:
    low, high = (-(1 << size - 1), (1 << size - 1) - 1) if sign else (0, mask(size))
    return max(low, min(high, x))


def moved(x: int, by: int, rounded: bool) -> int:
    by = signed(by & 0xFF, 8)
    return x << by if by >= 0 else x + (1 << -by - 1 if rounded else 0) >> -by


EACH: dict[str, tuple[int, bool, Callable[[int, int], int]]] = {
    "Add8x16": (8, False, lambda a, b: a + b),
    "Sub32x4": (32, False, lambda a, b: a - b),
    "CmpGT16Sx8": (16, True, lambda a, b: -(a > b)),
    "CmpGT8Ux16": (8, False, lambda a, b: -(a > b)),
    "Max32Sx4": (32, True, max),
    "Min16Ux8": (16, False, min),
    "QAdd8Sx16": (8, True, lambda a, b: clamped(a + b, 8, True)),
    "QSub16Ux8": (16, False, lambda a, b: clamped(a - b, 16, False)),
    "QAddExtSUsatUU8x16": (8, False, lambda a, b: clamped(signed(a, 8) + b, 8, False)),
    "QDMulHi16Sx8": (16, True, lambda a, b: clamped(2 * a * b >> 16, 16, True)),
    "QRDMulHi32Sx4": (32, True, lambda a, b: clamped(2 * a * b + (1 << 31) >> 32, 32, True)),
    "Sh8Sx16": (8, True, lambda a, b: moved(a, b, False)),
    "Sh64Ux2": (64, False, lambda a, b: moved(a, b, False)),
    "Rsh16Sx8": (16, True, lambda a, b: moved(a, b, True)),
    "Rsh8Ux16": (8, False, lambda a, b: moved(a, b, True)),
}


def values(random: Random, size: int) -> int:
    edges = [0, 1, mask(size), 1 << size - 1, (1 << size - 1) - 1, random.getrandbits(size), 0xF8 & mask(size), 3]
    return sum(random.choice(edges) << at for at in range(0, 128, size))


def result(name: str, **known: int) -> int:
    function = operation(name)
    assert function is not None
    variables = {"a": A, "b": B}
    term: Term = function(*[variables[n] if n in variables else number(v, 8) for n, v in known.items()])
    return evaluate(term, {variables[n]: v for n, v in known.items() if n in variables})


@pytest.mark.parametrize("name", EACH)
def test_operations_on_lanes(name: str) -> None:
    size, sign, function = EACH[name]
    random = Random(name)
    for _ in range(20):
        a, b = values(random, size), values(random, size)
        pairs = zip(of_lanes(a, size, sign), of_lanes(b, size, sign), strict=True)
        expected = [function(x, y) & mask(size) for x, y in pairs]
        assert of_lanes(result(name, a=a, b=b), size) == expected, (hex(a), hex(b))


@pytest.mark.parametrize(("name", "sign", "rounded"), [("QandSQsh16x8", True, False), ("QandUQRsh8x16", False, True)])
def test_saturating_shifts(name: str, sign: bool, rounded: bool) -> None:
    size, random = (16 if sign else 8), Random(name)
    function = operation(name)
    assert function is not None
    term = function(A, B)[127:0]
    others = dict.fromkeys(free_vars(term) - {A, B}, 0)
    for _ in range(20):
        a, b = values(random, size), values(random, size)
        pairs = zip(of_lanes(a, size, sign), of_lanes(b, size), strict=True)
        expected = [clamped(moved(x, y, rounded), size, sign) & mask(size) for x, y in pairs]
        assert of_lanes(evaluate(term, {**others, A: a, B: b}), size) == expected, (hex(a), hex(b))


def test_movements_of_lanes() -> None:
    a, b = 0x1F1E1D1C1B1A19181716151413121110, 0x0F0E0D0C0B0A09080706050403020100
    assert result("InterleaveLO64x2", a=a, b=b) == 0x17161514131211100706050403020100
    assert result("InterleaveHI32x4", a=a, b=b) == 0x1F1E1D1C0F0E0D0C1B1A19180B0A0908
    assert result("CatEvenLanes32x4", a=a, b=b) == 0x1B1A1918131211100B0A090803020100
    assert result("CatOddLanes16x8", a=a, b=b) == 0x1F1E1B1A171613120F0E0B0A07060302
    assert result("SliceV128", a=a, b=b, places=5) == 0x14131211100F0E0D0C0B0A0908070605
    assert result("Reverse8sIn32_x4", a=a) == 0x1C1D1E1F18191A1B1415161710111213
    assert result("Reverse1sIn8_x16", a=1) == 0x80
    assert result("ZeroHI96ofV128", a=a) == 0x13121110
    assert result("Perm8x16", a=b, b=0x0F) == 0x0F


def test_unknown_operations_have_no_meaning() -> None:
    assert operation("RecipEst32Ux4") is None
    assert operation("Add64F0x2") is None


# Words


@pytest.fixture
def pyvex() -> None:
    for package in ("pypcode", "pyvex"):
        pytest.importorskip(package, reason=f"the Python package {package} is not installed")


def opinion(word: int) -> second_opinion.Opinion:
    decoded = decode(word)
    assert decoded is not None
    return judge(decoded.instruction.name, word)


@pytest.mark.usefixtures("pyvex")
@pytest.mark.parametrize(
    "word",
    [
        0x6E200820,  # rev32 v0.16b, v1.16b
        0x4E020020,  # tbl v0.16b, {v1.16b}, v2.16b
        0x6E024020,  # ext v0.16b, v1.16b, v2.16b, #8
        0x4F0C2420,  # srshr v0.8h, v1.8h, #4
        0x0F0C9C20,  # sqrshrn v0.8b, v1.8h, #4
        0x4EA2B420,  # sqdmulh v0.4s, v1.4s, v2.4s
        0x6E222C20,  # uqsub v0.16b, v1.16b, v2.16b
        0x2E62C020,  # umull v0.4s, v1.4h, v2.4h
        0x0E22E020,  # pmull v0.8h, v1.8b, v2.8b
    ],
)
def test_words_on_which_vex_agrees(word: int) -> None:
    found = opinion(word)
    assert (found.status, found.by, found.differs) == (Status.EQUAL, "VEX", {}), found.text


@pytest.mark.usefixtures("pyvex")
def test_a_wrong_lane_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    word, right = 0x6E024020, second_opinion.ours
    monkeypatch.setattr(second_opinion, "ours", lambda *of: right(*of) | {"v0": right(*of)["v0"] ^ 1 << 77})
    found = opinion(word)
    assert (found.status, list(found.differs), found.passes) == (Status.DIFFERS, ["v0"], False)


@pytest.mark.usefixtures("pyvex")
@pytest.mark.parametrize(
    ("word", "why"),
    [
        (0x4E284820, "statement Dirty"),  # aese
        (0xCE628020, "does not know the word"),  # sha512h
        (0xAB020020, "sets flags"),  # adds
        (0xD50B7420, "system instructions"),  # dc zva
        (0x0EA1C820, "RecipEst32Ux4"),  # urecpe
    ],
)
def test_words_on_which_vex_has_no_opinion(word: int, why: str) -> None:
    with pytest.raises(NoOpinion, match=why):
        vex.changes(word, ADDRESS)


@pytest.mark.usefixtures("pyvex")
def test_what_the_solver_gives_up_is_no_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    def give_up(*_: object, **__: object) -> None:
        raise GaveUp

    monkeypatch.setattr(second_opinion, "counterexample", give_up)
    found = opinion(0x4E020020)
    assert (found.status, found.by) == (Status.NO_OPINION, "P-code")
    assert "gives up on VEX's" in found.why


@pytest.mark.usefixtures("pyvex")
def test_without_pyvex_p_code_is_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> str:
        raise PackageNotFoundError(name)

    monkeypatch.setattr(vex, "package_version", absent)
    vex.version.cache_clear()
    found = opinion(0x4E020020)
    vex.version.cache_clear()
    assert (found.status, found.by) == (Status.NO_OPINION, "P-code")
    assert "a64_TBL" in found.why
