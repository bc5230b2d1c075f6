"""Out of the house: consignments, their seals and manifests, and who took them over."""
