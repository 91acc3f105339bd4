-- Whose own work a review would be is asked for each line of the list.
CREATE INDEX review_case ON newel.review (case_id) WHERE kind = 'held';
