"""Variants: a protocol written as changes to another, and the account of what made each part what it is."""
