-- An account that left: it stays, since the log names it, and may do nothing.

-- +goose Up
ALTER TABLE technician ADD COLUMN disabled_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX cookie_session_of_technician ON cookie_session (technician);

-- +goose Down
DROP INDEX cookie_session_of_technician;
ALTER TABLE technician DROP COLUMN disabled_at;
