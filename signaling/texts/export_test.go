package texts

// Format puts values into a message.
var Format = format
