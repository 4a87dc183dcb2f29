"""A measure is named without its version.

`use` names a measure and its version, joined by `@`.

Why it matters: questionnaires are revised, and a score of one version is not a score of another.

Wrong:

    measures:
      phq9: {use: phq9, due: every session}

Right:

    measures:
      phq9: {use: phq9@1, due: every session}
"""
