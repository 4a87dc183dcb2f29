"""There are more mistakes than are told at once.

The first hundred are told. Correct them, and the rest will show.

Why it matters: a long list hides the one mistake that caused the others; begin at the top.

Wrong:

    phasess: {}

Right:

    phases: {}
"""
