"""The centre's door over HTTPS: the same exchange for sites from which only 443 leaves."""
