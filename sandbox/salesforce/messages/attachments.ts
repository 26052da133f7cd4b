import { randomUUID } from 'node:crypto'
import { staticMessage } from './items.js'

/** Creates a file's description in an entry (`enhanced-chat-api.md` §3.5). */
export function attachment(file: { id: string; name: string; mimeType: string; url: string }) {
  return { ...file, referenceId: null, attachmentUploadResult: null }
}

const bill = (filesUrl: string) =>
  attachment({
    id: randomUUID(),
    name: 'bill.pdf',
    mimeType: 'application/pdf',
    url: `${filesUrl}/sample/bill.pdf`,
  })

/** Composes a file from an agent. */
export const attachments = (filesUrl: string) =>
  staticMessage({
    formatType: 'Attachments',
    text: 'Your bill.',
    attachments: [bill(filesUrl)],
  })

/** Composes a file on another host. */
export const externalAttachments = (filesUrl: string) =>
  staticMessage({
    formatType: 'ExternalAttachments',
    text: null,
    attachments: [{ ...bill(filesUrl), name: 'copy of the bill.pdf' }],
  })
