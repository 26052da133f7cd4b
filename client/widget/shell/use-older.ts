import { useState } from 'react'
import { problemFrom } from '../../core/problem.js'
import { useWidget } from '../context.js'
import { reasonOf } from './reason.js'

/** Loads what was said before, and tells what became of it. */
export function useOlder() {
  const { chat, texts } = useWidget()
  const [isLoading, setLoading] = useState(false)
  const [trouble, setTrouble] = useState('')

  async function load(): Promise<void> {
    if (isLoading) return
    setLoading(true)
    setTrouble('')
    await chat.loadOlder().catch((error) => setTrouble(reasonOf(problemFrom(error), texts)))
    setLoading(false)
  }

  return { isLoading, trouble, load }
}
