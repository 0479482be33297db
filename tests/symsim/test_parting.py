# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Traces and their data flow; where code and contract part; counterexamples as C programs and as cases."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from differ_accounts import EXAMPLES, object_file
from tiny_routines import GOOD, TEXT, contract, program

from conformance.case_file import read_case
from conformance.conform import main_replay
from isa.decode import disassemble
from kernel.sorts import BV
from kernel.term import Var
from symsim import catalogue
from symsim.contract import Contract
from symsim.corpus import object_spec
from symsim.counterexample import Counterexample
from symsim.counterexample_c import c_test
from symsim.errors import BadInput, NotAvailable
from symsim.intermediate import Intermediates
from symsim.judge import Judge
from symsim.parting import Parting
from symsim.patch import with_words
from symsim.program import Program
from symsim.proofs.sha256 import SHA256
from symsim.refute import Search, search
from symsim.trace import Tracer, ancestors, flow, uses
from symsim.witness import check_witness

LOAD, XOR, STORE, RET = GOOD
CROSS, QEMU = shutil.which("aarch64-linux-gnu-gcc"), shutil.which("qemu-aarch64")


def found_in(code: Program, of: Contract) -> Counterexample:
    """The counterexample, with the place where the two part."""
    witness = check_witness(of, code)
    found = witness.counterexample or search(of, code, witness.constants, 16)
    assert found is not None
    return found.located(code, of)


def parted(*code: str | int) -> Parting:
    found = found_in(program(*code), contract()).parting
    assert found is not None
    return found


# Traces


def test_an_instructions_results_have_their_sources() -> None:
    assert uses(0xCA020063)["x3"].data == {"x2", "x3"}  # eor x3, x3, x2
    load = uses(0xF8410C23)  # ldr x3, [x1, #0x10]!
    assert (load["x3"].data, load["x3"].addresses, load["x3"].is_loaded) == (set(), {"x1"}, True)
    assert (load["x1"].data, load["x1"].is_loaded) == ({"x1"}, False)
    store = uses(0xF9000003)["mem"]  # str x3, [x0]
    assert (store.data, store.addresses) == ({"x3"}, {"x0"})
    assert uses(0xB4000043)["pc"].data == {"x3"}  # cbz x3, #8
    assert "pc" not in uses(0x14000001) and uses(0xD503201F) == {}  # b #4; nop


def test_a_trace_has_each_step_with_what_it_wrote_and_where_that_came_from() -> None:
    code = program(LOAD, XOR, "str x3, [sp, #-0x10]!", "ldr x3, [sp], #0x10", STORE, RET)
    judge = Judge(contract(), code)
    start = Search(contract(), code, ()).pair(0)[0]
    tracer = Tracer(code)
    run = tracer.run(start.state, judge.entry)
    assert [step.address for step in run.steps] == [TEXT + 4 * k for k in range(6)]
    assert run.steps[2].written == {"sp": start.state.components["sp"] - 16}
    assert run.steps[1].written["x3"] == run.steps[3].written["x3"] != run.steps[0].written["x3"]
    made = flow(run.steps, str, lambda address: "memory")
    way = ancestors(made.origins, [(4, "mem")])
    assert way == {(4, "mem"), (3, "x3"), (2, "mem"), (1, "x3"), (0, "x3")}  # through the stack, without sp
    assert made.origins[0, "x3"].inputs == {"memory"} and made.origins[1, "x3"].inputs == {"x2"}
    moment = tracer.moment(run, 4, judge.entry)
    [write] = run.steps[4].accesses
    assert moment.registers["x3"] == run.steps[1].written["x3"]
    assert moment.memory == ((write.address, run.outcome.before.bytes_at(write.address, 8)),)


# Intermediates


def test_values_of_a_specification_are_found_in_either_order_of_bytes_and_in_lanes() -> None:
    x, y = Var("x", BV(32)), Var("y", BV(32))
    known = Intermediates()
    known.add((x + y) ^ 0x5A5A5A5A, {x: 0x12345678, y: 0x0BADCAFE}, "mine")
    total = 0x12345678 + 0x0BADCAFE
    assert known.of(total, 32) == known.of(int.from_bytes(total.to_bytes(4, "little"), "big"), 32) == "mine"
    assert known.of(total << 32 | total, 64) == "mine"
    assert known.of(total + 1, 32) is None and known.of(total << 32 | 7 << 20, 64) is None
    assert known.of(0, 32) is None and known.of(0xFFFFFFFF, 32) is None  # these say nothing


# Where the two part


def test_the_wrong_instruction_of_a_few_is_named() -> None:
    found = parted(LOAD, "orr x3, x3, x2", STORE, RET)
    assert (found.address, found.text) == (TEXT + 4, "orr x3, x3, x2")
    assert [row.step for row in found.rows] == [1, 2, 3] and found.rows[found.row].address == found.address


def test_a_wrong_specification_parts_at_the_first_result_that_is_large_enough_to_tell(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.py"
    script = (EXAMPLES / "differ.py").read_text().replace("previous | here", "previous ^ here")
    wrong.write_text(script.replace('"differences"', '"differences_by_xor"'))
    (tmp_path / "differ.o").write_bytes(object_file("differ"))
    found = found_in(Program.load(str(tmp_path / "differ.o"), "differ"), catalogue.of_script(wrong)[0].contract())
    assert found.parting is not None and found.parting.text == "orr w4, w4, w5"  # bytes before it are met by chance


def test_an_access_outside_is_where_it_is_made() -> None:
    found = parted(LOAD, XOR, STORE, "ldr x4, [x1, #0x10]", RET)
    assert (found.address, found.why) == (TEXT + 12, "it is the first access outside the regions")
    found = parted(LOAD, XOR, STORE, "str x3, [x0, #8]", RET)
    assert found.address == TEXT + 12 and "last to write" in found.why


def test_a_register_that_is_lost_is_where_it_was_written_last() -> None:
    found = parted("mov x19, x3", LOAD, XOR, STORE, RET)
    assert (found.address, found.text) == (TEXT, "mov x19, x3") and "last to write x19" in found.why


def test_a_run_that_faults_parts_where_it_ends() -> None:
    found = parted(LOAD, "mov x4, #0", "str x3, [x4]", RET)
    assert (found.address, found.step) == (TEXT + 8, 3) and "the run ends there" in found.why


def test_two_runs_part_where_an_observer_sees_it() -> None:
    secret_address = parted(LOAD, "and x4, x3, #8", "ldrb w4, [x1, x4]", XOR, STORE, RET)
    assert secret_address.address == TEXT + 8 and secret_address.against == "other secrets"
    row = secret_address.rows[secret_address.row]
    assert row.here != row.there and "read" in row.here
    secret_branch = parted(LOAD, "and x4, x3, #8", "cbz x4, #8", "nop", XOR, STORE, RET)
    assert secret_branch.address == TEXT + 8 and "another way" in secret_branch.why


def test_a_loop_without_an_end_has_no_place() -> None:
    assert found_in(program("b #0"), contract()).parting is None


def test_the_wrong_round_of_a_hash_is_found_among_240_steps() -> None:
    try:
        code = Program.load(object_spec("openssl-4.0.3"), "sha256_block_armv8")
    except NotAvailable as error:
        pytest.skip(str(error))
    place = code.symbol("sha256_block_armv8").address + 0x80
    assert disassemble(code.word(place), place) == "sha256h q0, q1, v16.4s"
    found = found_in(with_words(code, {place: 0x5E104000}), SHA256.contract("sha256_block_armv8")).parting
    assert found is not None and (found.address, found.text) == (place, "sha256h q0, q0, v16.4s")
    before = found.rows[found.row - 1]
    assert before.there == "SHA256_compress" and not found.rows[found.row].there


# What a counterexample is kept as


@pytest.fixture
def wrong() -> tuple[Counterexample, Program]:
    code = program(LOAD, "orr x3, x3, x2", STORE, RET)
    return found_in(code, contract()), code


def test_only_what_matters_of_the_stack_is_kept(tmp_path: Path) -> None:
    code = program(LOAD, "orr x3, x3, x2", "str x3, [sp, #-0x10]!", "ldr x3, [sp], #0x10", STORE, RET)
    found = found_in(code, contract())
    stack = next(b for b in found.state.blocks if b.name == "stack")
    assert len(stack.data) == 32 and found.state.touched
    shown = found.describe()
    assert "and what the run does not touch" in shown and "bytes more" not in shown
    found.save(tmp_path / "found.json")
    assert Counterexample.load(tmp_path / "found.json").state == found.state
    assert (tmp_path / "found.json").stat().st_size < 10_000


def test_where_they_part_is_told_and_kept(wrong: tuple[Counterexample, Program], tmp_path: Path) -> None:
    found, _ = wrong
    assert f"they part at step 2, mask+0x4 ({TEXT + 4:#x}): orr x3, x3, x2" in found.describe()
    found.save(tmp_path / "found.json")
    kept = json.loads((tmp_path / "found.json").read_text())["parting"]
    assert (kept["address"], kept["case"]["word"]) == (hex(TEXT + 4), "aa020063")


def test_its_instruction_alone_is_a_case_for_conform(wrong: tuple[Counterexample, Program], tmp_path: Path) -> None:
    found, _ = wrong
    place = tmp_path / "found.json"
    found.save(place)
    assert read_case(place).words == (0xAA020063,)
    assert main_replay("unicorn", place) == 0


def test_a_case_with_an_access_has_its_memory_in_the_window(tmp_path: Path) -> None:
    found = found_in(program(LOAD, XOR, STORE, "str x3, [x0, #8]", RET), contract())
    place = tmp_path / "found.json"
    found.save(place)
    case = read_case(place)
    [piece] = json.loads(place.read_text())["parting"]["case"]["memory"]
    assert case.state.load(case.state["x0"] + 8, 8).hex() == piece["bytes"]
    assert main_replay("unicorn", place) == 0


def test_a_counterexample_without_a_case_is_refused(wrong: tuple[Counterexample, Program], tmp_path: Path) -> None:
    place = tmp_path / "found.json"
    wrong[0].save(place)
    record = json.loads(place.read_text())
    place.write_text(json.dumps(record | {"parting": None}))
    with pytest.raises(BadInput, match="names no instruction"):
        read_case(place)
    literal = {"word": "58000005", "pointers": [], "state": {}, "memory": [{"address": "0x10", "bytes": "00"}]}
    place.write_text(json.dumps(record | {"parting": {"case": literal}}))
    with pytest.raises(BadInput, match="relative to the program counter"):
        read_case(place)


@pytest.mark.skipif(CROSS is None or QEMU is None, reason="a C compiler for AArch64 and qemu-aarch64 are needed")
def test_a_counterexample_runs_as_a_c_program(tmp_path: Path) -> None:
    code = tmp_path / "code.o"
    routine = catalogue.of_script(EXAMPLES / "differ.py")[0]
    for source in ("differ_cancels", "differ"):
        code.write_bytes(object_file(source))
        loaded = Program.load(str(code), "differ")
        if source == "differ_cancels":
            found = found_in(loaded, routine.contract())
        test = c_test(found, loaded)
        assert test is not None
        (tmp_path / f"{source}.c").write_text(test)
        command = [str(CROSS), "-static", "-Wall", "-Wextra", "-Werror", "-o", str(tmp_path / source), str(tmp_path / f"{source}.c")]
        subprocess.run(command, check=True)
    wrong = subprocess.run([str(QEMU), str(tmp_path / "differ_cancels")], capture_output=True, text=True, check=False)
    assert wrong.returncode == 1 and f"is 0x{found.failure.found[:2]}" in wrong.stdout
    mended = subprocess.run([str(QEMU), str(tmp_path / "differ")], capture_output=True, text=True, check=False)
    assert mended.returncode == 0 and f"is 0x{found.failure.wanted}" in mended.stdout


def test_there_is_no_c_program_of_two_runs() -> None:
    code = program(LOAD, "and x4, x3, #8", "cbz x4, #8", "nop", XOR, STORE, RET)
    assert c_test(found_in(code, contract()), code) is None


def test_no_name_ends_the_comment_of_a_c_program(wrong: tuple[Counterexample, Program]) -> None:
    found, code = wrong
    test = c_test(replace(found, path="x*/ int evil; /*.so"), code)
    assert test is not None and "*/ int evil" not in test
