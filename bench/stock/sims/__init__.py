"""Which SIM is in which handset: married, swapped, taken out, lost; and under which contract.

A SIM's numbers come from the operator's file. Its telephone number stays in the book: no event, no
label and no paper of this room has it.
"""
