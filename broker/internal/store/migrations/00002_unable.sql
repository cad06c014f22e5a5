-- What a client said that could not show its screen, before any redeem: a code
-- of the protocol, empty for nothing. It finds its invitation by the page value.

-- +goose Up
ALTER TABLE invitation ADD COLUMN unable TEXT NOT NULL DEFAULT '';
CREATE INDEX invitation_of_page ON invitation (page_hash);

-- +goose Down
DROP INDEX invitation_of_page;
ALTER TABLE invitation DROP COLUMN unable;
