"""How fast Dateline is on this machine: `dateline bench`."""
