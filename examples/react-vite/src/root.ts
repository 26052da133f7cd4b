import { createRoot } from 'react-dom/client'

const place = document.getElementById('root')
if (!place) throw new Error('This page has no #root')

/** Finds the element in which the page renders. */
export const root = createRoot(place)
