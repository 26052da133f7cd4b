/** `@react-native-community/netinfo`: tells each listener how it stands as soon as it listens. */
const listeners = new Set()

/** The phone's network, for the test to change. */
export const network = {
  isConnected: true,
  change(isConnected) {
    network.isConnected = isConnected
    for (const listener of listeners) listener({ isConnected })
  },
}

export default {
  addEventListener(listener) {
    listeners.add(listener)
    listener({ isConnected: network.isConnected })
    return () => listeners.delete(listener)
  },
}
