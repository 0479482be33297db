# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""The client's side of the GDB remote serial protocol: packets with checksums, acknowledged, over TCP.

Source: the appendix "GDB Remote Serial Protocol" of the manual Debugging with GDB.
"""

from __future__ import annotations

import socket
import time

ATTEMPTS = 3
INTERRUPT = b"\x03"


class RspError(Exception):
    """The stub is gone, fell silent, or does not speak the protocol; the message says which."""


class RspSilent(RspError):
    """The stub did not answer in time."""


class RspRefused(RspError):
    """The stub understood and answered with an error, or does not know the packet."""


def checksum(body: bytes) -> bytes:
    """Two hexadecimal digits: the sum of the bytes modulo 256."""
    return b"%02x" % (sum(body) & 0xFF)


def frame(body: bytes) -> bytes:
    """The packet that carries `body`, which must hold none of # $ } *.

    >>> frame(b"m0,4")
    b'$m0,4#fd'
    """
    return b"$" + body + b"#" + checksum(body)


def expand(body: bytes) -> bytes:
    """The contents of a received packet: escapes undone, run lengths expanded.

    >>> expand(b"0* }" + bytes([ord("#") ^ 0x20]))
    b'0000#'
    """
    if b"}" not in body and b"*" not in body:
        return body
    data = bytearray()
    rest = iter(body)
    try:
        for byte in rest:
            if byte == ord("}"):
                data.append(next(rest) ^ 0x20)
            elif byte == ord("*"):
                data += data[-1:] * (next(rest) - 29)
            else:
                data.append(byte)
    except StopIteration:
        raise RspError("the stub sent a malformed packet") from None
    return bytes(data)


class Connection:
    """One connection to a stub."""

    def __init__(self, host: str, port: int, seconds: float) -> None:
        """Connects; every answer must come within `seconds`."""
        self._seconds = seconds
        self._acknowledged = True
        self._owed = b""  # an acknowledgement goes with the next packet: by itself it wakes the stub for nothing
        self._buffer = bytearray()
        try:
            self._socket = socket.create_connection((host, port), seconds)
        except OSError as error:
            raise RspError(error.strerror or str(error)) from None
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, body: str, seconds: float | None = None) -> str:
        """Sends a packet and returns the contents of the answer; "" says that the stub does not know the packet."""
        self._send(body.encode("ascii"))
        return self._receive(time.monotonic() + (seconds or self._seconds)).decode("latin-1")

    def command(self, body: str) -> None:
        """Sends a packet that must be answered with OK; raises RspRefused when it is not."""
        if (answer := self.ask(body)) != "OK":
            raise RspRefused(f"the stub answers {answer!r} to {body[:40]!r}")

    def resume(self, body: str, seconds: float) -> tuple[str, bool]:
        """Lets the target run; returns its stop reply, and whether it had to be interrupted after `seconds`."""
        self._send(body.encode("ascii"))
        interrupted = False
        deadline = time.monotonic() + seconds
        while True:
            try:
                answer = self._receive(deadline)
            except RspSilent:
                if interrupted:
                    raise RspError("the target runs on and can't be interrupted") from None
                interrupted = True
                self._write(INTERRUPT)
                deadline = time.monotonic() + self._seconds
                continue
            if not answer.startswith(b"O"):  # what the program prints
                return answer.decode("latin-1"), interrupted

    def stop_acknowledging(self) -> None:
        """Saves the acknowledgements, if the stub agrees: TCP loses nothing."""
        self.command("QStartNoAckMode")
        self._acknowledged = False

    def _send(self, body: bytes) -> None:
        packet = frame(body)
        for _ in range(ATTEMPTS):
            self._write(packet)
            if not self._acknowledged:
                return
            deadline = time.monotonic() + self._seconds
            while (byte := self._read_byte(deadline)) not in b"+-":
                if byte == ord("$"):  # a late answer to something before
                    self._read_packet(deadline)
            if byte == ord("+"):
                return
        raise RspError("the stub finds every packet's checksum wrong")

    def _receive(self, deadline: float) -> bytes:
        for _ in range(ATTEMPTS):
            while self._read_byte(deadline) != ord("$"):
                pass
            body, right = self._read_packet(deadline)
            if right:
                self._owed = b"+" if self._acknowledged else b""
                return expand(body)
            if not self._acknowledged:
                break
            self._write(b"-")
        raise RspError("every answer's checksum is wrong")

    def _read_packet(self, deadline: float) -> tuple[bytes, bool]:
        while (end := self._buffer.find(b"#")) < 0 or len(self._buffer) < end + 3:
            self._fill(deadline)
        body, sent = bytes(self._buffer[:end]), bytes(self._buffer[end + 1 : end + 3])
        del self._buffer[: end + 3]
        return body, sent.lower() == checksum(body)

    def _read_byte(self, deadline: float) -> int:
        if not self._buffer:
            self._fill(deadline)
        return self._buffer.pop(0)

    def _fill(self, deadline: float) -> None:
        left = deadline - time.monotonic()
        try:
            self._socket.settimeout(max(left, 0.001))
            data = self._socket.recv(1 << 16)
        except TimeoutError:
            raise RspSilent("the stub does not answer in time") from None
        except OSError as error:
            raise RspError(error.strerror or str(error)) from None
        if not data:
            raise RspError("the stub closed the connection")
        self._buffer += data

    def _write(self, data: bytes) -> None:
        try:
            self._socket.settimeout(self._seconds)
            self._socket.sendall(self._owed + data)
            self._owed = b""
        except OSError as error:
            raise RspError(error.strerror or str(error)) from None

    def close(self) -> None:
        """Closes the connection."""
        self._socket.close()
