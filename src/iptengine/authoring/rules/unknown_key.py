"""A key that the format does not have.

Each part of a file has keys of its own; the reference page lists them. A key that is not among them is never
passed over.

Why it matters: a misspelt `must` would silently leave out every task under it.

Wrong:

    phases:
      initial:
        musst:
          inventory: Take the interpersonal inventory

Right:

    phases:
      initial:
        must:
          inventory: Take the interpersonal inventory
"""
