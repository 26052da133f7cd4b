import { createChat } from 'miaw-gateway/client'
import { tabs } from 'miaw-gateway/client/tabs'
import { onMounted, onScopeDispose, shallowRef } from 'vue'

/**
 * A visitor's chat for as long as the component lives. `snapshot` is replaced as a whole whenever something
 * changes, so a shallow ref is all that Vue needs to know.
 */
export function useChat(options) {
  const chat = createChat({ tabs, ...options })
  const snapshot = shallowRef(chat.getSnapshot())
  const unsubscribe = chat.subscribe(() => {
    snapshot.value = chat.getSnapshot()
  })

  onMounted(() => chat.resume())
  onScopeDispose(() => {
    unsubscribe()
    chat.close()
  })
  return { chat, snapshot }
}
