"""Inventories that the centre feeds: what they are to have, what they have, what is done for it.

A connector is fed from the centre's projections only, never by a bench, and is never the record.
"""
