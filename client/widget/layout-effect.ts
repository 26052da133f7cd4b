import { useEffect, useLayoutEffect as useLayoutEffectOfReact } from 'react'

/** Is React's `useLayoutEffect`; on a server, where React 18 warns of it, an effect that never runs. */
export const useLayoutEffect = globalThis.document ? useLayoutEffectOfReact : useEffect
