"""Every word and number a reader of a page sees, in the reader's language."""
