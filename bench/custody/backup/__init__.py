"""Copies of the record on another disk: made while work goes on, and each proved to restore."""
