import { type DragEvent, useRef, useState } from 'react'

const holdsFiles = ({ dataTransfer }: DragEvent) => dataTransfer.types.includes('Files')

/**
 * Returns handlers for files dropped on an element, and whether some are dragged over it. Files
 * never replace the page, even where none are taken.
 */
export function useDrop(onFiles: (files: File[]) => unknown) {
  const [isOver, setOver] = useState(false)
  /** Each element in it that is entered before another one is left. */
  const depth = useRef(0)

  function move(event: DragEvent, step: number): void {
    if (!holdsFiles(event)) return
    event.preventDefault()
    depth.current += step
    setOver(depth.current > 0)
  }

  const handlers = {
    onDragEnter: (event: DragEvent) => move(event, 1),
    onDragOver: (event: DragEvent) => move(event, 0),
    onDragLeave: (event: DragEvent) => move(event, -1),
    onDrop(event: DragEvent) {
      move(event, -depth.current)
      onFiles([...event.dataTransfer.files])
    },
  }
  return { isOver, handlers }
}
