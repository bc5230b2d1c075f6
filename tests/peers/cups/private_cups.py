"""A print service of one's own: CUPS's scheduler on a loopback port, nothing of the system's."""

from __future__ import annotations

import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_CUPSD = "/usr/sbin/cupsd"
_SCHEDULER = """\
Listen {server}
LogLevel debug
MaxLogSize 0
Browsing No
WebInterface No
DefaultAuthType None
<Location />
  Order allow,deny
  Allow all
</Location>
<Policy default>
  <Limit All>
    Order allow,deny
    Allow all
  </Limit>
</Policy>
"""
_FILES = """\
User lp
Group lp
SystemGroup root
ServerRoot {folder}/root
RequestRoot {folder}/spool
TempDir {folder}/spool/tmp
CacheDir {folder}/cache
StateDir {folder}/state
ErrorLog {folder}/log/error
AccessLog {folder}/log/access
PageLog {folder}/log/page
Sandboxing relaxed
"""


class PrivateCups:
    """A running scheduler; `server` is its host and port."""

    def __init__(self, folder: Path) -> None:
        self.server = f"127.0.0.1:{free_port()}"
        self._folder = folder
        self._scheduler: subprocess.Popen[bytes] | None = None
        for part in ("root", "spool/tmp", "cache", "state", "log"):
            (folder / part).mkdir(parents=True)
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o777)  # filters run as lp
        (folder / "cupsd.conf").write_text(_SCHEDULER.format(server=self.server))
        (folder / "cups-files.conf").write_text(_FILES.format(folder=folder))

    def start(self) -> None:
        """Start the scheduler and wait until it takes connections."""
        words = ["-f", "-c", f"{self._folder}/cupsd.conf", "-s", f"{self._folder}/cups-files.conf"]
        self._scheduler = subprocess.Popen([_CUPSD, *words])
        until = time.monotonic() + 20
        while not _answers(self.server):
            assert self._scheduler.poll() is None, "cupsd ended"
            assert time.monotonic() < until, "cupsd does not answer"
            time.sleep(0.02)

    def stop(self) -> None:
        """Stop the scheduler, if it runs."""
        scheduler, self._scheduler = self._scheduler, None
        if scheduler is not None:
            scheduler.terminate()
            scheduler.wait(20)

    def add_queue(self, name: str, device: str, driver: str = "raw") -> str:
        """Add a queue, by default one without a driver; return its name."""
        self.do("lpadmin", "-p", name, "-E", "-m", driver, "-v", device)
        return name

    def do(self, program: str, *words: str) -> str:
        """Run one of CUPS's programs on this scheduler; return what it says."""
        ended = subprocess.run(
            [program, "-h", self.server, *words], capture_output=True, text=True, check=True,
            env={"LC_ALL": "C", "PATH": "/usr/sbin:/usr/bin"}, timeout=20,
        )  # fmt: skip
        return ended.stdout

    def waiting(self, queue: str) -> str:
        """Return the jobs of a queue that are not over, a line each."""
        return self.do("lpstat", "-W", "not-completed", "-o", queue)


@contextmanager
def private_cups() -> Iterator[PrivateCups]:
    """Start a scheduler, and end it."""
    assert Path(_CUPSD).exists(), "install the package cups"
    assert shutil.which("ipptool"), "install the package cups-ipp-utils"
    with tempfile.TemporaryDirectory(prefix="cups-") as folder:
        cups = PrivateCups(Path(folder))
        try:
            cups.start()
            yield cups
        finally:
            cups.stop()


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
        return port


def _answers(server: str) -> bool:
    host, _, port = server.partition(":")
    with socket.socket() as line:
        return line.connect_ex((host, int(port))) == 0
