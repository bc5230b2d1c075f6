"""systemd-creds(1), which seals a secret to this computer. It blocks for some 30 ms: no event loop.

Secrets pass through pipes only, never through arguments, the environment or a file.
"""

from __future__ import annotations

import subprocess

from bench.custody.keys.sealing import SealError, Sealing, sealing_of
from bench.identity.plain import plain

_KEYS = {Sealing.TPM2: "tpm2", Sealing.HOST: "host"}


class SystemdCreds:
    """The program by that name, of systemd 250 or later; one that is missing seals nothing.

    `tpm2_device` as in its option: a device, or a driver and what it takes; "" finds the chip. No
    PCRs are named, so that systemd's own choice holds: its version 252 cannot open again what it
    sealed to none. `deadline` in seconds for each call.
    """

    def __init__(
        self, program: str = "systemd-creds", *, tpm2_device: str = "", deadline: float = 20.0
    ) -> None:
        self._program = program
        self._device = [f"--tpm2-device={tpm2_device}"] if tpm2_device else []
        self._deadline = deadline

    def offers(self) -> tuple[Sealing, ...]:
        """Return how a secret can be sealed here, the strongest first; the last may need root."""
        try:
            self._run(["--version"])
        except SealError:
            return ()
        return (Sealing.TPM2, Sealing.HOST) if self._has_tpm2() else (Sealing.HOST,)

    def seal(self, name: str, secret: bytes, sealing: Sealing) -> bytes:
        """Return `secret` sealed under `name`, in Base64; `SealError` where that is not possible.

        `sealing` is one that `offers` named. What is returned was opened again and compared.
        """
        words = ["encrypt", f"--name={name}", f"--with-key={_KEYS[sealing]}", *self._device]
        credential = self._run([*words, "-", "-"], secret)
        if self.unseal(name, credential) != secret:
            raise SealError("what was sealed does not open to the same secret")
        return credential

    def unseal(self, name: str, credential: bytes) -> bytes:
        """Return the secret; `SealError` if this computer cannot open it or the name is another."""
        sealing_of(credential)
        return self._run(["decrypt", f"--name={name}", *self._device, "-", "-"], credential)

    def _has_tpm2(self) -> bool:
        try:
            self._run(["has-tpm2", "--quiet"])
        except SealError:
            return bool(self._device)
        return True

    def _run(self, words: list[str], given: bytes = b"") -> bytes:
        try:
            done = subprocess.run(  # noqa: S603 - a program of the system, our own words
                [self._program, *words],
                input=given,
                capture_output=True,
                timeout=self._deadline,
                check=False,
            )
        except subprocess.TimeoutExpired:
            fault = f"{self._program} gave no answer in {self._deadline:g} s"
        except OSError as error:
            fault = f"{self._program} cannot be run: {error.strerror}"
        else:
            if done.returncode == 0:
                return done.stdout
            fault = _last_line(done.stderr) or f"{self._program} ended with {done.returncode}"
        # raised out here: the exception of a deadline holds what was written until then
        raise SealError(fault)


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").splitlines()
    return plain(lines[-1], 160) if lines else ""
