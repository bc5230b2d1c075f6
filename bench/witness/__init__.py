"""The witness: it puts a time on each bench's checkpoint, and never on one that rewrites the past.

It speaks the witness protocol of c2sp.org/tlog-witness, for sites that run no witness yet; the
bench's side of it works with any. It belongs on another computer, under other people, than what it
witnesses.
"""
