# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Theorems about standards: the mechanism on small claims, then ours, true and with a mistake in them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import run

from crypto_specs import aes
from crypto_specs.aes import AES, InvMixColumns, InvSubByte, MixColumns, SubByte
from crypto_specs.defined import Defined
from kernel.ops import eq, implies, ite, number, ult
from kernel.rules import ANF, ORACLE, REFL
from kernel.sorts import BV
from kernel.term import Term, Var, substitute
from kernel.thm import KernelError
from symsim import catalogue
from symsim.blast import Falsified, blast
from symsim.errors import ArmsymError
from symsim.proofs import spec_aes, spec_aes_instructions, spec_modes
from symsim.statement import Statement
from symsim.theorem import Claim, Refuted, Theorem

pytestmark = pytest.mark.usefixtures("cache")

x, y = Var("x", BV(8)), Var("y", BV(8))
SCRIPT = """
from kernel.ops import eq
from kernel.rules import RING
from kernel.sorts import BV
from kernel.term import Var
from symsim.theorem import Claim, Theorem

x, y = Var("x", BV(8)), Var("y", BV(8))


def theorem(name, left, right):
    claim = Claim(eq(left, right), lambda: RING(left, right))
    return Theorem(name, "sums of bytes", {{"they are the same": claim}})


THEOREMS = [{theorems}]
"""


def script(directory: Path, *theorems: str) -> Path:
    path = directory / "sums.py"
    path.write_text(SCRIPT.format(theorems=", ".join(theorems)))
    return path


def claims(**proved: Claim) -> Theorem:
    return Theorem("spec/tiny", "tiny", proved)


# The mechanism


def test_a_theorem_is_proved_certified_and_known_from_then_on_for_every_object(tmp_path: Path) -> None:
    asked = script(tmp_path, 'theorem("spec/sums", x + y, y + x)')
    first = run("verify", asked, "--out", tmp_path, "--object", "no_such_file")
    assert (first.exit_code, "For all values,\n    - they are the same." in first.output) == (0, True)
    certificate = tmp_path / "spec-sums.cert"
    assert Statement.read(certificate).conclusion is eq(x + y, y + x)
    assert run("check", certificate).exit_code == 0
    second = run("verify", asked, "--out", tmp_path, "--json", "--object", "openssl-4.0.3")
    record = json.loads(second.stdout)
    assert (record["status"], record["stored"], record["object"], record["symbol"]) == ("proved", True, "", "")


def test_a_theorem_has_a_page_in_a_report(tmp_path: Path) -> None:
    asked = script(tmp_path, 'theorem("spec/sums", x + y, y + x)')
    assert run("verify", asked, "--report", tmp_path / "pages").exit_code == 0
    (page,) = (tmp_path / "pages").glob("spec-sums*.html")
    assert "they are the same" in page.read_text()


def test_a_false_theorem_is_refuted_with_values(tmp_path: Path) -> None:
    result = run("verify", script(tmp_path, 'theorem("spec/sums", x + y, x - y)'))
    assert (result.exit_code, "they are the same: it fails for x = 0x" in result.output) == (1, True)
    assert "run it again" not in result.output


def test_what_fails_for_one_value_alone_is_refuted_by_the_model_of_the_goal() -> None:
    statement = implies(eq(x, 0x5A), ult(y, x))
    with pytest.raises(Refuted, match=r"it fails for x = 0x5a, y = 0x"):
        claims(small=Claim(statement, lambda: blast(statement))).prove()


def test_a_proof_of_something_else_proves_nothing() -> None:
    statement = eq(x ^ y, y ^ x)
    for other in (lambda: REFL(x), lambda: ANF(y ^ x, x ^ y)):
        with pytest.raises(ArmsymError, match="same: the proof is of something else"):
            claims(same=Claim(statement, other)).prove()
    with pytest.raises(ArmsymError, match="the proof is of something else"):
        claims(same=Claim(statement, lambda: ORACLE("trust me", statement))).prove()


def test_a_proof_that_does_not_succeed_says_of_which_claim(tmp_path: Path) -> None:
    result = run("verify", script(tmp_path, 'theorem("spec/sums", x & y, y & x)'))  # true, but no matter of polynomials
    assert (result.exit_code, "left: they are the same: RING: the polynomials differ" in result.output) == (1, True)


@pytest.mark.parametrize(
    ("theorem", "message"),
    [
        ('theorem("mine/sums", x, x)', "'mine/sums': the names of theorems, and no others, begin with spec/"),
        ('theorem("spec/a", x, x), theorem("spec/a", y, y)', "two goals are called 'spec/a'"),
        ("1", "int among its theorems"),
    ],
)
def test_a_script_with_bad_theorems_is_bad_input(tmp_path: Path, theorem: str, message: str) -> None:
    result = run("verify", script(tmp_path, theorem))
    assert (result.exit_code, message in result.stderr) == (2, True)


def test_a_theorem_is_no_contract(tmp_path: Path) -> None:
    (asked,) = catalogue.of_script(script(tmp_path, 'theorem("spec/sums", x, x)'))
    with pytest.raises(ArmsymError, match="spec/sums is a theorem about a standard"):
        asked.contract()


def test_theorems_are_listed() -> None:
    listed = {json.loads(line)["routine"] for line in run("list", "--json").stdout.splitlines()}
    assert {"spec/aes_sbox", "spec/aes_linear", "spec/aes_256", "spec/aes_instructions", "spec/ctr_128"} <= listed


# The theorems, and statements like them that are false


@pytest.mark.parametrize(
    "theorem",
    [*spec_aes.THEOREMS, *spec_aes_instructions.THEOREMS, *spec_modes.THEOREMS],
    ids=lambda theorem: theorem.name,
)
def test_it_is_proved(theorem: Theorem) -> None:
    th = theorem.prove()
    assert not th.hyps
    statements = [claim.statement for claim in theorem.claims.values()]
    assert th.concl is statements[0] or th.concl.args == tuple(statements)


def test_another_matrix_does_not_undo_the_mixing() -> None:
    state = spec_aes.state

    def other(t: Term) -> Term:
        return aes._columns(t, (0x0E, 0x0B, 0x0D, 0x08))

    with pytest.raises(Refuted):
        claims(mixed=spec_aes.inverses(other, MixColumns)).prove()
    with pytest.raises(KernelError):
        ANF(other(MixColumns(state)), state)
    with pytest.raises(KernelError):
        ANF(InvMixColumns(InvMixColumns(MixColumns(state))), state)


def swapped() -> Defined:
    """SBox() with its entries at 0x12 and 0x13 exchanged, which is a permutation, too."""
    body = SubByte.definition.rhs
    b = spec_aes.b
    exchanged = b ^ ite(eq(b[7:1], 0x09), number(1, 8), number(0, 8))
    return Defined("SubByte_swapped", (b,), substitute(body, {b: exchanged}))


def test_two_swapped_entries_are_not_undone_by_the_inverse() -> None:
    with pytest.raises(Falsified) as caught:
        spec_aes.bytes_undone(InvSubByte, swapped())
    assert caught.value.model[spec_aes.b] in (0x12, 0x13)


def test_arms_table_is_not_the_inverse_substitution() -> None:
    with pytest.raises(Falsified):
        spec_aes_instructions.same_table(spec_aes_instructions.AES_SBOX, InvSubByte.definition)


def test_aese_does_not_mix_columns() -> None:
    state = spec_aes_instructions.v0
    wrong = spec_aes_instructions.becomes(spec_aes_instructions.AESE, MixColumns(state))
    with pytest.raises(KernelError, match="TRANS"):
        wrong.proof()


def test_decryption_with_the_keys_in_the_other_order_is_not_proved() -> None:
    small = AES[128]
    schedule = Var("schedule", small.schedule)
    with pytest.raises(KernelError):
        spec_aes.undone(small.Cipher, small.Cipher, schedule, spec_aes.FORWARD, spec_aes.BACKWARD)
    with pytest.raises(KernelError):
        spec_aes.undone(small.Cipher, small.InvCipher, schedule, spec_aes.FORWARD, spec_aes.FORWARD)


def test_without_a_bound_a_later_block_may_lie_on_an_earlier_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spec_modes, "MOST", (1 << 60) + 1)
    with pytest.raises(Falsified):
        spec_modes.kept(spec_modes.MODES[128].ctr)
