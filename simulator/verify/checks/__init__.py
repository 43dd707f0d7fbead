"""The checks, one a module; each is an entry point of ``simulator.checks``."""
