"""A fact under a risk alert can take a value that says it was not answered.

To the engine a fact is unanswered when it is recorded empty, and then its risk alerts are raised, since nothing
was ruled out. `unanswered` or `unknown` among the values of `one_of` is an answer like any other.

Why it matters: somebody who picks `unanswered` has recorded an answer, the question is not asked again, and the
alert about what was left open does not reach the clinician.

Wrong:

    facts:
      fear_at_home: {title: Afraid of someone at home, one_of: [no, yes, unanswered]}
    alerts:
      fear:
        kind: risk
        raise_if: fear_at_home is yes

Right:

    facts:
      fear_at_home: {title: Afraid of someone at home, one_of: [no, yes]}
    alerts:
      fear:
        kind: risk
        raise_if: fear_at_home is yes
"""
