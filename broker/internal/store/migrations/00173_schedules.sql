-- Reports that are made by the clock, and mails that belong to no ticket.

-- +goose Up
CREATE TABLE report_schedule (
    id        TEXT   NOT NULL PRIMARY KEY,
    every     TEXT   NOT NULL, -- week or month
    zone      TEXT   NOT NULL, -- in which days begin
    addresses TEXT   NOT NULL, -- with spaces between
    next_at   BIGINT NOT NULL  -- when the next one is made
);
CREATE TABLE ticket_mail_new (
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
INSERT INTO ticket_mail_new SELECT id, ticket, outgoing, automatic, message_id, answers, name, address, author, subject, text, at,
    sent_at, tries, try_at, failed FROM ticket_mail;
DROP TABLE ticket_mail;
ALTER TABLE ticket_mail_new RENAME TO ticket_mail;
CREATE INDEX mail_of_ticket ON ticket_mail (ticket, at);
CREATE INDEX mail_from ON ticket_mail (address, at);
CREATE INDEX mail_to_send ON ticket_mail (try_at) WHERE outgoing = 1 AND sent_at = 0 AND failed = 0;

-- +goose Down
DROP TABLE report_schedule;
DELETE FROM ticket_mail WHERE ticket IS NULL;
