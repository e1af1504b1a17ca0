"""Small additions to the program, each in one file: the test copies them into a copy of it."""
