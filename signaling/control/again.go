package control

import (
	"encoding/json"
	"errors"
	"fmt"
	"unicode/utf8"
)

// Again is one act of the technician once more, on "pointer": the ordered channel
// holds up everything behind a lost packet for as long as a retransmission takes.
// An act needs no number on "control", whose order counts it; Seq is its place
// among all Inputs of that connection on "control", from 1.
type Again struct {
	Seq   uint32
	Input Input // neither Move nor Point, which are not on "control"
}

// again is Again as it is written.
type again struct {
	Type  string          `json:"type"`
	Seq   uint32          `json:"seq"`
	Input json.RawMessage `json:"input"`
}

const typeAgain = "again"

// DecodeAgain reads an Again as strictly as DecodeInput reads what is in it. Its
// errors hold ErrInput.
func DecodeAgain(data []byte) (Again, error) {
	if len(data) > MaxInputBytes {
		return Again{}, fmt.Errorf("%w: %d bytes, want at most %d", ErrInput, len(data), MaxInputBytes)
	}
	if !utf8.Valid(data) {
		return Again{}, fmt.Errorf("%w: not UTF-8", ErrInput)
	}
	fields, err := inputFields(data)
	if err != nil {
		return Again{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	var raw again
	r := fieldReader{fields: fields, left: len(fields)}
	r.read("type", &raw.Type).read("seq", &raw.Seq).read("input", &raw.Input)
	if err := r.end(); err != nil {
		return Again{}, fmt.Errorf("%w: %w", ErrInput, err)
	}
	if raw.Type != typeAgain || raw.Seq == 0 {
		return Again{}, fmt.Errorf("%w: no act once more", ErrInput)
	}
	in, err := DecodeInput(raw.Input)
	if err != nil {
		return Again{}, err
	}
	a := Again{Seq: raw.Seq, Input: in}
	return a, a.check()
}

// EncodeAgain writes a as DecodeAgain reads it, or says what is wrong with it.
func EncodeAgain(a Again) ([]byte, error) {
	if err := a.check(); err != nil {
		return nil, err
	}
	input, err := EncodeInput(a.Input)
	if err != nil {
		return nil, err
	}
	return json.Marshal(again{typeAgain, a.Seq, input})
}

func (a Again) check() error {
	_, move := a.Input.(Move)
	_, point := a.Input.(Point)
	if move || point || a.Input == nil || a.Seq == 0 {
		return fmt.Errorf("%w: %w", ErrInput, errors.New("not an act of the channel control"))
	}
	return nil
}
