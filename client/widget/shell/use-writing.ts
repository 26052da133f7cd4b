import { useState } from 'react'
import { useWidget } from '../context.js'
import { objectionTo } from './file-rules.js'

/** File that was chosen and is not sent yet. */
export type Chosen = { key: number; file: File }

export type Files = ReturnType<typeof useFiles>

let count = 0

/** Keeps the files that go with the next message. */
function useFiles() {
  const { snapshot, texts, language } = useWidget()
  const { attachments } = snapshot
  const [chosen, setChosen] = useState<readonly Chosen[]>([])
  const [objections, setObjections] = useState<readonly string[]>([])

  /** Adds the files that can be sent, and reports why the others cannot. */
  function add(files: readonly File[]): void {
    if (!attachments || files.length === 0) return
    const checked = files.map((file) => ({
      file,
      objection: objectionTo(file, { attachments, texts, language }),
    }))
    const fit = checked.filter(({ objection }) => !objection)
    setObjections(checked.flatMap(({ objection }) => objection ?? []))
    setChosen((before) => [...before, ...fit.map(({ file }) => ({ key: count++, file }))])
  }

  return {
    chosen,
    objections,
    add,
    remove(key: number): void {
      setObjections([])
      setChosen((before) => before.filter((one) => one.key !== key))
    },
    clear(): void {
      setObjections([])
      setChosen([])
    },
  }
}

export type Writing = ReturnType<typeof useWriting>

/** Keeps the draft and the files that are not sent yet, also while the composer is not shown. */
export function useWriting() {
  const [draft, setDraft] = useState('')
  const files = useFiles()
  return { draft, setDraft, files }
}
