//go:build long

package words_test

const attacks = 1_000_000
