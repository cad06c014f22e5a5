//go:build !long

package words_test

const attacks = 20_000
