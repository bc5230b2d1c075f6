"""Simulated enrolment portals: what is uploaded to Knox or zero-touch, and what handsets get of it.

How their files look is not confirmed by either maker: the rules of a portal are values.
"""
