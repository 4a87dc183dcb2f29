"""A measure is named that cannot be found in that version.

`use: phq9@1` asks for the file `phq9.measure.yaml` with version 1. It is looked for beside the protocol, in a
folder `measures` beside it, in the folders named when loading, and among the shipped measures. What is found
before a shipped measure of its name and version has to be the same measure (see other-measure).

Why it matters: a score from another version of a questionnaire may mean something else; so the version is named
and never guessed.

Wrong:

    measures:
      phq9: {use: phq9@2, due: every session}

Right:

    measures:
      phq9: {use: phq9@1, due: every session}
"""
