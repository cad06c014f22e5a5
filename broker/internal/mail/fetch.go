package mail

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

const (
	// PollEvery is how often the mailbox is looked at.
	PollEvery  = 30 * time.Second
	eraseEvery = time.Hour
	atOnce     = 50
)

// Fetch takes what comes to the mailbox until ctx ends. What was taken is marked as seen there, and nothing is deleted.
func (d *Desk) Fetch(ctx context.Context, s Server) error {
	tick, erase := time.NewTicker(PollEvery), time.NewTicker(eraseEvery)
	defer tick.Stop()
	defer erase.Stop()
	var last imap.UID
	for {
		var err error
		if last, err = d.fetch(ctx, s, last); err != nil && ctx.Err() == nil {
			d.Log.Warn("mailbox not read; it is tried again", "error", err)
		}
		select {
		case <-tick.C:
		case <-erase.C:
			if err := d.erase(ctx, time.Now()); err != nil && ctx.Err() == nil {
				d.Log.Error("old mails not erased", "error", err)
			}
		case <-ctx.Done():
			return nil
		}
	}
}

// fetch takes what nobody has seen, as much as is looked at at once, and returns the last that it looked at. It begins
// behind the one of before: what has to stay in the mailbox, however much, keeps nothing else waiting.
func (d *Desk) fetch(ctx context.Context, s Server, last imap.UID) (imap.UID, error) {
	conn, _, err := s.dial(ctx)
	if err != nil {
		return last, err
	}
	c := imapclient.New(conn, nil)
	defer c.Close() //nolint:errcheck // nothing more is wanted of it
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	if err := c.Login(s.User, s.Password).Wait(); err != nil {
		return last, fmt.Errorf("sign in to the mailbox: %w", err)
	}
	if _, err := c.Select("INBOX", nil).Wait(); err != nil {
		return last, fmt.Errorf("open the mailbox: %w", err)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{NotFlag: []imap.Flag{imap.FlagSeen}}, nil).Wait()
	if err != nil {
		return last, fmt.Errorf("search the mailbox: %w", err)
	}
	uids := slices.Sorted(slices.Values(found.AllUIDs()))
	at, there := slices.BinarySearch(uids, last)
	if there {
		at++
	}
	uids = slices.Concat(uids[at:], uids[:at])
	for _, last = range uids[:min(len(uids), atOnce)] {
		if err := d.fetchOne(ctx, c, last); err != nil {
			return last, err
		}
	}
	return last, c.Logout().Wait()
}

func (d *Desk) fetchOne(ctx context.Context, c *imapclient.Client, uid imap.UID) error {
	set := imap.UIDSetNum(uid)
	sizes, err := c.Fetch(set, &imap.FetchOptions{UID: true, RFC822Size: true}).Collect()
	if err != nil || len(sizes) != 1 {
		return errors.Join(errors.New("size of a mail"), err)
	}
	if sizes[0].RFC822Size > MaxMessage {
		d.Log.Warn("mail ignored", "why", "too large", "bytes", sizes[0].RFC822Size)
		return seen(c, set)
	}
	all := &imap.FetchItemBodySection{Peek: true}
	got, err := c.Fetch(set, &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{all}}).Collect()
	if err != nil || len(got) != 1 {
		return errors.Join(errors.New("fetch a mail"), err)
	}
	switch err := d.Take(ctx, got[0].FindBodySection(all)); {
	case errors.Is(err, errLater):
		d.Log.Warn("mail left in the mailbox", "why", err)
		return nil
	case err != nil:
		d.Log.Error("mail left in the mailbox; it is tried again", "mail", uid, "error", err)
		return ctx.Err()
	}
	return seen(c, set)
}

func seen(c *imapclient.Client, set imap.UIDSet) error {
	flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}
	if err := c.Store(set, flags, nil).Close(); err != nil {
		return fmt.Errorf("mark a mail as seen: %w", err)
	}
	return nil
}
