"""What `uhubctl` lists of hubs and ports. No I/O.

Source: uhubctl 2.4.0 to 2.6.0, `uhubctl.c`, `main` ("Current status for hub …"),
`get_device_description` and `print_port_status`; its README, "Usage". What a device says of itself
stands in brackets at the end of a line, and a line break in it makes a line of its own: a port
listed that way is no port of a hub, which `hardware.hub_power.ports` finds out from the kernel.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from bench.identity.identifiers import UsbPath

_HUB = re.compile(
    r"(?:Current|New) status for hub ([1-9][0-9]{0,2})(-[0-9]{1,3}(?:\.[0-9]{1,3}){0,6})? "
    r"\[.*, USB [0-9a-f]{1,2}\.[0-9a-f]{2}, [0-9]{1,3} ports, (ppps|ganged|nops)\]",
    re.ASCII,
)
_PORT = re.compile(r"  Port ([1-9][0-9]?): [0-9a-f]{4} ([^\[]*)(?:\[.*)?", re.ASCII)
_DENIED = re.compile("permission problems|Permission denied|LIBUSB_ERROR_ACCESS")


def read_listing(text: str) -> Mapping[UsbPath, Sequence[bool]]:
    """Return each port that can be switched alone, with every state it is listed in, in order.

    A state is whether the port has power. Hubs that switch all ports at once, or none, are left
    out, as is every line that is no hub's or port's.
    """
    states: defaultdict[UsbPath, list[bool]] = defaultdict(list)
    hub: tuple[int, tuple[int, ...]] | None = None
    for line in text.splitlines():
        if found := _HUB.fullmatch(line):
            bus, chain, switching = found.groups()
            places = tuple(map(int, (chain or "").lstrip("-").split("."))) if chain else ()
            hub = (int(bus), places) if switching == "ppps" else None
        elif hub and (port := _PORT.fullmatch(line)):
            path = UsbPath(hub[0], (*hub[1], int(port[1])))
            states[path].append("power" in port[2].split())
    return dict(states)


def was_cycled(states: Sequence[bool]) -> bool:
    """Whether a port that was listed before, while and after it was off has power again."""
    return len(states) > 1 and not all(states) and states[-1]


def was_denied(errors: str) -> bool:
    """Whether the hubs are there, and this account may not use them."""
    return bool(_DENIED.search(errors))
