"""Who may see what: Django's permissions, asked in one place, and nothing shown that does not name one."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse

from clinic.models import READ_ALL, Patient, PatientGroup

View = Callable[..., HttpResponse]


def needs(permission: str) -> Callable[[View], View]:
    """A view for those who have `permission`."""

    def guarded(view: View) -> View:
        @wraps(view)
        def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.has_perm(permission):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        asked.says_who = True
        return asked

    return guarded


def signed_in(view: View) -> View:
    """A view for everybody who has signed in."""
    view.says_who = True
    return view


class DeniedByDefault:
    """Shows no view that does not say who may see it; the login page says that everybody may."""

    def __init__(self, get_response: View) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: View, args: object, kwargs: object) -> None:
        if getattr(view, "login_required", True) and not getattr(view, "says_who", False):
            raise PermissionDenied


def patients_of(user: Any) -> QuerySet[Patient]:
    """The patients whose courses a user may see: their own and those in a group they lead, or every one."""
    if user.has_perm(READ_ALL):
        return Patient.objects.all()
    return Patient.objects.filter(Q(therapist=user) | Q(groups__leaders=user)).distinct()


def groups_of(user: Any) -> QuerySet[PatientGroup]:
    """The groups a user may see: those they lead, or every one."""
    return PatientGroup.objects.all() if user.has_perm(READ_ALL) else PatientGroup.objects.filter(leaders=user)
