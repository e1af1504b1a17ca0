"""What the actions of menus and keys call, a module for each group."""
