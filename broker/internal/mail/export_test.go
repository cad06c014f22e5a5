package mail

// FetchOnce looks at the mailbox once.
var FetchOnce = (*Desk).fetch
