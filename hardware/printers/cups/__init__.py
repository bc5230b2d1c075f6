"""Any printer that the system prints on, by the programs that come with CUPS."""
