-- Files of tickets. Their bytes lie beside the recordings'; those of a row that is deleted are deleted after it.

-- +goose Up
CREATE TABLE attachment (
    id     TEXT   NOT NULL PRIMARY KEY,
    ticket TEXT   NOT NULL REFERENCES ticket (id),
    name   TEXT   NOT NULL,
    type   TEXT   NOT NULL, -- as the bytes say
    size   BIGINT NOT NULL,
    author TEXT   NOT NULL REFERENCES technician (id),
    at     BIGINT NOT NULL
);
CREATE INDEX attachment_of_ticket ON attachment (ticket, at);
CREATE TABLE attachment_gone (object TEXT NOT NULL PRIMARY KEY);

-- +goose StatementBegin
CREATE TRIGGER attachment_deleted AFTER DELETE ON attachment BEGIN
    INSERT INTO attachment_gone (object) VALUES ('attachments/' || old.ticket || '/' || old.id);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER attachment_deleted;
DROP TABLE attachment_gone;
DROP TABLE attachment;
