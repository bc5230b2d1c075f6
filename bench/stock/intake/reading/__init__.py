"""Tables as others send them, CSV and XLSX, made rows of plain texts; what is damaged is named."""
