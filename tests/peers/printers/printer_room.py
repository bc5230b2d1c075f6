"""A room with simulated USB printers under umockdev, and the product's printers beside them.

Run through `umockdev-wrapper`; a scene is given the testbed.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext

from tests.peers.scenes import perform

if __name__ == "__main__":
    perform(sys.argv[1], nullcontext)
