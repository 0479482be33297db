# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The GDB remote protocol against stubs that misbehave, and boards that are lost, bare, or hold another machine."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from targets_support import emulated_board, opened

from conformance import gdb_target
from conformance.gdb_target import GdbTarget, needs_steps
from conformance.rsp import Connection, RspError, RspRefused, RspSilent, checksum, expand, frame
from conformance.state import CODE_BASE, SLOT, WINDOW_BASE, Case, Fault, FaultKind, Outcome, State
from conformance.target import TargetLost
from symsim.errors import NotAvailable

ADD = 0x91000400  # add x0, x0, #1


class FakeStub:
    """Answers each packet by `answer(body)`, raw bytes; None ends the connection."""

    def __init__(self, answer: Callable[[str], bytes | None]) -> None:
        self._answer = answer
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.heard: list[str] = []
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        try:
            connection, _ = self._listener.accept()
        except OSError:
            return
        buffer = b""
        with connection:
            while data := connection.recv(4096):
                buffer += data
                while (end := buffer.find(b"#")) >= 0 and len(buffer) >= end + 3:
                    body = buffer[buffer.find(b"$") + 1 : end].decode()
                    buffer = buffer[end + 3 :]
                    self.heard.append(body)
                    reply = self._answer(body)
                    if reply is None:
                        return
                    connection.sendall(reply)

    def close(self) -> None:
        self._listener.close()
        self._thread.join(2)


@pytest.fixture
def fake() -> Iterator[Callable[[Callable[[str], bytes | None]], FakeStub]]:
    stubs: list[FakeStub] = []

    def make(answer: Callable[[str], bytes | None]) -> FakeStub:
        stubs.append(FakeStub(answer))
        return stubs[-1]

    yield make
    for stub in stubs:
        stub.close()


Make = Callable[[Callable[[str], bytes | None]], FakeStub]


def connect(stub: FakeStub, seconds: float = 5) -> Connection:
    return Connection("127.0.0.1", stub.port, seconds)


def test_a_packet_and_its_answer(fake: Make) -> None:
    stub = fake(lambda body: b"+" + frame(b"got " + body.encode()))
    connection = connect(stub)
    assert connection.ask("m0,4") == "got m0,4"
    assert connection.ask("g") == "got g"
    with pytest.raises(RspRefused, match="'got P1=0' to 'P1=0'"):
        connection.command("P1=0")
    connection.close()
    assert stub.heard == ["m0,4", "g", "P1=0"]


def test_a_refused_checksum_is_sent_again(fake: Make) -> None:
    replies = iter([b"-", b"-", b"+" + frame(b"OK")])
    stub = fake(lambda body: next(replies))
    connect(stub).command("G00")
    assert stub.heard == ["G00"] * 3


def test_a_stub_that_accepts_no_packet(fake: Make) -> None:
    with pytest.raises(RspError, match="every packet's checksum wrong"):
        connect(fake(lambda body: b"-")).ask("g")


def test_a_wrong_checksum_is_never_believed(fake: Make) -> None:
    with pytest.raises(RspError, match="every answer's checksum is wrong"):
        connect(fake(lambda body: b"+" + b"$00#00" * 3)).ask("g")
    assert connect(fake(lambda body: b"+$00#00" + frame(b"11"))).ask("g") == "11"


def test_a_silent_stub(fake: Make) -> None:
    with pytest.raises(RspSilent, match="does not answer in time"):
        connect(fake(lambda body: b"+"), seconds=0.2).ask("g")


def test_a_stub_that_hangs_up(fake: Make) -> None:
    with pytest.raises(RspError, match=r"closed the connection|reset"):
        connect(fake(lambda body: None)).ask("g")


def test_a_running_program_is_interrupted_once(fake: Make) -> None:
    with pytest.raises(RspError, match="can't be interrupted"):
        connect(fake(lambda body: b"+"), seconds=0.2).resume("c", 0.1)


def test_output_of_the_program_is_no_stop(fake: Make) -> None:
    stub = fake(lambda body: b"+" + frame(b"O6869") + frame(b"T05thread:1;"))
    assert connect(stub).resume("c", 5) == ("T05thread:1;", False)


@given(st.binary(max_size=40))
def test_escapes_are_undone(data: bytes) -> None:
    sent = b"".join(b"}" + bytes([byte ^ 0x20]) if byte in b"#$}*" else bytes([byte]) for byte in data)
    assert expand(sent) == data
    assert frame(sent)[-2:] == checksum(sent)


def test_run_lengths_are_expanded() -> None:
    assert expand(b'1*"2') == b"1" * 6 + b"2"


@pytest.mark.parametrize("body", [b"12}", b"12*"])
def test_malformed_packets_are_refused(body: bytes) -> None:
    with pytest.raises(RspError, match="malformed"):
        expand(body)


def describing(description: str) -> Callable[[str], bytes]:
    """A stub whose target description is this."""

    def answer(body: str) -> bytes:
        if body.startswith("qSupported"):
            return b"+" + frame(b"PacketSize=4000;qXfer:features:read+")
        if body.startswith("qXfer:features:read:target.xml:0,"):
            return b"+" + frame(b"l" + description.encode())
        return b"+" + frame(b"00" * 8)

    return answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (describing('<reg name="eax" bitsize="32"/>'), "no AArch64 with floating point: there is no register v0"),
        (describing("".join(f'<reg name="x{i}" bitsize="64"/>' for i in range(31))), "there is no register v0"),
        (describing('<reg name="x0" bitsize="64" regnum="7"/>'), "leaves out"),
        (describing('<xi:include href="core.xml"/>'), "does not give its target description core.xml"),
        (lambda body: b"+" + frame(b"nonsense"), "non-hexadecimal|does not"),
        (lambda body: None, "closed the connection|reset"),
    ],
)
def test_stubs_that_are_no_target(fake: Make, answer: Callable[[str], bytes | None], message: str) -> None:
    stub = fake(answer)
    with pytest.raises(NotAvailable, match=rf"target gdb:127.0.0.1:{stub.port}: .*({message})"):
        GdbTarget("127.0.0.1", stub.port)


def test_a_program_that_ends_is_a_lost_target() -> None:
    stepped = Case((0x14000040,), State())
    with emulated_board() as board, opened(board.spec) as target:
        assert target.run([stepped])[0].state["pc"] == SLOT + 0x100
        board.process.kill()
        with pytest.raises(TargetLost, match=r"closed the connection|reset|Broken pipe") as caught:
            target.run([stepped, stepped])
        assert [outcome.fault.kind for outcome in caught.value.outcomes] == [FaultKind.KILLED]
    with pytest.raises(TargetLost, match="it is closed"):
        target.run([stepped])


def test_without_a_compiler_it_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_compiler(program: str) -> Path:
        raise NotAvailable("no compiler")

    with emulated_board() as board:
        monkeypatch.setattr(gdb_target, "build", no_compiler)
        with opened(board.spec) as target:
            assert "single steps" in target.description
            assert target.run([Case((ADD,), State())])[0].state["x0"] == 1


def test_the_program_is_left_where_it_was() -> None:
    with emulated_board() as board:
        with opened(board.spec) as target:
            target.run([Case((ADD,), State.of(x5=5, v5=5))])
        assert board.process.wait(10) == 3  # the agent, going on: the addresses that it maps are taken


BARE = """
.macro area name, size
.section \\name, "awx", @nobits
.space \\size
.endm
.text
.globl _start
_start: b .
area .code, 0x10000
area .window, 0x4000
area .helper, 0x4000
area .gate, 0x8000
area .stub, 0x900000
"""
BARE_SCRIPT = """
SECTIONS
{{
    . = {text:#x}; .text : {{ *(.text) }}
    . = {stub:#x}; .stub : {{ *(.stub) }}
    . = {helper:#x}; .helper : {{ *(.helper) }}
    . = {gate:#x}; .gate : {{ *(.gate) }}
    . = {code:#x}; .code : {{ *(.code) }}
    . = {window:#x}; .window : {{ *(.window) }}
}}
"""


@pytest.mark.parametrize("stub", [False, True])
def test_a_board_whose_memory_is_there_already_needs_no_system_call(tmp_path: Path, stub: bool) -> None:
    if shutil.which("aarch64-linux-gnu-gcc") is None:
        pytest.skip("no aarch64-linux-gnu-gcc")
    (tmp_path / "bare.s").write_text(BARE)
    places = {"code": CODE_BASE, "window": WINDOW_BASE, "helper": gdb_target.HELPER}
    places |= {"text": CODE_BASE - 0x90000000, "stub": CODE_BASE - 0x80000000, "gate": CODE_BASE - 0x4000000}
    script = BARE_SCRIPT.format(**places)
    (tmp_path / "bare.ld").write_text(script)
    command = ["aarch64-linux-gnu-gcc", "-nostdlib", "-static", "-Wl,-T,bare.ld", "-o", "bare", "bare.s"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    with emulated_board(tmp_path / "bare") as board, GdbTarget("127.0.0.1", board.port, stub=stub) as target:
        state = State.of(x1=WINDOW_BASE + 8, x2=3).store(WINDOW_BASE + 8, b"abcdefgh")
        cases = [Case((ADD, ADD), state), Case((0xF9400020,), state), Case((0xF9000022,), state), Case((0,), state)]
        add, load, store, undefined = target.run(cases)
    assert add.state == state.edit(x0=2, pc=SLOT + 8)
    assert load.state == state.edit(x0=int.from_bytes(b"abcdefgh", "little"), pc=SLOT + 4)
    assert store.state == state.edit(pc=SLOT + 4).store(WINDOW_BASE + 8, b"\3" + bytes(7))
    assert undefined == Outcome(state, Fault(FaultKind.UNDEFINED))


def test_what_the_stub_could_show_is_stepped() -> None:
    stepped = [
        Case((0x14000040,), State()),  # b
        Case((ADD, 0x94000040), State()),  # bl
        Case((0x58000020,), State()),  # ldr x0, .+4
        Case((0xD53BD040,), State()),  # mrs x0, tpidr_el0
        Case((0xF9400020,), State.of(x1=SLOT + 4)),
        Case((0xD65F03C0,), State.of(x30=CODE_BASE)),
        *(Case((word,), State()) for word in (0x54000000, 0xB4000000, 0x35000001, 0x36080001, 0xB7F80000)),  # to itself
    ]
    assert all(needs_steps(case) for case in stepped)
    batched = [*(Case((word,), State()) for word in (ADD, 0x54000041, 0x37080021)), Case((0xF9400020,), State.of(x1=WINDOW_BASE))]
    assert not any(needs_steps(case) for case in batched)
