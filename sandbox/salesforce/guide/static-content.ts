import * as z from 'zod'

const attachment = z.object({
  id: z.string(),
  name: z.string(),
  mimeType: z.string(),
  url: z.string(),
})

/** A link with a title, and with a picture if it has one. */
export const richLink = z
  .object({
    staticContent: z.object({
      formatType: z.literal('RichLink'),
      linkItem: z.object({ titleItem: z.object({ title: z.string() }), url: z.string() }),
      image: z.object({ assetUrl: z.string() }).nullish(),
    }),
  })
  .transform(({ staticContent: { linkItem, image } }) => ({
    messageType: 'RichLinkMessage',
    richLink: {
      title: linkItem.titleItem.title,
      url: linkItem.url,
      ...(image && { imageUrl: image.assetUrl }),
    },
  }))

/** Files; the guide has no place for the text beside them. */
export const attachments = z
  .object({
    staticContent: z.object({
      formatType: z.enum(['Attachments', 'ExternalAttachments']),
      attachments: z.array(attachment),
    }),
  })
  .transform(({ staticContent: { attachments } }) => ({
    messageType: 'AttachmentMessage',
    attachments,
  }))
