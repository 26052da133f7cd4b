import { useState } from 'react'
import { useFiles } from './use-files.js'

export type Writing = ReturnType<typeof useWriting>

/** What is written and chosen, and not sent yet. Kept while there is nowhere to write. */
export function useWriting() {
  const [draft, setDraft] = useState('')
  const files = useFiles()
  return { draft, setDraft, files }
}
