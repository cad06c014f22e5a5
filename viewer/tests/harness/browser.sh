#!/bin/sh
# The browser of a desktop in the tests: it keeps the address that it is to open.
echo "$1" >"$HOME/opened.txt"
