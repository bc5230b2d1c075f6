"""A code on a real X server at 100 % and 200 %: the screen is photographed, and read by another."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from tests.app.enrolment_code import camera, payloads

ROOT = Path(__file__).parents[2]
CHILD = ROOT / "tests" / "app" / "enrolment_code" / "scaled_child.py"


@pytest.mark.parametrize("scale", ["1", "2"])
def test_a_photograph_of_the_screen_gives_every_text_byte_for_byte(
    scale: str, tmp_path: Path
) -> None:
    assert shutil.which("xvfb-run"), "install the Debian packages xvfb and xauth"
    texts = payloads.texts()
    scaling = {"QT_SCALE_FACTOR": scale, "QT_QPA_PLATFORM": "xcb", "PYTHONPATH": str(ROOT)}
    display = ["xvfb-run", "-a", "-s", "-screen 0 1920x1200x24"]
    told = subprocess.run(
        [*display, sys.executable, str(CHILD), str(tmp_path), "screen"],
        input=json.dumps(texts), env=os.environ | scaling, check=False,
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["ratio"] == float(scale)
    for kind, text in texts.items():
        with Image.open(tmp_path / f"{kind}.png") as picture:
            assert picture.size == (1920, 1200)
            assert camera.read(picture.convert("L")) == text.encode(), kind
