#!/bin/sh
# What the operators of three running nodes do: give each other trust, publish the sample alert, answer it.
#   exchange.sh DATA DATA DATA         the nodes' data directories: who publishes, who answers, who reads along
# May be repeated: trust that was given stays, and what was published is not published again.
set -eu
files=$(mktemp -d)
trap 'rm -rf "$files"' EXIT
PATIENCE_S=120

# value KEY: of the first object on the standard input that has it
value() { sed -n "s/.*\"$1\":\"\([^\"]*\)\".*/\1/p" | head -n 1; }

# until_so WHAT COMMAND...
until_so() {
  what=$1
  shift
  seconds=0
  until "$@" >/dev/null 2>&1; do
    seconds=$((seconds + 1))
    if [ "$seconds" -gt "$PATIENCE_S" ]; then echo "exchange: still not so after $PATIENCE_S s: $what" >&2 && exit 1; fi
    sleep 1
  done
  echo "$what"
}

is_connected() { [ "$(entente peer list --json --data "$1" | grep -c '"state":"connected"')" -ge 2 ]; }
# entry_of DATA AUTHORITY TYPE: its newest one, as the node of DATA sees it
entry_of() { entente list --json --data "$1" --log "$2" --type "$3" | value entry; }
# Its content too, and not only that it exists.
reads() { entente show "$2" --json --data "$1" | grep -q '"recordStatus":"known"'; }

introduce() { # introduce DATA NUMBER
  entente charter show --json --data "$1" >"$files/$2.json"
  entente charter export --data "$1" >"$files/$2.txt"
}
name_of() { value name <"$files/$1.json"; }
trust() { # trust DATA OWN-NUMBER NUMBER...
  data=$1 own=$2
  shift 2
  for number in "$@"; do
    # Two people compare these digits over the telephone; here one script stands on both sides.
    fingerprint=$(value fingerprint <"$files/$number.json")
    entente peer add "$files/$number.txt" --data "$data" --fingerprint "$fingerprint" >/dev/null
    echo "$(name_of "$own") trusts $(name_of "$number")"
  done
}

introduce "$1" 1
introduce "$2" 2
introduce "$3" 3
publisher=$(name_of 1) answerer=$(name_of 2) reader=$(name_of 3)
trust "$1" 1 2 3
trust "$2" 2 1 3
trust "$3" 3 1 2
until_so "$publisher is connected to both others" is_connected "$1"
until_so "$answerer is connected to both others" is_connected "$2"
until_so "$reader is connected to both others" is_connected "$3"

alert=$(entry_of "$1" "$publisher" alert)
if [ -z "$alert" ]; then
  alert=$(entente publish "$SAMPLES/alert.json" --json --data "$1" --to "$answerer,$reader" \
    --attach "picture=$SAMPLES/photo.png" --section "traceability=$SAMPLES/traceability.json@$answerer" | value entry)
fi
echo "the alert is entry $alert"
until_so "$answerer reads it" reads "$2" "$alert"
until_so "$reader reads it" reads "$3" "$alert"

answer=$(entry_of "$2" "$answerer" follow-up)
if [ -z "$answer" ]; then
  answer=$(entente publish "$SAMPLES/follow-up.json" --json --data "$2" --ref "$alert" --to "$publisher,$reader" |
    value entry)
fi
echo "the answer is entry $answer"
until_so "$publisher reads it" reads "$1" "$answer"
until_so "$reader reads it" reads "$3" "$answer"
entente thread "$alert" --data "$3"
