"""A text is too long for its place.

A `label` is one word of at most 12 characters, which stands before a step of the hour; a text has at most 4000.

Why it matters: the page a clinician reads before a session has to fit on one side.

Wrong:

    hour:
      work: {label: Communication analysis, minutes: 20}

Right:

    hour:
      work: {label: Exchange, minutes: 20}
"""
