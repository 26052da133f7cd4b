/**
 * Stands for `lib/services.ts` where tests play two gateways: each of them has modules of its own, as
 * in a process of its own.
 */
import { presentGateway } from './gateways.js'

/** Loads the module once for each name. */
function load(name: string): Promise<typeof import('../../lib/services.js')> {
  const path = `../../lib/services.ts?${name}`
  return import(/* @vite-ignore */ path)
}

const gateways = [await load('first'), await load('second')] as const

export const services = () => gateways[presentGateway().index].services()

export function resetServices(): void {
  for (const { resetServices: reset } of gateways) reset()
}
