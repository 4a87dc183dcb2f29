"""`manage.py add_user anna therapists`: an account in a group; asks for the password, or reads it."""

from __future__ import annotations

from getpass import getpass
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction


class Command(BaseCommand):
    help = "Make an account for somebody of this clinic."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("group", help="therapists (write) or assessors (read)")

    def handle(self, *args: Any, name: str, group: str, **options: Any) -> None:
        found = Group.objects.filter(name=group).first()
        if found is None:
            raise CommandError(
                f"there is no such group; there are: {', '.join(Group.objects.values_list('name', flat=True))}"
            )
        if User.objects.filter(username=name).exists():
            raise CommandError("there is such an account already")
        password = getpass("Password: ")
        try:
            validate_password(password)
        except ValidationError as wrong:
            raise CommandError(" ".join(wrong.messages)) from None
        with transaction.atomic():
            User.objects.create_user(name, password=password).groups.add(found)
        self.stdout.write(f"{name} can sign in now, in the group {group}.")
