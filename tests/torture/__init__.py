"""What happens to a store when the machine, the disk, the other writers or an intruder do their worst.

``PYTHONPATH=tests python -m torture`` lists what there is; ``make torture`` runs all of it at full size.
"""
