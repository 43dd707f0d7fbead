"""EMQX's files, which cannot be tried here: held to its documentation, line by line."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from provisioned import DEVICES, FLEET, provisioned

from simulator.broker.credentials import BrokerKind, Credentials, Listener
from simulator.broker.credentials.passwords import emqx_hash
from simulator.core.credentials import OPERATOR, WITNESS


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "credentials"


# docs.emqx.com, "Use ACL File": Erlang tuples, each with a full stop, of which the first that matches
# decides; "Topic placeholders": ${username} as a whole level.
ACL = """\
%% Written by fleetsim provision. The first rule that matches decides.
{deny, {username, "k0cz0mty6n3w"}, all, ["#"]}.
{allow, {username, "fleetsim-witness"}, publish, ["#"]}.
{allow, {username, "fleetsim-witness"}, subscribe, ["#", "$SYS/#"]}.
{allow, {username, "fleetsim-operator"}, publish, ["fleet/+/+/+/command", "fleetsim/control/#"]}.
{allow, {username, "fleetsim-operator"}, subscribe, ["fleet/+/+/+/+", "fleetsim/control/#"]}.
{deny, all, publish, ["fleet/+/+/+/command"]}.
{allow, all, publish, ["fleet/+/+/${username}/+"]}.
{allow, all, subscribe, ["fleet/+/+/${username}/command", "fleetsim/control/#"]}.
{deny, all}.
"""

# docs.emqx.com, "JWT Authentication", "Use Built-in Database", "X.509 Certificate Authentication",
# "Listener Configuration"; names and values of the fields from the schemas of EMQX's apps emqx_auth_jwt
# and emqx_auth_mnesia. A token comes first: what is no token is passed on, while a password of a known
# user that is wrong is refused for good.
CONFIGURATION = """\
authentication = [
  {
    mechanism = jwt
    use_jwks = false
    algorithm = "public-key"
    public_key = "FOLDER/tokens.pub"
    from = password
    verify_claims { sub = "${username}" }
    disconnect_after_expire = true
  }
  {
    mechanism = password_based
    backend = built_in_database
    user_id_type = username
    password_hash_algorithm { name = sha256, salt_position = prefix }
    bootstrap_file = "FOLDER/emqx/users.csv"
    bootstrap_type = hash
  }
]

authorization {
  no_match = deny
  deny_action = ignore
  sources = [ { type = file, enable = true, path = "FOLDER/emqx/acl.conf" } ]
}

mqtt.peer_cert_as_username = cn

listeners.tcp.default {
  bind = "127.0.0.1:21883"
}

listeners.ssl.default {
  bind = "127.0.0.1:8883"
  ssl_options {
    cacertfile = "FOLDER/ca.crt"
    certfile = "FOLDER/server.crt"
    keyfile = "FOLDER/server.key"
    verify = verify_none
  }
}

listeners.ssl.mtls {
  bind = "127.0.0.1:8884"
  enable_authn = false
  ssl_options {
    cacertfile = "FOLDER/ca.crt"
    certfile = "FOLDER/server.crt"
    keyfile = "FOLDER/server.key"
    verify = verify_peer
    fail_if_no_peer_cert = true
  }
}

listeners.ws.default {
  bind = "127.0.0.1:8083"
}

listeners.wss.default {
  bind = "127.0.0.1:8084"
  ssl_options {
    cacertfile = "FOLDER/ca.crt"
    certfile = "FOLDER/server.crt"
    keyfile = "FOLDER/server.key"
    verify = verify_none
  }
}
"""


def test_the_configuration(folder: Path) -> None:
    done = provisioned(folder, broker=BrokerKind.EMQX, ports={Listener.TCP: 21883})
    assert done.configuration == folder / "emqx" / "emqx.conf"
    text = done.configuration.read_text().replace(str(folder), "FOLDER")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert [line for line in lines if line] == [line for line in CONFIGURATION.splitlines() if line]


def test_the_access_control_list(folder: Path) -> None:
    provisioned(folder, broker=BrokerKind.EMQX, revoke=[DEVICES[1]])
    assert (folder / "emqx" / "acl.conf").read_text() == ACL


def test_a_template_without_a_level_for_the_device_gives_rules_for_each(folder: Path) -> None:
    provisioned(folder, broker=BrokerKind.EMQX, topic="site/{kind}-{device}/{event}")
    rules = (folder / "emqx" / "acl.conf").read_text().splitlines()
    for identity in FLEET:
        level = f"{identity.kind}-{identity.device}"
        assert f'{{allow, {{username, "{identity.device}"}}, publish, ["site/{level}/+"]}}.' in rules
    assert "${username}" not in "".join(rules)


def test_the_users(folder: Path) -> None:
    """As in "Use HTTP API to Manage User Data": a CSV file with a head, hashes and salts in hexadecimal."""
    provisioned(folder, broker=BrokerKind.EMQX, revoke=[DEVICES[1]])
    text = (folder / "emqx" / "users.csv").read_text()
    assert text.startswith("user_id,password_hash,salt,is_superuser\n")
    rows = {row["user_id"]: row for row in csv.DictReader(text.splitlines())}
    assert rows.keys() == {*DEVICES, WITNESS, OPERATOR} - {DEVICES[1]}
    credentials = Credentials.open(folder)
    for user, row in rows.items():
        password = credentials.login(user).password or ""
        assert emqx_hash(password, row["salt"]) == (row["password_hash"], row["salt"])
        assert row["is_superuser"] == "false"
