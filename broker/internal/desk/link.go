package desk

// Link is how a ticket belongs to another.
type Link string

// The closed set of links.
const (
	Related      Link = "related"
	DuplicateOf  Link = "duplicate_of"
	DuplicatedBy Link = "duplicated_by" // the other is one of this
)

// MaxLinks bounds those of one ticket.
const MaxLinks = 50
