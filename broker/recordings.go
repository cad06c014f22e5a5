package main

import (
	"bufio"
	"bytes"
	"context"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"beside/broker/internal/recording"
	"beside/signaling/invite"
)

// recordingFlags are where recordings are kept.
type recordingFlags struct {
	Folder string `help:"Folder of recordings. Default: beside the database." placeholder:"DIR" env:"FOLDER"`
	S3     string `name:"s3" help:"Keep them in a bucket instead: https://host/bucket, or with a prefix behind it." placeholder:"URL" env:"S3"`
	S3Key  string `name:"s3-key" help:"File with the access key on one line and its secret on the next." placeholder:"FILE" env:"S3_KEY"`
	Region string `name:"s3-region" help:"Of the bucket, where it matters." placeholder:"NAME" env:"S3_REGION"`
	Quota  int64  `help:"How much all recordings may have together, in GiB; 0: 100." env:"QUOTA"`
}

func (f recordingFlags) validate() error {
	if f.Quota < 0 || f.Quota > 1<<20 {
		return bad("recordings-quota", strconv.FormatInt(f.Quota, 10), "use 1 GiB or more")
	}
	if (f.S3 == "") != (f.S3Key == "") {
		return bad("recordings-s3", f.S3, "give --recordings-s3 and --recordings-s3-key together")
	}
	if f.S3 == "" {
		return nil
	}
	u, err := url.Parse(f.S3)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || strings.Trim(u.Path, "/") == "" ||
		u.Scheme != "https" && !(u.Scheme == "http" && invite.IsLoopback(u.Hostname())) {
		return bad("recordings-s3", f.S3, "write it as https://host/bucket; plain HTTP is for this machine alone")
	}
	return nil
}

// defaultQuota is in GiB.
const defaultQuota = 100

// quota is in bytes.
func (f recordingFlags) quota() int64 {
	if f.Quota == 0 {
		return defaultQuota << 30
	}
	return f.Quota << 30
}

// open opens what the flags name; dir is the data directory. The result is closed by
// close.
func (f recordingFlags) open(ctx context.Context, dir string) (o recording.Objects, closing func() error, err error) {
	if f.S3 == "" {
		if f.Folder != "" {
			dir = f.Folder
		} else {
			dir = filepath.Join(dir, "recordings")
		}
		folder, err := recording.OpenFolder(dir)
		if err != nil {
			return nil, nil, err
		}
		return folder, folder.Close, nil
	}
	at, err := url.Parse(f.S3)
	if err != nil {
		return nil, nil, bad("recordings-s3", f.S3, "write it as https://host/bucket")
	}
	raw, err := os.ReadFile(f.S3Key)
	if err != nil {
		return nil, nil, bad("recordings-s3-key", f.S3Key, "name a file that can be read")
	}
	var lines []string
	for in := bufio.NewScanner(bytes.NewReader(raw)); in.Scan(); {
		lines = append(lines, strings.TrimSpace(in.Text()))
	}
	if len(lines) < 2 || lines[0] == "" || lines[1] == "" {
		return nil, nil, bad("recordings-s3-key", f.S3Key, "put the access key on its first line and the secret on the second")
	}
	bucket, err := recording.OpenS3(ctx, recording.S3Config{At: at, Region: f.Region, Access: lines[0], Secret: lines[1]})
	if err != nil {
		return nil, nil, err
	}
	return bucket, func() error { return nil }, nil
}
