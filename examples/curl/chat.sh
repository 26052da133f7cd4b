#!/usr/bin/env bash
# Says its arguments, one after the other, and prints the conversation: chat.sh 'Hello' 'Is berth 14 free?'
set -euo pipefail
gateway=${GATEWAY:-http://127.0.0.1:3000}
token='' cursor='' answer=$(mktemp)
trap 'rm "$answer"' EXIT

# Asks an endpoint, and again where it helps: with ids of our own, nothing happens twice.
call() {
  curl --silent --show-error --fail-with-body --output "$answer" \
    --max-time 20 --retry 3 --retry-connrefused \
    --header "Authorization: Bearer $token" --header 'Content-Type: application/json' \
    "$gateway/api/$1" "${@:2}" || { cat "$answer" >&2; exit 1; }
}

# A JavaScript expression of the answer, which is called `it`.
field() { node -pe "const it = JSON.parse(require('fs').readFileSync(0, 'utf8')); $1" <"$answer"; }

# A text as JSON, whatever is in it.
quote() { node -pe 'JSON.stringify(process.argv[1])' -- "$1"; }

# Prints what is new, once there is something or six seconds have passed:
# the gateway looks every three seconds.
listen() {
  call "poll?conversationId=$conversation&wait=6${cursor:+&cursor=$cursor}"
  cursor=$(field 'it.cursor')
  field 'it.messages.map(({ sender, text }) => `${sender.role}: ${text}`).join("\n")'
}

# Says a text, and listens until nothing more is said.
say() {
  local id text
  id=$(node -pe 'crypto.randomUUID()')
  text=$(quote "$1")
  call send --data "{\"conversationId\":\"$conversation\",\"id\":\"$id\",\"text\":$text}"
  listen
  while [ "$(field 'it.messages.length')" -gt 0 ]; do listen; done
}

call auth --data '{}'
token=$(field 'it.token')
call start --data '{}'
conversation=$(field 'it.conversationId')
for text in "$@"; do say "$text"; done
call end --data "{\"conversationId\":\"$conversation\"}"
field 'it.status'
