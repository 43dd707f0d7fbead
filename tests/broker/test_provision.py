"""Making credentials: what is in the folder, who can read it, and what a second call leaves alone."""

from __future__ import annotations

import json
import stat
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from provisioned import DEVICES, FLEET, TOPIC, provisioned

from simulator.broker.credentials import (
    BrokerKind,
    CredentialFolder,
    Credentials,
    Identity,
    Listener,
    cryptography_needed,
)
from simulator.broker.credentials.authority import Authority, Issued
from simulator.core.credentials import OPERATOR, WITNESS, Authentication, Login
from simulator.core.errors import UsageError

NOW = datetime(2026, 3, 2, tzinfo=UTC)
NEWCOMER = Identity("zz00zz00zz00", "wearable", "n1")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "credentials"


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def authority(folder: Path, now: datetime = NOW) -> Authority:
    files = Issued((folder / "ca.crt").read_bytes(), (folder / "ca.key").read_bytes())
    loaded = Authority.load(files, now)
    assert loaded is not None
    return loaded


def issued(folder: Path, device: str) -> Issued:
    files = CredentialFolder(folder)
    return Issued(files.certificate(device).read_bytes(), files.key(device).read_bytes())


def test_everybody_has_a_certificate_of_one_authority_a_key_and_a_password(folder: Path) -> None:
    done = provisioned(folder, now=NOW)
    everybody = {*DEVICES, WITNESS, OPERATOR}
    assert (done.users, done.issued, done.revoked) == (len(everybody), len(everybody) + 1, ())
    ours = authority(folder)
    assert all(ours.holds(user, issued(folder, user), now=NOW) for user in everybody)
    passwords = json.loads((folder / "passwords.json").read_text())
    assert passwords.keys() == everybody
    assert len(set(passwords.values())) == len(everybody)


@pytest.mark.parametrize("broker", list(BrokerKind))
def test_nobody_but_the_owner_can_read_anything(folder: Path, broker: BrokerKind) -> None:
    folder.mkdir(mode=0o755)
    provisioned(folder, broker=broker)
    for path in [folder, *folder.rglob("*")]:
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o700 if path.is_dir() else 0o600), path


@pytest.mark.parametrize("broker", list(BrokerKind))
def test_a_second_call_leaves_every_byte(folder: Path, broker: BrokerKind) -> None:
    provisioned(folder, broker=broker, now=NOW, revoke=[DEVICES[0]])
    before = contents(folder)
    again = provisioned(folder, broker=broker, now=NOW + timedelta(days=300))
    assert again.issued == 0
    assert contents(folder) == before


def test_the_same_fleet_elsewhere_has_the_same_names_and_other_secrets(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    for folder in (one, two):
        provisioned(folder, now=NOW)
    assert contents(one).keys() == contents(two).keys()
    secret = [
        name for name in contents(one) if name.endswith((".key", ".json")) and "credentials" not in name
    ]
    assert len(secret) == len(DEVICES) + 2 + 4
    assert all(contents(one)[name] != contents(two)[name] for name in secret)


def test_a_new_device_is_added_and_the_others_stay_as_they_are(folder: Path) -> None:
    provisioned(folder, now=NOW)
    before = contents(folder)
    again = provisioned(folder, now=NOW, devices=(*FLEET, NEWCOMER))
    after = contents(folder)
    assert again.issued == 1
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"credentials.json", "passwords.json", "mosquitto/passwords"}
    assert after.keys() - before.keys() == {
        f"clients/{NEWCOMER.device}.crt",
        f"clients/{NEWCOMER.device}.key",
    }
    assert after["mosquitto/passwords"].startswith(before["mosquitto/passwords"])


def test_a_fleet_that_shrinks_keeps_what_its_devices_had(folder: Path) -> None:
    provisioned(folder, now=NOW)
    before = contents(folder)
    provisioned(folder, now=NOW, devices=FLEET[:1])
    assert contents(folder) == before


def test_a_certificate_that_is_about_to_end_is_made_anew_over_the_same_key(folder: Path) -> None:
    provisioned(folder, now=NOW)
    before = issued(folder, DEVICES[0])
    later = NOW + timedelta(days=720)
    again = provisioned(folder, now=later)
    after = issued(folder, DEVICES[0])
    assert again.issued == len(DEVICES) + 3
    assert after.key == before.key
    assert after.certificate != before.certificate
    assert authority(folder, later).holds(DEVICES[0], after, now=later)


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"-----BEGIN CERTIFICATE-----\nAAAA\n"])
@pytest.mark.parametrize("file", ["clients/{}.crt", "clients/{}.key"])
def test_what_is_damaged_is_made_anew(folder: Path, file: str, damage: bytes) -> None:
    provisioned(folder, now=NOW)
    (folder / file.format(DEVICES[0])).write_bytes(damage)
    assert provisioned(folder, now=NOW).issued == 1
    assert authority(folder).holds(DEVICES[0], issued(folder, DEVICES[0]), now=NOW)


def test_anothers_certificate_in_a_devices_place_is_put_right(folder: Path) -> None:
    provisioned(folder, now=NOW)
    files = CredentialFolder(folder)
    files.certificate(DEVICES[0]).write_bytes(files.certificate(DEVICES[1]).read_bytes())
    assert provisioned(folder, now=NOW).issued == 1


def test_what_was_interrupted_cannot_be_used_and_is_completed(folder: Path) -> None:
    def interrupt(done: int) -> None:
        if done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        provisioned(folder, progress=interrupt, now=NOW)
    keys = {name: data for name, data in contents(folder).items() if name.endswith(".key")}
    with pytest.raises(UsageError, match="was not provisioned to the end; run fleetsim provision once more"):
        Credentials.open(folder)
    provisioned(folder, now=NOW)
    assert contents(folder).items() >= keys.items()
    assert Credentials.open(folder).devices == {*DEVICES}


def test_progress_counts_the_users(folder: Path) -> None:
    seen: list[int] = []
    provisioned(folder, progress=seen.append)
    assert seen == list(range(1, len(DEVICES) + 3))


def test_a_folder_with_something_else_is_left_alone(folder: Path) -> None:
    folder.mkdir()
    (folder / "diary.txt").write_text("dear diary")
    with pytest.raises(UsageError, match="holds something else; name a new folder with -o"):
        provisioned(folder)
    assert contents(folder) == {"diary.txt": b"dear diary"}
    with pytest.raises(UsageError, match="is not a folder"):
        provisioned(folder / "diary.txt")


def test_ports_are_those_asked_for_and_each_its_own(folder: Path) -> None:
    done = provisioned(folder, ports={Listener.TLS: 28883, Listener.WS: 29001})
    listeners = [line for line in done.configuration.read_text().splitlines() if line.startswith("listener")]
    ports = (1883, 28883, 8884, 29001)
    assert listeners == [f"listener {port} 127.0.0.1" for port in ports]
    with pytest.raises(UsageError, match="port 1883 is given twice"):
        provisioned(folder, ports={Listener.TLS: 1883})


def test_a_broker_with_other_names_has_them_in_its_certificate_and_listens_everywhere(folder: Path) -> None:
    done = provisioned(folder, hosts=("broker.example", "192.0.2.7"), now=NOW)
    assert "listener 8883\n" in done.configuration.read_text()
    server = Issued((folder / "server.crt").read_bytes(), (folder / "server.key").read_bytes())
    names = ("localhost", "127.0.0.1", "::1", "broker.example", "192.0.2.7")
    assert authority(folder).holds("server", server, now=NOW, hosts=names)
    provisioned(folder, now=NOW)
    assert not authority(folder).holds("server", server, now=NOW, hosts=names[:3])


def test_a_revoked_device_stays_so_until_its_certificate_is_removed(folder: Path) -> None:
    device = DEVICES[1]
    assert provisioned(folder, revoke=[device], now=NOW).revoked == (device,)
    assert provisioned(folder, now=NOW).revoked == (device,)
    hashed = (folder / "mosquitto" / "passwords").read_text()
    assert f"{device}:" not in hashed
    assert Credentials.open(folder).login(device).password, "it keeps its password, to be refused with it"
    CredentialFolder(folder).certificate(device).unlink()
    assert provisioned(folder, now=NOW).revoked == ()
    assert f"{device}:" in (folder / "mosquitto" / "passwords").read_text()


def test_a_stranger_cannot_be_revoked(folder: Path) -> None:
    with pytest.raises(UsageError, match="no device of this fleet is called '9bej3pz1q6rO'; did you mean"):
        provisioned(folder, revoke=["9bej3pz1q6rO"])
    assert not folder.exists()


def test_without_cryptography_the_error_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("cryptography", "cryptography.exceptions"):
        monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.delitem(sys.modules, "simulator.broker.credentials.keys")
    with (
        pytest.raises(UsageError, match=r"making keys needs .*pip install 'fleetsim\[provision\]'"),
        cryptography_needed("making keys"),
    ):
        import simulator.broker.credentials.keys  # noqa: F401


def test_another_missing_module_is_a_fault_of_its_own() -> None:
    with pytest.raises(ModuleNotFoundError), cryptography_needed("making keys"):
        import no_such_module  # noqa: F401


# How a run uses them


def test_each_way_of_authentication_gives_its_own_login(folder: Path) -> None:
    provisioned(folder)
    device = DEVICES[0]
    passwords = json.loads((folder / "passwords.json").read_text())
    assert Credentials.open(folder).login(device) == Login(device, passwords[device])
    for silent in (Authentication.NONE, Authentication.CERTIFICATE):
        assert Credentials.open(folder, silent).login(device) == Login()


def test_a_token_is_made_anew_at_the_connect_that_needs_it(folder: Path) -> None:
    provisioned(folder)
    time = [1_800_000_000.0]
    credentials = Credentials.open(folder, Authentication.JWT, token_lifetime=600.0, clock=lambda: time[0])
    first = credentials.login(DEVICES[0])
    assert 360.0 <= (first.renew_after or 0.0) <= 480.0
    time[0] += 350.0
    assert credentials.login(DEVICES[0]).password == first.password
    time[0] += 130.0
    assert credentials.login(DEVICES[0]).password != first.password


def test_the_runs_own_witness_logs_in_as_the_witness_and_by_password_rather_than_token(folder: Path) -> None:
    provisioned(folder)
    password = json.loads((folder / "passwords.json").read_text())[WITNESS]
    for authentication in (Authentication.PASSWORD, Authentication.JWT):
        credentials = Credentials.open(folder, authentication)
        credentials.admit("4f9w0c5x1k7d", WITNESS)
        assert credentials.login("4f9w0c5x1k7d") == credentials.login(WITNESS) == Login(WITNESS, password)
    with pytest.raises(UsageError, match="nobody has no credentials"):
        credentials.admit("4f9w0c5x1k7d", "nobody")


def test_contexts_are_shared_unless_they_hold_a_devices_certificate(folder: Path) -> None:
    provisioned(folder)
    one, two = DEVICES[:2]
    shared = Credentials.open(folder)
    assert shared.ssl_context(one) is shared.ssl_context(two)
    own = Credentials.open(folder, Authentication.CERTIFICATE)
    assert own.ssl_context(one) is not own.ssl_context(two)


def test_devices_without_credentials_are_named(folder: Path) -> None:
    provisioned(folder)
    credentials = Credentials.open(folder)
    credentials.require(DEVICES)
    with pytest.raises(UsageError, match="2 devices, such as abc, have no credentials in"):
        credentials.require([*DEVICES, "def", "abc"])
    for ask in (credentials.login, credentials.ssl_context, credentials.certificate, credentials.key):
        with pytest.raises(UsageError, match=r"the device abc has no credentials in .*fleetsim provision"):
            ask("abc")


def test_a_folder_without_credentials_says_how_to_make_them(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no credentials; make them: fleetsim provision SCENARIO -o"):
        Credentials.open(tmp_path)


def secrets_in(folder: Path) -> set[str]:
    """Every password, hash and line of a private key."""
    found = set(json.loads((folder / "passwords.json").read_text()).values())
    for key in folder.rglob("*.key"):
        found |= {line for line in key.read_text().splitlines() if not line.startswith("-")}
    return found


def test_no_repr_and_no_error_holds_a_secret(folder: Path) -> None:
    provisioned(folder)
    secrets = secrets_in(folder)
    said = []
    for authentication in Authentication:
        credentials = Credentials.open(folder, authentication)
        login = credentials.login(DEVICES[0])
        said += [repr(credentials), str(credentials), repr(login), repr(issued(folder, DEVICES[0]))]
        secrets |= {login.password} if login.password else set()
    damaged = folder / "passwords.json"
    damaged.write_text(damaged.read_text()[:-2])
    with pytest.raises(UsageError, match="is damaged") as error:
        Credentials.open(folder)
    said += [str(error.value), repr(error.value.__cause__)]
    text = "\n".join(said)
    assert len(secrets) > 20
    assert not [secret for secret in secrets if secret in text]


def test_the_topic_that_the_rights_are_for_is_kept_with_them(folder: Path) -> None:
    provisioned(folder)
    assert CredentialFolder(folder).read_index().topic == TOPIC
