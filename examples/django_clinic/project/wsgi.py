"""The server's way in."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
application = get_wsgi_application()

# A broken protocol stops the server here, and not the first patient's page.
from clinic.desk import protocols  # noqa: E402

protocols()
