"""A simulated Intune: Microsoft Graph and its sign-in on the loopback, with faults on demand."""

from hardware.simulator.intune.enrolling import EnrolmentRefusedError
from hardware.simulator.intune.faults import Faults
from hardware.simulator.intune.simulated import SimulatedIntune

__all__ = ["EnrolmentRefusedError", "Faults", "SimulatedIntune"]
