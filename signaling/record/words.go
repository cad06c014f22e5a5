package record

// The kinds of the verification words.
const (
	KindWordsCompared Kind = "client.words_compared"
	KindWordsRefused  Kind = "client.words_refused"
)

// WordsCompared: the requester picked the words that the technician read out, on the road of a spoken code.
type WordsCompared struct {
}

// WordsRefused: the requester did not pick them, and nothing was shown. How is other (words that were not the
// technician's), none (none of these), closed, timeout, or lost: the connection went in the middle.
type WordsRefused struct {
	How string `json:"how"`
}

func (WordsCompared) kind() Kind { return KindWordsCompared }
func (WordsRefused) kind() Kind  { return KindWordsRefused }
