-- Mails about tickets, those that came and those that go. A file of a ticket may come by mail, from nobody with an
-- account.

-- +goose Up
CREATE TABLE ticket_mail (
    id         TEXT   NOT NULL PRIMARY KEY,
    ticket     TEXT   REFERENCES ticket (id) ON DELETE CASCADE, -- none: a report
    outgoing   BIGINT NOT NULL,
    automatic  BIGINT NOT NULL,          -- nobody wrote it
    message_id TEXT   NOT NULL UNIQUE,   -- without its brackets
    answers    TEXT   NOT NULL,          -- the message_id that it answers, or empty
    name       TEXT   NOT NULL,          -- of the person who wrote, or is written to
    address    TEXT   NOT NULL,          -- theirs, in lower case
    author     TEXT   REFERENCES technician (id), -- of an answer
    subject    TEXT   NOT NULL,
    text       TEXT   NOT NULL,
    at         BIGINT NOT NULL,
    sent_at    BIGINT NOT NULL DEFAULT 0,
    tries      BIGINT NOT NULL DEFAULT 0,
    try_at     BIGINT NOT NULL DEFAULT 0,
    failed     BIGINT NOT NULL DEFAULT 0 -- 1: given up
);
CREATE INDEX mail_of_ticket ON ticket_mail (ticket, at);
CREATE INDEX mail_from ON ticket_mail (address, at);
CREATE INDEX mail_to_send ON ticket_mail (try_at) WHERE outgoing = 1 AND sent_at = 0 AND failed = 0;

DROP TRIGGER attachment_deleted;
CREATE TABLE attachment_new (
    id     TEXT   NOT NULL PRIMARY KEY,
    ticket TEXT   NOT NULL REFERENCES ticket (id),
    name   TEXT   NOT NULL,
    type   TEXT   NOT NULL,                 -- as the bytes say
    size   BIGINT NOT NULL,
    author TEXT   REFERENCES technician (id), -- none: it came by mail
    at     BIGINT NOT NULL
);
INSERT INTO attachment_new SELECT id, ticket, name, type, size, author, at FROM attachment;
DROP TABLE attachment;
ALTER TABLE attachment_new RENAME TO attachment;
CREATE INDEX attachment_of_ticket ON attachment (ticket, at);
-- +goose StatementBegin
CREATE TRIGGER attachment_deleted AFTER DELETE ON attachment BEGIN
    INSERT INTO attachment_gone (object) VALUES ('attachments/' || old.ticket || '/' || old.id);
END;
-- +goose StatementEnd

-- +goose Down
DELETE FROM attachment WHERE author IS NULL;
DROP TABLE ticket_mail;
