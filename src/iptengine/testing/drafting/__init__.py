"""Vignettes drafted: courses driven by what is open, to the places of a protocol that no vignette reached."""
