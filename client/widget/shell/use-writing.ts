import { useState } from 'react'
import { useFiles } from './use-files.js'

export type Writing = ReturnType<typeof useWriting>

/** Keeps the draft and the files that are not sent yet, also while the composer is not shown. */
export function useWriting() {
  const [draft, setDraft] = useState('')
  const files = useFiles()
  return { draft, setDraft, files }
}
