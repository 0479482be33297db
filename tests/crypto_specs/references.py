# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
"""Another implementation of the ciphers to compare with: the `cryptography` package; tests skip where it is absent."""

from __future__ import annotations

from typing import Any

import pytest

ABSENT = "the cryptography package is not installed"


def ciphers() -> Any:
    """The module of ciphers, algorithms and modes."""
    return pytest.importorskip("cryptography.hazmat.primitives.ciphers", reason=ABSENT)


def encrypted(key: bytes, mode: str, data: bytes, *parameters: bytes) -> bytes:
    """AES in a mode (ECB, CBC, CTR, XTS)."""
    c = ciphers()
    encryptor = c.Cipher(c.algorithms.AES(key), getattr(c.modes, mode)(*parameters)).encryptor()
    result: bytes = encryptor.update(data) + encryptor.finalize()
    return result


def gcm(key: bytes, iv: bytes, plaintext: bytes, additional: bytes) -> bytes:
    """AES-GCM: the ciphertext and the tag."""
    aead = pytest.importorskip("cryptography.hazmat.primitives.ciphers.aead", reason=ABSENT)
    result: bytes = aead.AESGCM(key).encrypt(iv, plaintext, additional)
    return result


def chacha20(key: bytes, counter: int, nonce: bytes, data: bytes) -> bytes:
    """ChaCha20."""
    c = ciphers()
    start = counter.to_bytes(4, "little") + nonce
    result: bytes = c.Cipher(c.algorithms.ChaCha20(key, start), None).encryptor().update(data)
    return result


def poly1305(key: bytes, message: bytes) -> bytes:
    """Poly1305; skips where the underlying library has none."""
    module = pytest.importorskip("cryptography.hazmat.primitives.poly1305", reason=ABSENT)
    exceptions = pytest.importorskip("cryptography.exceptions", reason=ABSENT)
    try:
        result: bytes = module.Poly1305.generate_tag(key, message)
    except exceptions.UnsupportedAlgorithm:
        pytest.skip("the library behind the cryptography package has no Poly1305")
    return result
