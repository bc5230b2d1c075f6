"""Proofs that stand without this program: the Merkle tree, signed checkpoints, offline proofs.

Pure: no file, no database, no clock. The formats are published ones (RFC 6962, C2SP), so that
tools of others make and check them too.
"""
