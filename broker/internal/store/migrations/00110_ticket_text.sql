-- All that a ticket says, to be searched by words (FTS5, https://www.sqlite.org/fts5.html). Its rowid is the
-- ticket's number. Triggers keep it: whoever writes a ticket or a note cannot forget to.

-- +goose Up
CREATE VIRTUAL TABLE ticket_text USING fts5(ticket, notes, tokenize = "unicode61 remove_diacritics 2", prefix = '2 3');

INSERT INTO ticket_text (rowid, ticket, notes)
SELECT number, subject || char(10) || requester || char(10) || category || char(10) || words || char(10) || resolution || char(10) || system_changes,
    COALESCE((SELECT group_concat(text, char(10)) FROM note WHERE note.ticket = ticket.id), '')
FROM ticket;

-- +goose StatementBegin
CREATE TRIGGER ticket_text_insert AFTER INSERT ON ticket BEGIN
    INSERT INTO ticket_text (rowid, ticket, notes)
    VALUES (new.number, new.subject || char(10) || new.requester || char(10) || new.category || char(10) || new.words || char(10)
        || new.resolution || char(10) || new.system_changes, '');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ticket_text_update AFTER UPDATE OF subject, requester, category, words, resolution, system_changes ON ticket BEGIN
    UPDATE ticket_text SET ticket = new.subject || char(10) || new.requester || char(10) || new.category || char(10) || new.words || char(10)
        || new.resolution || char(10) || new.system_changes WHERE rowid = new.number;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ticket_text_delete AFTER DELETE ON ticket BEGIN
    DELETE FROM ticket_text WHERE rowid = old.number;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ticket_text_note AFTER INSERT ON note BEGIN
    UPDATE ticket_text SET notes = notes || char(10) || new.text
    WHERE rowid = (SELECT number FROM ticket WHERE id = new.ticket);
END;
-- +goose StatementEnd

-- +goose Down
DROP TRIGGER ticket_text_note;
DROP TRIGGER ticket_text_delete;
DROP TRIGGER ticket_text_update;
DROP TRIGGER ticket_text_insert;
DROP TABLE ticket_text;
