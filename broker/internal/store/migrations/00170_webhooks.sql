-- Addresses that are told what happens, as administrators set them, and what came of
-- the last deliveries to each. What is still to be told is what the log has after "at".

-- +goose Up
CREATE TABLE webhook (
    id      TEXT   NOT NULL PRIMARY KEY,
    url     TEXT   NOT NULL,
    topics  TEXT   NOT NULL,           -- with spaces between
    secret  TEXT   NOT NULL,           -- base64url; signs what is posted
    made_at BIGINT NOT NULL,
    off_at  BIGINT NOT NULL DEFAULT 0, -- switched off
    failed  BIGINT NOT NULL DEFAULT 0, -- 1: by the broker, because it failed for too long
    at      BIGINT NOT NULL,           -- the last event that was told, or passed over
    tries   BIGINT NOT NULL DEFAULT 0, -- of the next one, so far
    failing BIGINT NOT NULL DEFAULT 0, -- since when it has failed without a break
    try_at  BIGINT NOT NULL DEFAULT 0  -- not before
);
CREATE TABLE webhook_delivery (
    id      TEXT   NOT NULL PRIMARY KEY,
    webhook TEXT   NOT NULL REFERENCES webhook (id) ON DELETE CASCADE,
    event   TEXT   NOT NULL, -- its id, which the receiver is told; of a test: its own
    topic   TEXT   NOT NULL,
    at      BIGINT NOT NULL,
    status  BIGINT NOT NULL, -- of the answer; 0: there was none
    outcome TEXT   NOT NULL
);
CREATE INDEX webhook_delivery_at ON webhook_delivery (webhook, at);

-- +goose Down
DROP TABLE webhook_delivery;
DROP TABLE webhook;
