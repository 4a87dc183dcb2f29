"""This cannot be the name of a protocol.

A protocol is named by its id, such as `ipt-adult`, or by the path of a file that ends in `.protocol.yaml`.
Anything else is refused, and nothing is opened.

Why it matters: a name that comes from outside must not reach a file outside the folders meant for it.

Wrong:

    load("../ipt-adult")

Right:

    load("ipt-adult")
"""
