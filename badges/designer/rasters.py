"""Draws a stranger's SVG in a process of its own: what is made to exhaust us exhausts only that."""

import subprocess
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image

from .refusals import PictureRefused

_FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"
_SECONDS, _MEMORY = 5, 1 << 30
_PROGRAM = """
import resource, sys
seconds, memory, side, *fonts = sys.argv[1:]
resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds)))
resource.setrlimit(resource.RLIMIT_AS, (int(memory), int(memory)))
import resvg_py
face = "Atkinson Hyperlegible Next"
families = ("font", "sans_serif", "serif", "monospace", "cursive", "fantasy")
drawn = resvg_py.svg_to_bytes(
    sys.stdin.buffer.read().decode(), width=int(side), height=int(side), skip_system_fonts=True,
    font_files=fonts, **{f"{family}_family": face for family in families})
sys.stdout.buffer.write(drawn)
"""


def raster(svg: bytes, side: int) -> bytes:
    """A square PNG of a square SVG that has been cleaned. Raises PictureRefused."""
    fonts = sorted(map(str, _FONTS.glob("*.ttf")))
    command = [sys.executable, "-P", "-c", _PROGRAM, str(_SECONDS), str(_MEMORY), str(side), *fonts]
    try:
        done = subprocess.run(command, input=svg, capture_output=True, timeout=_SECONDS * 2, check=True)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise PictureRefused("svg_heavy") from error
    except subprocess.CalledProcessError as error:
        raise PictureRefused("corrupt" if error.returncode == 1 else "svg_heavy") from error
    if not _shows_something(done.stdout):
        raise PictureRefused("svg_nothing")
    return done.stdout


def _shows_something(png: bytes) -> bool:
    with Image.open(BytesIO(png)) as image:
        return image.convert("RGBA").getchannel("A").getbbox() is not None
