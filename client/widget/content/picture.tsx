import { type ReactNode, useState } from 'react'
import { safePicture } from './urls.js'

type Props = {
  url: string | undefined
  className: string
  /** Empty where the words beside the picture say the same. */
  alt?: string
  /** Shown when there is no picture, or when it does not load. */
  fallback?: ReactNode
}

/**
 * Shows a picture. Its class reserves its place while it loads; when it fails, `fallback` takes the
 * place.
 */
export function Picture({ url, className, alt = '', fallback = null }: Props) {
  const [failed, setFailed] = useState<string>()
  const source = safePicture(url)
  if (!source || failed === source) return <>{fallback}</>
  return (
    <img
      className={className}
      src={source}
      alt={alt}
      loading="lazy"
      decoding="async"
      onError={() => setFailed(source)}
    />
  )
}
