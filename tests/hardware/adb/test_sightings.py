"""From lists to facts: what the bench is told, and what it is not told twice."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.events.device import (
    HandsetOnline,
    HandsetUnauthorised,
    HandsetUnreachable,
    ProblemCleared,
    ProblemRaised,
)
from bench.events.run import Fact
from bench.identity.identifiers import UsbPath
from bench.problems import Problem, ProblemCode
from hardware.adb.devices import AdbDevice
from hardware.adb.sightings import GRACE, QUIET, Overview, broken, by_usb_path, look

_P = ProblemCode
_PORT = UsbPath(1, (2,))


def _handset(state: str, transport: int = 1, path: UsbPath | None = _PORT) -> AdbDevice:
    return AdbDevice("R58N00001XY", state, path, transport)


class _Bench:
    """Looks again and again, and keeps what was said."""

    def __init__(self) -> None:
        self.known = Overview()
        self.now = 100.0

    def sees(self, *devices: AdbDevice, after: float = 0.0) -> list[Fact]:
        self.now += after
        self.known, facts = look(self.known, devices, by_usb_path, self.now)
        return list(facts)

    def breaks(self, session: int) -> list[Fact]:
        self.known, facts = broken(self.known, session, self.now)
        return list(facts)


def _unreachable(code: ProblemCode, detail: str = "") -> HandsetUnreachable:
    return HandsetUnreachable(_PORT, Problem(code, detail=detail))


def test_a_handset_that_answers_is_online() -> None:
    assert _Bench().sees(_handset("device")) == [HandsetOnline(_PORT, 1)]


def test_nothing_is_said_twice() -> None:
    bench = _Bench()
    for state in ("unauthorized", "device", "no permissions", "recovery"):
        assert len(bench.sees(_handset(state))) == 1
        assert bench.sees(_handset(state), after=GRACE) == []


def test_a_handset_that_asks_whether_to_trust_is_unauthorised_then_online() -> None:
    bench = _Bench()
    assert bench.sees(_handset("unauthorized")) == [HandsetUnauthorised(_PORT)]
    assert bench.sees(_handset("device")) == [HandsetOnline(_PORT, 1)]


def test_a_handset_on_its_way_is_not_called_offline() -> None:
    bench = _Bench()
    assert bench.sees(_handset("offline")) == []
    assert bench.sees(_handset("authorizing"), after=GRACE / 2) == []
    assert bench.sees(_handset("device"), after=0.1) == [HandsetOnline(_PORT, 1)]


def test_a_handset_that_stays_offline_is_called_so() -> None:
    bench = _Bench()
    assert bench.sees(_handset("offline")) == []
    assert bench.sees(_handset("offline"), after=GRACE - 0.1) == []
    assert bench.sees(_handset("offline"), after=0.1) == [_unreachable(_P.HANDSET_OFFLINE)]
    assert bench.sees(_handset("offline"), after=GRACE) == []


def test_a_handset_on_its_way_has_one_grace_whatever_it_passes_through() -> None:
    bench = _Bench()
    for state in ("offline", "connecting", "authorizing", "connecting", "offline"):
        assert bench.sees(_handset(state), after=GRACE / 6) == []
    assert bench.sees(_handset("authorizing"), after=GRACE) == [_unreachable(_P.AUTHORISING)]


def test_a_handset_that_changes_between_two_waits_is_told_once_it_stays() -> None:
    bench = _Bench()
    bench.sees(_handset("connecting"))
    assert bench.sees(_handset("connecting"), after=GRACE) == [_unreachable(_P.CONNECTING)]
    for state in ("offline", "connecting", "offline", "connecting"):
        assert bench.sees(_handset(state), after=GRACE - 0.1) == []
    assert bench.sees(_handset("offline")) == []
    assert bench.sees(_handset("offline"), after=GRACE) == [_unreachable(_P.HANDSET_OFFLINE)]


def test_a_handset_that_was_online_and_goes_offline_is_told_at_once() -> None:
    bench = _Bench()
    bench.sees(_handset("device"))
    assert bench.sees(_handset("offline")) == [_unreachable(_P.HANDSET_OFFLINE)]
    assert bench.known.transport_of(1) is None
    assert bench.sees(_handset("device")) == [HandsetOnline(_PORT, 2)]


_STATES = {
    "recovery": _P.IN_RECOVERY,
    "sideload": _P.IN_SIDELOAD,
    "rescue": _P.IN_RESCUE,
    "bootloader": _P.IN_BOOTLOADER,
    "host": _P.AS_HOST,
    "detached": _P.ADB_DETACHED,
    "no permissions": _P.NO_PERMISSION,
}
_WAITS = {
    "offline": _P.HANDSET_OFFLINE, "authorizing": _P.AUTHORISING, "connecting": _P.CONNECTING,
}  # fmt: skip


@pytest.mark.parametrize("state", _STATES)
def test_a_handset_in_another_mode_is_told_at_once(state: str) -> None:
    assert _Bench().sees(_handset(state)) == [_unreachable(_STATES[state])]


def test_every_state_has_words_and_a_next_action_of_its_own() -> None:
    advice = [Problem(code).advice for code in (*_STATES.values(), *_WAITS.values())]
    for part in ("word", "what", "do"):
        assert len({getattr(each, part) for each in advice}) == len(advice)


def test_a_state_that_nobody_knows_is_told_by_its_name_once_it_stays() -> None:
    bench = _Bench()
    assert bench.sees(_handset("hibernating\x1b")) == []
    fact = _unreachable(_P.WRONG_MODE, "hibernating")
    assert bench.sees(_handset("hibernating\x1b"), after=GRACE) == [fact]


def test_a_handset_that_vanishes_has_lost_its_link() -> None:
    bench = _Bench()
    bench.sees(_handset("device"))
    assert bench.sees() == [_unreachable(_P.LINK_LOST)]
    assert bench.sees() == []


def test_a_handset_of_which_nothing_was_told_vanishes_without_a_word() -> None:
    bench = _Bench()
    bench.sees(_handset("offline"))
    assert bench.sees() == []


def test_a_handset_plugged_again_between_two_looks_is_another_session() -> None:
    bench = _Bench()
    bench.sees(_handset("device", transport=1))
    assert bench.sees(_handset("device", transport=2)) == [
        _unreachable(_P.LINK_LOST),
        HandsetOnline(_PORT, 2),
    ]
    assert bench.known.transport_of(1) is None
    assert bench.known.transport_of(2) == 2


def test_the_same_connection_of_a_new_server_is_another_session() -> None:
    bench = _Bench()
    bench.sees(_handset("device", transport=1))
    bench.sees()
    assert bench.sees(_handset("device", transport=1)) == [HandsetOnline(_PORT, 2)]
    assert bench.known.transport_of(1) is None


def test_a_link_that_broke_under_work_ends_the_session_and_a_new_one_follows() -> None:
    bench = _Bench()
    bench.sees(_handset("device"))
    assert bench.breaks(1) == [_unreachable(_P.LINK_LOST)]
    assert bench.breaks(1) == []
    assert bench.sees(_handset("device"), after=QUIET / 2) == []
    assert bench.sees(_handset("device"), after=QUIET) == [HandsetOnline(_PORT, 2)]


def test_a_link_that_broke_because_the_cable_is_out_is_told_once() -> None:
    bench = _Bench()
    bench.sees(_handset("device"))
    bench.breaks(1)
    assert bench.sees(_handset("device")) == []
    assert bench.sees() == []


def test_a_late_complaint_of_an_old_session_harms_no_new_one() -> None:
    bench = _Bench()
    bench.sees(_handset("device", transport=1))
    bench.sees(_handset("device", transport=2))
    assert bench.breaks(1) == []
    assert bench.known.transport_of(2) == 2


def test_a_handset_on_no_known_port_is_a_problem_until_it_is_gone() -> None:
    bench, stranger = _Bench(), AdbDevice("emulator-5554\x1b", "device", None, 9)
    problem = Problem(ProblemCode.UNKNOWN_PORT, "emulator-5554")
    assert bench.sees(stranger) == [ProblemRaised(problem)]
    assert bench.sees(stranger) == []
    assert bench.sees() == [ProblemCleared(ProblemCode.UNKNOWN_PORT, "emulator-5554")]


_device = st.builds(
    _handset,
    state=st.sampled_from(["device", "unauthorized", "unknown", *_STATES, *_WAITS]),
    transport=st.integers(1, 4),
    path=st.sampled_from([None, _PORT, UsbPath(1, (3,))]),
)


@given(st.lists(st.tuples(st.lists(_device, max_size=4), st.floats(0, 5)), max_size=12))
def test_a_session_never_means_two_connections(
    looks: list[tuple[list[AdbDevice], float]],
) -> None:
    bench, sessions = _Bench(), list[int]()
    for devices, after in looks:
        facts = bench.sees(*devices, after=after)
        sessions += [fact.session for fact in facts if isinstance(fact, HandsetOnline)]
        assert bench.sees(*devices) == []
    assert sessions == list(range(1, len(sessions) + 1))
