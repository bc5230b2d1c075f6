"""Custodians that are neither this house nor anybody a handset was sent or given to."""

from __future__ import annotations

LOST = "lost"
"""The custodian of what nobody has."""
SUPPLIER = "supplier:"
"""What the custodian of a handset that went back begins with."""
ELSEWHERE = f"(place = '{LOST}' OR place >= '{SUPPLIER}' AND place < 'supplier;')"
"""Asks of a handset whether it is lost or at its supplier, whatever its phase."""
