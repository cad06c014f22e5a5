package control_test

import (
	"slices"
	"testing"

	"beside/signaling/control"
)

// TestChannelsAreThoseOfTheViewer reads what the viewer's tests read too.
func TestChannelsAreThoseOfTheViewer(t *testing.T) {
	var golden []control.Channel
	readJSON(t, "testdata/channels.json", &golden)
	if got := control.Channels(); !slices.Equal(got, golden) {
		t.Errorf("channels: got %+v, want %+v", got, golden)
	}
}
