"""The therapist's page, in the order of the hour: what must not be missed, last time, plan, words, ahead, after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from iptengine.course import timing
from iptengine.course.contacts import CODES
from iptengine.course.course import Alert, Course
from iptengine.course.first_lines import Answered, Assessed
from iptengine.course.hour import Step
from iptengine.course.plan_lines import facts_of
from iptengine.course.record_lines import REVIEW_ASSESSED, standing_reviews
from iptengine.course.requested import kind_of
from iptengine.course.scores import Series
from iptengine.course.unrecorded import MOST_TOLD
from iptengine.course.wording import dated, dated_weekday, either, first_lower, first_upper, shortened, weekday
from iptengine.render.alerts import alert_lines, alert_name
from iptengine.render.filling import Filling, sentence
from iptengine.render.page import (
    LONG,
    SHORT,
    Block,
    Field,
    Folded,
    Form,
    Lines,
    Marked,
    Page,
    Pairs,
    Plan,
    PlanRow,
    ScoreTable,
    Section,
)
from iptengine.render.scope import one_line

CUT = 300
"""Signs of one note on the plain text page; the whole of it stands in HTML, Markdown and JSON."""
IN_THE_ROOM = frozenset(
    {
        "measure_due", "word_items", "question", "task_first", "task_first_done", "task_late", "task_by_now",
        "announce_now",
        "announce_soon", "checklist", "fact_due",
    }
)  # fmt: skip
"""Lines that need the patient there."""
IN_THE_COUNT = frozenset({"task_late", "task_by_now", "announce_now", "announce_soon", "checklist", "fact_due"})
"""Lines that rest on sessions to come, or on a beginning; a last meeting has other work."""
NO_HELP = "The patient's page has no help text of your service: write it in before you print it."
WORDED = 24
"""Signs of the patient's own words for an item, as the head of its row of scores."""
FOUND, AGREED, STEP, REVIEWED = 60, 90, 60, 40
"""Signs of what was found, of what was agreed, and of a step to try, where the page repeats them; of the plan of a
review where paper has no more room."""
OF_ALL = "All members share these minutes."
WITHIN = "Within the minutes that all members share."
"""Beside work of one member's own in a group: nobody can say how much of the hour it gets."""
RULES = {"forbidden": "keep out", "redirect": "lead away from it", "link only": "link only"}


def therapist_page(filling: Filling, detail: str) -> Page:
    """The page for the therapist.

    Raises:
        TemplateFault: A text could not be filled in.
    """
    if filling.value.ended:
        return _ended(filling)
    every = _used_up(filling, trainee=detail == "trainee") if filling.value.used_up else _of_detail(filling, detail)
    sections = tuple(section for section in every if section.blocks)
    return Page(
        audience="therapist",
        language="en",
        title=_title(filling),
        left=named(filling.course),
        when=_when(filling),
        right=_which(filling),
        under=(*filling.section("focus"), *_aim(filling)),
        sections=sections,
        tight=_tightened(filling, sections),
        footer=footer(filling),
        alerts=alert_lines(filling.protocol, filling.course),
    )


def _tightened(filling: Filling, sections: tuple[Section, ...]) -> tuple[Section, ...]:
    """The same sections with less in them, for paper that they do not fit on; empty where nothing gives way.

    Assessed reviews are said in short beside the last risk, and of a changed contract only the count at the head.
    """
    reviews, last = standing_reviews(filling.course), filling.value.last_time
    short: dict[str, Section] = {}
    if reviews:
        short |= {"first": _with_reviews(filling, sections[0], reviews), "standing": standing(filling, reviews=False)}
    if last is not None and last.amended:
        less = replace(filling, value=replace(filling.value, last_time=replace(last, amended=())))
        short["last-time"] = _last_time(less)
    return tuple(found for s in sections if (found := short.get(s.name, s)).blocks) if short else ()


def _with_reviews(filling: Filling, first: Section, reviews: Sequence[Alert]) -> Section:
    """What stands first, with the last review in a few words below its first line."""
    last, more = reviews[0], len(reviews) - 1
    when = f" {dated(last.assessed, filling.value.on)}" if last.assessed else ""
    told = f"Reviewed{when}, plan: {shortened(one_line(last.plan), REVIEWED)}{f' (and {more} more)' if more else ''}"
    head, *rest = first.blocks
    if not isinstance(head, Marked):
        return first
    return replace(first, blocks=(replace(head, paper=(*head.paper, told)), *rest))


STILL_TAKES = "It still takes readings, assessments of alerts, corrections and contacts."


def _ended(filling: Filling) -> Page:
    """What is left to show once the course has ended: alerts, how it ended, the last session. No plan."""
    outcome = filling.course.outcome
    known = filling.protocol.spec.outcomes.get(filling.value.ended)
    title = known.title if known else filling.value.ended
    when = f" on {weekday(outcome.on)} {outcome.on.year}" if outcome else ""
    takes = "Nothing more is recorded in it." if filling.course.erased else STILL_TAKES
    why = one_line(outcome.reason) if outcome and not filling.course.erased else ""
    reason = (f"Reason: {why}{'' if why.endswith(('.', '…', '?', '!')) else '.'}",) if why else ()
    words = (f"{title}{when}.", *reason, takes)
    first = tuple(filling.line(line) for line in filling.value.first if line.code not in CODES)
    return Page(
        audience="therapist",
        language="en",
        title="Ended",
        left=named(filling.course),
        right=_which(filling),
        sections=(
            Section("first", "FIRST", (marked(filling, first),)),
            Section("ended", "HOW IT ENDED", (Lines(words),)),
            *(s for s in (_still_due(filling), standing(filling), _last_time(filling)) if s.blocks),
        ),
        footer=footer(filling, printed=False),
        alerts=alert_lines(filling.protocol, filling.course),
    )


def _still_due(filling: Filling) -> Section:
    """Contacts that are due after the end, and messages that wait to be sent."""
    told = (*filling.value.first, *filling.value.also_due)
    lines = tuple(filling.line(line) for line in told if line.code in CODES)
    return Section("still-due", "STILL DUE", (Lines(lines),) if lines else ())


def _of_detail(filling: Filling, detail: str) -> Iterator[Section]:
    return _usual(filling) if detail == "usual" else _brief(filling) if detail == "brief" else _trainee(filling)


def _used_up(filling: Filling, *, trainee: bool) -> Iterator[Section]:
    """No session is left: what is due outside the count, where the course stands, and no plan."""
    yield _first(filling, trainee=trainee)
    yield standing(filling)
    yield _last_time(filling, every_rule=trainee)
    if filling.value.occasion == "missed":
        yield _missed(filling)
    yield _ahead(filling)
    yield _after(filling)


def _brief(filling: Filling) -> Iterator[Section]:
    yield _first(filling)
    yield standing(filling)
    yield _last_time(filling, brief=True)
    if filling.value.occasion == "missed":
        yield _missed(filling)
    yield _plan(filling, why=False)
    yield _after(filling)


def _usual(filling: Filling) -> Iterator[Section]:
    yield _first(filling)
    yield standing(filling)
    yield _last_time(filling)
    if filling.value.occasion == "missed":
        yield _missed(filling)
        yield _plan(filling, why=False)
    else:
        yield _plan(filling, why=False)
        yield _words(filling)
        yield _ifs(filling)
        yield _ahead(filling)
    yield _after(filling)


def _trainee(filling: Filling) -> Iterator[Section]:
    yield _first(filling, trainee=True)
    yield standing(filling)
    yield _last_time(filling, every_rule=True)
    if filling.value.occasion == "missed":
        yield _missed(filling)
    yield _plan(filling, why=True)
    yield _techniques(filling)
    yield _words(filling)
    yield _ifs(filling, kept_out=True)
    yield _recognise(filling)
    yield _ahead(filling)
    yield _after(filling)
    yield _sources(filling)


# -- the first lines ---------------------------------------------------------------------------------------------


def _title(filling: Filling) -> str:
    value = filling.value
    usual = "No session left" if value.used_up else f"Session {value.number}"
    return {"missed": "Missed week", "last": "Last meeting"}.get(value.occasion, usual)


def _when(filling: Filling) -> str:
    value = filling.value
    if value.used_up and value.occasion != "missed":
        return ""
    if value.no_session and value.occasion == "session":
        return "No session is planned"
    meant = value.missed.on if value.occasion == "missed" and value.missed else value.day
    when = dated_weekday(meant, value.on)
    if value.time and value.occasion != "missed":
        when = f"{when}, {one_line(value.time)}"
    if value.occasion != "missed":
        when = f"{when}, {value.minutes} min{'' if value.booked else ' (not booked)'}"
    return when


def _which(filling: Filling) -> str:
    value = filling.value
    if value.ended:
        return "THE COURSE HAS ENDED"
    if value.of is not None and value.number > value.of:
        place = f"SESSION {value.number} ({value.of} agreed)"
    else:
        place = f"SESSION {value.number}{f' of {value.of}' if value.of is not None else ''}"
    phase = first_lower(value.phase_title).removesuffix(" phase")
    if value.used_up:
        used = "THE ONE SESSION USED" if value.of == 1 else f"ALL {value.of} SESSIONS USED"
        return f"MISSED WEEK; {used.lower()}, {phase}" if value.occasion == "missed" else f"{used}, {phase}"
    if value.occasion == "missed":
        return f"MISSED WEEK; next is {first_lower(place.capitalize())}, {phase}"
    if value.occasion == "last":
        return f"LAST MEETING; {first_lower(place.capitalize())}"
    return f"{place}, {phase}"


def _aim(filling: Filling) -> tuple[str, ...]:
    return () if filling.value.occasion == "missed" or filling.value.used_up else filling.section("aim")


def named(course: Course) -> str:
    """How the patient is called, or the id of a course that names nobody."""
    return one_line(course.called) or f"Course {one_line(course.id)}"


def footer(filling: Filling, *, printed: bool = True) -> str:
    """Which protocol, up to which day the record goes, and who decides; what a page to be printed still lacks."""
    value = filling.value
    ref = f"{filling.protocol.id} {filling.protocol.version}"
    status = " draft" if value.status == "draft" else ""
    record = f"record to {dated(value.record_to, value.on)}" if value.record_to else "nothing on record yet"
    kept = filling.course.protocol
    other = f" This course keeps {kept}." if kept and kept != filling.protocol.ref else ""
    lacks = f" {NO_HELP}" if printed and not filling.service.get("help", "").strip() else ""
    return f"{ref}{status}; {record}.{other}{lacks} A proposal: you decide."


# -- what must not be missed -------------------------------------------------------------------------------------


def _first(filling: Filling, *, trainee: bool = False) -> Section:
    value = filling.value
    away = value.occasion == "missed"  # nobody sits here today: what is due in the room waits for next time
    left_out = IN_THE_ROOM if away else IN_THE_COUNT if value.occasion == "last" else frozenset()
    lines = [line for line in value.first if line.code not in left_out]
    blocks: list[Block] = [marked(filling, tuple(filling.line(line) for line in lines))]
    also = [line for line in value.also_due if trainee or not line.fold]
    if also and value.occasion == "session":
        blocks.append(Folded("Also due", tuple(filling.line(line) for line in also)))
    return Section("first", "FIRST", tuple(blocks))


def marked(filling: Filling, lines: tuple[str, ...]) -> Marked:
    """The first lines; under the risk line the last assessment, and questions that were answered once."""
    last, on = filling.value.last_assessed, filling.value.on
    answered = tuple(_answered(one, on) for one in filling.value.answered)
    if last is None:
        return Marked(lines, answered, answered)
    cut = replace(last, found=shortened(one_line(last.found), FOUND), plan=shortened(one_line(last.plan), AGREED))
    return Marked(lines, (_assessed(last, on), *answered), (_assessed(cut, on), *answered))


def standing(filling: Filling, *, reviews: bool = True) -> Section:
    """Where the course stands beside phase and focus; no section where there is nothing to say."""
    told = (line for line in filling.value.standing if reviews or line.code != REVIEW_ASSESSED)
    lines = tuple(filling.line(line) for line in told)
    return Section("standing", "WHERE WE ARE", (Lines(lines, CUT),) if lines else ())


def _assessed(last: Assessed, on: date) -> str:
    where = f"session {last.session}" if last.session is not None else dated(last.raised, on)
    parts = [f"Last: {where}, {one_line(last.what)}"]
    parts += [f"found: {found}"] if (found := one_line(last.found)) else []
    parts += [f"plan: {plan}"] if (plan := one_line(last.plan)) else []
    whole = "; ".join(parts)
    return f"{whole}{'' if whole.endswith(('.', '…', '?', '!')) else '.'} Check it still holds."


def _answered(one: Answered, on: date) -> str:
    where = f"session {one.session}" if one.session is not None else dated(one.on, on)
    title = one.title if one.title.endswith("?") else f"{one.title.rstrip('.')}:"
    return f"{title} {one.answer or 'asked, not answered'} ({where})."


# -- last time ---------------------------------------------------------------------------------------------------


def _last_time(filling: Filling, *, brief: bool = False, every_rule: bool = False) -> Section:
    last = filling.value.last_time
    heading = "LAST TIME"
    if last is not None:
        number = f"session {last.number}, " if last.number is not None else ""
        heading = f"LAST TIME ({number}{dated(last.on, filling.value.on)})"
    tables = tuple(_scores(series, every_rule=every_rule) for series in filling.value.scores)
    told = _to_try(filling) if brief else filling.section("last_time")
    return Section("last-time", heading, (*((Lines(told, CUT, flow=True),) if told else ()), *tables))


def _to_try(filling: Filling) -> tuple[str, ...]:
    return tuple(f"To try: {one_line(text)}" for text in filling.value.homework)


def _scores(series: Series, *, every_rule: bool) -> ScoreTable | Lines:
    rules = list(_rules(series)) if every_rule else [f"{'. '.join(series.near)}."] if series.near else []
    if not series.places:
        return Lines((f"{series.told}.", *rules))
    words = ((f"“{shortened(one_line(text), WORDED)}”", answers) for text, answers in series.worded)
    rows = [(series.label, series.totals), *series.risk, *words]
    return ScoreTable(_places(series.places), tuple(rows), series.places, (f"{series.told}.", *rules))


def _places(places: tuple[str, ...]) -> str:
    """What the columns are, in words: ``sessions 1 to 5, then the missed week``."""
    numbers = [place for place in places if place.isdigit()]
    whole = list(range(int(numbers[0]), int(numbers[-1]) + 1)) if numbers else []
    in_a_row = [int(n) for n in numbers] == whole
    rest = places[len(numbers) :]
    if places[: len(numbers)] == tuple(numbers) and in_a_row and len(rest) <= 1 and "+" not in rest and numbers:
        told = f"session {numbers[0]}" if len(numbers) == 1 else f"sessions {numbers[0]} to {numbers[-1]}"
        return f"{told}, then one not held" if rest else told
    return ""


def _rules(series: Series) -> Iterator[str]:
    """Every rule of change by its name; rules about getting worse only when they hold or cannot be told."""
    quiet = [title for title in series.not_met if title not in series.about_worse]
    for word, titles in (("Met", series.met), ("Not met", tuple(quiet)), ("Cannot tell", series.unknown)):
        if titles:
            yield f"{word}: {', '.join(first_lower(title) for title in titles)}."


# -- the plan ----------------------------------------------------------------------------------------------------


def _plan(filling: Filling, *, why: bool) -> Section:
    asked = 0 if filling.value.occasion == "last" else _first_with_the_patient(filling)
    rows = tuple(
        PlanRow(
            number,
            step.label,
            (
                *_texts(filling, step, why=why),
                *(_how_it_went(filling) if number == asked else ()),
                *((OF_ALL if step.minutes else WITHIN,) if step.shared else ()),
            ),
            step.minutes,
            tuple(_reasons(filling, number)) if why else (),
        )
        for number, step in enumerate(filling.value.steps, 1)
    )
    minutes = sum(row.minutes for row in rows)
    timed = f"PLAN ({minutes} minutes)" if minutes else "PLAN"
    heading = "PLAN (stays due)" if filling.value.occasion == "missed" else timed
    if not rows:
        words = "All the ending tasks are on record." if filling.value.occasion == "last" else _nothing_due(filling)
        return Section("plan", "PLAN", (Lines((words,)),))
    return Section("plan", heading, (Plan(rows), *_too_much(filling)))


def _too_much(filling: Filling) -> Iterator[Lines]:
    """That the steps were cut to fit the hour."""
    wanted, minutes = filling.value.minutes_written, filling.value.minutes
    if wanted:
        told = f"The steps as written take {wanted} minutes and are cut to {minutes} here: decide what to put off."
        yield Lines((told,))


def _texts(filling: Filling, step: Step, *, why: bool) -> Iterator[str]:
    """What a step says; beside a task what its reader should know of it, unless every reason is told below."""
    left_over = next((task.left_over for task in step.tasks if task.left_over), "")
    uncertain = {task.do: task.why for task in step.tasks if task.uncertain}
    for place, text in enumerate(step.texts):
        told = filling.say(text)
        beside = (left_over if place == 0 else "", one_line(uncertain.get(text, "")))
        note = "; ".join(words for words in beside if words)
        yield f"{told.rstrip('.')} ({note})" if note and not why else told


def _nothing_due(filling: Filling) -> str:
    """That no task is due; where the work is a plan's, what is to be said before there is one."""
    value, plan = filling.value, filling.protocol.spec.plan
    if plan is None:
        return "No task is due."
    if not filling.course.plans:
        asked = any(
            one.state == "waiting" and kind_of(one.request) == "choose_plan" for one in filling.course.approvals
        )
        return f"No task is due: {'the plan waits to be approved' if asked else 'no plan is chosen yet. Choose one'}."
    here = not plan.phases or filling.course.phase in plan.phases
    ways = [gate for gate in value.gates if gate.target in plan.phases]
    if here or not ways:
        return "No task is due."
    open_ones = [f"'{gate.title}'" for gate in ways if gate.open]
    if open_ones:
        return f"No task is due here. The plan is worked through in {either(open_ones)}: go on to it."
    shut = "; ".join(f"'{gate.title}' needs: {'; '.join(why.text for why in gate.reasons)}" for gate in ways)
    return f"No task is due here. The plan is worked through later: {one_line(shut)}."


def _first_with_the_patient(filling: Filling) -> int:
    """The step that opens the hour: the first one, or the one after what comes before a guest does."""
    steps = filling.value.steps
    return next((n for n, step in enumerate(steps, 1) if not any(t.first and not t.required for t in step.tasks)), 1)


def _how_it_went(filling: Filling) -> tuple[str, ...]:
    """What the last step to try has to do with today; its words are the record's, never a template."""
    steps = [words for text in filling.value.homework if (words := one_line(text))]
    return (f"And how it went: {shortened('; '.join(steps), STEP)}",) if steps else ()


def _reasons(filling: Filling, number: int) -> Iterator[str]:
    """Why each task of a step is due, and what it rests on."""
    for task in filling.value.steps[number - 1].tasks:
        spec = filling.protocol.tasks[task.task].spec
        rests = f" (rests on {', '.join(spec.source)})" if spec.source else ""
        voice = filling.voice_of(task.focus) if task.focus else filling.voice
        yield f"{voice.say(task.do)}: {task.why}{rests}"


def _techniques(filling: Filling) -> Section:
    rows = [(first_upper(label), filling.say(note)) for label, note in filling.value.remarks]
    for title, steps in filling.value.techniques:
        if steps:
            rows.append((title, " ".join(f"{number}. {step}." for number, step in enumerate(steps, 1))))
    return Section("techniques", "HOW", (Pairs(tuple(rows)),) if rows else ())


# -- words and ifs -----------------------------------------------------------------------------------------------


def _words(filling: Filling) -> Section:
    if filling.overridden("words"):
        return Section("words", "WORDS YOU MIGHT USE", (Lines(filling.section("words")),))
    words = tuple(filling.words)
    return Section("words", "WORDS YOU MIGHT USE", (Lines(words),) if words else ())


def _ifs(filling: Filling, *, kept_out: bool = False) -> Section:
    value = filling.value
    if filling.overridden("if"):
        return Section("if", "IF", (Lines(filling.section("if")),))
    blocks: list[Block] = []
    if value.if_lines:
        blocks.append(Pairs(tuple((filling.say(when), filling.say(then)) for when, then in value.if_lines)))
    below = [filling.say(value.note)] if value.note else []
    if value.kept_out and kept_out:
        topics = (f"{first_lower(filling.say(text))} ({RULES.get(rule, rule)})" for rule, text in value.kept_out)
        below.append(f"Not here: {'; '.join(topics)}.")
    if below:
        blocks.append(Lines(tuple(below)))
    return Section("if", "IF", tuple(blocks))


def _recognise(filling: Filling) -> Section:
    rows = filling.value.recognise
    return Section("recognise", "WHERE IT STANDS", (Pairs(rows),) if rows else ())


# -- ahead and after ---------------------------------------------------------------------------------------------


def _ahead(filling: Filling) -> Section:
    blocks: list[Block] = []
    said = {line.code for line in filling.value.first}
    news = [line for line in filling.value.warnings if line.code != "calendar_stopped" or line.code not in said]
    if news:
        blocks.append(Marked(tuple(sentence(first_upper(one_line(line.text))) for line in news)))
    lines = filling.section("ahead")
    if lines and filling.value.occasion != "last":
        blocks.append(Lines(lines, flow=True))
    return Section("ahead", "AHEAD", tuple(blocks))


def _after(filling: Filling) -> Section:
    value = filling.value
    rows = list(_missed_form(filling)) if value.occasion == "missed" else list(_session_form(filling))
    rows += [(Field(f"{alert_name(alert)}: found", size=LONG), Field("agreed", size=LONG)) for alert in value.alerts]
    if value.occasion == "missed":
        rows.append((Field("remind me", size=LONG),))
    elif value.left is not None and value.left <= 1:
        rows += [(Field("It went", size=LONG),)] if value.homework else []
    elif value.homework:
        rows.append((Field("It went", size=LONG), Field("to try now", size=LONG)))
        rows.append((Field("Remind me", size=LONG),))
    else:
        rows.append((Field("To try", size=LONG), Field("remind me", size=LONG)))
    return Section("after", "AFTER (two minutes)", (Form(tuple(rows)),))


def _session_form(filling: Filling) -> Iterator[tuple[Field, ...]]:
    value = filling.value
    for _, label, items in value.measures_due:
        yield (
            Field(label, size=SHORT),
            *(Field(item, size=SHORT) for item in items),
            *((Field("assessed", size=LONG),) if items else ()),
        )
    yield from _unrecorded_form(filling)
    names = any(line.code.startswith("announce_") for line in value.first) or _announces(filling)
    numbers = tuple(str(number) for number, _ in enumerate(value.steps, 1))
    done = (*numbers, *_first_labels(filling), *(("Ending named",) if names else ()))
    why = (Field("why missed", size=LONG),) if value.missed_since and not _why_is_told(filling) else ()
    if value.used_up:
        yield (Field("Contact on", size=LONG), Field("by", size=LONG))
        yield (*why, Field("Ends as", size=LONG))
        return
    if done:
        yield (Field("Done", done), *why)
    elif why:
        yield why
    if value.doses:
        yield (*(Field(title, (dose,)) for _, title, dose in value.doses), Field("other dose", size=SHORT))
    yield from _finish_form(filling)
    yield from _facts_form(filling)
    if value.stage_choices:
        yield (Field("Stage", tuple(title for _, title in value.stage_choices)), Field("because", size=LONG))
    if ways := tuple(_ways_form(filling)):
        yield ways
    if value.outcome_choices:
        yield (Field("Ends as", size=LONG),)


def _unrecorded_form(filling: Filling) -> Iterator[tuple[Field, ...]]:
    """A box for each appointment that was booked and of which nothing is on record, as far as its line names them."""
    for booked in timing.unrecorded(filling.course, filling.on)[:MOST_TOLD]:
        yield (Field(f"{dated(booked.on, filling.on)} was", ("held", "missed", "moved")),)


def _announces(filling: Filling) -> bool:
    """Whether the task that names the ending stands in the plan."""
    announce = filling.protocol.spec.termination.announce
    return announce is not None and any(
        task.task == announce.task for step in filling.value.steps for task in step.tasks
    )


def _first_labels(filling: Filling) -> Iterator[str]:
    """Tasks that stand under FIRST and in no step: they are ticked by their labels."""
    planned = {task.task for step in filling.value.steps for task in step.tasks}
    for line in filling.value.first:
        if filling.value.occasion == "last" and line.code in IN_THE_COUNT:
            continue
        task = line.values.get("task")
        if isinstance(task, str) and task in filling.protocol.tasks and task not in planned:
            yield filling.protocol.tasks[task].spec.label or task.replace("_", " ")


def _facts_form(filling: Filling) -> Iterator[tuple[Field, ...]]:
    """The questions under FIRST and those also due, with the answers the protocol knows.

    Beside what must be asked stands a box for no answer. What is folded away has no field.
    """
    also = filling.value.also_due if filling.value.occasion == "session" else ()
    lines = (*filling.value.first, *(line for line in also if not line.fold))
    asked = (line.values.get("fact") for line in lines)
    must = {line.values.get("fact") for line in lines if line.code == "question"}
    for name in dict.fromkeys((*asked, *_facts_of_rules(filling))):
        fact = filling.protocol.spec.facts.get(name) if isinstance(name, str) else None
        if fact is not None:
            boxes = (*fact.one_of, *(("no answer",) if fact.first or name in must else ())) if fact.one_of else ()
            yield (Field(fact.title.rstrip("?."), boxes, LONG),)


def _facts_of_rules(filling: Filling) -> Iterator[str]:
    """The facts on which it rests that a component in hand may be finished."""
    for name, _, _ in filling.value.doses:
        for guard in filling.protocol.at("plan", "components", name, "done_when"):
            facts = (fact for fact in facts_of(guard) if fact in filling.protocol.spec.facts)
            yield from (fact for fact in facts if not filling.protocol.spec.facts[fact].kept_from_therapist)


def _finish_form(filling: Filling) -> Iterator[tuple[Field, ...]]:
    """A box for the component that is recommended to be finished."""
    plan = filling.protocol.spec.plan
    for line in (*filling.value.first, *filling.value.also_due):
        name = line.values.get("component")
        if plan is not None and isinstance(name, str) and name in plan.components:
            yield Field(f"Finish {plan.components[name].title}", ("yes", "go on")), Field("because", size=LONG)


def _ways_form(filling: Filling) -> Iterator[Field]:
    gates = [gate for gate in filling.value.gates if gate.open]
    titles = tuple(f"{gate.title} (asks {gate.asks})" if gate.asks else gate.title for gate in gates)
    if titles:
        yield Field("Go on to", titles)


def _missed_form(filling: Filling) -> Iterator[tuple[Field, ...]]:
    missed = filling.value.missed
    if missed is not None and not missed.status:
        yield (Field("It was", tuple(first_lower(words) for _, words, _ in missed.choices)),)
    why = () if _why_is_told(filling) else (Field("why", size=LONG),)
    yield (*why, Field("moved to", size=LONG))
    yield (Field("Contacted on", size=LONG), Field("by", size=LONG))


def _why_is_told(filling: Filling) -> bool:
    """Whether it is on record why the last appointment was missed."""
    missed = filling.value.missed
    return missed is not None and bool(missed.why.strip())


def _missed(filling: Filling) -> Section:
    return Section("missed", "THE MISSED WEEK", (Lines(filling.section("missed"), CUT),))


def _sources(filling: Filling) -> Section:
    """The sources named above, with what kind they are."""
    spec = filling.protocol.spec
    names: dict[str, None] = {}
    for step in filling.value.steps:
        for task in step.tasks:
            names |= dict.fromkeys(filling.protocol.tasks[task.task].spec.source)
    rows = []
    for name in names:
        source = spec.sources.get(name)
        if source is not None:
            kind = {"cite": "", "decision": "decided: ", "unverified": "not verified: "}[source.kind]
            rows.append((name, f"{kind}{source.told}"))
    return Section("sources", "SOURCES", (Pairs(tuple(rows)),) if rows else ())


__all__ = ["footer", "marked", "named", "standing", "therapist_page"]
