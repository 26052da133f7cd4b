import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { bytesOf, type ProxyFault } from './faults.js'

/** Joins one client's connection through the proxy with its connection to the server. */
export type ProxiedConnection = {
  /** Returns true after bytes were withheld, so that the connection can never be right again. */
  isSpoiled(): boolean
  cut(): void
}

/** Joins two sockets; calls `faultNow` at every piece of a request and of an answer. */
export function joinSockets(
  client: Socket,
  server: Socket,
  faultNow: () => ProxyFault | null,
): ProxiedConnection {
  let isSpoiled = false
  let answeredBytes = 0
  let sent: Promise<unknown> = Promise.resolve()

  function cut(): void {
    client.destroy()
    server.destroy()
  }

  /** Forwards in order; a later piece waits no longer because an earlier one was delayed. */
  function forward(chunk: Buffer, delayMs = 0): void {
    const due = delayMs > 0 ? sleep(delayMs) : undefined
    sent = Promise.all([sent, due]).then(() => server.writable && server.write(chunk))
  }

  function onRequest(chunk: Buffer): void {
    const fault = faultNow()
    answeredBytes = 0
    if (fault === 'hang') isSpoiled = true
    else if (fault === 'cut' || fault === 'refuse') cut()
    else if (fault === null || fault === 'mute') forward(chunk)
    else if ('answer' in fault) client.end(bytesOf(fault.answer))
    else forward(chunk, 'delayMs' in fault ? fault.delayMs : 0)
  }

  function onResponse(chunk: Buffer): void {
    const fault = faultNow()
    if (fault === 'mute' || fault === 'hang') isSpoiled = true
    else if (fault !== null && typeof fault === 'object' && 'cutAfterBytes' in fault) {
      const left = fault.cutAfterBytes - answeredBytes
      answeredBytes += chunk.length
      if (chunk.length < left) client.write(chunk)
      else client.write(chunk.subarray(0, left), cut)
    } else if (client.writable) client.write(chunk)
  }

  client.on('data', onRequest)
  server.on('data', onResponse)
  for (const socket of [client, server]) socket.on('error', () => socket.destroy())
  client.on('close', () => void sent.then(() => server.end()))
  server.on('close', () => client.destroy())
  return { isSpoiled: () => isSpoiled, cut }
}
