import * as z from 'zod'

const titled = z.object({ title: z.string() }).nullish()
const text = z.string().nullish()

const textFieldsSchema = z.object({
  staticContent: z
    .object({
      text,
      title: titled,
      url: text,
      links: z.array(z.object({ url: z.string() })).nullish(),
      linkItem: z.object({ url: z.string() }).nullish(),
      mediaAsset: z.object({ assetUrl: z.string() }).nullish(),
    })
    .optional(),
  choices: z
    .object({
      text,
      title: text,
      message: titled,
      items: z.array(z.object({ titleItem: z.object({ title: z.string() }) })).nullish(),
    })
    .optional(),
  form: z.object({ formTitle: titled, message: titled }).optional(),
})

/** Renders a message as plain text; null when there is no text in it. */
export function plainText(abstractMessage: unknown): string | null {
  const { data } = textFieldsSchema.safeParse(abstractMessage)
  const texts = data && [...staticTexts(data), ...choiceTexts(data), ...formTexts(data)]
  return texts?.find((candidate) => candidate) ?? null
}

type TextFields = z.infer<typeof textFieldsSchema>

function staticTexts({ staticContent: content }: TextFields) {
  const links = content?.links?.map(({ url }) => url).join(' ')
  const page = [content?.title?.title, content?.url].filter(Boolean).join(' ')
  return [content?.text, page, links, content?.linkItem?.url, content?.mediaAsset?.assetUrl]
}

function choiceTexts({ choices }: TextFields) {
  const cards = choices?.items?.map(({ titleItem }) => titleItem.title).join(', ')
  return [choices?.text, choices?.title, choices?.message?.title, cards]
}

function formTexts({ form }: TextFields) {
  return [form?.formTitle?.title, form?.message?.title]
}
