#!/usr/bin/env bash
# Provides the video encoders for regions in motion as static archives: libaom and libvpx, built for real time only
# from Debian's sources of the versions pinned here, once for these flags and this compiler. When the sources are not
# served, the distribution's own archives do (slower key frames); when those cannot be installed, there are none and
# the client sends JPEG. The result is .cache/video/current with include and lib, by which the Makefile builds.
set -euo pipefail
cd "$(dirname "$0")/../.."

aom_version=3.14.1-1
aom_sha256=4ef9882eda023582499511b845f4d4368a34c9886f545a7eea4ca20799d3c161
aom_flags=(-DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=0 -DCONFIG_PIC=1 -DENABLE_NASM=1
  -DCONFIG_REALTIME_ONLY=1 -DCONFIG_AV1_DECODER=0 -DCONFIG_AV1_HIGHBITDEPTH=0 -DCONFIG_LIBYUV=0 -DCONFIG_WEBM_IO=0
  -DENABLE_TESTS=0 -DENABLE_DOCS=0 -DENABLE_EXAMPLES=0 -DENABLE_TOOLS=0)
vpx_version=1.17.0-1
vpx_sha256=1020f184046187baa2985dbde38e0691f49c44088bca7a1842b0236c6081dc0a
vpx_flags=(--enable-pic --enable-realtime-only --enable-runtime-cpu-detect --disable-vp8 --disable-vp9-decoder
  --disable-examples --disable-tools --disable-docs --disable-unit-tests --as=nasm)
suites=(sid testing) # where Debian serves those versions, newest first
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

cache="$PWD/.cache/video"
multiarch="$(gcc -print-multiarch)"
key="$({ declare -p "${!aom_@}" "${!vpx_@}"; gcc --version; echo "$multiarch"; } | sha256sum | cut -c1-16)"

# Points .cache/video/current at what was built and ends.
use() {
  ln -sfn "$1" "$cache/current"
  exit 0
}

# The mirror that this machine's apt uses for the release itself.
mirror() {
  local codename
  # shellcheck source=/dev/null
  codename="$(. /etc/os-release && echo "${VERSION_CODENAME:-}")"
  # shellcheck disable=SC2016 # apt expands these
  apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' |
    awk -v codename="$codename" '$1 == codename && $2 == "main" && !found++ { print $3 }'
}

# Runs apt-get with lists, cache and sources of its own under $work; the machine's settings stay as they are.
private_apt() {
  apt-get --quiet --quiet -o Dir::Etc::SourceList="$work/apt/debian.sources" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$work/apt/lists" -o Dir::Cache="$work/apt/cache" -o APT::Sandbox::User=root \
    -o Acquire::Retries=3 "$@"
}

# Downloads the upstream tarballs of both libraries into $work; fails when no suite serves them.
download() {
  local suite uri
  uri="$(mirror)"
  [[ -n $uri ]] || return 1
  mkdir -p "$work"/apt/{lists,cache}/partial
  for suite in "${suites[@]}"; do
    printf 'Types: deb-src\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' \
      "$uri" "$suite" "$keyring" >"$work/apt/debian.sources"
    (cd "$work" && private_apt update &&
      private_apt source --download-only --tar-only "aom=$aom_version" "libvpx=$vpx_version") && return 0
  done
  return 1
}

# Unpacks the tarball of NAME, named by its upstream VERSION, if its SHA-256 is the one pinned.
unpack() {
  local name="$1" version="${2%-*}" tarball
  tarball="$(echo "$work/${name}_$version".orig.tar.*)"
  if ! sha256sum --check --status <<<"$3  $tarball"; then
    echo "The source of $name $version is not the one pinned in $0: its SHA-256 differs. Nothing was built." >&2
    exit 1
  fi
  mkdir "$work/$name"
  tar -xf "$tarball" -C "$work/$name"
  # Some tarballs hold one folder, some the files themselves.
  [[ -e "$work/$name/LICENSE" ]] || mv "$work/$name"/*/* "$work/$name/"
}

build_aom() {
  unpack aom "$aom_version" "$aom_sha256"
  cmake -S "$work/aom" -B "$work/aom-build" "${aom_flags[@]}"
  cmake --build "$work/aom-build" --target aom --parallel "$(nproc)"
  mkdir -p "$work/out/"{include/aom,lib}
  cp "$work"/aom/aom/*.h "$work/out/include/aom/"
  cp "$work/aom-build/libaom.a" "$work/out/lib/"
}

build_vpx() {
  unpack libvpx "$vpx_version" "$vpx_sha256"
  mkdir "$work/vpx-build"
  (cd "$work/vpx-build" && ../libvpx/configure "${vpx_flags[@]}" --prefix="$work/out" && make --jobs "$(nproc)" install)
  rm -r "$work/out/lib/pkgconfig"
}

# Links the distribution's archives of the libraries NAME into the folder OUT: archives OUT NAME... Nothing but
# archives lies there, so that the linker takes no shared library.
archives() {
  local out="$1/lib" name
  shift
  mkdir -p "$out"
  for name; do ln -s "/usr/lib/$multiarch/lib$name.a" "$out/"; done
}

for built in "$key" "$key-distribution"; do
  [[ ! -d "$cache/$built" ]] || use "$built"
done

mkdir -p "$cache"
work="$(mktemp -d "$cache/build.XXXXXX")"
trap 'rm -rf "$work"' EXIT
log="$cache/build.log"
started=$SECONDS
echo "Building libaom ${aom_version%-*} and libvpx ${vpx_version%-*} (once, two minutes or so)"
if download >"$log" 2>&1; then
  # In a subshell of its own and outside any condition, so that the first error ends it.
  set +e
  (set -e; build_aom; build_vpx; archives "$work/out" turbojpeg) >>"$log" 2>&1
  status=$?
  set -e
  if ((status != 0)); then
    echo "Building the video encoders failed; the end of $log:" >&2
    tail -n 20 "$log" >&2
    exit 1
  fi
  mv "$work/out" "$cache/$key"
  echo "Built the video encoders in $((SECONDS - started)) s"
  use "$key"
fi
echo "No Debian mirror serves these sources (see $log); taking the distribution's own." >&2
if internal/tools/apt.sh video-distribution; then
  archives "$work/out" aom vpx turbojpeg
  mv "$work/out" "$cache/$key-distribution"
  use "$key-distribution"
fi
rm -f "$cache/current"
echo "These are not to be had either: this build sends regions in motion as JPEG." >&2
