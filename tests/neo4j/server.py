"""A throw-away Neo4j Community server, from Maven Central artifacts and a Java 17: ``python tests/neo4j/server.py``.

It listens on a free port of the loopback address only, keeps everything in a temporary folder, asks for a password and
goes away with the process that started it.
"""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from graphtrace.platform import system

if TYPE_CHECKING:
    import neo4j
    import pytest

HERE = Path(__file__).parent
BUILD = HERE.parents[1] / "build" / "neo4j"
USER = "neo4j"
PASSWORD = "throw-away"
START_S = 120
REQUIRED = "GRAPHTRACE_REQUIRE_SERVICES"

HOW_TO_USE = """A Neo4j server for trying things out: Ctrl-C stops it, and what is in it is gone then.
It listens on this machine only, for Bolt. In another shell, once:

  export GRAPHTRACE_CASE={uri}
  export NEO4J_USERNAME={user}
  export NEO4J_PASSWORD={password}

Then, with what `make demo` left:

  graphtrace copy build/demo/demo.gtrace "$GRAPHTRACE_CASE"
  graphtrace trace 89860123061000001011
"""

_OPEN = ("java.nio", "java.io", "sun.nio.ch", "java.util.concurrent")
_SETTINGS = {
    "server.default_listen_address": "127.0.0.1",
    "server.http.enabled": "false",
    "server.https.enabled": "false",
    "server.directories.import": "import",
    "db.tx_log.preallocate": "false",
    "db.tx_log.rotation.retention_policy": "keep_none",
    "dbms.usage_report.enabled": "false",
    # small cases come and go: a plan that was made for one is kept for the next
    "dbms.cypher.min_replan_interval": "1h",
    "dbms.cypher.statistics_divergence_threshold": "1.0",
}


class CannotStart(Exception):
    """This machine has no Java, no Maven, or no way to the artifacts."""


def class_path() -> str:
    """The jars of the server, fetched by Maven once for each state of the pom."""
    pom, kept = HERE / "pom.xml", BUILD / "classpath.txt"
    BUILD.mkdir(parents=True, exist_ok=True)
    with (BUILD / "lock").open("w") as lock:  # of several workers one fetches, the others wait
        while not system.lock_handle(lock.fileno()):
            time.sleep(0.05)
        return _class_path(pom, kept)


def _class_path(pom: Path, kept: Path) -> str:
    if not kept.exists() or kept.stat().st_mtime < pom.stat().st_mtime:
        if not (maven := shutil.which("mvn")):
            raise CannotStart("no mvn on the path")
        fresh = kept.with_suffix(f".{os.getpid()}")
        command = [maven, "-q", "-B", "-f", str(pom), "dependency:build-classpath", f"-Dmdep.outputFile={fresh}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CannotStart(f"mvn failed: {done.stdout[-500:]}")
        fresh.replace(kept)
    return kept.read_text().strip()


def java(main: str, *arguments: str, heap: str = "512m", is_brief: bool = True) -> list[str]:
    """The command that runs a class of the server; a brief run is not worth much compiling."""
    if not (program := shutil.which("java")):
        raise CannotStart("no java on the path")
    opened = [f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPEN]
    return [
        *(program, f"-Xmx{heap}", "-XX:+UseSerialGC", *(["-XX:TieredStopAtLevel=1"] if is_brief else []), *opened),
        *("-cp", class_path(), main, *arguments),
    ]


def free_port() -> int:
    """A port of the loopback address that nobody listens on at the moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Place:
    """A database to test with; it is emptied for every test."""

    uri: str
    user: str
    password: str

    def driver(self) -> neo4j.Driver:
        """A driver of its own, to look at what the program left."""
        import neo4j

        return neo4j.GraphDatabase.driver(self.uri, auth=(self.user, self.password))

    def use(self, patch: pytest.MonkeyPatch) -> None:
        """Empties the database and puts user and password for it into the environment."""
        patch.setenv("NEO4J_USERNAME", self.user)
        patch.setenv("NEO4J_PASSWORD", self.password)
        patch.delenv("NEO4J_DATABASE", raising=False)
        self.empty()

    def empty(self) -> None:
        """Takes everything out but the schema."""
        with self.driver() as driver, driver.session() as session:
            # records first: whatever else hangs on many of them could fill the memory of one transaction
            for node in ("n:Record", "n"):
                session.run(f"MATCH ({node}) CALL (n) {{ DETACH DELETE n }} IN TRANSACTIONS OF 5000 ROWS").consume()

    def rows(self, cypher: str, **parameters: Any) -> list[list[Any]]:
        """The rows of a question, or of a change."""
        with self.driver() as driver, driver.session() as session:
            return session.run(cypher, parameters).values()


class Server:
    """A server with a home of its own; use as a context manager.

    A home that is given stays when the server goes; one that is there already is used as it is, password and all.
    """

    def __init__(
        self, *, heap: str = "512m", page_cache: str = "64m", is_brief: bool = True, home: Path | None = None
    ) -> None:
        self.home = home or Path(tempfile.mkdtemp(prefix="graphtrace-neo4j-"))
        self._stays = home is not None
        self._has_password = (self.home / "data" / "databases" / "system").exists()
        self.heap = heap
        self.page_cache = page_cache
        self.is_brief = is_brief
        self.port = free_port()
        self.uri = f"bolt://127.0.0.1:{self.port}"
        for folder in ("conf", "data", "logs", "plugins", "run", "import"):
            (self.home / folder).mkdir(parents=True, exist_ok=True)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Server:
        try:
            self.start()
            if not self._has_password:
                self._set_password()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        if self._stays:
            self.stop()
            return
        self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def place(self) -> Place:
        """Its one database."""
        return Place(self.uri, USER, PASSWORD)

    def start(self, **settings: str) -> None:
        """Start, or start again with other settings; wait until Bolt answers, and the database if there is one."""
        address = f"127.0.0.1:{self.port}"
        own = {
            "server.bolt.listen_address": address,
            "server.bolt.advertised_address": address,
            "server.memory.pagecache.size": self.page_cache,
        }
        lines = {**_SETTINGS, **own, **settings}
        text = "".join(f"{name}={value}\n" for name, value in lines.items())
        (self.home / "conf" / "neo4j.conf").write_text(text)
        command = java(
            "org.neo4j.server.CommunityEntryPoint",
            f"--home-dir={self.home}",
            f"--config-dir={self.home / 'conf'}",
            heap=self.heap,
            is_brief=self.is_brief,
        )
        log = (self.home / "logs" / "console.log").open("ab")
        with log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                self._wait_for_database(deadline)
                return
            time.sleep(0.1)
        raise CannotStart((self.home / "logs" / "console.log").read_text(errors="replace")[-1000:])

    def admin(self, folder: Path) -> Path:
        """A program like ``neo4j-admin`` for this server, which has to be off; it is put into a folder."""
        program = folder / "neo4j-admin"
        settings = f"NEO4J_HOME={shlex.quote(str(self.home))} NEO4J_CONF={shlex.quote(str(self.home / 'conf'))}"
        command = shlex.join(java("org.neo4j.cli.AdminTool", heap=self.heap, is_brief=self.is_brief))
        program.write_text(f'#!/bin/sh\n{settings} exec {command} "$@"\n', "utf-8")
        program.chmod(0o755)
        return program

    def stop(self) -> None:
        """Asks it to go, and waits."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=START_S)
            self._process = None

    def kill(self) -> None:
        """As if the machine were switched off."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(timeout=START_S)
            self._process = None

    def wait(self) -> None:
        """Waits until it ends by itself."""
        if self._process is not None:
            self._process.wait()

    def _wait_for_database(self, deadline: float) -> None:
        """Wait until the database answers: Bolt does so before. One that never does is told with the end of its log."""
        from neo4j.exceptions import ServiceUnavailable, TransientError

        if not self._has_password:
            return
        with self.place.driver() as driver:
            while time.monotonic() < deadline:
                try:
                    driver.execute_query("RETURN 1")
                    return
                except (ServiceUnavailable, TransientError):
                    time.sleep(0.2)
        raise CannotStart((self.home / "logs" / "debug.log").read_text("utf-8", errors="replace")[-5_000:])

    def _set_password(self) -> None:
        import neo4j
        from neo4j.exceptions import ServiceUnavailable, TransientError

        deadline = time.monotonic() + START_S
        with neo4j.GraphDatabase.driver(self.uri, auth=(USER, USER)) as driver:
            while True:
                try:
                    driver.execute_query(
                        "ALTER CURRENT USER SET PASSWORD FROM $old TO $new",
                        {"old": USER, "new": PASSWORD},
                        database_="system",
                    )
                    self._has_password = True
                    return
                except (ServiceUnavailable, TransientError):
                    if time.monotonic() > deadline:
                        raise
                    time.sleep(0.2)


def started_or_skipped() -> Server:
    """Start a server, which the caller ends; where none can be started, skip.

    With ``GRAPHTRACE_REQUIRE_SERVICES`` fail there instead.
    """
    import pytest

    try:
        return Server().__enter__()
    except CannotStart as error:
        if os.environ.get(REQUIRED):
            raise
        pytest.skip(f"no Neo4j server: {error}")


def main() -> None:
    """Runs a server until the terminal says stop."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), Server(heap="2g", page_cache="512m", is_brief=False) as server:
        print(HOW_TO_USE.format(uri=server.uri, user=USER, password=PASSWORD), flush=True)
        server.wait()


if __name__ == "__main__":
    main()
