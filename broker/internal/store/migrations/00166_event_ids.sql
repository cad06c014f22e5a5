-- An event's id is 128 random bits: unique without an index, which nobody searched,
-- and which made every commit write a page of its own for each event in it. The tables
-- are made anew because SQLite cannot take the rule from a column.

-- +goose Up
CREATE TABLE audit_event_next (
    seq     BIGINT NOT NULL PRIMARY KEY,
    id      TEXT   NOT NULL,
    kind    TEXT   NOT NULL,
    session TEXT   NOT NULL,
    leaf    TEXT   NOT NULL
);
INSERT INTO audit_event_next (seq, id, kind, session, leaf)
    SELECT seq, id, kind, session, leaf FROM audit_event ORDER BY seq;
CREATE TABLE audit_personal_next (
    seq     BIGINT NOT NULL PRIMARY KEY REFERENCES audit_event_next (seq),
    subject TEXT   NOT NULL, -- whose: a session's or an account's id, or nobody's
    salt    TEXT   NOT NULL, -- random, 32 bytes
    value   TEXT   NOT NULL  -- JSON object of texts
);
INSERT INTO audit_personal_next (seq, subject, salt, value)
    SELECT seq, subject, salt, value FROM audit_personal ORDER BY seq;
DROP TABLE audit_personal;
DROP TABLE audit_event;
ALTER TABLE audit_event_next RENAME TO audit_event; -- audit_personal_next refers to it by the new name then
ALTER TABLE audit_personal_next RENAME TO audit_personal;
CREATE INDEX audit_event_of_session ON audit_event (session, seq);
CREATE INDEX audit_personal_of_subject ON audit_personal (subject);

-- +goose Down
CREATE UNIQUE INDEX audit_event_id ON audit_event (id);
