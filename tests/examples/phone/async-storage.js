/** `@react-native-async-storage/async-storage`, in memory. */
export const kept = new Map()

export default {
  getItem: async (key) => kept.get(key) ?? null,
  async setItem(key, value) {
    kept.set(key, value)
  },
  async removeItem(key) {
    kept.delete(key)
  },
}
