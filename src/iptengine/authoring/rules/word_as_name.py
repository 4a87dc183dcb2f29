"""A word that means something elsewhere stands where a name is wanted.

Under `next`, `only_if`, `all`, `any` and the like every line begins with a name of your own. `not`, `all`,
`any`, `and`, `or`, `unless` or `until` would be such a name there, and the sentence after it would be asked as
it stands. `not:` stands under a name, and above conditions that have names, too. Likewise `hide_from` and `by`
name roles one by one: `all`, `none` or `not therapist` would be a role that no one has. An alert is not called
`all`, which means every open one, or `risk_item`, which is the alert of every risk item of a measure.

Why it matters: an alert would be raised by the very answer that it should not be raised by, a way would open on
what should keep it shut, and what should be hidden would be shown.

Wrong:

    raise_if:
      all:
        asked: harm is recorded
        not: harm is no

Right:

    raise_if:
      all:
        asked: harm is recorded
        not_denied:
          not:
            denied: harm is no
"""
