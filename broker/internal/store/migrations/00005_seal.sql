-- When a session's record was closed: nothing more is expected of it.

-- +goose Up
ALTER TABLE session ADD COLUMN sealed_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_unsealed ON session (sealed_at, ended_at);

-- +goose Down
DROP INDEX session_unsealed;
ALTER TABLE session DROP COLUMN sealed_at;
