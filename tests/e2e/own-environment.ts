/** What would lead the local server to a Redis or a Salesforce of somebody's own. */
const foreignVariables = /^(SALESFORCE_|UPSTASH_|KV_REST_|SESSION_SECRET$|ALLOWED_ORIGINS$)/

/** Lets the local server make up everything it needs. */
export function forgetForeignVariables(): void {
  for (const name of Object.keys(process.env)) {
    if (foreignVariables.test(name)) delete process.env[name]
  }
}
