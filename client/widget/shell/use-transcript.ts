import { useEffect, useState } from 'react'
import { problemFrom } from '../../core/problem.js'
import { useWidget } from '../context.js'
import { reasonOf } from './reason.js'

/** Long enough for any browser to have taken it. */
const keptMs = 60_000

/** Long enough to be read. */
const shownMs = 10_000

/** Returns the device's date as `2026-11-24`, which is the Swedish format. */
const today = () => new Date().toLocaleDateString('sv')

/** Gives a file to the visitor, who keeps it under a name. */
function save(file: Blob, name: string): void {
  const url = URL.createObjectURL(file)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(URL.revokeObjectURL, keptMs, url)
}

/** Downloads the transcript. `isSupported` is false when the gateway answered that it has none. */
export function useTranscript() {
  const { chat, texts } = useWidget()
  const [isSupported, setSupported] = useState(true)
  const [failure, setFailure] = useState('')

  useEffect(() => {
    const timer = failure ? setTimeout(setFailure, shownMs, '') : undefined
    return () => clearTimeout(timer)
  }, [failure])

  async function download(): Promise<void> {
    setFailure('')
    try {
      save(await chat.transcript(), `${texts.transcript}-${today()}.pdf`)
    } catch (error) {
      const problem = problemFrom(error)
      if (problem.code === 'unsupported') setSupported(false)
      setFailure(reasonOf(problem, texts))
    }
  }

  return { isSupported, failure, download }
}
