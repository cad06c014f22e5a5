-- Personal data beside the log: the leaf has a commitment, this the rest. Whoever
-- deletes a row has erased what it says; no leaf and no proof changes.

-- +goose Up
CREATE TABLE audit_personal (
    seq     BIGINT NOT NULL PRIMARY KEY REFERENCES audit_event (seq),
    subject TEXT   NOT NULL, -- whose: a session's or an account's id, or nobody's
    salt    TEXT   NOT NULL, -- random, 32 bytes
    value   TEXT   NOT NULL  -- JSON object of texts
);
CREATE INDEX audit_personal_of_subject ON audit_personal (subject);

-- +goose Down
DROP TABLE audit_personal;
