-- When the customer saw what they have seen: the desk tells it beside the message (CHN-1).
ALTER TABLE newel.chat ADD COLUMN seen_at timestamptz;
ALTER TABLE newel.chat ADD CONSTRAINT chat_seen_at CHECK (seen_at IS NULL OR seen_seq > 0);
