# Beside. A fresh Debian 12 needs Go, Node.js and make; every target does the rest of its set-up itself.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-builtin-rules --no-print-directory

tools := internal/tools
pages := viewer/dist/app/index.html
page_sources := $(shell find viewer/src signaling/texts -type d -o -type f -not -name '*.test.ts' -not -name '*.go') \
	$(wildcard viewer/*.html viewer/*.ts viewer/*.json)

# Go builds with the video encoders when video.sh has provided them, and without them otherwise. Looked up by each
# recipe, and under their real path, which changes with them: Go does not see when an archive changes.
codecs = $(realpath .cache/video/current)
go_flags := $(GOFLAGS)
export GOFLAGS = $(go_flags) $(if $(codecs),-tags=video)
export CGO_CFLAGS = -O2 -g $(codecs:%=-I%/include)
export CGO_LDFLAGS = -O2 -g $(codecs:%=-L%/lib)

.PHONY: help setup build run test e2e tour lint fmt bench bench-recording bench-files profile test-long generate apt-build apt-demo apt-all npm tools \
	video env binaries

help: ## Show this list.
	@sed -nE 's/^([a-z-]+e?2?e?):[^#]*## (.*)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: apt-all video npm tools ## Install everything that building and testing take.

build: apt-build video $(pages) binaries ## Build bin/beside, bin/beside-client, bin/beside-verify and bin/demo.

run: apt-build apt-demo video $(pages) binaries ## Start the broker with a demonstration desktop (DEMO=0: without).
	@exec bin/demo run

test: setup build ## Run every check and test there is, the long ones apart.
	@$(tools)/test.sh lint unit fuzz viewer e2e

e2e: setup build ## Run the tests in a real browser on a real desktop; ARGS="live -g Stop" chooses.
	@$(tools)/test.sh e2e $(ARGS)

tour: setup build ## Take the pictures of docs/tour.md anew, by way of the end-to-end tests.
	@printf '# A tour in pictures\n\nTaken by the end-to-end tests; `make tour` takes them anew.\n' >docs/tour.md
	@TOUR=1 $(tools)/test.sh e2e

lint: setup build ## Check format, types, style, import rules, and that generated code is fresh.
	@$(tools)/lint.sh

fmt: npm ## Format all code.
	@gofmt -w $$(git ls-files --cached --others --exclude-standard '*.go')
	@cd viewer && npx --no-install biome check --write . ../bench

generate: npm tools binaries ## Write the TypeScript that is generated from Go.
	@$(tools)/generate.sh

bench: setup build ## Measure what is shown, beside Debian's VNC peers, in 25 minutes; bench/README.md says how.
	@$(tools)/apt.sh bench
	@CGO_ENABLED=0 go build -trimpath -o bin/bench-target ./bench/target
	@CGO_ENABLED=0 go build -trimpath -o bin/bench-netem ./bench/netem
	@CGO_ENABLED=1 go build -trimpath -o bin/bench-window ./bench/window
	@bench/run.sh $(ARGS)

bench-recording: setup build ## Measure what a recording costs the client, and how soon its player shows another moment.
	@CGO_ENABLED=0 go build -trimpath -o bin/bench-target ./bench/target
	@cd viewer && npx --no-install playwright test --config ../bench/playwright.config.ts recording.bench

bench-files: setup build ## Measure how late the picture is while a file moves.
	@CGO_ENABLED=0 go build -trimpath -o bin/bench-target ./bench/target
	@CGO_ENABLED=0 go build -trimpath -o bin/bench-netem ./bench/netem
	@bench/run.sh 'files\.bench\.ts'

profile: apt-build ## Profile the display pipeline: processor and heap, text and files in bench/out.
	@mkdir -p bench/out
	@go test -run '^$$' -bench . -benchmem -o bench/out/display.test -cpuprofile bench/out/cpu.prof \
		-memprofile bench/out/heap.prof ./client/internal/display | tee bench/out/profile.txt
	@go tool pprof -top -nodecount 25 bench/out/display.test bench/out/cpu.prof | tee -a bench/out/profile.txt
	@go tool pprof -top -nodecount 15 -sample_index alloc_space bench/out/display.test bench/out/heap.prof | tee -a bench/out/profile.txt

test-long: setup build ## Run the long tests too: hours of fuzzing, storms and soak.
	@LONG=1 FUZZ_SECONDS=3600 $(tools)/test.sh lint unit fuzz viewer e2e

env: ## Print the settings with which plain go builds like make: eval "$$(make env)".
	@printf 'export %s="%s"\n' GOFLAGS "$$GOFLAGS" CGO_CFLAGS "$$CGO_CFLAGS" CGO_LDFLAGS "$$CGO_LDFLAGS"

apt-build:
	@$(tools)/apt.sh build

apt-demo:
	@$(tools)/apt.sh demo

apt-all:
	@$(tools)/apt.sh build demo test video

npm:
	@$(tools)/npm.sh

video:
	@$(tools)/apt.sh video
	@$(tools)/video.sh

# Built from the locked module of their own, so that every machine uses the same versions.
tools:
	@go build -C $(tools) -o "$(CURDIR)/.cache/bin/" ./tally github.com/gzuidhof/tygo honnef.co/go/tools/cmd/staticcheck \
		github.com/securego/gosec/v2/cmd/gosec

$(pages): $(page_sources) | npm
	@cd viewer && npx --no-install vite build --logLevel warn

# Go itself knows what is up to date. The pages are embedded, so they come first.
binaries: | $(pages)
	@CGO_ENABLED=0 go build -trimpath -o bin/beside ./broker
	@bin/beside viewer --manifest >bin/viewer.sha256
	@CGO_ENABLED=0 go build -trimpath -o bin/beside-verify ./signaling/evidence/cmd/beside-verify
	@CGO_ENABLED=1 go build -trimpath -o bin/beside-client ./client
	@CGO_ENABLED=0 go build -trimpath -o bin/demo ./demo
