-- By which ids tickets are known where they came from, so that nothing comes twice.

-- +goose Up
CREATE TABLE ticket_external (
    id     TEXT NOT NULL PRIMARY KEY,
    ticket TEXT NOT NULL REFERENCES ticket (id) ON DELETE CASCADE
);

-- +goose Down
DROP TABLE ticket_external;
