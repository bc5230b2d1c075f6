"""Simulated devices for training and tests: real protocols, made-up identities.

Handsets speak ADB to a real, unmodified adb server; nothing above it knows the difference.
"""
