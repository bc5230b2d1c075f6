"""The Wi-Fi of a simulated handset: which networks are in reach, and which one it is on."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class NetworkInReach:
    """A network in reach of a handset.

    `security` is as `cmd wifi` names it: open, owe, wpa2, wpa3. `asks` is how often its state is
    asked before the handset is on it; one that never `associates` is seen and takes nobody.
    """

    security: str = "wpa2"
    password: str = field(default="", repr=False)
    hidden: bool = False
    asks: int = 0
    associates: bool = True

    def takes(self, security: str, password: str, *, hidden: bool) -> bool:
        """Whether it lets a handset in that comes with this."""
        is_found = self.associates and (hidden or not self.hidden)
        return is_found and (self.security, self.password) == (security, password)


@dataclass(slots=True)
class SimulatedWifi:
    """`in_reach` is by name. A network that does not take the handset is not told from one afar.

    `may_connect` is whether the shell is allowed to (`SecurityException` else), `tells_name`
    whether it is told the name of the network it is on.
    """

    in_reach: dict[str, NetworkInReach] = field(default_factory=dict)
    enabled: bool = True
    may_connect: bool = True
    tells_name: bool = True
    joining: str = ""
    asked: int = 0

    def join(self, name: str, security: str, password: str, *, hidden: bool) -> None:
        """Begin to join a network; whether it succeeds shows later."""
        network = self.in_reach.get(name)
        lets_in = network is not None and network.takes(security, password, hidden=hidden)
        self.joining, self.asked = name if lets_in else "", 0

    def ask(self) -> str:
        """Return the name of the network it is on, "" while it is on none."""
        network = self.in_reach.get(self.joining)
        if network is None or not self.enabled:
            return ""
        self.asked += 1
        return self.joining if self.asked > network.asks else ""

    def drop(self) -> None:
        """Fall off the network; the next question counts from the beginning."""
        self.asked = 0

    def forget(self) -> None:
        """Know no network any more."""
        self.joining, self.asked, self.enabled = "", 0, True
