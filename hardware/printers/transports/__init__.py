"""The lines to label printers: the network, a USB printer device, a serial port."""
