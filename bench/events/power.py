"""What is known of the power of USB ports."""

from __future__ import annotations

from dataclasses import dataclass

from bench.identity.identifiers import UsbPath


@dataclass(frozen=True, slots=True)
class PortsSwitchable:
    """These ports, and no others, can be switched off and on one by one."""

    paths: frozenset[UsbPath]
