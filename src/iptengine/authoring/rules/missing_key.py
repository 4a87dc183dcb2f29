"""A key that has to be there is missing.

The message names the part, the key, and what the key is for.

Why it matters: what a phase is for, or what the clinician is asked to do on an alert, cannot be guessed.

Wrong:

    phases:
      initial:
        title: Initial phase

Right:

    phases:
      initial:
        title: Initial phase
        aim: Name the illness and agree on one focus
"""
