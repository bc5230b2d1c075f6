"""A package before and after it is sent: who signed it, and what an installer's refusal means.

Sources: AOSP `PackageManager.java` (the `INSTALL_…` codes), `PackageManagerShellCommand.java` (how
`pm install` writes them), Android Developers, "Application signing".
"""

from __future__ import annotations

import re
from pathlib import Path

from bench.enrolment.apk.archive import ApkError
from bench.enrolment.apk.signature import signature_of
from bench.identity.plain import plain
from bench.problems import Problem, ProblemCode, ProblemError

_LONGEST = 200
_CODE = re.compile(r"INSTALL_[A-Z_]{1,60}", re.ASCII)
_WRONG_FILE = "have the right package file put beside the profile"
_RESET = "reset the handset to factory settings, or take the package off it"
_WORDS = {
    "INSTALL_FAILED_INSUFFICIENT_STORAGE": "it has no room left: reset it to factory settings",
    "INSTALL_FAILED_MEDIA_UNAVAILABLE": "it has no room left: reset it to factory settings",
    "INSTALL_FAILED_UPDATE_INCOMPATIBLE": (
        f"the package on it is signed by somebody else, so that this one is no update: {_RESET}"
    ),
    "INSTALL_FAILED_SHARED_USER_INCOMPATIBLE": (
        f"a package on it that this one belongs to is signed by somebody else: {_RESET}"
    ),
    "INSTALL_PARSE_FAILED_INCONSISTENT_CERTIFICATES": (
        f"the package is signed by somebody else than before: {_RESET}"
    ),
    "INSTALL_FAILED_VERSION_DOWNGRADE": f"a newer version of the package is on it: {_RESET}",
    "INSTALL_FAILED_ALREADY_EXISTS": f"the package is on it already, for another user: {_RESET}",
    "INSTALL_FAILED_DUPLICATE_PACKAGE": f"a package of that name is on it already: {_RESET}",
    "INSTALL_FAILED_TEST_ONLY": f"the package was built for tests only: {_WRONG_FILE}",
    "INSTALL_PARSE_FAILED_NO_CERTIFICATES": (
        f"the package has no signature that holds, it may be damaged: {_WRONG_FILE}"
    ),
    "INSTALL_PARSE_FAILED_CERTIFICATE_ENCODING": (
        f"the package's certificate cannot be read: {_WRONG_FILE}"
    ),
    "INSTALL_FAILED_INVALID_APK": f"the package is damaged: {_WRONG_FILE}",
    "INSTALL_PARSE_FAILED_NOT_APK": f"the file is no package, or damaged: {_WRONG_FILE}",
    "INSTALL_PARSE_FAILED_BAD_MANIFEST": f"the package's manifest is damaged: {_WRONG_FILE}",
    "INSTALL_PARSE_FAILED_MANIFEST_MALFORMED": f"the package's manifest is wrong: {_WRONG_FILE}",
    "INSTALL_FAILED_DEXOPT": "it could not prepare the package, or has no room left: try again",
    "INSTALL_FAILED_OLDER_SDK": "its Android is too old for the package: update its software",
    "INSTALL_FAILED_NEWER_SDK": f"its Android is too new for the package: {_WRONG_FILE}",
    "INSTALL_FAILED_DEPRECATED_SDK_VERSION": (
        f"the package was made for an Android so old that it is not taken any more: {_WRONG_FILE}"
    ),
    "INSTALL_FAILED_NO_MATCHING_ABIS": f"the package is for another processor: {_WRONG_FILE}",
    "INSTALL_FAILED_CPU_ABI_INCOMPATIBLE": f"the package is for another processor: {_WRONG_FILE}",
    "INSTALL_FAILED_MISSING_SPLIT": f"a part of the package is missing: {_WRONG_FILE}",
    "INSTALL_FAILED_MISSING_SHARED_LIBRARY": (
        f"the package needs a library that it does not have: {_WRONG_FILE}"
    ),
    "INSTALL_FAILED_MISSING_FEATURE": (
        f"the package needs something that this model does not have: {_WRONG_FILE}"
    ),
    "INSTALL_FAILED_CONFLICTING_PROVIDER": f"another package is in the way of it: {_RESET}",
    "INSTALL_FAILED_DUPLICATE_PERMISSION": f"another package is in the way of it: {_RESET}",
    "INSTALL_FAILED_USER_RESTRICTED": (
        "it does not allow installing over USB: allow that on the handset, under developer options"
        " or in its policy"
    ),
    "INSTALL_FAILED_VERIFICATION_FAILURE": (
        "its check of apps refused the package: switch off the check of apps over USB under"
        " developer options"
    ),
    "INSTALL_FAILED_VERIFICATION_TIMEOUT": (
        "its check of apps did not end: let it on line, or switch off the check of apps over USB"
        " under developer options"
    ),
    "INSTALL_FAILED_ABORTED": "the installation was broken off on the handset: try again",
    "INSTALL_FAILED_INTERNAL_ERROR": "its installer failed: start the handset again",
}
"""What each code means on a bench, and what to do."""


def refusal_in_words(reason: str) -> str:
    """Return an installer's refusal as `what it means: what to do (CODE)`, else plain as it is."""
    code = _CODE.search(reason)
    words = _WORDS.get(code[0]) if code else None
    return f"{words} ({code[0]})" if code and words else plain(reason, _LONGEST)


def check_signer(file: Path, wanted: str) -> None:
    """Prove that a package is signed by whom the profile names; nothing named, nothing checked.

    `wanted` is a checksum as `bench.enrolment.apk.signature` makes it. Where a signer changed its
    key, either is right. Raises `ProblemError` PACKAGE_UNTRUSTED. Reads the file: for a thread.
    """
    if not wanted:
        return
    try:
        signature = signature_of(file)
    except ApkError as error:
        raise _untrusted(file, str(error)) from None
    if against := signature.against(wanted):
        raise _untrusted(file, against)


def _untrusted(file: Path, why: str) -> ProblemError:
    return ProblemError(Problem(ProblemCode.PACKAGE_UNTRUSTED, file.name, plain(why, _LONGEST)))
