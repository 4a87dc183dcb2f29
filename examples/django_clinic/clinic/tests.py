"""What this clinic promises, told through its pages. `manage.py test` runs it on the database of the settings."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from django.contrib.auth.models import Group, User
from django.core.exceptions import PermissionDenied
from django.core.management import call_command
from django.http import HttpResponse
from django.test import RequestFactory, TestCase, TransactionTestCase
from django.urls import URLPattern, reverse

import iptengine as ipt
from clinic import desk, views
from clinic.access import DeniedByDefault
from clinic.apps import check_protocols
from clinic.middleware import POLICY
from clinic.models import Patient, PatientGroup
from iptengine import commands as c
from iptengine.contrib.django.models import StoredEvent
from project.urls import urlpatterns

DAY = date(2026, 3, 3)
ALERT = "PHQ-9 item 9 (thoughts of death or self-harm) was answered 1"
ITEMS = ("low_interest", "low_mood", "sleep", "energy", "appetite", "self_worth", "concentration", "movement")


# -- a browser's eyes and hands ----------------------------------------------------------------------------------


BOXES = ("checkbox", "radio")


class Forms(HTMLParser):
    """Every form of a page by its address, with what it would send if nobody touched it."""

    def __init__(self, page: HttpResponse) -> None:
        super().__init__()
        self.found: dict[str, dict[str, list[str]]] = {}
        self.here: dict[str, list[str]] = {}
        self.select = self.area = ""
        self.feed(page.content.decode())

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        has = dict(attributes)
        if tag == "form":
            self.here = self.found.setdefault(has.get("action") or "", {})
        elif tag == "input" and has.get("name") and (has.get("type") not in BOXES or "checked" in has):
            self.here.setdefault(str(has["name"]), []).append(has.get("value") or "")
        elif tag == "textarea":
            self.here.setdefault(str(has["name"]), [""])
        elif tag == "select":
            self.select = str(has["name"])
        elif tag == "option" and ("selected" in has or self.select not in self.here):
            self.here[self.select] = [has.get("value") or ""]  # the first, until one is chosen


def words(page: HttpResponse) -> str:
    """What a person reads."""
    text = re.sub(r"<[^>]+>", " ", page.content.decode())
    return re.sub(r"\s+", " ", unescape(text))


def user(name: str, group: str = "") -> User:
    made = User.objects.create_user(name)
    if group:
        made.groups.add(Group.objects.get(name=group))
    return made


class Clinic:
    """What a therapist does with the pages, for both sorts of test."""

    def open(self) -> None:
        today = patch.object(views.timezone, "localdate", return_value=DAY)
        today.start()
        self.addCleanup(today.stop)
        self.anna = user("anna", "therapists")
        self.client.force_login(self.anna)

    def begin_form(self, **said: str) -> dict[str, object]:
        """The form of a new course as it is sent."""
        usual = {"name": "Ada R.", "called": "A. R.", "protocol": "ipt-adult@1.0.0", "on": "2026-03-03"}
        page = self.client.get(reverse("begin"))
        (drawn,) = [form for form in Forms(page).found.values() if "course" in form]
        return drawn | usual | said

    def begin(self) -> Patient:
        assert self.client.post(reverse("begin"), self.begin_form()).status_code == 302
        return Patient.objects.get(name="Ada R.")

    def member(self, name: str) -> Patient:
        """A patient whose course begins under a protocol for groups."""
        form = self.begin_form(name=name, called=name[:1], protocol="circle@1.0.0")
        assert self.client.post(reverse("begin"), form).status_code == 302
        return Patient.objects.get(name=name)

    def group(self, *names: str) -> PatientGroup:
        """A group that this user leads."""
        patients = [self.member(name).pk for name in names or ("Ann B.", "Bob C.", "Cem D.")]
        leader = int(self.client.session["_auth_user_id"])
        said = {"name": "Tuesday", "patients": patients, "leaders": [leader], "on": "2026-03-03", "key": "form1"}
        assert self.client.post(reverse("form_group"), said).status_code == 200
        return PatientGroup.objects.get()

    def session_form(self, patient: Patient) -> dict[str, object]:
        page = self.client.get(reverse("page", args=[patient.pk]))
        return dict(Forms(page).found[reverse("session", args=[patient.pk])])

    def ask(self, patient: Patient, command: str) -> str:
        """The box beside a request in the session's form."""
        page = self.client.get(reverse("page", args=[patient.pk]))
        boxes = dict(page.context["form"].fields["ask"].choices)
        return next(value for value, text in boxes.items() if text.startswith(command))

    def save(self, patient: Patient, form: dict[str, object], **more: object) -> HttpResponse:
        return self.client.post(reverse("session", args=[patient.pk]), {**form, **more})

    def logged(self, patient: Patient) -> dict[str, str]:
        return {e.task: e.how for e in desk.desk().events(patient.course_id) if e.kind == "task_logged"}

    def kinds(self, patient: Patient) -> list[str]:
        return [event.kind for event in desk.desk().events(patient.course_id)]


# -- a course through the pages ----------------------------------------------------------------------------------


class ACourse(Clinic, TestCase):
    def setUp(self) -> None:
        self.open()

    def test_a_course_begins_with_its_patient(self) -> None:
        patient = self.begin()
        page = self.client.get(reverse("page", args=[patient.pk]))
        assert "SESSION 1, initial" in words(page)
        assert "Risk alerts: none open. Ask again today." in words(page)
        assert "Ada R." in words(self.client.get(reverse("caseload")))

    def test_a_course_asked_for_twice_by_one_form_begins_once(self) -> None:
        form = self.begin_form()
        first, second = (self.client.post(reverse("begin"), form) for _ in range(2))
        patient = Patient.objects.get()
        assert first.status_code == second.status_code == 302
        assert first["Location"] == second["Location"] == reverse("page", args=[patient.pk])
        assert patient.course_id == form["course"][0].replace("-", "")
        assert self.kinds(patient) == ["course_started"]

    def test_two_forms_begin_two_courses(self) -> None:
        for form in (self.begin_form(), self.begin_form(name="Bob C.")):
            assert self.client.post(reverse("begin"), form).status_code == 302
        assert len({patient.course_id for patient in Patient.objects.all()}) == 2

    def test_a_form_that_was_changed_after_it_began_a_course_is_not_lost_in_silence(self) -> None:
        form = self.begin_form()
        self.client.post(reverse("begin"), form)
        for changed in ({"name": "Bob C."}, {"called": "B."}, {"protocol": "circle@1.0.0"}, {"on": "2026-03-04"}):
            told = self.client.post(reverse("begin"), form | changed)
            assert told.status_code == 409
            assert views.BEGUN in words(told)
        assert self.kinds(Patient.objects.get()) == ["course_started"]

    def test_a_form_sent_again_by_another_shows_them_nothing(self) -> None:
        form = self.begin_form()
        self.client.post(reverse("begin"), form)
        self.client.force_login(user("bert", "therapists"))
        told = self.client.post(reverse("begin"), form)
        assert told.status_code == 404
        assert "Ada" not in words(told)
        assert Patient.objects.count() == 1

    def test_an_alert_is_raised_though_a_request_beside_it_is_refused(self) -> None:
        patient = self.begin()
        form = self.session_form(patient)
        ask = self.ask(patient, "Enter phase: ending")
        told = self.save(patient, form, **answers(self_harm=1), ask=[ask], note="came early")
        assert f"Needs your assessment today {ALERT}" in words(told)
        assert "Enter phase: ending: not now 'initial' does not lead to 'ending'" in words(told)
        kinds = self.kinds(patient)
        assert kinds[:4] == ["course_started", "session_held", "reading_taken", "alert_raised"]
        assert "note_written" in kinds
        assert ALERT in words(self.client.get(reverse("page", args=[patient.pk])))
        assert ALERT in words(self.client.get(reverse("caseload")))

        anyway = reverse("anyway", args=[patient.pk])
        went_on = self.client.post(anyway, {**Forms(told).found[anyway], "because": "the patient moves away"})
        assert went_on.status_code == 200
        assert self.kinds(patient)[-2:] == ["deviated", "phase_entered"]

    def test_an_item_left_open_in_a_reading_that_was_taken_raises_the_alert_too(self) -> None:
        patient = self.begin()
        told = self.save(patient, self.session_form(patient), **answers())
        assert "was left unanswered on 2026-03-03. This needs a clinician's assessment today." in words(told)

    def test_a_measure_with_no_answer_at_all_was_not_taken(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient))
        assert "reading_taken" not in self.kinds(patient)

    def test_an_alert_is_assessed_by_its_form_and_leaves_the_page(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient), **answers(self_harm=1))
        page = self.client.get(reverse("page", args=[patient.pk]))
        ((address, form),) = [(to, form) for to, form in Forms(page).found.items() if "found" in form]
        told = self.client.post(address, {**form, "found": "No plan", "plan": "Safety plan"})
        assert "alert moved" in words(told)
        again = self.client.post(address, {**form, "found": "No plan", "plan": "Safety plan"})
        assert words(again) == words(told)
        assert self.kinds(patient).count("alert_moved") == 1
        assert "RISK ALERT" not in words(self.client.get(reverse("page", args=[patient.pk])))

    def test_two_alerts_in_the_same_words_are_told_apart_on_every_page_by_their_numbers(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient), **answers(self_harm=1))
        recorded = words(self.save(patient, self.session_form(patient), **answers(self_harm=1)))
        page = words(self.client.get(reverse("page", args=[patient.pk])))
        caseload = words(self.client.get(reverse("caseload")))
        one, other = (alert.number for alert in desk.desk().alerts())
        assert one != other
        for number in (one, other):
            assert recorded.count(f"assessment today. (#{number})") == 1
            assert page.count(f"2026 (#{number}). Needs your assessment today.") == 1
            assert page.count(f"assessment today. (#{number}) Found") == 1
            assert caseload.count(f"assessment today. (#{number}, open)") == 1

    def test_an_assessment_without_words_is_asked_for_again(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient), **answers(self_harm=1))
        page = self.client.get(reverse("page", args=[patient.pk]))
        ((address, form),) = [(to, form) for to, form in Forms(page).found.items() if "found" in form]
        assert "This field is required." in words(self.client.post(address, form))
        assert "alert_moved" not in self.kinds(patient)

    def test_an_answer_that_is_sent_twice_is_not_taken_for_the_last(self) -> None:
        patient = self.begin()
        told = self.save(patient, self.session_form(patient), **answers(), **{"phq9.self_harm": ["2", "0"]})
        assert "was sent twice; nothing was recorded." in words(told)
        assert self.kinds(patient) == ["course_started"]

    def test_what_was_planned_and_left_undone_is_said(self) -> None:
        patient = self.begin()
        form = self.session_form(patient)
        done = [task for task in form["planned"] if task != "history"]
        self.save(patient, form, went="ticked", done=done, also=["timeline"])
        logged = self.logged(patient)
        assert logged["history"] == "not_done"
        assert (logged["psychoeducation"], logged["timeline"]) == ("done", "done")

    def test_a_form_that_nobody_touched_says_nothing_of_any_task(self) -> None:
        patient = self.begin()
        form = self.session_form(patient)
        assert "safety_enquiry" in form["planned"]
        assert {"done", "went"}.isdisjoint(form)
        self.save(patient, form)
        assert self.kinds(patient) == ["course_started", "session_held"]

    def test_only_what_is_ticked_is_logged_while_nothing_is_said_of_the_rest(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient), **answers(self_harm=0), done=["history"], note="came early")
        assert self.logged(patient) == {"history": "done"}
        assert [k for k in self.kinds(patient) if k not in ("task_logged", "alert_raised")] == [
            "course_started", "session_held", "reading_taken", "note_written",
        ]  # fmt: skip

    def test_everything_was_done_as_planned_where_somebody_says_so(self) -> None:
        patient = self.begin()
        form = self.session_form(patient)
        self.save(patient, form, went="all")
        assert self.logged(patient) == dict.fromkeys(form["planned"], "done")

    def test_everything_and_only_what_is_ticked_is_asked_again(self) -> None:
        patient = self.begin()
        told = self.save(patient, self.session_form(patient), went="all", done=["history"])
        assert "Either everything was done as planned, or what is ticked; nothing was recorded." in words(told)
        assert self.kinds(patient) == ["course_started"]

    def test_a_missed_session_logs_no_task(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient), status="no_show", note="no word from her")
        assert self.kinds(patient) == ["course_started", "session_missed"]

    def test_a_form_sent_twice_is_recorded_once_and_answered_the_same(self) -> None:
        patient = self.begin()
        form = self.session_form(patient) | answers(self_harm=1)
        first, second = self.save(patient, form), self.save(patient, form)
        assert words(first) == words(second)
        assert self.kinds(patient).count("session_held") == 1

    def test_a_form_sent_again_with_another_answer_is_recorded_with_its_alert(self) -> None:
        patient = self.begin()
        form = self.session_form(patient)
        assert ALERT not in words(self.save(patient, form, **answers(self_harm=0)))
        told = words(self.save(patient, form, **answers(self_harm=1)))
        assert f"Needs your assessment today {ALERT}" in told
        assert self.kinds(patient).count("reading_taken") == 2

    def test_who_saves_second_keeps_the_reports_and_asks_again(self) -> None:
        patient = self.begin()
        form = self.session_form(patient)
        ask = self.ask(patient, "Enter phase: ending")
        desk.desk().do(patient.course_id, c.WriteNote("rang", on=DAY), by=ipt.Actor("user-9", role="therapist"))
        told = self.save(patient, form, **answers(self_harm=1), ask=[ask])
        assert "Somebody recorded before you" in words(told)
        assert "note written, on 3 March, by user-9" in words(told)
        assert f"Needs your assessment today {ALERT}" in words(told)
        assert "reading_taken" in self.kinds(patient)
        assert "phase_entered" not in self.kinds(patient)

    def test_a_form_that_knows_more_than_a_restored_store_is_told_that_records_may_be_lost(self) -> None:
        patient = self.begin()
        form = self.session_form(patient)
        ask = self.ask(patient, "Enter phase: ending")
        told = words(self.save(patient, form, **answers(self_harm=1), ask=[ask], version=4))
        assert "What you asked for was not carried out this form was drawn from version 4 of the course" in told
        assert f"Needs your assessment today {ALERT}" in told
        assert self.kinds(patient).count("session_held") == 1

    def test_every_kind_of_way_has_a_form(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient), **answers(self_harm=1))
        page = self.client.get(reverse("page", args=[patient.pk]))
        names = [(way.command.kind, name) for name, _, way in page.context["requests"]]
        names += [(words.split(":")[0], name) for name, words in page.context["reports"]]
        assert len(dict(names)) > 20
        for name in dict(names).values():
            self.assertContains(self.client.get(reverse("say", args=[patient.pk, name])), 'name="drawn"')

    def test_a_focus_is_agreed_by_the_form_of_its_way_and_its_person_must_be_named(self) -> None:
        patient = self.begin()
        address = self.way(patient, "Agree focus: role dispute")
        (form,) = [form for form in Forms(self.client.get(address)).found.values() if "drawn" in form]
        assert "This field is required." in words(self.client.post(address, form))
        told = self.client.post(address, {**form, "person": "S.", "because": "the quarrel began the episode"})
        assert "focus agreed" in words(told)

    def test_a_blocked_move_shows_its_reasons_and_is_made_with_a_reason_of_ones_own(self) -> None:
        patient = self.begin()
        address = self.way(patient, "Enter phase: middle")
        page = self.client.get(address)
        assert "a focus is agreed" in words(page)
        (form,) = [form for form in Forms(page).found.values() if "drawn" in form]
        self.client.post(address, {**form, "go_on_because": "She moves in six weeks"})
        assert desk.desk().course(patient.course_id).phase == "middle"

    def way(self, patient: Patient, text: str) -> str:
        page = self.client.get(reverse("page", args=[patient.pk])).content.decode()
        return re.findall(rf'href="([^"]+)">{text}', page)[0]

    def test_a_checklist_is_answered_item_by_item_and_what_stays_open_is_not_answered(self) -> None:
        patient = self.begin()
        address = self.way(patient, "Fill checklist: suitability")
        page = self.client.get(address)
        assert "Did a loss, quarrel, change or illness come near the start of the episode?" in words(page)
        (form,) = [form for form in Forms(page).found.values() if "drawn" in form]
        assert "Nothing is answered." in words(self.client.post(address, form))
        told = self.client.post(address, {**form, "answers.recent_event": "yes", "answers.mania": "no"})
        assert "checklist filled" in words(told)
        filled = desk.desk().events(patient.course_id)[-1]
        answered = {name: answer for name, answer in filled.answers.items() if answer is not None}
        assert (filled.checklist, answered) == ("suitability", {"recent_event": True, "mania": False})

    def test_a_measure_between_two_sessions_raises_its_alert_and_the_next_form_shows_it_first(self) -> None:
        patient = self.begin()
        address = self.way(patient, "Read: phq9")
        (form,) = [form for form in Forms(self.client.get(address)).found.values() if "drawn" in form]
        told = self.client.post(address, {**form, "answers.low_mood": 1})
        assert "was left unanswered on 2026-03-03. This needs a clinician's assessment today." in words(told)
        again = words(self.client.get(self.way(patient, "Write note")))
        assert again.index("Needs your assessment today") < again.index("Record")

    def test_the_page_that_goes_home_names_no_problem_and_no_score(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient), **answers(self_harm=1))
        home = words(self.client.get(reverse("paper", args=[patient.pk])))
        assert "FOR OUR MEETING" in home
        for never in ("PHQ", "ALERT", "Ada", "self-harm"):
            assert never not in home

    def test_words_of_a_patient_stay_words(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient), note="<script>alert(1)</script> {{ secret }}")
        page = self.client.get(reverse("page", args=[patient.pk])).content.decode()
        assert "<script" not in page


def answers(**named: int) -> dict[str, object]:
    return {f"phq9.{item}": 1 for item in ITEMS} | {f"phq9.{item}": value for item, value in named.items()}


# -- what goes wrong ---------------------------------------------------------------------------------------------


class WhatGoesWrong(Clinic, TransactionTestCase):
    serialized_rollback = True  # the groups come from a migration

    def setUp(self) -> None:
        self.open()

    def test_a_course_without_its_patient_is_never_left_behind(self) -> None:
        with (
            patch.object(Patient.objects, "create", side_effect=ZeroDivisionError),
            self.assertRaises(ZeroDivisionError),  # noqa: PT027
        ):
            self.begin()
        assert desk.desk().alerts() == ()
        assert list(desk.DjangoStore().feed()) == []

    def test_a_store_that_fails_is_told_and_the_form_sent_again_counts_once(self) -> None:
        patient = self.begin()
        form = self.session_form(patient) | answers(self_harm=1)
        with patch.object(desk.DjangoStore, "append_listed", side_effect=ipt.StoreError("the disk is full")):
            told = self.save(patient, form)
        assert told.status_code == 503
        assert "the disk is full" in words(told)
        self.save(patient, form)
        assert self.kinds(patient).count("session_held") == 1

    def test_a_course_whose_protocol_is_not_here_still_shows_its_alerts(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient), **answers(self_harm=1))
        error = ipt.UnknownProtocol("ipt-adult", "", "not here", desk.desk().alerts())
        with patch.object(ipt.Reader, "agenda", side_effect=error):
            told = self.client.get(reverse("page", args=[patient.pk]))
        assert told.status_code == 503
        assert ALERT in words(told)

    def test_a_course_that_does_not_open_still_shows_its_alerts(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient), **answers(self_harm=1))
        StoredEvent.objects.filter(course=patient.course_id, text__contains='"kind":"session_held"').delete()
        for address in ("page", "paper"):
            told = self.client.get(reverse(address, args=[patient.pk]))
            assert told.status_code == 503
            assert ALERT in words(told)
            assert "An event of this course is missing in the store" in words(told)

    def test_a_course_that_is_not_in_the_store_takes_no_alert_of_the_others_away(self) -> None:
        patient = self.begin()
        self.save(patient, self.session_form(patient), **answers(self_harm=1))
        lost = Patient.objects.create(name="Bea S.", course_id="lost", therapist=self.anna)
        told = self.client.get(reverse("caseload"))
        assert told.status_code == 200
        assert f"Ada R. : {ALERT}" in words(told)
        assert "Bea S. : Nothing of this course is in the store, and with it perhaps an alert is lost." in words(told)
        assert "restore a backup (open)" in words(told)
        assert "Bea S. : there is no course 'lost' in this store" in words(told)
        assert self.client.get(reverse("form_group")).status_code == 200
        page = self.client.get(reverse("page", args=[lost.pk]))
        assert (page.status_code, "there is no course 'lost' in this store" in words(page)) == (503, True)

    def test_a_form_that_was_not_drawn_here_is_refused(self) -> None:
        patient, other = self.begin(), "another-course"
        way = ipt.Way(c.EnterPhase("ending"), True, (), {})
        address = reverse("say", args=[patient.pk, "any"])
        for forged in ("", "text", views.sign(other, way), "x" + views.sign(patient.course_id, way)):
            with self.assertLogs("django.security", "ERROR"):
                told = self.client.post(address, {"drawn": forged, "version": 1, "key": "k"})
            assert told.status_code == 400
        assert self.kinds(patient) == ["course_started"]


# -- who may see what --------------------------------------------------------------------------------------------


class WhoMaySeeWhat(Clinic, TestCase):
    def setUp(self) -> None:
        self.open()
        self.patient = self.begin()
        self.led = self.group()

    def addresses(self) -> Iterator[str]:
        for found in urlpatterns:
            assert isinstance(found, URLPattern)
            if found.name not in ("login", "logout"):
                given = {"patient": self.patient.pk, "group": self.led.pk, "way": "any"}
                yield reverse(found.name, kwargs={name: given[name] for name in found.pattern.converters})

    def test_nobody_sees_anything_before_signing_in(self) -> None:
        self.client.logout()
        for address in self.addresses():
            for told in (self.client.get(address), self.client.post(address)):
                self.assertRedirects(told, f"{reverse('login')}?next={address}", fetch_redirect_response=False)

    def test_an_account_in_no_group_sees_nothing(self) -> None:
        self.client.force_login(user("nobody"))
        for address in self.addresses():
            for told in (self.client.get(address), self.client.post(address)):
                assert told.status_code == 403, address

    def test_an_assessor_reads_and_records_nothing(self) -> None:
        self.client.force_login(user("olga", "assessors"))
        page = self.client.get(reverse("page", args=[self.patient.pk]))
        assert "SESSION 1, initial" in words(page)
        self.assertNotContains(page, "After the session")
        self.assertNotContains(page, "Ask for a move")
        group = self.client.get(reverse("group", args=[self.led.pk]))
        assert "SESSION 1 of 6, beginning" in words(group)
        self.assertNotContains(group, "After the session")
        for name in ("session", "anyway"):
            assert self.client.post(reverse(name, args=[self.patient.pk])).status_code == 403
        for name in ("met", "plan", "join", "leave"):
            assert self.client.post(reverse(name, args=[self.led.pk])).status_code == 403
        to_all = reverse("say_to_all", args=[self.led.pk, "any"])
        for address in (reverse("begin"), reverse("form_group"), reverse("say", args=[self.patient.pk, "any"]), to_all):
            assert self.client.post(address).status_code == 403
        assert self.kinds(self.patient) == ["course_started"]

    def test_a_therapist_sees_no_patient_of_another(self) -> None:
        form = self.session_form(self.patient)
        self.client.force_login(user("bert", "therapists"))
        assert "Ada R." not in words(self.client.get(reverse("caseload")))
        for told in (self.client.get(reverse("page", args=[self.patient.pk])), self.save(self.patient, form)):
            assert told.status_code == 404
            assert "Ada" not in words(told)
        for name in ("group", "met", "plan", "join", "leave"):
            told = (self.client.get if name == "group" else self.client.post)(reverse(name, args=[self.led.pk]))
            assert told.status_code == 404
        assert self.kinds(self.patient) == ["course_started"]

    def test_a_view_that_does_not_say_who_may_see_it_is_shown_to_nobody(self) -> None:
        request = RequestFactory().get("/")
        request.user = self.anna
        guard = DeniedByDefault(lambda _: HttpResponse())
        with self.assertRaises(PermissionDenied):  # noqa: PT027
            guard.process_view(request, lambda _: HttpResponse(), (), {})

    def test_every_event_says_who_in_which_role_and_by_which_rule(self) -> None:
        (event,) = desk.desk().events(self.patient.course_id)
        assert (event.by.id, event.by.role) == (f"user-{self.anna.pk}", "therapist")
        assert event.allowed_by == "therapists-write"

    def test_what_somebody_may_not_say_is_not_recorded_though_a_view_forgot_to_ask(self) -> None:
        note = [c.WriteNote("came early", on=DAY)]
        olga = desk.actor(user("olga", "assessors"))
        answer = desk.record(self.patient.course_id, note, by=olga, expected=1, key="form-1")
        assert [no.command for no in answer.denied] == note
        assert views._told(answer)["denied"] == ["Write note: came early"]
        assert self.kinds(self.patient) == ["course_started"]

    def test_a_course_under_a_protocol_that_is_here_no_longer_can_still_be_written(self) -> None:
        with patch.object(desk, "protocols", return_value=()), patch.object(views, "protocols", return_value=()):
            self.save(self.patient, self.session_form(self.patient), **answers(self_harm=1))
        assert "alert_raised" in self.kinds(self.patient)

    def test_no_page_may_run_a_script_or_carry_a_style(self) -> None:
        self.save(self.patient, self.session_form(self.patient), **answers(self_harm=1))
        for address in (*self.addresses(), reverse("login")):
            page = self.client.get(address)
            assert page["Content-Security-Policy"] == POLICY
            assert re.findall(r"<script|<style| style=| on\w+=", page.content.decode()) == []


# -- before the server starts ------------------------------------------------------------------------------------


class BeforeTheServerStarts(TestCase):
    def test_the_migrations_make_what_the_models_describe(self) -> None:
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)

    def test_the_protocols_of_this_clinic_have_no_mistake(self) -> None:
        assert check_protocols() == []

    def test_a_mistake_in_a_protocol_is_told_with_its_line(self) -> None:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "broken.protocol.yaml"
            path.write_text("iptengine: 1\nprotocol: broken\nversion: 0.1.0\nphasen: {}\n")
            with self.settings(PROTOCOLS=(str(path),)):
                found = check_protocols()
        assert "clinic.unknown-key" in [message.id for message in found]
        assert all(f"{path.name}:" in message.obj for message in found)
