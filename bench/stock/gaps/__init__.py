"""Gaps: every minute of every handset is with somebody who is named, or the gap has a name."""
