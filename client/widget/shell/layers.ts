/** Decides how the panel of a launcher lies on the page: beside it, or over all of it. */
import { type RefObject, useSyncExternalStore } from 'react'
import { attempt } from '../attempt.js'
import { useLayoutEffect } from '../layout-effect.js'

/** Matches a screen on which a panel beside the page would be too small. */
const smallScreen = '(width < 480px), (height < 480px)'

/** Asks the browser for the screen's size; null where it lacks or refuses that. */
const askScreen = () =>
  attempt(
    () => matchMedia(smallScreen),
    () => null,
  )

function watchScreen(onChange: () => void): () => void {
  const query = askScreen()
  query?.addEventListener('change', onChange)
  return () => query?.removeEventListener('change', onChange)
}

/** Tells whether the panel of a launcher has to cover the screen. */
export const useSmallScreen = (): boolean =>
  useSyncExternalStore(
    watchScreen,
    () => !!askScreen()?.matches,
    () => false,
  )

/**
 * Lifts a launcher and its panel into the browser's top layer, where the page's transforms and
 * stacking do not count. A page that sets `--miaw-z` keeps them in its own layers.
 */
export function useTopLayer(frame: RefObject<HTMLElement | null>, isLauncher: boolean): void {
  useLayoutEffect(() => {
    const node = frame.current
    if (!node?.isConnected || !node.showPopover) return
    const isLifted = isLauncher && !getComputedStyle(node).getPropertyValue('--miaw-z')
    node.popover = isLifted ? 'manual' : null
    if (isLifted) node.showPopover()
  }, [frame, isLauncher])
}

/** Opens or closes a dialogue as modal, where it is not yet. */
export function setModal(node: HTMLElement, isModal: boolean): void {
  if (!(node instanceof HTMLDialogElement) || !node.isConnected) return
  if (node.matches(':modal') === isModal) return
  node.close()
  if (isModal) node.showModal()
}

/**
 * Keeps a panel that covers the screen within what an on-screen keyboard leaves of it. While the
 * visitor zooms, it stays as it is.
 */
export function useKeyboardRoom(panel: RefObject<HTMLElement | null>, isCovering: boolean): void {
  useLayoutEffect(() => {
    const node = panel.current
    const view = window.visualViewport
    if (!node || !view || !isCovering) return
    const place = () => {
      const isZoomed = view.scale > 1.01
      node.style.cssText = isZoomed ? '' : `--_top:${view.offsetTop}px;--_height:${view.height}px`
    }
    place()
    view.addEventListener('resize', place)
    view.addEventListener('scroll', place)
    return () => {
      view.removeEventListener('resize', place)
      view.removeEventListener('scroll', place)
      node.style.cssText = ''
    }
  }, [panel, isCovering])
}
