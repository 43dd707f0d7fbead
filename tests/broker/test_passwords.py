"""Password hashes, held against what brokers and their own tools write."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.broker.credentials.passwords import (
    emqx_hash,
    is_mosquitto_hash,
    mosquitto_hash,
    new_password,
)


def test_our_hash_is_the_one_of_mosquitto_passwd(tmp_path: Path) -> None:
    file = tmp_path / "passwords"
    command = ["mosquitto_passwd", "-c", "-b", str(file), "alice", "correct horse"]
    subprocess.run(command, check=True, capture_output=True)
    user, hashed = file.read_text().strip().split(":")
    assert user == "alice"
    assert is_mosquitto_hash(hashed, "correct horse")
    assert not is_mosquitto_hash(hashed, "correct horsf")


@pytest.mark.parametrize(
    ("password", "salt", "hashed"),
    [
        (
            "mypassword1",
            "e378187547bf2d6f0545a3f441aa4d8a",
            "c5e46903df45e5dc096dc74657610dbee8deaacae656df88a1788f1847390242",
        ),
        (
            "mypassword3",
            "de1024f462fb83910fd13151bd4bd235",
            "b6c743545a7817ae8c8f624371d5f5f0373234bb0ff36b8ffbf19bce0e06ab75",
        ),
    ],
)
def test_emqx_hashes_as_in_the_import_files_of_its_documentation(
    password: str, salt: str, hashed: str
) -> None:
    assert emqx_hash(password, salt) == (hashed, salt)


@given(st.text(max_size=40))
def test_a_hash_is_right_for_its_password_alone(password: str) -> None:
    assert is_mosquitto_hash(mosquitto_hash(password), password)
    assert not is_mosquitto_hash(mosquitto_hash(password), password + "x")
    assert mosquitto_hash(password) != mosquitto_hash(password)


@given(st.text(max_size=80))
def test_what_is_no_hash_is_right_for_no_password(text: str) -> None:
    assert not is_mosquitto_hash(text, "secret")
    assert not is_mosquitto_hash(f"$7$101${text}$", "secret")


def test_passwords_differ_and_need_no_quoting() -> None:
    passwords = {new_password() for _ in range(100)}
    assert len(passwords) == 100
    assert all(len(word) == 32 and word.replace("-", "").replace("_", "").isalnum() for word in passwords)
