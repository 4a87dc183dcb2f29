"""Serves the clinic in Django to a browser that has signed in: `python signed_in.py`, in the folder of the clinic.

A course is begun and one session recorded through the pages, so that an alert is open. Prints its address, and serves
until its input ends. A browser without a driver cannot sign in, so every request gets the cookie here.
"""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any
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

from clinic.models import Patient  # noqa: E402
from clinic.tests import Forms, answers  # noqa: E402


class Quiet(WSGIRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


def with_an_open_alert() -> tuple[str, str]:
    """The cookie of a therapist, and the address of a patient whose last reading needs somebody."""
    call_command("migrate", verbosity=0)
    anna = User.objects.create_user("anna")
    anna.groups.add(Group.objects.get(name="therapists"))
    client = Client(headers={"host": "localhost"})
    client.force_login(anna)
    on = "2026-03-03"
    client.post(reverse("begin"), {"name": "Ada R.", "called": "A. R.", "protocol": "ipt-adult@1.0.0", "on": on})
    page = reverse("page", args=[Patient.objects.get().pk])
    save = reverse("session", args=[Patient.objects.get().pk])
    form = {**Forms(client.get(page)).found[save], **answers(self_harm=1), "on": on}
    assert client.post(save, form).status_code == 200
    return client.cookies["sessionid"].value, page


def main() -> None:
    cookie, page = with_an_open_alert()
    pages = StaticFilesHandler(get_wsgi_application())

    def signed_in(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        return pages({**environ, "HTTP_COOKIE": f"sessionid={cookie}"}, start)

    with make_server("127.0.0.1", 0, signed_in, handler_class=Quiet) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sys.stdout.write(f"http://localhost:{server.server_port}{page}\n")
        sys.stdout.flush()
        sys.stdin.read()
        server.shutdown()


if __name__ == "__main__":
    main()
