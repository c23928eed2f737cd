#!/usr/bin/env bash
# Brings a release of mirrorlint onto PATH: downloads its archive, holds it against the pinned SHA-256, and only then
# unpacks it. Runs with the bash of every runner (3.2 on macOS, Git's on Windows).
set -euo pipefail

fail() {
  printf '::error title=mirrorlint::%s\n' "$*"
  exit 2
}

[[ $VERSION =~ ^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || fail "the version is not of the form 1.2.3"
[[ $DOWNLOAD_URL =~ ^(https|file):// ]] || fail "the download URL is neither https nor file"

case "$RUNNER_OS-$RUNNER_ARCH" in
  Linux-X64) target=x86_64-unknown-linux-musl ;;
  Linux-ARM64) target=aarch64-unknown-linux-musl ;;
  macOS-X64) target=x86_64-apple-darwin ;;
  macOS-ARM64) target=aarch64-apple-darwin ;;
  Windows-X64) target=x86_64-pc-windows-msvc ;;
  *) fail "no release for $RUNNER_OS on $RUNNER_ARCH: install mirrorlint in an earlier step and set 'installed: true'" ;;
esac
name="mirrorlint-$VERSION-$target"
archive="$name.tar.gz"

pinned_in="the input 'checksums'"
if [[ -z ${CHECKSUMS//[[:space:]]/} ]]; then
  pinned_in="the action's checksums.txt"
  CHECKSUMS=$(<"$(dirname "${BASH_SOURCE[0]}")/checksums.txt")
fi
expected=$(awk -v archive="$archive" '$2 == archive || $2 == "*" archive { print tolower($1) }' <<<"$CHECKSUMS")
[[ $expected =~ ^[0-9a-f]{64}$ ]] \
  || fail "$pinned_in has not exactly one SHA-256 for $archive, so it is not downloaded"

# By relative names: tar takes the colon of a Windows path for a host.
folder="$RUNNER_TEMP/mirrorlint-$VERSION"
mkdir -p "$folder"
cd "$folder"
curl --proto '=https,file' --proto-redir '=https' --fail --silent --show-error --location --retry 3 --output "$archive" \
  "$DOWNLOAD_URL/v$VERSION/$archive" || fail "$DOWNLOAD_URL/v$VERSION/$archive cannot be downloaded"
if command -v sha256sum >/dev/null; then
  sum=$(sha256sum <"$archive")
else
  sum=$(shasum -a 256 <"$archive")
fi
if [[ ${sum%% *} != "$expected" ]]; then
  rm -f "$archive"
  fail "$archive has the SHA-256 ${sum%% *}, but $pinned_in says $expected; it was not unpacked"
fi
tar -xzf "$archive"

"./$name/mirrorlint" --version
printf '%s\n' "$folder/$name" >>"$GITHUB_PATH"
