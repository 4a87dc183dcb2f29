"""An engine for manualised psychotherapy: the protocol file is the manual.

Every public name is here, and the commands in ``iptengine.commands``; a name is loaded when it is first used.

Example:
    >>> import iptengine as ipt
    >>> ipt.load("ipt-adult").title
    'Interpersonal Psychotherapy for depression in adults'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from iptengine.front_door import opened

if TYPE_CHECKING:
    from iptengine import commands as commands
    from iptengine.authoring.loader import check as check
    from iptengine.authoring.loader import load as load
    from iptengine.authoring.moves_file import MoveRules as MoveRules
    from iptengine.authoring.moves_file import load_moves as load_moves
    from iptengine.course.commands import Command as Command
    from iptengine.course.course import Alert as Alert
    from iptengine.course.course import Course as Course
    from iptengine.course.decide import decide as decide
    from iptengine.course.events import CourseWarning as CourseWarning
    from iptengine.course.events import Event as Event
    from iptengine.course.evolve import evolve as evolve
    from iptengine.course.groups import Group as Group
    from iptengine.course.overview import Overview as Overview
    from iptengine.course.refusal import Refused as Refused
    from iptengine.course.replay import replay as replay
    from iptengine.course.stamp import Actor as Actor
    from iptengine.course.stamp import Stamp as Stamp
    from iptengine.course.stuck import Stuck as Stuck
    from iptengine.course.ways import Due as Due
    from iptengine.course.ways import Way as Way
    from iptengine.course.ways import due as due
    from iptengine.course.ways import ways as ways
    from iptengine.diagnostics import BadInput as BadInput
    from iptengine.diagnostics import Diagnostic as Diagnostic
    from iptengine.diagnostics import IptengineError as IptengineError
    from iptengine.diagnostics import ProtocolError as ProtocolError
    from iptengine.diagnostics import Span as Span
    from iptengine.engine.answers import Conflict as Conflict
    from iptengine.engine.answers import CourseExists as CourseExists
    from iptengine.engine.answers import Done as Done
    from iptengine.engine.answers import GroupDone as GroupDone
    from iptengine.engine.answers import GroupExists as GroupExists
    from iptengine.engine.answers import UnknownCourse as UnknownCourse
    from iptengine.engine.answers import UnknownGroup as UnknownGroup
    from iptengine.engine.answers import UnknownProtocol as UnknownProtocol
    from iptengine.engine.clinic import Clinic as Clinic
    from iptengine.engine.handing_over import BrokenExport as BrokenExport
    from iptengine.engine.handing_over import export_course as export_course
    from iptengine.engine.handing_over import import_course as import_course
    from iptengine.engine.in_turn import GroupNotTold as GroupNotTold
    from iptengine.engine.lasting import VoidDone as VoidDone
    from iptengine.engine.looking import Move as Move
    from iptengine.engine.moves import MovedPages as MovedPages
    from iptengine.engine.policy import Allowed as Allowed
    from iptengine.engine.policy import Denial as Denial
    from iptengine.engine.policy import Denied as Denied
    from iptengine.engine.policy import NotAllowed as NotAllowed
    from iptengine.engine.policy import Permission as Permission
    from iptengine.engine.policy import Policy as Policy
    from iptengine.engine.reader import Reader as Reader
    from iptengine.protocol.protocol import Protocol as Protocol
    from iptengine.protocol.protocol import Reason as Reason
    from iptengine.render import Agenda as Agenda
    from iptengine.render import Message as Message
    from iptengine.render import agenda as agenda
    from iptengine.render.group_page import GroupPage as GroupPage
    from iptengine.store.keys import CourseKeys as CourseKeys
    from iptengine.store.keys import FileKeys as FileKeys
    from iptengine.store.keys import KeyDestroyed as KeyDestroyed
    from iptengine.store.keys import KeyLost as KeyLost
    from iptengine.store.keys import MemoryKeys as MemoryKeys
    from iptengine.store.memory import MemoryStore as MemoryStore
    from iptengine.store.port import DamagedCourse as DamagedCourse
    from iptengine.store.port import StaleVersion as StaleVersion
    from iptengine.store.port import Store as Store
    from iptengine.store.port import StoreError as StoreError
    from iptengine.store.port import UnknownDigest as UnknownDigest
    from iptengine.store.port import UnopenedCourse as UnopenedCourse
    from iptengine.store.secrecy import CannotErase as CannotErase
    from iptengine.store.sql.opening import open_store as open_store
    from iptengine.store.sql.store import SqlStore as SqlStore
    from iptengine.store.verification import Anchor as Anchor
    from iptengine.store.verification import Verdict as Verdict
    from iptengine.store.verification import anchor as anchor
    from iptengine.store.verification import anchor_from_json as anchor_from_json
    from iptengine.store.verification import verify as verify

_HOMES = {
    "engine.answers": (
        "Conflict",
        "CourseExists",
        "Done",
        "GroupDone",
        "GroupExists",
        "UnknownCourse",
        "UnknownGroup",
        "UnknownProtocol",
    ),
    "authoring.loader": ("check", "load"),
    "authoring.moves_file": ("MoveRules", "load_moves"),
    "course.commands": ("Command",),
    "course.course": ("Alert", "Course"),
    "course.decide": ("decide",),
    "course.events": ("CourseWarning", "Event"),
    "course.evolve": ("evolve",),
    "course.groups": ("Group",),
    "course.overview": ("Overview",),
    "course.refusal": ("Refused",),
    "course.replay": ("replay",),
    "course.stamp": ("Actor", "Stamp"),
    "course.stuck": ("Stuck",),
    "course.ways": ("Due", "Way", "due", "ways"),
    "diagnostics": ("BadInput", "Diagnostic", "IptengineError", "ProtocolError", "Span"),
    "engine.clinic": ("Clinic",),
    "engine.in_turn": ("GroupNotTold",),
    "engine.handing_over": ("BrokenExport", "export_course", "import_course"),
    "engine.lasting": ("VoidDone",),
    "engine.looking": ("Move",),
    "engine.moves": ("MovedPages",),
    "engine.policy": ("Allowed", "Denial", "Denied", "NotAllowed", "Permission", "Policy"),
    "protocol.protocol": ("Protocol", "Reason"),
    "engine.reader": ("Reader",),
    "render": ("Agenda", "Message", "agenda"),
    "render.group_page": ("GroupPage",),
    "store.keys": ("CourseKeys", "FileKeys", "KeyDestroyed", "KeyLost", "MemoryKeys"),
    "store.memory": ("MemoryStore",),
    "store.port": ("DamagedCourse", "StaleVersion", "Store", "StoreError", "UnknownDigest", "UnopenedCourse"),
    "store.verification": ("Anchor", "Verdict", "anchor", "anchor_from_json", "verify"),
    "store.secrecy": ("CannotErase",),
    "store.sql.opening": ("open_store",),
    "store.sql.store": ("SqlStore",),
}
_named = opened(__name__, _HOMES, globals())

__all__ = [
    "Actor",
    "Agenda",
    "Alert",
    "Allowed",
    "Anchor",
    "BadInput",
    "BrokenExport",
    "CannotErase",
    "Clinic",
    "Command",
    "Conflict",
    "Course",
    "CourseExists",
    "CourseKeys",
    "CourseWarning",
    "DamagedCourse",
    "Denial",
    "Denied",
    "Diagnostic",
    "Done",
    "Due",
    "Event",
    "FileKeys",
    "Group",
    "GroupDone",
    "GroupExists",
    "GroupNotTold",
    "GroupPage",
    "IptengineError",
    "KeyDestroyed",
    "KeyLost",
    "MemoryKeys",
    "MemoryStore",
    "Message",
    "Move",
    "MoveRules",
    "MovedPages",
    "NotAllowed",
    "Overview",
    "Permission",
    "Policy",
    "Protocol",
    "ProtocolError",
    "Reader",
    "Reason",
    "Refused",
    "Span",
    "SqlStore",
    "StaleVersion",
    "Stamp",
    "Store",
    "StoreError",
    "Stuck",
    "UnknownCourse",
    "UnknownDigest",
    "UnknownGroup",
    "UnknownProtocol",
    "UnopenedCourse",
    "Verdict",
    "VoidDone",
    "Way",
    "agenda",
    "anchor",
    "anchor_from_json",
    "check",
    "commands",
    "decide",
    "due",
    "evolve",
    "export_course",
    "import_course",
    "load",
    "load_moves",
    "open_store",
    "replay",
    "verify",
    "ways",
]


def __getattr__(name: str) -> object:
    return import_module("iptengine.commands") if name == "commands" else _named(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
