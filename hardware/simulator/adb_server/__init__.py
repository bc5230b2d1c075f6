"""A simulated ADB server: any handset, port and state on its list, and faults no real one has."""
