"""Courses in a Django project's own database: put ``"iptengine.contrib.django"`` into ``INSTALLED_APPS``.

The app brings three tables with their migrations, checks of the databases they stand in, and `DjangoStore`.
"""

from __future__ import annotations

from importlib.util import find_spec
from typing import TYPE_CHECKING

from iptengine.diagnostics import missing_package
from iptengine.front_door import opened

if find_spec("django") is None:
    raise ImportError(missing_package("iptengine.contrib.django", "django", "django"))

if TYPE_CHECKING:
    from iptengine.contrib.django.store import DjangoStore as DjangoStore

# Loaded when first used: Django imports this package before models may be.
__getattr__ = opened(__name__, {"contrib.django.store": ("DjangoStore",)}, globals())

__all__ = ["DjangoStore"]
