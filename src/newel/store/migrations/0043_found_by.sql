-- A miss that a review found is of the review's case and episode (QUA-6).
ALTER TABLE newel.review ADD UNIQUE (id, case_id, episode);
ALTER TABLE newel.miss DROP CONSTRAINT miss_review_id_fkey;
ALTER TABLE newel.miss ADD FOREIGN KEY (review_id, case_id, episode) REFERENCES newel.review (id, case_id, episode);
