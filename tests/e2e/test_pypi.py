"""Files are fetched from a real pypiserver behind a real nginx, with TLS of a private authority."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import sysconfig
import urllib.parse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.crafted import archive
from tests.e2e import nginx
from tests.e2e.authority import Authority
from tests.e2e.ports import free_port
from tests.e2e.private_index import PASSWORD, USER, PrivateIndex, serving

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(nginx.PROGRAM is None, reason="nginx is not installed"),
]

FILE = "foo_bar-1.0.tar.gz"
FILES: dict[str, str | bytes] = {
    "foo_bar-1.0/foo_bar.py": "print('foo')\n",
    "foo_bar-1.0/PKG-INFO": "Metadata-Version: 1.0\nName: foo_bar\nVersion: 1.0\n",
}
QUOTED = urllib.parse.quote(PASSWORD)
BASIC = "Basic ZGV2aWNlOmEgcGFzc3dvcmQgZm9yIHRoZSB0ZXN0cw=="


class Site(NamedTuple):
    """An index that wants a login, and two other places beside it."""

    behind: PrivateIndex
    nginx: nginx.Nginx
    authority: Authority
    stranger: Authority
    port: int
    other_port: int
    expired_port: int

    def url(self, login: str = "", path: str = "pypi/simple", port: int = 0) -> str:
        """The index, as it is asked for."""
        at = "@" if login else ""
        return f"https://{login}{at}localhost:{port or self.port}/{path}/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The index of `foo-bar`."""
    folder = tmp_path_factory.mktemp("site")
    authority, stranger = Authority(folder, "authority"), Authority(folder, "stranger")
    port, other_port, expired_port = free_port(), free_port(), free_port()
    good, expired = authority.issue("good"), authority.issue("expired", expired=True)
    with serving(folder / "index", "list,download,update") as index:
        archive(index.packages, FILES)
        digest = hashlib.sha256((index.packages / FILE).read_bytes()).hexdigest()
        page = folder / "static/linked/simple/foo-bar/index.html"
        page.parent.mkdir(parents=True)
        link = f"https://{USER}:{QUOTED}@localhost:{other_port}/pypi/packages/{FILE}"
        page.write_text(f'<a href="{link}#sha256={digest}">{FILE}</a>')
        upstream = f"location /pypi/ {{ proxy_pass http://127.0.0.1:{index.port}; }}"
        # The other origin knows the password by itself.
        other = upstream.replace("; }", f'; proxy_set_header Authorization "{BASIC}"; }}')
        main = f"""{upstream}
            location ~ ^/moved/(.*)$ {{ return 302 https://localhost:{other_port}/$1; }}
            location /linked/ {{
                root {folder}/static;
                auth_basic members;
                auth_basic_user_file {index.passwords};
            }}"""
        servers = [
            nginx.Server(port, good, main),
            nginx.Server(other_port, good, other),
            nginx.Server(expired_port, expired, upstream),
        ]
        with nginx.running(folder / "nginx", servers) as running:
            yield Site(index, running, authority, stranger, port, other_port, expired_port)


class Place:
    """A user's folder, in which programs are run."""

    def __init__(self, folder: Path) -> None:
        """Nothing is configured yet."""
        self.folder = folder
        self.arguments: list[str] = []
        scripts = sysconfig.get_path("scripts")
        self.variables = {
            "HOME": str(folder),
            "PATH": f"{scripts}:{os.environ['PATH']}",
            "MPCONVERT_CACHE": str(folder / "cache"),
            # What the machine is configured for counts no more than pip.conf lets it.
            "PIP_CONFIG_FILE": os.devnull,
            "XDG_DATA_HOME": str(folder / "data"),
            "XDG_CONFIG_HOME": str(folder / "config"),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }

    def configure(self, text: str) -> None:
        """Writes the user's configuration of pip."""
        conf = self.folder / "config/pip/pip.conf"
        conf.parent.mkdir(parents=True)
        conf.write_text(text)
        del self.variables["PIP_CONFIG_FILE"]

    def run(self, *command: str) -> tuple[int, str]:
        """Exit status and all that is told."""
        ended = subprocess.run(
            [sys.executable, "-m", *command],
            cwd=self.folder,
            env=self.variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=120,
            check=False,
        )
        return ended.returncode, ended.stdout

    def fetch(self, *arguments: str) -> tuple[int, str]:
        """`mpconvert fetch foo-bar`, which must not tell the password to anybody."""
        own = ["-v", "fetch", "Foo.Bar", "--to", "out", *arguments]
        status, told = self.run("mpconvert", *own, *self.arguments)
        assert PASSWORD not in told
        assert QUOTED not in told
        for path in (self.folder / "cache").rglob("*"):
            secrets = [PASSWORD.encode(), QUOTED.encode(), BASIC.split()[1].encode()]
            assert path.is_dir() or not any(secret in path.read_bytes() for secret in secrets)
        return status, told

    def fetched(self) -> bool:
        """Whether the file is there."""
        return (self.folder / "out" / FILE).is_file()


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A user's folder."""
    return Place(tmp_path)


def by_argument(place: Place, site: Site) -> None:
    place.arguments += ["--index-url", site.url(f"{USER}:{QUOTED}")]


def by_variable(place: Place, site: Site) -> None:
    place.variables["PIP_INDEX_URL"] = site.url(f"{USER}:{QUOTED}")


def by_pip_conf(place: Place, site: Site) -> None:
    place.configure(f"[global]\nindex-url = {site.url(f'{USER}:{QUOTED}')}\n")


def by_netrc(place: Place, site: Site) -> None:
    netrc = place.folder / ".netrc"
    netrc.write_text(f'machine localhost login {USER} password "{PASSWORD}"\n')
    netrc.chmod(0o600)
    place.variables["PIP_INDEX_URL"] = site.url()


def by_named_netrc(place: Place, site: Site) -> None:
    by_netrc(place, site)
    (place.folder / ".netrc").rename(place.folder / "logins")
    place.variables["NETRC"] = str(place.folder / "logins")


def by_keyring(place: Place, site: Site) -> None:
    place.variables["PYTHON_KEYRING_BACKEND"] = "keyrings.alt.file.PlaintextKeyring"
    program = "import keyring, sys; keyring.set_password(*sys.argv[1:])"
    service = f"localhost:{site.port}"
    command = [sys.executable, "-c", program, service, USER, PASSWORD]
    subprocess.run(command, env=place.variables, check=True, timeout=60)
    place.variables["PIP_INDEX_URL"] = site.url(USER)
    place.variables["PIP_KEYRING_PROVIDER"] = "subprocess"


LOGINS = [by_argument, by_variable, by_pip_conf, by_netrc, by_named_netrc, by_keyring]


@pytest.fixture(params=LOGINS)
def login(request: pytest.FixtureRequest) -> Callable[[Place, Site], None]:
    """Each way of giving a login."""
    way: Callable[[Place, Site], None] = request.param
    return way


def test_each_way_of_giving_a_login(
    login: Callable[[Place, Site], None], place: Place, site: Site
) -> None:
    login(place, site)
    place.variables["PIP_CERT"] = str(site.authority.path)
    site.nginx.seen(site.port)
    for _ in range(2):
        status, told = place.fetch()
        assert (status, place.fetched()) == (0, True), told
    # The page is asked for again, the file is not.
    assert sum(FILE in line for line in site.nginx.seen(site.port)) == 1


# pypiserver forbids (403) where another password is wanted, and then pip does not ask keyring.
@pytest.mark.parametrize("login", LOGINS[:-1])
def test_pip_takes_the_same_ways(
    login: Callable[[Place, Site], None], place: Place, site: Site
) -> None:
    login(place, site)
    place.variables["PIP_CERT"] = str(site.authority.path)
    site.nginx.seen(site.port)
    # pip wants to build the file, which it cannot: it is there by then.
    place.run("pip", "download", "--no-deps", "--no-build-isolation", "foo-bar", *place.arguments)
    assert any(line.startswith("200") and FILE in line for line in site.nginx.seen(site.port))


@pytest.mark.parametrize(
    "way",
    ["--cert", "PIP_CERT", "pip.conf", "SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE"],
)
def test_each_way_of_naming_the_authority(way: str, place: Place, site: Site) -> None:
    by_variable(place, site)
    status, told = place.fetch()
    assert (status, place.fetched()) == (2, False), told
    if way == "--cert":
        place.arguments += [way, str(site.authority.path)]
    elif way == "pip.conf":
        place.configure(f"[install]\ncert = {site.authority.path}\n")
    elif way == "SSL_CERT_DIR":
        folder = place.folder / "authorities"
        folder.mkdir()
        (folder / "one.pem").write_bytes(site.authority.path.read_bytes())
        place.variables[way] = str(folder)
    else:
        place.variables[way] = str(site.authority.path)
    status, told = place.fetch()
    assert (status, place.fetched()) == (0, True), told


def test_a_trusted_host_needs_no_authority(place: Place, site: Site) -> None:
    by_variable(place, site)
    assert place.fetch("--trusted-host", f"localhost:{site.other_port}")[0] == 2
    assert place.fetch("--trusted-host", f"localhost:{site.port}")[0] == 0
    assert place.fetched()


@pytest.mark.parametrize(
    ("login", "message"),
    [
        ("", "requires a user name and password"),
        (f"{USER}:wrong", "check the user name and the password"),
        (f"{USER}", "check the user name and the password"),
    ],
)
def test_a_wrong_password_is_tried_once(login: str, message: str, place: Place, site: Site) -> None:
    site.nginx.seen(site.port)
    status, told = place.fetch("--index-url", site.url(login), "--cert", str(site.authority.path))
    assert status == 2
    assert message in told
    assert "wrong" not in told
    assert [line.split()[0] for line in site.nginx.seen(site.port)] in (["401"], ["403"])


def test_another_authority_is_not_trusted(place: Place, site: Site) -> None:
    by_variable(place, site)
    site.nginx.handshakes_failed()
    site.nginx.seen(site.port)
    status, told = place.fetch("--cert", str(site.stranger.path))
    assert status == 2
    assert "certificate is of an authority that is not trusted here" in told
    assert "--cert" in told
    assert site.nginx.handshakes_failed() == 1
    assert site.nginx.seen(site.port) == []


def test_an_expired_certificate_is_not_trusted(place: Place, site: Site) -> None:
    url = site.url(f"{USER}:{QUOTED}", port=site.expired_port)
    site.nginx.handshakes_failed()
    status, told = place.fetch("--index-url", url, "--cert", str(site.authority.path))
    assert status == 2
    assert "certificate has expired" in told
    assert site.nginx.handshakes_failed() == 1


@pytest.mark.parametrize("path", ["moved/pypi/simple", "linked/simple"])
def test_another_origin_learns_no_password(path: str, place: Place, site: Site) -> None:
    for port in (site.port, site.other_port):
        site.nginx.seen(port)
    url = site.url(f"{USER}:{QUOTED}", path)
    status, told = place.fetch("--index-url", url, "--cert", str(site.authority.path))
    assert (status, place.fetched()) == (0, True), told
    assert all(line.endswith(f'"{BASIC}"') for line in site.nginx.seen(site.port))
    elsewhere = site.nginx.seen(site.other_port)
    assert elsewhere
    assert all(line.endswith('"-"') for line in elsewhere), elsewhere


def test_the_cache_serves_several_processes(place: Place, site: Site) -> None:
    by_variable(place, site)
    place.variables["PIP_CERT"] = str(site.authority.path)
    command = [sys.executable, "-m", "mpconvert", "fetch", "foo-bar", "--to"]
    runs = [
        subprocess.Popen([*command, f"out{number}"], cwd=place.folder, env=place.variables)
        for number in range(4)
    ]
    assert [run.wait(timeout=120) for run in runs] == [0] * 4
    contents = {(place.folder / f"out{number}" / FILE).read_bytes() for number in range(4)}
    assert contents == {(site.behind.packages / FILE).read_bytes()}
    place.variables["PIP_INDEX_URL"] = place.variables["PIP_INDEX_URL"].replace(QUOTED, "wrong")
    assert place.fetch()[0] == 2
    assert place.fetch("--offline")[0] == 0
    assert place.run("mpconvert", "cache", "prune", "--all")[0] == 0
    assert place.fetch("--offline")[0] == 2
