"""What the FastAPI service answers about groups, messages, erasure, and courses that begin in another way."""

from __future__ import annotations

from uuid import uuid4

import httpx
from over_http import begin, formed, kinds, post, say, signed_in

from canaries import CANARY, mark

RISK = {"kind": "read", "measure": "phq9", "on": "2026-03-05", "total": 12, "answers": {"self_harm": 1}}
SAID = (
    "PHQ-9 item 9 (thoughts of death or self-harm) was answered 1 on 2026-03-05. "
    "This needs a clinician's assessment today."
)


def members(client: httpx.Client, group: str) -> list[str]:
    return [one["course"] for one in client.get(f"/groups/{group}").json()["members"]]


# -- groups ------------------------------------------------------------------------------------------------------


def test_a_session_of_a_group_is_posted_once_and_stands_in_every_members_course(anna: httpx.Client) -> None:
    first, group = formed(anna)
    away = members(anna, group)[1]
    answer = post(anna, f"/groups/{group}/sessions", on="2026-03-05", absent={away: "no_show"}, minutes=90)
    assert answer.status_code == 200
    told = answer.json()
    assert list(told) == ["alerts", "failed", "denied", "refused", "warnings", "courses", "problem", "group"]
    assert told["warnings"] == ["3 members met; the protocol has 4..7"]
    assert {one["course"]: kinds(one["kept"]) for one in told["courses"]} == {
        one: ["session_missed"] if one == away else ["session_held"] for one in members(anna, group)
    }
    (met,) = told["group"]["meetings"]
    assert (met["number"], met["absent"], met["minutes"]) == (1, {away: "no_show"}, 90)
    assert kinds(anna.get(f"/courses/{first}/history").json()) == ["course_started", "group_joined", "session_held"]


def test_whatever_is_posted_to_a_group_twice_is_recorded_once_and_answered_the_same(anna: httpx.Client) -> None:
    courses = [begin(anna, protocol="open-table") for _ in range(6)]
    group = f"g{uuid4().hex}"
    led = {"facilitators": ["maria", "jon"], "on": "2026-03-04"}
    said = [
        ("/groups", {"group": group, "courses": courses[:5], **led}),
        (f"/groups/{group}/members", {"course": courses[5], "on": "2026-03-04"}),
        (f"/groups/{group}/bookings", {"on": "2026-03-05", "time": "18:00"}),
        (f"/groups/{group}/sessions", {"on": "2026-03-05"}),
        (f"/groups/{group}/commands", {"on": "2026-03-05", "commands": [{"kind": "enter_phase", "phase": "working"}]}),
        (f"/groups/{group}/leaving", {"course": courses[0], "on": "2026-03-06", "because": "moved away"}),
    ]
    for path, body in said:
        first, again = (post(anna, path, key="form", **body) for _ in range(2))  # type: ignore[arg-type]
        assert first.status_code < 300, first.text
        assert sum(len(one["kept"]) + 1 for one in first.json()["courses"]) > 1
        assert (again.status_code, again.json()) == (first.status_code, first.json()), path
    versions = [anna.get(f"/courses/{one}").json()["version"] for one in courses]
    assert versions == [5, 4, 4, 4, 4, 4]


def test_a_move_that_some_members_refuse_is_told_for_each_of_them(anna: httpx.Client) -> None:
    first, group = formed(anna)
    ask = {"kind": "enter_phase", "phase": "opening"}
    told = post(anna, f"/groups/{group}/commands", on="2026-03-05", commands=[ask]).json()
    assert {one["course"] for one in told["refused"]} == set(members(anna, group))
    assert {one["kind"] for one in told["refused"]} == {"enter_phase"}
    assert all(one["reasons"] and one["overridable"] for one in told["refused"])
    words = post(
        anna, f"/groups/{group}/commands", on="2026-03-05", commands=[{"kind": "write_note", "text": mark("t")}]
    )
    assert (words.status_code, CANARY in words.text) == (422, False)
    assert words.json()["problem"] == "'write_note' speaks of one patient; say it to that course alone"
    assert anna.get(f"/courses/{first}").json()["version"] == 2


def test_a_group_that_is_too_small_is_refused_with_the_reason_and_formed_all_the_same_when_one_is_given(
    anna: httpx.Client,
) -> None:
    courses = [begin(anna, protocol="open-table") for _ in range(2)]
    body = {"group": f"g{uuid4().hex}", "courses": courses, "facilitators": ["maria", "jon"], "on": "2026-03-04"}
    no = post(anna, "/groups", **body)
    assert no.status_code == 409
    assert [one["text"] for one in no.json()["reasons"]] == ["a group has 4..7 members here, and this one would have 2"]
    assert anna.get(f"/groups/{body['group']}").status_code == 404
    assert anna.get(f"/courses/{courses[0]}").json()["version"] == 1
    assert post(anna, "/groups", **body, because="two more come next week").status_code == 201


def test_the_page_of_a_group_says_first_whose_risk_alert_waits_and_not_what_it_is(anna: httpx.Client) -> None:
    first, group = formed(anna)
    assert [one["text"] for one in say(anna, first, RISK).json()["alerts"]] == [SAID]
    page = anna.get(f"/groups/{group}/agenda")
    assert page.json()["alerts"] == [first]
    fragment = anna.get(f"/groups/{group}/agenda", headers={"Accept": "text/html"})
    assert fragment.headers["content-type"] == "text/html; charset=utf-8"
    told = f"{first} needs your assessment today. Open the page of this course."
    assert told in fragment.text
    assert "self-harm" not in fragment.text


def test_a_group_with_a_course_of_somebody_else_is_answered_as_one_that_is_not_there(
    address: str, anna: httpx.Client
) -> None:
    first, group = formed(anna)
    with signed_in(address, "ben") as ben:
        asks = [
            ("/sessions", {"on": "2026-03-05"}),
            ("/bookings", {"on": "2026-03-05"}),
            ("/commands", {"on": "2026-03-05", "commands": [{"kind": "enter_phase", "phase": "opening"}]}),
            ("/leaving", {"course": first, "on": "2026-03-05", "because": "no"}),
            ("/members", {"course": "bens", "on": "2026-03-05"}),
        ]
        none = {"problem": f"there is no group '{group}' in this store"}
        for path, body in asks:
            answer = post(ben, f"/groups/{group}{path}", **body)  # type: ignore[arg-type]
            assert (answer.status_code, answer.json()) == (404, none), path
        for path in ("", "/agenda"):
            assert ben.get(f"/groups/{group}{path}").json() == none
        taken = post(ben, "/groups", group="mine", courses=[first], facilitators=["a", "b"], on="2026-03-04")
        assert taken.status_code == 404
    assert anna.get(f"/courses/{first}").json()["version"] == 2


def test_what_a_role_may_not_say_to_a_group_is_an_error(address: str, anna: httpx.Client) -> None:
    _, group = formed(anna)
    with signed_in(address, "carl") as carl:
        answer = post(carl, f"/groups/{group}/sessions", on="2026-03-05")
    assert answer.status_code == 403
    assert [(one["course"], one["because"]) for one in answer.json()["denied"]] == [
        (one, "This is for a therapist to say.") for one in members(anna, group)
    ]


# -- messages, erasure, other beginnings ------------------------------------------------------------------------


def test_a_message_is_prepared_when_it_may_be_and_never_sent(anna: httpx.Client) -> None:
    course = begin(anna, protocol="steady-months")
    path = f"/courses/{course}/messages/postcard"
    no = anna.get(path)
    assert no.status_code == 409
    assert [(one["code"], one["saw"]) for one in no.json()["reasons"]] == [
        ("quarterly", "phase is settling; needs quarterly")
    ]
    move = {"kind": "enter_phase", "phase": "quarterly"}
    say(anna, course, {"kind": "deviate", "because": "settled before", "command": move})
    answer = anna.get(path)
    assert answer.status_code == 200
    assert {name: answer.json()[name] for name in ("contact", "to", "on", "text")} == {
        "contact": "postcard", "to": ["A. R."], "on": "2026-03-10",
        "text": "Dear A. R.,\nplease call us for a day. Bring your card.",
    }  # fmt: skip
    assert anna.get(f"/courses/{course}/messages/nothing").status_code == 409


def test_who_keeps_the_records_erases_what_a_patient_said_and_nobody_else(address: str, anna: httpx.Client) -> None:
    course = begin(anna)
    say(anna, course, {"kind": "write_note", "text": mark("note")})
    body = {"on": "2026-03-09", "because": "asked for in a letter"}
    with signed_in(address, "rosa") as rosa:
        soon = rosa.post(f"/courses/{course}/erasure", json=body)
    assert (soon.status_code, [one["code"] for one in soon.json()["reasons"]]) == (409, ["not_ended"])
    say(anna, course, {"kind": "end_course", "outcome": "lost_to_contact"})
    no = anna.post(f"/courses/{course}/erasure", json=body)
    assert (no.status_code, no.json()["because"]) == (403, ["Only who keeps the records erases."])
    with signed_in(address, "rosa") as rosa:
        first, again = (rosa.post(f"/courses/{course}/erasure", json=body) for _ in range(2))
    assert first.status_code == 200, first.text
    assert first.json() == {"course": course, "version": 4, "erased": "2026-03-09", "by": "u50"}
    assert (again.status_code, again.json()) == (200, first.json())
    assert anna.get(f"/courses/{course}/history").json()[1]["text"] == "[erased]"


def test_a_course_under_way_is_taken_over_and_a_course_follows_another(anna: httpx.Client) -> None:
    new = f"c{uuid4().hex}"
    body = {"protocol": "ipt-adult", "on": "2026-03-03", "phase": "middle", "sessions_used": 6, "course": new}
    taken = anna.post("/courses/adopted", json=body)
    assert (taken.status_code, taken.headers["location"]) == (201, f"/courses/{new}")
    assert anna.get(f"/courses/{new}").json()["phase"] == "middle"
    more = {"protocol": "ipt-adult", "on": "2026-03-09", "new": f"{new}-2"}
    assert anna.post(f"/courses/{new}/following", json=more).status_code == 409  # it has not ended
    more["because"] = "she moves away"
    follows, again = (anna.post(f"/courses/{new}/following", json=more) for _ in range(2))
    assert (follows.status_code, follows.json()["course"]) == (201, f"{new}-2")
    assert again.status_code == 201
    assert kinds(anna.get(f"/courses/{new}/history").json()) == ["course_adopted", "course_followed"]


def test_what_was_recorded_on_the_wrong_course_goes_to_the_right_one_with_its_alert(
    address: str, anna: httpx.Client
) -> None:
    wrong, right = begin(anna), begin(anna)
    event = say(anna, wrong, RISK).json()["kept"][0]["id"]
    body = {"event": event, "to": right, "on": "2026-03-09", "because": "the wrong page was open"}
    with signed_in(address, "ben") as ben:
        assert ben.post(f"/courses/{wrong}/voided", json=body).status_code == 404
    first, again = (anna.post(f"/courses/{wrong}/voided", json=body) for _ in range(2))
    assert first.status_code == 200, first.text
    assert [(one["course"], one["text"]) for one in first.json()["alerts"]] == [(right, SAID)]
    assert again.json() == first.json()
    assert kinds(anna.get(f"/courses/{right}/history").json())[1:] == ["reading_taken", "alert_raised"]
