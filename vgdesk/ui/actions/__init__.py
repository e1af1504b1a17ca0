"""Methods called by menus and keys, one module per group."""
