"""Figures that need minutes: run by `make bench`, never by the tests."""
