"""What `minxin bench answers --weights` learned, rounded. Names as in `weighing.NAMES`.

Learned from 369 questions on policy documents of 2020; `docs/reference/bench.md` says how well this does on
questions it has not seen, which is what to expect elsewhere. `SURE` is the middle of the thresholds that
the folds chose.
"""

WEIGHTS = {
    "inside": 0.95,
    "before": 2.05,
    "around": 0.12,
    "unit": 1.41,
    "first_clause": 0.57,
    "last_clause": -0.25,
    "unseen": -2.39,
    "sign": 0.65,
    "no_sign_short": -0.66,
    "starts_unit": -0.22,
    "ends_unit": 0.31,
    "starts_text": -0.33,
    "after_colon": 0.38,
    "after_question": 0.66,
    "heading_last": -0.11,
    "units": -0.19,
    "same_units": -0.43,
    "place": 0.29,
    "begins_item": 0.13,
    "next_is_item": 0.16,
    "tells": 0.25,
    "asks": -0.87,
    "short_long": -0.38,
    "short_log": 1.59,
    "how_log": -0.09,
    "inside_log": -0.18,
    "after_matched": -1.78,
    "up_to_6": -2.0,
    "up_to_48": 0.12,
    "up_to_96": 0.26,
    "up_to_192": 0.36,
}
# Of the signs in `extracting`: a constant first, then what each is worth.
CONFIDENCE = (-1.35, 2.25, -0.48, 0.84, 1.29, 0.3, 0.42, 0.0)
SURE = 0.76
