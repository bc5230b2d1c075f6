"""An independent renderer of ZPL: one node process for all labels, as loading it takes longest."""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image

_PROGRAM = Path(__file__).parent / "renderer" / "render.cjs"


class Renderer:
    """What a printer that takes ZPL would print, as somebody else understands it."""

    def __init__(self, node: subprocess.Popen[str]) -> None:
        self._node = node

    def rendered(self, job: bytes, width: int, height: int) -> Image.Image:
        """Return the picture that a job makes on a label of so many dots, black on white."""
        assert self._node.stdin, "it was opened with a pipe"
        assert self._node.stdout, "it was opened with a pipe"
        ask = {"zpl": job.decode("ascii"), "width": width, "height": height}
        self._node.stdin.write(json.dumps(ask) + "\n")
        self._node.stdin.flush()
        picture = base64.b64decode(self._node.stdout.readline().strip(), validate=True)
        return Image.open(io.BytesIO(picture)).convert("L")


@contextmanager
def renderer() -> Iterator[Renderer]:
    """Start the renderer, and end it."""
    node = shutil.which("node")
    assert node, "install the package nodejs"
    installed = _PROGRAM.parent / "node_modules" / "zpl-renderer-js"
    assert installed.is_dir(), f"npm ci --prefix {_PROGRAM.parent}"
    words = [node, str(_PROGRAM)]
    with subprocess.Popen(words, stdin=-1, stdout=-1, text=True) as process:
        yield Renderer(process)
        assert process.stdin, "it was opened with a pipe"
        process.stdin.close()
        assert process.wait(30) == 0
