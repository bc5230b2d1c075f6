"""What the bench said last, for eyes and ears at once: the newest scan, a rhythm, and words."""

from __future__ import annotations

from app.feedback import Sounds, announce, worst
from app.staging.attention import AttentionList, Note
from app.staging.scan_bar import ScanBar
from app.staging.scan_history import heard
from bench.events.views import ScanTone, ScanView


def tell(
    scans: tuple[ScanView, ...],
    new: tuple[Note, ...],
    bar: ScanBar,
    attention: AttentionList,
    sounds: Sounds,
) -> None:
    """Tell of scans and of notes that were not there before."""
    tones = [scan.tone for scan in scans] + [ScanTone.BAD for _ in new]
    if scans:
        bar.show_scan(scans[-1])
    if tones:
        sounds.play(worst(tones))
    for scan in scans:
        announce(bar, heard(scan), urgent=scan.tone is ScanTone.BAD)
    for note in new:
        announce(attention, f"{note.head}. {note.body}", urgent=True)
