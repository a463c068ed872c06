"""How many fields the forms of this room ask of a unit's staff, for the weekly budget (减负). Pure.

A cell to be filled in is one field, and so is an attachment; link and picture are one proof. What the form
fills in by itself (the time of looking) is none. A test holds these against the forms.
"""

FEEDBACK = 4  # measure, what was done, on which day, proof
DISPUTE = 3  # false alarm or defence, why, proof
EXTENSION = 2  # until when, why
DEFENCE = 1  # for each failing line of a check table: the statement
CHECK = 1  # for each line of a check table: the verdict
