/**
 * Returns how often a property runs. `npm test` runs a tenth of the usual number, `npm run test:all`
 * all of it (`vitest.config.ts`); `FC_RUNS` asks another number.
 */
export function propertyRuns(usual: number): number {
  const { FC_RUNS, PROPERTY_RUNS } = process.env
  if (FC_RUNS) return Number(FC_RUNS)
  return PROPERTY_RUNS === 'few' ? Math.ceil(usual / 10) : usual
}
