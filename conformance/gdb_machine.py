# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""An AArch64 machine seen through a GDB remote stub: its registers as packed records, its memory, and system calls.

The registers' numbers and widths come from the stub's target description, or, where it gives none, are GDB's own
for AArch64: X0-X30, SP, PC, CPSR, V0-V31, FPSR, FPCR.
"""

from __future__ import annotations

import re

from conformance.rsp import Connection, RspError, RspRefused
from conformance.state import LAYOUT, REGISTERS_SIZE

_GDB_NAMES = {name: {"nzcv": "cpsr"}.get(name, name) for name in LAYOUT if name != "tpidr"}
_DEFAULT = [
    *((f"x{i}", 8) for i in range(31)),
    *(("sp", 8), ("pc", 8), ("cpsr", 4)),
    *((f"v{i}", 16) for i in range(32)),
    *(("fpsr", 4), ("fpcr", 4)),
]
_FLAGS = 0xF000_0000

_SVC = (0xD400_0001).to_bytes(4, "little")
_SEARCH = 1 << 18
"""Bytes behind the PC in which an SVC is looked for: a program's own start, or the dynamic loader, has one near."""

SIGTRAP = 5


class GdbMachine:
    """The machine behind one connection, stopped whenever no method runs."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        """Connects; raises RspError when the stub is none of an AArch64 machine."""
        self._rsp = connection = Connection(host, port, seconds)
        try:
            self._explore(connection)
        except (RspError, ValueError):
            connection.close()
            raise

    def _explore(self, connection: Connection) -> None:
        offers = dict(item.partition("=")[::2] for item in connection.ask("qSupported:xmlRegisters=aarch64").split(";"))
        self._packet_size = int(offers.get("PacketSize", "400"), 16)
        if "QStartNoAckMode+" in offers:
            connection.stop_acknowledging()
        described = self._describe() if "qXfer:features:read+" in offers else _DEFAULT
        self._number = {name: number for number, (name, _) in enumerate(described)}
        self._size = dict(described)
        if missing := [name for name in _GDB_NAMES.values() if name not in self._number]:
            raise RspError(f"the stub describes no AArch64 with floating point: there is no register {missing[0]}")
        self._place_in_g: dict[str, int] = {}
        self._g = self._read_g()
        at = 0
        for name, size in described:
            if at + size <= len(self._g):
                self._place_in_g[name] = at
            at += size
        self._apart = [name for name in _GDB_NAMES.values() if name not in self._place_in_g]
        self._known: dict[str, bytes] = {}

    def _describe(self) -> list[tuple[str, int]]:
        """Name and width in bytes of each register, in the order of their numbers."""
        found: dict[int, tuple[str, int]] = {}
        files = ["target.xml"]
        for file in files:  # it grows on the way
            text = self._transfer(file)
            files += re.findall(r"<xi:include\s+href=\"([^\"]+)\"", text)
            for attributes in re.findall(r"<reg\s([^>]*)>", text):
                values = dict(re.findall(r"([a-z_]+)=\"([^\"]*)\"", attributes))
                number = int(values.get("regnum", max(found, default=-1) + 1))
                found[number] = (values["name"], int(values["bitsize"]) // 8)
        if sorted(found) != list(range(len(found))):
            raise RspError("the stub's target description leaves out some registers' numbers")
        return [found[number] for number in sorted(found)]

    def _transfer(self, file: str) -> str:
        text = ""
        while True:
            answer = self._rsp.ask(f"qXfer:features:read:{file}:{len(text):x},{self._packet_size - 5:x}")
            text += answer[1:]
            if answer[:1] == "l":
                return text
            if answer[:1] != "m":
                raise RspError(f"the stub does not give its target description {file}")

    def _read_g(self) -> bytearray:
        return bytearray.fromhex(self._rsp.ask("g").replace("x", "0"))

    def read(self, name: str) -> int:
        """The value of a register, by GDB's name."""
        return int.from_bytes(self._read_bytes(name), "little")

    def _read_bytes(self, name: str) -> bytes:
        return bytes.fromhex(self._rsp.ask(f"p{self._number[name]:x}"))

    def write(self, name: str, value: int) -> None:
        """Sets a register, by GDB's name."""
        data = value.to_bytes(self._size[name], "little")
        self._rsp.command(f"P{self._number[name]:x}={data.hex()}")

    def write_general(self, values: dict[str, int]) -> None:
        """Sets some of the registers that the stub hands over all at once, by one packet where it can."""
        for name, value in values.items():
            if name not in self._place_in_g:
                self.write(name, value)
                continue
            at, size = self._place_in_g[name], self._size[name]
            self._g[at : at + size] = value.to_bytes(size, "little")
        self._rsp.command(f"G{self._g.hex()}")

    def read_record(self) -> bytes:
        """All registers as State holds them, TPIDR_EL0 as zero."""
        self._g = self._read_g()
        self._known = {name: self._read_bytes(name) for name in self._apart}
        record = bytearray(REGISTERS_SIZE)
        for ours, name in _GDB_NAMES.items():
            offset, size = LAYOUT[ours]
            at = self._place_in_g.get(name)
            data = self._known[name] if at is None else self._g[at : at + self._size[name]]
            if ours == "nzcv":
                data = (int.from_bytes(data, "little") & _FLAGS).to_bytes(4, "little")
            record[offset : offset + size] = data[:size]
        return bytes(record)

    def write_record(self, record: bytes) -> None:
        """Sets all registers but TPIDR_EL0."""
        for ours, name in _GDB_NAMES.items():
            offset, size = LAYOUT[ours]
            data = record[offset : offset + size]
            at = self._place_in_g.get(name)
            if ours == "nzcv":
                held = self._g[at : at + 4] if at is not None else self._read_bytes(name)
                flags = int.from_bytes(data, "little") | int.from_bytes(held, "little") & ~_FLAGS
                data = flags.to_bytes(4, "little")
            data = data.ljust(self._size[name], b"\0")
            if at is not None:
                self._g[at : at + self._size[name]] = data
            elif self._known.get(name) != data:
                self._rsp.command(f"P{self._number[name]:x}={data.hex()}")
                self._known[name] = data
        self._rsp.command(f"G{self._g.hex()}")

    def forget(self) -> None:
        """A program ran that may have changed any register: the next write_record writes them all."""
        self._known = {}

    def read_memory(self, address: int, size: int) -> bytes:
        """`size` bytes at `address`; raises RspRefused where nothing is mapped."""
        data = bytearray()
        while len(data) < size:
            length = min(size - len(data), (self._packet_size - 4) // 2)
            answer = self._rsp.ask(f"m{address + len(data):x},{length:x}")
            if not answer or answer[0] == "E":
                raise RspRefused(f"no memory at {address + len(data):#x}: the stub answers {answer!r}")
            data += bytes.fromhex(answer)
        return bytes(data)

    def write_memory(self, address: int, data: bytes) -> None:
        """Writes `data` at `address`; raises RspRefused where that can't be written."""
        chunk = (self._packet_size - 64) // 2
        for at in range(0, len(data), chunk):
            part = data[at : at + chunk]
            self._rsp.command(f"M{address + at:x},{len(part):x}:{part.hex()}")

    def step(self, seconds: float) -> tuple[int, bool]:
        """Executes one instruction; returns the signal of the stop, and whether it had to be interrupted."""
        return self._resume("s", seconds)

    def run(self, seconds: float) -> tuple[int, bool]:
        """Runs to the next trap or fault; returns as step does."""
        return self._resume("c", seconds)

    def _resume(self, how: str, seconds: float) -> tuple[int, bool]:
        answer, interrupted = self._rsp.resume(how, seconds)
        if answer[:1] not in ("S", "T"):
            raise RspError(f"the program on the target is gone: the stub says {answer!r}")
        return int(answer[1:3], 16), interrupted

    def call(self, code: int, registers: dict[str, int]) -> None:
        """Runs from `code` with some registers set, up to the trap at its end; raises RspError at another end."""
        self.write_general({**registers, "pc": code})
        signal, interrupted = self.run(5)
        if signal != SIGTRAP or interrupted:
            raise RspError(f"armsym's own code on the target stopped with signal {signal} at {self.read('pc'):#x}")

    def is_mapped(self, address: int, size: int) -> bool:
        """Both ends can be read."""
        try:
            self.read_memory(address, 4)
            self.read_memory(address + size - 4, 4)
        except RspRefused:
            return False
        return True

    def find_svc(self) -> int:
        """The address of an SVC #0 behind the PC; raises RspError when there is none near."""
        start = self.read("pc") & ~3
        for address in range(start, start + _SEARCH, 1024):
            try:
                data = self.read_memory(address, 1024)
            except RspRefused:
                break
            at = data.find(_SVC)
            while at >= 0:
                if at % 4 == 0:
                    return address + at
                at = data.find(_SVC, at + 1)
        raise RspError("the program on the target has no system call near its PC: start it anew under the stub")

    def system_call(self, svc: int, number: int, *arguments: int) -> int:
        """Makes a Linux system call by the SVC at address `svc`; returns its signed result."""
        values = {f"x{i}": argument & (1 << 64) - 1 for i, argument in enumerate(arguments)}
        self.write_general({**values, "x8": number, "pc": svc})
        self.step(5)
        result = self.read("x0")
        return result - (result >> 63 << 64)

    def detach(self) -> None:
        """Lets the program go on, if it is still there, and ends the connection."""
        try:
            self._rsp.ask("D")
        except RspError:
            pass
        finally:
            self._rsp.close()
