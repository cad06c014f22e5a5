-- What came of sessions that are over, to be searched. Derived from their events:
-- what was before this table came is derived at the next start.

-- +goose Up
CREATE TABLE session_effect (
    effect  TEXT   NOT NULL,
    at      BIGINT NOT NULL, -- when the session was invited to
    session TEXT   NOT NULL REFERENCES session (id),
    PRIMARY KEY (effect, at, session)
);
CREATE INDEX effects_of_session ON session_effect (session);
ALTER TABLE session ADD COLUMN effects_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX session_without_effects ON session (effects_at, sealed_at);

-- +goose Down
DROP INDEX session_without_effects;
ALTER TABLE session DROP COLUMN effects_at;
DROP TABLE session_effect;
