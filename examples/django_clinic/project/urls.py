"""The addresses. Each view says beside its code who may see it; one that does not is shown to nobody."""

from __future__ import annotations

from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from clinic import group_views, views
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
    path("groups/new/", group_views.form, name="form_group"),
    path("groups/<int:group>/", group_views.page, name="group"),
    path("groups/<int:group>/met/", group_views.met, name="met"),
    path("groups/<int:group>/plan/", group_views.plan, name="plan"),
    path("groups/<int:group>/join/", group_views.join, name="join"),
    path("groups/<int:group>/leave/", group_views.leave, name="leave"),
    path("groups/<int:group>/say/<slug:way>/", group_views.say, name="say_to_all"),
]
