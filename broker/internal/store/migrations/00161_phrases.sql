-- Answers that technicians give often.

-- +goose Up
CREATE TABLE phrase (
    id    TEXT NOT NULL PRIMARY KEY,
    title TEXT NOT NULL,
    text  TEXT NOT NULL
);

-- +goose Down
DROP TABLE phrase;
