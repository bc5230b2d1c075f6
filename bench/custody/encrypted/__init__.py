"""A record that nobody reads without its key: for a bench whose disk may leave the room.

An encrypted disk with its key in the TPM comes first; this is for where there is none. It needs the
library sqlcipher3 (the extra `encrypted`), and is loaded only where it is set.
"""
