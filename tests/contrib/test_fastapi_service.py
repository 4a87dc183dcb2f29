"""The FastAPI service that is there to be copied, over real HTTP, on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import jsonschema
import pytest
from over_http import JSON, begin, formed, kinds, say, served, signed_in

from canaries import CANARY, mark

HELD = {"kind": "hold_session", "on": "2026-03-10", "minutes": 50}
RISK = {"kind": "read", "measure": "phq9", "on": "2026-03-10", "total": 12, "answers": {"self_harm": 1}}
TOO_SOON = {"kind": "enter_phase", "phase": "ending", "on": "2026-03-10"}
SAID = (
    "PHQ-9 item 9 (thoughts of death or self-harm) was answered 1 on 2026-03-10. "
    "This needs a clinician's assessment today."
)

LOST = (
    "the key of this course is not there, and it was not destroyed on purpose: its patient text cannot be read; "
    "bring the keys back from where they are kept safe"
)


# -- a clinic's day ----------------------------------------------------------------------------------------------


def test_a_session_is_recorded_and_its_risk_alert_told_beside_what_was_refused(anna: httpx.Client) -> None:
    course = begin(anna)
    drawn = anna.get(f"/courses/{course}/ways")
    assert drawn.headers["etag"] == '"1"'
    answer = say(anna, course, HELD, RISK, TOO_SOON, seen=drawn.headers["etag"])
    assert answer.status_code == 200
    told = answer.json()
    assert list(told)[:4] == ["alerts", "denied", "since", "refused"]
    assert [(one["level"], one["text"], one["needs_assessment"]) for one in told["alerts"]] == [("risk", SAID, True)]
    assert kinds(told["kept"]) == ["session_held", "reading_taken", "alert_raised"]
    (no,) = told["refused"]
    assert (no["command"], no["kind"], no["overridable"]) == (2, "enter_phase", True)
    assert no["reasons"][0]["answer"] == "no"
    assert answer.headers["etag"] == f'"{told["version"]}"' == '"4"'

    assert [one["course"] for one in anna.get("/alerts").json()].count(course) == 1
    assert next(one["kind"] for one in anna.get("/due").json() if one["course"] == course) == "alert"
    anyway = {"kind": "deviate", "because": "she moves away", "command": TOO_SOON}
    assert say(anna, course, anyway, seen=answer.headers["etag"]).json()["refused"] == []
    assert anna.get(f"/courses/{course}").json() == {
        "course": course, "version": 6, "protocol": "ipt-adult@1.0.0", "phase": "ending", "started": "2026-03-03",
        "ended": None,
    }  # fmt: skip


def test_a_way_is_posted_back_as_it_came(anna: httpx.Client) -> None:
    course = begin(anna)
    ways = anna.get(f"/courses/{course}/ways", params={"on": "2026-03-10"}).json()
    way = next(one for one in ways if one["command"]["kind"] == "hold_session")
    assert (way["open"], way["command"]["on"]) == (True, "2026-03-10")
    assert kinds(say(anna, course, way["command"]).json()["kept"]) == ["session_held"]


def test_the_page_is_json_or_a_fragment_and_the_one_that_goes_home_names_no_alert(anna: httpx.Client) -> None:
    course = begin(anna)
    say(anna, course, HELD, RISK)
    page = f"/courses/{course}/agenda"
    as_json = anna.get(page)
    assert as_json.json()["schema"] == "iptengine.agenda/1"
    assert as_json.json()["on"] == "2026-03-10"
    fragment = anna.get(page, headers={"Accept": "text/html,application/json;q=0.9,*/*;q=0.8"})
    assert fragment.headers["content-type"] == "text/html; charset=utf-8"
    assert fragment.headers["vary"] == "Accept"
    assert "item 9" in fragment.text
    assert "<html" not in fragment.text
    home = anna.get(page, params={"audience": "patient"}, headers={"Accept": "text/html"})
    assert home.status_code == 200
    assert "item 9" not in home.text
    assert "alert" not in home.text
    assert anna.get(page, params={"audience": "press"}).json() == {"problem": "query audience is not of the right sort"}


def test_the_history_holds_the_words_and_the_feed_only_that_there_are_some(anna: httpx.Client) -> None:
    course = begin(anna)
    kept = say(anna, course, {"kind": "write_note", "text": "spoke of \ud83d and Ana\u0308"}).json()["kept"]
    history = anna.get(f"/courses/{course}/history").json()
    assert kinds(history) == ["course_started", "note_written"]
    assert history[1]["text"] == "spoke of \ud83d and Ana\u0308"
    assert history[1]["by"] == {"id": "u17", "role": "therapist"}
    assert history[1]["allowed_by"] == "therapists-write"
    news, last = [], 0
    while found := (page := anna.get("/feed", params={"after": last}).json())["news"]:
        news += [one for one in found if one["course"] == course]
        last = page["last"]
    assert kinds(news) == ["course_started", "note_written"]
    assert set(news[1]) == {"position", "course", "kind", "id"}
    assert news[1]["id"] == kept[0]["id"]


def test_a_course_that_cannot_go_on_is_told_with_what_shuts_its_ways(anna: httpx.Client) -> None:
    course = begin(anna)
    say(anna, course, *({**HELD, "on": f"2026-03-{day:02}"} for day in range(3, 11)))
    lines = [one for one in anna.get("/stuck").json() if one["course"] == course]
    assert lines
    assert all(one["phase"] == "initial" and one["to"] and one["reasons"] for one in lines)


# -- posted twice, by two, too late ------------------------------------------------------------------------------


def test_a_form_posted_twice_is_recorded_once_and_answered_the_same(anna: httpx.Client) -> None:
    course = begin(anna)
    first, again = (say(anna, course, HELD, RISK, TOO_SOON, key="form-1", seen='"1"') for _ in range(2))
    assert (first.status_code, again.status_code) == (200, 200)
    assert again.json() == first.json()
    assert anna.get(f"/courses/{course}").json()["version"] == 4


def test_other_words_under_the_same_key_are_not_taken_for_said(anna: httpx.Client) -> None:
    course = begin(anna)
    say(anna, course, HELD, key="form-1")
    answer = say(anna, course, RISK, key="form-1")
    assert [one["text"] for one in answer.json()["alerts"]] == [SAID]


def test_a_form_from_before_a_colleague_wrote_keeps_its_reports_and_tells_what_came_between(
    anna: httpx.Client,
) -> None:
    course = begin(anna)
    say(anna, course, {"kind": "write_note", "text": mark("colleague")})
    answer = say(anna, course, RISK, {**TOO_SOON, "phase": "middle"}, seen='"1"')
    assert answer.status_code == 409
    told = answer.json()
    assert [one["text"] for one in told["alerts"]] == [SAID]
    assert kinds(told["kept"]) == ["reading_taken", "alert_raised"]
    assert [(one["kind"], one["by"]) for one in told["since"]] == [("note_written", "u17")]
    assert told["problem"] == (
        "the course has moved on by 1 event(s) since this form was drawn; its requests were not carried out, and "
        "2 event(s) were kept"
    )
    assert CANARY not in answer.text


def test_two_who_write_at_once_both_are_heard(address: str, anna: httpx.Client) -> None:
    course = begin(anna)

    def notes(writer: int) -> list[int]:
        with signed_in(address, "anna") as client:
            said = ({"kind": "write_note", "text": f"{writer} {n}"} for n in range(10))
            return [say(client, course, one).status_code for one in said]

    with ThreadPoolExecutor(2) as both:
        assert list(both.map(notes, range(2))) == [[200] * 10] * 2
    texts = {event["text"] for event in anna.get(f"/courses/{course}/history").json() if "text" in event}
    assert texts == {f"{writer} {n}" for writer in range(2) for n in range(10)}


def test_a_course_that_is_begun_twice_is_begun_once_and_tells_its_own_what_came_since(
    address: str, anna: httpx.Client
) -> None:
    course = begin(anna, course=f"c{uuid4().hex}", called=mark("called"))
    say(anna, course, RISK)
    told = "a course of that id has begun already; choose another id, or leave it out"
    again = anna.post("/courses", json={"protocol": "ipt-adult", "on": "2026-03-03", "course": course})
    assert (again.status_code, again.json()["problem"]) == (409, told)
    assert [one["text"] for one in again.json()["alerts"]] == [SAID]
    assert kinds(again.json()["since"]) == ["course_started", "reading_taken", "alert_raised"]
    assert CANARY not in again.text
    with signed_in(address, "ben") as ben:
        theirs = ben.post("/courses", json={"protocol": "ipt-adult", "on": "2026-03-03", "course": course})
        assert (theirs.status_code, theirs.json()) == (409, {"problem": told})


# -- who may ----------------------------------------------------------------------------------------------------


def test_out_of_the_box_nobody_is_let_in_anywhere(tmp_path: Path, anna: httpx.Client) -> None:
    paths = anna.get("/openapi.json").json()["paths"]
    asks = [(method.upper(), path) for path, methods in paths.items() for method in methods]
    assert len(asks) > 20
    asks += [("GET", "/openapi.json"), ("GET", "/nowhere")]
    with served(f"sqlite:///{tmp_path / 'clinic.db'}") as shut, signed_in(shut, "anna") as client:
        for method, path in asks:
            answer = client.request(method, path, content=b"{" if method == "POST" else None)
            assert (answer.status_code, answer.json()) == (401, {"problem": "sign in first"}), path
            assert answer.headers["www-authenticate"] == "Bearer"


def test_what_a_role_may_not_say_is_an_error_and_the_rest_is_recorded(address: str, anna: httpx.Client) -> None:
    course = begin(anna)
    with signed_in(address, "ines") as ines:
        answer = say(ines, course, RISK, HELD)
        assert answer.status_code == 403
        told = answer.json()
        assert [one["text"] for one in told["alerts"]] == [SAID]
        assert told["denied"] == [
            {
                "command": 1, "kind": "hold_session", "rule": "therapists-write",
                "because": "This is for a therapist to say.",
            }
        ]  # fmt: skip
        assert kinds(told["kept"]) == ["reading_taken", "alert_raised"]
    with signed_in(address, "carl") as carl:
        answer = carl.post("/courses", json={"protocol": "ipt-adult", "on": "2026-03-03"})
        assert answer.status_code == 403
        assert answer.json()["because"] == ["This is for a therapist to say."]


def test_a_course_of_somebody_else_is_answered_as_one_that_is_not_there(address: str, anna: httpx.Client) -> None:
    course = begin(anna)
    if anna.get("/courses/bens").status_code == 404:
        begin(anna, course="bens")
    with signed_in(address, "ben") as ben:
        for path in ("", "/ways", "/agenda", "/history"):
            theirs, none = ben.get(f"/courses/{course}{path}"), ben.get(f"/courses/none{path}")
            assert (theirs.status_code, none.status_code) == (404, 404)
            assert theirs.text.replace(course, "none") == none.text
        assert say(ben, course, HELD).status_code == 404
        assert ben.get("/courses/bens").status_code == 200
        assert {one["course"] for one in ben.get("/due").json()} == {"bens"}
        assert {one["course"] for one in ben.get("/feed").json()["news"]} == {"bens"}
        assert ben.get("/alerts").json() == []
    assert anna.get(f"/courses/{course}").json()["version"] == 1


# -- what is wrong -----------------------------------------------------------------------------------------------


WORD = mark("posted")
NOT_RIGHT = "is not of the right sort"
BAD_BATCHES: list[tuple[dict[str, Any], str]] = [
    ({WORD: 1}, "body commands is missing; body has a field that is not known"),
    ({"commands": WORD}, f"body commands {NOT_RIGHT}"),
    ({"commands": []}, f"body commands {NOT_RIGHT}"),
    ({"commands": [HELD, {"kind": "write_note", "text": [WORD]}]}, "the command cannot be used: 'text' must be text"),
    ({"commands": [HELD, {"kind": WORD}]}, "the command cannot be used: 'kind' must be a kind of command; "),
    (
        {"commands": [HELD, {"kind": "erase", "because": WORD}]},
        "'erase' cannot be said in a batch; it is said by POST /courses/{course}/erasure. Nothing was recorded",
    ),
    (
        {"commands": [HELD, {"kind": "void", "event": "e", "because": WORD, "meant_for": "b"}]},
        "'void' cannot be said in a batch; it is said by POST /courses/{course}/voided. Nothing was recorded",
    ),
    (
        {
            "commands": [
                {"kind": "deviate", "because": WORD, "command": {"kind": "join_group", "group": "g", "size": 3}}
            ]
        },
        "'join_group' cannot be said in a batch; it is said by POST /groups/{group}/members. Nothing was recorded",
    ),
]
BAD_BEGINNINGS: list[tuple[dict[str, Any], int, str]] = [
    ({"protocol": "none"}, 422, "this clinic does not hold"),
    ({"on": WORD}, 422, f"body on {NOT_RIGHT}"),
    ({"course": WORD}, 422, "a course cannot have this id: "),
    ({"facts": {WORD: WORD}}, 409, "record_fact is not possible now: "),
]


def test_a_course_that_does_not_open_is_told_with_its_alerts_to_whom_it_belongs(tmp_path: Path) -> None:
    url, keys = f"sqlite:///{tmp_path}/clinic.db", tmp_path / "keys"
    with served(url, "open", str(keys)) as here, signed_in(here, "anna") as anna:
        for course in ("a", "bens", "calm"):
            begin(anna, course=course)
        for course in ("a", "bens"):
            say(anna, course, RISK)
    for key in keys.iterdir():
        key.unlink()
    with served(url, "open", str(keys)) as here, signed_in(here, "anna") as anna, signed_in(here, "ben") as ben:
        asked = [anna.get(f"/courses/a{path}") for path in ("", "/ways", "/history", "/agenda")]
        asked += [anna.get("/courses/a/agenda", params={"audience": "patient"}, headers={"Accept": "text/html"})]
        for answer in (*asked, say(anna, "a", HELD)):
            assert (answer.status_code, answer.json()["problem"]) == (503, LOST)
            assert [(one["course"], one["text"]) for one in answer.json()["alerts"]] == [("a", SAID)]
        assert [one["text"] for one in ben.get("/courses/bens/agenda").json()["alerts"]] == [SAID]
        assert ben.get("/courses/a/agenda").json() == {"problem": "there is no course 'a' in this store"}
        again = {"protocol": "ipt-adult", "on": "2026-03-03", "course": "a"}
        assert ben.post("/courses", json=again).json() == {"problem": LOST}
        assert anna.get("/courses/calm/agenda").json() == {"problem": LOST}


def test_a_course_of_a_caseload_that_is_not_there_takes_no_list_away(tmp_path: Path) -> None:
    with (
        served(f"sqlite:///{tmp_path}/clinic.db", "open", str(tmp_path / "keys")) as here,
        signed_in(here, "ben") as ben,
    ):
        assert [(one["course"], one["level"], one["text"]) for one in ben.get("/alerts").json()] == [
            ("bens", "risk", "Nothing of this course is in the store, and with it perhaps an alert is lost. Look "
             "whether its id is right; if it is, restore a backup"),
        ]  # fmt: skip
        assert [one["kind"] for one in ben.get("/due").json()] == ["alert", "review"]
        assert [one["course"] for one in ben.get("/stuck").json()] == ["bens"]
        assert ben.get("/courses/bens/agenda").status_code == 404


def test_what_is_wrong_with_a_batch_is_told_without_its_words_and_nothing_is_recorded(anna: httpx.Client) -> None:
    course = begin(anna)
    path = f"/courses/{course}/commands"
    answers = [(anna.post(path, json=body, headers={"Idempotency-Key": "k"}), told) for body, told in BAD_BATCHES]
    for headers, told in (
        ({}, "header Idempotency-Key is missing"),
        ({"Idempotency-Key": WORD}, f"header Idempotency-Key {NOT_RIGHT}"),
        ({"Idempotency-Key": "k", "If-Match": "one"}, 'If-Match is the ETag of a course, in quotes: "12"'),
    ):
        answers.append((anna.post(path, json={"commands": [HELD]}, headers=headers), told))
    broken = anna.post(path, content=f'{{"{WORD}'.encode(), headers={"Idempotency-Key": "k", **JSON})
    answers.append((broken, "the body is not JSON"))
    for answer, told in answers:
        assert answer.status_code == 422
        assert answer.json()["problem"].startswith(told)
        assert CANARY not in answer.text
    assert anna.get(f"/courses/{course}").json()["version"] == 1


def test_what_is_wrong_with_a_beginning_is_told_without_its_words(anna: httpx.Client) -> None:
    for wrong, status, told in BAD_BEGINNINGS:
        answer = anna.post("/courses", json={"protocol": "ipt-adult", "on": "2026-03-03", **wrong})
        assert (answer.status_code, answer.json()["problem"][: len(told)]) == (status, told)
        assert CANARY not in answer.text


TWICE = [
    ('{"kind":"read","measure":"phq9","total":9,"answers":{"self_harm":2,"low_mood":1,"self_harm":0}}', "'self_harm'"),
    ('{"kind":"read","measure":"phq9","total":9,"total":9,"answers":{"self_harm":0}}', "'total'"),
    (f'{{"kind":"read","measure":"phq9","answers":{{"{CANARY}":0,"{CANARY}":1}}}}', "a name that is not known"),
]


def test_a_name_that_stands_twice_in_a_body_is_refused_and_named_and_nothing_is_recorded(anna: httpx.Client) -> None:
    course = begin(anna)
    for command, name in TWICE:
        body = f'{{"commands":[{command}]}}'.encode()
        answer = anna.post(f"/courses/{course}/commands", content=body, headers={"Idempotency-Key": "k", **JSON})
        assert answer.status_code == 422
        assert answer.json() == {"problem": f"{name} stands twice in one object of the body; nothing was recorded"}
    for path, kind in ((f"/courses/{course}/commands", JSON), ("/groups", {"Content-Type": "application/x+json"})):
        answer = anna.post(
            path, content=b'{"on":"2026-03-01","on":"2026-03-02"}', headers={"Idempotency-Key": "k", **kind}
        )
        assert answer.json() == {"problem": "'on' stands twice in one object of the body; nothing was recorded"}
    assert anna.get(f"/courses/{course}").json()["version"] == 1


def test_nothing_on_its_way_keeps_an_answer(anna: httpx.Client) -> None:
    for path in ("/due", "/courses/none", "/nowhere"):
        assert anna.get(path).headers["cache-control"] == "no-store"


# -- the document ------------------------------------------------------------------------------------------------


def test_the_openapi_document_says_what_every_endpoint_takes_and_answers(anna: httpx.Client) -> None:
    document = anna.get("/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    said = {
        (method, path): one
        for path, methods in document["paths"].items()
        for method, one in methods.items()
    }  # fmt: skip
    assert sorted(said) == [
        ("get", "/alerts"), ("get", "/courses/{course}"), ("get", "/courses/{course}/agenda"),
        ("get", "/courses/{course}/history"), ("get", "/courses/{course}/messages/{contact}"),
        ("get", "/courses/{course}/ways"), ("get", "/due"), ("get", "/feed"), ("get", "/groups/{group}"),
        ("get", "/groups/{group}/agenda"), ("get", "/stuck"), ("post", "/courses"), ("post", "/courses/adopted"),
        ("post", "/courses/{course}/commands"), ("post", "/courses/{course}/erasure"),
        ("post", "/courses/{course}/following"), ("post", "/courses/{course}/voided"), ("post", "/groups"),
        ("post", "/groups/{group}/bookings"), ("post", "/groups/{group}/commands"),
        ("post", "/groups/{group}/leaving"), ("post", "/groups/{group}/members"),
        ("post", "/groups/{group}/sessions"),
    ]  # fmt: skip
    for one in said.values():
        assert one["description"].endswith((".", "fragment."))
        assert one["security"] == [{"HTTPBearer": []}]
        assert {"401", "404", "422", "503"} <= set(one["responses"])
    for schema in document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)

    course, group = formed(anna)
    batch = {"commands": [HELD, RISK, TOO_SOON]}
    fits(document, {"$ref": "#/components/schemas/Batch"}, batch)
    with pytest.raises(jsonschema.ValidationError):
        fits(document, {"$ref": "#/components/schemas/Batch"}, {"commands": [{"kind": "enter_phase"}]})
    answers = {
        ("post", "/courses/{course}/commands"): say(anna, course, *batch["commands"]),
        **{
            (method, path): anna.get(path.replace("{course}", course).replace("{group}", group))
            for method, path in said
            if method == "get" and "{contact}" not in path
        },
    }  # fmt: skip
    for asked, answer in answers.items():
        assert answer.status_code == 200
        fits(document, said[asked]["responses"]["200"]["content"]["application/json"]["schema"], answer.json())


def fits(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    jsonschema.Draft202012Validator({**schema, "components": document["components"]}).validate(value)
