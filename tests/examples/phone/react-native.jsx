/** As much of `react-native` as the notes use, drawn as HTML. */
const listeners = new Set()

export const AppState = {
  currentState: 'active',
  addEventListener(_type, listener) {
    listeners.add(listener)
    return { remove: () => listeners.delete(listener) }
  },
}

/** Puts the app into the background, or back. */
export function changeAppState(state) {
  AppState.currentState = state
  for (const listener of listeners) listener(state)
}

export const View = ({ children }) => <div>{children}</div>
export const Text = ({ children }) => <span>{children}</span>
export const TextInput = ({ accessibilityLabel }) => <input aria-label={accessibilityLabel} />
export const Pressable = ({ children }) => <button type="button">{children}</button>
export const FlatList = ({ data, keyExtractor, renderItem }) => (
  <ul>
    {data.map((item) => (
      <li key={keyExtractor(item)}>{renderItem({ item })}</li>
    ))}
  </ul>
)
