"""Pages for people: agendas and prompts, made from the agenda as a value and the protocol's own words."""

from iptengine.render.agenda import Agenda, agenda
from iptengine.render.alerts import alert_lines
from iptengine.render.messages import Message, message
from iptengine.render.prompts import UnknownPrompt, prompt
from iptengine.render.sections import OVERRIDABLE, TemplateOverrideError, check_template_override
from iptengine.render.values import TemplateFault

__all__ = [
    "OVERRIDABLE",
    "Agenda",
    "Message",
    "TemplateFault",
    "TemplateOverrideError",
    "UnknownPrompt",
    "agenda",
    "alert_lines",
    "check_template_override",
    "message",
    "prompt",
]
