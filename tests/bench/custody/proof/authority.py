"""A time-stamping authority: OpenSSL's, behind an HTTP server on loopback, with made-up keys."""

from __future__ import annotations

import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

DAY = timedelta(days=1)
CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_cert = {folder}/tsa.pem
signer_key = {folder}/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""


@dataclass
class TestAuthority:
    """What a TSA needs on disk, and how it answers; `chain` sends the root's certificate too."""

    __test__ = False
    folder: Path
    root: x509.Certificate
    chain: bool = False

    @classmethod
    def make(
        cls, folder: Path, name: str = "one", *, days: tuple[int, int] = (-2, 30)
    ) -> TestAuthority:
        folder.mkdir()
        root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        root = _certificate(f"Root {name}", root_key, f"Root {name}", root_key, days, ca=True)
        own = _certificate(f"TSA {name}", key, f"Root {name}", root_key, days, ca=False)
        (folder / "serial").write_text("01\n")
        (folder / "tsa.pem").write_bytes(own.public_bytes(Encoding.PEM))
        (folder / "root.pem").write_bytes(root.public_bytes(Encoding.PEM))
        (folder / "tsa.key").write_bytes(
            key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        )
        (folder / "tsa.conf").write_text(CONFIG.format(folder=folder))
        return cls(folder, root)

    def reply(self, query: bytes) -> bytes:
        (self.folder / "query").write_bytes(query)
        words: list[str | Path] = ["openssl", "ts", "-reply", "-queryfile", self.folder / "query"]
        words += ["-config", self.folder / "tsa.conf", "-out", self.folder / "reply"]
        words += ["-chain", self.folder / "root.pem"] if self.chain else []
        subprocess.run(words, check=True, capture_output=True)
        return (self.folder / "reply").read_bytes()


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    issuer: str,
    issuer_key: ec.EllipticCurvePrivateKey,
    days: tuple[int, int],
    *,
    ca: bool,
) -> x509.Certificate:
    now = datetime.now(UTC)
    builder = (
        x509.CertificateBuilder(_name(issuer), _name(name), key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + days[0] * DAY)
        .not_valid_after(now + days[1] * DAY)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if not ca:
        purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        builder = builder.add_extension(purpose, critical=True)
    return builder.sign(issuer_key, SHA256())


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


class Asked(BaseHTTPRequestHandler):
    """One request to a server that says nothing in the terminal; `answer` is set by `served`."""

    answer: ClassVar[Callable[[Asked, bytes], None]]

    def do_POST(self) -> None:
        type(self).answer(self, self.rfile.read(int(self.headers["Content-Length"])))

    def handle(self) -> None:
        with suppress(ssl.SSLError, ConnectionError):  # whoever asked does not trust us, or left
            super().handle()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def send(
        self, body: bytes, status: int = 200, kind: str = "application/timestamp-reply"
    ) -> None:
        self.begin(status, kind)
        self.wfile.write(body)

    def begin(self, status: int = 200, kind: str = "application/timestamp-reply") -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.end_headers()


@contextmanager
def served(
    answer: Callable[[Asked, bytes], None], tls: ssl.SSLContext | None = None
) -> Iterator[str]:
    """Serve on a free loopback port; gives the address."""
    handler = type("Answering", (Asked,), {"answer": answer})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    if tls:
        server.socket = tls.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.server_address[1]}/tsa"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def on_the_net(authority: TestAuthority) -> Iterator[str]:
    """The authority behind a server; gives its address."""
    with served(lambda asked, query: asked.send(authority.reply(query))) as url:
        yield url
