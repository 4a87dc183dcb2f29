"""The addresses. Each view says in `clinic.views` who may see it; one that does not is shown to nobody."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from clinic import views
from clinic.access import signed_in

urlpatterns = [
    path("login/", LoginView.as_view(), name="login"),
    path("logout/", signed_in(LogoutView.as_view()), name="logout"),
    path("", views.caseload, name="caseload"),
    path("patients/new/", views.begin, name="begin"),
    path("patients/<int:patient>/", views.page, name="page"),
    path("patients/<int:patient>/paper/", views.paper, name="paper"),
    path("patients/<int:patient>/session/", views.session, name="session"),
    path("patients/<int:patient>/say/<slug:way>/", views.say, name="say"),
    path("patients/<int:patient>/anyway/", views.anyway, name="anyway"),
]
