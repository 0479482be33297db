# SPDX-License-Identifier: Apache-2.0
# Copyright The armsym authors
from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from symsim import fingerprint
from symsim.errors import BadInput
from symsim.store import Store, sha256_of

ROOT = Path(__file__).parents[2]
SCRIPT = Path("/proofs/a.py")


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def store(tmp_path: Path, said: list[str]) -> Store:
    return Store(tmp_path / "cache" / "store.sqlite", said.append)


def test_an_answer_is_kept_for_its_question_alone(store: Store) -> None:
    store.keep("k", "lib/f", "obj", SCRIPT, {"status": "proved", "text": "ä"})
    assert store.answer("k") == {"status": "proved", "text": "ä"}
    assert store.answer("K") is None


def test_an_answer_outlives_the_store(store: Store, said: list[str]) -> None:
    store.keep("k", "lib/f", "obj", SCRIPT, {"status": "open"})
    store.close()
    assert Store(store.file).answer("k") == {"status": "open"}
    assert said == []


def test_a_later_answer_to_a_question_replaces_the_earlier(store: Store) -> None:
    store.keep("k", "lib/f", "obj", SCRIPT, {"n": 1})
    store.keep("k", "lib/f", "obj", SCRIPT, {"n": 2})
    assert store.answer("k") == {"n": 2}


def test_the_latest_answer_on_a_routine_of_a_script_in_an_object(store: Store) -> None:
    store.keep("1", "lib/f", "obj", SCRIPT, {"n": 1})
    store.keep("2", "lib/f", "obj", SCRIPT, {"n": 2})
    store.keep("3", "lib/f", "other", SCRIPT, {"n": 3})
    store.keep("4", "lib/g", "obj", SCRIPT, {"n": 4})
    store.keep("5", "lib/f", "obj", Path("/proofs/b.py"), {"n": 5})
    assert store.latest("lib/f", "obj", SCRIPT) == {"n": 2}
    store.keep("1", "lib/f", "obj", SCRIPT, {"n": 6})
    assert store.latest("lib/f", "obj", SCRIPT) == {"n": 6}
    assert store.latest("lib/h", "obj", SCRIPT) is None


def test_the_scripts_of_a_routine_the_last_one_first(store: Store) -> None:
    for key, name in (("1", "a"), ("2", "b"), ("3", "a")):
        store.keep(key, "lib/f", "obj", Path(name), {})
    assert store.scripts("lib/f") == [Path("a"), Path("b")]
    assert store.scripts("lib/g") == []


WRITER = """
import sys
from pathlib import Path
from symsim.store import Store
store = Store(Path(sys.argv[1]), lambda message: sys.exit(message))
n = 0
while n < int(sys.argv[3]):
    store.keep(f"{sys.argv[2]} {n}", "lib/f", "obj", Path("a.py"), {"n": n})
    print(n, flush=True)
    n += 1
"""


def writer(file: Path, name: str, count: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(file), name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(ROOT)})


def test_two_processes_share_a_store_from_its_first_moment(tmp_path: Path) -> None:
    file = tmp_path / "store.sqlite"
    both = [writer(file, name, 40) for name in "ab"]
    assert [process.wait(60) for process in both] == [0, 0]
    store = Store(file)
    assert all(store.answer(f"{name} {n}") == {"n": n} for name in "ab" for n in range(40))


def test_killing_a_process_loses_nothing_that_was_kept(tmp_path: Path, said: list[str]) -> None:
    file = tmp_path / "store.sqlite"
    process = writer(file, "a", 1_000_000)
    assert process.stdout is not None
    kept = [int(process.stdout.readline()) for _ in range(20)]
    process.send_signal(signal.SIGKILL)
    process.wait(60)
    store = Store(file, said.append)
    assert all(store.answer(f"a {n}") == {"n": n} for n in kept)
    store.keep("k", "lib/f", "obj", SCRIPT, {"n": 0})
    assert store.answer("k") == {"n": 0}
    assert said == []


def garbage(file: Path) -> None:
    file.write_bytes(b"this is no database" * 100)


def holes(file: Path) -> None:
    contents = bytearray(file.read_bytes())
    contents[100:] = bytes(len(contents) - 100)
    file.write_bytes(contents)


def loss(file: Path) -> None:
    with sqlite3.connect(file) as connection:
        connection.execute("DROP TABLE answers")
    connection.close()


@pytest.mark.parametrize("damage", [garbage, holes, loss])
def test_a_damaged_store_is_replaced_and_that_is_said(
    store: Store, said: list[str], damage: Callable[[Path], None]
) -> None:
    for n in range(100):
        store.keep(f"{n}", "lib/f", "obj", SCRIPT, {"n": n})
    store.close()
    damage(store.file)
    assert store.answer("3") is None
    store.keep("k", "lib/f", "obj", SCRIPT, {"n": 7})
    store.close()
    assert store.answer("k") == {"n": 7}
    assert len(said) == 1
    assert "damaged" in said[0] and "starting a new one" in said[0]


def test_a_store_of_another_version_is_emptied(store: Store) -> None:
    store.keep("k", "lib/f", "obj", SCRIPT, {})
    store.close()
    with sqlite3.connect(store.file) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    assert store.answer("k") is None


def test_an_answer_that_is_no_json_is_none(store: Store) -> None:
    store.keep("k", "lib/f", "obj", SCRIPT, {})
    store.close()
    with sqlite3.connect(store.file) as connection:
        connection.execute("UPDATE answers SET record = '{'")
    connection.close()
    assert store.answer("k") is None


def test_without_a_place_for_it_there_is_no_store_and_no_error(tmp_path: Path, said: list[str]) -> None:
    (tmp_path / "file").write_bytes(b"")
    store = Store(tmp_path / "file" / "store.sqlite", said.append)
    store.keep("k", "lib/f", "obj", SCRIPT, {})
    assert store.answer("k") is None
    assert said and all("not used as a store" in message for message in said)


def test_the_hash_of_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"abc")
    assert sha256_of(tmp_path / "file") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert sha256_of(tmp_path / "other") is None


# What an answer rests on

SOURCES = {
    "kernel/term.py": "1",
    "isa/base/add.py": "1",
    "symsim/prove.py": "1",
    "symsim/proofs/__init__.py": "",
    "symsim/proofs/sha.py": "from crypto_specs import sha\nfrom symsim.proofs.shared import x\n",
    "symsim/proofs/shared.py": "import crypto_specs.words\nx = 1\n",
    "symsim/proofs/aes.py": "from crypto_specs.aes import AES\n",
    "symsim/commands/verify.py": "1",
    "crypto_specs/__init__.py": "",
    "crypto_specs/sha.py": "1",
    "crypto_specs/words.py": "1",
    "crypto_specs/aes.py": "1",
}


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = tmp_path.resolve() / "project"
    for name, text in SOURCES.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    monkeypatch.setattr(fingerprint, "ROOT", root)
    return root


def sha_key(project: Path, **question: str) -> str:
    fingerprint.common.cache_clear()
    return fingerprint.key(project / "symsim/proofs/sha.py", **question)


@pytest.fixture(autouse=True)
def fresh() -> None:
    fingerprint.common.cache_clear()


RESTS_ON = [
    "kernel/term.py",
    "isa/base/add.py",
    "symsim/prove.py",
    "symsim/proofs/sha.py",
    "symsim/proofs/shared.py",
    "crypto_specs/sha.py",
    "crypto_specs/words.py",
]


@pytest.mark.parametrize("name", sorted(SOURCES))
def test_an_answer_rests_on_the_prover_and_on_what_its_script_imports(project: Path, name: str) -> None:
    before = sha_key(project)
    with (project / name).open("a") as file:
        file.write("\n# more\n")
    assert (sha_key(project) != before) == (name in RESTS_ON or name == "crypto_specs/__init__.py"), name


def test_a_new_source_of_the_prover_changes_all_answers(project: Path) -> None:
    before = sha_key(project)
    (project / "isa/base/sub.py").write_text("")
    assert sha_key(project) != before


def test_the_question_is_part_of_the_key(project: Path) -> None:
    keys = {sha_key(project), sha_key(project, object="a"), sha_key(project, object="b"), sha_key(project, symbol="a")}
    assert len(keys) == 4


def test_a_script_that_is_no_python_has_a_key_and_one_that_is_not_there_has_none(project: Path) -> None:
    (project / "symsim/proofs/sha.py").write_text("def (")
    assert sha_key(project)
    with pytest.raises(BadInput, match="No such file"):
        fingerprint.key(project / "none.py")
