#!/usr/bin/env bash
# `id` of server-sent events as eventsource-parser tells it.
# One would guess that it is the last event id of the standard, as `EventSource` has it: it stays
# until another comes, also when a block has an id and no data.
# The parser gives an event only the id of its own block. A block with an id alone is told to nobody,
# so a reader that resumes by `Last-Event-ID` from `event.id` asks again for what it has had. A byte
# order mark in a string is not dropped (the standard drops one): the first field is unknown then, and
# its event is lost; a TextDecoder drops it before. After line ends of a lone CR the last event
# comes only with the next character.
# Seen with eventsource-parser 3.1.1, Node 20.20.2.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund eventsource-parser@3.1.1
cat >probe.mjs <<'JS'
import { deepStrictEqual } from 'node:assert'
import { createParser } from 'eventsource-parser'

/** Returns the events of a stream, and the types of the errors. */
function read(...chunks) {
  const told = []
  const parser = createParser({
    onEvent: ({ id, data }) => told.push(`${data} ${id}`),
    onError: ({ type }) => told.push(type),
  })
  for (const chunk of chunks) parser.feed(chunk)
  return told
}

const seen = {
  'the second block has no id': read('id: 7\ndata: a\n\n', 'data: b\n\n'),
  'the first block is an id alone': read('id: 7\n\n', 'data: b\n\n'),
  'the stream begins with a byte order mark': read('\ufeffdata: a\n\n', 'data: b\n\n'),
  'lines end with CR': read('data: a\r\r'),
  'lines end with CR, and a comment follows': read('data: a\r\r', ':\r'),
}
console.log(process.version, seen)
deepStrictEqual(seen, {
  'the second block has no id': ['a 7', 'b undefined'],
  'the first block is an id alone': ['b undefined'],
  'the stream begins with a byte order mark': ['unknown-field', 'b undefined'],
  'lines end with CR': [],
  'lines end with CR, and a comment follows': ['a undefined'],
})
JS
node probe.mjs
