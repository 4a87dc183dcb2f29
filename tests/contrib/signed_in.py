"""Serves the clinic in Django to a browser that has signed in: `python signed_in.py`, in the folder of the clinic.

Courses and a group are begun and sessions recorded through the pages, so that alerts are open. Prints the addresses of
the page of a patient, of a group, of a checklist, of a move for all, and of the caseload; and serves until its input
ends. A browser without a driver cannot sign in, so every request gets the cookie here.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any
from uuid import uuid4
from wsgiref.simple_server import WSGIRequestHandler, make_server

import django

sys.path.insert(0, os.getcwd())
os.environ["DJANGO_SETTINGS_MODULE"] = "project.settings"
django.setup()

from django.contrib.auth.models import Group, User  # noqa: E402
from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import reverse  # noqa: E402

from clinic.models import Patient, PatientGroup  # noqa: E402
from clinic.tests import Forms, answers  # noqa: E402

ON = "2026-03-03"


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


def with_open_alerts() -> tuple[str, list[str]]:
    """The cookie of a therapist, and the addresses of the pages that a browser looks at."""
    call_command("migrate", verbosity=0)
    anna = User.objects.create_user("anna")
    anna.groups.add(Group.objects.get(name="therapists"))
    client = Client(headers={"host": "localhost"})
    client.force_login(anna)
    ada = begun(client, "Ada R.", "ipt-adult@1.0.0")
    members = [begun(client, name, "circle@1.0.0") for name in ("Ann B.", "Bob C.", "Cem D.")]
    for patient in (ada, members[1]):
        record_an_alert(client, patient)
    said = {"name": "Tuesday evening", "patients": [one.pk for one in members], "leaders": [anna.pk], "on": ON}
    assert client.post(reverse("form_group"), {**said, "key": "form1"}).status_code == 200
    page, group = reverse("page", args=[ada.pk]), reverse("group", args=[PatientGroup.objects.get().pk])
    checklist = way(client, page, "Fill checklist")
    return client.cookies["sessionid"].value, [page, group, checklist, way(client, group, "Enter phase"), "/"]


def begun(client: Client, name: str, protocol: str) -> Patient:
    said = {"course": uuid4().hex, "name": name, "called": name[:1], "protocol": protocol, "on": ON}
    assert client.post(reverse("begin"), said).status_code == 302
    return Patient.objects.get(name=name)


def record_an_alert(client: Client, patient: Patient) -> None:
    save = reverse("session", args=[patient.pk])
    page = client.get(reverse("page", args=[patient.pk]))
    form = {**Forms(page).found[save], **answers(self_harm=1), "on": ON}
    assert client.post(save, form).status_code == 200


def way(client: Client, page: str, text: str) -> str:
    """The address behind the first link that begins so."""
    return re.findall(rf'href="([^"]+)">{text}', client.get(page).content.decode())[0]


def main() -> None:
    cookie, addresses = with_open_alerts()
    pages = StaticFilesHandler(get_wsgi_application())

    def signed_in(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        return pages({**environ, "HTTP_COOKIE": f"sessionid={cookie}"}, start)

    with make_server("127.0.0.1", 0, signed_in, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(" ".join(f"http://localhost:{server.server_port}{one}" for one in addresses) + "\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
