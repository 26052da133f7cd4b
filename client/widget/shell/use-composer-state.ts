import { useState } from 'react'
import { useCurrent, useWidget } from '../context.js'
import { refusalOf } from './file-rules.js'

/** File that was chosen and is not sent yet. */
export type Chosen = { key: number; file: File }

export type Files = ReturnType<typeof useFiles>

let count = 0

/** Keeps the files that go with the next message. */
function useFiles() {
  const { texts, language } = useWidget()
  const { snapshot } = useCurrent()
  const { attachments } = snapshot
  const [chosen, setChosen] = useState<readonly Chosen[]>([])
  const [refusals, setRefusals] = useState<readonly string[]>([])

  /** Adds the files that can be sent, and reports why the others cannot. */
  function add(files: readonly File[]): void {
    if (!attachments || files.length === 0) return
    const checked = files.map((file) => ({
      file,
      refusal: refusalOf(file, { attachments, texts, language }),
    }))
    const fit = checked.filter(({ refusal }) => !refusal)
    setRefusals(checked.flatMap(({ refusal }) => refusal ?? []))
    setChosen((before) => [...before, ...fit.map(({ file }) => ({ key: count++, file }))])
  }

  return {
    chosen,
    refusals,
    add,
    remove(key: number): void {
      setRefusals([])
      setChosen((before) => before.filter((one) => one.key !== key))
    },
    clear(): void {
      setRefusals([])
      setChosen([])
    },
  }
}

export type ComposerState = ReturnType<typeof useComposerState>

/**
 * Keeps the draft and the files that are not sent yet, also while the composer is not shown. The
 * draft is kept over a reload.
 */
export function useComposerState() {
  const { chat } = useWidget()
  const [draft, showDraft] = useState(() => chat.drafts.read('message'))
  const files = useFiles()

  function setDraft(text: string): void {
    showDraft(text)
    chat.drafts.write('message', text)
  }

  return { draft, setDraft, files }
}
