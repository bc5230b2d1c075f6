"""Scanners: serial ports and grabbed keyboards, each of them text and the name of its source."""
