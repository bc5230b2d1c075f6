"""ServiceNow, by its Identification and Reconciliation Engine (IRE)."""
