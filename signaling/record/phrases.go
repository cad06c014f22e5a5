package record

// PhraseChanged: an answer that technicians give often was added, changed or removed.
type PhraseChanged struct {
	Phrase string `json:"phrase"`
	Change string `json:"change"`
}

// KindPhraseChanged is about answers that are given often.
const KindPhraseChanged Kind = "phrase.changed"

func (PhraseChanged) kind() Kind { return KindPhraseChanged }
