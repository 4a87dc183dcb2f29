"""There is no protocol of this name.

The name is looked up among the shipped protocols and in the folders named when loading; the one that a vignette
names, in the vignette's own folder before these. The file is called NAME.protocol.yaml, and the id inside is
the same name.

Why it matters: a course must never begin under a protocol other than the one that was meant.

Wrong:

    load("ipt-adlut")

Right:

    load("ipt-adult")
"""
