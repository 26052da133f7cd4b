import { useState } from 'react'
import { useWidget } from '../context.js'
import { objectionTo } from './file-rules.js'

/** A file that was chosen, and is not sent yet. */
export type Chosen = { key: number; file: File }

export type Files = ReturnType<typeof useFiles>

let count = 0

/** The files that are to be sent next. */
export function useFiles() {
  const { snapshot, texts, language } = useWidget()
  const { attachments } = snapshot
  const [chosen, setChosen] = useState<readonly Chosen[]>([])
  const [objections, setObjections] = useState<readonly string[]>([])

  /** Takes those that can be sent, and says why the others cannot. */
  function add(files: readonly File[]): void {
    if (!attachments || files.length === 0) return
    const judged = files.map((file) => ({
      file,
      objection: objectionTo(file, { attachments, texts, language }),
    }))
    const fit = judged.filter(({ objection }) => !objection)
    setObjections(judged.flatMap(({ objection }) => objection ?? []))
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
