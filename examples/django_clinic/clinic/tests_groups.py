"""What this clinic promises of groups, told through its pages."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from django.http import HttpResponse
from django.test import TestCase
from django.urls import reverse
from django.utils import timezone

import iptengine as ipt
from clinic import desk
from clinic.models import Patient, PatientGroup
from clinic.tests import Clinic, Forms, answers, user, words
from iptengine import commands as c
from iptengine.contrib.django import DjangoStore
from iptengine.contrib.django.models import StoredEvent
from project.settings import BASE


class AGroup(Clinic, TestCase):
    def setUp(self) -> None:
        self.open()

    def page(self, row: PatientGroup) -> HttpResponse:
        return self.client.get(reverse("group", args=[row.pk]))

    def form(self, row: PatientGroup, name: str) -> dict[str, object]:
        return dict(Forms(self.page(row)).found[reverse(name, args=[row.pk])])

    def post(self, row: PatientGroup, name: str, **more: object) -> HttpResponse:
        return self.client.post(reverse(name, args=[row.pk]), {**self.form(row, name), **more})

    def test_a_group_is_formed_of_patients_and_its_page_names_them_and_who_leads(self) -> None:
        row = self.group()
        assert [self.kinds(one) for one in row.patients.all()] == [["course_started", "group_joined"]] * 3
        page = words(self.page(row))
        assert "3 members, led by anna." in page
        assert "MEMBERS (a page each) Ann B. Bob C. Cem D." in page
        assert "Tuesday" in words(self.client.get(reverse("caseload")))

    def test_a_group_that_is_too_small_is_not_formed_until_somebody_says_why(self) -> None:
        said = {"name": "Two", "patients": [self.member(name).pk for name in ("Ann B.", "Bob C.")], "on": "2026-03-03"}
        said |= {"leaders": [self.anna.pk], "key": "form1"}
        told = self.client.post(reverse("form_group"), said)
        assert "Not now: a group has 3..5 members here, and this one would have 2." in words(told)
        assert PatientGroup.objects.count() == 0
        self.client.post(reverse("form_group"), {**said, "because": "one more comes next week"})
        assert PatientGroup.objects.get().patients.count() == 2

    def test_a_session_is_saved_by_one_form_and_stands_in_every_course(self) -> None:
        row = self.group()
        form = self.form(row, "met")
        ann, bob, cem = row.patients.all()
        assert "done" not in form
        told = self.post(row, "met", done=["rules", "round"], **{f"at.{cem.course_id}": "no_show"})
        assert "2 members met; the protocol has 3..5" in words(told)
        assert self.kinds(ann)[2:] == self.kinds(bob)[2:] == ["session_held", "task_logged", "task_logged"]
        assert self.kinds(cem)[2:] == ["session_missed"]
        assert "Session 1 on 3 March: 2 of 3 were there." in words(self.page(row))

    def test_a_form_of_a_group_that_nobody_touched_logs_no_task(self) -> None:
        row = self.group()
        self.post(row, "met")
        assert [self.kinds(one)[2:] for one in row.patients.all()] == [["session_held"]] * 3

    def test_a_session_of_an_earlier_day_asks_who_was_there_of_those_who_were_members_then(self) -> None:
        row = self.group()
        cem = row.patients.get(name="Cem D.")
        self.post(row, "leave", patient=cem.pk, because="found work", on="2026-03-05")
        today = patch.object(timezone, "localdate", return_value=date(2026, 3, 10))
        today.start()
        self.addCleanup(today.stop)
        form = self.form(row, "met")
        told = self.client.post(reverse("met", args=[row.pk]), {**form, "on": "2026-03-03"})
        assert "Cem D. was in the group on that day. Say who was there, and save again." in words(told)
        assert "session_held" not in self.kinds(cem)
        again = Forms(told).found[reverse("met", args=[row.pk])]
        self.client.post(reverse("met", args=[row.pk]), {**again, f"at.{cem.course_id}": "no_show"})
        assert self.kinds(cem)[-1] == "session_missed"

    def test_every_form_of_a_group_sent_twice_is_recorded_once_and_answered_the_same(self) -> None:
        row = self.group()
        extra = self.member("Dee E.")
        ann = row.patients.first()
        asks = {
            "met": {"done": ["rules", "round"]},
            "plan": {"on": "2026-03-10", "time": "18:00"},
            "join": {"patient": extra.pk},
            "leave": {"patient": ann.pk, "because": "moved away"},
        }
        for name, more in asks.items():
            said = {**self.form(row, name), **more}
            first, again = (self.client.post(reverse(name, args=[row.pk]), said) for _ in range(2))
            assert words(first) == words(again), name
            assert "What was put on record" in words(first), name
        assert self.kinds(ann)[2:] == ["session_held", "task_logged", "task_logged", "appointment_booked", "group_left"]
        assert [one.name for one in row.patients.all()] == ["Bob C.", "Cem D.", "Dee E."]

    def test_a_risk_alert_of_a_member_stands_first_on_every_page_of_the_group_and_says_only_whose(self) -> None:
        row = self.group()
        bob = row.patients.get(name="Bob C.")
        self.save(bob, self.session_form(bob), **answers(self_harm=1))
        page = words(self.page(row))
        assert page.index("RISK ALERT Bob C. needs your assessment today.") < page.index("WHERE WE ARE")
        assert "self-harm" not in page
        told = words(self.post(row, "plan", on="2026-03-10"))
        assert told.index("Bob C. : open this page first.") < told.index("What was put on record")
        to_all = self.client.get(self.move(row, "Enter phase: working"))
        assert "Bob C. : open this page first." in words(to_all)

    def test_a_member_whose_course_is_damaged_takes_nobody_the_page_of_the_group(self) -> None:
        row = self.group()
        ann, bob, _ = row.patients.all()
        single = self.member("Dee E.")  # in no group, and damaged, too
        for patient in (bob, single):
            desk.desk().do(patient.course_id, c.WriteNote("came late"), by=desk.actor(self.anna))
            StoredEvent.objects.filter(course=patient.course_id, version=1).delete()
        page = self.page(row)
        assert page.status_code == 200
        told = words(page)
        assert "The course Bob C. cannot be opened" in told
        assert "MEMBERS (a page each) Ann B. Bob C. Cem D." in told
        said = self.post(row, "met", done=["rules", "round"])
        assert "Not recorded in these courses Bob C.: the course" in words(said)
        assert self.kinds(ann)[2:] == ["session_held", "task_logged", "task_logged"]

    def test_a_group_that_is_split_between_versions_says_so_first_by_name(self) -> None:
        row = self.group()
        text = (BASE / "protocols" / "circle.protocol.yaml").read_text(encoding="utf-8")
        with TemporaryDirectory() as folder:
            path = Path(folder, "circle.protocol.yaml")
            path.write_text(text.replace("version: 1.0.0", "version: 2.0.0"), encoding="utf-8")
            newer = ipt.load(path)
        append, done = DjangoStore.append_listed, []

        def fails_in_the_second(store: DjangoStore, *said: object, **more: object) -> None:
            done.append(1)
            if len(done) == 2:
                raise ipt.StoreError("the disk is full")
            append(store, *said, **more)  # type: ignore[arg-type]

        with (
            patch.object(DjangoStore, "append_listed", fails_in_the_second),
            self.assertRaises(ipt.GroupNotTold),  # noqa: PT027
        ):
            desk.desk().move_group(
                row.group_id, newer, by=desk.actor(self.anna), on=date(2026, 3, 4), because="the new version"
            )
        told = words(self.page(row))
        assert (
            "different versions of the protocol: Ann B. under circle@2.0.0; Bob C. and Cem D. under circle@1.0.0"
            in told
        )

    def test_a_move_said_to_all_is_told_for_each_who_refuses_it(self) -> None:
        row = self.group()
        ann, bob, cem = row.patients.all()
        self.post(row, "met", done=["rules", "round"], **{f"at.{cem.course_id}": "no_show"})
        address = self.move(row, "Enter phase: working")
        page = self.client.get(address)
        assert "not now for 1 of 3" in words(self.page(row))
        assert "Not now for Cem D. rules is done" in words(page)
        self.assertNotContains(page, "Go on all the same")
        (form,) = [form for form in Forms(page).found.values() if "drawn" in form]
        told = words(self.client.post(address, form))
        assert "Not done in these courses Cem D. : Enter phase: working rules is done" in told
        assert self.kinds(ann)[-1] == self.kinds(bob)[-1] == "phase_entered"
        assert "phase_entered" not in self.kinds(cem)

    def test_who_leads_a_group_sees_its_members_and_no_other_patient_of_a_colleague(self) -> None:
        row = self.group()
        self.begin()
        bert = user("bert", "therapists")
        self.client.force_login(bert)
        assert self.page(row).status_code == 404
        row.leaders.add(bert)
        assert "SESSION 1 of 6" in words(self.page(row))
        mine = words(self.client.get(reverse("caseload")))
        assert "Ann B." in mine
        assert "Ada R." not in mine
        assert self.client.get(reverse("page", args=[Patient.objects.get(name="Bob C.").pk])).status_code == 200

    def test_what_could_be_the_words_of_one_has_no_field_in_a_form_for_all(self) -> None:
        row = self.group()
        for name, *_ in self.page(row).context["moves"]:
            page = self.client.get(reverse("say_to_all", args=[row.pk, name])).content.decode()
            assert 'name="because"' not in page
            assert 'name="note"' not in page

    def move(self, row: PatientGroup, text: str) -> str:
        name = next(name for name, said, *_ in self.page(row).context["moves"] if said == text)
        return reverse("say_to_all", args=[row.pk, name])
