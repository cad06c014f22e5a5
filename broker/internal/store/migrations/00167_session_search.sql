-- By what sessions are searched, three letters in a row (FTS5's trigram): a part of a name or of an address that few
-- have is found without going through all sessions. Triggers keep it: whoever writes a row cannot forget to. What is
-- deleted is overwritten in the index, too.

-- +goose Up
CREATE VIRTUAL TABLE ticket_person USING fts5(requester, tokenize = "trigram");
INSERT INTO ticket_person (ticket_person, rank) VALUES ('secure-delete', 1);
INSERT INTO ticket_person (rowid, requester) SELECT number, requester FROM ticket;

-- +goose StatementBegin
CREATE TRIGGER ticket_person_insert AFTER INSERT ON ticket BEGIN
    INSERT INTO ticket_person (rowid, requester) VALUES (new.number, new.requester);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ticket_person_update AFTER UPDATE OF requester ON ticket WHEN new.requester <> old.requester BEGIN
    UPDATE ticket_person SET requester = new.requester WHERE rowid = new.number;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER ticket_person_delete AFTER DELETE ON ticket BEGIN
    DELETE FROM ticket_person WHERE rowid = old.number;
END;
-- +goose StatementEnd

-- A session's id is a text and no rowid.
CREATE TABLE session_number (
    number  INTEGER PRIMARY KEY,
    session TEXT    NOT NULL UNIQUE REFERENCES session (id) ON DELETE CASCADE
);
INSERT INTO session_number (session) SELECT id FROM session ORDER BY invited_at;
CREATE VIRTUAL TABLE session_machine USING fts5(machine, tokenize = "trigram");
INSERT INTO session_machine (session_machine, rank) VALUES ('secure-delete', 1);
INSERT INTO session_machine (rowid, machine)
    SELECT number, system_os || ' ' || system_name || ' ' || system_version || ' ' || system_arch || ' ' || joined_from
    FROM session_number JOIN session ON session.id = session_number.session;

-- +goose StatementBegin
CREATE TRIGGER session_machine_insert AFTER INSERT ON session BEGIN
    INSERT INTO session_number (session) VALUES (new.id);
    INSERT INTO session_machine (rowid, machine)
    SELECT number, new.system_os || ' ' || new.system_name || ' ' || new.system_version || ' ' || new.system_arch || ' ' || new.joined_from
    FROM session_number WHERE session = new.id;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER session_machine_update AFTER UPDATE OF system_os, system_name, system_version, system_arch, joined_from ON session BEGIN
    UPDATE session_machine
    SET machine = new.system_os || ' ' || new.system_name || ' ' || new.system_version || ' ' || new.system_arch || ' ' || new.joined_from
    WHERE rowid = (SELECT number FROM session_number WHERE session = new.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER session_machine_delete BEFORE DELETE ON session BEGIN
    DELETE FROM session_machine WHERE rowid = (SELECT number FROM session_number WHERE session = old.id);
END;
-- +goose StatementEnd

CREATE INDEX session_of_technician ON session (technician);

-- +goose Down
DROP INDEX session_of_technician;
DROP TRIGGER session_machine_delete;
DROP TRIGGER session_machine_update;
DROP TRIGGER session_machine_insert;
DROP TABLE session_machine;
DROP TABLE session_number;
DROP TRIGGER ticket_person_delete;
DROP TRIGGER ticket_person_update;
DROP TRIGGER ticket_person_insert;
DROP TABLE ticket_person;
