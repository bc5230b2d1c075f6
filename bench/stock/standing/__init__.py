"""Where each handset stands: the page that every room of the stock looks up."""
