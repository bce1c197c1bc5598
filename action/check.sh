#!/usr/bin/env bash
# Lints, then tests, and fails as the worse of both: 1 for findings and failures, 2 if it could not be done.
#
# The inputs of action.yml come in as variables of their names, in capitals.
set -uo pipefail

fail() {
  printf '::error::%s\n' "$1"
  exit 2
}

is_on() {
  case "$2" in
    true) return 0 ;;
    false) return 1 ;;
    *) fail "the input $1 is \`$2\`, and has to be true or false" ;;
  esac
}

paths=()
while IFS= read -r path || [[ -n $path ]]; do
  [[ -z ${path// /} ]] || paths+=("$path")
done <<<"$PATHS"
[[ ${#paths[@]} -gt 0 ]] || fail "the input paths is empty"
for switch in LINT TEST COVERAGE MUTATE; do
  is_on "$(printf %s "$switch" | tr '[:upper:]' '[:lower:]')" "${!switch}" || true
done

worst=0
run() {
  local status=0
  "$PROGRAM" "$@" || status=$?
  ((status <= worst)) || worst=$status
}

if is_on lint "$LINT"; then
  options=(--format github --fail-on "$FAIL_ON")
  [[ -z $SARIF ]] || options+=(--format "sarif=$SARIF")
  run lint "${options[@]}" -- "${paths[@]}"
fi
if is_on test "$TEST"; then
  options=(--format github)
  [[ -z $JUNIT ]] || options+=(--format "junit=$JUNIT")
  ! is_on coverage "$COVERAGE" || options+=(--coverage --threshold "$THRESHOLD")
  ! is_on mutate "$MUTATE" || options+=(--mutate)
  # Other steps have their part in the summary, which must stay.
  summary=
  if [[ -n ${GITHUB_STEP_SUMMARY:-} ]]; then
    summary=$(mktemp)
    options+=(--format "markdown=$summary")
  fi
  run test "${options[@]}" -- "${paths[@]}"
  [[ -z $summary ]] || cat "$summary" >>"$GITHUB_STEP_SUMMARY"
fi
exit "$worst"
