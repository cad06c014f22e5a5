package recording

import (
	"bytes"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"

	"filippo.io/age"

	"beside/signaling/grant"
	format "beside/signaling/recording"
)

// sealHead seals the data key to every auditor.
func sealHead(cfg Config, key format.Key) ([]byte, error) {
	if len(cfg.Recipients) < 2 {
		return nil, errors.New("a recording needs two who can open it, at least")
	}
	recipients := make([]age.Recipient, len(cfg.Recipients))
	for i, text := range cfg.Recipients {
		r, err := age.ParseX25519Recipient(text)
		if err != nil {
			return nil, fmt.Errorf("recipient %d of the recording: %w", i+1, err)
		}
		recipients[i] = r
	}
	plain, err := json.Marshal(key)
	if err != nil {
		return nil, fmt.Errorf("encode the recording's key: %w", err)
	}
	defer clear(plain)
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, recipients...)
	if err != nil {
		return nil, fmt.Errorf("seal the recording's key: %w", err)
	}
	if _, err = w.Write(plain); err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fmt.Errorf("seal the recording's key: %w", err)
	}
	head, err := json.Marshal(format.Head{
		Format: format.Format, Session: key.Session, Recording: key.Recording,
		Key: grant.Thumbprint(cfg.Key.Public().(ed25519.PublicKey)), List: cfg.List, Sealed: sealed.Bytes(),
	})
	if err != nil {
		return nil, fmt.Errorf("encode the recording's head: %w", err)
	}
	return head, nil
}
