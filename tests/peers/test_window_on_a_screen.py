"""The window of the demo on a real X server: opened, painted, worked, closed by itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from PIL import Image

ROOT = Path(__file__).parents[2]
DONE = (0x00, 0x5F, 0x4B), (0x00, 0xA3, 0x7F)
"""The colour of a slot that is done, light and dark."""


def test_the_demo_opens_its_window_and_leaves_pictures_of_it(tmp_path: Path) -> None:
    assert shutil.which("xvfb-run"), "install the Debian packages xvfb and xauth"
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    asked = ["main.py", "demo", "--alone", "--handsets", "4", "--json", "--out", str(tmp_path)]
    told = subprocess.run(
        ["xvfb-run", "-a", "-s", "-screen 0 1440x900x24", sys.executable, *asked],
        cwd=ROOT, env=environment, check=False, capture_output=True, text=True, timeout=100,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["staged"] == 4
    with Image.open(tmp_path / "window-final.png") as picture:
        colours = picture.convert("RGB").getcolors(picture.width * picture.height)
    assert colours is not None
    done = sum(count for count, colour in colours if colour in DONE)
    assert done > picture.width * picture.height // 10, "the four slots are not shown as done"
