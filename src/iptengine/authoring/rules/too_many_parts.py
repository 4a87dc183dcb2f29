"""The protocol has more parts than can be looked after.

A protocol has at most 2000 tasks, 500 phases, 2000 different conditions and 2000 different texts with tags.

Why it matters: no therapist can follow so many; and a file must not take unbounded time to read.

Wrong:

    a file with thousands of tasks made by a program

Right:

    a protocol a person has written
"""
