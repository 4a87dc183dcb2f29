"""Adapters to frameworks, imported only by those who use them."""
