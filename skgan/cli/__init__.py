"""The command line, ``python -m skgan``."""
