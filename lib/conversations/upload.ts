/** Sends a file: only one that is of its declared type, and of a type that is allowed here. */
import type { Attachments, SendReply, StartReply } from '../contract/replies.js'
import { inspectContent } from '../files/content.js'
import { cleanName } from '../files/name.js'
import { acceptedEndings, takenType } from '../files/types.js'
import { GatewayError } from '../problem.js'
import type { FileContent } from '../salesforce/messaging.js'
import type { Offer } from '../store/record.js'
import type { OwnedConversation } from './salesforce-tokens.js'
import type { createSend } from './send.js'

type Options = {
  send: ReturnType<typeof createSend>['send']
  /** Holds the types that are taken. */
  uploadTypes: readonly string[]
}

/** Describes a file as a caller hands it in. */
type Upload = { id: string; file: File; text?: string | undefined }

/** With the rest of the form a request stays below Vercel's 4.5 MB. */
const maxUploadBytes = 4 * 1024 * 1024

function maxBytesOf(attachments: Attachments | null | undefined): number {
  return Math.min(maxUploadBytes, attachments?.maxBytes ?? maxUploadBytes)
}

function wrongType(detail: string): GatewayError {
  return new GatewayError('unsupported_media_type', { detail })
}

/**
 * Refuses files that are too large, or empty.
 * @throws {GatewayError} payload_too_large, invalid_request
 */
function checkSize({ size }: File, most: number): void {
  if (size > most) {
    throw new GatewayError('payload_too_large', { detail: `At most ${most} bytes.` })
  }
  if (size === 0) {
    const errors = [{ path: 'file', message: 'must not be empty' }]
    throw new GatewayError('invalid_request', { detail: 'file must not be empty.', errors })
  }
}

/** Returns a start's reply with the attachments that the deployment and this gateway both take. */
export function withUploads(reply: StartReply, types: readonly string[]): StartReply {
  const { attachments } = reply
  if (!attachments) return reply
  return {
    ...reply,
    attachments: {
      maxBytes: maxBytesOf(attachments),
      mimeTypes: [...types],
      endings: acceptedEndings(types),
    },
  }
}

export function createUpload({ send, uploadTypes }: Options) {
  /**
   * Returns the file as Salesforce gets it.
   * @throws {GatewayError} unsupported_media_type for other types, or bytes of another type
   */
  async function contentOf({ file, text }: Upload): Promise<FileContent> {
    const type = takenType(file, uploadTypes)
    if (type === undefined) {
      throw wrongType(`Files of these types are taken: ${uploadTypes.join(', ')}.`)
    }
    const bytes = new Uint8Array(await file.arrayBuffer())
    const inspected = await inspectContent(type, bytes)
    if (!inspected) throw wrongType(`The content of the file is not ${type}.`)
    const name = cleanName(file.name, inspected.endings)
    return { messageType: 'AttachmentMessage', file: { name, type, bytes }, text: text ?? null }
  }

  /**
   * Sends a file exactly once, like a text. Throws what `send` throws.
   * @throws {GatewayError} unsupported, payload_too_large, unsupported_media_type, invalid_request
   */
  return async function upload(
    owned: OwnedConversation,
    offer: Offer | null,
    input: Upload,
  ): Promise<SendReply> {
    if (owned.conversation.status === 'ended') throw new GatewayError('conversation_ended')
    if (offer && !offer.attachments) throw new GatewayError('unsupported')
    checkSize(input.file, maxBytesOf(offer?.attachments))
    return await send(owned, { id: input.id, ...(await contentOf(input)) })
  }
}
