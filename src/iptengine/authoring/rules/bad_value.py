"""A value that cannot stand here.

A number where a text is wanted, a text where a map is wanted, a word that is not one of the few allowed, a
quantity that cannot be understood, or a name that is not spelt as names are.

Why it matters: what the engine cannot understand it must not act on.

Wrong:

    contract:
      frequency: weekly

Right:

    contract:
      frequency: 1 a week
"""
