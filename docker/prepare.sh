#!/bin/sh
# Makes the node of one authority of compose.yaml, unless it is there: prepare.sh NAME TITLE COUNTRY ADDRESS
# To try Entente out only: a real authority types its passphrases, or keeps them where it keeps its other secrets.
set -eu
umask 077
if [ -e "$ENTENTE_DATA/config.json" ]; then exit 0; fi

random() { od -An -N16 -tx1 /dev/urandom | tr -d ' \n'; }
for file in "$PASSPHRASE_FILE" "$OFFLINE_DIR/passphrase"; do
  [ -e "$file" ] || random >"$file"
done
exec entente init --name "$1" --title "$2" --country "$3" --announce "$4" --operator entente \
  --passphrase-file "$PASSPHRASE_FILE" \
  --offline-dir "$OFFLINE_DIR/keys" --offline-passphrase-file "$OFFLINE_DIR/passphrase"
