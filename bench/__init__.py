"""The domain: what a staging bench is and does, without Qt and without a device library."""
