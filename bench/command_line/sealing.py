"""`key seal`: seals the secrets of a bench that lie in files, as well as the computer can."""

from __future__ import annotations

import sys
from typing import TextIO

from bench.custody.keys.sealing import Sealing, Secret
from bench.custody.keys.vault import Vault
from bench.problems import ProblemError

_TO = {
    Sealing.TPM2: "sealed to this computer's security chip",
    Sealing.HOST: "sealed with this computer's own key",
}


def seal_secrets(vault: Vault, out: TextIO | None = None) -> int:
    """Seal what lies in the clear, say of each secret what became of it; return the exit code.

    The bench must not be running: it may be making a secret just then.
    """
    out = sys.stdout if out is None else out
    code = 0
    for secret in Secret:
        try:
            said = _sealed(vault, secret)
        except ProblemError as error:
            said, code = str(error), 1
        out.write(f"{secret.credential}: {said}\n")
    return code


def _sealed(vault: Vault, secret: Secret) -> str:
    if not vault.in_the_clear(secret):
        return "not in any file"
    return f"{_TO[vault.seal(secret)]}; the file is overwritten and gone"
