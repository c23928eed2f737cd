#!/usr/bin/env bash
# Runs `mirrorlint check` once and hands its findings on: the report to the log, annotations to the files of the pull
# request, the table to the job summary, SARIF and JSON to files, the counts to the outputs. Exits as mirrorlint does.
set -euo pipefail

# The message is data, and a line of its own.
fail() {
  local message=${*//'%'/%25}
  message=${message//$'\r'/%0D}
  printf '::error title=mirrorlint::%s\n' "${message//$'\n'/%0A}"
  exit 2
}

sarif=$SARIF_FILE
[[ $sarif != *[$'\r\n']* ]] || fail "the name of the SARIF file has several lines"
[[ -z $sarif || $sarif == /* || $sarif == ?:* ]] || sarif="$PWD/$sarif"
command -v mirrorlint >/dev/null || fail "mirrorlint is not on PATH: install it in an earlier step, or leave 'installed' false"
CDPATH='' cd -- "$DIRECTORY" 2>/dev/null || fail "there is no folder $DIRECTORY"

reports=$(mktemp -d "$RUNNER_TEMP/mirrorlint-reports.XXXXXX")
sarif=${sarif:-$reports/mirrorlint.sarif}
[[ ! -d $sarif ]] || fail "sarif-file names a folder: $SARIF_FILE"
# What an earlier run left is no report of this one; any other file of that name is mirrorlint's to judge.
is_report() { [[ -f $1 && $(head -c 4096 -- "$1" | tr -d '\0') == *'"driver":{"name":"mirrorlint"'* ]]; }
! is_report "$sarif" || rm -f -- "$sarif"
command=(mirrorlint check --color always --fail-on "$FAIL_ON" --format human --format "json=$reports/mirrorlint.json"
  --format "sarif=$sarif")
[[ $ANNOTATIONS != true ]] || command+=(--format "github=$reports/annotations.txt")
[[ $SUMMARY != true ]] || command+=(--format "markdown=$reports/summary.md")
while IFS= read -r argument; do
  [[ -z $argument ]] || command+=("$argument")
done <<<"$ARGUMENTS"
command+=(--)
while IFS= read -r path; do
  [[ -z $path ]] || command+=("$path")
done <<<"$PATHS"

# The report quotes files that anybody may have written: between these lines the runner takes nothing in it for a command.
token=$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')
printf '::stop-commands::%s\n' "$token"
code=0
"${command[@]}" 2>&1 || code=$?
printf '\n::%s::\n' "$token"

if [[ -s $reports/annotations.txt ]]; then
  cat "$reports/annotations.txt"
fi
if [[ -s $reports/summary.md ]]; then
  # What stands there may lack its last newline.
  [[ -z $(tail -c 1 -- "$GITHUB_STEP_SUMMARY" 2>/dev/null) ]] || printf '\n' >>"$GITHUB_STEP_SUMMARY"
  cat "$reports/summary.md" >>"$GITHUB_STEP_SUMMARY"
fi

output() { printf '%s=%s\n' "$1" "$2" >>"$GITHUB_OUTPUT"; }
output exit-code "$code"
[[ ! -s $reports/mirrorlint.json ]] || output json-file "$reports/mirrorlint.json"
! is_report "$sarif" || output sarif-file "$sarif"
# What could not be checked has no counts: none found is not the same as none there.
if ((code > 1)); then
  fail "mirrorlint could not check everything; the log above says why (exit code $code)"
fi
if [[ -s $reports/mirrorlint.json ]]; then
  counts=$(sed -n 's/.*"summary":{\([^}]*\)}.*/\1/p' "$reports/mirrorlint.json")
  count() { sed -n "s/.*\"$1\":\([0-9]*\).*/\1/p" <<<"$counts"; }
  output errors "$(count error)"
  output warnings "$(count warning)"
  output infos "$(count info)"
  output fixable "$(count fixable)"
fi
exit "$code"
