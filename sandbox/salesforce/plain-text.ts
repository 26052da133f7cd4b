import * as z from 'zod'

const titled = z.object({ title: z.string() }).nullish()
const text = z.string().nullish()

const wordsSchema = z.object({
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

/** What a message says to somebody who can show nothing but text; null when it says nothing. */
export function plainText(abstractMessage: unknown): string | null {
  const { data } = wordsSchema.safeParse(abstractMessage)
  const said = data && [...staticWords(data), ...choiceWords(data), ...formWords(data)]
  return said?.find((words) => words) ?? null
}

type Words = z.infer<typeof wordsSchema>

function staticWords({ staticContent: content }: Words) {
  const links = content?.links?.map(({ url }) => url).join(' ')
  const page = [content?.title?.title, content?.url].filter(Boolean).join(' ')
  return [content?.text, page, links, content?.linkItem?.url, content?.mediaAsset?.assetUrl]
}

function choiceWords({ choices }: Words) {
  const cards = choices?.items?.map(({ titleItem }) => titleItem.title).join(', ')
  return [choices?.text, choices?.title, choices?.message?.title, cards]
}

function formWords({ form }: Words) {
  return [form?.formTitle?.title, form?.message?.title]
}
