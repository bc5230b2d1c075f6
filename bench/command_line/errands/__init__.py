"""What can be asked of the program without a bench: the words of each room's commands.

These rooms only parse. What a command does is loaded when it is done.
"""
