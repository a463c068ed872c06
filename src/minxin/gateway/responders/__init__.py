"""The whole dialogue policy, in reading order: the first that answers wins."""

from minxin.gateway.responders.admit_we_do_not_know import admit_we_do_not_know
from minxin.gateway.responders.answer_a_choice import answer_a_choice
from minxin.gateway.responders.answer_a_handover import answer_a_handover
from minxin.gateway.responders.continue_unfinished_form import continue_unfinished_form
from minxin.gateway.responders.file_a_ticket import file_a_ticket
from minxin.gateway.responders.follow_up import follow_up
from minxin.gateway.responders.greet_new_follower import greet_new_follower
from minxin.gateway.responders.hand_over_to_a_person import hand_over_to_a_person
from minxin.gateway.responders.help_in_danger import help_in_danger
from minxin.gateway.responders.keep_reports_apart import keep_reports_apart
from minxin.gateway.responders.keep_silent_while_a_person_answers import (
    keep_silent_while_a_person_answers,
)
from minxin.gateway.responders.look_it_up import look_it_up
from minxin.gateway.responders.make_small_talk import make_small_talk
from minxin.gateway.responders.obey_menu_key import obey_menu_key
from minxin.gateway.responders.pass_over_events import pass_over_events
from minxin.gateway.responders.quote_a_document import quote_a_document
from minxin.gateway.responders.rate_an_answer import rate_an_answer
from minxin.gateway.responders.rate_usefulness import rate_usefulness
from minxin.gateway.responders.slow_down import slow_down
from minxin.gateway.responders.tell_ticket_progress import tell_ticket_progress
from minxin.gateway.turn import Desk, Reply, Responder, Silence, Turn

RESPONDERS: tuple[Responder, ...] = (
    greet_new_follower,
    pass_over_events,
    help_in_danger,
    slow_down,
    keep_reports_apart,
    answer_a_handover,
    rate_usefulness,
    rate_an_answer,
    keep_silent_while_a_person_answers,
    answer_a_choice,
    continue_unfinished_form,
    obey_menu_key,
    tell_ticket_progress,
    hand_over_to_a_person,
    file_a_ticket,
    make_small_talk,
    follow_up,
    look_it_up,
    quote_a_document,
    admit_we_do_not_know,
)


def respond(turn: Turn, desk: Desk) -> Reply:
    """The reply of the first responder that has one."""
    for responder in RESPONDERS:
        reply = responder(turn, desk)
        if reply is not None:
            return reply
    return Silence()
