"""The simulated handset as a USB device: a real adb server drives it through an emulated usbfs.

umockdev's preload hands on what the server does to a device node, word by word. Nothing here loads
umockdev: whoever holds an emulated /sys and /dev gives it in as a `Testbed`.
"""
