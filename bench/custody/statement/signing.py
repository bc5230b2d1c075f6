"""A PAdES signature over a finished PDF (ETSI EN 319 142-1, baseline B-B; B-T with a time stamp).

pyHanko does it, in an incremental update: the bytes that were laid out stay as they were. It loads
large libraries and runs a loop of its own: import it where it is used, call it in a thread.
"""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from io import BytesIO

from asn1crypto.keys import PrivateKeyInfo
from asn1crypto.tsp import TimeStampReq, TimeStampResp
from asn1crypto.x509 import Certificate
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.writer import BasePdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers.constants import ESIC_EXTENSION_1
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore

from bench.custody.proof.timestamp import Authority, check_digest, fetch
from bench.custody.statement.seal import Seal

FIELD = "Statement"
"""The name of the signature's form field."""


def sign(pdf: bytes, seal: Seal, at: datetime, *, authority: Authority | None = None) -> bytes:
    """Return `pdf` with the seal's signature over all of it, invisible, claimed for time `at`.

    With an `authority` the signature carries its time stamp, checked before it is taken in. Raises
    `ProblemError` (SEAL_UNUSABLE: not valid at that time) and `TimestampError`.
    """
    seal.check(at)
    return asyncio.run(_signed(pdf, _signer(seal, authority), at))


async def _signed(pdf: bytes, signer: PdfSigner, at: datetime) -> bytes:
    """The steps of `PdfSigner.async_sign_pdf`, with the time given instead of the system's."""
    session = signer.init_signing_session(IncrementalPdfFileWriter(BytesIO(pdf)))
    session.system_time = at.astimezone(UTC)
    reserved = await session.estimate_signature_container_size(None, tight=False)
    document = session.prepare_tbs_document(validation_info=None, bytes_reserved=reserved)
    prepared, output = document.digest_tbs_document()
    signed = await document.perform_signature(
        prepared.document_digest, PdfCMSSignedAttributes(signing_time=session.system_time)
    )
    await signed.post_signature_processing(output)
    output.seek(0)
    return bytes(output.read())


def _signer(seal: Seal, authority: Authority | None) -> PdfSigner:
    metadata = PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES,
        name=seal.signatory.name, reason="Statement of custody",
    )  # fmt: skip
    stamper = None if authority is None else _Stamper(authority)
    return _Signer(metadata, signer=_key_holder(seal), timestamper=stamper)


def _key_holder(seal: Seal) -> SimpleSigner:
    store = SimpleCertificateStore()  # type: ignore[no-untyped-call]  # the rest of it is typed
    store.register_multiple(map(_asn1, seal.chain))
    key = seal.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(_asn1(seal.certificate), PrivateKeyInfo.load(key), store)


def _asn1(certificate: x509.Certificate) -> Certificate:
    return Certificate.load(certificate.public_bytes(Encoding.DER))


class _Signer(PdfSigner):
    """pyHanko's, without the extension that makes a PDF 2.0 of what an elliptic curve signs.

    PDF/A-3 is PDF 1.7 (ISO 19005-3, 6.1.2), and readers took such signatures before ISO 32002.
    """

    def register_extensions(
        self,
        pdf_out: BasePdfFileWriter,
        *,
        md_algorithm: str,  # noqa: ARG002 - pyHanko names it
    ) -> None:
        """Declare PAdES (ETSI) and nothing else."""
        pdf_out.register_extension(ESIC_EXTENSION_1)


class _Stamper(TimeStamper):
    """pyHanko's, with our way of asking and checking."""

    def __init__(self, authority: Authority) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # the rest of it is typed
        self._authority = authority

    async def async_request_tsa_response(self, req: TimeStampReq) -> TimeStampResp:
        """Ask the authority; raises `TimestampError`."""
        return await asyncio.to_thread(self._stamped, req)

    def _stamped(self, asked: TimeStampReq) -> TimeStampResp:
        authority = self._authority
        reply = fetch(authority.url, asked.dump(), deadline=authority.deadline)
        imprint = asked["message_imprint"]["hashed_message"].native
        check_digest(reply, imprint, authority.roots, asked["nonce"].native)
        return TimeStampResp.load(reply)
