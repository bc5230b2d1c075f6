"""Printers that speak ZPL: Zebra's, and the many that learned it from them."""
