/**
 * Makes `Date` show the clock of the gateway that serves the present call. Tests may still replace it,
 * as by fake timers: then the gateways' clocks differ from the fake one.
 */
import { presentGateway } from './gateways.js'

const originals = new WeakMap<DateConstructor, DateConstructor>()

function shifted(Original: DateConstructor): DateConstructor {
  let now = () => Original.now() + presentGateway().aheadMs
  const setNow = (value: typeof now) => {
    now = value
    return true
  }
  // `now` is the proxy's own, so that a spy on it does not change the original. A value that is set on a
  // class that inherits from the proxy, such as that of fake timers, stays that class' own.
  const Shifted = new Proxy(Original, {
    construct: (target, args, newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
    get: (target, key) => (key === 'now' ? now : Reflect.get(target, key)),
    defineProperty: (target, key, descriptor) =>
      key === 'now' ? setNow(descriptor.value) : Reflect.defineProperty(target, key, descriptor),
    getOwnPropertyDescriptor(target, key) {
      const found = Reflect.getOwnPropertyDescriptor(target, key)
      return key === 'now' && found ? { ...found, value: now } : found
    },
  })
  originals.set(Shifted, Original)
  return Shifted
}

if (!originals.has(Date) && !Object.getOwnPropertyDescriptor(globalThis, 'Date')?.get) {
  let present = shifted(Date)
  Object.defineProperty(globalThis, 'Date', {
    configurable: true,
    get: () => present,
    set: (value: DateConstructor) => {
      present = shifted(originals.get(value) ?? value)
    },
  })
}
