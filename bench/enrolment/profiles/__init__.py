"""Profiles: versioned data that says how a handset comes under management, checked whole."""
