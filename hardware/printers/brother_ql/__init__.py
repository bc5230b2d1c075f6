"""Brother's QL label printers, by the maker's published raster command references.

Brother, Software Developer's Manual, Raster Command Reference: QL-500/550/560/570/580N/650TD/700/
1050/1060N ("QL series"), QL-600/710W/720NW version 1.02, QL-800/810W/820NWB version 1.01,
QL-1100/1110NWB/1115NWB version 1.00. Section numbers in this room are those of the newer three.
"""
