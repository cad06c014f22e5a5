-- What the person who was helped said of it, in one tap after the end.

-- +goose Up
CREATE TABLE rating (
    session  TEXT    NOT NULL PRIMARY KEY REFERENCES session (id),
    helped   INTEGER NOT NULL, -- 1: it helped, 0: it did not
    rated_at BIGINT  NOT NULL
);

-- +goose Down
DROP TABLE rating;
