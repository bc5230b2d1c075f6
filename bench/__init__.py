"""The domain: what a staging bench is and does, without Qt and without a device library."""

__version__ = "0.1.0"
