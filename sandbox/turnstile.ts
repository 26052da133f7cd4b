import { HttpResponse, http } from 'msw'

const siteverifyUrl = 'https://challenges.cloudflare.com/turnstile/v0/siteverify'

/**
 * Names the fault of the fake instead of a verdict: no answer, a cut socket, or an answer of its
 * own.
 */
export type TurnstileFault = 'hang' | 'drop' | { status: number; body: string }

/**
 * Imitates Cloudflare's verification of Turnstile tokens: tokens from `solve` are valid once, and
 * no others are. `asked` holds the fields of each request.
 */
export function createTurnstile({ secret }: { secret: string }) {
  const solved = new Set<string>()
  const requests: Record<string, string>[] = []
  let fault: TurnstileFault | undefined

  function errorsOf(form: URLSearchParams): string[] {
    const token = form.get('response') ?? ''
    if (form.get('secret') !== secret) return ['invalid-input-secret']
    if (token === '') return ['missing-input-response']
    if (usedTokens.has(token)) return ['timeout-or-duplicate']
    return solved.has(token) ? [] : ['invalid-input-response']
  }

  const usedTokens = new Set<string>()
  async function verify(request: Request): Promise<Response> {
    const form = new URLSearchParams(await request.text())
    requests.push(Object.fromEntries(form))
    const errors = errorsOf(form)
    if (errors.length === 0) usedTokens.add(form.get('response') ?? '')
    const details = { hostname: 'shop.example', action: '', cdata: '', challenge_ts: isoNow() }
    return HttpResponse.json({ success: errors.length === 0, 'error-codes': errors, ...details })
  }

  function answer(request: Request): Promise<Response> | Response {
    if (fault === undefined) return verify(request)
    if (fault === 'drop') return HttpResponse.error()
    if (fault === 'hang') return new Promise<never>(() => {})
    return new HttpResponse(fault.body, { status: fault.status })
  }

  return {
    asked: requests,
    /** Creates a token, as a widget gives it to a visitor's page. */
    solve(): string {
      const token = `0.${crypto.randomUUID()}`
      solved.add(token)
      return token
    },
    /** Spoils every answer from now on. */
    fail(what: TurnstileFault): void {
      fault = what
    },
    /** Returns msw's handlers. */
    handlers: () => [http.post(siteverifyUrl, ({ request }) => answer(request))],
  }
}

const isoNow = () => new Date().toISOString()
