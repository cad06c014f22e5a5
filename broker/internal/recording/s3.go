package recording

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

// S3 is Objects in a bucket of a store that speaks S3.
type S3 struct {
	client *minio.Client
	bucket string
	prefix string // "" or ending in /
}

// S3Config says which. At is https://host/bucket or https://host/bucket/prefix.
type S3Config struct {
	At             *url.URL
	Region         string // may be empty
	Access, Secret string
}

// OpenS3 returns the objects of a bucket, which must exist.
func OpenS3(ctx context.Context, c S3Config) (*S3, error) {
	bucket, prefix, _ := strings.Cut(strings.Trim(c.At.Path, "/"), "/")
	if bucket == "" {
		return nil, fmt.Errorf("the address of the bucket names no bucket")
	}
	if prefix != "" {
		prefix += "/"
	}
	client, err := minio.New(c.At.Host, &minio.Options{
		Creds: credentials.NewStaticV4(c.Access, c.Secret, ""), Secure: c.At.Scheme == "https", Region: c.Region,
		BucketLookup: minio.BucketLookupPath,
	})
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", bucket, err)
	}
	there, err := client.BucketExists(ctx, bucket)
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", bucket, err)
	}
	if !there {
		return nil, fmt.Errorf("open bucket %s: there is none, make it first", bucket)
	}
	return &S3{client, bucket, prefix}, nil
}

// Put implements Objects. The store refuses bytes that it did not get as they are.
func (s *S3) Put(ctx context.Context, name string, body []byte) error {
	_, err := s.client.PutObject(ctx, s.bucket, s.prefix+name, bytes.NewReader(body), int64(len(body)), minio.PutObjectOptions{
		ContentType: "application/octet-stream", SendContentMd5: true, DisableMultipart: true,
	})
	if err != nil {
		return fmt.Errorf("keep chunk: %w", err)
	}
	return nil
}

// Get implements Objects.
func (s *S3) Get(ctx context.Context, name string) ([]byte, error) {
	o, err := s.client.GetObject(ctx, s.bucket, s.prefix+name, minio.GetObjectOptions{})
	if err != nil {
		return nil, fmt.Errorf("read chunk: %w", err)
	}
	defer o.Close()
	body, err := io.ReadAll(o)
	if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
		return nil, fmt.Errorf("read chunk: %w", ErrGone)
	}
	if err != nil {
		return nil, fmt.Errorf("read chunk: %w", err)
	}
	return body, nil
}

// Delete implements Objects.
func (s *S3) Delete(ctx context.Context, name string) error {
	if err := s.client.RemoveObject(ctx, s.bucket, s.prefix+name, minio.RemoveObjectOptions{}); err != nil {
		return fmt.Errorf("delete chunk: %w", err)
	}
	return nil
}
